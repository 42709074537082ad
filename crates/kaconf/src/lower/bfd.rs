//! `bfd_instance`. Two processes read it, each its own keywords: what the one removes, the other still knows.

use std::net::IpAddr;
use std::time::Duration;

use super::context::Context;
use super::reader::{Next, Progress, Reader};
use crate::code::Code;
use crate::expand::Statement;
use crate::files::Location;
use crate::model::{Bfd, Weight};
use crate::value::{self, Problem};

/// What keepalived has room for.
const NAME_MAX: usize = 31;
/// Microseconds of the longest interval.
const INTERVAL_MAX: i64 = (u32::MAX / 1000) as i64 * 1000;

/// A session as typed.
#[derive(Debug, Default)]
struct Draft {
    name: Box<str>,
    at: Option<Location>,
    neighbor: Option<IpAddr>,
    source: Option<IpAddr>,
    multihop: bool,
    min_rx: Option<u64>,
    min_tx: Option<u64>,
    idle_tx: Option<u64>,
    multiplier: Option<u8>,
    passive: bool,
    ttl: Option<u8>,
    max_hops: i16,
    weight: Weight,
    vrrp: bool,
    checker: bool,
    /// The process that speaks BFD has given it up, and reads no more of it.
    dropped: bool,
}

impl Draft {
    fn owner(&self) -> String {
        format!("(bfd {}) ", self.name)
    }
}

impl Reader<'_> {
    /// Reads a `bfd_instance`; its name is there. True if a statement was read that is not part of it.
    pub(super) fn bfd_instance(&mut self, statement: &mut Statement) -> bool {
        let name: Box<str> = statement.text(1).into();
        let refusal = if name.len() > NAME_MAX {
            Some((
                Code::BadBlockName,
                format!("name {name} of a bfd_instance is longer than {NAME_MAX}, ignoring it"),
            ))
        } else if self.blocks.bfd_names.contains(&name) {
            Some((Code::DuplicateName, format!("bfd_instance {name} already defined, ignoring this one")))
        } else {
            None
        };
        if let Some((code, message)) = refusal {
            self.context.report(statement, 1, code, message);
            return self.skip_block(statement);
        }
        let mut draft = Draft { name, at: statement.at(1), ..Draft::default() };
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(statement, &mut progress) {
            let known = match statement.word(0) {
                b"weight" => {
                    weight(&mut self.context, statement, &mut draft);
                    true
                }
                _ => keyword(&mut self.context, statement, &mut draft),
            };
            if !known {
                self.unknown(statement, "bfd_instance");
            }
        }
        if !self.context.stopped {
            self.finish_bfd(draft);
        }
        false
    }

    fn finish_bfd(&mut self, draft: Draft) {
        let all = !draft.vrrp && !draft.checker;
        self.blocks.bfd_names.insert(draft.name.clone());
        if draft.vrrp || all {
            self.blocks.known_bfds.insert(draft.name.clone(), draft.weight);
        }
        if draft.checker || all {
            self.blocks.checked_bfds.insert(draft.name.clone());
        }
        if draft.dropped {
            return;
        }
        let Some(neighbor) = draft.neighbor else {
            let message = format!("{}no neighbor_ip set, disabling the instance", draft.owner());
            return self.context.report_at(draft.at, Code::NoNeighbor, message);
        };
        if let Some(source) = draft.source
            && source.is_ipv4() != neighbor.is_ipv4()
        {
            let message = format!(
                "{}source_ip {source} and neighbor_ip {neighbor} are of different families, disabling the instance",
                draft.owner()
            );
            return self.context.report_at(draft.at, Code::FamilyMismatch, message);
        }
        // A session without a source is any of the neighbour's.
        let sources = self.blocks.bfd_sources.entry((neighbor, draft.multihop)).or_default();
        if sources.contains(&None)
            || sources.contains(&draft.source)
            || (draft.source.is_none() && !sources.is_empty())
        {
            let message =
                format!("{}there is a session with {neighbor} already, ignoring the instance", draft.owner());
            return self.context.report_at(draft.at, Code::DuplicateAddress, message);
        }
        sources.insert(draft.source);
        let mut new = Bfd::new(&draft.name, neighbor);
        let micros = |typed: Option<u64>, default: Duration| typed.map_or(default, Duration::from_micros);
        (new.source, new.multihop, new.passive) = (draft.source, draft.multihop, draft.passive);
        new.min_rx = micros(draft.min_rx, new.min_rx);
        new.min_tx = micros(draft.min_tx, new.min_tx);
        new.idle_tx = micros(draft.idle_tx, new.idle_tx);
        new.multiplier = draft.multiplier.unwrap_or(new.multiplier);
        new.ttl = draft.ttl.unwrap_or(new.ttl);
        new.max_hops = draft.max_hops.min(new.ttl.into());
        if new.max_hops != draft.max_hops {
            let message = format!(
                "{}max_hops exceeds the ttl of {ttl}, setting it to {ttl}",
                draft.owner(),
                ttl = new.ttl
            );
            self.context.report_at(draft.at, Code::Adjusted, message);
        }
        new.weight = draft.weight;
        (new.vrrp, new.checker) = (draft.vrrp || all, draft.checker || all);
        self.blocks.bfds.push(new);
    }
}

