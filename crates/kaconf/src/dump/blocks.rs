//! The blocks around the instances: what is tracked, groups, BFD, interfaces.

use std::time::Duration;

use crate::model::{
    Bfd, Config, GarpGroup, InterfaceDelay, LinkbeatInterface, LinkbeatMethod, Notify, ParamMatch, SyncGroup,
    TrackFile, TrackProcess, TrackScript, Tracked, Tracking, Weight,
};

use super::missing;
use super::script::{command, script_value};
use super::writer::{Writer, quoted};

/// What stands before the instances, which refer to it.
pub(super) fn before_instances(writer: &mut Writer, config: &Config) {
    config.track_scripts.iter().for_each(|script| track_script(writer, script));
    config.track_processes.iter().for_each(|process| track_process(writer, process));
    config.track_files.iter().for_each(|file| track_file(writer, file));
    missing::files(writer, config);
    config.bfds.iter().for_each(|session| bfd(writer, session));
    missing::bfds(writer, config);
    config.garp_groups.iter().for_each(|group| garp_group(writer, group));
    interface_delays(writer, &config.interface_delays);
    linkbeat_interfaces(writer, &config.linkbeat_interfaces);
}

/// `vrrp_sync_group`
pub(super) fn sync_groups(writer: &mut Writer, config: &Config) {
    config.sync_groups.iter().for_each(|group| sync_group(writer, group));
}

/// `track_group`, before the static lines that name one.
pub(super) fn track_groups(writer: &mut Writer, config: &Config) {
    for group in &config.track_groups {
        writer.block(format_args!("track_group {}", quoted(&group.name)), |writer| {
            members(writer, &group.members);
        });
    }
}

/// Seconds with as many decimals as it takes.
pub(super) fn seconds(duration: Duration) -> String {
    decimal(duration.as_micros(), 1_000_000)
}

