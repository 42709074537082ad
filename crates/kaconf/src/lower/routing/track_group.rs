//! `track_group NAME { group { INSTANCE... } }`: whose instances follow static lines that name it.

use crate::code::Code;
use crate::expand::Statement;
use crate::lower::reader::{Next, Progress, Reader};
use crate::model::TrackGroup;

impl Reader<'_> {
    /// Reads a `track_group`. True if a statement was read that is not part of it.
    pub(in crate::lower) fn track_group(&mut self, statement: &mut Statement) -> bool {
        if statement.len() != 2 {
            let message = "track_group must have a name, skipping it".to_owned();
            self.context.report(statement, statement.len().min(2), Code::BadBlockName, message);
            return self.skip_block(statement);
        }
        let (name, at) = (statement.text(1).into_owned(), statement.at(1));
        if self.context.has_track_group(&name) {
            let message = format!("track_group {name} already defined, ignoring this one");
            self.context.report(statement, 1, Code::DuplicateName, message);
            return self.skip_block(statement);
        }
        let mut members = Vec::new();
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(statement, &mut progress) {
            if statement.word(0) == b"group" {
                self.track_group_members(statement, &mut members);
            } else {
                self.unknown(statement, "track_group");
            }
        }
        if members.is_empty() {
            let message = format!("track_group {name} has no members, removing it");
            self.context.report_at(at, Code::TrackGroup, message);
        } else {
            self.context.routing.groups.insert(name.as_str().into());
            self.config.track_groups.push(TrackGroup::new(&name, members));
        }
        false
    }

    fn track_group_members(&mut self, statement: &mut Statement, members: &mut Vec<Box<str>>) {
        let head = std::mem::take(statement);
        let again = !members.is_empty();
        if again {
            let message = "a track_group has one group, ignoring this one".to_owned();
            self.context.report(&head, 0, Code::Repeated, message);
        }
        self.lines(&head, |_, line| {
            if !again {
                members.extend((0..line.len()).map(|word| line.text(word).into()));
            }
        });
    }
}
