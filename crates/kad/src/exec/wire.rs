//! What an owner and its runner say to each other: datagrams on a SOCK_SEQPACKET pair.

use std::io;
use std::os::fd::AsFd;

use rustix::net::{RecvFlags, SendFlags, recv, send};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Run, RunId};

/// Longest message, octets: a command line of any configuration.
pub(super) const MAX_MESSAGE: usize = 64 * 1024;

/// What the runner is told. It answers with [`super::Report`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Order {
    /// How programs are scheduled.
    Manners(Manners),
    /// Run this.
    Run(RunId, Run),
    /// End it with its group: SIGTERM, and a second later SIGKILL.
    Terminate(RunId),
    /// The users of the host may be others now.
    ForgetAccounts,
}

/// How a process is scheduled and limited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manners {
    pub(super) nice: i32,
    /// As of `getrlimit`.
    pub(super) limits: Vec<Limit>,
    /// Processors that it may use.
    pub(super) cpus: Vec<u16>,
}

/// A resource limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Limit {
    pub(super) which: Resource,
    pub(super) current: Option<u64>,
    pub(super) maximum: Option<u64>,
}

/// The limits that a daemon changes for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Resource {
    Core,
    OpenFiles,
    RealTime,
}

pub(super) fn encode(message: &impl Serialize) -> io::Result<Vec<u8>> {
    postcard::to_stdvec(message).map_err(io::Error::other)
}

/// Sends one message; `WouldBlock` when the other side has not read for long.
pub(super) fn post(socket: impl AsFd, octets: &[u8]) -> io::Result<()> {
    let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
    rustix::io::retry_on_intr(|| send(&socket, octets, flags))?;
    Ok(())
}

/// The next message, `None` when there is none now.
///
/// # Errors
/// `UnexpectedEof` when the other side is gone; `InvalidData` for what is no message.
pub(super) fn take<T: DeserializeOwned>(socket: impl AsFd, space: &mut [u8]) -> io::Result<Option<T>> {
    let flags = RecvFlags::DONTWAIT | RecvFlags::TRUNC;
    let got = rustix::io::retry_on_intr(|| recv(&socket, &mut *space, flags));
    let length = match got {
        Ok((_, 0)) | Err(rustix::io::Errno::CONNRESET) => return Err(io::ErrorKind::UnexpectedEof.into()),
        Ok((_, length)) => length,
        Err(rustix::io::Errno::AGAIN) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let octets = space.get(..length).ok_or(io::ErrorKind::InvalidData)?;
    postcard::from_bytes(octets).map(Some).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
