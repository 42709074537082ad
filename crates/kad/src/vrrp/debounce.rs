//! `interface_up_down_delays`: a change of an interface counts only when it has lasted.
//!
//! The tables of links are always as the kernel says; here is what the instances believe meanwhile. What an interface
//! is when it is first seen counts at once, and so does its first rise and its end.

use std::collections::BTreeMap;
use std::time::Duration;

use kaconf::model::{Instance, InterfaceDelay};
use tracing::{debug, info};
use vrrp_fsm::{Instant, Interval};

/// What is configured and known of one interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Delay {
    pub(super) up: Duration,
    pub(super) down: Duration,
    /// When the change counts, and to what.
    pending: Option<(Instant, bool)>,
}

impl Delay {
    /// Whether a change waits for its time.
    pub(super) fn is_running(&self) -> bool {
        self.pending.is_some()
    }

    /// A delay as long as the master-down time of those who wait for it would keep two masters alive.
    fn limit(&mut self, instance: &Instance, interval: Interval) {
        let interval = interval.duration();
        let longest = match instance.down_timer_adverts {
            0 | 1 => Duration::ZERO,
            adverts => interval * (u32::from(adverts) - 1) - interval / 256,
        };
        if longest.is_zero() || (self.down > longest && self.up == self.down) {
            self.up = self.up.min(longest);
        }
        self.down = self.down.min(longest);
    }
}

/// All interfaces: which of them were ever up, and those whose changes are delayed.
#[derive(Debug, Default)]
pub(super) struct Delays {
    lines: Vec<InterfaceDelay>,
    delays: BTreeMap<Box<str>, Delay>,
    seen_up: BTreeMap<Box<str>, bool>,
}

impl Delays {
    /// What a configuration asks for; it counts from [`Self::align`] on.
    pub(super) fn declare(&mut self, lines: Vec<InterfaceDelay>) {
        self.lines = lines;
    }

