//! What keepalived.data says of VMACs and ipvlans, with the instances and with the interfaces.

use std::fmt::{Result, Write};

use kaconf::model::{IpvlanMode, VmacKind};
use vrrp_linux::{Link, LinkFlags, Stacked};

use crate::vrrp::addresses::Held;
use crate::vrrp::driver::Driver;
use crate::vrrp::instance::Instance;

/// The lines of an instance that tell its interface.
pub(super) fn interface(out: &mut String, driver: &Driver, instance: &Instance) -> Result {
    let model = &instance.model;
    let Some(vmac) = &model.vmac else {
        return match &model.interface {
            Some(interface) => writeln!(out, "   Interface = {interface}"),
            None => writeln!(out, "   Interface = not configured"),
        };
    };
    let name = driver.vmacs.name_of(model, &driver.interfaces).unwrap_or("");
    let own = driver.vmacs.iter().find(|own| instance.interface == Some(own.index));
    let up = own.is_some();
    let (kind, xmit_base) = match vmac.kind {
        VmacKind::Macvlan { mac, xmit_base, netlink_notify } => {
            writeln!(out, "   Use VMAC, i/f name {name}, is_up = {up}, xmit_base = {xmit_base}")?;
            if let Some(mac) = mac {
                let octets: Vec<_> = mac.iter().map(|octet| format!("{octet:02x}")).collect();
                writeln!(out, "     MAC = {}", octets.join(":"))?;
            }
            if netlink_notify {
                writeln!(out, "     Force netlink update for base interface")?;
            }
            ("vmac", xmit_base)
        }
        VmacKind::Ipvlan { address, mode } => {
            write!(out, "   Use IPVLAN, i/f {name}, is_up = {up}")?;
            if let Some(address) = address {
                write!(out, ", i/f address = {address}")?;
            }
            writeln!(out, ", type {}", mode_name(mode))?;
            ("ipvlan", false)
        }
    };
    if model.vmac_addresses {
        writeln!(out, "     Use VMAC for VIPs on other interfaces")?;
    }
    let below = own.and_then(|own| driver.interfaces.get(own.parent)).map(|below| &below.link);
    match (vmac.group, below) {
        (Some(group), _) => writeln!(out, "     Interface group {group}")?,
        (None, Some(below)) if below.group != 0 => {
            writeln!(out, "     Interface group {} (copied from parent)", below.group)?;
        }
        (None, _) => {}
    }
    let from_base = if xmit_base { ", xmit base i/f" } else { "" };
    let below = below.map_or("(unknown)", |below| below.name.as_str());
    writeln!(out, "   Interface = {name}, {kind} on {below}{from_base}")?;
    match &model.interface {
        Some(given) if given.as_str() != below => writeln!(out, "   Configured interface = {given}"),
        _ => Ok(()),
    }
}

const fn mode_name(mode: IpvlanMode) -> &'static str {
    match mode {
        IpvlanMode::Bridge => "bridge",
        IpvlanMode::Private => "private",
        IpvlanMode::Vepa => "vepa",
    }
}

fn below<'a>(driver: &'a Driver, link: &Link) -> Option<&'a Link> {
    link.stacked?;
    driver.interfaces.get(link.link?).map(|below| &below.link)
}

/// Whether the interface below a macvlan or ipvlan is switched off.
pub(super) fn is_cut_off(driver: &Driver, link: &Link) -> bool {
    below(driver, link).is_some_and(|below| !below.flags.contains(LinkFlags::UP))
}

/// The lines of an interface, if it is one of these.
pub(super) fn link(out: &mut String, driver: &Driver, link: &Link) -> Result {
    let Some(stacked) = link.stacked else { return Ok(()) };
    // As linux/if_link.h numbers them.
    let kind = match stacked {
        Stacked::Macvlan { mode: 1 } => "VMAC type private",
        Stacked::Macvlan { mode: 2 } => "VMAC type vepa",
        Stacked::Macvlan { mode: 4 } => "VMAC type bridge",
        Stacked::Macvlan { mode: 8 } => "VMAC type passthru",
        Stacked::Macvlan { mode: 16 } => "VMAC type source",
        Stacked::Macvlan { .. } => "VMAC type unknown",
        Stacked::Ipvlan { flags: 1, .. } => "IPVLAN type L2 private",
        Stacked::Ipvlan { flags: 2, .. } => "IPVLAN type L2 vepa",
        Stacked::Ipvlan { .. } => "IPVLAN type L2 bridge",
    };
    match below(driver, link) {
        Some(below) => {
            let not = |flag| if below.flags.contains(flag) { "" } else { "not " };
            let (up, running) = (not(LinkFlags::UP), not(LinkFlags::RUNNING));
            let name = &below.name;
            writeln!(out, "   {kind}, underlying interface = {name}, state = {up}UP, {running}RUNNING")?;
        }
        None => writeln!(out, "   {kind}, underlying interface in different namespace")?,
    }
    if driver.vmacs.owns(link.index) {
        writeln!(out, "   I/f created by keepalived")?;
    }
    Ok(())
}

/// The interface of an address as its line tells it: of a VMAC with that below.
pub(super) fn device(driver: &Driver, instance: &Instance, held: &Held) -> String {
    if let Some(key) = &held.vmac {
        let name = driver.interfaces.vmac(key).map_or("?", |own| own.link.name.as_str());
        let used = if held.model.use_vmac { " use_vmac" } else { "" };
        return format!("{name}@{}{used}", key.base);
    }
    match (&held.model.device, instance.base) {
        (Some(device), _) => device.to_string(),
        (None, Some(index)) => driver.name_of(index).to_owned(),
        (None, None) => "?".to_owned(),
    }
}
