//! The messages of a datagram (netlink(7)).
//!
//! neli's own walk subtracts lengths that the sender chose, and takes every error to repeat its whole request; so the
//! headers are read here, and what is in them by neli.

/// One netlink message: what its header says and what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    pub(crate) kind: u16,
    pub(crate) flags: u16,
    pub(crate) sequence: u32,
    pub(crate) body: &'a [u8],
}

const HEADER: usize = 16;

/// The messages of a datagram, up to the first that does not fit.
pub(crate) fn messages(mut octets: &[u8]) -> impl Iterator<Item = Message<'_>> {
    std::iter::from_fn(move || {
        let (header, _) = octets.split_first_chunk::<HEADER>()?;
        let [l0, l1, l2, l3, k0, k1, f0, f1, s0, s1, s2, s3, ..] = *header;
        let len = u32::from_ne_bytes([l0, l1, l2, l3]) as usize;
        let message = Message {
            kind: u16::from_ne_bytes([k0, k1]),
            flags: u16::from_ne_bytes([f0, f1]),
            sequence: u32::from_ne_bytes([s0, s1, s2, s3]),
            body: octets.get(HEADER..len)?,
        };
        octets = octets.get(len.checked_next_multiple_of(4)?..).unwrap_or_default();
        Some(message)
    })
}

/// What `NLMSG_ERROR` and `NLMSG_DONE` begin with: 0, or an error number, here made positive.
pub(crate) fn verdict(message: &Message<'_>) -> Result<(), i32> {
    match message.body.first_chunk().map_or(0, |octets| i32::from_ne_bytes(*octets)) {
        0 => Ok(()),
        errno => Err(errno.saturating_neg()),
    }
}
