//! The timeline: a line for everything that happened, the state of both hosts before it. Nothing wider than 80
//! columns. Adverts that follow each other share a line and add a mark to it.

use std::fmt::Write as _;
use std::time::Duration;

use super::cast::{SHARED, Side};
use super::event::{Event, State, What};
use super::story;
use super::verdict::Verdict;
use crate::paint::Paint;

/// Marks on one line: a burst of gratuitous ARP.
const MARKS: usize = 5;
/// What stands before a verdict.
const MARGIN: &str = "         ";

/// Turns events into lines.
#[derive(Debug)]
pub(super) struct Timeline {
    paint: Paint,
    states: [State; 2],
    /// The line that waits for more of its kind, and the marks on it.
    open: Option<(What, usize)>,
    /// The last ping that was answered.
    answer: Option<(Side, u16, Duration)>,
}

impl Timeline {
    pub(super) const fn new(paint: Paint) -> Self {
        Self { paint, states: [State::Off; 2], open: None, answer: None }
    }

    /// What stands over the columns.
    pub(super) fn head(&self) -> String {
        let sources = "Seen from outside: adverts, ARP and answers on the client's wire; addresses and\n\
                       carriers by the hosts' kernels. Only the two columns are what kad logs.\n\n";
        self.paint.faint(&format!("{sources}   time  alpha   beta\n"))
    }

    /// What is done next.
    pub(super) fn heading(&mut self, at: Duration, text: &str) -> String {
        let end = self.end();
        format!("{end}\n{:7.3}  {}\n", at.as_secs_f64(), self.paint.strong(&format!("## {text}")))
    }

    /// What an event adds to the screen: nothing, a mark, or a line.
    pub(super) fn event(&mut self, event: Event) -> String {
        let Event { at, what } = event;
        self.learn(what);
        if let Some((open, marks)) = &mut self.open
            && *open == what
            && *marks < MARKS
        {
            *marks += 1;
            return "*".to_owned();
        }
        let Some(text) = self.text(at, what) else { return String::new() };
        let mut line = self.end();
        let [alpha, beta] = self.states.map(|state| self.state(state));
        let _ = write!(line, "{:7.3}  {alpha}  {beta}    {text}", at.as_secs_f64());
        if matches!(what, What::Advert(_, 1..) | What::Claim(_)) {
            line.push_str("  *");
            self.open = Some((what, 1));
        } else {
            line.push('\n');
        }
        line
    }

    /// How an act ended.
    pub(super) fn verdict(&mut self, verdict: &Verdict) -> String {
        let mut text = self.end();
        let act = verdict.act;
        if let Some(took) = verdict.took {
            let _ = writeln!(
                text,
                "{MARGIN}{} {:.3} s {};",
                self.paint.strong(&format!("=> {} is master", act.master().name())),
                took.as_secs_f64(),
                act.since().text(act.master()),
            );
            let word = if verdict.is_good() { self.paint.good("ok") } else { self.paint.bad("NOT OK") };
            let _ =
                writeln!(text, "{MARGIN}   the protocol gives {:.3} s: {word}", act.given().as_secs_f64());
        }
        for trouble in &verdict.troubles {
            let _ = writeln!(text, "{MARGIN}{}", self.paint.bad(&format!("!! {trouble}")));
        }
        text
    }

    /// Ends the line that waits for more.
    pub(super) fn end(&mut self) -> String {
        self.open.take().map_or_else(String::new, |_| "\n".to_owned())
    }

    fn learn(&mut self, what: What) {
        match what {
            What::Started(side) => self.states[side.index()] = State::Starting,
            What::Ended(side) => self.states[side.index()] = State::Off,
            What::State(side, state) => self.states[side.index()] = state,
            _ => {}
        }
    }

    fn text(&mut self, at: Duration, what: What) -> Option<String> {
        Some(match what {
            What::Started(side) => format!("{}: kad is started", side.name()),
            What::Ended(side) => format!("{}: all processes of kad are gone", side.name()),
            What::State(side, state) => format!("{}: Entering {} STATE", side.name(), state.word()),
            What::Advert(side, 0) => format!("{} says farewell, priority 0", side.name()),
            What::Advert(side, priority) => format!("{} advertises, priority {priority}", side.name()),
            What::Claim(side) => format!("{} tells the LAN (ARP): {SHARED} is here", side.name()),
            What::Address(side, true) => format!("{} has {SHARED}", side.name()),
            What::Address(side, false) => format!("{} no longer has {SHARED}", side.name()),
            What::Cable(side, true) => format!("{}: eth0 has a carrier", side.name()),
            What::Cable(side, false) => format!("{}: eth0 has lost its carrier", side.name()),
            What::Answer(side, number) => return self.answer(at, side, number),
        })
    }

