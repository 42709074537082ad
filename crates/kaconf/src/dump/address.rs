//! Lines of `virtual_ipaddress` and its like.

use super::line::Line;
use crate::model::{Broadcast, InterfaceName, VirtualAddress};

/// An address as it is typed, with all that is not by default.
pub(super) fn address_line(address: &VirtualAddress) -> String {
    let mut line = Line::default();
    match address.peer {
        // The length is that of the peer, and may not be typed.
        Some(_) => line.word(address.address.ip()),
        None => line.word(address.address),
    };
    line.text("dev", address.device.as_ref().map(InterfaceName::as_str));
    line.value("scope", Some(address.scope).filter(|scope| *scope != 0));
    match address.broadcast {
        Broadcast::None => &mut line,
        Broadcast::HostBitsSet => line.value("brd", Some("+")),
        Broadcast::HostBitsCleared => line.value("brd", Some("-")),
        Broadcast::Address(address) => line.value("brd", Some(address)),
    };
    line.text("label", address.label.as_deref());
    line.value("peer", address.peer.map(|peer| peer.ip()));
    line.flag("home", address.home).flag("-nodad", address.detect_duplicates);
    line.flag("mngtmpaddr", address.manage_temporary).flag("noprefixroute", address.no_prefix_route);
    line.flag("autojoin", address.autojoin).flag("no_track", !address.track);
    if address.preferred_lifetime != VirtualAddress::new(address.address).preferred_lifetime {
        match address.preferred_lifetime {
            Some(seconds) => line.value("preferred_lft", Some(seconds)),
            None => line.value("preferred_lft", Some("forever")),
        };
    }
    line.flag("use_vmac", address.use_vmac);
    line.text("track_group", address.track_group.as_deref());
    line.finish()
}
