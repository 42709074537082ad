//! `------< Global definitions >------`: what `global_defs` came to, in keepalived 2.4.3's lines and order.
//!
//! It stands in the dump of every process, and in the log with `-d`.

mod processes;

use std::fmt::{Display, Result, Write};
use std::path::Path;
use std::time::Duration;

use kaconf::model::{DynamicInterfaces, Fifo, FlushOnStop, Global, Process, ReloadFile, VrrpDefaults};
use rustix::system::uname;

use processes::{buffers, processes};

/// Whose dump it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The parent's, or the log's.
    Parent,
    /// The VRRP process's, which knows its interfaces.
    Vrrp,
}

/// Writes the section.
pub(crate) fn global(out: &mut String, global: &Global, whose: Whose) {
    // Writing to a string does not fail.
    let _infallible = section(out, global, whose);
}

fn section(out: &mut String, global: &Global, whose: Whose) -> Result {
    writeln!(out, "------< Global definitions >------")?;
    names(out, global)?;
    mail(out, global)?;
    reload(out, global)?;
    scripts(out, global)?;
    if whose == Whose::Vrrp || global.dynamic_interfaces != DynamicInterfaces::Off {
        interfaces(out, global, whose)?;
    } else {
        writeln!(out, " Dynamic interfaces = false")?;
    }
    lvs(out, global)?;
    events(out, global)?;
    defaults(out, global, &global.vrrp_defaults)?;
    firewall(out, global)?;
    processes(out, global)?;
    buffers(out, global)?;
    files(out, global)
}

fn truth(on: bool) -> &'static str {
    if on { "true" } else { "false" }
}

fn yes(on: bool) -> &'static str {
    if on { "yes" } else { "no" }
}

fn optional(out: &mut String, key: &str, value: Option<impl Display>) -> Result {
    value.map_or(Ok(()), |value| writeln!(out, " {key} = {value}"))
}

fn path(out: &mut String, key: &str, value: Option<&Path>) -> Result {
    value.map_or(Ok(()), |value| writeln!(out, " {key}{}", value.display()))
}

fn names(out: &mut String, global: &Global) -> Result {
    path(out, "Config save dir = ", global.reload.save_directory.as_deref())?;
    writeln!(out, " Network namespace = {}", global.net_namespace.as_deref().unwrap_or("(default)"))?;
    let ipvs = match global.net_namespace_ipvs.as_deref() {
        None => "(main namespace)",
        Some("") => "(default)",
        Some(name) => name,
    };
    writeln!(out, " Network namespace ipvs = {ipvs}")?;
    optional(out, "Instance name", global.instance.as_deref())?;
    optional(out, "Parent process name", global.parent.name.as_deref())?;
    optional(out, "VRRP process name", name_of(global, &global.vrrp, "keepalived_vrrp"))?;
    optional(out, "LVS process name", name_of(global, &global.checker, "keepalived_lvs"))?;
    optional(out, "BFD process name", name_of(global, &global.bfd, "keepalived_bfd"))?;
    let symlinks = if global.scripts.use_symlink_paths { "Keep" } else { "Replace" };
    writeln!(out, " {symlinks} symlinks in script paths")?;
    let host = uname();
    let host = host.nodename().to_string_lossy();
    writeln!(out, " Router ID = {}", global.router_id.as_deref().unwrap_or(&host))
}

fn name_of<'a>(global: &Global, process: &'a Process, default: &'a str) -> Option<&'a str> {
    process.name.as_deref().or(global.process_names.then_some(default))
}

fn mail(out: &mut String, global: &Global) -> Result {
    let mail = &global.mail;
    if let Some((server, port)) = &mail.server {
        writeln!(out, " Smtp server = {server}\n Smtp server port = {port}")?;
        let host = uname();
        let host = host.nodename().to_string_lossy();
        writeln!(out, " Smtp HELO name = {}", mail.helo.as_deref().unwrap_or(&host))?;
        writeln!(out, " Smtp server connection timeout = {}", mail.connect_timeout.as_secs())?;
    }
    if let Some(from) = &mail.from {
        writeln!(out, " Email notification from = {from}\n Email notification to:")?;
        for to in &mail.to {
            writeln!(out, "   {to}")?;
        }
    }
    let default = |value: Option<bool>| match value {
        None => "unset",
        Some(true) => "on",
        Some(false) => "off",
    };
    writeln!(out, " Default smtp_alert = {}", default(mail.alert))?;
    writeln!(out, " Default smtp_alert_vrrp = {}", default(mail.alert_vrrp))?;
    writeln!(out, " Default smtp_alert_checker = {}", default(mail.alert_checker))?;
    writeln!(out, " Checkers log all failures = {}", truth(global.ipvs.log_all_failures))
}

