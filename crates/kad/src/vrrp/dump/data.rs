//! keepalived.data: what the process knows, as lines of `key = value` for people and their scripts.

use std::fmt::{Result, Write};

use kaconf::model::{Accept, Authentication, Mode};
use vrrp_fsm::State;
use vrrp_types::Version;

use crate::vrrp::driver::Driver;
use crate::vrrp::instance::Instance;

pub(super) fn render(driver: &Driver) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = topology(&mut out, driver).and_then(|()| interfaces(&mut out, driver));
    out
}

/// The state by the name users search for.
pub(super) fn state_name(state: State) -> &'static str {
    match state {
        State::Init => "INIT",
        State::Backup => "BACKUP",
        State::Master => "MASTER",
        State::Fault => "FAULT",
    }
}

fn enabled(on: bool) -> &'static str {
    if on { "enabled" } else { "disabled" }
}

fn topology(out: &mut String, driver: &Driver) -> Result {
    writeln!(out, "------< VRRP Topology >------")?;
    for instance in &driver.instances {
        state(out, instance)?;
        parameters(out, instance)?;
        addresses(out, driver, instance)?;
    }
    Ok(())
}

fn state(out: &mut String, instance: &Instance) -> Result {
    let machine = &instance.machine;
    writeln!(out, " VRRP Instance = {}", instance.name())?;
    writeln!(out, "   VRRP Version = {}", instance.model.version)?;
    writeln!(out, "   State = {}", state_name(machine.state()))?;
    writeln!(out, "   Wantstate = {}", state_name(machine.state()))?;
    if !machine.faults().is_empty() {
        let names: Vec<_> = machine.faults().iter_names().map(|(name, _)| name).collect();
        writeln!(out, "   Faults = {}", names.join(" "))?;
    }
    if let Some(master) = machine.master().filter(|_| machine.state() == State::Backup) {
        writeln!(out, "   Master router = {}", master.address)?;
        writeln!(out, "   Master priority = {}", master.priority)?;
    }
    writeln!(out, "   Last transition = {:.6}", instance.last_transition)?;
    writeln!(out, "   Master down timer = {} usecs", machine.master_down().as_micros())
}

fn parameters(out: &mut String, instance: &Instance) -> Result {
    let model = &instance.model;
    if let Some(interface) = &model.interface {
        writeln!(out, "   Interface = {interface}")?;
    }
    if let Some(source) = instance.source {
        writeln!(out, "   Using src_ip = {source}")?;
    }
    match &model.mode {
        Mode::Multicast { group } => writeln!(out, "   Multicast address {group}")?,
        Mode::Unicast { peers, .. } => {
            writeln!(out, "   Unicast Peer :")?;
            for peer in peers {
                writeln!(out, "     {}", peer.address)?;
            }
        }
    }
    writeln!(out, "   Gratuitous ARP delay = {}", model.garp.delay.as_secs())?;
    writeln!(out, "   Gratuitous ARP repeat = {}", model.garp.repeat)?;
    writeln!(out, "   Gratuitous ARP refresh = {}", model.garp.refresh.as_secs())?;
    writeln!(out, "   Gratuitous ARP refresh repeat = {}", model.garp.refresh_repeat)?;
    writeln!(out, "   Gratuitous ARP lower priority delay = {}", model.garp.lower_prio_delay.as_secs())?;
    writeln!(out, "   Gratuitous ARP lower priority repeat = {}", model.garp.lower_prio_repeat)?;
    writeln!(out, "   Down timer adverts = {}", model.down_timer_adverts)?;
    writeln!(out, "   Send advert after receive lower priority advert = {}", !model.lower_prio_no_advert)?;
    writeln!(out, "   Send advert after receive higher priority advert = {}", model.higher_prio_send_advert)?;
    writeln!(out, "   Virtual Router ID = {}", model.vrid)?;
    writeln!(out, "   Priority = {}", model.priority)?;
    writeln!(out, "   Effective priority = {}", instance.machine.priority())?;
    writeln!(out, "   Total priority = {}", instance.machine.priority())?;
    match model.version {
        Version::V2 => writeln!(out, "   Advert interval = {} sec", model.advert_int)?,
        Version::V3 => {
            writeln!(out, "   Advert interval = {} milli-sec", model.advert_int.duration().as_millis())?;
        }
    }
    writeln!(out, "   Accept = {}", enabled(model.accept == Accept::All))?;
    writeln!(out, "   Preempt = {}", enabled(model.preempt))?;
    if !model.preempt_delay.is_zero() {
        writeln!(out, "   Preempt delay = {} secs", model.preempt_delay.as_secs_f64())?;
    }
    writeln!(out, "   Promote_secondaries = {}", enabled(model.promote_secondaries))?;
    match model.authentication {
        Authentication::None => Ok(()),
        Authentication::Pass(_) => {
            writeln!(out, "   Authentication type = SIMPLE_PASSWORD\n   Password = ********")
        }
        Authentication::Ah(_) => writeln!(out, "   Authentication type = IPSEC_AH\n   Password = ********"),
    }
}

