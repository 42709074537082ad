//! One virtual router as one node is configured to run it, and how it speaks and listens.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use vrrp_fsm::{Config, Family, Heard, Priority, Vrid};
use vrrp_wire::{
    Addresses, Advert, AdvertError, Arrival, Auth, AuthRule, ChecksumRule, DecodeError, GROUP_V4, GROUP_V6,
    HOP_LIMIT, Header, Ipv4Header, Ipv4Packet, Password, Path, Policy,
};

/// A node's part in a virtual router.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Which virtual router.
    pub vrid: Vrid,
    /// What its machine is configured with.
    pub config: Config,
    /// The virtual address. Its family is that of the adverts.
    pub address: IpAddr,
    /// VRRPv2 over IPv4: the password in every advert.
    pub password: Option<Password>,
}

impl Member {
    /// A member without a password.
    pub const fn new(vrid: Vrid, config: Config, address: IpAddr) -> Self {
        Self { vrid, config, address, password: None }
    }

    /// The family of its adverts.
    pub const fn family(&self) -> Family {
        Family::of(self.address)
    }

    const fn auth(&self) -> Auth {
        match self.password {
            Some(password) => Auth::Pass(password),
            None => Auth::None,
        }
    }

    /// The octets of an advert: a whole IPv4 packet, or over IPv6 the VRRP message alone.
    pub(crate) fn say(&self, source: IpAddr, priority: Priority) -> Result<Vec<u8>, AdvertError> {
        let (v4, v6);
        let addresses = match self.address {
            IpAddr::V4(address) => {
                v4 = [address.octets()];
                Addresses::V4(&v4)
            }
            IpAddr::V6(address) => {
                v6 = [address.octets()];
                Addresses::V6(&v6)
            }
        };
        let Config { version, advert_int, .. } = self.config;
        let advert =
            Advert::new(version, self.vrid, priority, advert_int, addresses)?.with_auth(self.auth())?;
        Ok(match source {
            IpAddr::V4(source) => {
                let mut octets = vec![0; advert.ipv4_len()];
                advert.emit_ipv4(&mut octets, &Ipv4Header::new(source, GROUP_V4), ChecksumRule::Standard);
                octets
            }
            IpAddr::V6(source) => {
                let mut octets = vec![0; advert.wire_len()];
                let path = Path::V6 { source, destination: GROUP_V6 };
                advert.emit(&mut octets, &path, ChecksumRule::Standard);
                octets
            }
        })
    }

    /// What it demands of an advert.
    fn policy(&self) -> Policy {
        let mut policy = Policy::multicast(self.config.version, self.config.advert_int);
        policy.auth = AuthRule::Exactly(self.auth());
        policy
    }

    /// Whether it must be able to hear what `other` says.
    pub(crate) fn is_of_one_kind_with(&self, other: &Self) -> bool {
        let (ours, theirs) = (&self.config, &other.config);
        let in_time = ours.version == vrrp_fsm::Version::V3 || ours.advert_int == theirs.advert_int;
        ours.version == theirs.version && in_time && self.password == other.password
    }
}

/// Reads what came, as a driver does: finds the virtual router first, then applies its rules.
///
/// `None` when it is for none of `members`.
pub(crate) fn listen<'a>(
    members: impl Iterator<Item = &'a Member>,
    source: IpAddr,
    octets: &[u8],
) -> Result<Option<(Vrid, Heard)>, DecodeError> {
    match source {
        IpAddr::V4(_) => listen_v4(members, octets),
        IpAddr::V6(source) => listen_v6(members, source, octets),
    }
}

fn listen_v4<'a>(
    mut members: impl Iterator<Item = &'a Member>,
    octets: &[u8],
) -> Result<Option<(Vrid, Heard)>, DecodeError> {
    let packet = Ipv4Packet::parse(octets)?;
    // The kernel drops what was mangled in the IP header, and what is for another protocol or group.
    if !packet.header_checksum_holds() || packet.destination() != GROUP_V4 {
        return Ok(None);
    }
    let vrid = packet.vrid()?;
    let Some(member) = members.find(|member| member.vrid == vrid && member.family() == Family::V4) else {
        return Ok(None);
    };
    let advert = Advert::parse(packet.message()?, &packet.arrival(), &member.policy())?;
    Ok(Some((vrid, heard(IpAddr::V4(packet.source()), &advert))))
}

fn listen_v6<'a>(
    mut members: impl Iterator<Item = &'a Member>,
    source: Ipv6Addr,
    octets: &[u8],
) -> Result<Option<(Vrid, Heard)>, DecodeError> {
    let vrid = Header::peek(octets)?.vrid().ok_or(DecodeError::VridZero)?;
    let Some(member) = members.find(|member| member.vrid == vrid && member.family() == Family::V6) else {
        return Ok(None);
    };
    let arrival = Arrival { path: Path::V6 { source, destination: GROUP_V6 }, hop_limit: HOP_LIMIT };
    let advert = Advert::parse(octets, &arrival, &member.policy())?;
    Ok(Some((vrid, heard(IpAddr::V6(source), &advert))))
}

const fn heard(source: IpAddr, advert: &Advert<'_>) -> Heard {
    Heard { source, priority: advert.priority(), interval: advert.interval() }
}

/// The address of a node, by its number: the higher the number, the higher the address.
pub(crate) const fn source(family: Family, number: u8) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(Ipv4Addr::new(10, 0, 0, number)),
        Family::V6 => IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, number as u16)),
    }
}
