//! Addresses, routes and rules of instances, and the static ones: which lines are kept, and what is checked in the end.
//!
//! How one line is read is said by `route`, `rule` and `address_line`; `words` walks along it.

mod checks;
mod encap;
mod metrics;
mod names;
mod next_hops;
mod numbers;
mod prefix;
mod route;
mod rule;
mod rule_action;
mod words;

use std::collections::HashSet;

use vrrp_types::Family;

use super::address_line::Line;
use super::context::Context;
use super::draft::Draft;
use super::owner::Owner;
use super::reader::Reader;
use crate::code::Code;
use crate::expand::Statement;
use crate::files::Location;
use crate::model::{DynamicInterfaces, InterfaceName, Rule};
use crate::source::{InterfaceFacts, RoutingDirs, RoutingNames};

use names::Names;
use route::RouteLine;
use rule::RuleLine;

/// An interface that does not exist now.
#[derive(Debug)]
struct Missing {
    at: Option<Location>,
    message: Box<str>,
    /// No interface can have such a name.
    never: bool,
}

/// What lines have in common.
#[derive(Debug, Default)]
pub(super) struct Routing {
    /// Names of tables and the like.
    names: Names,
    /// How many rules of IPv4 and IPv6 had no preference.
    without_preference: [u32; 2],
    /// Names of the `track_group` blocks so far.
    pub(super) groups: HashSet<Box<str>>,
    /// Interfaces that were named and do not exist now.
    missing: Vec<Missing>,
    /// Static addresses without a device, by number, and where each stands.
    without_device: Vec<(usize, Option<Location>)>,
}

impl Routing {
    /// Where the names of tables and the like are looked up.
    pub(super) const fn directories(&mut self) -> &mut RoutingDirs {
        &mut self.names.dirs
    }

    /// The preference of the next rule without one.
    fn next_preference(&mut self, family: Family) -> u32 {
        let count = &mut self.without_preference[usize::from(family == Family::V6)];
        let preference = Rule::FIRST_PREFERENCE.wrapping_sub(*count);
        *count = count.wrapping_add(1);
        preference
    }
}

impl Context<'_> {
    /// A group of interfaces by number or name; one name is known everywhere.
    pub(super) fn link_group(&mut self, word: &[u8]) -> Option<u32> {
        let group = self.routing.names.number(self.source, RoutingNames::Groups, word);
        group.or((word == b"default").then_some(0))
    }

    /// A scope by number or name.
    pub(super) fn scope(&mut self, word: &[u8]) -> Option<u8> {
        let number = self.routing.names.number(self.source, RoutingNames::Scopes, word);
        number.and_then(|number| u8::try_from(number).ok())
    }

    /// Keeps in mind an interface that does not exist. Whether that matters is known once all is read.
    pub(super) fn interface_is_missing(&mut self, at: Option<Location>, message: String, never: bool) {
        self.routing.missing.push(Missing { at, message: message.into(), never });
    }

    /// Whether a `track_group` of that name was defined so far.
    pub(super) fn has_track_group(&self, name: &str) -> bool {
        self.routing.groups.contains(name)
    }
}

/// The name of a VRF, or what is wrong with it.
fn vrf(context: &Context<'_>, name: &str) -> Result<InterfaceName, &'static str> {
    let known = InterfaceName::new(name);
    let Some(known) = known.filter(|name| context.interface(name) != InterfaceFacts::Missing) else {
        return Err("does not exist");
    };
    let other = context.source.interface_kind(name).is_some_and(|kind| kind != "vrf");
    if other { Err("is not a VRF") } else { Ok(known) }
}

impl Reader<'_> {
    /// `virtual_routes`
    pub(super) fn virtual_routes(&mut self, statement: &mut Statement, draft: &mut Draft) {
        let (head, owner) = (std::mem::take(statement), Owner::of(&draft.name));
        self.lines(&head, |reader, line| {
            draft.routes.extend(RouteLine::new(line, owner, false).read(&mut reader.context));
        });
    }

    /// `virtual_rules`
    pub(super) fn virtual_rules(&mut self, statement: &mut Statement, draft: &mut Draft) {
        let (head, owner) = (std::mem::take(statement), Owner::of(&draft.name));
        self.lines(&head, |reader, line| {
            draft.rules.extend(RuleLine::new(line, owner, false).read(&mut reader.context));
        });
    }

    /// `static_routes`
    pub(super) fn static_routes(&mut self, statement: &mut Statement) {
        self.lines(statement, |reader, line| {
            let read = RouteLine::new(line, Owner::NONE, true).read(&mut reader.context);
            reader.config.static_routes.extend(read);
        });
    }

    /// `static_rules`
    pub(super) fn static_rules(&mut self, statement: &mut Statement) {
        self.lines(statement, |reader, line| {
            let read = RuleLine::new(line, Owner::NONE, true).read(&mut reader.context);
            reader.config.static_rules.extend(read);
        });
    }

    /// `static_ipaddress`
    pub(super) fn static_addresses(&mut self, statement: &mut Statement) {
        self.lines(statement, |reader, line| {
            let read = Line::new(line, Owner::NONE, true).read(&mut reader.context);
            let Some(address) = read else { return };
            match &address.device {
                None => {
                    let place = (reader.config.static_addresses.len(), line.at(0));
                    reader.context.routing.without_device.push(place);
                }
                Some(name) if reader.context.interface(name) == InterfaceFacts::Missing => {
                    let message = format!("interface {name} of address {} does not exist", line.text(0));
                    reader.context.interface_is_missing(line.at(0), message, false);
                }
                Some(_) => {}
            }
            reader.config.static_addresses.push(address);
        });
    }

    /// Once all is read: interfaces that must exist, and static addresses that take the default one.
    pub(super) fn settle_routing(&mut self) {
        if self.context.stopped {
            return;
        }
        let missing = std::mem::take(&mut self.context.routing.missing);
        let default = self.config.global.default_interface.clone();
        let may_appear = self.config.global.dynamic_interfaces != DynamicInterfaces::Off;
        for Missing { at, message, never } in missing {
            let code = if may_appear { Code::BadValue } else { Code::InterfaceMissing };
            if never || !may_appear {
                self.context.report_at(at, code, message.into());
            }
        }
        let none = !may_appear && self.context.interface(&default) == InterfaceFacts::Missing;
        for (index, at) in std::mem::take(&mut self.context.routing.without_device) {
            if none {
                let message = format!(
                    "a static address needs 'dev', or the default interface, and there is no {default} here"
                );
                self.context.report_at(at, Code::NoStaticInterface, message);
            }
            if let Some(address) = self.config.static_addresses.get_mut(index) {
                address.device = Some(default.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{route, rule};
    use crate::keywords;

    #[test]
    fn every_keyword_of_a_line_is_in_the_table_and_in_order() {
        let routes: Vec<_> = route::KEYWORDS.iter().map(|(name, _)| *name).collect();
        let rules: Vec<_> = rule::KEYWORDS.iter().map(|(name, _)| *name).collect();
        for (block, names) in
            [("vrrp_instance/virtual_routes", routes), ("vrrp_instance/virtual_rules", rules)]
        {
            assert!(names.is_sorted_by(|a, b| a < b), "{block}");
            for name in names {
                assert!(keywords::find(block, name).is_some(), "{block} {name}");
            }
        }
    }
}
