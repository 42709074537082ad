//! How a message about something with a name begins. It is written out only where there is a message: a
//! configuration without a mistake makes none.

use std::fmt;

/// `(NAME) `, or nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner<'a>(Option<&'a str>);

impl<'a> Owner<'a> {
    /// Nothing.
    pub(super) const NONE: Self = Self(None);

    pub(super) const fn of(name: &'a str) -> Self {
        Self(Some(name))
    }
}

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |name| write!(f, "({name}) "))
    }
}
