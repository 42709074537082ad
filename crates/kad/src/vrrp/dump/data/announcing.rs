//! Announcements: `------< Gratuitous ARP delays >------`, and what is said of them with an interface.

use std::collections::BTreeSet;
use std::fmt::{Result, Write};
use std::time::Duration;

use vrrp_linux::Link;

use super::when::{Clocks, dated};
use crate::vrrp::announcer::Lane;
use crate::vrrp::driver::Driver;

/// Every `garp_group`, and every other interface of an instance where announcements are spaced.
pub(super) fn delays(out: &mut String, driver: &Driver) -> Result {
    let lanes = lanes(driver);
    if lanes.is_empty() {
        return Ok(());
    }
    let clocks = Clocks::read();
    writeln!(out, "------< Gratuitous ARP delays >------")?;
    for lane in lanes {
        writeln!(out, "------< GARP delay group >------")?;
        for (what, v6) in [("GARP", false), ("GNA", true)] {
            let Some(interval) = driver.announcer.interval(lane, v6) else { continue };
            writeln!(out, " {what} interval = {}", seconds(interval))?;
            let next = driver.announcer.next(lane, v6).map_or(0.0, |at| clocks.seconds(at));
            // Without the year, here.
            let next = dated(next);
            writeln!(out, " {what} next time {})", next.rsplit_once(' ').map_or("", |(time, _)| time))?;
        }
        writeln!(out, " Interfaces")?;
        let members = driver.interfaces.iter().map(|interface| &interface.link);
        let members = members.filter(|link| driver.announcer.lane(link.index, &driver.interfaces) == lane);
        members.map(|link| &link.name).try_for_each(|name| writeln!(out, "  {name}"))?;
    }
    Ok(())
}

fn lanes(driver: &Driver) -> BTreeSet<Lane> {
    let of_instances = driver.instances.iter().filter_map(|instance| instance.base);
    let of_addresses = driver.instances.iter().flat_map(|instance| &instance.held).filter_map(|held| held.on);
    let groups = driver.announcer.groups();
    of_instances
        .chain(of_addresses)
        .map(|on| driver.announcer.lane(on, &driver.interfaces))
        .filter(|lane| driver.announcer.is_spaced(*lane))
        .chain(groups)
        .collect()
}

fn seconds(span: Duration) -> String {
    format!("{}.{:06}", span.as_secs(), span.subsec_micros())
}

/// Of one interface.
pub(super) fn of_interface(out: &mut String, driver: &Driver, link: &Link) -> Result {
    let lane = driver.announcer.lane(link.index, &driver.interfaces);
    if lanes(driver).contains(&lane) {
        for (what, v6) in [("ARP", false), ("NA", true)] {
            if let Some(interval) = driver.announcer.interval(lane, v6) {
                writeln!(out, "   Gratuitous {what} interval {}ms", interval.as_millis())?;
            }
        }
    }
    Ok(())
}

/// The setting as it was, and how many ask for another.
pub(super) fn promotion(out: &mut String, driver: &Driver, link: &Link) -> Result {
    let (found, askers) = driver.promotion_of(link.index);
    writeln!(out, "   Original promote_secondaries {}", u8::from(found))?;
    writeln!(out, "   Reset promote_secondaries counter {askers}")
}
