//! `garp_group`, `interface_up_down_delays`, `linkbeat_interfaces`: what is configured for interfaces.

use std::time::Duration;

use super::blocks::GarpDraftGroup;
use super::reader::{Next, Progress, Reader};
use crate::code::Code;
use crate::expand::Statement;
use crate::model::{InterfaceDelay, InterfaceName, LinkbeatInterface, LinkbeatMethod};

/// The most microseconds in 32 bits.
const MICROS_MAX: i64 = u32::MAX as i64;
/// Microseconds of the longest delay of an interface.
const DELAY_MAX: i64 = 255_000_000;

impl Reader<'_> {
    /// Reads a `garp_group`.
    pub(super) fn garp_group(&mut self, statement: &mut Statement) {
        let at = statement.at(0);
        let mut draft = GarpDraftGroup::default();
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(statement, &mut progress) {
            match statement.word(0) {
                b"garp_interval" => {
                    draft.group.garp_interval = self.spacing(statement).or(draft.group.garp_interval);
                }
                b"gna_interval" => {
                    draft.group.gna_interval = self.spacing(statement).or(draft.group.gna_interval);
                }
                b"interface" => {
                    if self.context.need(statement, 1).is_some() {
                        self.garp_interface(statement, 1, &mut draft);
                    }
                }
                b"interfaces" => self.garp_interfaces(statement, &mut draft),
                _ => self.unknown(statement, "garp_group"),
            }
        }
        if draft.group.garp_interval.is_none() && draft.group.gna_interval.is_none() {
            for interface in &draft.group.interfaces {
                self.blocks.garp_interfaces.remove(interface);
            }
            let message = "a garp_group without garp_interval and gna_interval does nothing, removing it";
            return self.context.report_at(at, Code::NoInterval, message.to_owned());
        }
        self.blocks.garp_groups.push(draft);
    }

    fn spacing(&mut self, statement: &Statement) -> Option<Duration> {
        let micros = self.context.seconds("(garp_group) ", statement, 0, MICROS_MAX, "ignoring it")?;
        Some(Duration::from_micros(micros as u64))
    }

    fn garp_interfaces(&mut self, statement: &mut Statement, draft: &mut GarpDraftGroup) {
        let head = std::mem::take(statement);
        let mut empty = true;
        self.lines(&head, |reader, line| {
            empty = false;
            for word in 0..line.len() {
                reader.garp_interface(line, word, draft);
            }
        });
        if empty {
            self.context.report(&head, 0, Code::NoMembers, "empty interfaces block of garp_group".to_owned());
        }
    }

    fn garp_interface(&mut self, statement: &Statement, word: usize, draft: &mut GarpDraftGroup) {
        let Some(interface) = self.context.interface_needed("(garp_group) ", statement, word) else { return };
        if !self.blocks.garp_interfaces.insert(interface.clone()) {
            let message = format!("{interface} is in a garp_group already, ignoring it in this one");
            return self.context.report(statement, word, Code::Repeated, message);
        }
        draft.group.interfaces.push(interface);
        draft.places.push(statement.at(word));
    }

    /// `interface_up_down_delays { NAME DOWN [UP] ... }`: what cannot be read is passed over.
    pub(super) fn interface_delays(&mut self, statement: &mut Statement) {
        self.lines(statement, |reader, line| {
            let Some(interface) = InterfaceName::new(&line.text(0)) else {
                return reader.no_such_interface(line);
            };
            let unread = format!("{} has no delay that can be used, passing it over", line.text(0));
            if line.len() < 2 {
                return reader.context.report(line, 0, Code::Unusual, unread);
            }
            let mut delay = |word: usize| {
                let read = crate::value::decimal(line.word(word), 0, DELAY_MAX, 6);
                if let Some(problem) = read.problem {
                    let message = format!("delay '{}' of {interface} {problem}", line.text(word));
                    reader.context.report(line, word, Code::BadNumber, message);
                }
                read.value.map(|micros| Duration::from_micros(micros as u64))
            };
            let Some(down) = delay(1) else { return };
            let Some(up) = (if line.len() > 2 { delay(2) } else { Some(Duration::ZERO) }) else { return };
            reader.blocks.delays.push((InterfaceDelay { interface, down, up }, line.at(0)));
        });
    }

    fn no_such_interface(&mut self, line: &Statement) {
        let message = format!("'{}' cannot be an interface", line.text(0));
        self.context.report(line, 0, Code::SettingOfNoInterface, message);
    }

    /// `linkbeat_interfaces { NAME [MII|ETHTOOL|IOCTL] ... }`
    pub(super) fn linkbeat_interfaces(&mut self, statement: &mut Statement) {
        self.lines(statement, |reader, line| {
            let Some(interface) = InterfaceName::new(&line.text(0)) else {
                return reader.no_such_interface(line);
            };
            let method = match line.word(1) {
                b"MII" => LinkbeatMethod::Mii,
                b"ETHTOOL" => LinkbeatMethod::Ethtool,
                b"IOCTL" => LinkbeatMethod::Ioctl,
                _ => LinkbeatMethod::Any,
            };
            if line.len() > 2 || (line.len() == 2 && method == LinkbeatMethod::Any) {
                let message = format!(
                    "'{}' behind {interface} is more than MII, ETHTOOL or IOCTL, ignoring what is not known",
                    line.text(1)
                );
                reader.context.report(line, 1, Code::ExtraParameter, message);
            }
            reader.blocks.linkbeats.push((LinkbeatInterface { interface, method }, line.at(0)));
        });
    }
}