fn addresses(out: &mut String, driver: &Driver, instance: &Instance) -> Result {
    for (title, excluded) in [("Virtual IP", false), ("Virtual IP Excluded", true)] {
        let lines: Vec<_> = address_lines(driver, instance, excluded).collect();
        if !lines.is_empty() {
            writeln!(out, "   {title} ({}):", lines.len())?;
        }
        for line in lines {
            writeln!(out, "     {line}")?;
        }
    }
    Ok(())
}

/// Addresses in the words of `ip address`, with `set` behind those that are in place.
pub(super) fn address_lines(
    driver: &Driver,
    instance: &Instance,
    excluded: bool,
) -> impl Iterator<Item = String> {
    instance.held.iter().filter(move |held| held.excluded == excluded).map(|held| {
        let model = &held.model;
        let host = if model.address.is_ipv4() { 32 } else { 128 };
        let shown = match model.address.prefix() {
            prefix if prefix == host => model.address.ip().to_string(),
            _ => model.address.to_string(),
        };
        let device = match (&model.device, instance.interface) {
            (Some(device), _) => device.as_str(),
            (None, Some(index)) => driver.name_of(index),
            (None, None) => "?",
        };
        let scope = match model.scope {
            0 => "global".to_owned(),
            200 => "site".to_owned(),
            253 => "link".to_owned(),
            254 => "host".to_owned(),
            other => other.to_string(),
        };
        let label = model.label.as_ref().map_or(String::new(), |label| format!(" label {label}"));
        let lifetime = match model.preferred_lifetime.filter(|_| model.address.is_ipv6()) {
            Some(0) => " deprecated".to_owned(),
            Some(seconds) => format!(" preferred_lft {seconds}"),
            None if model.address.is_ipv6() => " preferred_lft forever".to_owned(),
            None => String::new(),
        };
        let set = if held.on.is_some() { " set" } else { "" };
        format!("{shown} dev {device} scope {scope}{label}{lifetime}{set}")
    })
}

fn interfaces(out: &mut String, driver: &Driver) -> Result {
    writeln!(out, "------< Interfaces >------")?;
    for interface in driver.interfaces.iter() {
        let link = &interface.link;
        writeln!(out, " Name = {}", link.name)?;
        writeln!(out, "   index = {}", link.index)?;
        for address in &interface.addresses {
            writeln!(
                out,
                "   {} address = {}",
                if address.network.is_ipv4() { "IPv4" } else { "IPv6" },
                address.network
            )?;
        }
        writeln!(out, "   State = {}", if link.is_up() { "UP, RUNNING" } else { "DOWN" })?;
        writeln!(out, "   MTU = {}", link.mtu)?;
    }
    Ok(())
}