    /// Follows the configuration and its instances. What waits already goes on waiting.
    pub(super) fn align<'a>(&mut self, instances: impl Iterator<Item = &'a Instance> + Clone) {
        let before = std::mem::take(&mut self.delays);
        for line in &self.lines {
            let name = line.interface.as_str();
            let pending = before.get(name).and_then(|delay| delay.pending);
            let mut delay = Delay { up: line.up, down: line.down, pending };
            for instance in
                instances.clone().filter(|instance| instance.interface.as_ref() == Some(&line.interface))
            {
                delay.limit(instance, instance.advert_int);
            }
            if (line.up, line.down) != (delay.up, delay.down) {
                info!("interface {name} debounce timer(s) are not less than the master-down time: reduced");
            }
            self.delays.insert(name.into(), delay);
        }
    }

    /// The master of an instance speaks more often than the instance would: it is missed sooner.
    pub(super) fn shorten(&mut self, instance: &Instance, interval: Interval) {
        let name = instance.interface.as_ref().map_or("", |name| name.as_str());
        let Some(delay) = self.delays.get_mut(name) else { return };
        let before = *delay;
        delay.limit(instance, interval);
        if *delay != before {
            debug!("{}: lower advert_int reducing interface {name} debounce timer(s)", instance.name);
        }
    }

    /// A VMAC goes up and down with the interface below, and as late.
    pub(super) fn inherit(&mut self, name: &str, from: &str) {
        let pending = self.delays.get(name).and_then(|delay| delay.pending);
        match self.delays.get(from).copied() {
            Some(below) => drop(self.delays.insert(name.into(), Delay { pending, ..below })),
            None => drop(self.delays.remove(name)),
        }
    }

    /// An interface is there, new or as it was.
    pub(super) fn seen(&mut self, name: &str, up: bool) {
        *self.seen_up.entry(name.into()).or_default() |= up;
    }

    /// An interface is gone: what comes by this name is another.
    pub(super) fn gone(&mut self, name: &str) {
        self.seen_up.remove(name);
        if let Some(delay) = self.delays.get_mut(name) {
            delay.pending = None;
        }
    }

    /// Everything was read anew: nothing is waited for.
    pub(super) fn forget_pending(&mut self) {
        self.delays.values_mut().for_each(|delay| delay.pending = None);
    }

    /// An interface went up or down; whether that does not count, or not yet.
    pub(super) fn holds_back(&mut self, now: Instant, name: &str, up: bool) -> bool {
        let was_up = self.was_seen_up(name);
        self.seen(name, up);
        let Some(delay) = self.delays.get_mut(name) else { return false };
        if delay.pending.is_some_and(|(_, pending)| pending != up) {
            delay.pending = None;
            info!("Delay timer for {name} cancelled");
            return true;
        }
        let span = if up { delay.up } else { delay.down };
        if !was_up || span.is_zero() {
            return false;
        }
        if delay.pending.is_none() {
            delay.pending = Some((now.saturating_add(span), up));
            let word = if up { "up" } else { "down" };
            info!("{name}: going {word} is delayed by {:.3} s", span.as_secs_f64());
        }
        true
    }

    /// What an interface that is up or down by the kernel's word is taken for.
    pub(super) fn believed(&self, name: &str, up: bool) -> bool {
        let pending = self.delays.get(name).and_then(|delay| delay.pending);
        pending.map_or(up, |(_, to)| !to)
    }

    /// When the next change counts.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.delays.values().filter_map(|delay| delay.pending).map(|(at, _)| at).min()
    }

    /// Interfaces whose change counts now.
    pub(super) fn due(&mut self, now: Instant) -> Vec<(Box<str>, bool)> {
        let mut due = Vec::new();
        for (name, delay) in &mut self.delays {
            if let Some((_, up)) = delay.pending.take_if(|(at, _)| *at <= now) {
                due.push((name.clone(), up));
            }
        }
        due
    }

    /// Whether an interface was ever up since it exists.
    pub(super) fn was_seen_up(&self, name: &str) -> bool {
        self.seen_up.get(name).copied().unwrap_or_default()
    }

    /// What is configured and waits for an interface.
    pub(super) fn of(&self, name: &str) -> Delay {
        self.delays.get(name).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use kaconf::model::InterfaceName;
    use vrrp_types::{Family, Vrid};

    use super::*;

    fn at(millis: u64) -> Instant {
        Instant::from_nanos(millis * 1_000_000)
    }

    fn millis(delay: u64) -> Duration {
        Duration::from_millis(delay)
    }

    fn line(down: u64, up: u64) -> InterfaceDelay {
        let interface = InterfaceName::new("lan").expect("a name");
        InterfaceDelay { interface, down: millis(down), up: millis(up) }
    }

    fn delays(down: u64, up: u64) -> Delays {
        let mut delays = Delays::default();
        delays.declare(vec![line(down, up)]);
        delays.align(std::iter::empty());
        delays
    }

    #[test]
    fn a_change_counts_when_it_has_lasted() {
        let mut delays = delays(500, 200);
        delays.seen("lan", true);
        assert!(delays.holds_back(at(1_000), "lan", false));
        assert!(delays.believed("lan", false), "still believed to be up");
        assert_eq!(delays.deadline(), Some(at(1_500)));
        assert_eq!(delays.due(at(1_499)), []);
        assert_eq!(delays.due(at(1_500)), [("lan".into(), false)]);
        assert!(!delays.believed("lan", false));
        assert!(delays.holds_back(at(2_000), "lan", true));
        assert_eq!(delays.due(at(2_200)), [("lan".into(), true)]);
        assert_eq!(delays.deadline(), None);
    }

    #[test]
    fn a_change_that_is_taken_back_never_was() {
        let mut delays = delays(500, 0);
        delays.seen("lan", true);
        assert!(delays.holds_back(at(0), "lan", false));
        assert!(delays.holds_back(at(100), "lan", true));
        assert_eq!(delays.deadline(), None);
        assert!(delays.believed("lan", true));
        // And the next one waits its whole time.
        assert!(delays.holds_back(at(200), "lan", false));
        assert_eq!(delays.deadline(), Some(at(700)));
    }

    #[test]
    fn the_first_rise_and_the_unconfigured_count_at_once() {
        let mut delays = delays(500, 500);
        delays.seen("lan", false);
        assert!(!delays.holds_back(at(0), "lan", true));
        assert!(delays.holds_back(at(10), "lan", false));
        delays.gone("lan");
        assert_eq!(delays.deadline(), None);
        assert!(!delays.holds_back(at(20), "lan", true), "another interface of that name");
        delays.seen("wan", true);
        assert!(!delays.holds_back(at(30), "wan", false));
    }

    #[test]
    fn no_delay_is_as_long_as_a_master_down_time() {
        // Configured down, up; interval in centiseconds, adverts; what is left.
        let table = [
            (500, 700, 100, 3, (500, 700)),
            (2_500, 2_500, 100, 3, (1_996, 1_996)),
            (2_500, 3_000, 100, 3, (1_996, 3_000)),
            (2_500, 0, 100, 2, (996, 0)),
            (500, 600, 100, 1, (0, 0)),
        ];
        for (down, up, centis, adverts, expected) in table {
            let vrid = Vrid::new(51).expect("not 0");
            let mut instance = Instance::new("V", vrid, Family::V4, [224, 0, 0, 18].into());
            instance.interface = Some(line(down, up).interface);
            instance.advert_int = Interval::from_centis(centis).expect("not 0");
            instance.down_timer_adverts = adverts;
            let mut delays = Delays::default();
            delays.declare(vec![line(down, up)]);
            delays.align(std::iter::once(&instance));
            let delay = delays.of("lan");
            assert_eq!(
                (delay.down.as_millis(), delay.up.as_millis()),
                expected,
                "{down} {up} {centis} {adverts}"
            );
        }
    }

    #[test]
    fn a_master_that_speaks_more_often_shortens_the_delay() {
        let vrid = Vrid::new(51).expect("not 0");
        let mut instance = Instance::new("V", vrid, Family::V4, [224, 0, 0, 18].into());
        instance.interface = Some(line(0, 0).interface);
        let mut delays = delays(1_500, 1_500);
        for (centis, expected) in [(100, 1_500), (50, 998), (90, 998), (10, 199)] {
            delays.shorten(&instance, Interval::from_centis(centis).expect("not 0"));
            assert_eq!(delays.of("lan").down.as_millis(), expected, "{centis}");
            assert_eq!(delays.of("lan").up.as_millis(), expected, "{centis}");
        }
    }

    #[test]
    fn a_reload_lets_wait_what_waits() {
        let mut delays = delays(500, 500);
        delays.seen("lan", true);
        assert!(delays.holds_back(at(0), "lan", false));
        delays.declare(vec![line(900, 1)]);
        delays.align(std::iter::empty());
        assert_eq!(delays.deadline(), Some(at(500)));
        delays.declare(Vec::new());
        delays.align(std::iter::empty());
        assert!(!delays.believed("lan", false), "nothing is delayed any more");
    }
}
