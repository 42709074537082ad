//! Attributes in the making: what [`Route`](super::Route) and [`Rule`](super::Rule) are put together from.

use std::io::Cursor;
use std::net::IpAddr;

use neli::ToBytes;
use neli::consts::nl::NlmF;
use neli::consts::rtnl::{RtAddrFamily, RtScope, RtTable, Rta, Rtm, RtmF, Rtn, Rtprot};
use neli::nl::{NlPayload, NlmsghdrBuilder};
use neli::rtnl::{Rtattr, RtattrBuilder, Rtmsg, RtmsgBuilder};
use neli::types::{Buffer, RtBuffer};
use vrrp_types::Family;

use super::NetlinkError;

/// A list of attributes; kinds are the kernel's numbers, of whatever list it is.
#[derive(Debug)]
pub(super) struct Attributes(RtBuffer<Rta, Buffer>);

impl Attributes {
    pub(super) fn new() -> Self {
        Self(RtBuffer::new())
    }

    pub(super) fn put(&mut self, kind: u16, value: &[u8]) -> Result<(), NetlinkError> {
        let attribute: Rtattr<Rta, Buffer> = RtattrBuilder::default()
            .rta_type(Rta::from(kind))
            .rta_payload(value)
            .build()
            .map_err(|_| NetlinkError::Unencodable)?;
        self.0.push(attribute);
        Ok(())
    }

    pub(super) fn put_u32(&mut self, kind: u16, value: u32) -> Result<(), NetlinkError> {
        self.put(kind, &value.to_ne_bytes())
    }

    pub(super) fn put_ip(&mut self, kind: u16, address: IpAddr) -> Result<(), NetlinkError> {
        match address {
            IpAddr::V4(address) => self.put(kind, &address.octets()),
            IpAddr::V6(address) => self.put(kind, &address.octets()),
        }
    }

    /// A name with the zero octet behind it.
    pub(super) fn put_text(&mut self, kind: u16, text: &str) -> Result<(), NetlinkError> {
        if text.is_empty() || text.contains('\0') {
            return Err(NetlinkError::Unencodable);
        }
        self.put(kind, &[text.as_bytes(), b"\0"].concat())
    }

    /// A list within the list; none if it is empty.
    pub(super) fn nest(&mut self, kind: u16, inner: &Self) -> Result<(), NetlinkError> {
        let octets = inner.octets()?;
        if octets.is_empty() { Ok(()) } else { self.put(kind, &octets) }
    }

    /// The list as the kernel reads it.
    pub(super) fn octets(&self) -> Result<Vec<u8>, NetlinkError> {
        let mut cursor = Cursor::new(Vec::new());
        self.0.to_bytes(&mut cursor).map_err(|_| NetlinkError::Unencodable)?;
        Ok(cursor.into_inner())
    }
}

/// What stands before the attributes: `struct rtmsg`, and `struct fib_rule_hdr`, which is laid out alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) family: Family,
    pub(super) destination_length: u8,
    pub(super) source_length: u8,
    pub(super) tos: u8,
    /// `None` for one that an attribute holds.
    pub(super) table: Option<u8>,
    pub(super) protocol: u8,
    pub(super) scope: u8,
    /// The type of a route, the action of a rule.
    pub(super) kind: u8,
    pub(super) flags: u32,
}

/// Appends a request.
pub(super) fn request(
    kind: Rtm,
    flags: NlmF,
    sequence: u32,
    head: Head,
    attributes: Attributes,
    out: &mut Vec<u8>,
) -> Result<(), NetlinkError> {
    let family = if head.family == Family::V4 { RtAddrFamily::Inet } else { RtAddrFamily::Inet6 };
    let body: Rtmsg = RtmsgBuilder::default()
        .rtm_family(family)
        .rtm_dst_len(head.destination_length)
        .rtm_src_len(head.source_length)
        .rtm_tos(head.tos)
        .rtm_table(RtTable::from(head.table.unwrap_or(0)))
        .rtm_protocol(Rtprot::from(head.protocol))
        .rtm_scope(RtScope::from(head.scope))
        .rtm_type(Rtn::from(head.kind))
        .rtm_flags(RtmF::from_bits_retain(head.flags))
        .rtattrs(attributes.0)
        .build()
        .map_err(|_| NetlinkError::Unencodable)?;
    let message = NlmsghdrBuilder::default()
        .nl_type(kind)
        .nl_flags(NlmF::REQUEST | flags)
        .nl_seq(sequence)
        .nl_payload(NlPayload::Payload(body))
        .build()
        .map_err(|_| NetlinkError::Unencodable)?;
    let mut cursor = Cursor::new(Vec::new());
    message.to_bytes(&mut cursor).map_err(|_| NetlinkError::Unencodable)?;
    out.append(cursor.get_mut());
    out.resize(out.len().next_multiple_of(4), 0);
    Ok(())
}
