//! Packets on their way: lost, late, twice, out of order, mangled, or simply there.

use std::sync::Arc;

use vrrp_fsm::{Input, Priority, Vrid};

use super::Lan;
use crate::member::listen;
use crate::node::{Flight, NodeId, Waiting};
use crate::{Violation, What};

/// More packets between two nodes than any answers, repeats and full sockets explain.
const IN_FLIGHT: usize = 1_000;

impl Lan {
    /// One advert, to everyone else.
    pub(super) fn send(&mut self, from: NodeId, vrid: Vrid, priority: Priority) -> Result<(), Violation> {
        let host = &mut self.hosts[from.index()];
        let Some(router) = host.routers.iter_mut().find(|router| router.member.vrid == vrid) else {
            return Ok(());
        };
        router.counters.sent += 1;
        router.counters.farewells += u64::from(priority.is_stop());
        let family = router.member.family();
        let octets: Arc<[u8]> = router
            .member
            .say(from.address(family), priority)
            .map_err(|error| Violation::CannotBeSaid { node: from, vrid, error })?
            .into();
        if !host.linked {
            return Ok(());
        }
        let in_flight = self.air.len();
        if in_flight > IN_FLIGHT * self.hosts.len() * self.hosts.len() {
            return Err(Violation::Storm { in_flight });
        }
        let troubled = !self.is_fine();
        for index in 0..self.hosts.len() {
            let to = self.hosts[index].id;
            if to != from {
                let octets = octets.clone();
                self.launch(Flight { from, to, vrid, family, octets, troubled, mangled: false });
            }
        }
        Ok(())
    }

    /// Decides what befalls a packet on its way to one receiver.
    fn launch(&mut self, mut flight: Flight) {
        let weather = self.weather;
        let lost = weather.loss.happens(&mut self.rng);
        let twice = weather.duplicate.happens(&mut self.rng);
        let held_up = weather.reorder.happens(&mut self.rng);
        if weather.corrupt.happens(&mut self.rng) {
            let bit = self.rng.below(flight.octets.len() as u64 * 8) as usize;
            let mut octets = flight.octets.to_vec();
            octets[bit / 8] ^= 1 << (bit % 8);
            flight.octets = octets.into();
            flight.mangled = true;
        }
        let mut at = self.now.saturating_add(weather.delay).saturating_add(self.rng.up_to(weather.jitter));
        let (from, to) = (flight.from, flight.to);
        if lost || self.cuts.contains(&(from, to)) || self.parted.contains(&(from, to, flight.vrid)) {
            return;
        }
        let receiver = &mut self.hosts[flight.to.index()];
        let sender = flight.from.index();
        if receiver.latest.len() <= sender {
            receiver.latest.resize(sender + 1, self.now);
        }
        if held_up {
            at = at.saturating_add(self.rng.up_to(weather.jitter.saturating_mul(10)));
        } else {
            at = at.max(receiver.latest[sender]);
            receiver.latest[sender] = at;
        }
        if twice {
            let later = at.saturating_add(self.rng.up_to(weather.jitter));
            let place = self.arrange(later);
            self.air.insert(place, flight.clone());
        }
        let place = self.arrange(at);
        self.air.insert(place, flight);
    }

    /// A packet is there. Waits in the socket if the node stands still.
    pub(super) fn arrive(&mut self, flight: Flight) -> Result<(), Violation> {
        let host = &mut self.hosts[flight.to.index()];
        if !host.running || !host.linked {
            return Ok(());
        }
        if host.stall.is_some() {
            host.keep(Waiting::Packet(flight));
            return Ok(());
        }
        self.receive(flight)
    }

    /// The node reads a packet from its socket.
    pub(super) fn receive(&mut self, flight: Flight) -> Result<(), Violation> {
        if flight.troubled {
            self.troubled = self.now.max(self.troubled);
        }
        let host = &self.hosts[flight.to.index()];
        let members = host.routers.iter().map(|router| &router.member);
        match listen(members, flight.from.address(flight.family), &flight.octets) {
            Ok(None) => Ok(()),
            Ok(Some((vrid, heard))) => {
                if let Some(router) = self.router_mut(flight.to, vrid) {
                    router.counters.heard += 1;
                }
                self.feed(flight.to, vrid, Input::Advert(heard))
            }
            Err(error) => {
                let node = flight.to;
                self.timeline.note(self.now, What::Refused { node, error });
                self.refuse(&flight, error)
            }
        }
    }

    /// A refusal is counted, and is an error of ours unless the packet or the configuration explains it.
    fn refuse(&mut self, flight: &Flight, error: vrrp_wire::DecodeError) -> Result<(), Violation> {
        let spoke = self.hosts[flight.from.index()].find(flight.vrid).map(|router| router.member.clone());
        let Some(router) = self.router_mut(flight.to, flight.vrid) else {
            return Ok(());
        };
        router.counters.refused += 1;
        let alike = spoke.is_some_and(|spoke| router.member.is_of_one_kind_with(&spoke));
        if alike && !flight.mangled {
            return Err(Violation::OwnKindRefused { node: flight.to, vrid: flight.vrid, error });
        }
        Ok(())
    }
}
