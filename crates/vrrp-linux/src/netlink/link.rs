//! A network interface as the kernel reports it (`struct ifinfomsg`, linux/if_link.h).

use bitflags::bitflags;

use super::message::{attributes, i32_at, text, u16_at, u32_at};
use crate::IfIndex;

bitflags! {
    /// `IFF_*` of linux/if.h; bits without a name here are kept.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct LinkFlags: u32 {
        /// Switched on by its administrator.
        const UP = libc::IFF_UP as u32;
        /// Can broadcast.
        const BROADCAST = libc::IFF_BROADCAST as u32;
        /// The host's own loopback.
        const LOOPBACK = libc::IFF_LOOPBACK as u32;
        /// Two ends only.
        const POINTOPOINT = libc::IFF_POINTOPOINT as u32;
        /// Operational: it has a carrier and may carry packets.
        const RUNNING = libc::IFF_RUNNING as u32;
        /// Neither ARP nor neighbour discovery.
        const NOARP = libc::IFF_NOARP as u32;
        /// Hears every frame.
        const PROMISC = libc::IFF_PROMISC as u32;
        /// Hears every multicast frame.
        const ALLMULTI = libc::IFF_ALLMULTI as u32;
        /// Master of a bond.
        const MASTER = libc::IFF_MASTER as u32;
        /// Slave of a bond.
        const SLAVE = libc::IFF_SLAVE as u32;
        /// Can multicast.
        const MULTICAST = libc::IFF_MULTICAST as u32;
        /// The driver sees a carrier.
        const LOWER_UP = libc::IFF_LOWER_UP as u32;
        /// Waits for something outside, as 802.1X.
        const DORMANT = libc::IFF_DORMANT as u32;
        const _ = !0;
    }
}

/// A network interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its number.
    pub index: IfIndex,
    /// Its name.
    pub name: String,
    /// Octets of payload a frame can carry.
    pub mtu: u32,
    /// Its state and its abilities.
    pub flags: LinkFlags,
    /// Its hardware address, if that has the 6 octets of Ethernet's.
    pub mac: Option<[u8; 6]>,
    /// What kind of virtual device it is: `vlan`, `macvlan`, `veth`, `bridge`, `vrf` ... `None` for hardware.
    pub kind: Option<String>,
    /// `ARPHRD_*` of linux/if_arp.h: 1 is Ethernet, 772 loopback, 32 Infiniband.
    pub arphrd: u16,
    /// The bridge, bond or VRF it belongs to.
    pub master: Option<IfIndex>,
    /// The interface it is stacked on, or a veth's other end; `None` too when that is in another namespace.
    pub link: Option<IfIndex>,
    /// What else is known of one that is stacked on another.
    pub stacked: Option<Stacked>,
    /// The routing table of a VRF.
    pub vrf_table: Option<u32>,
    /// The group of interfaces that firewalls may name (`IFLA_GROUP`); 0 by default.
    pub group: u32,
    /// What its maker has written beside it (`IFLA_IFALIAS`).
    pub alias: Option<String>,
}

/// Octets of `struct ifinfomsg`.
pub(super) const IFINFOMSG: usize = 16;

impl Link {
    /// Switched on and operational: what a virtual router asks of its interface.
    pub fn is_up(&self) -> bool {
        self.flags.contains(LinkFlags::UP | LinkFlags::RUNNING)
    }

    /// Whether gratuitous ARP and neighbour advertisements mean anything here: an Ethernet-like link with ARP.
    pub fn takes_announcements(&self) -> bool {
        self.arphrd == libc::ARPHRD_ETHER && self.mac.is_some() && !self.flags.contains(LinkFlags::NOARP)
    }

    /// From the body of `RTM_NEWLINK` or `RTM_DELLINK`.
    ///
    /// `None` for what does not speak of the interface itself: a bridge's word on its port (`AF_BRIDGE`), a wireless
    /// event, which has the name and little else, and junk.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        if i32::from(*body.first()?) != libc::AF_UNSPEC {
            return None;
        }
        let mut link = Self {
            index: IfIndex::from_signed(i32_at(body, 4)?)?,
            name: String::new(),
            mtu: 0,
            flags: LinkFlags::from_bits_retain(u32_at(body, 8)?),
            mac: None,
            kind: None,
            arphrd: u16_at(body, 2)?,
            master: None,
            link: None,
            stacked: None,
            vrf_table: None,
            group: 0,
            alias: None,
        };
        let index = |value| i32_at(value, 0).and_then(IfIndex::from_signed);
        let mut elsewhere = false;
        for (kind, value) in attributes(body, IFINFOMSG) {
            match kind {
                libc::IFLA_IFNAME => link.name = text(value),
                libc::IFLA_MTU => link.mtu = u32_at(value, 0)?,
                libc::IFLA_ADDRESS => link.mac = value.try_into().ok(),
                libc::IFLA_MASTER => link.master = index(value),
                libc::IFLA_LINK => link.link = index(value),
                libc::IFLA_LINKINFO => {
                    let mut inner = attributes(value, 0);
                    let kind = inner.find(|(kind, _)| *kind == libc::IFLA_INFO_KIND);
                    link.kind = kind.map(|(_, value)| text(value));
                    let mut inner = attributes(value, 0);
                    let data = inner.find(|(kind, _)| *kind == libc::IFLA_INFO_DATA);
                    let data = data.map_or(&[][..], |(_, data)| data);
                    link.stacked = Stacked::parse(link.kind.as_deref(), data);
                    link.vrf_table = vrf_table(link.kind.as_deref(), data);
                }
                libc::IFLA_GROUP => link.group = u32_at(value, 0).unwrap_or(0),
                libc::IFLA_IFALIAS => link.alias = Some(text(value)),
                libc::IFLA_LINK_NETNSID => elsewhere = true,
                libc::IFLA_WIRELESS => return None,
                _ => {}
            }
        }
        // A number of another namespace would name some other interface here.
        link.link = link.link.filter(|_| !elsewhere);
        (!link.name.is_empty()).then_some(link)
    }
}

/// `IFLA_VRF_TABLE`
fn vrf_table(kind: Option<&str>, data: &[u8]) -> Option<u32> {
    let mut inner = attributes(data, 0).filter(|_| kind == Some("vrf"));
    inner.find(|(kind, _)| *kind == 1).and_then(|(_, value)| u32_at(value, 0))
}

mod change;

pub use change::{AddrGen, Inet4, LinkChange, NewLink, Stacked};

#[cfg(test)]
mod tests;
