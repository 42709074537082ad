//! Addresses, in the words of `ip address`.

use std::fmt::{Result, Write};

use crate::vrrp::driver::Driver;
use crate::vrrp::instance::Instance;
use crate::vrrp::routing::address_text;

pub(super) fn addresses(out: &mut String, driver: &Driver, instance: &Instance) -> Result {
    for (title, excluded) in [("Virtual IP", false), ("Virtual IP Excluded", true)] {
        let lines: Vec<_> = address_lines(driver, instance, excluded).collect();
        if !lines.is_empty() {
            match excluded {
                false => writeln!(out, "   {title} ({}):", lines.len())?,
                true => writeln!(out, "   {title} :")?,
            }
        }
        for line in lines {
            writeln!(out, "     {line}")?;
        }
    }
    Ok(())
}

/// Addresses in the words of `ip address`, with `set` behind those that are in place.
pub(in crate::vrrp::dump) fn address_lines(
    driver: &Driver,
    instance: &Instance,
    excluded: bool,
) -> impl Iterator<Item = String> {
    let held = instance.held.iter().filter(move |held| held.excluded == excluded);
    held.map(|held| address_text(held, &super::vmac::device(driver, instance, held)))
}

/// Virtual routes and rules, in keepalived's words.
pub(super) fn routing(out: &mut String, driver: &Driver, instance: &Instance) -> Result {
    for (title, rules) in [("Virtual Routes", false), ("Virtual Rules", true)] {
        let mut lines = driver.routing_lines(&instance.lines, rules).peekable();
        if lines.peek().is_some() {
            writeln!(out, "   {title} :")?;
        }
        lines.try_for_each(|line| writeln!(out, "     {line}"))?;
    }
    Ok(())
}

/// What is static, section by section.
pub(super) fn statics(out: &mut String, driver: &Driver) -> Result {
    let statics = &driver.routing.statics;
    if !statics.addresses.is_empty() {
        writeln!(out, "------< Static Addresses >------")?;
    }
    for held in &statics.addresses {
        let device = held.model.device.as_ref().map_or("(none)", |device| device.as_str());
        writeln!(out, "     {}", address_text(held, device))?;
    }
    for (title, rules) in [("Static Routes", false), ("Static Rules", true)] {
        let mut lines = driver.routing_lines(statics.all(), rules).peekable();
        if lines.peek().is_some() {
            writeln!(out, "------< {title} >------")?;
        }
        lines.try_for_each(|line| writeln!(out, "     {line}"))?;
    }
    if !statics.groups.is_empty() {
        writeln!(out, "------< Static Track groups >------")?;
    }
    for group in &statics.groups {
        writeln!(out, " Static Track Group = {}", group.name)?;
        writeln!(out, "   VRRP member instances :")?;
        group.members.iter().try_for_each(|member| writeln!(out, "     {member}"))?;
    }
    Ok(())
}
