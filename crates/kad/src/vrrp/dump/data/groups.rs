//! `------< VRRP Sync groups >------`, and what an instance or a group tracks.

use std::fmt::{Result, Write};

use kaconf::model::{Tracked, Tracking, Weight};
use vrrp_fsm::Faults;

use super::instance::state_name;
use super::notify::Accounts;
use crate::vrrp::driver::Driver;
use crate::vrrp::groups::Group;
use crate::vrrp::instance::InstanceId;

pub(super) fn section(out: &mut String, driver: &Driver, accounts: &mut Accounts) -> Result {
    if driver.groups.is_empty() {
        return Ok(());
    }
    writeln!(out, "------< VRRP Sync groups >------")?;
    driver.groups.iter().try_for_each(|group| write(out, driver, group, accounts))
}

fn write(out: &mut String, driver: &Driver, group: &Group, accounts: &mut Accounts) -> Result {
    let model = &group.model;
    let own = |id: &&_| own_faults(driver, **id);
    let faulty = group.members.iter().filter(|id| !Faults::AWAITED.contains(own(id))).count();
    let waiting = group.members.iter().filter(|id| own(id).contains(Faults::AWAITED)).count();
    writeln!(out, " VRRP Sync Group = {}, {}", model.name, state_name(group.machine.state()))?;
    writeln!(out, "   Num member fault {faulty}, num member init {waiting}")?;
    writeln!(out, "   VRRP member instances :")?;
    for id in &group.members {
        writeln!(out, "     {}", driver.instances[id.index()].name())?;
    }
    if model.tracking_weight {
        writeln!(out, "   sync group tracking weight set")?;
    }
    writeln!(out, "   Using smtp notification = {}", if model.smtp_alert { "yes" } else { "no" })?;
    if model.notify_priority_changes {
        writeln!(out, "   Notify priority changes = yes")?;
    }
    tracking(out, &model.tracking, "process")?;
    super::notify::scripts(out, &model.notify, &driver.global.scripts, accounts)
}

fn own_faults(driver: &Driver, id: InstanceId) -> Faults {
    driver.instances[id.index()].machine.faults() - Faults::FROM_GROUP
}

/// The lists of what is tracked. keepalived writes `processes` for an instance and `process` for a group.
pub(super) fn tracking(out: &mut String, tracking: &Tracking, processes: &str) -> Result {
    if !tracking.interfaces.is_empty() {
        writeln!(out, "   Tracked interfaces :")?;
    }
    for line in &tracking.interfaces {
        writeln!(out, "     {} weight {}", line.interface, weight(line.weight))?;
    }
    list(out, "scripts", &tracking.scripts, " ")?;
    list(out, "files", &tracking.files, ", ")?;
    list(out, processes, &tracking.processes, ", ")?;
    list(out, "BFDs", &tracking.bfds, ": ")
}

fn list(out: &mut String, what: &str, lines: &[Tracked], between: &str) -> Result {
    if !lines.is_empty() {
        writeln!(out, "   Tracked {what} :")?;
    }
    lines
        .iter()
        .try_for_each(|line| writeln!(out, "     {}{between}weight {}", line.name, weight(line.weight)))
}

/// As it is typed.
pub(super) fn weight(weight: Weight) -> String {
    format!("{}{}", weight.value, if weight.reverse { " reverse" } else { "" })
}
