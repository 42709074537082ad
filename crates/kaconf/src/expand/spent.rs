//! What expansions have cost so far, and where that ends.
//!
//! One line is bounded by its length. These bounds are for all lines of all files together: whatever a definition,
//! a sequence or an include is made of, the work it makes stays in proportion to what it yields.

use super::Expander;
use crate::diag::Sink;
use crate::files::Location;
use crate::options::Limits;

/// The cost of the expansions of one reading.
pub(super) struct Spent {
    /// Names replaced.
    expansions: usize,
    /// Octets that stood in no file.
    octets: usize,
    /// Names of files that includes may still look at.
    pub(super) names_left: usize,
}

impl Spent {
    pub(super) const fn new(limits: &Limits) -> Self {
        Self { expansions: 0, octets: 0, names_left: limits.names }
    }
}

impl Expander<'_> {
    /// Counts octets that an expansion yielded. False if that is too much: then reading ends, and it was said.
    pub(super) fn yielded(&mut self, octets: usize, at: Location, sink: &mut Sink) -> bool {
        self.spent.octets = self.spent.octets.saturating_add(octets);
        let most = self.options.limits.expanded;
        if self.spent.octets > most {
            self.at = at;
            self.limit(sink, format!("definitions and sequences yield more than {most} octets"));
        }
        !self.halted
    }

    /// Counts the replacement of a name by so many octets. False as for [`Self::yielded`].
    pub(super) fn replaced(&mut self, octets: usize, at: Location, sink: &mut Sink) -> bool {
        self.spent.expansions += 1;
        let most = self.options.limits.expansions;
        if self.spent.expansions > most {
            self.at = at;
            self.limit(sink, format!("more than {most} names were replaced"));
        }
        self.yielded(octets, at, sink)
    }
}
