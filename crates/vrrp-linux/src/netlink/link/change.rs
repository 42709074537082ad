//! Interfaces that are made, changed and removed: macvlans and ipvlans on an interface below (linux/if_link.h).

use std::io::Cursor;

use neli::ToBytes;
use neli::consts::nl::NlmF;
use neli::consts::rtnl::{Ifla, RtAddrFamily, Rtm};
use neli::nl::{NlPayload, NlmsghdrBuilder};
use neli::rtnl::{Ifinfomsg, IfinfomsgBuilder, RtattrBuilder};
use neli::types::{Buffer, RtBuffer};

use super::super::message::{attributes, u16_at, u32_at};
use super::super::{Netlink, NetlinkError};
use super::Link;
use crate::IfIndex;

/// Octets of a name without its final zero (`IFNAMSIZ`).
const NAME_MAX: usize = 15;
/// Octets of an alias (`IFALIASZ`), the final zero counted.
const ALIAS_MAX: usize = 255;

const IFLA_MACVLAN_MODE: u16 = 1;
const MACVLAN_MODE_PRIVATE: u32 = 1;
const IFLA_IPVLAN_MODE: u16 = 1;
const IFLA_IPVLAN_FLAGS: u16 = 2;
const IPVLAN_MODE_L2: u16 = 0;
const IFLA_INET_CONF: u16 = 1;
const IFLA_INET6_ADDR_GEN_MODE: u16 = 8;

/// What an interface is to the one it is stacked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stacked {
    /// A macvlan: a hardware address of its own.
    Macvlan {
        /// `MACVLAN_MODE_*`; see [`Stacked::PRIVATE`].
        mode: u32,
    },
    /// An ipvlan: the hardware address of the interface below.
    Ipvlan {
        /// `IPVLAN_MODE_*`: 0 is L2.
        mode: u16,
        /// `IPVLAN_F_*`: 0 bridge, 1 private, 2 vepa.
        flags: u16,
    },
}

impl Stacked {
    /// A macvlan that hears no other macvlan of its interface: what VRRP uses, as two of them may have one hardware
    /// address in the LAN.
    pub const PRIVATE: Self = Self::Macvlan { mode: MACVLAN_MODE_PRIVATE };

    /// An ipvlan in L2 mode.
    pub const fn ipvlan(flags: u16) -> Self {
        Self::Ipvlan { mode: IPVLAN_MODE_L2, flags }
    }

    pub(super) fn parse(kind: Option<&str>, data: &[u8]) -> Option<Self> {
        let find =
            |wanted: u16| attributes(data, 0).find(|(kind, _)| *kind == wanted).map(|(_, value)| value);
        match kind? {
            "macvlan" => Some(Self::Macvlan { mode: u32_at(find(IFLA_MACVLAN_MODE)?, 0)? }),
            "ipvlan" => Some(Self::Ipvlan {
                mode: u16_at(find(IFLA_IPVLAN_MODE)?, 0)?,
                flags: find(IFLA_IPVLAN_FLAGS).and_then(|value| u16_at(value, 0)).unwrap_or(0),
            }),
            _ => None,
        }
    }

    fn info(self) -> Option<Vec<u8>> {
        let (kind, data): (&[u8], _) = match self {
            Self::Macvlan { mode } => (b"macvlan", attribute(IFLA_MACVLAN_MODE, &mode.to_ne_bytes())?),
            Self::Ipvlan { mode, flags } => {
                let mode = attribute(IFLA_IPVLAN_MODE, &mode.to_ne_bytes())?;
                (b"ipvlan", [mode, attribute(IFLA_IPVLAN_FLAGS, &flags.to_ne_bytes())?].concat())
            }
        };
        Some([attribute(libc::IFLA_INFO_KIND, kind)?, attribute(libc::IFLA_INFO_DATA, &data)?].concat())
    }
}

/// An interface to be made. It is down at first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLink {
    /// Its name, at most 15 octets.
    pub name: String,
    /// The interface below.
    pub parent: IfIndex,
    /// What it is to be.
    pub stacked: Stacked,
    /// Its hardware address; a macvlan without one gets a random one.
    pub mac: Option<[u8; 6]>,
    /// Its group of interfaces.
    pub group: u32,
    /// The VRF it belongs to.
    pub master: Option<IfIndex>,
}

