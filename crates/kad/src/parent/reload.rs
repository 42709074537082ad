//! A reload: read by a process of its own, offered to the child, taken when the child has it.
//!
//! Until then the configuration of before is the one that runs, and the one a child that dies is restarted with.

use std::time::Instant;

use super::Parent;
use super::reading::{Prepared, Reading};
use super::start::say_what_is_not_served;
use super::timetable::Timetable;
use crate::cli::Options;
use crate::ipc::{Order, ParentPart};
use crate::role::take_process;

impl Parent {
    /// Begins a reload, or notes that another is wanted after the one that runs.
    pub(super) fn reload(&mut self, now: Instant) {
        if self.stopping.is_some() {
            return;
        }
        if self.reading.is_some() || self.offered.is_some() {
            self.reload_again = true;
            return;
        }
        if let Some(what) = self.child_is_busy() {
            self.postpone(what);
            return;
        }
        tracing::info!("Reloading ...");
        self.systemd.reloading();
        self.mark_reading();
        let (number, log) = (self.readings, self.current.part.reload.check_log.clone());
        self.readings += 1;
        let started = match &log {
            Some(log) => Reading::test(&self.arguments, number, log, now),
            None => Reading::start(&self.arguments, number, now),
        };
        match started {
            Ok(reading) => self.reading = Some(reading),
            Err(error) => self.reload_failed(&format!("cannot start a reader: {error}")),
        }
    }

    /// Looks after the reader.
    pub(super) fn read_on(&mut self, now: Instant) {
        if let Some(reading) = self.reading.take() {
            let read = match reading.poll(now) {
                Err(still) => {
                    self.reading = Some(still);
                    return;
                }
                Ok(read) => read,
            };
            self.mark_read();
            match read {
                Ok(prepared) => self.offer(prepared, now),
                Err(unread) if unread.is_stray() => {
                    tracing::info!("Reload begins again: {unread}");
                    self.reload(now);
                }
                Err(unread) => self.reload_failed(&unread.to_string()),
            }
        } else if self.reload_again && self.offered.is_none() && self.child_is_busy().is_none() {
            self.reload_again = false;
            self.reload(now);
        }
    }

    /// What the child does, if it can take no other configuration now: it starts with one, or stops for want of
    /// one. Either comes to an end within a bounded time.
    fn child_is_busy(&self) -> Option<&'static str> {
        if self.ceremony.is_starting() {
            return Some("waits for the startup script");
        }
        let up = self.vrrp.up()?;
        if up.is_stopping() { Some("stops") } else { (!up.is_running()).then_some("starts") }
    }

    /// Notes that a reload is wanted as soon as the child has done what it does.
    fn postpone(&mut self, what: &str) {
        if !std::mem::replace(&mut self.reload_again, true) {
            tracing::info!("Reload postponed while the VRRP process {what}");
        }
    }

    fn reload_failed(&mut self, why: &str) {
        tracing::error!("Reload abandoned, nothing is changed: {why}");
        self.systemd.ready();
    }

    /// Offers a configuration to the child.
    fn offer(&mut self, prepared: Prepared, now: Instant) {
        if let Some(what) = unchangeable(&self.options, &self.current.part, &prepared.part) {
            return self.reload_failed(&format!("Cannot change {what} at a reload - please restart kad"));
        }
        if let Some(what) = self.child_is_busy() {
            // It was restarted meanwhile. What it dies of now is not the new file, so that is not spent on it.
            return self.postpone(what);
        }
        let wanted = self.wants_vrrp(&prepared.part);
        let lived_with = &self.current.part.doubts;
        let doubt = prepared.part.doubts.iter().find(|doubt| !lived_with.contains(doubt));
        if let (false, true, Some(doubt)) = (wanted, self.vrrp.is_wanted(), doubt) {
            return self.reload_failed(&format!(
                "all instances would be removed, and the file has an error that may be why: {doubt}"
            ));
        }
        if self.vrrp.up().is_some() && wanted {
            self.vrrp.tell(Order::Reload, Some(&prepared.bundle));
            self.offered = Some(prepared);
            return;
        }
        self.offered = Some(prepared);
        self.take_offered();
        if !wanted {
            self.vrrp.stop(self.current.part.child_wait_time, now);
        } else if self.vrrp.is_wanted() {
            self.vrrp.hurry(now);
        } else {
            self.take_vrrp_pid_file();
            self.start_vrrp(now);
        }
    }

    /// The offered configuration runs.
    pub(super) fn take_offered(&mut self) {
        let Some(offered) = self.offered.take() else { return };
        let newly = offered.part.has_virtual_servers && !self.current.part.has_virtual_servers;
        self.current = offered;
        self.follow_timetable();
        let part = &self.current.part;
        take_process(&part.parent, part.process_names.then_some("keepalived"));
        if newly {
            say_what_is_not_served(&self.options, part);
        }
        tracing::info!("Reload complete");
        self.systemd.ready();
    }

    /// Watches the file that says when to reload, if there is one.
    pub(super) fn follow_timetable(&mut self) {
        let reload = &self.current.part.reload;
        match (&reload.time_file, &self.timetable) {
            (None, _) => self.timetable = None,
            (Some(path), Some(timetable)) if timetable.is_of(path, reload.repeat) => {}
            (Some(path), _) => self.timetable = Timetable::watch(path, reload.repeat),
        }
    }

    /// Begins a reload when it is time.
    pub(super) fn look_at_timetable(&mut self, now: Instant) {
        let Some(timetable) = &mut self.timetable else { return };
        let stays = timetable.heed();
        let due = timetable.is_due();
        if !stays {
            self.timetable = None;
        }
        if due {
            self.reload(now);
        }
    }

    /// The child keeps what it had.
    pub(super) fn offer_refused(&mut self, reason: &str) {
        self.drop_offered(&format!("the VRRP process refuses the configuration: {reason}"));
    }

    /// Forgets what was offered, if something was.
    pub(super) fn drop_offered(&mut self, why: &str) {
        if self.offered.take().is_some() {
            tracing::error!("Reload abandoned, nothing is changed: {why}");
            self.systemd.ready();
        }
    }
}

