//! Virtual servers that do not serve as they seem to.

use std::collections::HashSet;
use std::net::IpAddr;

use super::{Context, Finding};
use crate::code::Code;
use crate::value;

/// `persistence_timeout 0`
pub(super) fn persistence_zero(context: &Context<'_>, found: &mut Vec<Finding>) {
    for block in context.places.blocks_of("virtual_server") {
        let Some(at) = block.value("persistence_timeout") else { continue };
        if context.places.text(at).iter().any(|octet| *octet != b'0') {
            continue;
        }
        let message = format!("virtual server {}: persistence_timeout 0 is not a time", block.name());
        let finding = Finding::new(Code::PersistenceZero, Some(at), message)
            .hint("keepalived refuses the value: clients are not kept with their server")
            .mend("if that is meant leave the line out; 'persistence_timeout' alone is 360 s")
            .instead_of(Code::BadNumber, Some(at));
        found.push(finding);
    }
}

/// A virtual server on an address that no instance brings along.
pub(super) fn server_nowhere(context: &Context<'_>, found: &mut Vec<Finding>) {
    let instances = &context.loaded.config.instances;
    let elsewhere = context.places.first_use("root", "static_ipaddress").is_some();
    // Where addresses come from scripts, or an instance was refused, nobody can say.
    let unsure = instances.is_empty() || instances.iter().any(|instance| instance.addresses.is_empty());
    if elsewhere || unsure || context.loaded.fatal().is_some() {
        return;
    }
    let all = instances.iter().flat_map(|instance| instance.addresses.iter().chain(&instance.excluded));
    let held: HashSet<IpAddr> = all.map(|address| address.address.ip()).collect();
    for block in context.places.blocks_of("virtual_server") {
        let word = block.name().split(' ').next().unwrap_or_default();
        let Some(address) = value::host(word.as_bytes()).filter(|address| !held.contains(address)) else {
            continue;
        };
        let message = format!("virtual server {}: no instance has the address {address}", block.name());
        let finding = Finding::new(Code::ServerNowhere, block.head(), message)
            .hint("a virtual server is reached on the node that has its address; nothing here moves this one")
            .mend("list the address in the virtual_ipaddress of an instance, or is it typed wrong?");
        found.push(finding);
    }
}
