//! `vrrp_instance`: which keyword is read by what.

use super::context::Context;
use super::dispatch::Dispatch;
use super::draft::{AuthType, Draft};
use super::instance_values as values;
use super::owner::Owner;
use super::reader::{Next, Progress, Reader};
use super::vmac;
use crate::code::Code;
use crate::expand::Statement;
use crate::keywords::{self, Shape};

/// Reads one keyword with a value, or a flag, into an instance.
pub(super) type Setter = fn(&mut Context<'_>, &Statement, &mut Draft);

/// The keywords that are read into the model, sorted by name.
pub(super) const KEYWORDS: &[(&str, Setter)] = &[
    ("accept", |_, _, draft| draft.accept = Some(true)),
    ("advert_int", values::advert_int),
    ("check_unicast_src", |_, _, draft| {
        draft.unicast.configured = true;
        draft.unicast.check_source = true;
    }),
    ("debug", values::debug),
    ("dont_track_primary", |_, _, draft| draft.dont_track_primary = true),
    ("down_timer_adverts", values::down_timer_adverts),
    ("garp_extra_if", vmac::garp_extra_if),
    ("garp_lower_prio_delay", |context, statement, draft| {
        values::garp_seconds(context, statement, &draft.name, &mut draft.garp.lower_prio_delay);
    }),
    ("garp_lower_prio_repeat", values::garp_lower_prio_repeat),
    ("garp_master_delay", |context, statement, draft| {
        values::garp_seconds(context, statement, &draft.name, &mut draft.garp.delay);
    }),
    ("garp_master_refresh", values::garp_master_refresh),
    ("garp_master_refresh_repeat", |context, statement, draft| {
        values::garp_repeat(context, statement, &draft.name, &mut draft.garp.refresh_repeat);
    }),
    ("garp_master_repeat", |context, statement, draft| {
        values::garp_repeat(context, statement, &draft.name, &mut draft.garp.repeat);
    }),
    ("higher_prio_send_advert", |context, statement, draft| {
        values::boolean(context, statement, &draft.name, &mut draft.higher_prio_send_advert);
    }),
    ("interface", values::interface),
    ("kernel_rx_buf_size", values::kernel_rx_buf_size),
    ("linkbeat_use_polling", values::linkbeat_use_polling),
    ("lower_prio_no_advert", |context, statement, draft| {
        values::boolean(context, statement, &draft.name, &mut draft.lower_prio_no_advert);
    }),
    ("mcast_dst_ip", values::mcast_dst_ip),
    ("mcast_src_ip", values::source),
    ("native_ipv6", values::native_ipv6),
    ("no_accept", |_, _, draft| draft.accept = Some(false)),
    ("no_virtual_ipaddress", |_, _, draft| draft.addresses.none_meant = true),
    ("nopreempt", |_, _, draft| draft.nopreempt = true),
    ("notify_priority_changes", |context, statement, draft| {
        values::boolean(context, statement, &draft.name, &mut draft.notify_priority_changes);
    }),
    ("old_unicast_checksum", values::old_unicast_checksum),
    ("owner_ignore_adverts", |context, statement, draft| {
        values::boolean(context, statement, &draft.name, &mut draft.owner_ignore_adverts);
    }),
    ("preempt", |_, _, draft| draft.nopreempt = false),
    ("preempt_delay", values::preempt_delay),
    ("priority", values::priority),
    ("promote_secondaries", |_, _, draft| draft.promote_secondaries = true),
    ("skip_check_adv_addr", values::skip_check_adv_addr),
    ("smtp_alert", |context, statement, draft| {
        values::boolean(context, statement, &draft.name, &mut draft.smtp_alert);
    }),
    ("state", values::state),
    ("strict_mode", |context, statement, draft| {
        values::boolean(context, statement, &draft.name, &mut draft.strict);
    }),
    ("thread_timer_expired", values::timer_expired_backup),
    ("timer_expired_backup", values::timer_expired_backup),
    ("track_src_ip", |_, _, draft| draft.track_source = true),
    ("unicast_fault_no_peer", |_, _, draft| {
        draft.unicast.configured = true;
        draft.unicast.fault_without_peers = true;
    }),
    ("unicast_src_ip", |context, statement, draft| {
        draft.unicast.configured = true;
        values::source(context, statement, draft);
    }),
    ("unicast_ttl", values::unicast_ttl),
    ("use_vmac_addr", |_, _, draft| draft.vmac.addresses = true),
    ("v3_checksum_as_v2", |context, statement, draft| {
        values::boolean(context, statement, &draft.name, &mut draft.checksum_as_v2);
    }),
    ("version", values::version),
    ("virtual_router_id", values::virtual_router_id),
    ("vmac_garp_intvl", vmac::garp_extra_if),
    ("vmac_xmit_base", |_, _, draft| draft.vmac.xmit_base = true),
    ("vrf", vmac::vrf),
];

static DISPATCH: Dispatch = Dispatch::new("vrrp_instance");

impl Reader<'_> {
    /// Reads a `vrrp_instance`. True if a statement was read that is not part of it.
    pub(super) fn vrrp_instance(&mut self, statement: &mut Statement) -> bool {
        if statement.len() != 2 {
            let message = "vrrp_instance must have a name, and no more than that".to_owned();
            self.context.report(statement, statement.len().min(2), Code::BadBlockName, message);
            return self.skip_block(statement);
        }
        let name = statement.text(1).into_owned();
        if !self.names.insert(name.as_str().into()) {
            let message = format!("vrrp instance {name} already defined, ignoring this one");
            self.context.report(statement, 1, Code::DuplicateName, message);
            return self.skip_block(statement);
        }
        let mut draft = Draft::new(&name, statement.at(1));
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(statement, &mut progress) {
            self.instance_keyword(statement, &mut draft);
        }
        if !self.context.stopped {
            self.vmac_finished(&mut draft);
            draft.shrink();
            self.drafts.push(draft);
        }
        false
    }

    fn instance_keyword(&mut self, statement: &mut Statement, draft: &mut Draft) {
        let number = self.recorder.number();
        if let Some(index) = DISPATCH.find(number, statement.word(0), KEYWORDS, |row| row.0) {
            KEYWORDS[index].1(&mut self.context, statement, draft);
            return draft.mark(index, statement.at(0));
        }
        let owner = Owner::of(&draft.name);
        if self.track_list(statement, owner, &mut draft.tracking)
            || self.context.notify(owner, statement, &mut draft.notify, false)
        {
            return;
        }
        match statement.word(0) {
            b"virtual_ipaddress" => self.virtual_addresses(statement, draft, false),
            b"virtual_ipaddress_excluded" => self.virtual_addresses(statement, draft, true),
            b"virtual_routes" => self.virtual_routes(statement, draft),
            b"virtual_rules" => self.virtual_rules(statement, draft),
            b"unicast_peer" => self.unicast_peers(statement, draft),
            b"authentication" => self.authentication(draft),
            b"auth_hmac" => self.auth_hmac(statement, draft),
            b"use_vmac" => self.use_vmac(statement, draft),
            b"use_ipvlan" => self.use_ipvlan(statement, draft),
            b"lvs_sync_daemon_interface" => self.lvs_sync_interface(statement, draft),
            _ => self.other_instance_keyword(statement),
        }
    }

    /// A keyword that the model has no place for, or that does not exist.
    fn other_instance_keyword(&mut self, statement: &mut Statement) {
        let name = statement.text(0).into_owned();
        let Some(keyword) = keywords::find("vrrp_instance", &name) else {
            return self.unknown(statement, "vrrp_instance");
        };
        self.deprecated(statement, keyword);
        match keyword.shape {
            Shape::Block | Shape::Lines => {
                self.lines(statement, |_, _| {});
            }
            Shape::Value => values::needs_value(&mut self.context, statement, keyword),
            Shape::Flag => {}
        }
    }

    /// `lvs_sync_daemon_interface NAME`: the first one of all instances counts.
    fn lvs_sync_interface(&mut self, statement: &Statement, draft: &mut Draft) {
        let owner = draft.owner();
        let message =
            format!("{owner}lvs_sync_daemon_interface is deprecated: use lvs_sync_daemon of global_defs");
        self.context.report(statement, 0, Code::Deprecated, message);
        if self.blocks.lvs_sync {
            let message = format!("{owner}lvs_sync_daemon_interface has already been given, ignoring it");
            self.context.report(statement, 0, Code::Repeated, message);
        } else if self.context.need(statement, 1).is_some() {
            draft.lvs_sync_interface = self.context.interface_name(owner, statement, 1);
            self.blocks.lvs_sync = true;
        }
    }

    fn authentication(&mut self, draft: &mut Draft) {
        let mut statement = Statement::default();
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(&mut statement, &mut progress) {
            match statement.word(0) {
                b"auth_type" => self.auth_type(&statement, draft),
                b"auth_pass" => self.auth_pass(&statement, draft),
                _ => self.unknown(&statement, "vrrp_instance/authentication"),
            }
        }
    }

    fn auth_type(&mut self, statement: &Statement, draft: &mut Draft) {
        let Some(word) = self.context.need(statement, 1) else { return };
        match word {
            b"PASS" => draft.auth_type = Some(AuthType::Pass),
            b"AH" => draft.auth_type = Some(AuthType::Ah),
            _ => {
                let message = format!(
                    "{}unknown authentication type '{}', ignoring it: PASS and AH are known",
                    draft.owner(),
                    statement.text(1)
                );
                self.context.report(statement, 1, Code::BadValue, message);
            }
        }
    }

    fn auth_pass(&mut self, statement: &Statement, draft: &mut Draft) {
        let Some(word) = self.context.need(statement, 1) else { return };
        if word.len() > draft.auth_pass.len() {
            let message =
                format!("{}truncating auth_pass to {} characters", draft.owner(), draft.auth_pass.len());
            self.context.report(statement, 1, Code::Truncated, message);
        }
        draft.auth_pass = [0; 8];
        for (to, from) in draft.auth_pass.iter_mut().zip(word) {
            *to = *from;
        }
    }
}
