//! `virtual_server`: which keyword is read by what.

use vrrp_types::Family;

use super::draft::{Method, ServerDraft};
use super::server_values as own;
use super::values;
use crate::code::Code;
use crate::expand::Statement;
use crate::lower::context::Context;
use crate::lower::dispatch::Dispatch;
use crate::lower::reader::{Next, Progress, Reader};
use crate::model::VirtualServerId;

/// Reads one keyword with a value, or a flag, into a virtual server.
type Setter = fn(&mut Context<'_>, &Statement, &mut ServerDraft);

/// The keywords that are no blocks, sorted by name.
pub(super) const KEYWORDS: &[(&str, Setter)] = &[
    ("alpha", |_, _, draft| draft.alpha = true),
    ("connect_timeout", |c, s, draft| values::connect_timeout(c, s, &mut draft.timing.connect_timeout)),
    ("delay_before_retry", |c, s, draft| values::delay_before_retry(c, s, &mut draft.timing)),
    ("delay_loop", |c, s, draft| values::delay_loop(c, s, &mut draft.timing)),
    ("flag-1", |_, _, draft| draft.flags.flag_1 = true),
    ("flag-2", |_, _, draft| draft.flags.flag_2 = true),
    ("flag-3", |_, _, draft| draft.flags.flag_3 = true),
    ("ha_suspend", |_, statement, draft| {
        draft.at.ha_suspend = statement.at(0);
        draft.ha_suspend = true;
    }),
    ("hashed", own::scheduler_flag),
    ("hysteresis", own::hysteresis),
    ("inhibit_on_failure", |_, _, draft| draft.inhibit = true),
    ("ip_family", own::ip_family),
    ("lb_algo", own::scheduler),
    ("lb_kind", |c, s, draft| values::forwarding(c, s, &mut draft.forwarding)),
    ("lvs_method", |c, s, draft| values::forwarding(c, s, &mut draft.forwarding)),
    ("lvs_sched", own::scheduler),
    ("mh-fallback", own::scheduler_flag),
    ("mh-port", own::scheduler_flag),
    ("omega", |_, _, draft| draft.omega = true),
    ("ops", |_, statement, draft| {
        draft.at.one_packet = statement.at(0);
        draft.one_packet = true;
    }),
    ("persistence_engine", own::engine),
    ("persistence_granularity", own::granularity),
    ("persistence_timeout", own::persistence_timeout),
    ("protocol", own::protocol),
    ("quorum", own::quorum),
    ("quorum_down", |c, s, draft| own::script(c, s, draft, false)),
    ("quorum_up", |c, s, draft| own::script(c, s, draft, true)),
    ("retry", |c, s, draft| values::retry(c, s, &mut draft.timing)),
    ("sh-fallback", own::scheduler_flag),
    ("sh-port", own::scheduler_flag),
    ("smtp_alert", |c, s, draft| draft.smtp_alert = c.boolean("", s).or(draft.smtp_alert)),
    ("snmp_name", |c, s, draft| values::snmp_name(c, s, &mut draft.snmp_name)),
    ("sorry_server", own::sorry_server),
    ("sorry_server_inhibit", |c, s, draft| {
        if let Some(sorry) = own::has_sorry_server(c, s, draft) {
            sorry.inhibit = true;
        }
    }),
    ("sorry_server_lvs_method", |c, s, draft| {
        if let Some(sorry) = own::has_sorry_server(c, s, draft) {
            values::forwarding(c, s, &mut sorry.forwarding);
        }
    }),
    ("virtualhost", |c, s, draft| values::text(c, s, &mut draft.virtualhost)),
    ("warmup", |c, s, draft| values::warmup(c, s, &mut draft.timing)),
    ("weight", own::weight),
];

static DISPATCH: Dispatch = Dispatch::new("virtual_server");

impl Reader<'_> {
    /// Reads a `virtual_server`. True if a statement was read that is not part of it.
    pub(super) fn virtual_server(&mut self, statement: &mut Statement) -> bool {
        let Some(id) = virtual_server_id(&mut self.context, statement) else {
            return self.skip_block(statement);
        };
        let mut draft = ServerDraft::new(id, statement.at(1));
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(statement, &mut progress) {
            let word = statement.word(0);
            if let Some(index) = DISPATCH.find(self.recorder.number(), word, KEYWORDS, |row| row.0) {
                KEYWORDS[index].1(&mut self.context, statement, &mut draft);
            } else if word == b"real_server" {
                self.real_server(statement, &mut draft);
            } else {
                self.unknown(statement, "virtual_server");
            }
        }
        if !self.context.stopped {
            self.virtual_server_end(draft);
        }
        false
    }

    fn virtual_server_end(&mut self, mut draft: ServerDraft) {
        if draft.real_servers.is_empty() {
            let message = format!("{}a virtual server without real servers, leaving it out", draft.owner());
            return self.context.report_at(draft.at.block, Code::NoRealServer, message);
        }
        self.sorry_server_family(&mut draft);
        if draft.family.is_none() && !matches!(draft.id, VirtualServerId::Group(_)) {
            draft.family = Some(family_of_tunnels(&draft));
        }
        draft.real_servers.shrink_to_fit();
        self.lvs.servers.push_back(Box::new(draft));
    }

    /// Only through a tunnel may a sorry server be of another family.
    fn sorry_server_family(&mut self, draft: &mut ServerDraft) {
        let Some(sorry) = draft.sorry.take_if(|sorry| sorry.forwarding.method != Some(Method::Tunnel)) else {
            return;
        };
        let own = Family::of(sorry.address.ip());
        let family = *draft.family.get_or_insert(own);
        if family == own {
            draft.sorry = Some(sorry);
            return;
        }
        let message = format!(
            "{}sorry server {} must be {family} as the virtual server is, leaving it out",
            draft.owner(),
            sorry.address
        );
        self.context.report_at(sorry.at, Code::FamilyMismatch, message);
    }
}

/// The family of a firewall mark all of whose servers are behind tunnels: theirs, or IPv4 if they differ.
fn family_of_tunnels(draft: &ServerDraft) -> Family {
    let sorry = draft.sorry.iter().map(|sorry| sorry.address);
    let mut families =
        sorry.chain(draft.real_servers.iter().map(|real| real.address)).map(|a| Family::of(a.ip()));
    let first = families.next().unwrap_or(Family::V4);
    if families.all(|family| family == first) { first } else { Family::V4 }
}

/// `ADDRESS [PORT]`, `fwmark MARK`, `group NAME`
fn virtual_server_id(context: &mut Context<'_>, statement: &Statement) -> Option<VirtualServerId> {
    match context.need(statement, 1)? {
        b"group" => {
            context.need(statement, 2)?;
            Some(VirtualServerId::Group(statement.text(2).into()))
        }
        b"fwmark" => {
            let all = 0..=i64::from(u32::MAX);
            let mark = values::number_in(
                context,
                statement,
                2,
                all,
                "virtual server fwmark",
                "leaving the virtual server out",
                true,
            );
            mark.map(VirtualServerId::Fwmark)
        }
        _ => {
            let outcome = "leaving the virtual server out";
            values::socket_address(context, statement, 1, "virtual server", outcome)
                .map(VirtualServerId::Address)
        }
    }
}
