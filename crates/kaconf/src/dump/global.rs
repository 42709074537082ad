//! `global_defs` and the keywords of the root.
//!
//! Left out is what cannot be said without doing something: an interval of 0 is no interval keepalived reads, and a
//! keyword that some builds of keepalived do not know is said only where it is not at its default.

use super::global_parts as parts;
use super::writer::{Writer, quoted};
use crate::model::{DynamicInterfaces, Garp, Global, Process, RxBuffers, VrrpDefaults};

/// Writes what stands in front of everything else.
pub(super) fn global(writer: &mut Writer, global: &Global) {
    root(writer, global);
    writer.block("global_defs", |writer| {
        names(writer, global);
        parts::scripts(writer, &global.scripts);
        parts::fifos(writer, &global.fifos);
        parts::mail(writer, &global.mail);
        processes(writer, global);
        vrrp(writer, global);
        defaults(writer, &global.vrrp_defaults);
        buffers(writer, global);
        parts::firewall(writer, &global.firewall);
        parts::ipvs(writer, &global.ipvs);
        parts::monitoring(writer, &global.snmp, &global.dbus);
        parts::reload(writer, &global.reload);
        files(writer, global);
    });
}

fn root(writer: &mut Writer, global: &Global) {
    writer.some_text("net_namespace", global.net_namespace.as_deref());
    match global.net_namespace_ipvs.as_deref() {
        Some("") => writer.line("net_namespace_ipvs"),
        name => writer.some_text("net_namespace_ipvs", name),
    }
    writer.flag("namespace_with_ipsets", global.firewall.namespace_with_ipsets);
    writer.some_text("instance", global.instance.as_deref());
    writer.flag("use_pid_dir", global.use_pid_dir);
    writer.value("child_wait_time", global.child_wait_time.as_secs());
    writer.flag("linkbeat_use_polling", global.linkbeat_polling);
}

fn names(writer: &mut Writer, global: &Global) {
    writer.some_text("router_id", global.router_id.as_deref());
    writer.flag("process_names", global.process_names);
    for (keyword, process) in [
        ("process_name", &global.parent),
        ("vrrp_process_name", &global.vrrp),
        ("checker_process_name", &global.checker),
        ("bfd_process_name", &global.bfd),
    ] {
        writer.some_text(keyword, process.name.as_deref());
    }
}

fn processes(writer: &mut Writer, global: &Global) {
    for (kind, process) in [("vrrp", &global.vrrp), ("checker", &global.checker), ("bfd", &global.bfd)] {
        scheduling(writer, kind, process);
    }
    writer.value("max_auto_priority", global.auto_priority.max);
    writer.value("min_auto_priority_delay", global.auto_priority.delay.as_micros());
}

fn scheduling(writer: &mut Writer, kind: &str, Process { scheduling, .. }: &Process) {
    writer.some(&format!("{kind}_priority"), scheduling.nice);
    writer.flag(&format!("{kind}_no_swap"), scheduling.no_swap);
    writer.some(&format!("{kind}_rt_priority"), scheduling.realtime);
    writer.some(&format!("{kind}_rlimit_rttime"), scheduling.realtime_limit);
    if !scheduling.cpus.is_empty() {
        let cpus: Vec<_> = scheduling.cpus.iter().map(u16::to_string).collect();
        writer.value(&format!("{kind}_cpu_affinity"), cpus.join(" "));
    }
}

fn vrrp(writer: &mut Writer, global: &Global) {
    match global.dynamic_interfaces {
        DynamicInterfaces::Off => {}
        DynamicInterfaces::Allowed => writer.line("dynamic_interfaces"),
        DynamicInterfaces::AllowedIfChanges => writer.line("dynamic_interfaces allow_if_changes"),
    }
    if global.default_interface != Global::default().default_interface {
        writer.text("default_interface", global.default_interface.as_str());
    }
    writer.value("vrrp_mcast_group4", global.multicast_group_v4);
    writer.value("vrrp_mcast_group6", global.multicast_group_v6);
    writer.seconds("vrrp_garp_interval", global.garp_interval);
    writer.seconds("vrrp_gna_interval", global.gna_interval);
    writer.seconds("vrrp_startup_delay", global.startup_delay);
    writer.seconds("vrrp_delay_after_boot", global.delay_after_boot);
    writer.flag("log_unknown_vrids", global.log_unknown_vrids);
    writer.flag("disable_local_igmp", global.disable_local_igmp);
    match global.rx_buffers {
        RxBuffers::System => {}
        RxBuffers::Mtu => writer.line("vrrp_rx_bufs_policy MTU"),
        RxBuffers::Advert => writer.line("vrrp_rx_bufs_policy ADVERT"),
        RxBuffers::Octets(octets) => writer.value("vrrp_rx_bufs_policy", octets),
    }
    writer.value("vrrp_rx_bufs_multiplier", global.rx_buffers_multiplier);
    writer.some_text("vmac_prefix", global.vmac_prefix.as_deref());
    writer.some_text("vmac_addr_prefix", global.vmac_addr_prefix.as_deref());
}

