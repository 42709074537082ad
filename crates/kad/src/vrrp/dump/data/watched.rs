//! The sections of keepalived.data about scripts, files and processes.

use std::fmt::{Result, Write};
use std::time::Duration;

use kaconf::model::ParamMatch;
use vrrp_fsm::Status;

use super::groups::weight;
use super::notify::Accounts;
use crate::dump::command;
use crate::vrrp::clock;
use crate::vrrp::driver::Driver;
use crate::vrrp::tracking::TrackerKey;

pub(super) fn sections(out: &mut String, driver: &Driver, accounts: &mut Accounts) -> Result {
    scripts(out, driver, accounts)?;
    files(out, driver)?;
    processes(out, driver)
}

fn files(out: &mut String, driver: &Driver) -> Result {
    if !driver.watch.files.is_empty() {
        writeln!(out, "------< VRRP Track files >------")?;
    }
    for file in &driver.watch.files {
        let key = TrackerKey::file(&file.name);
        let number = if let Status::Number(number) = driver.trackers.status(&key) { number } else { 0 };
        writeln!(out, " Track file = {}", file.name)?;
        writeln!(out, "   File = {}", file.path)?;
        writeln!(out, "   Status = {number}")?;
        writeln!(out, "   Weight = {}", weight(file.weight))?;
        followers(out, driver, &key)?;
    }
    Ok(())
}

fn scripts(out: &mut String, driver: &Driver, accounts: &mut Accounts) -> Result {
    let mut scripts = driver.watch.scripts.iter().peekable();
    if scripts.peek().is_some() {
        writeln!(out, "------< VRRP Scripts >------")?;
    }
    let now = clock::now();
    for script in scripts {
        let model = &script.model;
        let (uid, gid) = accounts.of(&script.program);
        writeln!(out, " VRRP Script = {}", model.name)?;
        writeln!(out, "   Command = {}", command(&script.program.command))?;
        writeln!(out, "   Interval = {} sec", seconds(model.interval))?;
        writeln!(out, "   Timeout = {} sec", seconds(model.timeout.unwrap_or_default()))?;
        writeln!(out, "   Weight = {}", weight(model.weight))?;
        writeln!(out, "   Rise = {}", model.rise)?;
        writeln!(out, "   Fall = {}", model.fall)?;
        writeln!(out, "   Result = {}", script.result())?;
        writeln!(out, "   Insecure = no")?;
        writeln!(out, "   Init state = {}", script.first())?;
        writeln!(out, "   Status = {}", if script.is_up() { "GOOD" } else { "BAD" })?;
        writeln!(out, "   Script uid:gid = {uid}:{gid}")?;
        writeln!(out, "   VRRP instances :")?;
        followers(out, driver, &script.key())?;
        writeln!(out, "   State = {}", script.state(now))?;
    }
    Ok(())
}

fn processes(out: &mut String, driver: &Driver) -> Result {
    if !driver.watch.processes.is_empty() {
        writeln!(out, "------< VRRP Track processes >------")?;
    }
    for (model, gauge) in &driver.watch.processes {
        writeln!(out, " VRRP Track process = {}", model.name)?;
        writeln!(out, "   Process = {}", model.process)?;
        if !model.parameters.is_empty() {
            writeln!(out, "   Parameters = {}", model.parameters.join(" "))?;
        }
        match model.param_match {
            ParamMatch::None => {}
            ParamMatch::Exact => writeln!(out, "   Param match")?,
            ParamMatch::Partial => writeln!(out, "   Param match = partial")?,
            ParamMatch::Initial => writeln!(out, "   Param match = initial")?,
        }
        writeln!(out, "   Min processes = {}", model.quorum)?;
        if let Some(most) = model.quorum_max {
            writeln!(out, "   Max processes = {most}")?;
        }
        writeln!(out, "   Current processes = {}", gauge.count())?;
        writeln!(out, "   Have quorum = {}", gauge.is_up())?;
        writeln!(out, "   Weight = {}", weight(model.weight))?;
        writeln!(out, "   Terminate delay = {:.6}s", model.terminate_delay.as_secs_f64())?;
        writeln!(out, "   Fork delay = {:.6}s", model.fork_delay.as_secs_f64())?;
        let (fork, terminate) = gauge.delays();
        let not = |running: bool| if running { "" } else { "not " };
        writeln!(out, "   Fork delay timer {}running", not(fork))?;
        writeln!(out, "   Terminate delay timer {}running", not(terminate))?;
        writeln!(out, "   Full command = {}", model.full_command)?;
        followers(out, driver, &TrackerKey::process(&model.name))?;
    }
    Ok(())
}

/// Who tracks it.
fn followers(out: &mut String, driver: &Driver, key: &TrackerKey) -> Result {
    let mut followers = driver.trackers.followers(key).peekable();
    if followers.peek().is_some() {
        writeln!(out, "   Tracking instances :")?;
    }
    for (id, value) in followers {
        let name = driver.instances[id.index()].name();
        let reverse = if value.reverse { " reverse" } else { "" };
        writeln!(out, "     {name}, weight {}{reverse}", value.value)?;
    }
    Ok(())
}

/// Whole seconds, or thousandths.
fn seconds(span: Duration) -> String {
    match span.subsec_millis() {
        0 => span.as_secs().to_string(),
        millis => format!("{}.{millis:03}", span.as_secs()),
    }
}
