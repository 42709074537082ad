//! An address on an interface, as asked for and as reported (`struct ifaddrmsg`, linux/if_addr.h).

use std::io::Cursor;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bitflags::bitflags;
use ipnetwork::IpNetwork;
use neli::ToBytes;
use neli::consts::nl::NlmF;
use neli::consts::rtnl::{Ifa, IfaF, RtAddrFamily, RtScope, Rtm};
use neli::nl::{NlPayload, NlmsghdrBuilder};
use neli::rtnl::{Ifaddrmsg, IfaddrmsgBuilder, Rtattr, RtattrBuilder};
use neli::types::{Buffer, RtBuffer};

use super::NetlinkError;
use super::message::{attributes, text, u32_at};
use crate::IfIndex;

bitflags! {
    /// `IFA_F_*` of linux/if_addr.h; bits without a name here are kept.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct AddressFlags: u32 {
        /// IPv4: not the first of its network. IPv6 calls the same bit temporary.
        const SECONDARY = libc::IFA_F_SECONDARY;
        /// IPv6: usable at once, without duplicate address detection.
        const NODAD = libc::IFA_F_NODAD;
        /// IPv6: usable while detection is under way.
        const OPTIMISTIC = libc::IFA_F_OPTIMISTIC;
        /// IPv6: another host has it.
        const DADFAILED = libc::IFA_F_DADFAILED;
        /// IPv6: home address of a mobile host.
        const HOMEADDRESS = libc::IFA_F_HOMEADDRESS;
        /// Its preferred lifetime is over: not chosen as a source.
        const DEPRECATED = libc::IFA_F_DEPRECATED;
        /// IPv6: detection is under way.
        const TENTATIVE = libc::IFA_F_TENTATIVE;
        /// Without a lifetime.
        const PERMANENT = libc::IFA_F_PERMANENT;
        /// IPv6: the kernel makes temporary addresses from it.
        const MANAGETEMPADDR = 0x100;
        /// No route to its network comes with it.
        const NOPREFIXROUTE = 0x200;
        /// The kernel joins its multicast group.
        const MCAUTOJOIN = 0x400;
        /// IPv6: made by RFC 7217.
        const STABLE_PRIVACY = 0x800;
        const _ = !0;
    }
}

/// An address on an interface.
///
/// One asked for and one reported are the same type; see [`is_same`](Self::is_same) for comparing them, as the
/// kernel adds flags, a label and a scope of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Where it is.
    pub interface: IfIndex,
    /// The address and its prefix length. With a peer the prefix length is the peer's and this one's is not used;
    /// a reported address has 32 or 128 then.
    pub network: IpNetwork,
    /// `RT_SCOPE_*` of linux/rtnetlink.h: 0 global, 253 link, 254 host. IPv6 derives it from the address.
    pub scope: u8,
    /// IPv4: the broadcast address.
    pub broadcast: Option<Ipv4Addr>,
    /// IPv4: its label, at most 15 octets; reported ones have the interface's name by default.
    pub label: Option<String>,
    /// The other end of a point-to-point link, with its prefix length.
    pub peer: Option<IpNetwork>,
    /// Asked for, or reported with the kernel's own added.
    pub flags: AddressFlags,
    /// Seconds it is chosen as a source for; 0 makes it deprecated at once, `None` is for ever.
    pub preferred: Option<u32>,
    /// Seconds it stays; `None` is for ever.
    pub valid: Option<u32>,
    /// Who set it (`IFA_PROTO`): [`Address::PROTO_KEEPALIVED`], or the kernel's own 1 to 3. Kernels before 5.18 do
    /// not know it and take no notice.
    pub proto: Option<u8>,
}

/// Octets of `struct ifaddrmsg`.
pub(super) const IFADDRMSG: usize = 8;
/// Octets of a label without its final zero (`IFNAMSIZ`).
const LABEL_MAX: usize = 15;
/// `IFA_PROTO`, newer than the libraries' tables.
const IFA_PROTO: u16 = 11;
/// `INFINITY_LIFE_TIME`
const FOR_EVER: u32 = u32::MAX;

