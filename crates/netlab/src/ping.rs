//! A stream of pings, and what of it was answered.

use std::net::IpAddr;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::LabError;
use crate::enter::Entry;
use crate::feed::{Feed, Mark, Missed};
use crate::log::{self, Logs};
use crate::stream::{Stream, TOOL_TIMEOUT};

/// Answers remembered of one stream.
const ANSWERS: usize = 200_000;
/// The shortest period that ping takes.
const SHORTEST: Duration = Duration::from_millis(2);

/// An answer to a ping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// Number of the ping, from 1 (ping's own counter has 16 bits; this has not).
    pub number: u64,
    /// When the answer arrived.
    pub at: Instant,
}

/// What became of a stream of pings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Pings sent.
    pub sent: u64,
    /// Pings answered, each counted once.
    pub answered: u64,
    /// The longest time without an answer between two answers.
    pub longest_silence: Duration,
}

impl Summary {
    /// Pings that nobody answered.
    pub fn lost(&self) -> u64 {
        self.sent.saturating_sub(self.answered)
    }
}

/// A running stream of pings. Dropping it ends it.
#[derive(Debug)]
pub struct Pinger {
    target: IpAddr,
    notices: Arc<Feed<Notice>>,
    stream: Stream,
    logs: Arc<Logs>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notice {
    Answer(Answer),
    Sent(u64),
}

impl Pinger {
    pub(crate) fn start(
        entry: &Entry,
        target: IpAddr,
        period: Duration,
        logs: &Arc<Logs>,
    ) -> Result<Self, LabError> {
        let scope = matches!(target, IpAddr::V6(v6) if v6.is_unicast_link_local());
        let target_text = format!("{target}{}", if scope { "%eth0" } else { "" });
        let period = period.max(SHORTEST).as_secs_f64();
        let mut command = Command::new("ping");
        command.args([
            "-n",
            if target.is_ipv4() { "-4" } else { "-6" },
            "-i",
            &period.to_string(),
            &target_text,
        ]);
        let (stream, out) = Stream::start(entry, &command)?;
        let notices = Arc::new(Feed::new(1, ANSWERS));
        let (push, close) = (Arc::clone(&notices), Arc::clone(&notices));
        let mut last = 0;
        let note = move |line: log::Line| {
            if let Some(notice) = parse(&line, &mut last) {
                push.push(notice);
            }
        };
        log::read(out, note, move || close.close());
        Ok(Self { target, notices, stream, logs: Arc::clone(logs) })
    }

    /// Position after the last answer.
    pub fn mark(&self) -> Mark {
        self.notices.mark()
    }

    /// The answers from `mark` on, as far as they are remembered (200,000).
    pub fn answers_since(&self, mark: Mark) -> Vec<Answer> {
        self.notices.since(mark).into_iter().filter_map(Notice::answer).collect()
    }

    /// Waits for an answer at or after `mark`.
    ///
    /// # Errors
    /// [`LabError::Timeout`], or [`LabError::Ended`] if ping ends.
    pub fn wait_for_answer(&self, mark: Mark, timeout: Duration) -> Result<Answer, LabError> {
        self.notices.wait(mark, timeout, |notice| notice.answer()).map_err(|missed| match missed {
            Missed::Ended => self.stream.ended("it was answered"),
            Missed::TimedOut => LabError::Timeout {
                what: format!("an answer of {} to a ping", self.target),
                waited: timeout,
                logs: self.logs.tail(),
            },
        })
    }

    /// The longest time between two answers that follow each other, of which the second came at or after `begin`.
    pub fn longest_silence(&self, begin: Instant) -> Duration {
        let answers = self.answers_since(Mark::START);
        let before = answers.iter().rposition(|answer| answer.at < begin).unwrap_or_default();
        silence(answers.get(before..).unwrap_or_default())
    }

