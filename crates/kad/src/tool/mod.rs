//! The commands that work on a configuration and start no daemon.
//!
//! What they say of it is `kaconf`'s; here are arguments, files, standard output and exit codes.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod dump;
pub(crate) mod explain;
pub(crate) mod fmt;
mod reading;