    /// An answer is worth a line if pings were lost before it, or if it comes from another host.
    fn answer(&mut self, at: Duration, side: Side, number: u16) -> Option<String> {
        let before = self.answer.replace((side, number, at));
        let by = format!("client: answered by {}", side.name());
        let Some((old, last, then)) = before else { return Some(by) };
        let silence = at.saturating_sub(then).as_secs_f64();
        match (story::lost(last, number), old == side) {
            (0, true) => None,
            (0, false) => Some(format!("{by}, none lost")),
            (1, _) => Some(format!("{by}, 1 lost")),
            (lost, _) => Some(format!("{by}, {lost} lost ({silence:.2} s)")),
        }
    }

    fn state(&self, state: State) -> String {
        let word = format!("{:<6}", state.word());
        match state {
            State::Master => self.paint.good(&word),
            State::Fault => self.paint.bad(&word),
            State::Off | State::Starting => self.paint.faint(&word),
            State::Backup => word,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::act::Act;
    use crate::demo::story::Outage;

    fn told(events: &[(u64, What)]) -> String {
        let mut timeline = Timeline::new(Paint::PLAIN);
        let mut text = String::new();
        for &(at, what) in events {
            text.push_str(&timeline.event(Event { at: Duration::from_millis(at), what }));
        }
        text + &timeline.end()
    }

    #[test]
    fn a_takeover_reads_like_this() {
        use Side::{Alpha, Beta};
        let events = [
            (0, What::Started(Alpha)),
            (41, What::State(Alpha, State::Backup)),
            (3650, What::Advert(Alpha, 100)),
            (3650, What::State(Alpha, State::Master)),
            (3651, What::Claim(Alpha)),
            (3651, What::Claim(Alpha)),
            (3700, What::Answer(Alpha, 4)),
            (3750, What::Answer(Alpha, 5)),
            (4650, What::Advert(Alpha, 100)),
            (5650, What::Advert(Alpha, 100)),
            (12345, What::Answer(Beta, 8)),
        ];
        let expected = "  0.000  start   -         alpha: kad is started
  0.041  BACKUP  -         alpha: Entering BACKUP STATE
  3.650  BACKUP  -         alpha advertises, priority 100  *
  3.650  MASTER  -         alpha: Entering MASTER STATE
  3.651  MASTER  -         alpha tells the LAN (ARP): 10.77.0.100 is here  **
  3.700  MASTER  -         client: answered by alpha
  4.650  MASTER  -         alpha advertises, priority 100  **
 12.345  MASTER  -         client: answered by beta, 2 lost (8.60 s)
";
        assert_eq!(told(&events), expected);
    }

    #[test]
    fn no_line_is_wider_than_80_columns() {
        let mut events = Vec::new();
        for side in Side::BOTH {
            events.extend([
                (0, What::Started(side)),
                (1, What::State(side, State::Master)),
                (1, What::Ended(side)),
                (2, What::Address(side, false)),
                (3, What::Cable(side, false)),
            ]);
            events.extend([(4, What::Advert(side, 255)); 40]);
            events.extend([(4, What::Claim(side)); 40]);
            events.extend([(5, What::Answer(side, 1)), (123_456, What::Answer(side.other(), 32_000))]);
        }
        for line in told(&events).lines() {
            assert!(line.len() <= 80 && line.is_ascii(), "{line}");
        }
        let mut timeline = Timeline::new(Paint::PLAIN);
        for act in Act::ALL {
            let verdict = Verdict {
                act,
                took: Some(Duration::from_millis(12_345)),
                outage: Outage::default(),
                troubles: vec![format!("the moment to count from was not seen: {}", "x".repeat(10))],
            };
            let text =
                timeline.heading(Duration::from_secs(999), act.heading()) + &timeline.verdict(&verdict);
            assert!(text.lines().all(|line| line.len() <= 80), "{text}");
            assert!(text.contains("NOT OK") && text.contains("12.345 s after"), "{text}");
        }
    }
}
