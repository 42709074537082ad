//! The ports of real servers and sorry servers: without NAT a packet keeps the one it came with.

use super::draft::ServerDraft;
use super::reach::Reach;
use super::resolve::Resolver;
use crate::code::Code;
use crate::files::Location;
use crate::model::{VirtualServer, VirtualServerId};

impl Resolver<'_> {
    /// Compares ports with those of the virtual server, and sets them right where that can be done.
    pub(super) fn ports(
        &mut self,
        draft: &ServerDraft,
        reach: Reach,
        places: &[Option<Location>],
        new: &mut VirtualServer,
    ) {
        if reach.group.is_some() {
            return self.ports_of_group(draft, reach, places, new);
        }
        let port = match &new.id {
            VirtualServerId::Address(address) => address.port(),
            VirtualServerId::Fwmark(_) | VirtualServerId::Group(_) => 0,
        };
        let by_mark = matches!(new.id, VirtualServerId::Fwmark(mark) if mark != 0);
        for (real, at) in new.real_servers.iter_mut().zip(places) {
            let keeps = real.forwarding.keeps_port();
            if real.address.port() == 0 && !by_mark {
                real.address.set_port(port);
            } else if keeps && real.address.port() != port {
                let message = port_message(&format!("real server {}", real.address), by_mark, port);
                self.about(draft, *at, Code::PortMismatch, &message);
                real.address.set_port(port);
            }
        }
        let at = draft.sorry.as_ref().and_then(|sorry| sorry.at);
        if let Some(sorry) = new.sorry_server.as_mut().filter(|sorry| sorry.forwarding.keeps_port()) {
            if sorry.address.port() != 0 && sorry.address.port() != port {
                let message = port_message(&format!("sorry server {}", sorry.address), by_mark, port);
                self.about(draft, at, Code::PortMismatch, &message);
            }
            sorry.address.set_port(port);
        }
    }

    /// A group has as many ports as members: what does not fit is only said.
    fn ports_of_group(
        &mut self,
        draft: &ServerDraft,
        reach: Reach,
        places: &[Option<Location>],
        new: &VirtualServer,
    ) {
        let Some(group) = reach.group else { return };
        let fits = |port: u16| {
            let other = group.has_addresses && (group.several_ports || group.port != port);
            port == 0 || !(group.has_fwmarks || other)
        };
        let reals = new.real_servers.iter().zip(places);
        let reals = reals.map(|(real, at)| ("real server", real.address, real.forwarding, *at));
        let sorry_at = draft.sorry.as_ref().and_then(|sorry| sorry.at);
        let sorry = new.sorry_server.iter();
        let sorry = sorry.map(|sorry| ("sorry server", sorry.address, sorry.forwarding, sorry_at));
        for (what, address, forwarding, at) in reals.chain(sorry) {
            if forwarding.keeps_port() && !fits(address.port()) {
                let message = format!(
                    "{what} {address} has a port that not every member of the group has, ignoring it"
                );
                self.about(draft, at, Code::PortMismatch, &message);
            }
        }
    }
}

fn port_message(whose: &str, by_mark: bool, port: u16) -> String {
    if by_mark {
        format!("{whose} cannot have a port of its own behind a fwmark without NAT, ignoring it")
    } else {
        format!("{whose} must have the port of the virtual server without NAT, setting {port}")
    }
}
