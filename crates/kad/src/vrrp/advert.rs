//! What the adverts of one instance are made of, and the octets they become.
//!
//! Nothing is kept encoded: an advert is written from present state each time it leaves, so it is never stale.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::proof::Proof;
use kaconf::model::{self, Authentication, ChecksumV3, Mode, OldUnicastChecksum};
use vrrp_fsm::Priority;
use vrrp_linux::{BatchFull, IfIndex, TxBatch, TxMeta};
use vrrp_types::{Family, Interval, Version, Vrid};
use vrrp_wire::{Addresses, Advert, AdvertError, Auth, ChecksumRule, HOP_LIMIT, Ipv4Header, Password};

/// The advertised addresses, as they stand on the wire.
#[derive(Clone, Debug)]
enum Own {
    V4(Box<[[u8; 4]]>),
    V6(Box<[[u8; 16]]>),
}

/// Everything an advert says but its priority.
#[derive(Clone, Debug)]
pub(super) struct Template {
    version: Version,
    vrid: Vrid,
    interval: Interval,
    addresses: Own,
    auth: Auth,
    checksum: ChecksumRule,
    destinations: Box<[IpAddr]>,
    ttl: u8,
    /// Identification of the last IPv4 packet; one advert has the same for all its peers.
    identification: u16,
}

impl Template {
    /// Takes from the model what an advert says.
    pub(super) fn new(model: &model::Instance) -> Result<Self, AdvertError> {
        let template = Self {
            version: model.version,
            vrid: model.vrid,
            interval: model.advert_int,
            addresses: Own::of(model),
            auth: auth(model),
            checksum: checksum(model),
            destinations: destinations(&model.mode),
            ttl: match &model.mode {
                Mode::Multicast { .. } => HOP_LIMIT,
                Mode::Unicast { ttl, .. } => *ttl,
            },
            identification: 0,
        };
        template.advert(Priority::STOP).map(|_| ())?;
        Ok(template)
    }

    /// A reload: the new words, the old count of packets.
    pub(super) fn replace(&mut self, new: Self) {
        *self = Self { identification: self.identification, ..new };
    }

    fn advert(&self, priority: Priority) -> Result<Advert<'_>, AdvertError> {
        Advert::new(self.version, self.vrid, priority, self.interval, self.addresses())?.with_auth(self.auth)
    }

    /// The advertised addresses.
    pub(super) fn addresses(&self) -> Addresses<'_> {
        match &self.addresses {
            Own::V4(addresses) => Addresses::V4(addresses),
            Own::V6(addresses) => Addresses::V6(addresses),
        }
    }

    /// A peer sums as keepalived before 1.3.6 did: answer in kind.
    pub(super) fn sum_as_multicast(&mut self, group: Ipv4Addr) {
        self.checksum = ChecksumRule::Group(group);
    }

    /// How many packets one advert is.
    pub(super) fn packets(&self) -> usize {
        self.destinations.len()
    }

    /// A new advert begins: the next identification, which is never 0 (the kernel would choose one itself), and
    /// the next proof.
    pub(super) fn begin(&mut self, proof: &mut Proof, priority: Priority, source: IpAddr) {
        self.identification = self.identification.checked_add(1).unwrap_or(1);
        // Checked when the template was made; a priority cannot break it.
        if let Ok(advert) = self.advert(priority) {
            proof.begin(&advert, source);
        }
    }

    /// Writes the packet for one of the destinations.
    pub(super) fn push(
        &self,
        batch: &mut TxBatch,
        proof: &Proof,
        priority: Priority,
        source: IpAddr,
        interface: Option<IfIndex>,
        destination: usize,
    ) -> Result<(), BatchFull> {
        let Ok(advert) = self.advert(priority) else { return Ok(()) };
        let destination = self.destinations[destination];
        let meta = TxMeta { interface, source, destination, hop_limit: self.ttl };
        match (source, destination) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => {
                let mut ip = Ipv4Header::new(source, destination);
                ip.ttl = self.ttl;
                ip.identification = self.identification;
                proof.push_v4(batch, &meta, &advert, &ip, self.checksum)
            }
            (IpAddr::V6(source), IpAddr::V6(destination)) => {
                let path = vrrp_wire::Path::V6 { source, destination };
                proof.push_v6(batch, &meta, &advert, &path)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => Ok(()),
        }
    }

    /// Who gets packet number `index` of an advert.
    pub(super) fn destination(&self, index: usize) -> IpAddr {
        self.destinations[index]
    }
}

impl Own {
    fn of(model: &model::Instance) -> Self {
        let ips = model.addresses.iter().map(|address| address.address.ip());
        match model.family {
            Family::V4 => Self::V4(ips.filter_map(|ip| v4(ip).map(|ip| ip.octets())).collect()),
            Family::V6 => Self::V6(ips.filter_map(|ip| v6(ip).map(|ip| ip.octets())).collect()),
        }
    }
}

fn v4(ip: IpAddr) -> Option<Ipv4Addr> {
    if let IpAddr::V4(ip) = ip { Some(ip) } else { None }
}

fn v6(ip: IpAddr) -> Option<Ipv6Addr> {
    if let IpAddr::V6(ip) = ip { Some(ip) } else { None }
}

pub(super) fn auth(model: &model::Instance) -> Auth {
    match model.authentication {
        Authentication::Pass(password) => Auth::Pass(Password::from(password)),
        Authentication::Ah(_) => Auth::Ah,
        Authentication::None => Auth::None,
    }
}

/// The checksum we write.
fn checksum(model: &model::Instance) -> ChecksumRule {
    let forced = matches!(model.mode, Mode::Unicast { old_checksum: OldUnicastChecksum::Forced, .. });
    match model.checksum_v3 {
        ChecksumV3::AsV2 => ChecksumRule::AsV2,
        ChecksumV3::PseudoHeader if forced => ChecksumRule::Group(vrrp_wire::GROUP_V4),
        ChecksumV3::PseudoHeader => ChecksumRule::Standard,
    }
}

fn destinations(mode: &Mode) -> Box<[IpAddr]> {
    match mode {
        Mode::Multicast { group } => Box::new([*group]),
        Mode::Unicast { peers, .. } => peers.iter().map(|peer| peer.address).collect(),
    }
}
