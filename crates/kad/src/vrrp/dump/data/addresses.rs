//! Addresses, in the words of `ip address`.

use std::fmt::{Result, Write};

use crate::vrrp::driver::Driver;
use crate::vrrp::instance::Instance;

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
    instance.held.iter().filter(move |held| held.excluded == excluded).map(|held| {
        let model = &held.model;
        let host = if model.address.is_ipv4() { 32 } else { 128 };
        let shown = match model.address.prefix() {
            prefix if prefix == host => model.address.ip().to_string(),
            _ => model.address.to_string(),
        };
        let device = super::vmac::device(driver, instance, held);
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
