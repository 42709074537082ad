//! Once all is read: what an instance tracks, and which weights are left of it.

use std::fmt::Display;

use super::blocks::TrackingDraft;
use super::draft::Draft;
use super::owner::Owner;
use super::reader::Reader;
use crate::code::Code;
use crate::files::Location;
use crate::model::{Instance, Tracked, TrackedInterface};

/// A `track_*` list with the places of its lines.
type Lines<T> = Vec<(T, Option<Location>)>;

/// The weight of a `track_file` that was given none.
const FILE_DEFAULT: i16 = 1;

impl Reader<'_> {
    /// Moves over what an instance tracks. In a sync group, and for an owner, priorities do not move: what would move
    /// them is not tracked, or without its weight.
    pub(super) fn tracking_of(&mut self, draft: &mut Draft, new: &mut Instance) {
        let owner = Owner::of(&draft.name);
        let Some(typed) = draft.tracking.take() else { return };
        let TrackingDraft { interfaces, scripts, files, processes, bfds } = *typed;
        let mut interfaces = self.existing_interfaces(interfaces.into_lines().collect(), owner);
        self.own_interface(owner, &mut interfaces, new);
        let mut scripts: Lines<Tracked> = scripts.into_lines().collect();
        let mut files: Lines<Tracked> = files.into_lines().collect();
        let mut bfds: Lines<Tracked> = bfds.into_lines().collect();
        let in_group = draft.sync.is_some_and(|sync| !sync.tracking_weight);
        if in_group || new.priority.is_owner() {
            let reason = if in_group { "the sync group" } else { "priority 255" };
            self.weighted_interfaces(owner, &mut interfaces, in_group, reason);
            self.drop_weighted(owner, "track_script", &mut scripts, reason);
            self.weighted_files(owner, &mut files, reason);
            self.drop_weighted(owner, "track_bfd", &mut bfds, reason);
        }
        let bare = |lines: Lines<Tracked>| lines.into_iter().map(|(tracked, _)| tracked).collect();
        new.tracking.interfaces = interfaces.into_iter().map(|(tracked, _)| tracked).collect();
        new.tracking.scripts = bare(scripts);
        new.tracking.files = bare(files);
        new.tracking.bfds = bare(bfds);
        new.tracking.processes = processes.list;
    }

    /// An instance tracks its own interface anyway.
    fn own_interface(
        &mut self,
        owner: impl Display + Copy,
        lines: &mut Lines<TrackedInterface>,
        new: &Instance,
    ) {
        lines.retain(|(tracked, at)| {
            let own = Some(&tracked.interface) == new.interface.as_ref();
            if own {
                let message =
                    format!("{owner}ignoring track_interface {} since own interface", tracked.interface);
                self.context.report_at(*at, Code::OwnInterface, message);
            }
            !own
        });
    }

    fn weighted_interfaces(
        &mut self,
        owner: impl Display + Copy,
        lines: &mut Lines<TrackedInterface>,
        keep: bool,
        reason: &str,
    ) {
        lines.retain_mut(|(tracked, at)| {
            if tracked.weight.value == 0 {
                return true;
            }
            let outcome = if keep { "tracking it without" } else { "not tracking it" };
            let message = format!(
                "{owner}track_interface {} cannot have a weight because of {reason}, {outcome}",
                tracked.interface
            );
            self.context.report_at(*at, Code::WeightDropped, message);
            tracked.weight.value = 0;
            keep
        });
    }

    fn drop_weighted(
        &mut self,
        owner: impl Display + Copy,
        keyword: &str,
        lines: &mut Lines<Tracked>,
        reason: &str,
    ) {
        lines.retain(|(tracked, at)| {
            if tracked.weight.value != 0 {
                let message = format!(
                    "{owner}{keyword} {} cannot have a weight because of {reason}, not tracking it",
                    tracked.name
                );
                self.context.report_at(*at, Code::WeightDropped, message);
            }
            tracked.weight.value == 0
        });
    }

    /// The weight a file has by itself is taken off, one that was meant takes the file with it.
    fn weighted_files(&mut self, owner: impl Display + Copy, lines: &mut Lines<Tracked>, reason: &str) {
        lines.retain_mut(|(tracked, at)| {
            let keep = tracked.weight.value == FILE_DEFAULT;
            if tracked.weight.value == 0 {
                return true;
            }
            let outcome = if keep { "tracking it with weight 0: say so" } else { "not tracking it" };
            let message = format!(
                "{owner}track_file {} cannot have a weight because of {reason}, {outcome}",
                tracked.name
            );
            self.context.report_at(*at, Code::WeightDropped, message);
            tracked.weight.value = 0;
            keep
        });
    }
}
