//! Why a lab could not be built, driven or observed.

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

/// Why a lab could not be built, driven or observed.
///
/// Errors about processes carry the last log lines of everything that ran in the lab.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabError {
    /// A program that the lab is made of is not installed.
    #[error("{} is not installed; on Debian: apt-get install {package}", tool.display())]
    ToolMissing {
        /// What was looked for in `PATH` and in the system's usual folders.
        tool: PathBuf,
        /// Debian's package that brings it.
        package: &'static str,
    },
    /// The kernel refuses namespaces.
    #[error("this kernel does not let this user make namespaces: {reason}\n{mend}")]
    NamespacesForbidden {
        /// What `unshare` said.
        reason: String,
        /// What the person at the machine can do about it.
        mend: String,
    },
    /// This peer cannot run without root: it changes to a user of its own.
    #[error("{peer} changes to a user of its own, which only root can; run this as root")]
    NeedsRoot {
        /// The peer.
        peer: &'static str,
    },
    /// A peer does not speak what was asked of it.
    #[error("{peer} does not support {feature}")]
    Unsupported {
        /// The peer.
        peer: &'static str,
        /// What it does not do.
        feature: &'static str,
    },
    /// Host names become interface names of the switch.
    #[error("{0:?} is no host name: 1 to 15 letters, digits or hyphens, and not yet in use")]
    HostName(String),
    /// The lab numbers its hosts with one octet.
    #[error("a lab has at most 250 hosts")]
    TooManyHosts,
    /// A configured address is no address with a prefix length.
    #[error("{0:?} is no address with a prefix length, such as 10.77.0.1/24")]
    Prefix(String),
    /// A host has no address of the family that was asked for.
    #[error("{host} has no address of the family of {wanted}")]
    NoAddress {
        /// The host.
        host: String,
        /// An address of that family.
        wanted: IpAddr,
    },
    /// The operating system refused.
    #[error("{what}")]
    Io {
        /// What was being done.
        what: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A command of the lab ended badly.
    #[error("`{command}` ended with {status}: {stderr}")]
    Command {
        /// The command line.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// What it printed to stderr.
        stderr: String,
    },
    /// A command of the lab did not end, and was killed.
    #[error("`{command}` did not end within {waited:?}")]
    CommandTimeout {
        /// The command line.
        command: String,
        /// How long it was given.
        waited: Duration,
    },
    /// An expected event did not come.
    #[error("{what} did not happen within {waited:?}\n{logs}")]
    Timeout {
        /// The event.
        what: String,
        /// How long it was waited for.
        waited: Duration,
        /// The last log lines of every process.
        logs: String,
    },
    /// A process ended before it did what was waited for.
    #[error("{process} ended before {what}\n{logs}")]
    Ended {
        /// The process.
        process: String,
        /// The event.
        what: String,
        /// The last log lines of every process.
        logs: String,
    },
    /// The capture is not a pcap stream.
    #[error("tcpdump wrote no pcap stream (magic {0:#010x})")]
    PcapMagic(u32),
}

impl LabError {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}
