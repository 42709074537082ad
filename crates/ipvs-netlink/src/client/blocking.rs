//! The client that blocks.

use std::os::fd::OwnedFd;

use rustix::io::retry_on_intr;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{RecvFlags, SendFlags, SocketFlags, recv, send};

use super::exchange::{Batch, Heard, Question, Sequence, chunks};
use super::{ANSWER_WITHIN, DATAGRAM_MAX, READINGS, module, open};
use crate::codec::{self, Request, raw};
use crate::{DestinationEntry, Info, IpvsError, Op, ServiceEntry, ServiceId, SyncDaemon, Timeouts};

/// IPVS of the network namespace in which it was opened. Calls return when the kernel has answered, at the latest
/// after two seconds.
#[derive(Debug)]
pub struct Ipvs {
    socket: OwnedFd,
    family: u16,
    sequence: Sequence,
    room: Box<[u8]>,
}

impl Ipvs {
    /// Opens a socket; where the kernel has no IPVS, asks it to load the module first.
    ///
    /// # Errors
    /// [`IpvsError::Absent`] where there is none; those of the socket.
    pub fn open() -> Result<Self, IpvsError> {
        match Self::open_loaded() {
            Err(IpvsError::Absent) => {
                module::load();
                Self::open_loaded()
            }
            outcome => outcome,
        }
    }

    /// As [`Self::open`], without loading anything.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_loaded() -> Result<Self, IpvsError> {
        let socket = open(SocketFlags::empty())?;
        set_socket_timeout(&socket, Timeout::Recv, Some(ANSWER_WITHIN)).map_err(IpvsError::socket)?;
        let room = vec![0; DATAGRAM_MAX].into();
        let mut ipvs = Self { socket, family: 0, sequence: Sequence::default(), room };
        let answer = ipvs.one(&codec::family_request()?, codec::family_number);
        ipvs.family = answer.map_err(|error| match error {
            IpvsError::NotFound => IpvsError::Absent,
            error => error,
        })?;
        Ok(ipvs)
    }

    /// Makes the changes in their order, many in one system call, and says of each what came of it.
    ///
    /// One that is refused does not hold up those behind it.
    ///
    /// [`IpvsError::Timeout`] and [`IpvsError::Socket`] leave open whether it was done.
    pub fn apply(&mut self, ops: &[Op]) -> Vec<Result<(), IpvsError>> {
        let mut outcomes = Vec::with_capacity(ops.len());
        for chunk in chunks(ops) {
            let mut batch = Batch::of(self.family, chunk, &mut self.sequence);
            let failure = self.exchange(&mut batch).err();
            outcomes.extend(batch.outcomes(failure));
        }
        outcomes
    }

    fn exchange(&mut self, batch: &mut Batch) -> Result<(), IpvsError> {
        if batch.is_done() {
            return Ok(());
        }
        self.send(&batch.octets)?;
        while !batch.hear(self.receive()?) {}
        Ok(())
    }

    /// The services, without their destinations.
    ///
    /// # Errors
    /// [`IpvsError::Interrupted`] when they change faster than they can be read; those of the socket.
    pub fn services(&mut self) -> Result<Vec<ServiceEntry>, IpvsError> {
        self.list(&codec::list_services(self.family)?, codec::service)
    }

    /// The services with their destinations, in the order of their ids.
    ///
    /// # Errors
    /// As [`Self::services`].
    pub fn all(&mut self) -> Result<Vec<ServiceEntry>, IpvsError> {
        let mut all = self.services()?;
        all.sort_by_key(|entry| entry.service.id);
        for entry in &mut all {
            entry.destinations = self.destinations(entry.service.id)?;
        }
        Ok(all)
    }

    /// The destinations of a service; none of one that does not exist, for so the kernel lists it.
    ///
    /// # Errors
    /// As [`Self::services`].
    pub fn destinations(&mut self, of: ServiceId) -> Result<Vec<DestinationEntry>, IpvsError> {
        let request = codec::list_destinations(self.family, of)?;
        match of.family() {
            crate::Family::V4 => self.list(&request, |body| codec::destination(body, crate::Family::V4)),
            crate::Family::V6 => self.list(&request, |body| codec::destination(body, crate::Family::V6)),
        }
    }

    /// The sync daemons.
    ///
    /// # Errors
    /// As [`Self::services`].
    pub fn daemons(&mut self) -> Result<Vec<SyncDaemon>, IpvsError> {
        self.list(&codec::plain(self.family, raw::cmd::GET_DAEMON, true)?, codec::daemon)
    }

    /// The timeouts.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn timeouts(&mut self) -> Result<Timeouts, IpvsError> {
        self.one(&codec::plain(self.family, raw::cmd::GET_CONFIG, false)?, codec::timeouts)
    }

    /// What IPVS says of itself.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn info(&mut self) -> Result<Info, IpvsError> {
        self.one(&codec::plain(self.family, raw::cmd::GET_INFO, false)?, codec::info)
    }

    fn one<T>(
        &mut self,
        request: &Request,
        parse: fn(&[u8]) -> Result<T, IpvsError>,
    ) -> Result<T, IpvsError> {
        let answers = self.list(request, parse)?;
        answers.into_iter().next().ok_or(IpvsError::Malformed("no answer to a question"))
    }

    fn list<T>(
        &mut self,
        request: &Request,
        parse: fn(&[u8]) -> Result<T, IpvsError>,
    ) -> Result<Vec<T>, IpvsError> {
        for _ in 0..READINGS {
            let mut question = Question::new(request, &mut self.sequence, parse)?;
            self.send(&question.octets)?;
            loop {
                match question.hear(self.receive()?)? {
                    Heard::Some => {}
                    Heard::All => return Ok(question.answers()),
                    Heard::Changed => break,
                }
            }
        }
        Err(IpvsError::Interrupted)
    }

    fn send(&self, octets: &[u8]) -> Result<(), IpvsError> {
        retry_on_intr(|| send(&self.socket, octets, SendFlags::empty())).map_err(IpvsError::socket)?;
        Ok(())
    }

    fn receive(&mut self) -> Result<&[u8], IpvsError> {
        // A call with a time-out ends at any signal, whatever its handler asks for.
        let received = retry_on_intr(|| recv(&self.socket, &mut *self.room, RecvFlags::empty()));
        let (len, _) = received.map_err(IpvsError::socket)?;
        Ok(&self.room[..len])
    }
}
