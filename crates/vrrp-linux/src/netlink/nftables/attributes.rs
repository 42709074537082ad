//! Attributes of a message, in their order. Numbers are in network order, as all of nf_tables has them.

use std::io::Cursor;

use neli::ToBytes;
use neli::genl::{AttrTypeBuilder, NlattrBuilder};
use neli::types::Buffer;

/// Octets that an attribute can hold: its length, with its own header, has 16 bits.
const VALUE_MAX: usize = u16::MAX as usize - 4;
/// Octets of a name without its final zero (`NFT_NAME_MAXLEN`).
const NAME_MAX: usize = 255;

/// Serialised attributes. What could not be serialised is remembered, and asked for once at the end.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes {
    octets: Vec<u8>,
    broken: bool,
}

impl Attributes {
    pub(super) fn octets(mut self, kind: u16, value: &[u8]) -> Self {
        self.put(kind, value, false);
        self
    }

    pub(super) fn be32(self, kind: u16, value: u32) -> Self {
        self.octets(kind, &value.to_be_bytes())
    }

    pub(super) fn text(mut self, kind: u16, value: &str) -> Self {
        self.broken |= value.len() > NAME_MAX || value.contains('\0');
        self.octets(kind, &[value.as_bytes(), b"\0"].concat())
    }

    pub(super) fn nest(mut self, kind: u16, inner: &Self) -> Self {
        self.broken |= inner.broken;
        self.put(kind, &inner.octets, true);
        self
    }

    /// The octets; `None` if something in them could not be said.
    pub(super) fn finish(self) -> Option<Vec<u8>> {
        (!self.broken).then_some(self.octets)
    }

    fn put(&mut self, kind: u16, value: &[u8], nested: bool) {
        if value.len() > VALUE_MAX || self.serialise(kind, value, nested).is_none() {
            self.broken = true;
        }
    }

    fn serialise(&mut self, kind: u16, value: &[u8], nested: bool) -> Option<()> {
        let kind = AttrTypeBuilder::default().nla_type(kind).nla_nested(nested).build().ok()?;
        let value = Buffer::from(value);
        let attribute = NlattrBuilder::default().nla_type(kind).nla_payload(value).build().ok()?;
        let mut cursor = Cursor::new(std::mem::take(&mut self.octets));
        cursor.set_position(cursor.get_ref().len() as u64);
        attribute.to_bytes(&mut cursor).ok()?;
        self.octets = cursor.into_inner();
        Some(())
    }
}
