//! `static_ipaddress`, `static_routes`, `static_rules`: held as long as the daemon runs, and put back when somebody
//! removes them.

use kaconf::model::{Config, InterfaceName, TrackGroup, VirtualAddress};
use tracing::{info, warn};
use vrrp_linux::{Address, AddressOp, IfIndex, NetlinkError};

use super::line::{Line, Placed, Sent};
use super::{address_text, follow, line_text};
use crate::vrrp::addresses::{Held, to_kernel};
use crate::vrrp::driver::Driver;

/// What they are called in the log.
const WHOSE: &str = "static";

/// All that is static.
#[derive(Debug, Default)]
pub(in crate::vrrp) struct Statics {
    pub(in crate::vrrp) addresses: Vec<Held>,
    lines: Vec<Placed>,
    pub(in crate::vrrp) groups: Vec<TrackGroup>,
}

impl Statics {
    pub(in crate::vrrp) fn lines(&self) -> impl Iterator<Item = &Placed> {
        self.lines.iter()
    }

    pub(in crate::vrrp) fn all(&self) -> &[Placed] {
        &self.lines
    }

    pub(super) fn all_mut(&mut self) -> &mut [Placed] {
        &mut self.lines
    }

    /// Interfaces that an instance follows because it is in a `track_group`.
    pub(in crate::vrrp) fn needed(&self, instance: &str) -> Vec<InterfaceName> {
        let addresses = self.addresses.iter().map(|held| &held.model);
        follow::needed_of_statics(
            addresses,
            self.lines.iter().map(|placed| &placed.line),
            &self.groups,
            instance,
        )
    }
}

impl Driver {
    /// Takes what is static from a configuration, and takes away what no longer is; what it does not have yet comes with
    /// [`Self::set_statics`].
    pub(in crate::vrrp) fn declare_statics(&mut self, config: &mut Config) {
        let fresh = Line::all(&config.static_routes, &config.static_rules);
        let fresh = fresh.into_iter().map(Placed::new).collect();
        let old = std::mem::take(&mut self.routing.statics.lines);
        self.routing.statics.lines = self.routing.exchange(old, fresh);
        self.routing.withdraw(self.kernel.netlink(), false);
        let hold = |model: VirtualAddress| Held::new(model, false, None);
        let mut fresh: Vec<Held> =
            std::mem::take(&mut config.static_addresses).into_iter().map(hold).collect();
        let mut gone = Vec::new();
        for old in std::mem::take(&mut self.routing.statics.addresses) {
            match fresh.iter_mut().find(|new| new.on.is_none() && new.is_alike(&old)) {
                Some(new) => new.on = old.on,
                None => gone.extend(old.on.map(|on| AddressOp::Remove(old.on_interface(on)))),
            }
        }
        self.kernel.change(&gone);
        self.routing.statics.addresses = fresh;
        self.routing.statics.groups = std::mem::take(&mut config.track_groups);
    }

    /// Sets what is not there: addresses, then routes, then rules.
    pub(in crate::vrrp) fn set_statics(&mut self) {
        let waiting = |held: &&mut Held| held.on.is_none();
        let mut asked = Vec::new();
        for held in self.routing.statics.addresses.iter_mut().filter(waiting) {
            let name = held.model.device.as_ref().map_or("", |name| name.as_str());
            match self.interfaces.find(name).map(|interface| interface.link.index) {
                Some(on) => {
                    (held.on, held.owed) = (Some(on), false);
                    asked.push(AddressOp::Add(to_kernel(&held.model, on)));
                }
                // Said once, until it is there.
                None if std::mem::replace(&mut held.owed, true) => {}
                None => {
                    info!(
                        "Not adding address {} to {name} since interface doesn't exist",
                        held.model.address
                    );
                }
            }
        }
        let outcomes = self.kernel.change(&asked);
        for (operation, outcome) in asked.iter().zip(outcomes) {
            if let (AddressOp::Add(address), Err(error)) = (operation, outcome)
                && error != NetlinkError::Exists
            {
                warn!("cannot set static address {}: {error}", address.network);
                self.forget_static_address(address);
            }
        }
        self.set_static_lines(false);
    }