    /// Ends the stream and counts.
    ///
    /// # Errors
    /// [`LabError::Timeout`] if ping does not tell how many it sent.
    pub fn finish(mut self) -> Result<Summary, LabError> {
        self.stream.interrupt();
        let sent = self.notices.wait(Mark::START, TOOL_TIMEOUT, |notice| notice.sent());
        let sent = sent.map_err(|_| self.stream.ended("it said how many pings it sent"))?;
        let answers = self.answers_since(Mark::START);
        let mut numbers: Vec<u64> = answers.iter().map(|answer| answer.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Ok(Summary { sent, answered: numbers.len() as u64, longest_silence: silence(&answers) })
    }
}

impl Notice {
    fn answer(self) -> Option<Answer> {
        match self {
            Self::Answer(answer) => Some(answer),
            Self::Sent(_) => None,
        }
    }

    fn sent(&self) -> Option<u64> {
        match self {
            Self::Answer(_) => None,
            Self::Sent(sent) => Some(*sent),
        }
    }
}

fn silence(answers: &[Answer]) -> Duration {
    let gaps = answers.windows(2).map(|pair| match pair {
        [before, after] => after.at.saturating_duration_since(before.at),
        _ => Duration::ZERO,
    });
    gaps.max().unwrap_or_default()
}

/// `64 bytes from 10.77.0.100: icmp_seq=5 ttl=64 time=0.044 ms` or `9 packets transmitted, 8 received, …`.
/// `last` is the highest number so far.
fn parse(line: &log::Line, last: &mut u64) -> Option<Notice> {
    if let Some((sent, _)) = line.text.split_once(" packets transmitted") {
        return sent.parse().ok().map(Notice::Sent);
    }
    let (_, rest) = line.text.split_once("bytes from ")?;
    let (_, rest) = rest.split_once("icmp_seq=")?;
    let low: u16 = rest.split_whitespace().next()?.parse().ok()?;
    let number = unwrap(*last, low);
    *last = number.max(*last);
    Some(Notice::Answer(Answer { number, at: line.at }))
}

/// The number nearest to `last` whose lower 16 bits are `low`.
fn unwrap(last: u64, low: u16) -> u64 {
    let ahead = low.wrapping_sub(last as u16);
    if ahead < 0x8000 {
        last + u64::from(ahead)
    } else {
        last.saturating_sub(u64::from(ahead.wrapping_neg()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    #[test]
    fn lines_of_ping() {
        let at = clock::now();
        let mut last = 65_530;
        let mut notice = |text: &str| parse(&log::Line { at, text: text.into() }, &mut last);
        let answer = |number| Some(Notice::Answer(Answer { number, at }));
        assert_eq!(notice("64 bytes from 10.77.0.100: icmp_seq=65531 ttl=64 time=0.044 ms"), answer(65_531));
        assert_eq!(notice("64 bytes from fd77::64: icmp_seq=3 ttl=64 time=0.0 ms"), answer(65_539));
        assert_eq!(notice("64 bytes from fd77::64: icmp_seq=65535 ttl=64 time=9 ms"), answer(65_535));
        assert_eq!(notice("64 bytes from fd77::64: icmp_seq=4 ttl=64 time=9 ms"), answer(65_540));
        assert_eq!(notice("From 10.77.0.3 icmp_seq=7 Destination Host Unreachable"), None);
        assert_eq!(
            notice("12 packets transmitted, 8 received, +4 errors, 33% packet loss"),
            Some(Notice::Sent(12))
        );
        assert_eq!(notice("PING 10.77.0.100 (10.77.0.100) 56(84) bytes of data."), None);
        assert_eq!(notice(""), None);
    }

    #[test]
    fn the_longest_silence_is_between_two_answers() {
        let start = clock::now();
        let answer = |number, millis| Answer { number, at: start + Duration::from_millis(millis) };
        assert_eq!(
            silence(&[answer(1, 0), answer(2, 10), answer(9, 90), answer(10, 100)]),
            Duration::from_millis(80)
        );
        assert_eq!(silence(&[answer(1, 0)]), Duration::ZERO);
    }
}
