//! How packets of a route are wrapped (linux/lwtunnel.h, linux/mpls_iptunnel.h, linux/ila.h).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::netlink::NetlinkError;
use crate::netlink::attributes::Attributes;

/// `LWTUNNEL_ENCAP_*`
const MPLS: u16 = 1;
const IP: u16 = 2;
const ILA: u16 = 3;
const IP6: u16 = 4;

/// Numbers of a tunnel's attributes, the same for both families (`LWTUNNEL_IP_*`, `LWTUNNEL_IP6_*`).
const ID: u16 = 1;
const DESTINATION: u16 = 2;
const SOURCE: u16 = 3;
const TTL: u16 = 4;
const TOS: u16 = 5;
const FLAGS: u16 = 6;

/// How packets are wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encap {
    /// In labels, the outermost first, each of 20 bits.
    Mpls(Vec<u32>),
    /// In IPv4.
    Ip(Tunnel<Ipv4Addr>),
    /// In IPv6.
    Ip6(Tunnel<Ipv6Addr>),
    /// With another locator in the address: its upper 64 bits.
    Ila(u64),
}

/// The outer header of a tunnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tunnel<A> {
    /// Key of the tunnel.
    pub id: Option<u64>,
    /// The far end.
    pub destination: Option<A>,
    /// The near end.
    pub source: Option<A>,
    /// TOS, or traffic class.
    pub tos: Option<u8>,
    /// TTL, or hop limit.
    pub ttl: Option<u8>,
    /// Flags of the tunnel, as the kernel numbers them.
    pub flags: Option<u16>,
}

impl Encap {
    /// The kernel's number for its kind.
    pub(super) const fn kind(&self) -> u16 {
        match self {
            Self::Mpls(_) => MPLS,
            Self::Ip(_) => IP,
            Self::Ip6(_) => IP6,
            Self::Ila(_) => ILA,
        }
    }

    pub(super) fn attributes(&self) -> Result<Attributes, NetlinkError> {
        let mut out = Attributes::new();
        match self {
            Self::Mpls(labels) => out.put(1, &stack(labels))?,
            Self::Ila(locator) => out.put(1, &locator.to_be_bytes())?,
            Self::Ip(tunnel) => tunnel.put(&mut out)?,
            Self::Ip6(tunnel) => tunnel.put(&mut out)?,
        }
        Ok(out)
    }
}

/// A label stack as it is on the wire (RFC 3032): 20 bits of label, and bit 8 at the bottom.
fn stack(labels: &[u32]) -> Vec<u8> {
    let last = labels.len().saturating_sub(1);
    let entry = |(number, label): (usize, &u32)| (label << 12 | u32::from(number == last) << 8).to_be_bytes();
    labels.iter().enumerate().flat_map(entry).collect()
}

impl<A: Copy + Into<IpAddr>> Tunnel<A> {
    fn put(&self, out: &mut Attributes) -> Result<(), NetlinkError> {
        if let Some(id) = self.id {
            out.put(ID, &id.to_be_bytes())?;
        }
        if let Some(address) = self.destination {
            out.put_ip(DESTINATION, address.into())?;
        }
        if let Some(address) = self.source {
            out.put_ip(SOURCE, address.into())?;
        }
        if let Some(value) = self.tos {
            out.put(TOS, &[value])?;
        }
        if let Some(value) = self.ttl {
            out.put(TTL, &[value])?;
        }
        if let Some(flags) = self.flags {
            out.put(FLAGS, &flags.to_ne_bytes())?;
        }
        Ok(())
    }
}