    fn forget_static_address(&mut self, address: &Address) -> Option<&Held> {
        let is = |held: &&mut Held| held.on == Some(address.interface) && held.is(address);
        let held = self.routing.statics.addresses.iter_mut().find(is)?;
        held.on = None;
        Some(held)
    }

    fn set_static_lines(&mut self, all: bool) {
        let mut lines = std::mem::take(&mut self.routing.statics.lines);
        self.routing.set(self.kernel.netlink(), &mut lines, &self.interfaces, (None, WHOSE), all);
        self.routing.statics.lines = lines;
    }

    /// Takes all of it away: rules, routes, addresses.
    pub(in crate::vrrp) fn remove_statics(&mut self) {
        let lines = self.routing.statics.lines.iter_mut().rev();
        let gone: Vec<Sent> = lines.filter_map(|placed| placed.sent.take()).collect();
        self.routing.remove(self.kernel.netlink(), gone);
        let mut gone = Vec::new();
        for held in &mut self.routing.statics.addresses {
            gone.extend(held.on.take().map(|on| AddressOp::Remove(held.on_interface(on))));
        }
        for outcome in self.kernel.change(&gone) {
            match outcome {
                Ok(()) | Err(NetlinkError::AddressNotThere | NetlinkError::NoInterface) => {}
                Err(error) => warn!("a static address cannot be removed: {error}"),
            }
        }
    }

    /// Somebody removed an address: a static one is put back at once.
    pub(in crate::vrrp) fn restore_static_address(&mut self, address: &Address) {
        let found = self.forget_static_address(address).filter(|held| held.model.track);
        let device = |held: &Held| held.model.device.as_ref().map(ToString::to_string).unwrap_or_default();
        let Some(text) = found.map(|held| address_text(held, &device(held))) else { return };
        info!("Restoring deleted static address {text}");
        self.set_statics();
    }

    /// Somebody removed a static route or rule: it is put back at once.
    pub(super) fn restore_static_line(&mut self, number: usize) {
        let placed = &mut self.routing.statics.lines[number];
        placed.sent = None;
        if placed.line.is_tracked() {
            let kind = if matches!(placed.line, Line::Route(_)) { "route" } else { "rule" };
            info!("Restoring deleted static {kind} {}", line_text(placed, None));
            self.set_static_lines(false);
        }
    }

    /// An interface is up, or there again: what went with it is put back.
    pub(super) fn restore_statics_on(&mut self, index: IfIndex, name: &str) {
        let statics = &mut self.routing.statics;
        if statics.addresses.is_empty() && statics.lines.is_empty() {
            return;
        }
        let there = self.interfaces.get(index).map_or(&[][..], |interface| &interface.addresses);
        for held in &mut statics.addresses {
            let here = held.model.device.as_ref().is_some_and(|device| device.as_str() == name);
            if here && held.model.track && !there.iter().any(|address| held.is(address)) {
                held.on = None;
            }
        }
        self.set_statics();
        let over = |placed: &Placed| placed.line.is_tracked() && placed.is_over(index, name);
        if self.routing.statics.lines.iter().any(over) {
            self.set_static_lines(true);
        }
    }

    /// An interface is gone, and what was on it.
    pub(in crate::vrrp) fn statics_left(&mut self, index: IfIndex) {
        for held in self.routing.statics.addresses.iter_mut().filter(|held| held.on == Some(index)) {
            held.on = None;
        }
    }

    /// Nobody knows what was removed: all of it is set once more.
    pub(in crate::vrrp) fn restore_all_statics(&mut self) {
        for held in self.routing.statics.addresses.iter_mut().filter(|held| held.model.track) {
            held.on = None;
        }
        self.set_statics();
        self.set_static_lines(true);
    }
}
