//! The client for tasks of tokio: the same exchanges, awaited.

use std::io;
use std::os::fd::OwnedFd;

use rustix::net::{RecvFlags, SendFlags, SocketFlags, recv, send};
use tokio::io::unix::AsyncFd;
use tokio::time::timeout;

use super::exchange::{Batch, Heard, Question, Sequence, chunks};
use super::{ANSWER_WITHIN, DATAGRAM_MAX, READINGS, open};
use crate::codec::{self, Request, raw};
use crate::{DestinationEntry, Family, Info, IpvsError, Op, ServiceEntry, ServiceId, SyncDaemon, Timeouts};

/// As [`Ipvs`](crate::Ipvs), for tasks of tokio. A call that is dropped half-way leaves open what was done; the
/// answers that come late are passed over.
#[derive(Debug)]
pub struct AsyncIpvs {
    socket: AsyncFd<OwnedFd>,
    family: u16,
    sequence: Sequence,
    room: Box<[u8]>,
}

impl AsyncIpvs {
    /// Opens a socket. It loads no module: that may take a while, and is done by [`Ipvs::open`](crate::Ipvs::open).
    ///
    /// # Errors
    /// As [`Ipvs::open`](crate::Ipvs::open).
    pub async fn open() -> Result<Self, IpvsError> {
        let socket = watched(open(SocketFlags::NONBLOCK)?).map_err(|error| socket_error(&error))?;
        let room = vec![0; DATAGRAM_MAX].into();
        let mut ipvs = Self { socket, family: 0, sequence: Sequence::default(), room };
        let answer = ipvs.one(&codec::family_request()?, codec::family_number).await;
        ipvs.family = answer.map_err(|error| match error {
            IpvsError::NotFound => IpvsError::Absent,
            error => error,
        })?;
        Ok(ipvs)
    }

    /// As [`Ipvs::apply`](crate::Ipvs::apply).
    pub async fn apply(&mut self, ops: &[Op]) -> Vec<Result<(), IpvsError>> {
        let mut outcomes = Vec::with_capacity(ops.len());
        for chunk in chunks(ops) {
            let mut batch = Batch::of(self.family, chunk, &mut self.sequence);
            let failure = self.exchange(&mut batch).await.err();
            outcomes.extend(batch.outcomes(failure));
        }
        outcomes
    }

    async fn exchange(&mut self, batch: &mut Batch) -> Result<(), IpvsError> {
        if batch.is_done() {
            return Ok(());
        }
        self.send(&batch.octets).await?;
        while !batch.hear(self.receive().await?) {}
        Ok(())
    }

    /// As [`Ipvs::services`](crate::Ipvs::services).
    ///
    /// # Errors
    /// As there.
    pub async fn services(&mut self) -> Result<Vec<ServiceEntry>, IpvsError> {
        self.list(&codec::list_services(self.family)?, codec::service).await
    }

    /// As [`Ipvs::destinations`](crate::Ipvs::destinations).
    ///
    /// # Errors
    /// As there.
    pub async fn destinations(&mut self, of: ServiceId) -> Result<Vec<DestinationEntry>, IpvsError> {
        let request = codec::list_destinations(self.family, of)?;
        match of.family() {
            Family::V4 => self.list(&request, |body| codec::destination(body, Family::V4)).await,
            Family::V6 => self.list(&request, |body| codec::destination(body, Family::V6)).await,
        }
    }

    /// As [`Ipvs::daemons`](crate::Ipvs::daemons).
    ///
    /// # Errors
    /// As there.
    pub async fn daemons(&mut self) -> Result<Vec<SyncDaemon>, IpvsError> {
        self.list(&codec::plain(self.family, raw::cmd::GET_DAEMON, true)?, codec::daemon).await
    }

    /// As [`Ipvs::timeouts`](crate::Ipvs::timeouts).
    ///
    /// # Errors
    /// As there.
    pub async fn timeouts(&mut self) -> Result<Timeouts, IpvsError> {
        self.one(&codec::plain(self.family, raw::cmd::GET_CONFIG, false)?, codec::timeouts).await
    }

    /// As [`Ipvs::info`](crate::Ipvs::info).
    ///
    /// # Errors
    /// As there.
    pub async fn info(&mut self) -> Result<Info, IpvsError> {
        self.one(&codec::plain(self.family, raw::cmd::GET_INFO, false)?, codec::info).await
    }

    async fn one<T>(
        &mut self,
        request: &Request,
        parse: fn(&[u8]) -> Result<T, IpvsError>,
    ) -> Result<T, IpvsError> {
        let answers = self.list(request, parse).await?;
        answers.into_iter().next().ok_or(IpvsError::Malformed("no answer to a question"))
    }

    async fn list<T>(
        &mut self,
        request: &Request,
        parse: fn(&[u8]) -> Result<T, IpvsError>,
    ) -> Result<Vec<T>, IpvsError> {
        for _ in 0..READINGS {
            let mut question = Question::new(request, &mut self.sequence, parse)?;
            self.send(&question.octets).await?;
            loop {
                match question.hear(self.receive().await?)? {
                    Heard::Some => {}
                    Heard::All => return Ok(question.answers()),
                    Heard::Changed => break,
                }
            }
        }
        Err(IpvsError::Interrupted)
    }

    async fn send(&self, octets: &[u8]) -> Result<(), IpvsError> {
        loop {
            let mut guard = self.socket.writable().await.map_err(|error| socket_error(&error))?;
            let sent = guard.try_io(|socket| Ok(send(socket.get_ref(), octets, SendFlags::empty())?));
            match sent {
                Ok(Ok(_)) => return Ok(()),
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(Err(error)) => return Err(socket_error(&error)),
                Err(_would_block) => {}
            }
        }
    }

    async fn receive(&mut self) -> Result<&[u8], IpvsError> {
        let (socket, room) = (&self.socket, &mut self.room);
        let heard = async {
            loop {
                let mut guard = socket.readable().await.map_err(|error| socket_error(&error))?;
                let received =
                    guard.try_io(|socket| Ok(recv(socket.get_ref(), &mut **room, RecvFlags::empty())?.0));
                match received {
                    Ok(Ok(len)) => return Ok(len),
                    Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                    Ok(Err(error)) => return Err(socket_error(&error)),
                    Err(_would_block) => {}
                }
            }
        };
        let len = timeout(ANSWER_WITHIN, heard).await.map_err(|_| IpvsError::Timeout)??;
        Ok(&self.room[..len])
    }
}

#[expect(deprecated, reason = "an OwnedFd keeps by itself what the newer way has its caller promise")]
fn watched(socket: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::new(socket)
}

fn socket_error(error: &io::Error) -> IpvsError {
    IpvsError::socket(rustix::io::Errno::from_io_error(error).unwrap_or(rustix::io::Errno::IO))
}
