//! What a newer kernel says: kept as it came.

/// An attribute that this library has no name for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unknown {
    /// Its type, without the flags of nesting and byte order.
    pub kind: u16,
    /// Its octets.
    pub value: Box<[u8]>,
}
