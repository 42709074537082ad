//! What was heard before, so that it is not heard again.

use core::net::IpAddr;
use core::num::NonZeroU16;

use super::Stamp;
use crate::DecodeError;

/// What makes a stamp new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// The clocks of sender and receiver differ by so many seconds at most, and it grows.
    Window(NonZeroU16),
    /// It grows; clocks do not matter.
    Growth,
}

impl Freshness {
    /// Whether a stamp is of about now.
    ///
    /// # Errors
    /// [`DecodeError::TrailerStale`]
    pub const fn check(self, stamp: Stamp, now: Stamp) -> Result<(), DecodeError> {
        match self {
            Self::Window(window) => {
                let (skew, window) = (now.seconds_since(stamp), window.get());
                if skew.unsigned_abs() > window as u32 {
                    return Err(DecodeError::TrailerStale { skew, window });
                }
                Ok(())
            }
            Self::Growth => Ok(()),
        }
    }
}

/// The last stamp taken from one sender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark(Option<Stamp>);

impl Mark {
    /// Nothing heard yet: anything is new.
    pub const fn new() -> Self {
        Self(None)
    }

    /// Takes a stamp that was verified.
    ///
    /// Under [`Freshness::Window`] a mark that is itself outside of it is forgotten: all it could still refuse the
    /// window refuses, and a sender whose clock was set back is heard again.
    ///
    /// # Errors
    /// [`DecodeError::TrailerReplay`] when it is not after the last one.
    pub const fn accept(
        &mut self,
        stamp: Stamp,
        now: Stamp,
        freshness: Freshness,
    ) -> Result<(), DecodeError> {
        if let Some(last) = self.0
            && freshness.check(last, now).is_ok()
            && !stamp.is_after(last)
        {
            return Err(DecodeError::TrailerReplay);
        }
        self.0 = Some(stamp);
        Ok(())
    }
}

/// How many senders a group's receiver tells apart. More than one speaks only while they contend.
const SENDERS: usize = 4;

/// The marks of the senders to a group, who are not known beforehand: the four heard last.
///
/// To be asked only for verified adverts, so that nobody without the key can push others out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Senders([Option<(IpAddr, Mark)>; SENDERS]);

impl Senders {
    /// No one heard yet.
    pub const fn new() -> Self {
        Self([None; SENDERS])
    }

    /// The mark of a sender, a new one if it is not among the last four.
    pub fn mark(&mut self, sender: IpAddr) -> &mut Mark {
        let known = self.0.iter().position(|slot| slot.is_some_and(|(known, _)| known == sender));
        let place = known.unwrap_or(SENDERS - 1);
        // The latest stands first, so the last is the one to forget.
        self.0[..=place].rotate_right(1);
        let first = &mut self.0[0];
        if known.is_none() {
            *first = None;
        }
        &mut first.get_or_insert((sender, Mark::new())).1
    }
}
