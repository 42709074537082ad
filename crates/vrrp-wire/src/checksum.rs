//! The Internet checksum and what of a VRRP message it covers.

use core::net::{Ipv4Addr, Ipv6Addr};

use vrrp_types::Version;

use crate::{Path, Protocol};

/// A running one's complement sum (RFC 1071).
///
/// The octets are added as 32-bit words in the machine's own order; swapping is needed only once, at the end
/// (RFC 1071 section 2B).
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum(u64);

impl Sum {
    /// Nothing added yet.
    pub const fn new() -> Self {
        Self(0)
    }

    /// Adds octets. All pieces but the last must have an even length.
    #[must_use]
    pub fn with(self, octets: &[u8]) -> Self {
        let (words, tail) = octets.as_chunks::<4>();
        let mut sum = self.0;
        for word in words {
            sum += u64::from(u32::from_ne_bytes(*word));
        }
        let mut last = [0; 4];
        for (octet, from) in last.iter_mut().zip(tail) {
            *octet = *from;
        }
        Self(sum + u64::from(u32::from_ne_bytes(last)))
    }

    /// Adds the IPv4 pseudo-header: source, destination, zero, protocol, length (RFC 793 section 3.1).
    #[must_use]
    pub fn with_pseudo_v4(
        self,
        source: Ipv4Addr,
        destination: Ipv4Addr,
        protocol: Protocol,
        len: u16,
    ) -> Self {
        let [high, low] = len.to_be_bytes();
        self.with(&source.octets()).with(&destination.octets()).with(&[0, protocol.0, high, low])
    }

    /// Adds the IPv6 pseudo-header: source, destination, length, zeros, next header (RFC 8200 section 8.1).
    #[must_use]
    pub fn with_pseudo_v6(self, source: Ipv6Addr, destination: Ipv6Addr, next: Protocol, len: u32) -> Self {
        self.with(&source.octets())
            .with(&destination.octets())
            .with(&len.to_be_bytes())
            .with(&[0, 0, 0, next.0])
    }

    /// The checksum: the complement of the folded sum, as a number. Zero over octets that include their own
    /// right checksum.
    pub const fn finish(self) -> u16 {
        let mut sum = self.0;
        while sum > 0xffff {
            sum = (sum >> 16) + (sum & 0xffff);
        }
        !u16::from_be(sum as u16)
    }
}

/// Which checksum a virtual router writes and demands.
///
/// VRRPv2 over IPv4 is always summed without a pseudo-header and either version over IPv6 always with one;
/// the choice is about VRRPv3 over IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChecksumRule {
    /// With the pseudo-header of the packet's own addresses: what keepalived, FRR and most others do.
    Standard,
    /// As VRRPv2, without a pseudo-header (`v3_checksum_as_v2`).
    AsV2,
    /// With this group for the destination, whatever the packet's is: unicast of keepalived before 1.3.6
    /// (`old_unicast_checksum`). A receiver that detects such peers tries it after
    /// [`Standard`](Self::Standard) was refused.
    Group(Ipv4Addr),
    /// Left to others: written as zero and not verified. For IPv6 sockets whose kernel does both
    /// (`IPV6_CHECKSUM`), and for receivers under `v3_checksum_as_v2`, where keepalived lets any pass.
    Skip,
}

impl ChecksumRule {
    /// What to add before the message of `len` octets; `None` when there is nothing to compute.
    pub(crate) fn seed(self, version: Version, path: &Path, len: usize) -> Option<Sum> {
        // At most 8 + 255 * 16 + 8 octets.
        let len = len as u16;
        let pseudo =
            |source, destination| Sum::new().with_pseudo_v4(source, destination, Protocol::VRRP, len);
        Some(match (self, version, *path) {
            (Self::Skip, ..) => return None,
            (_, _, Path::V6 { source, destination }) => {
                Sum::new().with_pseudo_v6(source, destination, Protocol::VRRP, u32::from(len))
            }
            (_, Version::V2, Path::V4 { .. }) | (Self::AsV2, ..) => Sum::new(),
            (Self::Group(group), _, Path::V4 { source, .. }) => pseudo(source, group),
            (Self::Standard, _, Path::V4 { source, destination }) => pseudo(source, destination),
        })
    }
}
