//! Which keywords this daemon acts on. What keepalived knows beyond them is read, checked, and said once.
//!
//! How a keyword reads and what it means is `kaconf`'s; this is only the list of what is done about it.

use std::collections::HashSet;

use kaconf::keywords::Keyword;
use kaconf::{Code, Diagnostic, Loaded};

/// The keywords that something comes of, by block.
const HEEDED: &[(&str, &[&str])] = &[
    (
        "root",
        &[
            "child_wait_time",
            "garp_group",
            "global_defs",
            "include",
            "includea",
            "includeb",
            "includem",
            "includer",
            "includew",
            "instance",
            "interface_up_down_delays",
            "net_namespace",
            "static_ipaddress",
            "static_routes",
            "static_rules",
            "track_file",
            "track_group",
            "use_pid_dir",
            "vrrp_instance",
            "vrrp_script",
            "vrrp_sync_group",
            "vrrp_track_file",
            "vrrp_track_process",
        ],
    ),
    (
        "global_defs",
        &[
            "config_save_dir",
            "data_use_instance",
            "default_interface",
            "disable_local_igmp",
            "dynamic_interfaces",
            "enable_script_security",
            "fifo_write_vrrp_states_on_reload",
            "include_check",
            "iproute_etc_dir",
            "iproute_usr_dir",
            "json_dump_file",
            "json_version",
            "log_unknown_vrids",
            "max_auto_priority",
            "min_auto_priority_delay",
            "nftables",
            "nftables_counters",
            "nftables_ifindex",
            "nftables_priority",
            "no_email_faults",
            "notification_email",
            "notification_email_from",
            "notify_fifo",
            "notify_fifo_script",
            "process_monitor_rcv_bufs",
            "process_monitor_rcv_bufs_force",
            "process_name",
            "process_names",
            "random_seed",
            "reload_check_config",
            "reload_file",
            "reload_repeat",
            "reload_time_file",
            "router_id",
            "script_user",
            "shutdown_script",
            "shutdown_script_timeout",
            "smtp_alert",
            "smtp_alert_vrrp",
            "smtp_connect_timeout",
            "smtp_helo_name",
            "smtp_server",
            "startup_script",
            "startup_script_timeout",
            "state_dump_file",
            "stats_dump_file",
            "tmp_config_directory",
            "umask",
            "use_symlink_paths",
            "v3_checksum_as_v2",
            "vmac_addr_prefix",
            "vmac_prefix",
            "vrrp_check_unicast_src",
            "vrrp_cpu_affinity",
            "vrrp_delay_after_boot",
            "vrrp_down_timer_adverts",
            "vrrp_garp_extra_if",
            "vrrp_garp_interval",
            "vrrp_garp_lower_prio_delay",
            "vrrp_garp_lower_prio_repeat",
            "vrrp_garp_master_delay",
            "vrrp_garp_master_refresh",
            "vrrp_garp_master_refresh_repeat",
            "vrrp_garp_master_repeat",
            "vrrp_gna_interval",
            "vrrp_higher_prio_send_advert",
            "vrrp_ipsets",
            "vrrp_iptables",
            "vrrp_lower_prio_no_advert",
            "vrrp_mcast_group4",
            "vrrp_mcast_group6",
            "vrrp_min_garp",
            "vrrp_netlink_cmd_rcv_bufs",
            "vrrp_netlink_cmd_rcv_bufs_force",
            "vrrp_netlink_monitor_rcv_bufs",
            "vrrp_netlink_monitor_rcv_bufs_force",
            "vrrp_no_swap",
            "vrrp_notify_fifo",
            "vrrp_notify_fifo_script",
            "vrrp_notify_priority_changes",
            "vrrp_owner_ignore_adverts",
            "vrrp_priority",
            "vrrp_process_name",
            "vrrp_rlimit_rtime",
            "vrrp_rlimit_rttime",
            "vrrp_rt_priority",
            "vrrp_rx_bufs_multiplier",
            "vrrp_rx_bufs_policy",
            "vrrp_skip_check_adv_addr",
            "vrrp_startup_delay",
            "vrrp_strict",
            "vrrp_version",
            "vrrp_vmac_garp_intvl",
        ],
    ),
    (
        "vrrp_instance",
        &[
            "accept",
            "advert_int",
            "auth_hmac",
            "authentication",
            "check_unicast_src",
            "debug",
            "dont_track_primary",
            "down_timer_adverts",
            "garp_extra_if",
            "garp_lower_prio_delay",
            "garp_lower_prio_repeat",
            "garp_master_delay",
            "garp_master_refresh",
            "garp_master_refresh_repeat",
            "garp_master_repeat",
            "higher_prio_send_advert",
            "interface",
            "kernel_rx_buf_size",
            "lower_prio_no_advert",
            "mcast_dst_ip",
            "mcast_src_ip",
            "native_ipv6",
            "no_accept",
            "no_virtual_ipaddress",
            "nopreempt",
            "notify",
            "notify_backup",
            "notify_deleted",
            "notify_fault",
            "notify_master",
            "notify_master_rx_lower_pri",
            "notify_priority_changes",
            "notify_stop",
            "old_unicast_checksum",
            "owner_ignore_adverts",
            "preempt",
            "preempt_delay",
            "priority",
            "promote_secondaries",
            "skip_check_adv_addr",
            "smtp_alert",
            "state",
            "strict_mode",
            "thread_timer_expired",
            "timer_expired_backup",
            "track_file",
            "track_interface",
            "track_process",
            "track_script",
            "track_src_ip",
            "unicast_fault_no_peer",
            "unicast_peer",
            "unicast_src_ip",
            "unicast_ttl",
            "use_ipvlan",
            "use_vmac",
            "use_vmac_addr",
            "v3_checksum_as_v2",
            "version",
            "virtual_ipaddress",
            "virtual_ipaddress_excluded",
            "virtual_router_id",
            "virtual_routes",
            "virtual_rules",
            "vmac_garp_intvl",
            "vmac_xmit_base",
        ],
    ),
    ("vrrp_instance/auth_hmac", &["active_key", "anti_replay", "key", "mode", "time_window"]),
    ("vrrp_instance/authentication", &["auth_pass", "auth_type"]),
    (
        "vrrp_sync_group",
        &[
            "global_tracking",
            "group",
            "notify",
            "notify_backup",
            "notify_fault",
            "notify_master",
            "notify_priority_changes",
            "notify_stop",
            "smtp_alert",
            "sync_group_tracking_weight",
            "track_file",
            "track_interface",
            "track_process",
            "track_script",
        ],
    ),
];

