//! Once all is read: from what was typed to what is balanced, every default in its place.
//!
//! The order is keepalived's, so that what depends on another setting sees it as keepalived would.

use std::collections::{HashMap, VecDeque};

use vrrp_types::Family;

use super::draft::{Drafts, ForwardingDraft, Method, RealDraft, ServerDraft};
use super::in_two::in_two;
use super::reach::{GroupFacts, Reach};
use crate::code::Code;
use crate::diag::{Diagnostic, Sink};
use crate::files::Location;
use crate::lower::draft::Seen;
use crate::lower::reader::Reader;
use crate::model::{
    Forwarding, Persistence, Protocol, RealServer, Scheduler, SorryServer, VirtualServer, VirtualServerId,
};

impl Reader<'_> {
    /// Makes the model of all that was read about LVS.
    pub(in crate::lower) fn resolve_lvs(&mut self) {
        let Drafts { servers, groups, .. } = std::mem::take(&mut self.lvs);
        let mut facts: HashMap<&str, GroupFacts> = HashMap::with_capacity(groups.len());
        for group in &groups {
            // Of several with one name the first is meant.
            facts.entry(&group.name).or_insert_with(|| GroupFacts::of(group));
        }
        let (sink, stopped) = (&self.context.sink, self.context.stopped);
        let mail = self.config.global.mail.by_checkers();
        let count = servers.len();
        let resolve = |servers| {
            let resolver = Resolver { sink: sink.another(), groups: &facts, mail };
            resolver.all(servers, Vec::with_capacity(count))
        };
        let parts = if stopped { Vec::new() } else { in_two(servers, resolve) };
        for (resolved, found) in parts {
            // The first part has room for the second.
            match &mut self.config.virtual_servers {
                all if all.is_empty() => *all = resolved,
                all => all.extend(resolved),
            }
            self.context.sink.append(found);
        }
        self.config.virtual_server_groups = groups;
    }
}

/// Makes virtual servers of what was typed. Each stands for itself, so it does not matter who makes the others.
pub(super) struct Resolver<'a> {
    sink: Sink,
    groups: &'a HashMap<&'a str, GroupFacts>,
    /// Whether servers send mail that say nothing of it themselves.
    mail: Option<bool>,
}

