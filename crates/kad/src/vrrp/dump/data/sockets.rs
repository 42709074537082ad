//! `------< VRRP Sockpool >------`: who is heard and spoken to through which socket.
//!
//! keepalived has a pair of sockets for each interface, family and manner of speaking. Here one hears all of an
//! interface, family and protocol, and one speaks for all of a family and manner; the section shows them as keepalived's.

use std::collections::BTreeMap;
use std::fmt::{Result, Write};
use std::net::IpAddr;
use std::os::fd::{AsRawFd, RawFd};

use kaconf::model::{Authentication, Mode};
use vrrp_linux::IfIndex;
use vrrp_types::{Family, Vrid};

use crate::vrrp::driver::Driver;
use crate::vrrp::instance::Instance;

/// What tells one of keepalived's pairs from another.
type Pool = (Option<IfIndex>, bool, bool, Option<IpAddr>);

pub(super) fn section(out: &mut String, driver: &Driver) -> Result {
    let mut numbers: BTreeMap<Pool, usize> = BTreeMap::new();
    let mut pools: Vec<(Pool, Vec<(Vrid, &Instance)>)> = Vec::new();
    for instance in &driver.instances {
        let source = if instance.is_unicast() { instance.source } else { None };
        let ah = matches!(instance.model.authentication, Authentication::Ah(_));
        let key = (instance.port(), instance.family() == Family::V6, ah, source);
        let number = *numbers.entry(key).or_insert_with(|| {
            pools.push((key, Vec::new()));
            pools.len() - 1
        });
        pools[number].1.push((instance.model.vrid, instance));
    }
    if pools.is_empty() {
        return Ok(());
    }
    writeln!(out, "------< VRRP Sockpool >------")?;
    for ((interface, v6, ah, source), mut members) in pools {
        let Some((_, first)) = members.first() else { continue };
        let (hears, speaks) = pair(driver, first);
        writeln!(out, " fd_in {hears} fd_out = {speaks}")?;
        if let Some(interface) = interface {
            writeln!(out, "   Interface = {}", driver.name_of(interface))?;
        }
        writeln!(out, "   Family = {}", if v6 { "IPv6" } else { "IPv4" })?;
        writeln!(out, "   Protocol = {}", if ah { "AH" } else { "VRRP" })?;
        match (&first.model.mode, source) {
            (Mode::Multicast { .. }, _) => writeln!(out, "   Type = Multicast")?,
            (Mode::Unicast { .. }, None) => writeln!(out, "   Type = Unicast")?,
            (Mode::Unicast { .. }, Some(source)) => {
                writeln!(out, "   Type = Unicast\n   Address = {source}")?;
            }
        }
        let slot = driver.receivers.slot_at(first.place());
        let buffer = slot.and_then(|slot| slot.buffer);
        writeln!(out, "   Rx buf size = {}", buffer.unwrap_or(0))?;
        writeln!(out, "   VRRP instances")?;
        members.sort_by_key(|(vrid, _)| *vrid);
        for (vrid, instance) in members {
            writeln!(out, "     {} vrid {vrid}", instance.name())?;
        }
    }
    Ok(())
}

/// The line in an instance's own block.
pub(super) fn of(out: &mut String, driver: &Driver, instance: &Instance) -> Result {
    match pair(driver, instance) {
        (-1, -1) => writeln!(out, "   No sockets allocated"),
        (hears, speaks) => writeln!(out, "   fd_in {hears}, fd_out {speaks}"),
    }
}

/// The descriptors an instance is heard and speaks through; -1 is none.
fn pair(driver: &Driver, instance: &Instance) -> (RawFd, RawFd) {
    let hears = driver.receivers.at(instance.place());
    let speaks = driver.outbox.fd(instance.family(), instance.is_unicast());
    (hears.map_or(-1, |fd| fd.as_raw_fd()), speaks.map_or(-1, |fd| fd.as_raw_fd()))
}