/// A change to an interface: what is not said stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkChange {
    /// Switched on or off.
    pub up: Option<bool>,
    /// Its hardware address.
    pub mac: Option<[u8; 6]>,
    /// What it is to the interface below; only the mode of a macvlan can change.
    pub stacked: Option<Stacked>,
    /// Its group of interfaces. Saying the group it has makes the kernel report the interface.
    pub group: Option<u32>,
    /// The VRF it belongs to; `Some(None)` is none.
    pub master: Option<Option<IfIndex>>,
    /// What is written beside it, at most 254 octets.
    pub alias: Option<String>,
    /// `net.ipv4.conf.IFACE.*`
    pub inet4: Vec<(Inet4, u32)>,
    /// How link-local addresses come about.
    pub addr_gen: Option<AddrGen>,
}

/// A setting of IPv4 on an interface (`IPV4_DEVCONF_*`, linux/ip.h).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inet4 {
    /// `rp_filter`
    RpFilter = 8,
    /// `arp_filter`
    ArpFilter = 13,
    /// `arp_ignore`
    ArpIgnore = 19,
    /// `promote_secondaries`
    PromoteSecondaries = 20,
    /// `accept_local`
    AcceptLocal = 23,
}

impl Inet4 {
    /// Its name below /proc/sys/net/ipv4/conf/IFACE.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RpFilter => "rp_filter",
            Self::ArpFilter => "arp_filter",
            Self::ArpIgnore => "arp_ignore",
            Self::PromoteSecondaries => "promote_secondaries",
            Self::AcceptLocal => "accept_local",
        }
    }
}

/// How an interface comes to a link-local address (`IN6_ADDR_GEN_MODE_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddrGen {
    /// From its hardware address.
    Eui64 = 0,
    /// Not at all.
    None = 1,
}

impl Netlink {
    /// An interface by its name.
    ///
    /// # Errors
    /// [`NetlinkError::NoInterface`]; those of the socket.
    pub fn link(&mut self, name: &str) -> Result<Link, NetlinkError> {
        let build = |sequence| {
            let attributes = [(libc::IFLA_IFNAME, zero_ended(name, NAME_MAX)?)];
            request(Rtm::Getlink, NlmF::ACK, sequence, IfinfomsgBuilder::default(), &attributes)
        };
        let found = self.single(build, |message| match message.kind {
            libc::RTM_NEWLINK => Link::parse(message.body),
            _ => None,
        })?;
        found.ok_or(NetlinkError::NoInterface)
    }

    /// Makes an interface.
    ///
    /// # Errors
    /// [`NetlinkError::Exists`]: the name is taken. [`NetlinkError::NoInterface`]: that below is gone.
    /// [`NetlinkError::Refused`]: this kernel does not know the kind, or it does not go with that below.
    pub fn create_link(&mut self, new: &NewLink) -> Result<(), NetlinkError> {
        self.acknowledged(|sequence| {
            let mut attributes = vec![
                (libc::IFLA_IFNAME, zero_ended(&new.name, NAME_MAX)?),
                (libc::IFLA_LINK, new.parent.get().to_ne_bytes().to_vec()),
                (libc::IFLA_GROUP, new.group.to_ne_bytes().to_vec()),
                (libc::IFLA_LINKINFO, new.stacked.info()?),
            ];
            attributes.extend(new.mac.map(|mac| (libc::IFLA_ADDRESS, mac.to_vec())));
            attributes.extend(new.master.map(|vrf| (libc::IFLA_MASTER, vrf.get().to_ne_bytes().to_vec())));
            let flags = NlmF::ACK | NlmF::CREATE | NlmF::EXCL;
            request(Rtm::Newlink, flags, sequence, IfinfomsgBuilder::default(), &attributes)
        })
    }

    /// Changes an interface.
    ///
    /// # Errors
    /// [`NetlinkError::NoInterface`], and what the kernel answers.
    pub fn change_link(&mut self, index: IfIndex, change: &LinkChange) -> Result<(), NetlinkError> {
        self.acknowledged(|sequence| {
            let body = IfinfomsgBuilder::default().ifi_index(index.signed());
            let body = match change.up {
                Some(true) => body.up(),
                Some(false) => body.down(),
                None => body,
            };
            request(Rtm::Newlink, NlmF::ACK, sequence, body, &change.attributes()?)
        })
    }

    /// Removes an interface that was made.
    ///
    /// # Errors
    /// [`NetlinkError::NoInterface`] when it is gone already; hardware is not removed.
    pub fn remove_link(&mut self, index: IfIndex) -> Result<(), NetlinkError> {
        self.acknowledged(|sequence| {
            let body = IfinfomsgBuilder::default().ifi_index(index.signed());
            request(Rtm::Dellink, NlmF::ACK, sequence, body, &[])
        })
    }

