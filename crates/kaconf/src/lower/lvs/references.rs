//! What a checker refers to: a `track_file`, a `bfd_instance` that tells the checkers. keepalived knows those that
//! stand before it.

use super::draft::RealDraft;
use super::draft_checker::{CheckDraft, Kind};
use crate::code::Code;
use crate::expand::Statement;
use crate::lower::reader::Reader;

impl Reader<'_> {
    /// Reads a keyword that refers to something. False if it is not one.
    pub(super) fn reference(
        &mut self,
        statement: &Statement,
        draft: &mut CheckDraft,
        real: &RealDraft,
    ) -> bool {
        match (&draft.kind, statement.word(0)) {
            (Kind::File(_), b"track_file") => self.checked_file(statement, draft),
            (Kind::Bfd(_), b"name") if !draft.dropped => self.bfd_name(statement, draft, real),
            (Kind::Bfd(_), b"name") => {}
            _ => return false,
        }
        true
    }

    fn checked_file(&mut self, statement: &Statement, draft: &mut CheckDraft) {
        let Kind::File(file) = &mut draft.kind else { return };
        if self.context.need(statement, 1).is_none() {
            return;
        }
        let name = statement.text(1);
        if self.blocks.known_files.contains_key(&*name) {
            file.track_file = Some(name.into());
        } else {
            let message = format!("there is no track_file {name} above, ignoring it");
            self.context.report(statement, 1, Code::UnknownName, message);
        }
    }

    /// keepalived drops the checker if there is anything wrong with its name.
    fn bfd_name(&mut self, statement: &Statement, draft: &mut CheckDraft, real: &RealDraft) {
        let name = statement.text(1);
        let problem = if statement.len() != 2 {
            (Code::CheckerLeftOut, "BFD_CHECK takes one name, leaving it out".to_owned())
        } else if !self.blocks.checked_bfds.contains(&*name) {
            (Code::UnknownName, format!("there is no bfd_instance {name} above, leaving the BFD_CHECK out"))
        } else if matches!(draft.kind, Kind::Bfd(Some(_))) {
            (Code::CheckerLeftOut, format!("BFD_CHECK has a name before {name}, leaving it out"))
        } else if real.rare.as_ref().is_some_and(|rare| rare.watched.contains(&*name)) {
            (Code::CheckerLeftOut, format!("{name} is watched already, leaving this BFD_CHECK out"))
        } else {
            draft.kind = Kind::Bfd(Some(name.into()));
            return;
        };
        self.context.report(statement, 1, problem.0, problem.1);
        draft.dropped = true;
    }
}
