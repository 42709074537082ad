//! What the kernel reports of links and addresses, and what it means for the instances.
//!
//! Reports only change the tables; [`Driver::refresh`] compares an instance with the tables and tells its
//! machine the difference. So a report that was lost costs nothing once the tables are read again.

use std::net::IpAddr;

use tracing::{debug, info, warn};
use vrrp_fsm::{Faults, Input, Instant};
use vrrp_linux::{Address, Event, IfIndex};

use super::driver::Driver;
use super::instance::InstanceId;
use super::interfaces::Interface;
use super::journal;
use super::kernel::is_marked;
use super::links::link_faults;
use super::vmac;

/// Readings of the monitor in one turn: whoever changes addresses without end does not keep the timers from running.
const READINGS: usize = 256;

/// Faults that the tables of links and addresses decide.
const FROM_TABLES: Faults = Faults::NO_INTERFACE
    .union(Faults::INTERFACE_DOWN)
    .union(Faults::BASE_DOWN)
    .union(Faults::NO_SOURCE)
    .union(STANDING);

/// Faults that the configuration decides alone.
const STANDING: Faults = Faults::NO_PEERS.union(Faults::CONFIG);

impl Driver {
    /// Takes all reports that wait.
    pub(super) fn hear_kernel(&mut self, now: Instant) {
        for _ in 0..READINGS {
            let mut events = Vec::new();
            if let Err(error) = self.monitor.read(&mut events) {
                warn!("reports of the kernel cannot be read: {error}");
            }
            if events.is_empty() {
                return;
            }
            self.take_reports(now, events);
        }
    }

    fn take_reports(&mut self, now: Instant, events: Vec<Event>) {
        for event in events {
            match event {
                Event::Link(link) => self.link_changed(now, link),
                Event::LinkGone { index, name } => self.link_gone(now, index, &name),
                Event::AddressAdded(address) => self.address_added(now, address),
                Event::AddressRemoved(address) => self.address_removed(now, &address),
                event @ (Event::RouteAdded(_) | Event::RouteRemoved(_) | Event::RuleRemoved(_)) => {
                    self.routing_changed(now, event);
                }
                Event::Overrun => return self.read_again(now),
            }
        }
    }

    fn address_added(&mut self, now: Instant, address: Address) {
        let (index, ip) = (address.interface, address.ip());
        if self.options.address_monitoring {
            info!("Assigned address {ip} for interface {}", self.name_of(index));
        }
        let own = self.is_virtual(&address);
        self.interfaces.add_address(address);
        // What was put there by us is nobody's source, and there may be thousands.
        if !own {
            self.refresh_on(index, ip, now);
            self.routing_retry();
        }
    }

    fn address_removed(&mut self, now: Instant, address: &Address) {
        let (index, ip) = (address.interface, address.ip());
        if self.options.address_monitoring {
            info!("Deassigned address {ip} from interface {}", self.name_of(index));
        }
        self.interfaces.remove_address(address);
        if !self.kernel.was_removed_by_us(address) {
            for id in self.virtuals.get(&ip).cloned().unwrap_or_default() {
                self.virtual_address_removed(id, now, address);
            }
            self.restore_static_address(address);
        }
        if !self.is_virtual(address) {
            self.refresh_on(index, ip, now);
        }
    }

    /// Somebody else removed one of our virtual addresses.
    fn virtual_address_removed(&mut self, id: InstanceId, now: Instant, address: &Address) {
        let instance = &mut self.instances[id.index()];
        let Some(held) = instance.held.iter_mut().find(|held| held.is(address)) else { return };
        if held.on != Some(address.interface) {
            return;
        }
        held.on = None;
        if held.model.track {
            let name = self.name_of(address.interface);
            info!("Netlink reflector reports IP {} removed from {name}", address.ip());
            self.feed(id, now, Input::AddressLost);
        }
    }

    /// The monitor lost reports: read everything and compare.
    fn read_again(&mut self, now: Instant) {
        warn!("reports of the kernel were lost: reading all links and addresses again");
        // What waits is older than what will be read; and until nothing waits, new reports are lost unsaid.
        let mut stale = Vec::new();
        for _ in 0..READINGS {
            stale.clear();
            if self.monitor.read(&mut stale).is_err() || stale.is_empty() {
                break;
            }
        }
        match self.kernel.read() {
            Ok(interfaces) => {
                let vmacs = std::mem::take(&mut self.interfaces.vmacs);
                self.interfaces = interfaces;
                self.interfaces.vmacs = vmacs;
                self.vmacs.look_again();
                self.delays.forget_pending();
            }
            Err(error) => {
                warn!("links and addresses cannot be read: {error}");
                return;
            }
        }
        for id in self.ids() {
            self.find_lost(id, now);
            self.refresh(id, now);
        }
        self.interfaces_changed(now);
        self.read_routing_again(now);
    }

