//! `vrrp_sync_group` and `track_group`: instances by name.

use super::blocks::GroupDraft;
use super::owner::Owner;
use super::reader::{Next, Progress, Reader};
use crate::code::Code;
use crate::expand::Statement;
use crate::keywords;

/// How reading a block of a group went on.
enum Went {
    /// To its end.
    On,
    /// Past the end of an inner block that should not have been there: the group is lost with it.
    Lost,
}

impl Reader<'_> {
    /// Reads a `vrrp_sync_group`; it has one name. True if a statement was read that is not part of it.
    pub(super) fn sync_group(&mut self, statement: &mut Statement) -> bool {
        let name: Box<str> = statement.text(1).into();
        if self.blocks.group_names.contains(&name) {
            let message = format!("vrrp sync group {name} already defined, ignoring this one");
            self.context.report(statement, 1, Code::DuplicateName, message);
            return self.skip_block(statement);
        }
        let mut draft = GroupDraft::new(&name, statement.at(1));
        let went = self.group_keywords(statement, &mut draft, "vrrp_sync_group");
        if matches!(went, Went::Lost) || self.context.stopped {
            return false;
        }
        if draft.members.is_none() {
            let message = format!("sync group {name} has no members, removing it");
            self.context.report_at(draft.at, Code::NoMembers, message);
            return false;
        }
        if let Some(tracking) = &mut draft.tracking {
            tracking.shrink();
        }
        self.blocks.group_names.insert(name);
        self.blocks.groups.push(draft);
        false
    }

    /// Reads a `track_group`; it has one name. True if a statement was read that is not part of it.
    pub(super) fn track_group(&mut self, statement: &mut Statement) -> bool {
        let name: Box<str> = statement.text(1).into();
        if self.blocks.track_group_names.contains(&name) {
            let message = format!("track_group {name} already defined, ignoring this one");
            self.context.report(statement, 1, Code::DuplicateName, message);
            return self.skip_block(statement);
        }
        let mut draft = GroupDraft::new(&name, statement.at(1));
        let went = self.group_keywords(statement, &mut draft, "track_group");
        if matches!(went, Went::Lost) || self.context.stopped {
            return false;
        }
        if draft.members.is_none() {
            let message = format!("track group {name} has no members, removing it");
            self.context.report_at(draft.at, Code::NoMembers, message);
            return false;
        }
        self.context.routing.groups.insert(name.clone());
        self.blocks.track_group_names.insert(name);
        self.blocks.track_groups.push(draft);
        false
    }

    fn group_keywords(&mut self, statement: &mut Statement, draft: &mut GroupDraft, block: &str) -> Went {
        let mut progress = Progress::NeedsOpen;
        let mut pending = false;
        loop {
            if !pending && !matches!(self.next_in_block(statement, &mut progress), Next::Statement) {
                return Went::On;
            }
            pending = false;
            if statement.is_close() {
                self.recorder.leave();
                return Went::On;
            }
            if statement.word(0) != b"group" {
                self.group_keyword(statement, draft, block);
            } else if draft.members.is_none() {
                self.members(statement, draft);
            } else {
                let message = format!(
                    "{}the list of instances is already given: this one is ignored, and the group with it",
                    draft.owner()
                );
                self.context.report(statement, 0, Code::Repeated, message);
                let depth = self.depth();
                pending = self.skip_block(statement);
                // keepalived takes the end of the list for that of the group.
                if !pending && self.depth() <= depth {
                    self.recorder.leave();
                    return Went::Lost;
                }
            }
        }
    }

    fn group_keyword(&mut self, statement: &mut Statement, draft: &mut GroupDraft, block: &str) {
        let owner = Owner::of(&draft.name);
        if block == "track_group" {
            return self.unknown(statement, block);
        }
        if self.track_list(statement, owner, &mut draft.tracking)
            || self.context.notify(owner, statement, &mut draft.notify, true)
        {
            return;
        }
        match statement.word(0) {
            b"smtp_alert" => {
                draft.smtp_alert = self.context.boolean(owner, statement).or(draft.smtp_alert);
            }
            b"notify_priority_changes" => {
                draft.notify_priority_changes =
                    self.context.boolean(owner, statement).or(draft.notify_priority_changes);
            }
            b"sync_group_tracking_weight" => draft.tracking_weight = true,
            b"global_tracking" => {
                if let Some(keyword) = keywords::find(block, "global_tracking") {
                    self.deprecated(statement, keyword);
                }
                draft.tracking_weight = true;
            }
            _ => self.unknown(statement, block),
        }
    }

    /// `group { NAME... }`
    fn members(&mut self, statement: &mut Statement, draft: &mut GroupDraft) {
        let head = std::mem::take(statement);
        let mut members = Vec::new();
        self.lines(&head, |_, line| {
            members.extend((0..line.len()).map(|word| (line.text(word).into(), line.at(word))));
        });
        if members.is_empty() {
            let message = format!("{}empty group block", draft.owner());
            return self.context.report(&head, 0, Code::NoMembers, message);
        }
        draft.members = Some(members);
    }
}
