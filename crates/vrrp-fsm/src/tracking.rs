//! What tracked objects do to a router: the one place where weights are added and clamped.
//!
//! Pure arithmetic. Who tracks what, and how a status comes to be known, is the driver's business.

#[cfg(test)]
mod tests;

use crate::{Faults, Priority};

/// What is known of a tracked object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Nothing yet: a script that has not ended once.
    #[default]
    Unknown,
    /// As it should be.
    Up,
    /// Not as it should be.
    Down,
    /// What a file says; 0 is as it should be.
    Number(i64),
}

/// `weight N [reverse]`: what a tracked object does to the priority of who tracks it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// 0: no priority moves, the object is indispensable. Otherwise what is added while the object is up (positive)
    /// or down (negative); a file's number is multiplied by it.
    pub value: i16,
    /// With a weight what is added changes its sign, without one the object must not be up.
    pub reverse: bool,
}

/// What one object does to one router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Influence {
    /// Moves its priority by so much.
    Shift(i32),
    /// Keeps it from serving.
    Fault,
    /// Keeps it from serving until more is known.
    Awaited,
}

/// The product of a file that is a fault.
const FILE_FAULT: i64 = -254;
/// The greatest product of a file.
const FILE_MAX: i64 = 253;

impl Weight {
    /// What an object of this status does.
    pub const fn influence(self, status: Status) -> Influence {
        match (self.value, status) {
            (0, Status::Unknown) => Influence::Awaited,
            (0, Status::Up) => Self::fault_if(self.reverse),
            (0, Status::Down) => Self::fault_if(!self.reverse),
            (0, Status::Number(number)) => Self::fault_if((number != 0) != self.reverse),
            (_, Status::Unknown) => Influence::Shift(0),
            (1.., Status::Up) | (..=-1, Status::Down) => Influence::Shift(self.signed() as i32),
            (1.., Status::Down) | (..=-1, Status::Up) => Influence::Shift(0),
            (_, Status::Number(number)) => Self::product(number.saturating_mul(self.signed())),
        }
    }

    const fn signed(self) -> i64 {
        let value = self.value as i64;
        if self.reverse { -value } else { value }
    }

    const fn fault_if(fault: bool) -> Influence {
        if fault { Influence::Fault } else { Influence::Shift(0) }
    }

    const fn product(product: i64) -> Influence {
        match product {
            ..=FILE_FAULT => Influence::Fault,
            FILE_MAX.. => Influence::Shift(FILE_MAX as i32),
            _ => Influence::Shift(product as i32),
        }
    }
}

/// What all tracked objects together make of a router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The configured priority and every shift, not clamped: what cancels out far away cancels out.
    pub total: i32,
    /// [`Faults::TRACKED`], [`Faults::AWAITED`]: as long as any object calls for it.
    pub faults: Faults,
}

impl Tally {
    /// A router of this configured priority that tracks nothing yet.
    pub const fn new(priority: Priority) -> Self {
        Self { total: priority.get() as i32, faults: Faults::empty() }
    }

    /// One more object.
    #[must_use]
    pub fn with(mut self, influence: Influence) -> Self {
        match influence {
            Influence::Shift(by) => self.total = self.total.saturating_add(by),
            Influence::Fault => self.faults |= Faults::TRACKED,
            Influence::Awaited => self.faults |= Faults::AWAITED,
        }
        self
    }

    /// The effective priority of a router that is no owner: 1 to 254, whatever was added.
    pub fn priority(&self) -> Priority {
        Priority::new(self.total.clamp(1, i32::from(Priority::MAX_BACKUP.get())) as u8)
    }
}