fn decimal(micros: u128, unit: u128) -> String {
    let digits = unit.ilog10() as usize;
    let text = format!("{}.{:0digits$}", micros / unit, micros % unit);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn weight(weight: Weight) -> String {
    format!("{}{}", weight.value, if weight.reverse { " reverse" } else { "" })
}

/// The first word of a line: quoted where it would not be read as the name that it is.
fn first(name: &str) -> String {
    if name.starts_with("include") { format!("\"{name}\"") } else { quoted(name) }
}

fn members(writer: &mut Writer, members: &[Box<str>]) {
    writer.block("group", |writer| {
        for member in members {
            writer.line(first(member));
        }
    });
}

/// The `track_*` lists.
pub(super) fn tracking(writer: &mut Writer, tracking: &Tracking) {
    if !tracking.interfaces.is_empty() {
        writer.block("track_interface", |writer| {
            for tracked in &tracking.interfaces {
                let name = first(tracked.interface.as_str());
                writer.line(format_args!("{name} weight {}", weight(tracked.weight)));
            }
        });
    }
    let mut list = |keyword: &str, list: &[Tracked]| {
        if list.is_empty() {
            return;
        }
        writer.block(keyword, |writer| {
            for tracked in list {
                let (name, value) = (first(&tracked.name), tracked.weight.value);
                let reverse = if tracked.weight.reverse { "reverse" } else { "noreverse" };
                writer.line(format_args!("{name} weight {value} {reverse}"));
            }
        });
    };
    list("track_script", &tracking.scripts);
    list("track_file", &tracking.files);
    list("track_process", &tracking.processes);
    list("track_bfd", &tracking.bfds);
}

/// `notify*`
pub(super) fn notify(writer: &mut Writer, notify: &Notify) {
    for (keyword, script) in notify.scripts() {
        writer.value(keyword, script_value(script));
    }
    writer.flag("notify_deleted", notify.tells_deletion && notify.deleted.is_none());
}

fn track_script(writer: &mut Writer, script: &TrackScript) {
    writer.block(format_args!("vrrp_script {}", quoted(&script.name)), |writer| {
        if let Some(runs) = &script.script {
            writer.value("script", command(runs));
            if let Some(user) = &runs.user {
                let group =
                    runs.group.as_deref().map(|group| format!(" {}", quoted(group))).unwrap_or_default();
                writer.value("user", format_args!("{}{group}", quoted(user)));
            }
        }
        writer.value("interval", seconds(script.interval));
        if let Some(timeout) = script.timeout {
            writer.value("timeout", seconds(timeout));
        }
        writer.value("weight", weight(script.weight));
        writer.value("rise", script.rise);
        writer.value("fall", script.fall);
        writer.flag("init_fail", script.init_fail);
    });
}

fn track_process(writer: &mut Writer, process: &TrackProcess) {
    writer.block(format_args!("vrrp_track_process {}", quoted(&process.name)), |writer| {
        let words: Vec<_> = std::iter::once(&process.process).chain(&process.parameters).collect();
        let words: Vec<_> = words.into_iter().map(|word| quoted(word)).collect();
        writer.value("process", words.join(" "));
        match process.param_match {
            ParamMatch::None => {}
            ParamMatch::Exact => writer.line("param_match"),
            ParamMatch::Initial => writer.value("param_match", "initial"),
            ParamMatch::Partial => writer.value("param_match", "partial"),
        }
        writer.flag("full_command", process.full_command);
        writer.value("weight", weight(process.weight));
        if process.quorum > 0 {
            writer.value("quorum", process.quorum);
        }
        if let Some(max) = process.quorum_max {
            writer.value("quorum_max", max);
        }
        for (keyword, delay) in
            [("terminate_delay", process.terminate_delay), ("fork_delay", process.fork_delay)]
        {
            if !delay.is_zero() {
                writer.value(keyword, seconds(delay));
            }
        }
    });
}

fn track_file(writer: &mut Writer, file: &TrackFile) {
    writer.block(format_args!("track_file {}", quoted(&file.name)), |writer| {
        writer.text("file", &file.path);
        writer.value("weight", weight(file.weight));
        if let Some(init) = file.init {
            let overwrite = if init.overwrite { " overwrite" } else { "" };
            writer.value("init_file", format_args!("{}{overwrite}", init.value));
        }
    });
}

fn bfd(writer: &mut Writer, bfd: &Bfd) {
    let millis = |duration: Duration| decimal(duration.as_micros(), 1000);
    writer.block(format_args!("bfd_instance {}", quoted(&bfd.name)), |writer| {
        writer.value("neighbor_ip", bfd.neighbor);
        if let Some(source) = bfd.source {
            writer.value("source_ip", source);
        }
        writer.boolean("multihop", bfd.multihop);
        writer.value("min_rx", millis(bfd.min_rx));
        writer.value("min_tx", millis(bfd.min_tx));
        writer.value("idle_tx", millis(bfd.idle_tx));
        writer.value("multiplier", bfd.multiplier);
        writer.flag("passive", bfd.passive);
        writer.value(if bfd.neighbor.is_ipv4() { "ttl" } else { "hoplimit" }, bfd.ttl);
        writer.value("max_hops", bfd.max_hops);
        writer.value("weight", weight(bfd.weight));
        writer.flag("vrrp", bfd.vrrp);
        writer.flag("checker", bfd.checker);
    });
}

fn garp_group(writer: &mut Writer, group: &GarpGroup) {
    writer.block("garp_group", |writer| {
        for (keyword, interval) in
            [("garp_interval", group.garp_interval), ("gna_interval", group.gna_interval)]
        {
            if let Some(interval) = interval {
                writer.value(keyword, seconds(interval));
            }
        }
        for interface in &group.interfaces {
            writer.text("interface", interface.as_str());
        }
    });
}

fn interface_delays(writer: &mut Writer, delays: &[InterfaceDelay]) {
    if delays.is_empty() {
        return;
    }
    writer.block("interface_up_down_delays", |writer| {
        for delay in delays {
            let name = first(delay.interface.as_str());
            writer.line(format_args!("{name} {} {}", seconds(delay.down), seconds(delay.up)));
        }
    });
}

fn linkbeat_interfaces(writer: &mut Writer, linkbeats: &[LinkbeatInterface]) {
    if linkbeats.is_empty() {
        return;
    }
    writer.block("linkbeat_interfaces", |writer| {
        for linkbeat in linkbeats {
            let method = match linkbeat.method {
                LinkbeatMethod::Any => "",
                LinkbeatMethod::Mii => " MII",
                LinkbeatMethod::Ethtool => " ETHTOOL",
                LinkbeatMethod::Ioctl => " IOCTL",
            };
            writer.line(format_args!("{}{method}", first(linkbeat.interface.as_str())));
        }
    });
}

fn sync_group(writer: &mut Writer, group: &SyncGroup) {
    writer.block(format_args!("vrrp_sync_group {}", quoted(&group.name)), |writer| {
        members(writer, &group.members);
        tracking(writer, &group.tracking);
        writer.flag("sync_group_tracking_weight", group.tracking_weight);
        notify(writer, &group.notify);
        writer.boolean("smtp_alert", group.smtp_alert);
        writer.boolean("notify_priority_changes", group.notify_priority_changes);
    });
}
