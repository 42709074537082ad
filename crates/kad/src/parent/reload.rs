//! A reload: read by a process of its own, offered to the child, taken when the child has it.
//!
//! Until then the configuration of before is the one that runs, and the one a child that dies is restarted with.

use std::time::Instant;

use super::Parent;
use super::reading::{Prepared, Reading};
use super::start::say_what_is_not_served;
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
        match Reading::start(&self.arguments, now) {
            Ok(reading) => self.reading = Some(reading),
            Err(error) => self.reload_failed(&format!("cannot start a reader: {error}")),
        }
    }

    /// Looks after the reader.
    pub(super) fn read_on(&mut self, now: Instant) {
        if let Some(reading) = self.reading.take() {
            match reading.poll(now) {
                Err(still) => self.reading = Some(still),
                Ok(Ok(prepared)) => self.offer(prepared, now),
                Ok(Err(unread)) if unread.is_stray() => {
                    tracing::info!("Reload begins again: {unread}");
                    self.reload(now);
                }
                Ok(Err(unread)) => self.reload_failed(&unread.to_string()),
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
        if let Some(what) = unchangeable(&self.current.part, &prepared.part) {
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
        let part = &self.current.part;
        take_process(&part.parent, part.process_names.then_some("keepalived"));
        if newly {
            say_what_is_not_served(&self.options, part);
        }
        tracing::info!("Reload complete");
        self.systemd.ready();
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

/// The keyword that differs and cannot without a restart.
fn unchangeable(before: &ParentPart, after: &ParentPart) -> Option<&'static str> {
    if before.net_namespace != after.net_namespace {
        Some("net_namespace")
    } else if before.instance != after.instance {
        Some("instance")
    } else if before.disable_local_igmp != after.disable_local_igmp {
        Some("disable_local_igmp")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_keywords_need_a_restart() {
        let before = ParentPart::default();
        let changed = |change: fn(&mut ParentPart)| {
            let mut after = before.clone();
            change(&mut after);
            unchangeable(&before, &after)
        };
        for (change, keyword) in [
            ((|part| part.net_namespace = Some("n".into())) as fn(&mut ParentPart), Some("net_namespace")),
            (|part| part.instance = Some("i".into()), Some("instance")),
            (|part| part.disable_local_igmp = true, Some("disable_local_igmp")),
            (|part| part.instances = 9, None),
            (|part| part.process_names = true, None),
            (|part| part.umask = 0o22, None),
        ] {
            assert_eq!(changed(change), keyword);
        }
    }
}