/// What differs and cannot without a restart, in keepalived's words. A namespace of the command line stands above
/// that of the file.
fn unchangeable(options: &Options, before: &ParentPart, after: &ParentPart) -> Option<&'static str> {
    let namespace =
        |part: &ParentPart| options.namespace_or(part.net_namespace.as_deref()).map(str::to_owned);
    [
        (namespace(before) != namespace(after), "network namespace"),
        (before.net_namespace_ipvs != after.net_namespace_ipvs, "IPVS network namespace"),
        (before.instance != after.instance, "instance name"),
        (before.nftables_ipvs != after.nftables_ipvs, "IPVS nftables table name"),
        (before.reload.copy_directory != after.reload.copy_directory, "config_directory"),
        (before.disable_local_igmp != after.disable_local_igmp, "disable_local_igmp"),
    ]
    .into_iter()
    .find_map(|(differs, what)| differs.then_some(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_keywords_need_a_restart() {
        let options = Options::read(&["kad".into()]).unwrap();
        let before = ParentPart::default();
        let changed = |change: fn(&mut ParentPart)| {
            let mut after = before.clone();
            change(&mut after);
            unchangeable(&options, &before, &after)
        };
        for (change, what) in [
            (
                (|part| part.net_namespace = Some("n".into())) as fn(&mut ParentPart),
                Some("network namespace"),
            ),
            (|part| part.net_namespace_ipvs = Some("n".into()), Some("IPVS network namespace")),
            (|part| part.instance = Some("i".into()), Some("instance name")),
            (|part| part.nftables_ipvs = Some("t".into()), Some("IPVS nftables table name")),
            (|part| part.reload.copy_directory = Some("/d".into()), Some("config_directory")),
            (|part| part.disable_local_igmp = true, Some("disable_local_igmp")),
            (|part| part.instances = 9, None),
            (|part| part.process_names = true, None),
            (|part| part.umask = 0o22, None),
            (|part| part.reload.time_file = Some("/t".into()), None),
        ] {
            assert_eq!(changed(change), what);
        }
        let options = Options::read(&["kad".into(), "-s".into(), "ours".into()]).unwrap();
        let mut after = before.clone();
        after.net_namespace = Some("theirs".into());
        assert_eq!(unchangeable(&options, &before, &after), None, "the command line stands above the file");
    }
}
