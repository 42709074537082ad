//! The trailer behind a VRRP message that proves who sent it and when: keepalived's `auth_hmac`.
//!
//! 28 octets behind the message, outside of its checksum: HMAC-SHA256 cut to 128 bits, over the message, its
//! virtual router and its sender, with a [`Stamp`] that only grows. What a stamp must be to be new is told by
//! [`Freshness`] and [`Mark`]: pure state, time is an argument.

mod replay;
mod stamp;

use core::fmt;
use core::net::IpAddr;
use core::num::NonZeroU8;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use vrrp_types::Family;
use zerocopy::byteorder::network_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

pub use replay::{Freshness, Mark, Senders};
pub use stamp::{Stamp, Stamper};

use crate::{Addresses, Advert, DecodeError, Header};

/// The only scheme there is: HMAC-SHA256, the first 128 bits.
const SCHEME: u8 = 1;
/// Octets of the HMAC on the wire.
const MAC_LEN: usize = 16;
/// Where the HMAC stands in the trailer.
const MAC_OFFSET: usize = 12;
/// Octets of what names the sender in the HMAC.
const SENDER_LEN: usize = 20;

/// The trailer as it stands on the wire.
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Trailer {
    scheme: u8,
    key_id: u8,
    reserved: U16,
    seconds: U32,
    fraction: U16,
    counter: U16,
    mac: [u8; MAC_LEN],
}

const _: () = assert!(size_of::<Trailer>() == Trailer::LEN);

impl Trailer {
    /// Octets of the trailer.
    pub const LEN: usize = 28;

    /// Splits what came behind the IP header into the VRRP message, whose length its own version and count make,
    /// and the trailer. `None` when there is not exactly room for one: then all of it is the message, of a right
    /// length or not.
    pub fn split(octets: &[u8], family: Family) -> (&[u8], Option<&Self>) {
        let length = Header::peek(octets).map(|header| header.message_len(family));
        let parts = length.ok().and_then(|length| octets.split_at_checked(length));
        match parts.and_then(|(message, rest)| Some((message, Self::ref_from_bytes(rest).ok()?))) {
            Some((message, trailer)) => (message, Some(trailer)),
            None => (octets, None),
        }
    }

    /// The octets to append to the message.
    pub fn as_octets(&self) -> &[u8] {
        self.as_bytes()
    }

    /// Which key signed it, as it says.
    pub const fn key_id(&self) -> u8 {
        self.key_id
    }

    /// When it was signed, as it says.
    pub const fn stamp(&self) -> Stamp {
        Stamp::new(self.seconds.get(), self.fraction.get(), self.counter.get())
    }

    /// Whether one of the keys signed `message` for `source`, recently; gives its stamp, for [`Mark::accept`].
    /// `now` is the receiver's wall clock. The HMAC is compared in constant time, and not computed for what is
    /// stale anyway.
    ///
    /// # Errors
    /// In this order: [`DecodeError::TrailerMalformed`], [`DecodeError::TrailerStale`],
    /// [`DecodeError::TrailerKey`], [`DecodeError::TrailerMac`]; [`DecodeError::Truncated`] for a message
    /// without a header.
    pub fn verify(
        &self,
        message: &[u8],
        source: IpAddr,
        keys: &[TrailerKey],
        freshness: Freshness,
        now: Stamp,
    ) -> Result<Stamp, DecodeError> {
        if self.scheme != SCHEME || self.reserved.get() != 0 {
            return Err(DecodeError::TrailerMalformed);
        }
        freshness.check(self.stamp(), now)?;
        let key = keys.iter().find(|key| key.id.get() == self.key_id);
        let key = key.ok_or(DecodeError::TrailerKey(self.key_id))?;
        let header = Header::peek(message)?;
        let mut mac = key.mac(source, header);
        mac.update(&message[Header::LEN..]);
        self.close(&mut mac);
        mac.verify_truncated_left(&self.mac).map_err(|_| DecodeError::TrailerMac)?;
        Ok(self.stamp())
    }

    /// The end of what the HMAC is over: the trailer itself, its HMAC as zeros.
    fn close(&self, mac: &mut Hmac<Sha256>) {
        mac.update(&self.as_bytes()[..MAC_OFFSET]);
        mac.update(&[0; MAC_LEN]);
    }
}

/// A key of `auth_hmac`, ready for use. Its secret is never shown by `Debug`.
#[derive(Clone)]
pub struct TrailerKey {
    id: NonZeroU8,
    mac: Hmac<Sha256>,
}

impl TrailerKey {
    /// A key and the number it goes by on the wire. keepalived wants 32 to 64 octets; any length is taken here.
    pub fn new(id: NonZeroU8, secret: &[u8]) -> Self {
        let mut block = [0; 64];
        match block.get_mut(..secret.len()) {
            Some(start) => start.copy_from_slice(secret),
            // A longer key is its digest (RFC 2104 section 2).
            None => {
                use sha2::Digest;
                block[..32].copy_from_slice(&Sha256::digest(secret));
            }
        }
        Self { id, mac: Hmac::new(&block.into()) }
    }

    /// The number it goes by.
    pub const fn id(&self) -> NonZeroU8 {
        self.id
    }

    /// The beginning of what the HMAC is over: the sender, and the header with its checksum as zero.
    fn mac(&self, source: IpAddr, header: &Header) -> Hmac<Sha256> {
        let mut sender = [0; SENDER_LEN];
        match source {
            IpAddr::V4(source) => {
                sender[0] = 4;
                sender[4..8].copy_from_slice(&source.octets());
            }
            IpAddr::V6(source) => {
                sender[0] = 6;
                sender[4..].copy_from_slice(&source.octets());
            }
        }
        let octets = header.as_bytes();
        (sender[1], sender[2]) = (header.version_number(), octets[1]);
        let mut mac = self.mac.clone();
        mac.update(&sender);
        mac.update(&octets[..Header::CHECKSUM_OFFSET]);
        mac.update(&[0; Header::LEN - Header::CHECKSUM_OFFSET]);
        mac
    }
}

impl fmt::Debug for TrailerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrailerKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Advert<'_> {
    /// The trailer for this advert from `source`. It is the same for all who get the advert: neither destination
    /// nor checksum is part of it.
    pub fn sign(&self, source: IpAddr, key: &TrailerKey, stamp: Stamp) -> Trailer {
        let mut mac = key.mac(source, &self.header());
        mac.update(self.addresses.as_bytes());
        if matches!(self.addresses, Addresses::V4(_)) && self.version == vrrp_types::Version::V2 {
            mac.update(&self.auth.data());
        }
        let mut trailer = Trailer {
            scheme: SCHEME,
            key_id: key.id.get(),
            reserved: U16::ZERO,
            seconds: U32::new(stamp.seconds()),
            fraction: U16::new(stamp.fraction()),
            counter: U16::new(stamp.counter()),
            mac: [0; MAC_LEN],
        };
        trailer.close(&mut mac);
        let digest = mac.finalize().into_bytes();
        trailer.mac.copy_from_slice(&digest[..MAC_LEN]);
        trailer
    }
}
