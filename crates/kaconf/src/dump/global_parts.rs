//! The parts of `global_defs` that have a structure of their own in the model.

use super::global::account;
use super::script::script_value;
use super::writer::{Writer, quoted};
use crate::model::{
    Dbus, Fifos, Firewall, FlushOnStop, Ipsets, Ipvs, IpvsSync, Mail, Reload, ReloadFile, Scripts, Snmp,
};

pub(super) fn scripts(writer: &mut Writer, scripts: &Scripts) {
    writer.flag("enable_script_security", scripts.security);
    if scripts.user.is_some() {
        let account = account(scripts.user.as_deref(), scripts.group.as_deref());
        writer.line(format_args!("script_user{account}"));
    }
    writer.boolean("use_symlink_paths", scripts.use_symlink_paths);
    writer.some("startup_script", scripts.startup.as_ref().map(script_value));
    writer.value("startup_script_timeout", scripts.startup_timeout.as_secs());
    writer.some("shutdown_script", scripts.shutdown.as_ref().map(script_value));
    writer.value("shutdown_script_timeout", scripts.shutdown_timeout.as_secs());
}

pub(super) fn fifos(writer: &mut Writer, fifos: &Fifos) {
    for (keyword, fifo) in
        [("notify_fifo", &fifos.all), ("vrrp_notify_fifo", &fifos.vrrp), ("lvs_notify_fifo", &fifos.lvs)]
    {
        if let Some(path) = &fifo.path {
            let account = account(fifo.user.as_deref(), fifo.group.as_deref());
            writer.value(keyword, format_args!("{}{account}", quoted(&path.to_string_lossy())));
        }
        writer.some(&format!("{keyword}_script"), fifo.script.as_ref().map(script_value));
    }
    writer.boolean("vrrp_notify_priority_changes", fifos.priority_changes);
    writer.flag("fifo_write_vrrp_states_on_reload", fifos.states_on_reload);
}

pub(super) fn mail(writer: &mut Writer, mail: &Mail) {
    if !mail.to.is_empty() {
        writer.block("notification_email", |writer| {
            for address in &mail.to {
                writer.line(quoted(address));
            }
        });
    }
    writer.some_text("notification_email_from", mail.from.as_deref());
    if let Some((host, port)) = &mail.server {
        writer.value("smtp_server", format_args!("{} {port}", quoted(host)));
    }
    writer.some_text("smtp_helo_name", mail.helo.as_deref());
    writer.value("smtp_connect_timeout", mail.connect_timeout.as_secs());
    writer.some("smtp_alert", mail.alert);
    writer.some("smtp_alert_vrrp", mail.alert_vrrp);
    writer.some("smtp_alert_checker", mail.alert_checker);
    writer.flag("no_email_faults", mail.no_faults);
    writer.boolean("no_checker_emails", mail.no_checkers);
}

pub(super) fn firewall(writer: &mut Writer, firewall: &Firewall) {
    if let Some(chains) = &firewall.iptables {
        let output: String = chains.output.iter().map(|chain| format!(" {}", quoted(chain))).collect();
        writer.value("vrrp_iptables", format_args!("{}{output}", quoted(&chains.input)));
    }
    match &firewall.ipsets {
        Ipsets::Default => {}
        Ipsets::Off => writer.line("vrrp_ipsets"),
        Ipsets::Named(names) => {
            let typed: Vec<_> = Ipsets::typed(names).iter().map(|name| quoted(name)).collect();
            writer.value("vrrp_ipsets", typed.join(" "));
        }
    }
    // The name of a table takes back what was said of it before.
    writer.some_text("nftables", firewall.nftables.as_deref());
    writer.value("nftables_priority", firewall.nftables_priority);
    writer.flag("nftables_ifindex", firewall.nftables_ifindex);
    writer.flag("nftables_counters", firewall.nftables_counters);
    writer.some_text("nftables_ipvs", firewall.nftables_ipvs.as_deref());
    writer.value("nftables_ipvs_priority", firewall.nftables_ipvs_priority);
    writer.value("nftables_ipvs_start_fwmark", firewall.nftables_ipvs_start_fwmark);
}

pub(super) fn ipvs(writer: &mut Writer, ipvs: &Ipvs) {
    let timeouts =
        [("tcp", ipvs.timeouts.tcp), ("tcpfin", ipvs.timeouts.tcp_fin), ("udp", ipvs.timeouts.udp)];
    let said: Vec<_> = timeouts
        .iter()
        .filter_map(|(name, timeout)| timeout.map(|timeout| format!("{name} {}", timeout.as_secs())))
        .collect();
    if !said.is_empty() {
        writer.value("lvs_timeouts", said.join(" "));
    }
    if let Some(sync) = &ipvs.sync {
        sync_daemon(writer, sync);
    }
    writer.flag("lvs_flush", ipvs.flush);
    match ipvs.flush_on_stop {
        FlushOnStop::Off => {}
        FlushOnStop::All => writer.line("lvs_flush_on_stop"),
        FlushOnStop::VirtualServers => writer.line("lvs_flush_on_stop VS"),
    }
    writer.boolean("rs_init_notifies", ipvs.init_notifies);
    writer.boolean("checker_log_all_failures", ipvs.log_all_failures);
}

fn sync_daemon(writer: &mut Writer, sync: &IpvsSync) {
    let options = [
        ("inst", sync.instance.as_deref().map(quoted)),
        ("id", sync.id.map(|id| id.to_string())),
        ("maxlen", sync.max_len.map(|len| len.to_string())),
        ("port", sync.port.map(|port| port.to_string())),
        ("ttl", sync.ttl.map(|ttl| ttl.to_string())),
        ("group", sync.group.map(|group| group.to_string())),
    ];
    let said: String = options
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| format!(" {name} {value}")))
        .collect();
    writer.value("lvs_sync_daemon", format_args!("{}{said}", quoted(&sync.interface)));
}

pub(super) fn monitoring(writer: &mut Writer, snmp: &Snmp, dbus: &Dbus) {
    writer.some_text("snmp_socket", snmp.socket.as_deref());
    writer.flag("enable_traps", snmp.traps);
    writer.flag("enable_snmp_vrrp", snmp.vrrp);
    writer.flag("enable_snmp_rfcv2", snmp.rfc_v2);
    writer.flag("enable_snmp_rfcv3", snmp.rfc_v3);
    writer.flag("enable_snmp_checker", snmp.checker);
    if snmp.virtual_server_interval != Snmp::default().virtual_server_interval {
        writer.seconds("snmp_vs_stats_update_interval", snmp.virtual_server_interval);
    }
    if let Some(interval) = snmp.real_server_interval {
        writer.seconds("snmp_rs_stats_update_interval", interval);
    }
    writer.flag("enable_dbus", dbus.enabled);
    writer.some_text("dbus_service_name", dbus.service_name.as_deref());
    writer.some_text("dbus_no_interface_name", dbus.no_interface_name.as_deref());
}

pub(super) fn reload(writer: &mut Writer, reload: &Reload) {
    writer.path("reload_check_config", reload.check_log.as_deref());
    writer.path("reload_time_file", reload.time_file.as_deref());
    writer.flag("reload_repeat", reload.repeat);
    match &reload.file {
        ReloadFile::Off => {}
        ReloadFile::Default => writer.line("reload_file"),
        ReloadFile::Path(path) => writer.path("reload_file", Some(path)),
    }
    writer.path("config_save_dir", reload.save_directory.as_deref());
    writer.path("tmp_config_directory", reload.copy_directory.as_deref());
}
