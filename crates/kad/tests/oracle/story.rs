//! A scenario from start to stop, and everything it left behind: frames, log lines, counters.

use std::time::Duration;

use netlab::peer::Daemon;
use netlab::{Capture, Line, Mark, Signal};

use crate::stage::{SOON, Stage, Who};
use crate::wire::{Shot, shots, wait_for_adverts};

/// A daemon that plays, and those who watch it.
pub(crate) struct Play<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) daemon: Daemon,
    capture: Capture,
    /// Log lines already waited for.
    read: usize,
    /// Adverts already waited for.
    adverts: usize,
}

/// What was seen of it.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) frames: Vec<Shot>,
    pub(crate) log: Vec<String>,
}

impl<'a> Play<'a> {
    pub(crate) fn begin(stage: &'a Stage, conf: &str) -> Self {
        let capture = stage.listen();
        let daemon = stage.start(conf);
        Self { stage, daemon, capture, read: 0, adverts: 0 }
    }

    /// Waits for a line of the log that comes after those waited for before.
    pub(crate) fn line(&mut self, text: &str) {
        let proc = self.daemon.proc();
        let from = self.read;
        let found = netlab::poll_until(SOON, || {
            let lines = proc.lines_since(Mark::START);
            let place = lines.iter().skip(from).position(|line| line.text.contains(text));
            self.read = place.map_or(from, |place| from + place + 1);
            place.is_some()
        });
        assert!(found, "{}: no line {text:?}\n{}", self.stage.who, self.stage.lab.log_tail());
    }

    /// Waits for so many adverts of alpha more than were waited for before.
    ///
    /// Counted from the start and not from now: an answer may be on the wire before the question has returned.
    pub(crate) fn adverts(&mut self, count: usize) {
        self.adverts += count;
        wait_for_adverts(&self.capture, Mark::START, self.adverts);
    }

    /// Lets time go by.
    pub(crate) fn pass(&self, time: Duration) {
        netlab::poll_until(time, || false);
    }

    /// Eve sends the advert every `period` for `count` times.
    pub(crate) fn eve_repeats(&self, packet: &[u8], period: Duration, count: u32) {
        for _ in 0..count {
            self.stage.eve_sends(packet);
            self.pass(period);
        }
    }

    /// A clean stop, and the end.
    pub(crate) fn end(self) -> Story {
        self.end_within(SOON)
    }

    /// The same, in no more time than this.
    pub(crate) fn end_within(self, limit: Duration) -> Story {
        let proc = self.daemon.proc();
        proc.signal(Signal::TERM).unwrap();
        proc.wait_exit(limit).unwrap_or_else(|error| panic!("{}: {error}", self.stage.who));
        let frames = shots(&self.capture.since(Mark::START));
        let log = lines(self.stage.who, &proc.lines_since(Mark::START));
        Story { frames, log }
    }
}

/// Lines of one daemon alone that are meant to be so: whose, their text, why.
const INTENDED: &[(Who, &str, &str)] = &[
    (Who::Kad, ") master set to ", "as keepalived says since 2.3; the oracle is 2.2.7"),
    (Who::Kad, ") master changed from ", "as keepalived says since 2.3; the oracle is 2.2.7"),
    (Who::Kad, ") source address is now ", "says from where adverts leave, each time that changes"),
    (Who::Kad, ") fault: ", "says why an instance is in FAULT"),
    (Who::Kad, "): entering FAULT state ", "says why an instance is in FAULT, also after the start"),
    (Who::Kad, " is no reason for FAULT any more", "and that it is not the reason any more"),
    (Who::Kad, ") there is no source address", "says why an instance is in FAULT"),
    (Who::Kad, ") advertisement interval mismatch ours", "as keepalived says since 2.3; the oracle is 2.2.7"),
    (Who::Keepalived, "Assigned address ", "the addresses found at start, told by kad only with -a"),
    (Who::Keepalived, "Deassigned address ", "told by kad only with -a"),
    (
        Who::Keepalived,
        ") Strict mode requires ",
        "a complaint of the configuration, which kad gives its file and line",
    ),
    (Who::Keepalived, "VRRP sockpool: ", "told for each socket at start; kad tells it in keepalived.data"),
];

/// Openings of lines that speak of the election. Others are of the processes, whose story is told elsewhere.
const OF_THE_ELECTION: &[&str] = &[
    "(",
    "VRRP_Group(",
    "VRRP_Script(",
    "Script `",
    "Sending ",
    "Netlink reports ",
    "Netlink reflector reports ",
    "Interface ",
    "Assigned address ",
    "Deassigned address ",
];

/// A log line without its time; `None` if it is not to be compared.
fn normal(who: Who, line: &str) -> Option<String> {
    // "Sun Nov 22 21:30:00 2026: "
    let text = line.get(26..)?;
    let intended = INTENDED.iter().any(|(whose, part, _)| *whose == who && text.contains(part));
    let told = OF_THE_ELECTION.iter().any(|opening| text.starts_with(opening));
    // "(/etc/keepalived/keepalived.conf: Line 13) ...": of the configuration.
    let complaint = text.starts_with("(/");
    // Who had the wrong password, keepalived says since 2.3.
    let text = text.replace("an invalid passwd from 10.77.0.2!", "an invalid passwd!");
    (told && !intended && !complaint).then_some(text)
}

fn is_cleaning(line: &str) -> bool {
    line.ends_with(") removing VIPs.") || line.ends_with(") removing firewall drop rule")
}

/// The log of an instance as such a list; what it says of removing addresses before it starts is left out: keepalived
/// says so always, kad if there were some.
fn lines(who: Who, text: &[Line]) -> Vec<String> {
    let mut lines: Vec<String> = text.iter().filter_map(|line| normal(who, &line.text)).collect();
    let cleaning = lines.iter().take_while(|line| is_cleaning(line)).count();
    lines.drain(..cleaning);
    lines
}
