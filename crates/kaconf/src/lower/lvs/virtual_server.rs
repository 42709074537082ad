//! `virtual_server`: which keyword is read by what.

use std::net::SocketAddr;

use vrrp_types::Family;

use super::draft::{Method, ServerDraft, SorryDraft};
use super::values::{self, IGNORING};
use crate::code::Code;
use crate::expand::Statement;
use crate::keywords;
use crate::lower::context::Context;
use crate::lower::reader::{Next, Progress, Reader};
use crate::model::{Granularity, Persistence, Protocol, Scheduler, VirtualServerId};

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
    ("hashed", scheduler_flag),
    ("hysteresis", hysteresis),
    ("inhibit_on_failure", |_, _, draft| draft.inhibit = true),
    ("ip_family", ip_family),
    ("lb_algo", scheduler),
    ("lb_kind", |c, s, draft| values::forwarding(c, s, &mut draft.forwarding)),
    ("lvs_method", |c, s, draft| values::forwarding(c, s, &mut draft.forwarding)),
    ("lvs_sched", scheduler),
    ("mh-fallback", scheduler_flag),
    ("mh-port", scheduler_flag),
    ("omega", |_, _, draft| draft.omega = true),
    ("ops", |_, statement, draft| {
        draft.at.one_packet = statement.at(0);
        draft.one_packet = true;
    }),
    ("persistence_engine", engine),
    ("persistence_granularity", granularity),
    ("persistence_timeout", persistence_timeout),
    ("protocol", protocol),
    ("quorum", quorum),
    ("quorum_down", |c, s, draft| script(c, s, draft, false)),
    ("quorum_up", |c, s, draft| script(c, s, draft, true)),
    ("retry", |c, s, draft| values::retry(c, s, &mut draft.timing)),
    ("sh-fallback", scheduler_flag),
    ("sh-port", scheduler_flag),
    ("smtp_alert", |c, s, draft| draft.smtp_alert = c.boolean("", s).or(draft.smtp_alert)),
    ("snmp_name", |c, s, draft| values::snmp_name(c, s, &mut draft.snmp_name)),
    ("sorry_server", sorry_server),
    ("sorry_server_inhibit", |c, s, draft| {
        if let Some(sorry) = has_sorry_server(c, s, draft) {
            sorry.inhibit = true;
        }
    }),
    ("sorry_server_lvs_method", |c, s, draft| {
        if let Some(sorry) = has_sorry_server(c, s, draft) {
            values::forwarding(c, s, &mut sorry.forwarding);
        }
    }),
    ("virtualhost", |c, s, draft| values::text(c, s, &mut draft.virtualhost)),
    ("warmup", |c, s, draft| values::warmup(c, s, &mut draft.timing)),
    ("weight", weight),
];

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
            if let Ok(index) = KEYWORDS.binary_search_by(|(name, _)| name.as_bytes().cmp(word)) {
                self.old_spelling(statement, "virtual_server");
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

    /// Reports a keyword that keepalived calls deprecated.
    pub(super) fn old_spelling(&mut self, statement: &Statement, block: &str) {
        if let Some(keyword) = keywords::find(block, &statement.text(0)) {
            self.deprecated(statement, keyword);
        }
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
        self.lvs.servers.push(draft);
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

fn ip_family(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    let Some(word) = context.need(statement, 1) else { return };
    let family = match word {
        b"inet" => Family::V4,
        b"inet6" => Family::V6,
        _ => {
            let message =
                format!("unknown ip_family '{}', ignoring it: inet and inet6 are known", statement.text(1));
            return context.report(statement, 1, Code::BadValue, message);
        }
    };
    if *draft.family.get_or_insert(family) != family {
        let message = format!(
            "{}ip_family {} is not that of its servers, ignoring it",
            draft.owner(),
            statement.text(1)
        );
        context.report(statement, 1, Code::FamilyMismatch, message);
    }
}

/// `lb_algo`, `lvs_sched`
fn scheduler(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    let Some(word) = context.need(statement, 1) else { return };
    match Scheduler::ALL.iter().find(|scheduler| scheduler.name().as_bytes() == word) {
        Some(scheduler) => draft.scheduler = Some(*scheduler),
        None => {
            let known: Vec<_> = Scheduler::ALL.iter().map(|scheduler| scheduler.name()).collect();
            let message = format!(
                "unknown scheduler '{}', ignoring it: {} are known",
                statement.text(1),
                known.join(", ")
            );
            context.report(statement, 1, Code::BadValue, message);
        }
    }
}

/// `hashed`, and the flags of the schedulers sh and mh, which have to be chosen before.
fn scheduler_flag(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    match (draft.scheduler, statement.word(0)) {
        (Some(Scheduler::Sh), b"sh-port") | (Some(Scheduler::Mh), b"mh-port") => draft.flags.flag_2 = true,
        (Some(Scheduler::Sh), b"sh-fallback") | (Some(Scheduler::Mh), b"mh-fallback") => {
            draft.flags.flag_1 = true;
        }
        (Some(Scheduler::Sh | Scheduler::Mh), _) => {
            let message = format!("{} does nothing for this scheduler, ignoring it", statement.text(0));
            context.report(statement, 0, Code::Unusual, message);
        }
        _ => {
            let message =
                format!("{} needs the scheduler sh or mh, given before it, ignoring it", statement.text(0));
            context.report(statement, 0, Code::SchedulerFlag, message);
        }
    }
}

fn engine(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    /// The kernel's `IP_VS_PENAME_MAXLEN` without the octet that ends it.
    const MAX: usize = 15;
    if context.need(statement, 1).is_none() {
        return;
    }
    let name = statement.text(1);
    let end = (0..=MAX.min(name.len())).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    if name.len() > MAX {
        let message = format!("persistence_engine '{name}' is too long, truncating it to '{}'", &name[..end]);
        context.report(statement, 1, Code::Truncated, message);
    }
    draft.engine = Some(name[..end].into());
}

/// A netmask for IPv4, the length of a prefix for IPv6; makes the virtual server persistent.
fn granularity(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    let Some(word) = context.need(statement, 1) else { return };
    let looks = if word.contains(&b'.') { Family::V4 } else { Family::V6 };
    let family = draft.family.unwrap_or(looks);
    draft.granularity = Some(match family {
        Family::V4 => match values::loose_ipv4(word) {
            Some(mask) => Granularity::Mask(mask),
            None => {
                let message = format!(
                    "persistence_granularity '{}' is not an IPv4 netmask, ignoring it",
                    statement.text(1)
                );
                return context.report(statement, 1, Code::BadValue, message);
            }
        },
        Family::V6 => match context.strict("", statement, 1, 128, IGNORING) {
            Some(length) => Granularity::Prefix(length as u8),
            None => return,
        },
    });
    draft.family = Some(family);
    let default = Persistence::default().timeout.as_secs() as u32;
    draft.persistence_timeout.get_or_insert(default);
}

fn persistence_timeout(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    /// The kernel's longest, 31 days.
    const MAX: i64 = 86_400 * 31;
    if statement.len() < 2 {
        draft.persistence_timeout = Some(Persistence::default().timeout.as_secs() as u32);
    } else if let Some(seconds) = context.strict("", statement, 1, MAX, IGNORING) {
        draft.persistence_timeout = Some(seconds as u32);
    }
}

fn protocol(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    let Some(word) = context.need(statement, 1) else { return };
    draft.at.protocol = statement.at(1);
    draft.protocol = Some(match word {
        _ if word.eq_ignore_ascii_case(b"TCP") => Protocol::Tcp,
        _ if word.eq_ignore_ascii_case(b"UDP") => Protocol::Udp,
        _ if word.eq_ignore_ascii_case(b"SCTP") => Protocol::Sctp,
        _ => {
            let message =
                format!("unknown protocol '{}', ignoring it: TCP, UDP and SCTP are known", statement.text(1));
            return context.report(statement, 1, Code::BadValue, message);
        }
    });
}

fn quorum(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    let quorum = context.lenient("", statement, 1, i64::from(u32::MAX), "setting 1");
    draft.at.quorum = statement.at(1);
    draft.quorum = quorum.map_or(1, |quorum| quorum as u32);
}

fn hysteresis(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    if let Some(hysteresis) = context.lenient("", statement, 0, i64::from(u32::MAX), IGNORING) {
        draft.at.hysteresis = statement.at(1);
        draft.hysteresis = hysteresis as u32;
    }
}

fn weight(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    if let Some(weight) = context.lenient("", statement, 1, i64::from(i32::MAX), IGNORING) {
        draft.weight = weight as u32;
    }
}

/// `quorum_up`, `quorum_down`: the first one counts.
fn script(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft, up: bool) {
    let into = if up { &mut draft.quorum_up } else { &mut draft.quorum_down };
    values::script(context, statement, into);
}

/// `sorry_server ADDRESS [PORT]`: the last one counts.
fn sorry_server(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    let address: Option<SocketAddr> =
        values::socket_address(context, statement, 1, "sorry server", "leaving it out");
    if let Some(address) = address {
        let forwarding = draft.forwarding;
        draft.sorry = Some(Box::new(SorryDraft { address, at: statement.at(1), forwarding, inhibit: false }));
    }
}

fn has_sorry_server<'d>(
    context: &mut Context<'_>,
    statement: &Statement,
    draft: &'d mut ServerDraft,
) -> Option<&'d mut SorryDraft> {
    if draft.sorry.is_none() {
        let message = format!("{} needs a sorry_server before it, ignoring it", statement.text(0));
        context.report(statement, 0, Code::SorryServer, message);
    }
    draft.sorry.as_deref_mut()
}
