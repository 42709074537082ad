//! Why the demo ended before its end.

use std::io;

use netlab::LabError;

/// Why the demo ended before its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(super) enum DemoError {
    /// The LAN could not be built or driven.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// A signal came; its number.
    #[error("interrupted")]
    Interrupted(i32),
    /// kad ended though nobody asked it to.
    #[error("kad on {host} ended by itself; its last lines:\n{log}")]
    Died {
        /// Where.
        host: &'static str,
        /// What it said.
        log: String,
    },
    /// The witness on the client's wire ended.
    #[error("the witness on the client's wire ended: {0}")]
    Witness(String),
    /// The program's own file cannot be found, to be started on the hosts.
    #[error("cannot find this program's own file")]
    OwnFile(#[source] io::Error),
    /// Configuration could not be written.
    #[error("cannot write the configuration")]
    Conf(#[source] io::Error),
    /// Signals could not be taken.
    #[error("cannot prepare for signals")]
    Signals(#[source] io::Error),
    /// Nobody reads on.
    #[error("cannot write to standard output")]
    Output(#[source] io::Error),
}