fn reload(out: &mut String, global: &Global) -> Result {
    let reload = &global.reload;
    match &reload.check_log {
        Some(log) => writeln!(out, " Test config before reload, log to {}", log.display())?,
        None => writeln!(out, " No test config before reload")?,
    }
    if let Some(file) = &reload.time_file {
        let repeat = if reload.repeat { " (repeat)" } else { "" };
        writeln!(out, " Reload time file = {}{repeat}", file.display())?;
    }
    match &reload.file {
        ReloadFile::Off => Ok(()),
        ReloadFile::Default => writeln!(out, " Reload_file = beside the pid file"),
        ReloadFile::Path(path) => writeln!(out, " Reload_file = {}", path.display()),
    }
}

fn scripts(out: &mut String, global: &Global) -> Result {
    let scripts = &global.scripts;
    writeln!(out, " keep script symlinks = {}", truth(scripts.use_symlink_paths))?;
    path(out, "config save directory = ", global.reload.copy_directory.as_deref())?;
    if global.data_use_instance {
        writeln!(out, " Use instance name in data dumps")?;
    }
    for (title, script, timeout) in [
        ("Startup", &scripts.startup, scripts.startup_timeout),
        ("Shutdown", &scripts.shutdown, scripts.shutdown_timeout),
    ] {
        if let Some(script) = script {
            writeln!(out, " {title} script = {}, timeout {}", command(&script.command), timeout.as_secs())?;
        }
    }
    Ok(())
}