/// One note for each keyword of a configuration that nothing comes of. What stands in a block that nothing comes of
/// goes without saying.
pub(crate) fn unheeded(loaded: &Loaded) -> impl Iterator<Item = Diagnostic> {
    loaded.outline.uses().iter().filter(|(keyword, _)| is_unheeded(keyword)).map(|(keyword, at)| {
        let message = format!("'{}' is read and checked, but not acted on yet", keyword.name);
        Diagnostic::new(Code::NotActedOn, Some(*at), message)
    })
}

/// As many names stand in one note.
const NAMES_MAX: usize = 12;

/// One note for all such keywords of several configurations, those that stand outside of all blocks first.
pub(crate) fn unheeded_together<'a>(all: impl Iterator<Item = &'a Loaded>) -> Option<Diagnostic> {
    let mut seen = HashSet::new();
    let uses = all.flat_map(|loaded| loaded.outline.uses()).map(|(keyword, _)| *keyword);
    let (mut names, inner): (Vec<&Keyword>, Vec<&Keyword>) = uses
        .filter(|keyword| is_unheeded(keyword) && seen.insert(keyword.name))
        .partition(|keyword| keyword.block == "root");
    names.extend(inner);
    let others = names.len().saturating_sub(NAMES_MAX);
    names.truncate(NAMES_MAX);
    let shown: Vec<_> = names.iter().map(|keyword| keyword.name).collect();
    let more = if others > 0 { format!(" and {others} more") } else { String::new() };
    let message = format!("read and checked, but not acted on by kad yet: {}{more}", shown.join(", "));
    (!shown.is_empty()).then(|| Diagnostic::new(Code::NotActedOn, None, message))
}

fn is_unheeded(keyword: &Keyword) -> bool {
    let block = HEEDED.iter().find(|(block, _)| *block == keyword.block);
    block.is_some_and(|(_, names)| names.binary_search(&keyword.name).is_err())
}

#[cfg(test)]
mod tests;
