//! Commands for people who write configurations. None of them touches a daemon that runs.

pub(crate) mod check;
