//! The password of VRRPv2's simple authentication.

use core::fmt;
use core::hint::black_box;

/// Eight octets that stand in clear in every advert of the virtual router (RFC 2338 section 5.3.6).
///
/// Compared in constant time and never shown by `Debug`.
#[derive(Clone, Copy)]
pub struct Password([u8; 8]);

impl Password {
    /// The first eight octets of `text`, filled up with zeros.
    pub fn new(text: &[u8]) -> Self {
        let mut octets = [0; 8];
        for (octet, from) in octets.iter_mut().zip(text) {
            *octet = *from;
        }
        Self(octets)
    }

    /// The octets as they stand in the advert.
    pub const fn octets(self) -> [u8; 8] {
        self.0
    }
}

impl From<[u8; 8]> for Password {
    fn from(octets: [u8; 8]) -> Self {
        Self(octets)
    }
}

impl PartialEq for Password {
    fn eq(&self, other: &Self) -> bool {
        // One word, so how many octets agree does not show in the time it takes.
        black_box(u64::from_ne_bytes(self.0) ^ u64::from_ne_bytes(other.0)) == 0
    }
}

impl Eq for Password {}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("********")
    }
}