impl Resolver<'_> {
    fn all(
        mut self,
        servers: VecDeque<Box<ServerDraft>>,
        mut resolved: Vec<VirtualServer>,
    ) -> (Vec<VirtualServer>, Sink) {
        for mut draft in servers {
            if let Some(reach) = self.reach(&mut draft) {
                resolved.push(self.resolve_server(&mut draft, reach));
            }
        }
        (resolved, self.sink)
    }

    /// Finds the group of a virtual server. `None` if it has to be left out, which keepalived only logs.
    fn reach(&mut self, draft: &mut ServerDraft) -> Option<Reach> {
        let VirtualServerId::Group(name) = &draft.id else {
            let mark = matches!(draft.id, VirtualServerId::Fwmark(mark) if mark != 0);
            return Some(Reach { address: !mark, mark, group: None });
        };
        let Some(facts) = self.groups.get(&**name).copied() else {
            self.left_out(draft, "its virtual_server_group does not exist");
            return None;
        };
        let family = match (facts.v4, facts.v6) {
            (true, false) => Some(Family::V4),
            (false, true) => Some(Family::V6),
            _ => None,
        };
        match (draft.family, family) {
            (Some(_), None) if facts.v4 => {
                self.left_out(draft, "its group has addresses of both families and it is of one");
                return None;
            }
            (Some(own), Some(of_group)) if own != of_group => {
                self.left_out(draft, "its group is not of the family of its servers");
                return None;
            }
            (None, None) if facts.mark_of_any_family => {
                let message =
                    format!("{}nothing tells the family of the group, it is taken to be IPv4", draft.owner());
                self.report(draft.at.block, Code::Unusual, message);
                draft.family = Some(Family::V4);
            }
            (None, _) => draft.family = family,
            _ => {}
        }
        let mark = facts.has_fwmarks && !facts.has_addresses;
        Some(Reach { address: facts.has_addresses, mark, group: Some(facts) })
    }

    fn left_out(&mut self, draft: &ServerDraft, why: &str) {
        let message = format!("{}leaving the virtual server out: {why}", draft.owner());
        self.report(draft.at.block, Code::VirtualServerLeftOut, message);
    }

    /// Reports about a virtual server.
    pub(super) fn about(&mut self, draft: &ServerDraft, at: Option<Location>, code: Code, message: &str) {
        let message = format!("{}{message}", draft.owner());
        self.report(at.or(draft.at.block), code, message);
    }

    fn report(&mut self, at: Option<Location>, code: Code, message: String) {
        self.sink.push(Diagnostic::new(code, at, message));
    }

    fn resolve_server(&mut self, draft: &mut ServerDraft, reach: Reach) -> VirtualServer {
        let mut new = VirtualServer::new(draft.id.clone());
        self.ha_suspend(draft, reach, &mut new);
        self.protocol(draft, reach, &mut new);
        self.persistence(draft, reach, &mut new);
        if draft.scheduler.is_none() {
            self.about(draft, None, Code::NoScheduler, "no lb_algo, setting wlc");
        }
        new.family = draft.family;
        new.scheduler = draft.scheduler.unwrap_or(Scheduler::Wlc);
        new.scheduler_flags = draft.flags;
        new.persistence_engine = draft.engine.take();
        new.omega = draft.omega;
        new.smtp_alert = draft.smtp_alert.or(self.mail).unwrap_or(false);
        new.virtualhost.clone_from(&draft.virtualhost);
        new.snmp_name = draft.snmp_name.take();
        (new.quorum_up, new.quorum_down) = (draft.quorum_up.take(), draft.quorum_down.take());
        let places = self.real_servers(draft, &mut new);
        if let Some((sorry, typed)) = new.sorry_server.as_mut().zip(draft.sorry.as_ref()) {
            let mut method = draft.forwarding;
            sorry.forwarding = self.forwarding(typed.forwarding, &mut method, draft);
        }
        self.quorum(draft, &mut new);
        self.ports(draft, reach, &places, &mut new);
        new
    }

    fn ha_suspend(&mut self, draft: &ServerDraft, reach: Reach, new: &mut VirtualServer) {
        let marks = reach.mark || reach.group.is_some_and(|group| group.has_fwmarks);
        new.ha_suspend = draft.ha_suspend && !marks;
        if draft.ha_suspend && marks {
            let message = "ha_suspend needs an address and cannot be used with fwmarks, ignoring it";
            self.about(draft, draft.at.ha_suspend, Code::Incompatible, message);
        }
    }

    fn protocol(&mut self, draft: &ServerDraft, reach: Reach, new: &mut VirtualServer) {
        (new.protocol, new.one_packet) = (draft.protocol, draft.one_packet);
        if reach.address && draft.protocol.is_none() {
            self.about(draft, None, Code::NoProtocol, "no protocol, setting UDP");
            new.protocol = Some(Protocol::Udp);
        }
        if reach.address && draft.one_packet && new.protocol != Some(Protocol::Udp) {
            let message = "ops needs the protocol UDP, ignoring it";
            self.about(draft, draft.at.one_packet, Code::Incompatible, message);
            new.one_packet = false;
        }
        if reach.mark && draft.protocol.is_some() {
            let message = "a fwmark is of every protocol, ignoring the one that is given";
            self.about(draft, draft.at.protocol, Code::ProtocolOfMark, message);
            new.protocol = None;
        }
    }

    fn persistence(&mut self, draft: &ServerDraft, reach: Reach, new: &mut VirtualServer) {
        let timeout = draft.persistence_timeout.map(|seconds| std::time::Duration::from_secs(seconds.into()));
        new.persistence = timeout.map(|timeout| Persistence { timeout, granularity: draft.granularity });
        let every_port = match (&draft.id, reach.group) {
            (VirtualServerId::Address(address), _) => address.port() == 0,
            (_, Some(group)) => group.every_port,
            _ => reach.address,
        };
        if every_port && timeout.is_none() {
            let message = "every port of an address needs persistence, setting persistence_timeout 360";
            self.about(draft, None, Code::PortNeedsPersistence, message);
            new.persistence = Some(Persistence::default());
        }
    }

    /// The real servers without duplicates, and where each of them stood.
    fn real_servers(&mut self, draft: &mut ServerDraft, new: &mut VirtualServer) -> Vec<Option<Location>> {
        let typed = std::mem::take(&mut draft.real_servers);
        let mut seen = Seen::default();
        let mut places = Vec::with_capacity(typed.len());
        new.real_servers.reserve_exact(typed.len());
        new.sorry_server = draft.sorry.as_ref().map(|sorry| {
            let mut server = SorryServer::new(sorry.address);
            server.inhibit = sorry.inhibit;
            server
        });
        let mut method = draft.forwarding;
        for real in typed {
            if seen.contains(&new.real_servers, |other| other.address, &real.address) {
                let message = format!("real server {} is there already, ignoring this one", real.address);
                self.about(draft, real.at, Code::DuplicateRealServer, &message);
                continue;
            }
            let forwarding = self.forwarding(real.forwarding, &mut method, draft);
            places.push(real.at);
            new.real_servers.push(self.resolve_real(real, forwarding, draft, new.sorry_server.as_mut()));
        }
        draft.forwarding = method;
        places
    }

    /// What a server says of it, else the virtual server, else NAT.
    fn forwarding(
        &mut self,
        typed: ForwardingDraft,
        outer: &mut ForwardingDraft,
        draft: &ServerDraft,
    ) -> Forwarding {
        let chosen = if typed.method.is_some() { typed } else { *outer };
        match chosen.method {
            Some(Method::Nat) => Forwarding::Nat,
            Some(Method::DirectRoute) => Forwarding::DirectRoute,
            Some(Method::Tunnel) => Forwarding::Tunnel(chosen.tunnel),
            None => {
                self.about(draft, None, Code::NoForwarding, "no lb_kind, setting NAT");
                outer.method = Some(Method::Nat);
                Forwarding::Nat
            }
        }
    }

    fn resolve_real(
        &mut self,
        real: RealDraft,
        forwarding: Forwarding,
        draft: &ServerDraft,
        sorry: Option<&mut SorryServer>,
    ) -> RealServer {
        let mut new = RealServer::new(real.address);
        new.forwarding = forwarding;
        new.weight = real.weight.unwrap_or(draft.weight);
        new.inhibit_on_failure = real.inhibit.unwrap_or(draft.inhibit);
        new.alpha = real.alpha.unwrap_or(draft.alpha);
        new.smtp_alert = real.smtp_alert.or(self.mail).unwrap_or(true);
        if let Some(sorry) = sorry.filter(|sorry| sorry.address == real.address)
            && sorry.inhibit != new.inhibit_on_failure
        {
            sorry.inhibit = new.inhibit_on_failure;
            let message = format!(
                "the sorry server is the real server {} and must be inhibited as it is, {} sorry_server_inhibit",
                real.address,
                if sorry.inhibit { "setting" } else { "ignoring" }
            );
            self.about(draft, real.at, Code::SorryServer, &message);
        }
        let outer = super::resolve_checker::Outer::of(&real, new.alpha, draft);
        // Thousands of these: no more room than they need.
        new.checkers.reserve_exact(real.checkers.len());
        new.checkers.extend(real.checkers.into_iter().filter_map(|checker| outer.resolve(checker)));
        new.virtualhost = outer.virtualhost;
        if let Some(rare) = real.rare {
            (new.upper_threshold, new.lower_threshold) = (rare.upper_threshold, rare.lower_threshold);
            new.snmp_name = rare.snmp_name;
            (new.notify_up, new.notify_down) = (rare.notify_up, rare.notify_down);
        }
        new
    }

    /// A quorum that can be reached, and a hysteresis below it.
    fn quorum(&mut self, draft: &ServerDraft, new: &mut VirtualServer) {
        // As keepalived adds them up: in 32 bits.
        let total = new.real_servers.iter().fold(0_u32, |sum, real| sum.wrapping_add(real.weight));
        (new.quorum, new.hysteresis) = (draft.quorum, draft.hysteresis);
        if new.quorum > total {
            let message = format!(
                "quorum {} is more than the weight of all real servers, setting it to {total}",
                new.quorum
            );
            self.about(draft, draft.at.quorum, Code::QuorumTooLarge, &message);
            new.quorum = total;
        }
        if new.hysteresis >= new.quorum {
            let least = new.quorum.wrapping_sub(1);
            let message = format!(
                "hysteresis {} must be below the quorum {}, setting it to {least}",
                new.hysteresis, new.quorum
            );
            self.about(draft, draft.at.hysteresis, Code::HysteresisTooLarge, &message);
            new.hysteresis = least;
        }
    }
}
