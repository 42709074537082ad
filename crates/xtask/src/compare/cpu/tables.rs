//! The tables of the steady state.

use super::super::table::{Table, figure, ratio};
use super::Case;
use super::observe::Observation;

const COST_NOTE: &str = "Median over the rounds of the processor time of all threads of the VRRP process \
(`/proc/PID/task/*/schedstat`), divided by the packets that the interfaces counted. Sent: the program sends to \
itself in the other namespace; on veth the sender also pays for the delivery. Received: from itself, and from the \
same sender for both, the bare one. Dropped: packets \
that found no room in the receiver's socket, of both senders. The bare sender sends the same packets at the same times and does nothing else, once with a \
system call for each packet and once with one for each burst; kad receives. Share: of one core, at the rate reached.";

/// Processor time.
pub(in super::super) fn cost_table(cases: &[Case]) -> Table {
    let mut table = Table::new(&[
        "instances × interval",
        "",
        "adverts/s reached (nominal)",
        "sent, µs each",
        "share",
        "received from itself, µs each",
        "from the bare sender",
        "share",
        "dropped",
    ]);
    for case in cases {
        let programs = [
            ("kad", &case.kad, &case.batched_to_kad),
            ("keepalived", &case.keepalived, &case.batched_to_keepalived),
        ];
        for (name, own, fed) in programs {
            let mut cells = sender(case, name, own);
            cells.extend([
                figure(own.received_us),
                figure(fed.received_us),
                share(fed.received_us, fed.rate),
            ]);
            cells.push((own.dropped + fed.dropped).to_string());
            table.row(cells);
        }
        let bare = [
            ("bare, one call a packet", &case.bare_to_kad),
            ("bare, one call a burst", &case.batched_to_kad),
        ];
        for (name, seen) in bare {
            table.row(padded(sender(case, name, seen)));
        }
        let (kad, other) = (&case.kad, &case.keepalived);
        let fed = ratio(case.batched_to_kad.received_us, case.batched_to_keepalived.received_us);
        table.row(padded(vec![
            case.work.name(),
            "**kad / keepalived**".to_owned(),
            String::new(),
            ratio(kad.sent_us, other.sent_us),
            String::new(),
            ratio(kad.received_us, other.received_us),
            fed,
        ]));
        let bound = ratio(kad.sent_us, case.bare_to_kad.sent_us);
        let name = "**kad / bare, one call a packet**".to_owned();
        table.row(padded(vec![case.work.name(), name, String::new(), bound]));
    }
    table.note(COST_NOTE)
}

/// The cells that tell of a sender.
fn sender(case: &Case, name: &str, seen: &Observation) -> Vec<String> {
    vec![
        case.work.name(),
        name.to_owned(),
        format!("{:.0} ({:.0})", seen.rate, case.work.rate()),
        figure(seen.sent_us),
        share(seen.sent_us, seen.rate),
    ]
}

/// Processor time as a share of one core.
fn share(each_us: f64, rate: f64) -> String {
    format!("{} %", figure(each_us * rate / 1e4))
}

/// The cells that have nothing to tell are empty.
fn padded(mut cells: Vec<String>) -> Vec<String> {
    cells.resize(9, String::new());
    cells
}

/// System calls.
pub(in super::super) fn call_table(cases: &[Case]) -> Table {
    let mut table = Table::new(&[
        "instances × interval",
        "calls/advert sent: kad",
        "keepalived",
        "kad / keepalived",
        "calls/advert received: kad",
        "keepalived",
        "kad / keepalived",
    ]);
    for case in cases {
        let (sent, other_sent) = (case.kad.sent_calls, case.keepalived.sent_calls);
        let received = case.batched_to_kad.received_calls;
        let other_received = case.batched_to_keepalived.received_calls;
        table.row(vec![
            case.work.name(),
            figure(sent),
            figure(other_sent),
            ratio(sent, other_sent),
            figure(received),
            figure(other_received),
            ratio(received, other_received),
        ]);
    }
    table.note("Counted by the kernel (`raw_syscalls:sys_enter`) while the process does its usual work.")
}

/// Exactness of the times.
pub(in super::super) fn jitter_table(cases: &[Case]) -> Table {
    let mut table = Table::new(&[
        "instances × interval",
        "",
        "jitter p50, ms",
        "p99",
        "max",
        "mean gap, ms",
        "adverts of the backup",
        "lost by the capture",
    ]);
    for case in cases {
        let senders = [("kad", &case.kad), ("keepalived", &case.keepalived), ("bare", &case.batched_to_kad)];
        for (name, seen) in senders {
            table.row(vec![
                case.work.name(),
                name.to_owned(),
                figure(seen.jitter_p50),
                figure(seen.jitter_p99),
                figure(seen.jitter_max),
                format!("{:.3}", seen.mean_gap),
                seen.false_adverts.to_string(),
                seen.lost.to_string(),
            ]);
        }
    }
    table.note(
        "Jitter: how far the gap between two adverts of an instance is from the interval, at the receiver, by the \
         kernel's time stamps. p50, p99 and mean: median over the rounds; max: of all rounds.",
    )
}
