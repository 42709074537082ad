//! The `track_*` lists of instances and sync groups: `NAME [weight N [reverse]]`.

use std::collections::HashMap;
use std::fmt::Display;

use super::blocks::{TrackedLines, TrackingDraft};
use super::context::Context;
use super::reader::Reader;
use crate::code::Code;
use crate::expand::Statement;
use crate::model::{Tracked, TrackedInterface, Weight};

/// What differs between the lists.
struct Kind {
    keyword: &'static str,
    /// The largest weight that is read.
    read: i64,
    /// The largest weight that stands.
    kept: i64,
    /// `noreverse` takes back what the thing itself says.
    noreverse: bool,
    /// Whether a line with another word behind its weight is not used.
    exact: bool,
}

const INTERFACE: Kind =
    Kind { keyword: "track_interface", read: 254, kept: 253, noreverse: false, exact: false };
const SCRIPT: Kind = Kind { keyword: "track_script", read: 254, kept: 253, noreverse: true, exact: false };
const FILE: Kind = Kind { keyword: "track_file", read: 254, kept: 254, noreverse: true, exact: true };
const PROCESS: Kind = Kind { keyword: "track_process", read: 254, kept: 254, noreverse: true, exact: false };
const BFD: Kind = Kind { keyword: "track_bfd", read: 253, kept: 253, noreverse: true, exact: true };

impl Reader<'_> {
    /// Reads one of the lists. False if the keyword is none of them.
    pub(super) fn track_list(
        &mut self,
        statement: &mut Statement,
        owner: impl Display + Copy,
        draft: &mut Option<Box<TrackingDraft>>,
    ) -> bool {
        let kind = match statement.word(0) {
            b"track_interface" => &INTERFACE,
            b"track_script" => &SCRIPT,
            b"track_file" => &FILE,
            b"track_process" => &PROCESS,
            b"track_bfd" => &BFD,
            _ => return false,
        };
        // A checker process that is not in this block takes it for one of its own, which must have a name.
        let misread = kind.keyword == FILE.keyword && self.checkers.reads();
        if misread && self.context.need(statement, 1).is_none() {
            return true;
        }
        let draft = draft.get_or_insert_default();
        self.lines(statement, |reader, line| match kind.keyword {
            "track_interface" => reader.tracked_interface(line, owner, draft),
            _ => reader.tracked_name(line, owner, kind, draft),
        });
        true
    }

    /// Whether the interface exists is asked when all is read.
    fn tracked_interface(&mut self, line: &Statement, owner: impl Display + Copy, draft: &mut TrackingDraft) {
        let Some(interface) = self.context.interface_needed(owner, line, 0) else { return };
        let lines = &mut draft.interfaces;
        if lines.known.contains(&lines.list, |tracked| tracked.interface.clone(), &interface) {
            return tracked_twice(&mut self.context, line, owner, &INTERFACE);
        }
        if let Some(weight) = tracked_weight(&mut self.context, line, owner, &INTERFACE, Weight::default()) {
            draft.interfaces.push(TrackedInterface { interface, weight }, line.at(0));
        } else {
            self.context.impossible_interface |= !self.can_appear(&interface);
        }
    }

    fn tracked_name(
        &mut self,
        line: &Statement,
        owner: impl Display + Copy,
        kind: &Kind,
        draft: &mut TrackingDraft,
    ) {
        type Place<'a> = (&'a HashMap<Box<str>, Weight>, &'a mut TrackedLines<Tracked, Box<str>>);
        let (known, lines): Place<'_> = match kind.keyword {
            "track_script" => (&self.blocks.known_scripts, &mut draft.scripts),
            "track_file" => (&self.blocks.known_files, &mut draft.files),
            "track_process" => (&self.blocks.known_processes, &mut draft.processes),
            _ => (&self.blocks.known_bfds, &mut draft.bfds),
        };
        let name: Box<str> = line.text(0).into();
        let Some(default) = known.get(&name).copied() else {
            let message = format!(
                "{owner}{} {name} not found, ignoring it: it must be defined before it is tracked",
                kind.keyword
            );
            return self.context.report(line, 0, Code::UnknownName, message);
        };
        if lines.known.contains(&lines.list, |tracked| tracked.name.clone(), &name) {
            return tracked_twice(&mut self.context, line, owner, kind);
        }
        if let Some(weight) = tracked_weight(&mut self.context, line, owner, kind, default) {
            lines.push(Tracked { name, weight }, line.at(0));
        }
    }
}

fn tracked_twice(context: &mut Context<'_>, line: &Statement, owner: impl Display + Copy, kind: &Kind) {
    let message = format!("{owner}duplicate {} {}, ignoring it", kind.keyword, line.text(0));
    context.report(line, 0, Code::TrackedTwice, message);
}

/// What follows the name. `None` if the line is not used for it.
fn tracked_weight(
    context: &mut Context<'_>,
    line: &Statement,
    owner: impl Display + Copy,
    kind: &Kind,
    default: Weight,
) -> Option<Weight> {
    let mut weight = default;
    if line.len() < 2 {
        return Some(weight);
    }
    let (keyword, name) = (kind.keyword, line.text(0));
    if line.word(1) != b"weight" || line.len() == 2 {
        let message = if line.len() == 2 && line.word(1) == b"weight" {
            format!("{owner}weight without value for {keyword} {name}, not tracking it")
        } else {
            format!(
                "{owner}unknown option '{}' of {keyword} {name}, not tracking it: weight is known",
                line.text(1)
            )
        };
        context.report(line, 1, Code::BadWeight, message);
        return None;
    }
    let what = format!("{owner}weight of {keyword} {name}");
    let otherwise = format!("using {}", default.value);
    if let Some(value) = context.lenient_at(&what, line, 2, -kind.read, kind.read, &otherwise) {
        let kept = value.clamp(-kind.kept, kind.kept);
        if kept != value {
            let message = format!("{owner}weight of {keyword} {name} cannot be +/-254, setting it to {kept}");
            context.report(line, 2, Code::Adjusted, message);
        }
        weight.value = kept as i16;
    }
    match line.word(3) {
        b"reverse" => weight.reverse = true,
        b"noreverse" if kind.noreverse => weight.reverse = false,
        _ if line.len() < 4 => {}
        _ => {
            let outcome = if kind.exact { "not tracking it" } else { "ignoring the option" };
            let message =
                format!("{owner}unknown weight option '{}' of {keyword} {name}, {outcome}", line.text(3));
            context.report(line, 3, Code::BadWeight, message);
            return (!kind.exact).then_some(weight);
        }
    }
    Some(weight)
}
