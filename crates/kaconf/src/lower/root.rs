//! Root level: blocks, and the keywords that stand outside of them.

use std::time::Duration;

use super::ahead::Ahead;
use super::reader::Reader;
use crate::code::Code;
use crate::expand::Statement;
use crate::keywords;
use crate::source::Lookup;

impl Reader<'_> {
    /// Reads the files to their end.
    pub(super) fn root(&mut self, mut ahead: Option<Ahead<'_>>) {
        let mut statement = Statement::default();
        let mut pending = false;
        loop {
            if let Some(ahead) = ahead.take_if(|ahead| !pending && self.stands_at(ahead)) {
                self.take_over(ahead);
            }
            if !pending && !self.next(&mut statement) {
                break;
            }
            pending = false;
            if !statement.is_open() && !statement.is_close() {
                self.recorder.keyword(&statement);
            }
            match statement.word(0) {
                b"{" => {
                    let message = "unexpected '{', ignoring it".to_owned();
                    self.context.report(&statement, 0, Code::UnexpectedOpen, message);
                }
                // An extra one was reported when it was counted.
                b"}" => self.stray_close(&statement),
                b"global_defs" => self.global_defs(),
                b"vrrp_instance" => pending = self.vrrp_instance(&mut statement),
                _ => pending = self.root_keyword(&mut statement),
            }
        }
        self.report_open_blocks();
    }

    /// Whether it is between two blocks where another reader began, and sees there what that one has seen.
    fn stands_at(&self, ahead: &Ahead<'_>) -> bool {
        self.depth() == 0
            && !self.context.stopped
            && self.checkers.at_rest()
            && ahead.begins_at(&self.expander)
    }

    /// Goes on behind what another reader has read, if that could read it.
    fn take_over(&mut self, ahead: Ahead<'_>) {
        if let Some(part) = ahead.part()
            && self.expander.pass_over_file(part.lines)
        {
            self.config.has_virtual_servers = true;
            self.lvs.append(part.lvs);
            self.recorder.used_later(part.uses);
        }
    }

    /// A closing brace at root level that an opening one belongs to: that of an unknown keyword's block.
    pub(super) fn stray_close(&mut self, statement: &Statement) {
        let message = "unknown keyword '}': the block it ends is not one of keepalived's".to_owned();
        self.context.report(statement, 0, Code::UnknownKeyword, message);
    }

    /// A keyword of the root level. True if a statement was read that is not part of it.
    fn root_keyword(&mut self, statement: &mut Statement) -> bool {
        match statement.word(0) {
            b"static_ipaddress" => self.static_addresses(statement),
            b"static_routes" => self.static_routes(statement),
            b"static_rules" => self.static_rules(statement),
            b"use_pid_dir" => self.config.global.use_pid_dir = true,
            b"linkbeat_use_polling" => self.config.global.linkbeat_polling = true,
            b"namespace_with_ipsets" => self.config.global.firewall.namespace_with_ipsets = true,
            b"net_namespace_ipvs" => self.net_namespace_ipvs(statement),
            b"net_namespace" => self.net_namespace(statement),
            b"instance" => self.instance_name(statement),
            b"child_wait_time" => {
                if let Some(secs) = self.context.strict("", statement, 0, i64::from(u32::MAX), "ignoring it")
                {
                    self.config.global.child_wait_time = Duration::from_secs(secs as u64);
                }
            }
            _ => return self.other_root_keyword(statement),
        }
        false
    }

    fn other_root_keyword(&mut self, statement: &mut Statement) -> bool {
        if let Some(pending) = self.lvs_block(statement) {
            return pending;
        }
        let name = statement.text(0).into_owned();
        let Some(keyword) = keywords::find("root", &name) else {
            self.unknown(statement, "root");
            return false;
        };
        self.deprecated(statement, keyword);
        match keyword.name {
            "vrrp_script" | "vrrp_track_process" | "track_file" | "vrrp_track_file"
                if self.context.need(statement, 1).is_none() =>
            {
                return false;
            }
            "track_group" | "vrrp_sync_group" if statement.len() != 2 => {
                let message = format!("{} needs a name, and no more than that, skipping it", keyword.name);
                self.context.report(statement, statement.len().min(2), Code::BadBlockName, message);
                return self.skip_block(statement);
            }
            _ => {}
        }
        match keyword.name {
            "vrrp_script" => self.track_script(statement),
            "vrrp_track_process" => self.track_process(statement),
            "track_file" | "vrrp_track_file" => self.track_file(statement, keyword.name),
            "vrrp_sync_group" => return self.sync_group(statement),
            "track_group" => return self.track_group(statement),
            "bfd_instance" if self.context.need(statement, 1).is_none() => {}
            "bfd_instance" => return self.bfd_instance(statement),
            "garp_group" => self.garp_group(statement),
            "interface_up_down_delays" => self.interface_delays(statement),
            "linkbeat_interfaces" => self.linkbeat_interfaces(statement),
            _ => self.other_block(statement, keyword),
        }
        false
    }

    /// `net_namespace NAME`: the first one counts.
    fn net_namespace(&mut self, statement: &Statement) {
        if statement.len() < 2 {
            let message = "net_namespace name missing, ignoring it".to_owned();
            return self.context.report(statement, 0, Code::BadValue, message);
        }
        if self.config.global.net_namespace.is_some() {
            let message = format!("duplicate net_namespace definition {}, ignoring it", statement.text(1));
            return self.context.report(statement, 1, Code::Repeated, message);
        }
        self.mark("net_namespace", statement);
        self.config.global.net_namespace = Some(statement.text(1).into());
        self.config.global.use_pid_dir = true;
    }

    /// Whether the network namespace that is asked for does not exist.
    pub(super) fn namespace_missing(&mut self) -> bool {
        let Some(name) = &self.config.global.net_namespace else { return false };
        if self.parent_stopped || self.context.source.namespace(name) != Lookup::Missing {
            return false;
        }
        let message = format!("there is no network namespace {name}, nothing can be started in it");
        let at = self.places.get("net_namespace").copied();
        self.context.report_at(at, Code::NamespaceMissing, message);
        true
    }

    /// `net_namespace_ipvs [NAME]`: the first one counts; without a name it is that of init.
    fn net_namespace_ipvs(&mut self, statement: &Statement) {
        if self.config.global.net_namespace_ipvs.is_some() {
            let word = statement.len().min(2) - 1;
            let message = "duplicate net_namespace_ipvs definition, ignoring it".to_owned();
            return self.context.report(statement, word, Code::Repeated, message);
        }
        self.config.global.net_namespace_ipvs = Some(statement.text(1).into());
    }

    /// `instance NAME`: the first one counts.
    fn instance_name(&mut self, statement: &Statement) {
        if statement.len() < 2 {
            let message = "instance name missing, ignoring it".to_owned();
            return self.context.report(statement, 0, Code::BadValue, message);
        }
        if self.config.global.instance.is_some() {
            let message = format!("duplicate instance definition {}, ignoring it", statement.text(1));
            return self.context.report(statement, 1, Code::Repeated, message);
        }
        self.config.global.instance = Some(statement.text(1).into());
        self.config.global.use_pid_dir = true;
    }
}
