//! What is sent, and what the answers mean.

use crate::codec::{self, Message, Request, messages, verdict};
use crate::{IpvsError, Op};

/// Requests in one send. Should all be refused, their answers still fit the smallest receive buffer that systems are
/// set up with, 208 KB: an answer repeats its request, and takes under 1.3 KB of it.
const CHUNK: usize = 128;

/// Numbers requests.
#[derive(Debug, Default)]
pub(super) struct Sequence(u32);

impl Sequence {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(1);
        self.0
    }
}

/// Changes in one datagram, and what became of each.
///
/// Only the last asks for an answer: the kernel works in order and answers a refused one anyway, so what was not
/// refused by then is done.
pub(super) struct Batch {
    pub(super) octets: Vec<u8>,
    first: u32,
    /// The last one that is sent; none if all of them could not even be said.
    last: Option<usize>,
    outcomes: Vec<Result<(), IpvsError>>,
}

/// Parts that fit a datagram.
pub(super) fn chunks(ops: &[Op]) -> impl Iterator<Item = &[Op]> {
    ops.chunks(CHUNK)
}

impl Batch {
    pub(super) fn of(family: u16, ops: &[Op], sequence: &mut Sequence) -> Self {
        let requests: Vec<_> = ops.iter().map(|op| codec::op(family, op)).collect();
        let last = requests.iter().rposition(Result::is_ok);
        let mut batch = Self { octets: Vec::new(), first: 0, last, outcomes: Vec::new() };
        for (index, request) in requests.into_iter().enumerate() {
            let number = sequence.next();
            if index == 0 {
                batch.first = number;
            }
            let written = |request: Request| request.write(number, Some(index) == last, &mut batch.octets);
            batch.outcomes.push(request.and_then(written));
        }
        batch
    }

    /// Takes a datagram. True once all is known.
    pub(super) fn hear(&mut self, datagram: &[u8]) -> bool {
        for message in messages(datagram) {
            if i32::from(message.kind) != libc::NLMSG_ERROR {
                continue;
            }
            let index = message.sequence.wrapping_sub(self.first) as usize;
            // None: an answer that a request given up on left behind.
            if let Some(outcome) = self.outcomes.get_mut(index) {
                *outcome = verdict(&message).map_err(IpvsError::refusal);
            }
            if Some(index) == self.last {
                return true;
            }
        }
        self.is_done()
    }

    /// Whether there is nothing to wait for.
    pub(super) const fn is_done(&self) -> bool {
        self.last.is_none()
    }

    /// What became of each. An error of the socket is that of all that are not known to be refused.
    pub(super) fn outcomes(self, failure: Option<IpvsError>) -> Vec<Result<(), IpvsError>> {
        let one = |outcome: Result<(), IpvsError>| match failure {
            Some(failure) => outcome.and(Err(failure)),
            None => outcome,
        };
        self.outcomes.into_iter().map(one).collect()
    }
}

/// A question and its answers.
pub(super) struct Question<T> {
    pub(super) octets: Vec<u8>,
    number: u32,
    parse: fn(&[u8]) -> Result<T, IpvsError>,
    answers: Vec<T>,
    whole: bool,
}

/// How far an answer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// More is to come.
    Some,
    /// That was all of it.
    All,
    /// That was all, and it changed while it was said.
    Changed,
}

impl<T> Question<T> {
    pub(super) fn new(
        request: &Request,
        sequence: &mut Sequence,
        parse: fn(&[u8]) -> Result<T, IpvsError>,
    ) -> Result<Self, IpvsError> {
        let number = sequence.next();
        let mut octets = Vec::new();
        request.write(number, false, &mut octets)?;
        Ok(Self { octets, number, parse, answers: Vec::new(), whole: true })
    }

    /// Takes a datagram.
    pub(super) fn hear(&mut self, datagram: &[u8]) -> Result<Heard, IpvsError> {
        for message in messages(datagram).filter(|message| message.sequence == self.number) {
            self.whole &= i32::from(message.flags) & libc::NLM_F_DUMP_INTR == 0;
            match i32::from(message.kind) {
                libc::NLMSG_DONE | libc::NLMSG_ERROR => return self.end(&message),
                _ => self.answers.push((self.parse)(message.body)?),
            }
        }
        Ok(Heard::Some)
    }

    fn end(&self, message: &Message<'_>) -> Result<Heard, IpvsError> {
        verdict(message).map_err(IpvsError::refusal)?;
        Ok(if self.whole { Heard::All } else { Heard::Changed })
    }

    pub(super) fn answers(self) -> Vec<T> {
        self.answers
    }
}