/// A command as keepalived writes one: every word in quotes.
pub(crate) fn command(words: &[Box<str>]) -> String {
    let quoted = |word: &str| format!("'{}'", word.replace('\'', r"'\''"));
    let words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

fn interfaces(out: &mut String, global: &Global, whose: Whose) -> Result {
    let dynamic = global.dynamic_interfaces != DynamicInterfaces::Off;
    writeln!(out, " Dynamic interfaces = {}", truth(dynamic))?;
    if dynamic {
        let changes = global.dynamic_interfaces == DynamicInterfaces::AllowedIfChanges;
        writeln!(out, " Allow interface changes = {}", truth(changes))?;
    }
    if global.mail.no_faults {
        writeln!(out, " Send emails for fault transitions = off")?;
    }
    match whose {
        Whose::Vrrp => writeln!(out, " Default interface = {}", global.default_interface),
        Whose::Parent => Ok(()),
    }
}

fn lvs(out: &mut String, global: &Global) -> Result {
    let ipvs = &global.ipvs;
    let timeouts = [
        ("LVS TCP timeout", ipvs.timeouts.tcp),
        ("LVS TCP FIN timeout", ipvs.timeouts.tcp_fin),
        ("LVS UDP timeout", ipvs.timeouts.udp),
    ];
    for (key, timeout) in timeouts {
        optional(out, key, timeout.map(|timeout| timeout.as_secs()))?;
    }
    writeln!(out, " Disable local IGMP = {}", yes(global.disable_local_igmp))?;
    let sum = global.vrrp_defaults.checksum_as_v2;
    writeln!(out, " Use VRRPv2 checksum for VRRPv3 IPv4 = {}", yes(sum))?;
    if let Some(sync) = &ipvs.sync {
        optional(out, "LVS syncd vrrp instance", sync.instance.as_deref())?;
        writeln!(out, " LVS syncd interface = {}", sync.interface)?;
        optional(out, "LVS syncd syncid", sync.id)?;
        optional(out, "LVS syncd maxlen", sync.max_len)?;
        sync.group.map_or(Ok(()), |group| writeln!(out, " LVS mcast group {group}"))?;
        optional(out, "LVS syncd mcast port", sync.port)?;
        optional(out, "LVS syncd mcast ttl", sync.ttl)?;
    }
    writeln!(out, " LVS flush = {}", truth(ipvs.flush))?;
    let flush = match ipvs.flush_on_stop {
        FlushOnStop::Off => "disabled",
        FlushOnStop::All => "full",
        FlushOnStop::VirtualServers => "VS",
    };
    writeln!(out, " LVS flush on stop = {flush}")
}

fn events(out: &mut String, global: &Global) -> Result {
    let fifos = &global.fifos;
    fifo(out, "Global", &fifos.all)?;
    fifo(out, "VRRP", &fifos.vrrp)?;
    fifo(out, "LVS", &fifos.lvs)?;
    writeln!(out, " FIFO write vrrp states on reload = {}", truth(fifos.states_on_reload))?;
    writeln!(out, " VRRP notify priority changes = {}", truth(fifos.priority_changes))
}

fn fifo(out: &mut String, title: &str, fifo: &Fifo) -> Result {
    if let Some(path) = &fifo.path {
        writeln!(out, " {title} notify fifo = {}", path.display())?;
    }
    match &fifo.script {
        Some(script) => writeln!(out, " {title} notify fifo script = {}", command(&script.command)),
        None => Ok(()),
    }
}

fn defaults(out: &mut String, global: &Global, defaults: &VrrpDefaults) -> Result {
    let garp = &defaults.garp;
    writeln!(out, " VRRP IPv4 mcast group = {}", global.multicast_group_v4)?;
    writeln!(out, " VRRP IPv6 mcast group = {}", global.multicast_group_v6)?;
    writeln!(out, " Gratuitous ARP delay = {}", garp.delay.as_secs())?;
    writeln!(out, " Gratuitous ARP repeat = {}", garp.repeat)?;
    writeln!(out, " Gratuitous ARP refresh timer = {}", garp.refresh.as_secs())?;
    writeln!(out, " Gratuitous ARP refresh repeat = {}", garp.refresh_repeat)?;
    writeln!(out, " Gratuitous ARP lower priority delay = {}", garp.lower_prio_delay.as_secs())?;
    writeln!(out, " Gratuitous ARP lower priority repeat = {}", garp.lower_prio_repeat)?;
    writeln!(out, " Num adverts before down = {}", defaults.down_timer_adverts)?;
    let extra = defaults.garp_extra.unwrap_or_default();
    let whom = if extra.all { "i/f" } else { "VMAC" };
    writeln!(out, " Gratuitous ARP for each secondary {whom} = {}s", extra.every.as_secs())?;
    let (lower, higher) = (!defaults.lower_prio_no_advert, defaults.higher_prio_send_advert);
    writeln!(out, " Send advert after receive lower priority advert = {}", truth(lower))?;
    writeln!(out, " Send advert after receive higher priority advert = {}", truth(higher))?;
    writeln!(out, " Gratuitous ARP interval = {:.6}", global.garp_interval.as_secs_f64())?;
    writeln!(out, " Gratuitous NA interval = {:.6}", global.gna_interval.as_secs_f64())?;
    writeln!(out, " VRRP default protocol version = {}", defaults.version)
}

fn firewall(out: &mut String, global: &Global) -> Result {
    let firewall = &global.firewall;
    if let Some(chains) = &firewall.iptables {
        writeln!(out, " Iptables input chain = {}", chains.input)?;
        optional(out, "Iptables output chain", chains.output.as_deref())?;
    }
    if let Some(table) = &firewall.nftables {
        writeln!(out, " nftables table name = {table}")?;
        writeln!(out, " nftables base chain priority = {}", firewall.nftables_priority)?;
        let force = if firewall.nftables_ifindex { "" } else { "don't " };
        writeln!(out, " nftables {force}force use ifindex for link local IPv6")?;
    }
    if let Some(table) = &firewall.nftables_ipvs {
        writeln!(out, " ipvs nftables table name = {table}")?;
        writeln!(out, " ipvs nftables base chain priority = {}", firewall.nftables_ipvs_priority)?;
        writeln!(out, " ipvs nftables start fwmark = {}", firewall.nftables_ipvs_start_fwmark)?;
    }
    let counters = if firewall.nftables_counters { "" } else { "out" };
    writeln!(out, " nftables with{counters} counters")?;
    let defaults = &global.vrrp_defaults;
    writeln!(out, " VRRP check unicast_src = {}", truth(defaults.check_unicast_src))?;
    writeln!(out, " VRRP skip check advert addresses = {}", truth(defaults.skip_check_adv_addr))?;
    writeln!(out, " VRRP strict mode = {}", truth(defaults.strict))
}

fn files(out: &mut String, global: &Global) -> Result {
    if global.startup_delay > Duration::ZERO {
        writeln!(out, " vrrp_startup_delay = {}", global.startup_delay.as_secs_f64())?;
    }
    if global.log_unknown_vrids {
        writeln!(out, " log_unknown_vrids")?;
    }
    if global.vrrp_defaults.owner_ignore_adverts {
        writeln!(out, " vrrp_owner_ignore_adverts")?;
    }
    optional(out, "VMAC prefix", global.vmac_prefix.as_deref())?;
    optional(out, "VMAC address prefix", global.vmac_addr_prefix.as_deref())?;
    writeln!(out, " json_version {}", global.json_version)?;
    let default = Path::new("/etc/iproute2");
    let (usr, etc) = (global.iproute_usr_dir.as_deref(), global.iproute_etc_dir.as_deref());
    path(out, "iproute usr directory ", usr.or(Some(default)))?;
    path(out, "iproute etc directory ", etc.or(Some(default)))?;
    path(out, "state dump file ", global.state_dump_file.as_deref())?;
    path(out, "stats dump file ", global.stats_dump_file.as_deref())?;
    path(out, "json dump file ", global.json_dump_file.as_deref())
}