    /// Removes all interfaces of a group at once: one by one the kernel takes some 20 ms for each.
    ///
    /// # Errors
    /// [`NetlinkError::NoInterface`] when there is none; what the kernel answers when one of them cannot be removed:
    /// none is then.
    pub fn remove_links_of_group(&mut self, group: u32) -> Result<(), NetlinkError> {
        self.acknowledged(|sequence| {
            let attributes = [(libc::IFLA_GROUP, group.to_ne_bytes().to_vec())];
            request(Rtm::Dellink, NlmF::ACK, sequence, IfinfomsgBuilder::default(), &attributes)
        })
    }

    fn acknowledged(&mut self, build: impl FnOnce(u32) -> Option<Vec<u8>>) -> Result<(), NetlinkError> {
        self.single(build, |_| None::<()>).map(|_| ())
    }
}

impl LinkChange {
    fn attributes(&self) -> Option<Vec<(u16, Vec<u8>)>> {
        let mut all = Vec::new();
        all.extend(self.mac.map(|mac| (libc::IFLA_ADDRESS, mac.to_vec())));
        if let Some(stacked) = self.stacked {
            all.push((libc::IFLA_LINKINFO, stacked.info()?));
        }
        all.extend(self.group.map(|group| (libc::IFLA_GROUP, group.to_ne_bytes().to_vec())));
        let vrf = self.master.map(|vrf| vrf.map_or(0, IfIndex::get));
        all.extend(vrf.map(|vrf| (libc::IFLA_MASTER, vrf.to_ne_bytes().to_vec())));
        if let Some(alias) = &self.alias {
            all.push((libc::IFLA_IFALIAS, zero_ended(alias, ALIAS_MAX - 1)?));
        }
        let mut families = Vec::new();
        if !self.inet4.is_empty() {
            let settings = self.inet4.iter().map(|(key, value)| attribute(*key as u16, &value.to_ne_bytes()));
            let conf = attribute(IFLA_INET_CONF, &settings.collect::<Option<Vec<_>>>()?.concat())?;
            families.extend(attribute(libc::AF_INET as u16, &conf)?);
        }
        if let Some(mode) = self.addr_gen {
            let mode = attribute(IFLA_INET6_ADDR_GEN_MODE, &[mode as u8])?;
            families.extend(attribute(libc::AF_INET6 as u16, &mode)?);
        }
        if !families.is_empty() {
            all.push((libc::IFLA_AF_SPEC, families));
        }
        Some(all)
    }
}

/// A string as the kernel takes it; `None` when it is empty, too long or holds a zero.
fn zero_ended(text: &str, most: usize) -> Option<Vec<u8>> {
    let fits = !text.is_empty() && text.len() <= most && !text.contains('\0');
    fits.then(|| [text.as_bytes(), b"\0"].concat())
}

/// An attribute with its header, filled up to a multiple of four octets.
fn attribute(kind: u16, value: &[u8]) -> Option<Vec<u8>> {
    let attribute = RtattrBuilder::default().rta_type(Ifla::from(kind)).rta_payload(value).build().ok()?;
    let mut cursor = Cursor::new(Vec::new());
    attribute.to_bytes(&mut cursor).ok()?;
    let mut octets = cursor.into_inner();
    octets.resize(octets.len().next_multiple_of(4), 0);
    Some(octets)
}

fn request(
    kind: Rtm,
    flags: NlmF,
    sequence: u32,
    body: IfinfomsgBuilder,
    attributes: &[(u16, Vec<u8>)],
) -> Option<Vec<u8>> {
    let mut buffer: RtBuffer<Ifla, Buffer> = RtBuffer::new();
    for (kind, value) in attributes {
        let value = value.as_slice();
        buffer.push(RtattrBuilder::default().rta_type(Ifla::from(*kind)).rta_payload(value).build().ok()?);
    }
    let body: Ifinfomsg = body.ifi_family(RtAddrFamily::Unspecified).rtattrs(buffer).build().ok()?;
    let message = NlmsghdrBuilder::default().nl_type(kind).nl_flags(NlmF::REQUEST | flags).nl_seq(sequence);
    let message = message.nl_payload(NlPayload::Payload(body)).build().ok()?;
    let mut cursor = Cursor::new(Vec::new());
    message.to_bytes(&mut cursor).ok()?;
    Some(cursor.into_inner())
}