fn defaults(writer: &mut Writer, defaults: &VrrpDefaults) {
    writer.value("vrrp_version", defaults.version.number());
    writer.boolean("vrrp_strict", defaults.strict);
    garp(writer, &defaults.garp);
    if let Some(extra) = defaults.garp_extra {
        let all = if extra.all { "all " } else { "" };
        writer.value("vrrp_garp_extra_if", format_args!("{all}{}", extra.every.as_secs()));
    }
    writer.value("vrrp_down_timer_adverts", defaults.down_timer_adverts);
    writer.boolean("vrrp_lower_prio_no_advert", defaults.lower_prio_no_advert);
    writer.boolean("vrrp_higher_prio_send_advert", defaults.higher_prio_send_advert);
    writer.boolean("vrrp_owner_ignore_adverts", defaults.owner_ignore_adverts);
    writer.flag("vrrp_check_unicast_src", defaults.check_unicast_src);
    writer.boolean("vrrp_skip_check_adv_addr", defaults.skip_check_adv_addr);
    writer.flag("v3_checksum_as_v2", defaults.checksum_as_v2);
}

fn garp(writer: &mut Writer, garp: &Garp) {
    // A repeat of 0 is said by this keyword only.
    writer.flag("vrrp_min_garp", garp.refresh_repeat == 0);
    writer.value("vrrp_garp_master_delay", garp.delay.as_secs());
    writer.value("vrrp_garp_master_repeat", garp.repeat);
    writer.value("vrrp_garp_master_refresh", garp.refresh.as_secs());
    if garp.refresh_repeat > 0 {
        writer.value("vrrp_garp_master_refresh_repeat", garp.refresh_repeat);
    }
    writer.value("vrrp_garp_lower_prio_delay", garp.lower_prio_delay.as_secs());
    // More than that comes from the repeat above, which has the wider range.
    if i32::try_from(garp.lower_prio_repeat).is_ok() {
        writer.value("vrrp_garp_lower_prio_repeat", garp.lower_prio_repeat);
    }
}

fn buffers(writer: &mut Writer, global: &Global) {
    for (keyword, buffer) in [
        ("vrrp_netlink_cmd_rcv_bufs", global.netlink_command_buffer),
        ("vrrp_netlink_monitor_rcv_bufs", global.netlink_monitor_buffer),
        ("process_monitor_rcv_bufs", global.process_monitor_buffer),
        ("lvs_netlink_cmd_rcv_bufs", global.lvs_netlink_command_buffer),
        ("lvs_netlink_monitor_rcv_bufs", global.lvs_netlink_monitor_buffer),
    ] {
        let Some((octets, force)) = buffer else { continue };
        if octets > 0 {
            writer.value(keyword, octets);
        }
        if force || octets == 0 {
            writer.boolean(&format!("{keyword}_force"), force);
        }
    }
}

fn files(writer: &mut Writer, global: &Global) {
    writer.some("random_seed", global.random_seed);
    for (keyword, path) in [
        ("iproute_usr_dir", &global.iproute_usr_dir),
        ("iproute_etc_dir", &global.iproute_etc_dir),
        ("state_dump_file", &global.state_dump_file),
        ("stats_dump_file", &global.stats_dump_file),
        ("json_dump_file", &global.json_dump_file),
    ] {
        writer.path(keyword, path.as_deref());
    }
    writer.value("umask", format_args!("0{:03o}", global.umask));
    writer.boolean("data_use_instance", global.data_use_instance);
    writer.some("json_version", Some(global.json_version).filter(|version| *version != 1));
}

/// `USER [GROUP]`, in front of nothing.
pub(super) fn account(user: Option<&str>, group: Option<&str>) -> String {
    user.into_iter()
        .chain(group.filter(|_| user.is_some()))
        .map(|name| format!(" {}", quoted(name)))
        .collect()
}