    fn find_lost(&mut self, id: InstanceId, now: Instant) {
        let mut lost = false;
        for held in &mut self.instances[id.index()].held {
            let Some(on) = held.on else { continue };
            let interface = self.interfaces.get(on);
            if interface.is_none_or(|interface| !interface.addresses.iter().any(|address| held.is(address))) {
                held.on = None;
                lost |= held.model.track;
            }
        }
        if lost {
            self.feed(id, now, Input::AddressLost);
        }
    }

    /// An address of the host came or went: it may be the source of those on its interface, or of one that tracks
    /// its source wherever it is.
    fn refresh_on(&mut self, index: IfIndex, ip: IpAddr, now: Instant) {
        let of_interest = |id: &InstanceId| {
            let instance = &self.instances[id.index()];
            instance.stands_on(index) || (instance.model.track_source && instance.model.source == Some(ip))
        };
        let concerned: Vec<_> = self.ids().filter(of_interest).collect();
        for id in concerned {
            self.refresh(id, now);
        }
    }

    /// Compares an instance with what is known of the host, and tells its machine what changed.
    pub(super) fn refresh(&mut self, id: InstanceId, now: Instant) {
        let instance = &self.instances[id.index()];
        let (base, interface) = self.places(&instance.model);
        let speaker = if vmac::speaks_from_own(&instance.model) { interface } else { base };
        let source = self.source(id, speaker);
        let index = |interface: Option<&Interface>| interface.map(|interface| interface.link.index);
        let (base_index, index) = (index(base), index(interface));
        let mut faults =
            instance.standing_faults() | link_faults(&self.delays, &instance.model, base, interface);
        if source.is_none() {
            faults |= Faults::NO_SOURCE;
        }
        let present = instance.machine.faults() & FROM_TABLES;
        if (instance.base, instance.interface) != (base_index, index) {
            self.sockets_stale = true;
        }
        let instance = &mut self.instances[id.index()];
        (instance.base, instance.interface) = (base_index, index);
        if instance.source != source {
            match source {
                Some(source) => debug!("({}) source address is now {source}", instance.model.name),
                None => debug!("({}) there is no source address", instance.model.name),
            }
            instance.source = source;
            instance.speaks_from = source.or(instance.speaks_from);
            self.feed(id, now, Input::Source(source));
        }
        let (appeared, cleared) = (faults & !present, present & !faults);
        if !appeared.is_empty() {
            journal::faults(&self.instances[id.index()], appeared);
            self.feed(id, now, Input::Fault(appeared));
        }
        if !cleared.is_empty() {
            self.feed(id, now, Input::Cleared(cleared));
        }
    }

    /// The interface that an instance was given and the one that is its own.
    fn places(&self, model: &kaconf::model::Instance) -> (Option<&Interface>, Option<&Interface>) {
        let base = model.interface.as_ref().and_then(|name| self.interfaces.find(name.as_str()));
        match vmac::Key::of_instance(model) {
            Some(key) => (base, base.and_then(|_| self.interfaces.vmac(&key))),
            None => (base, base),
        }
    }

    /// Where all instances are, before their machines are told.
    pub(super) fn locate_instances(&mut self) {
        for id in self.ids() {
            let (base, interface) = self.places(&self.instances[id.index()].model);
            let index = |interface: Option<&Interface>| interface.map(|interface| interface.link.index);
            let found = (index(base), index(interface));
            let instance = &mut self.instances[id.index()];
            (instance.base, instance.interface) = found;
        }
    }

    fn source(&self, id: InstanceId, interface: Option<&Interface>) -> Option<IpAddr> {
        let instance = &self.instances[id.index()];
        let model = &instance.model;
        match (model.source, interface) {
            (Some(source), _) if model.track_source => {
                let mut addresses = self.interfaces.iter().flat_map(|interface| &interface.addresses);
                addresses.any(|address| address.ip() == source).then_some(source)
            }
            (Some(source), _) => Some(source),
            (None, Some(interface)) => interface.source(model.family, |address| self.is_virtual(address)),
            (None, None) => None,
        }
    }

    /// Whether an address is there only because of an instance. What an owner protects may be the host's own.
    pub(super) fn is_virtual(&self, address: &Address) -> bool {
        let owned = |id: &InstanceId| self.instances[id.index()].model.priority.is_owner();
        match self.virtuals.get(&address.ip()) {
            Some(ids) => is_marked(address) || !ids.iter().any(owned),
            None => false,
        }
    }

    pub(super) fn name_of(&self, index: IfIndex) -> &str {
        self.interfaces.get(index).map_or("?", |interface| interface.link.name.as_str())
    }
}
