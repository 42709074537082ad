//! `vrrp_track_process`: a process that must run.

use std::time::Duration;

use super::context::Context;
use super::reader::{Next, Progress, Reader};
use crate::code::Code;
use crate::expand::Statement;
use crate::model::{ParamMatch, TrackProcess};

const IGNORING: &str = "ignoring it";
/// Microseconds of the longest delay.
const DELAY_MAX: i64 = 3_600_000_000;

impl Reader<'_> {
    /// Reads a `vrrp_track_process`; its name is there.
    pub(super) fn track_process(&mut self, statement: &mut Statement) {
        let mut new = TrackProcess::new(&statement.text(1));
        let at = statement.at(1);
        let mut given = false;
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(statement, &mut progress) {
            let context = &mut self.context;
            match statement.word(0) {
                b"process" => given |= process(context, statement, &mut new, given),
                b"param_match" => param_match(context, statement, &mut new),
                b"weight" => weight(context, statement, &mut new),
                b"quorum" => quorum(context, statement, &mut new),
                b"quorum_max" => quorum_max(context, statement, &mut new),
                b"delay" => {
                    if let Some(delay) = delay(context, statement, &new) {
                        (new.terminate_delay, new.fork_delay) = (delay, delay);
                    }
                }
                b"terminate_delay" => {
                    new.terminate_delay = delay(context, statement, &new).unwrap_or(new.terminate_delay);
                }
                b"fork_delay" => new.fork_delay = delay(context, statement, &new).unwrap_or(new.fork_delay),
                b"full_command" => new.full_command = true,
                _ => self.unknown(statement, "vrrp_track_process"),
            }
        }
        if self.context.stopped {
            return;
        }
        if !given {
            let message = format!("no process set for vrrp_track_process {}, removing it", new.name);
            return self.context.report_at(at, Code::NoProcess, message);
        }
        self.blocks.known_processes.entry(new.name.clone()).or_insert(new.weight);
        self.blocks.processes.push(new);
    }
}

fn owner(new: &TrackProcess) -> String {
    format!("({}) ", new.name)
}

/// `process COMMAND [PARAMETER]...`: the first one counts. True if there is one now.
fn process(context: &mut Context<'_>, statement: &Statement, new: &mut TrackProcess, given: bool) -> bool {
    if context.need(statement, 1).is_none() {
        return false;
    }
    if given {
        let message = format!("{}process already set, ignoring {}", owner(new), statement.text(1));
        context.report(statement, 1, Code::Repeated, message);
        return true;
    }
    new.process = statement.text(1).into();
    if statement.len() > 2 {
        new.parameters = (2..statement.len()).map(|word| statement.text(word).into()).collect();
        if new.param_match == ParamMatch::None {
            new.param_match = ParamMatch::Exact;
        }
        new.full_command = true;
    }
    true
}

fn param_match(context: &mut Context<'_>, statement: &Statement, new: &mut TrackProcess) {
    new.param_match = match statement.word(1) {
        b"initial" => ParamMatch::Initial,
        b"partial" => ParamMatch::Partial,
        _ if statement.len() == 1 => ParamMatch::Exact,
        _ => {
            let message = format!(
                "{}unknown param_match '{}', ignoring it: initial and partial are known",
                owner(new),
                statement.text(1)
            );
            return context.report(statement, 1, Code::BadValue, message);
        }
    };
    new.full_command = true;
}

/// `weight N [reverse]`: the first one that is not 0 counts.
fn weight(context: &mut Context<'_>, statement: &Statement, new: &mut TrackProcess) {
    if statement.len() < 2 {
        let message = format!("{}weight without value, ignoring it", owner(new));
        return context.report(statement, 0, Code::BadWeight, message);
    }
    if new.weight.value != 0 {
        let message = format!("{}weight already set, ignoring {}", owner(new), statement.text(1));
        return context.report(statement, 1, Code::Repeated, message);
    }
    if let Some(value) = context.lenient(&owner(new), statement, -254, 254, IGNORING) {
        context.weight_option(&owner(new), statement, &mut new.weight);
        new.weight.value = value as i16;
    }
}

fn quorum(context: &mut Context<'_>, statement: &Statement, new: &mut TrackProcess) {
    let Some(quorum) = context.lenient(&owner(new), statement, 1, 65535, IGNORING) else { return };
    if new.quorum_max.is_some_and(|max| quorum as u32 > max) {
        let message = format!("{}quorum is greater than quorum_max, ignoring it", owner(new));
        return context.report(statement, 1, Code::Incompatible, message);
    }
    new.quorum = quorum as u32;
}

/// `quorum_max`: 0 means that none may run, unless a quorum was asked for.
fn quorum_max(context: &mut Context<'_>, statement: &Statement, new: &mut TrackProcess) {
    let Some(max) = context.lenient(&owner(new), statement, 0, 65535, IGNORING) else { return };
    let max = max as u32;
    if (max > 0 || new.quorum > 1) && max < new.quorum {
        let message = format!("{}quorum_max is less than quorum, ignoring it", owner(new));
        return context.report(statement, 1, Code::Incompatible, message);
    }
    new.quorum_max = Some(max);
    new.quorum = if max == 0 { 0 } else { new.quorum.max(1) };
}

fn delay(context: &mut Context<'_>, statement: &Statement, new: &TrackProcess) -> Option<Duration> {
    let micros = context.seconds(&owner(new), statement, 1, DELAY_MAX, IGNORING)?;
    Some(Duration::from_micros(micros as u64))
}
