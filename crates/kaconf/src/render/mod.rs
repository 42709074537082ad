//! Diagnostics as text, in the forms that people and machines read. Nothing is written anywhere: the caller does.
//!
//! [`render()`] is the line keepalived's users know, and what the log gets. [`snippet()`] shows the text itself, as
//! compilers do; [`github()`], [`json()`] and [`sarif()`] are for machines.

mod github;
#[cfg(feature = "json")]
mod json;
mod line;
#[cfg(feature = "render")]
mod outcome;
#[cfg(feature = "json")]
mod sarif;
#[cfg(feature = "render")]
mod snippet;
#[cfg(feature = "render")]
mod window;

use crate::diag::Diagnostic;
use crate::files::Files;

pub use github::github;
#[cfg(feature = "json")]
pub use json::json;
pub use line::render;
#[cfg(feature = "json")]
pub use sarif::sarif;
#[cfg(feature = "render")]
pub use snippet::{Look, snippet};

/// A diagnostic and the files it points into.
#[derive(Clone, Copy, Debug)]
pub struct Finding<'a> {
    /// What was found.
    pub diagnostic: &'a Diagnostic,
    /// Where its locations are looked up.
    pub files: &'a Files,
}
