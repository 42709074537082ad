//! How the processes run, and what the kernel may queue for them.

use std::fmt::{Result, Write};

use kaconf::model::{Global, RxBuffers, Scheduling};

use super::truth;

pub(super) fn processes(out: &mut String, global: &Global) -> Result {
    match global.auto_priority.max {
        -1 => writeln!(out, " Max auto priority = Disabled")?,
        max => writeln!(out, " Max auto priority = {max}")?,
    }
    writeln!(out, " Min auto priority delay = {} usecs", global.auto_priority.delay.as_micros())?;
    for (name, process) in [("VRRP", &global.vrrp), ("Checker", &global.checker), ("BFD", &global.bfd)] {
        let scheduling = &process.scheduling;
        writeln!(out, " {name} process priority = {}", scheduling.nice.unwrap_or(0))?;
        writeln!(out, " {name} don't swap = {}", truth(scheduling.no_swap))?;
        writeln!(out, " {name} realtime priority = {}", scheduling.realtime.unwrap_or(0))?;
        if !scheduling.cpus.is_empty() {
            let cpus: Vec<_> = scheduling.cpus.iter().map(ToString::to_string).collect();
            writeln!(out, " {name} CPU Affinity = {}", cpus.join(", "))?;
        }
        let limit = scheduling.realtime_limit.unwrap_or(Scheduling::REALTIME_LIMIT);
        writeln!(out, " {name} realtime limit = {limit}")?;
    }
    let security = if global.scripts.security { "enabled" } else { "disabled" };
    writeln!(out, " Script security {security}")
}

pub(super) fn buffers(out: &mut String, global: &Global) -> Result {
    for (key, value) in [
        ("vrrp_netlink_cmd_rcv_bufs", global.netlink_command_buffer),
        ("vrrp_netlink_monitor_rcv_bufs", global.netlink_monitor_buffer),
        ("process_monitor_rcv_bufs", global.process_monitor_buffer),
        ("lvs_netlink_cmd_rcv_bufs", global.lvs_netlink_command_buffer),
        ("lvs_netlink_monitor_rcv_bufs", global.lvs_netlink_monitor_buffer),
    ] {
        let (octets, force) = value.unwrap_or_default();
        writeln!(out, " {key} = {octets}\n {key}_force = {}", u8::from(force))?;
    }
    writeln!(out, " rs_init_notifies = {}", u8::from(global.ipvs.init_notifies))?;
    writeln!(out, " no_checker_emails = {}", u8::from(global.mail.no_checkers))?;
    match global.rx_buffers {
        RxBuffers::System => {}
        RxBuffers::Mtu => writeln!(out, " rx_bufs_policy = MTU")?,
        RxBuffers::Advert => writeln!(out, " rx_bufs_policy = ADVERT")?,
        RxBuffers::Octets(octets) => writeln!(out, " rx_bufs_size = {octets}")?,
    }
    writeln!(out, " rx_bufs_multiples = {}", global.rx_buffers_multiplier)?;
    writeln!(out, " umask = 0{:o}", global.umask)
}
