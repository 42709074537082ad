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
        if self.reading.is_some() || self.offered.is_some() || self.is_child_starting() {
            self.reload_again = true;
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
                Ok(Err(unread)) => self.reload_failed(&unread.to_string()),
            }
        } else if self.reload_again && self.offered.is_none() && !self.is_child_starting() {
            self.reload_again = false;
            self.reload(now);
        }
    }

    fn is_child_starting(&self) -> bool {
        self.vrrp.up().is_some_and(|up| !up.is_running())
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
        let wanted = self.wants_vrrp(&prepared.part);
        if self.vrrp.up().is_some() && wanted {
            self.vrrp.tell(Order::Reload, Some(&prepared.bundle));
            self.offered = Some(prepared);
            return;
        }
        self.offered = Some(prepared);
        self.take_offered();
        if !wanted {
            self.vrrp.stop();
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
