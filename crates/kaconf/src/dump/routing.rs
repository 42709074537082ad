//! Blocks of addresses, routes and rules: the static ones, and the lists of an instance.

use super::address::address_line;
use super::route::route_line;
use super::rule::rule_line;
use super::writer::Writer;
use crate::model::{Config, Route, Rule, VirtualAddress};

/// The static blocks.
pub(super) fn static_blocks(writer: &mut Writer, config: &Config) {
    addresses(writer, "static_ipaddress", &config.static_addresses);
    routes(writer, "static_routes", &config.static_routes);
    rules(writer, "static_rules", &config.static_rules);
}

/// A block of addresses under some keyword; nothing if there are none.
pub(super) fn addresses(writer: &mut Writer, keyword: &str, addresses: &[VirtualAddress]) {
    lines(writer, keyword, addresses, address_line);
}

/// A block of routes under some keyword; nothing if there are none.
pub(super) fn routes(writer: &mut Writer, keyword: &str, routes: &[Route]) {
    lines(writer, keyword, routes, route_line);
}

/// A block of rules under some keyword; nothing if there are none.
pub(super) fn rules(writer: &mut Writer, keyword: &str, rules: &[Rule]) {
    lines(writer, keyword, rules, rule_line);
}

fn lines<T>(writer: &mut Writer, keyword: &str, list: &[T], line: fn(&T) -> String) {
    if !list.is_empty() {
        writer.block(keyword, |writer| list.iter().for_each(|one| writer.line(line(one))));
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod typed;
