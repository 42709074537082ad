//! Walking what the kernel sent: messages in a datagram, attributes in a message (netlink(7), rtnetlink(7)).

/// One netlink message: what its header says and what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Message<'a> {
    pub(super) kind: u16,
    pub(super) flags: u16,
    pub(super) sequence: u32,
    pub(super) body: &'a [u8],
}

const MESSAGE_HEADER: usize = 16;
const ATTRIBUTE_HEADER: usize = 4;
/// `NLA_F_NESTED` and `NLA_F_NET_BYTEORDER` are flags in the kind.
const ATTRIBUTE_KIND: u16 = 0x3fff;

/// The messages of a datagram, up to the first that does not fit.
pub(super) fn messages(mut octets: &[u8]) -> impl Iterator<Item = Message<'_>> {
    std::iter::from_fn(move || {
        let len = u32_at(octets, 0)? as usize;
        let message = Message {
            kind: u16_at(octets, 4)?,
            flags: u16_at(octets, 6)?,
            sequence: u32_at(octets, 8)?,
            body: octets.get(MESSAGE_HEADER..len)?,
        };
        octets = octets.get(aligned(len)?..).unwrap_or_default();
        Some(message)
    })
}

/// The attributes behind a message's fixed part of `fixed` octets, up to the first that does not fit.
pub(super) fn attributes(body: &[u8], fixed: usize) -> impl Iterator<Item = (u16, &[u8])> {
    let mut octets = aligned(fixed).and_then(|at| body.get(at..)).unwrap_or_default();
    std::iter::from_fn(move || {
        let len = usize::from(u16_at(octets, 0)?);
        let kind = u16_at(octets, 2)? & ATTRIBUTE_KIND;
        let value = octets.get(ATTRIBUTE_HEADER..len)?;
        octets = octets.get(aligned(len)?..).unwrap_or_default();
        Some((kind, value))
    })
}

fn aligned(len: usize) -> Option<usize> {
    len.checked_next_multiple_of(4)
}

pub(super) fn u16_at(octets: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(*octets.get(at..)?.first_chunk()?))
}

pub(super) fn u32_at(octets: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(*octets.get(at..)?.first_chunk()?))
}

pub(super) fn i32_at(octets: &[u8], at: usize) -> Option<i32> {
    Some(i32::from_ne_bytes(*octets.get(at..)?.first_chunk()?))
}

/// A name as the kernel sends it: up to the first zero octet.
pub(super) fn text(value: &[u8]) -> String {
    let end = value.iter().position(|octet| *octet == 0).unwrap_or(value.len());
    String::from_utf8_lossy(&value[..end]).into_owned()
}

/// Octets of a capture, for tests; blanks between the digits are passed over.
#[cfg(test)]
pub(super) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|digit| Some(digit.to_digit(16)? as u8)).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(kind: u16, body: &[u8]) -> Vec<u8> {
        let mut octets = (16 + body.len() as u32).to_ne_bytes().to_vec();
        octets.extend(kind.to_ne_bytes());
        octets.extend([0; 10]);
        octets.extend(body);
        octets.resize(octets.len().next_multiple_of(4), 0);
        octets
    }

    #[test]
    fn messages_and_attributes_are_found_behind_their_padding() {
        let mut datagram = message(20, b"12345");
        datagram.extend(message(21, b""));
        let found: Vec<_> = messages(&datagram).map(|message| (message.kind, message.body)).collect();
        assert_eq!(found, [(20, &b"12345"[..]), (21, &b""[..])]);

        let body = [1, 2, 3, 4, 5, 0, 3, 0, b'a', 0, 0, 0, 4, 0, 4, 0x80];
        let found: Vec<_> = attributes(&body, 4).collect();
        assert_eq!(found, [(3, &b"a"[..]), (4, &b""[..])]);
    }

    #[test]
    fn a_length_that_lies_ends_the_walk() {
        for len in [0, 15, 17, u32::MAX] {
            let mut datagram = message(20, b"");
            datagram[..4].copy_from_slice(&len.to_ne_bytes());
            assert_eq!(messages(&datagram).count(), 0, "message of {len}");
        }
        for len in [0, 3, 9, u16::MAX] {
            let mut body = [0; 8];
            body[..2].copy_from_slice(&len.to_ne_bytes());
            assert_eq!(attributes(&body, 0).count(), 0, "attribute of {len}");
        }
    }

    #[test]
    fn text_ends_at_the_first_zero() {
        assert_eq!(text(b"eth0\0\0"), "eth0");
        assert_eq!(text(b"eth0"), "eth0");
        assert_eq!(text(b""), "");
    }

    proptest! {
        #[test]
        fn any_octets_are_walked_to_their_end(octets in prop::collection::vec(any::<u8>(), 0..400), fixed in 0..40usize) {
            let cut: usize = messages(&octets).map(|message| 16 + message.body.len()).sum();
            prop_assert!(cut <= octets.len());
            let cut: usize = attributes(&octets, fixed).map(|(_, value)| 4 + value.len()).sum();
            prop_assert!(cut <= octets.len());
        }
    }
}
