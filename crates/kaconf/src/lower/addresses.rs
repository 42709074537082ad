//! The lists `virtual_ipaddress` and `virtual_ipaddress_excluded`: which lines are kept.

use vrrp_types::Family;

use super::address_line::Line;
use super::draft::{DeviceLine, Draft};
use super::owner::Owner;
use super::reader::Reader;
use crate::code::Code;
use crate::diag::Diagnostic;
use crate::expand::Statement;
use crate::model::VirtualAddress;

impl Reader<'_> {
    /// Reads the lines of one of the two lists.
    pub(super) fn virtual_addresses(&mut self, statement: &mut Statement, draft: &mut Draft, excluded: bool) {
        self.lines(statement, |reader, line| {
            let read = Line::new(line, draft.owner(), false).read(&mut reader.context);
            if let Some(address) = read {
                reader.add_address(line, draft, address, excluded);
            }
        });
    }

    /// Adds an address, unless its family is another's or it is there already.
    fn add_address(&mut self, line: &Statement, draft: &mut Draft, new: VirtualAddress, excluded: bool) {
        let owner = Owner::of(&draft.name);
        let ip = new.address.ip();
        if !excluded {
            let family = *draft.family.get_or_insert(Family::of(ip));
            if family != Family::of(ip) {
                let message = format!(
                    "{owner}virtual address {} must be {family} as the instance is, ignoring it",
                    line.text(0)
                );
                let found = Diagnostic::new(Code::FamilyMismatch, line.at(0), message).help(
                    "give the other family an instance of its own, or list it in virtual_ipaddress_excluded",
                );
                return self.context.sink.push(line.explain(found));
            }
        }
        let place = |address: &VirtualAddress| (address.address.ip(), address.device.clone());
        let known = &mut draft.addresses;
        let key = (ip, new.device.clone());
        // The same address may be carried and excluded if the devices differ.
        let carried = if excluded {
            known.known_carried.contains(&known.carried, place, &key)
        } else {
            known.known.contains(&known.carried, |address| address.address.ip(), &ip)
        };
        if carried || known.known_excluded.contains(&known.excluded, place, &key) {
            let message = format!(
                "{owner}{}VIP duplicates {} {}, ignoring it",
                if excluded { "excluded " } else { "" },
                if carried { "a VIP" } else { "an excluded VIP" },
                line.text(0)
            );
            return self.context.report(line, 0, Code::DuplicateAddress, message);
        }
        let list = if excluded { &mut known.excluded } else { &mut known.carried };
        if new.device.is_some() {
            let device_line = DeviceLine { index: list.len() as u32, excluded, at: line.at(0) };
            known.with_device.push(device_line);
        }
        list.push(new);
    }
}
