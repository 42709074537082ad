//! Identifiers, addresses, peers and interfaces that are there twice, or not at all.

use std::collections::HashMap;
use std::net::IpAddr;

use super::{Context, Finding};
use crate::code::Code;
use crate::model::{DynamicInterfaces, Instance, InterfaceName, Mode};
use crate::source::InterfaceFacts;

/// A VRID that two instances of an interface share, legally: they talk to different neighbours.
pub(super) fn vrid_twice(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut seen = HashMap::new();
    for (instance, block) in context.instances() {
        let Some(interface) = &instance.interface else { continue };
        let key = (interface, instance.family, instance.vrid);
        let Some((first, first_block)) = seen.insert(key, (instance, block)) else { continue };
        let message = format!("VRID {} is used twice on {interface}: by {} too", instance.vrid, first.name);
        let at = block.value_or_head("virtual_router_id");
        let finding = Finding::of(instance, Code::VridTwice, at, &message)
            .note(first_block.value_or_head("virtual_router_id"), "the other one")
            .hint("it works while their neighbours differ; with use_vmac both have the same MAC address")
            .mend("give each virtual router of a network a number of its own");
        found.push(finding);
    }
}

/// An address that two instances hold on different interfaces. On the same one, loading says so.
pub(super) fn address_twice(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut seen: HashMap<IpAddr, (&Instance, &InterfaceName)> = HashMap::new();
    for (instance, block) in context.instances() {
        let mut twice = None;
        for address in instance.addresses.iter().chain(&instance.excluded) {
            let ip = address.address.ip();
            let Some(on) = address.device.as_ref().or(instance.interface.as_ref()) else { continue };
            let (first, first_on) = *seen.entry(ip).or_insert((instance, on));
            let is_local = matches!(ip, IpAddr::V6(v6) if v6.is_unicast_link_local());
            if first.name != instance.name && first_on != on && !is_local {
                twice = twice.or(Some((ip, first, first_on)));
            }
        }
        // One of an instance is enough to see what is wrong.
        let Some((ip, first, first_on)) = twice else { continue };
        let message = format!("{ip} is a virtual address of {} too, there on {first_on}", first.name);
        let finding = Finding::of(instance, Code::AddressTwice, block.virtual_address(ip), &message)
            .note(context.places.instance(first).virtual_address(ip), "the other one")
            .hint("while both are master the host has it twice, and whoever asks for it may be told either");
        found.push(finding);
    }
}

/// A node that is its own peer.
pub(super) fn own_peer(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (instance, block) in context.instances() {
        let (Mode::Unicast { peers, .. }, Some(source)) = (&instance.mode, instance.source) else { continue };
        if !peers.iter().any(|peer| peer.address == source) {
            continue;
        }
        let message = format!("{source} is a unicast peer, and this node's own source address");
        let finding =
            Finding::of(instance, Code::OwnPeer, block.address_line("unicast_peer", source), &message)
                .note(block.value("unicast_src_ip"), "the source address")
                .mend("a node's own adverts tell it nothing: list the other nodes only");
        found.push(finding);
    }
}

/// An interface that does not exist now, where that may be.
pub(super) fn interface_away(context: &Context<'_>, found: &mut Vec<Finding>) {
    if context.loaded.config.global.dynamic_interfaces == DynamicInterfaces::Off {
        return;
    }
    let mut facts: HashMap<&InterfaceName, InterfaceFacts> = HashMap::new();
    let mut is_away = |name| {
        let known = facts.entry(name).or_insert_with(|| context.source.interface(name.as_str()));
        *known == InterfaceFacts::Missing
    };
    for (instance, block) in context.instances() {
        let Some(name) = instance.interface.as_ref().filter(|name| is_away(name)) else { continue };
        let message = format!("there is no interface {name} on this host now");
        let finding = Finding::of(instance, Code::InterfaceAway, block.value_or_head("interface"), &message)
            .note(
                context.places.first_use("global_defs", "dynamic_interfaces"),
                "dynamic_interfaces: that is no error",
            )
            .hint("the instance stays in FAULT until the interface appears: is its name typed well?");
        found.push(finding);
    }
}
