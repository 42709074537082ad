//! What instances are told to run and to track, and the processes that are tracked.

use kaconf::model::{ParamMatch, TrackProcess};

use super::object::Object;
use crate::dump::command;
use crate::vrrp::driver::Driver;
use crate::vrrp::instance::Instance;
use crate::vrrp::watch::Gauge;

/// The scripts of an instance, each as one line for a shell.
pub(super) fn scripts(data: &mut Object, instance: &Instance) {
    for (keyword, script) in instance.model.notify.scripts() {
        let key = match keyword {
            "notify_backup" => "script_backup",
            "notify_master" => "script_master",
            "notify_fault" => "script_fault",
            "notify_stop" => "script_stop",
            "notify_deleted" => "script_deleted",
            "notify_master_rx_lower_pri" => "script_master_rx_lower_pri",
            _ => "script",
        };
        data.text(key, &command(&script.command));
    }
}

/// What an instance tracks.
pub(super) fn tracking(data: &mut Object, driver: &Driver, instance: &Instance) {
    let tracking = &instance.model.tracking;
    data.list("track_ifp", tracking.interfaces.iter().map(|tracked| tracked.interface.to_string()));
    let commands = tracking.scripts.iter().filter_map(|tracked| {
        let script = driver.watch.scripts.iter().find(|script| script.model.name == tracked.name)?;
        script.model.script.as_ref().map(|script| command(&script.command))
    });
    data.list("track_script", commands);
    data.list("track_process", tracking.processes.iter().map(|tracked| tracked.name.to_string()));
}

/// `"track_process":[...]` of version 2; nothing when there is none.
pub(super) fn processes(driver: &Driver) -> String {
    let all: Vec<_> = driver.watch.processes.iter().map(|(model, gauge)| process(model, gauge)).collect();
    if all.is_empty() { String::new() } else { format!(",\"track_process\":[{}]", all.join(",")) }
}

fn process(model: &TrackProcess, gauge: &Gauge) -> String {
    let mut out = Object::default();
    out.text("process", &model.name);
    if !model.parameters.is_empty() {
        out.text("parameters", &model.parameters.join(" "));
    }
    out.text(
        "param_match",
        match model.param_match {
            ParamMatch::None => "none",
            ParamMatch::Exact => "exact",
            ParamMatch::Partial => "partial",
            ParamMatch::Initial => "initial",
        },
    );
    out.value("min_processes", model.quorum);
    if let Some(most) = model.quorum_max {
        out.value("max_processes", most);
    }
    out.value("current_processes", gauge.count());
    out.value("have_quorum", gauge.is_up());
    let sign = if model.weight.reverse { -1 } else { 1 };
    out.value("weight", sign * i32::from(model.weight.value));
    out.value("terminate_delay", model.terminate_delay.as_secs_f64());
    out.value("fork_delay", model.fork_delay.as_secs_f64());
    let (fork, terminate) = gauge.delays();
    out.value("fork_delay_timer_running", fork);
    out.value("terminate_delay_timer_running", terminate);
    out.value("full_command", model.full_command);
    out.end()
}
