//! The summary: one row an act, and the sum of it.

use std::fmt::Write as _;
use std::time::Duration;

use super::act::Act;
use super::story::Story;
use super::verdict::{EARLY, LATE, Verdict};
use crate::paint::Paint;

/// What the columns mean.
const LEGEND: &str = "
took:     until the new master's first advert, from the old master's last one
          (or farewell), or from when a host that comes (back) entered BACKUP
protocol: 3 x advert_int + skew; after a farewell the skew, (256 - priority)/256
lost:     pings that the client sent in vain, for as long as the silence
          (a crash of kad alone costs few: its host's kernel goes on answering)

";

/// The whole table with the words under it.
pub(super) fn summary(verdicts: &[Verdict], story: &Story, lasted: Duration, paint: Paint) -> String {
    let mut text = String::from("\n");
    let head = format!(
        "{:<24}{:<8}{:>9}{:>10}{:>9}{:>7}{:>10}",
        "what happened", "master", "took", "protocol", "late", "lost", "silence"
    );
    let _ = writeln!(text, "{}\n{}", paint.strong(&head), "-".repeat(head.len()));
    for act in Act::ALL {
        let row = match verdicts.iter().find(|verdict| verdict.act == act) {
            Some(verdict) => row(verdict, paint),
            None => format!("{:<24}{:<8}{:>9}", act.title(), act.master().name(), "not tried"),
        };
        let _ = writeln!(text, "{row}");
    }
    let _ = writeln!(text, "{}", "-".repeat(head.len()));
    let outage = story.outage(Duration::ZERO, Duration::MAX);
    text.push_str(LEGEND);
    let _ = writeln!(text, "{}", sum(verdicts, paint));
    let _ = writeln!(
        text,
        "{} pings, {} lost, longest silence {:.2} s. The demo took {:.1} s.",
        story.pings(),
        outage.lost,
        outage.silence.as_secs_f64(),
        lasted.as_secs_f64()
    );
    text
}

fn row(verdict: &Verdict, paint: Paint) -> String {
    let act = verdict.act;
    let seconds = |time: Duration| format!("{:.3} s", time.as_secs_f64());
    let took = verdict.took.map_or_else(|| "-".to_owned(), seconds);
    let late = verdict.late_ms().map_or_else(|| "-".to_owned(), |ms| format!("{ms:+.1} ms"));
    // Before the first election there is nobody to answer.
    let (lost, silence) = match act {
        Act::Start => ("-".to_owned(), "-".to_owned()),
        _ if verdict.outage.lost == 0 => ("0".to_owned(), "-".to_owned()),
        _ => (verdict.outage.lost.to_string(), format!("{:.2} s", verdict.outage.silence.as_secs_f64())),
    };
    let row = format!(
        "{:<24}{:<8}{took:>9}{:>10}{late:>9}{lost:>7}{silence:>10}",
        act.title(),
        act.master().name(),
        seconds(act.given())
    );
    if verdict.is_good() { row } else { paint.bad(&format!("{row} !")) }
}

fn sum(verdicts: &[Verdict], paint: Paint) -> String {
    let (good, all) = (verdicts.iter().filter(|verdict| verdict.is_good()).count(), Act::ALL.len());
    let text = format!(
        "{good} of {all} takeovers in the time the protocol gives (tolerance -{} to +{} ms).",
        EARLY.as_millis(),
        LATE.as_millis()
    );
    if all_good(verdicts) { paint.good(&text) } else { paint.bad(&text) }
}

/// Whether every act was tried and ended well.
pub(super) fn all_good(verdicts: &[Verdict]) -> bool {
    Act::ALL.iter().all(|act| verdicts.iter().any(|verdict| verdict.act == *act && verdict.is_good()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::story::Outage;

    fn good(act: Act) -> Verdict {
        let outage = Outage { lost: 71, silence: Duration::from_millis(3610) };
        Verdict { act, took: Some(act.given() + Duration::from_micros(400)), outage, troubles: vec![] }
    }

    #[test]
    fn only_all_acts_in_good_order_are_good() {
        let all = Act::ALL.map(good);
        assert!(all_good(&all));
        assert!(!all_good(&all[1..]) && !all_good(&[]));
        let mut one_wrong = all;
        one_wrong[3].troubles.push("later than the protocol gives".to_owned());
        assert!(!all_good(&one_wrong));
    }

    #[test]
    fn the_table_fits_and_says_it_all() {
        let verdicts = Act::ALL.map(good);
        let lasted = Duration::from_millis(29_400);
        let text = summary(&verdicts[..6], &Story::default(), lasted, Paint::PLAIN);
        assert!(text.lines().all(|line| line.len() <= 80 && line.is_ascii()), "{text}");
        let row = "alpha's kad stopped     beta      0.649 s   0.648 s  +0.4 ms     71    3.61 s";
        assert!(text.contains(row), "{text}");
        assert!(text.contains("cable back in           alpha   not tried"), "{text}");
        assert!(text.contains("6 of 7 takeovers"), "{text}");
    }
}
