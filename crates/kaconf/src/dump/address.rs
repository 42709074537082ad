//! One line of `virtual_ipaddress`.

use crate::model::{Broadcast, VirtualAddress};

use super::writer::quoted;

/// The address and its options.
pub(super) fn address_line(address: &VirtualAddress) -> String {
    let mut line = match &address.peer {
        Some(_) => address.address.ip().to_string(),
        None => address.address.to_string(),
    };
    let mut push = |word: &str, value: &str| {
        for part in [word, value].into_iter().filter(|part| !part.is_empty()) {
            line.push(' ');
            line.push_str(part);
        }
    };
    if let Some(peer) = &address.peer {
        push("peer", &peer.ip().to_string());
    }
    match address.broadcast {
        Broadcast::None => {}
        Broadcast::HostBitsSet => push("brd", "+"),
        Broadcast::HostBitsCleared => push("brd", "-"),
        Broadcast::Address(broadcast) => push("brd", &broadcast.to_string()),
    }
    if let Some(device) = &address.device {
        push("dev", &quoted(device.as_str()));
    }
    if address.address.is_ipv4() {
        push("scope", &address.scope.to_string());
    }
    if let Some(label) = &address.label {
        push("label", &quoted(label));
    }
    let lifetime = address.preferred_lifetime.map_or_else(|| "forever".to_owned(), |secs| secs.to_string());
    push("preferred_lft", &lifetime);
    for (option, on) in [
        ("-nodad", address.detect_duplicates),
        ("home", address.home),
        ("mngtmpaddr", address.manage_temporary),
        ("noprefixroute", address.no_prefix_route),
        ("autojoin", address.autojoin),
        ("no_track", !address.track),
        ("use_vmac", address.use_vmac),
    ] {
        if on {
            push(option, "");
        }
    }
    line
}
