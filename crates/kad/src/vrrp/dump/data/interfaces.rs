//! `------< Interfaces >------`

use std::collections::BTreeMap;
use std::fmt::{Result, Write};
use std::net::IpAddr;

use vrrp_linux::{Link, LinkFlags};

use crate::vrrp::driver::Driver;
use crate::vrrp::interfaces::Interface;
use crate::vrrp::tracking::TrackerKey;

pub(super) fn section(out: &mut String, driver: &Driver) -> Result {
    let mut interfaces = driver.interfaces.iter().peekable();
    if interfaces.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "------< Interfaces >------")?;
    interfaces.try_for_each(|interface| write(out, driver, interface))
}

fn write(out: &mut String, driver: &Driver, interface: &Interface) -> Result {
    let link = &interface.link;
    writeln!(out, " Name = {}\n   index = {}", link.name, link.index)?;
    addresses(out, driver, interface)?;
    if let Some(mac) = link.mac.filter(|mac| *mac != [0; 6]) {
        let octets: Vec<_> = mac.iter().map(|octet| format!("{octet:02x}")).collect();
        writeln!(out, "   MAC = {}\n   MAC broadcast = ff:ff:ff:ff:ff:ff", octets.join(":"))?;
    }
    let has = |flag| link.flags.contains(flag);
    let not = |flag| if has(flag) { "" } else { "not " };
    write!(out, "   State = {}UP, {}RUNNING", not(LinkFlags::UP), not(LinkFlags::RUNNING))?;
    for (said, text) in [
        (!has(LinkFlags::BROADCAST), ", no broadcast"),
        (has(LinkFlags::LOOPBACK), ", loopback"),
        (has(LinkFlags::POINTOPOINT), ", point to point"),
        (has(LinkFlags::NOARP), ", no arp"),
        (!has(LinkFlags::MULTICAST), ", no multicast"),
        (super::vmac::is_cut_off(driver, link), ", master down"),
    ] {
        out.write_str(if said { text } else { "" })?;
    }
    out.write_char('\n')?;
    let delay = driver.delays.of(&link.name);
    writeln!(out, "   Seen up = {}", u8::from(driver.delays.was_seen_up(&link.name)))?;
    writeln!(out, "   Delayed state change running = {}", delay.is_running())?;
    writeln!(out, "   Up debounce timer = {}us", delay.up.as_micros())?;
    writeln!(out, "   Down debounce timer = {}us", delay.down.as_micros())?;
    super::vmac::link(out, driver, link)?;
    writeln!(out, "   MTU = {}", link.mtu)?;
    match link.arphrd {
        libc::ARPHRD_LOOPBACK => writeln!(out, "   HW Type = LOOPBACK")?,
        libc::ARPHRD_ETHER => writeln!(out, "   HW Type = ETHERNET")?,
        libc::ARPHRD_INFINIBAND => writeln!(out, "   HW Type = INFINIBAND")?,
        other => writeln!(out, "   HW Type = UNKNOWN ({other})")?,
    }
    writeln!(out, "   NIC netlink status update")?;
    super::announcing::of_interface(out, driver, link)?;
    super::announcing::promotion(out, driver, link)?;
    let mut tracking = tracking(driver, link).peekable();
    if tracking.peek().is_some() {
        writeln!(out, "   Tracking VRRP instances :")?;
    }
    tracking.try_for_each(|(name, weight)| writeln!(out, "     {name}, weight {weight}"))
}

/// What keepalived writes as the weight of an interface that is the instance's own and is not tracked.
const NOT_TRACKED: &str = "255";

/// Instances on an interface and those that follow it, with the weight as it is written.
fn tracking<'a>(driver: &'a Driver, link: &Link) -> impl Iterator<Item = (&'a str, String)> {
    let key = TrackerKey::interface(&link.name);
    let index = link.index;
    let lines: BTreeMap<_, _> = driver.trackers.followers(&key).collect();
    driver.ids().filter_map(move |id| {
        let instance = &driver.instances[id.index()];
        let own = instance.stands_on(index);
        let weight = match (own, lines.get(&id)) {
            (true, _) if !instance.model.dont_track_primary => "0".to_owned(),
            (_, Some(weight)) => {
                format!("{}{}", weight.value, if weight.reverse { " reverse" } else { "" })
            }
            (true, None) => NOT_TRACKED.to_owned(),
            (false, None) => return None,
        };
        Some((instance.name(), weight))
    })
}

/// The host's own addresses; the virtual ones stand with their instances.
fn addresses(out: &mut String, driver: &Driver, interface: &Interface) -> Result {
    for (family, v4) in [("IPv4", true), ("IPv6", false)] {
        let own = interface.addresses.iter().filter(|address| !driver.is_virtual(address));
        // Of IPv6 keepalived knows what it can send adverts from.
        let told = |ip: &IpAddr| match ip {
            IpAddr::V4(_) => v4,
            IpAddr::V6(ip) => !v4 && ip.is_unicast_link_local(),
        };
        let mut own = own.map(|address| address.ip()).filter(told);
        match own.next() {
            Some(first) => writeln!(out, "   {family} address = {first}")?,
            None => writeln!(out, "   {family} address = (none)")?,
        }
        for (number, more) in own.enumerate() {
            if number == 0 {
                writeln!(out, "   Additional {family} addresses :")?;
            }
            writeln!(out, "     {more}")?;
        }
    }
    Ok(())
}