/// A keyword that the process that speaks BFD reads. False if there is none such.
fn keyword(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) -> bool {
    match statement.word(0) {
        b"vrrp" => draft.vrrp = true,
        b"checker" => draft.checker = true,
        b"neighbor_ip" | b"neighbour_ip" | b"source_ip" | b"min_rx" | b"min_tx" | b"idle_tx"
        | b"multiplier" | b"passive" | b"ttl" | b"hoplimit" | b"max_hops" | b"multihop"
            if draft.dropped => {}
        b"neighbor_ip" | b"neighbour_ip" => neighbor(context, statement, draft),
        b"source_ip" => source(context, statement, draft),
        b"min_rx" => draft.min_rx = interval(context, statement, draft, 1000).or(draft.min_rx),
        b"min_tx" => draft.min_tx = interval(context, statement, draft, 1000).or(draft.min_tx),
        b"idle_tx" => draft.idle_tx = interval(context, statement, draft, 1_000_000).or(draft.idle_tx),
        b"multiplier" => {
            let read = context.strict(&draft.owner(), statement, 1, 255, "ignoring it");
            draft.multiplier = read.map(|multiplier| multiplier as u8).or(draft.multiplier);
        }
        b"passive" => draft.passive = true,
        b"ttl" | b"hoplimit" => {
            let read = context.strict(&draft.owner(), statement, 1, 255, "ignoring it");
            draft.ttl = read.map(|ttl| ttl as u8).or(draft.ttl);
        }
        b"max_hops" => {
            let read = context.strict(&draft.owner(), statement, -1, 255, "ignoring it");
            draft.max_hops = read.map_or(draft.max_hops, |hops| hops as i16);
        }
        b"multihop" => {
            draft.multihop = context.boolean(&draft.owner(), statement).unwrap_or(draft.multihop);
        }
        _ => return false,
    }
    true
}

fn neighbor(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    let Some(word) = context.need(statement, 1) else { return };
    draft.neighbor = value::host(word);
    if draft.neighbor.is_none() {
        draft.dropped = true;
        let message = format!(
            "{}malformed neighbour address '{}', ignoring the instance",
            draft.owner(),
            statement.text(1)
        );
        context.report(statement, 1, Code::BadAddress, message);
    }
}

fn source(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    let Some(word) = context.need(statement, 1) else { return };
    match value::host(word) {
        Some(address) => draft.source = Some(address),
        None => {
            let message =
                format!("{}malformed source address '{}', ignoring it", draft.owner(), statement.text(1));
            context.report(statement, 1, Code::BadAddress, message);
        }
    }
}

/// Milliseconds with up to three decimals, in microseconds.
fn interval(context: &mut Context<'_>, statement: &Statement, draft: &Draft, min: i64) -> Option<u64> {
    let read = value::decimal(context.need(statement, 1)?, min, INTERVAL_MAX, 3);
    // Junk is not overlooked here.
    let micros = read.value.filter(|_| read.problem != Some(Problem::NotANumber));
    if let Some(problem) = read.problem {
        let outcome = if micros.is_some() { "rounding it" } else { "ignoring it" };
        let message =
            format!("{}{} '{}' {problem}, {outcome}", draft.owner(), statement.text(0), statement.text(1));
        context.report(statement, 1, Code::BadNumber, message);
    }
    micros.map(|micros| micros as u64)
}

/// `weight N [reverse]`, read by the VRRP process.
fn weight(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    let owner = draft.owner();
    if let Some(value) = context.lenient(&owner, statement, -253, 253, "ignoring it") {
        draft.weight.value = value as i16;
    }
    context.weight_option(&owner, statement, &mut draft.weight);
}
