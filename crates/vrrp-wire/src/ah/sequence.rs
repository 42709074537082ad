//! The one number of a virtual router with authentication headers.

use crate::DecodeError;

/// The greatest number that is sent; beyond it a virtual router no longer counts on.
const LAST: u32 = 0xffff_fffe;

/// Counts the packets of a virtual router as keepalived does: what is heard raises the same number that is sent,
/// so that whoever takes over goes on above it. It starts at 0 and is kept nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AhSequence {
    number: u32,
    spent: bool,
}

impl AhSequence {
    /// Nothing sent or heard: the first packet has number 1.
    pub const fn new() -> Self {
        Self { number: 0, spent: false }
    }

    /// The last number sent or heard.
    pub const fn last(self) -> u32 {
        self.number
    }

    /// The number of the next packet. The last one there is repeats, and is refused by all who heard it, so that
    /// another takes over.
    pub const fn next(&mut self) -> u32 {
        if self.number < LAST {
            self.number += 1;
        } else {
            self.spent = true;
        }
        self.number
    }

    /// Hears a number of an advert that was verified.
    ///
    /// # Errors
    /// [`DecodeError::Sequence`] when it is not greater than the last: a repetition.
    pub const fn hear(&mut self, received: u32) -> Result<(), DecodeError> {
        if received <= self.number {
            return Err(DecodeError::Sequence { received, last: self.number });
        }
        self.number = received;
        self.spent = false;
        Ok(())
    }

    /// A master heard one that must yield: it skips a number, as keepalived does.
    pub const fn outbid(&mut self) {
        self.number = self.number.saturating_add(1);
    }

    /// A virtual router becomes master: when the numbers were spent they begin anew.
    pub const fn begin_term(&mut self) {
        if self.spent {
            *self = Self::new();
        }
    }
}
