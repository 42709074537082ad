//! Weights that change nothing, and things to track that nobody tracks.
//!
//! What loading drops (weights of an owner, or in a sync group) it reports itself. Here are those that stay,
//! and that no state of what is tracked lets count.

use std::collections::{HashMap, HashSet};

use super::places::Block;
use super::{Context, Finding};
use crate::code::Code;
use crate::diag::Diagnostic;
use crate::files::Location;
use crate::model::{Tracking, Weight};

/// The least and the greatest effective priority of a node that owns no address.
const LEAST: i32 = 1;
const GREATEST: i32 = 254;

/// One thing that is tracked with a weight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighted<'a> {
    /// The list it stands in.
    pub(super) list: &'static str,
    /// Its name.
    pub(super) name: &'a str,
    /// What it adds to the priority in one of its two states; nothing in the other. `None` for a file, which
    /// may say anything.
    pub(super) change: Option<i32>,
}

impl Weighted<'_> {
    /// Where it is listed.
    pub(super) fn place(&self, block: Block<'_>) -> Option<Location> {
        block.line(self.list, self.name)
    }

    /// In words: which, and how much.
    pub(super) fn shown(&self) -> String {
        let what = self.list.strip_prefix("track_").unwrap_or(self.list);
        match self.change {
            Some(change) => format!("weight {change} of {what} {}", self.name),
            None => format!("the weight of {what} {}", self.name),
        }
    }
}

/// What is tracked with a weight that is not zero.
pub(super) fn weighted(tracking: &Tracking) -> impl Iterator<Item = Weighted<'_>> {
    let two_states = |weight: Weight| Some(i32::from(weight.value));
    let interfaces = tracking.interfaces.iter().map(move |tracked| {
        ("track_interface", tracked.interface.as_str(), tracked.weight, two_states(tracked.weight))
    });
    let lists = [
        ("track_script", &tracking.scripts),
        ("track_process", &tracking.processes),
        ("track_bfd", &tracking.bfds),
        ("track_file", &tracking.files),
    ];
    let others = lists.into_iter().flat_map(move |(list, all)| {
        all.iter().map(move |tracked| {
            let change = if list == "track_file" { None } else { two_states(tracked.weight) };
            (list, &*tracked.name, tracked.weight, change)
        })
    });
    interfaces
        .chain(others)
        .filter(|(_, _, weight, _)| weight.value != 0)
        .map(|(list, name, _, change)| Weighted { list, name, change })
}

/// The least and the most that weights add up to; `None` if nobody can say.
pub(super) fn range<'a>(all: impl Iterator<Item = Weighted<'a>>) -> Option<(i32, i32)> {
    all.map(|weighted| weighted.change).try_fold((0, 0), |(low, high), change| {
        change.map(|change| (low + change.min(0), high + change.max(0)))
    })
}

/// A weight that the bounds of the priority swallow, whatever else is tracked.
pub(super) fn weight_swallowed(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (instance, block) in context.instances().filter(|(instance, _)| !instance.priority.is_owner()) {
        let Some((low, high)) = range(weighted(&instance.tracking)) else { continue };
        let priority = i32::from(instance.priority.get());
        // At the top nothing positive counts, unless something else may take from it; at the bottom the
        // reverse.
        let (at_top, at_bottom) = (priority + low >= GREATEST, priority + high <= LEAST);
        let is_lost = |tracked: &Weighted<'_>| {
            tracked.change.is_some_and(|change| if change > 0 { at_top } else { at_bottom })
        };
        let mut lost = weighted(&instance.tracking).filter(is_lost);
        let Some(first) = lost.next() else { continue };
        let bound = if at_top { "254, the most there is" } else { "1, the least there is" };
        let message =
            format!("{}{} changes nothing: the priority is {bound}", first.shown(), more(lost.count()));
        let finding = Finding::of(instance, Code::WeightSwallowed, first.place(block), &message)
            .note(block.value_or_head("priority"), "the priority")
            .mend("choose priorities from the middle, so that weights have room on both sides");
        found.push(finding);
    }
}

/// How many others there are, for a message that names the first.
fn more(others: usize) -> String {
    if others == 0 { String::new() } else { format!(" (and {others} more)") }
}

/// Weights on a node that waits for no priority.
pub(super) fn weight_and_nopreempt(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (instance, block) in context.instances().filter(|(instance, _)| !instance.preempt) {
        let mut all = weighted(&instance.tracking);
        let Some(first) = all.next() else { continue };
        let others = more(all.count());
        let message = format!("{}{others} moves no master while all nodes have nopreempt", first.shown());
        let finding = Finding::of(instance, Code::WeightNopreempt, first.place(block), &message)
            .note(block.keyword("nopreempt"), "nopreempt")
            .hint("a backup with nopreempt leaves the addresses with a master whose priority sinks")
            .mend("with weight 0 a failure puts the node into FAULT, and another one takes over");
        found.push(finding);
    }
}

/// Something to track that nobody tracks.
pub(super) fn untracked(context: &Context<'_>, found: &mut Vec<Finding>) {
    let config = &context.loaded.config;
    // What was refused or dropped was tracked by whoever wrote it.
    let is_dropped = |diagnostic: &Diagnostic| diagnostic.code == Code::WeightDropped;
    if context.loaded.fatal().is_some() || context.loaded.diagnostics.iter().any(is_dropped) {
        return;
    }
    let instances = config.instances.iter().map(|instance| &instance.tracking);
    let all = instances.chain(config.sync_groups.iter().map(|group| &group.tracking));
    let mut tracked: HashSet<(&str, &str)> = HashSet::new();
    for tracking in all {
        tracked.extend(tracking.scripts.iter().map(|one| ("vrrp_script", &*one.name)));
        tracked.extend(tracking.processes.iter().map(|one| ("vrrp_track_process", &*one.name)));
        tracked.extend(tracking.files.iter().map(|one| ("track_file", &*one.name)));
    }
    // A line that names it and was not taken: it stands before the definition, or has a slip in it.
    let is_refused =
        |diagnostic: &&Diagnostic| matches!(diagnostic.code, Code::UnknownName | Code::BadWeight);
    let refused = context.loaded.diagnostics.iter().filter(is_refused).filter_map(|diagnostic| diagnostic.at);
    let mut lines: HashMap<&[u8], Location> = HashMap::new();
    for at in refused {
        let line = [context.places.text(at), context.places.start_of_line(at)];
        for text in line {
            lines.entry(text).or_insert(at);
        }
    }
    let checked = context.places.first_use("virtual_server/real_server", "FILE_CHECK").is_some();
    let files = config.track_files.iter().filter(|_| !checked).map(|one| ("track_file", &*one.name));
    let scripts = config.track_scripts.iter().map(|one| ("vrrp_script", &*one.name));
    let processes = config.track_processes.iter().map(|one| ("vrrp_track_process", &*one.name));
    for (keyword, name) in scripts.chain(processes).chain(files).filter(|one| !tracked.contains(one)) {
        let at = context.places.block(keyword, name).head();
        let message = format!("{keyword} {name}: nobody tracks it");
        let list = keyword.trim_start_matches("vrrp_").trim_start_matches("track_");
        let finding = Finding::new(Code::Untracked, at, message)
            .hint("keepalived leaves it alone: whatever becomes of it, nothing happens")
            .mend(format!(
                "list it in a 'track_{list}' block of an instance or a sync group, behind its definition"
            ));
        found.push(match lines.get(name.as_bytes()) {
            Some(at) => finding.note(Some(*at), "it is named here, and not taken"),
            None => finding,
        });
    }
}
