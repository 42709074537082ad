//! The configurations: N instances, 250 to an interface, one address each; the same text for both programs.

use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::time::Duration;

/// VRIDs are used from 1 up to this, then the next interface begins.
pub(super) const PER_INTERFACE: u16 = 250;
/// The priority of the one who is to be master.
pub(super) const HIGH: u8 = 200;
/// The priority of the other.
pub(super) const LOW: u8 = 100;

/// What the instances do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) instances: u16,
    pub(super) interval: Duration,
    /// 2 or 3.
    pub(super) version: u8,
}

impl Work {
    pub(super) const fn v3(instances: u16, interval_ms: u64) -> Self {
        Self { instances, interval: Duration::from_millis(interval_ms), version: 3 }
    }

    pub(super) const fn v2(instances: u16, interval_ms: u64) -> Self {
        Self { instances, interval: Duration::from_millis(interval_ms), version: 2 }
    }

    pub(super) fn interfaces(self) -> u16 {
        self.instances.div_ceil(PER_INTERFACE)
    }

    /// Interface (from 0) and VRID of every instance.
    pub(super) fn places(self) -> impl Iterator<Item = (u8, u8)> {
        let place = |number: u16| Some(((number / PER_INTERFACE) as u8, (number % PER_INTERFACE) as u8 + 1));
        (0..self.instances).filter_map(place)
    }

    /// As in tables: `250 × 10 ms`.
    pub(super) fn name(self) -> String {
        let version = if self.version == 2 { ", v2" } else { "" };
        match self.interval.as_millis() {
            ms if ms % 1000 == 0 => format!("{} × {} s{version}", self.instances, ms / 1000),
            ms => format!("{} × {ms} ms{version}", self.instances),
        }
    }

    /// Adverts a second that this work asks for.
    pub(super) fn rate(self) -> f64 {
        f64::from(self.instances) / self.interval.as_secs_f64()
    }

    /// Skew_Time (RFC 9568 section 6.1; RFC 3768 section 6.1).
    pub(super) fn skew(self, priority: u8) -> Duration {
        let base = if self.version == 2 { Duration::from_secs(1) } else { self.interval };
        base * (256 - u32::from(priority)) / 256
    }

    /// Master_Down_Interval or Active_Down_Interval (same sections).
    pub(super) fn down(self, priority: u8) -> Duration {
        3 * self.interval + self.skew(priority)
    }

    /// The file. The second burst of gratuitous ARP comes after 1 s instead of 5 s, and has one frame instead of
    /// five, so that it is over before anything is measured.
    pub(super) fn text(self, priority: u8) -> String {
        let mut text =
            String::from("global_defs {\n    vrrp_garp_master_delay 1\n    vrrp_garp_master_repeat 1\n}\n");
        let interval = self.interval.as_secs_f64();
        for (interface, vrid) in self.places() {
            let name = interface_name(interface);
            let address = Ipv4Addr::new(10, 100 + interface, 0, vrid);
            let _infallible = write!(
                text,
                "vrrp_instance {name}_{vrid} {{\n    interface {name}\n    virtual_router_id {vrid}\n    \
                 priority {priority}\n    version {}\n    advert_int {interval}\n    \
                 virtual_ipaddress {{\n        {address}/32\n    }}\n}}\n",
                self.version,
            );
        }
        text
    }
}

/// The interfaces have the same names on both sides.
pub(super) fn interface_name(interface: u8) -> String {
    format!("veth{interface}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_fill_one_interface_after_the_other() {
        let work = Work::v3(251, 1000);
        let places: Vec<_> = work.places().collect();
        assert_eq!((work.interfaces(), places.len()), (2, 251));
        assert_eq!((places[0], places[249], places[250]), ((0, 1), (0, 250), (1, 1)));
        assert_eq!(work.text(HIGH).matches("vrrp_instance").count(), 251);
    }

    #[test]
    fn timers_as_the_standards_give_them() {
        assert_eq!(Work::v3(1, 10).down(LOW), Duration::from_nanos(36_093_750));
        assert_eq!(Work::v2(1, 1000).down(LOW), Duration::from_nanos(3_609_375_000));
        assert_eq!(Work::v3(1, 100).skew(LOW), Duration::from_nanos(60_937_500));
    }

    #[test]
    fn names_and_intervals_as_people_write_them() {
        assert_eq!(Work::v3(250, 10).name(), "250 × 10 ms");
        assert_eq!(Work::v2(1, 1000).name(), "1 × 1 s, v2");
        assert!(Work::v3(1, 10).text(LOW).contains("advert_int 0.01\n"));
        assert!(Work::v2(1, 1000).text(LOW).contains("advert_int 1\n"));
    }
}