impl Address {
    /// `RTPROT_KEEPALIVED`: marks what keepalived, and this daemon in its place, has set.
    pub const PROTO_KEEPALIVED: u8 = 18;

    /// A global address for ever, with nothing said beyond that.
    pub const fn new(interface: IfIndex, network: IpNetwork) -> Self {
        Self {
            interface,
            network,
            scope: 0,
            broadcast: None,
            label: None,
            peer: None,
            flags: AddressFlags::empty(),
            preferred: None,
            valid: None,
            proto: None,
        }
    }

    /// The address itself.
    pub fn ip(&self) -> IpAddr {
        self.network.ip()
    }

    /// Whether both are one address to the kernel: on one interface, equal in address, prefix length and peer.
    ///
    /// What is added again or removed is found by that alone, whatever its flags, label or lifetimes.
    pub fn is_same(&self, other: &Self) -> bool {
        self.interface == other.interface
            && self.ip() == other.ip()
            && self.peer.unwrap_or(self.network) == other.peer.unwrap_or(other.network)
    }

    /// From the body of `RTM_NEWADDR` or `RTM_DELADDR`; `None` for other families and junk.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let [family, prefix, flags, scope] = *body.first_chunk::<4>()?;
        let family = i32::from(family);
        let (mut local, mut remote) = (None, None);
        let mut address = Self::new(IfIndex::new(u32_at(body, 4)?)?, IpNetwork::from(IpAddr::from([0; 4])));
        let mut flags = u32::from(flags);
        for (kind, value) in attributes(body, IFADDRMSG) {
            match kind {
                libc::IFA_LOCAL => local = Some(ip(family, value)?),
                libc::IFA_ADDRESS => remote = Some(ip(family, value)?),
                libc::IFA_BROADCAST => address.broadcast = value.first_chunk().copied().map(Ipv4Addr::from),
                libc::IFA_LABEL => address.label = Some(text(value)),
                libc::IFA_FLAGS => flags = u32_at(value, 0)?,
                libc::IFA_CACHEINFO => {
                    address.preferred = u32_at(value, 0).filter(|secs| *secs != FOR_EVER);
                    address.valid = u32_at(value, 4).filter(|secs| *secs != FOR_EVER);
                }
                IFA_PROTO => address.proto = value.first().copied(),
                _ => {}
            }
        }
        let own = local.or(remote)?;
        let peer = remote.filter(|remote| *remote != own);
        address.peer = peer.map(|peer| IpNetwork::new(peer, prefix)).transpose().ok()?;
        address.network = if peer.is_some() { own.into() } else { IpNetwork::new(own, prefix).ok()? };
        address.scope = scope;
        address.flags = AddressFlags::from_bits_retain(flags);
        Some(address)
    }

    /// Appends the request that adds this address.
    pub(super) fn encode_add(&self, sequence: u32, ack: bool, out: &mut Vec<u8>) -> Result<(), NetlinkError> {
        let mut attributes = self.identity()?;
        if let Some(broadcast) = self.broadcast.filter(|_| self.ip().is_ipv4()) {
            attributes.push(attribute(Ifa::Broadcast, &broadcast.octets())?);
        }
        if let Some(label) = self.label.as_deref().filter(|_| self.ip().is_ipv4()) {
            if label.is_empty() || label.len() > LABEL_MAX || label.contains('\0') {
                return Err(NetlinkError::Unencodable);
            }
            attributes.push(attribute(Ifa::Label, &[label.as_bytes(), b"\0"].concat())?);
        }
        if self.preferred.is_some() || self.valid.is_some() {
            let mut cacheinfo = [0; 16]; // two lifetimes, and two stamps that the kernel writes
            cacheinfo[..4].copy_from_slice(&self.preferred.unwrap_or(FOR_EVER).to_ne_bytes());
            cacheinfo[4..8].copy_from_slice(&self.valid.unwrap_or(FOR_EVER).to_ne_bytes());
            attributes.push(attribute(Ifa::Cacheinfo, &cacheinfo)?);
        }
        if !self.flags.is_empty() {
            attributes.push(attribute(Ifa::Flags, &self.flags.bits().to_ne_bytes())?);
        }
        if let Some(proto) = self.proto {
            attributes.push(attribute(Ifa::from(IFA_PROTO), &[proto])?);
        }
        self.encode(Rtm::Newaddr, NlmF::CREATE | NlmF::EXCL, sequence, ack, attributes, out)
    }

    /// Appends the request that removes this address.
    pub(super) fn encode_remove(
        &self,
        sequence: u32,
        ack: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), NetlinkError> {
        self.encode(Rtm::Deladdr, NlmF::empty(), sequence, ack, self.identity()?, out)
    }

    /// The attributes the kernel tells addresses apart by.
    fn identity(&self) -> Result<RtBuffer<Ifa, Buffer>, NetlinkError> {
        let peer = self.peer.map_or(self.ip(), |peer| peer.ip());
        if peer.is_ipv4() != self.ip().is_ipv4() {
            return Err(NetlinkError::Unencodable);
        }
        let mut attributes = RtBuffer::new();
        attributes.push(ip_attribute(Ifa::Local, self.ip())?);
        attributes.push(ip_attribute(Ifa::Address, peer)?);
        Ok(attributes)
    }

    fn encode(
        &self,
        request: Rtm,
        flags: NlmF,
        sequence: u32,
        ack: bool,
        attributes: RtBuffer<Ifa, Buffer>,
        out: &mut Vec<u8>,
    ) -> Result<(), NetlinkError> {
        let family = if self.ip().is_ipv4() { RtAddrFamily::Inet } else { RtAddrFamily::Inet6 };
        let message: Ifaddrmsg = IfaddrmsgBuilder::default()
            .ifa_family(family)
            .ifa_prefixlen(self.peer.unwrap_or(self.network).prefix())
            .ifa_flags(IfaF::empty()) // all 32 bits of them are in an attribute
            .ifa_scope(RtScope::from(self.scope))
            .ifa_index(self.interface.get())
            .rtattrs(attributes)
            .build()
            .map_err(|_| NetlinkError::Unencodable)?;
        let ack = if ack { NlmF::ACK } else { NlmF::empty() };
        let message = NlmsghdrBuilder::default()
            .nl_type(request)
            .nl_flags(NlmF::REQUEST | flags | ack)
            .nl_seq(sequence)
            .nl_payload(NlPayload::Payload(message))
            .build()
            .map_err(|_| NetlinkError::Unencodable)?;
        let mut cursor = Cursor::new(Vec::new());
        message.to_bytes(&mut cursor).map_err(|_| NetlinkError::Unencodable)?;
        out.append(cursor.get_mut());
        out.resize(out.len().next_multiple_of(4), 0);
        Ok(())
    }
}

fn ip(family: i32, value: &[u8]) -> Option<IpAddr> {
    match family {
        libc::AF_INET => Some(Ipv4Addr::from(<[u8; 4]>::try_from(value).ok()?).into()),
        libc::AF_INET6 => Some(Ipv6Addr::from(<[u8; 16]>::try_from(value).ok()?).into()),
        _ => None,
    }
}

fn attribute(kind: Ifa, value: &[u8]) -> Result<Rtattr<Ifa, Buffer>, NetlinkError> {
    RtattrBuilder::default().rta_type(kind).rta_payload(value).build().map_err(|_| NetlinkError::Unencodable)
}

fn ip_attribute(kind: Ifa, address: IpAddr) -> Result<Rtattr<Ifa, Buffer>, NetlinkError> {
    match address {
        IpAddr::V4(address) => attribute(kind, &address.octets()),
        IpAddr::V6(address) => attribute(kind, &address.octets()),
    }
}

#[cfg(test)]
mod tests;
