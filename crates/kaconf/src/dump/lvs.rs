//! `virtual_server`, `virtual_server_group` and `SSL` as they are typed.

use std::net::SocketAddr;

use vrrp_types::Family;

use super::checker::{Hosts, checker, without_port};
use super::writer::{Writer, quoted};
use crate::model::{
    Config, Forwarding, Granularity, IpvsTunnel, Protocol, RealServer, Script, SorryServer, Ssl,
    TunnelChecksum, VirtualServer, VirtualServerGroup, VirtualServerId,
};

/// Everything about LVS.
pub(super) fn lvs(out: &mut Writer, config: &Config) {
    if let Some(own) = &config.ssl {
        out.block("SSL", |out| ssl(out, own));
    }
    for own in &config.virtual_server_groups {
        out.block(format_args!("virtual_server_group {}", quoted(&own.name)), |out| group(out, own));
    }
    for own in &config.virtual_servers {
        out.block(format_args!("virtual_server {}", id(&own.id)), |out| virtual_server(out, own));
    }
}

fn ssl(out: &mut Writer, ssl: &Ssl) {
    for (keyword, value) in
        [("password", &ssl.password), ("ca", &ssl.ca), ("certificate", &ssl.certificate), ("key", &ssl.key)]
    {
        optional(out, keyword, value.as_deref());
    }
}

fn group(out: &mut Writer, group: &VirtualServerGroup) {
    for range in &group.addresses {
        let port = range.port;
        if range.first == range.last {
            out.line(format_args!("{} {port}", range.first));
        } else {
            out.line(format_args!("{}-{} {port}", range.first, range.last));
        }
    }
    for mark in &group.fwmarks {
        match mark.family {
            Some(family) => out.line(format_args!("fwmark {} {}", mark.mark, inet(family))),
            None => out.value("fwmark", mark.mark),
        }
    }
}

const fn inet(family: Family) -> &'static str {
    match family {
        Family::V4 => "inet",
        Family::V6 => "inet6",
    }
}

fn id(id: &VirtualServerId) -> String {
    match id {
        VirtualServerId::Address(address) => host(*address),
        VirtualServerId::Fwmark(mark) => format!("fwmark {mark}"),
        VirtualServerId::Group(name) => format!("group {}", quoted(name)),
    }
}

fn host(address: SocketAddr) -> String {
    format!("{} {}", address.ip(), address.port())
}

pub(super) fn optional(out: &mut Writer, keyword: &str, value: Option<&str>) {
    if let Some(value) = value {
        out.text(keyword, value);
    }
}

/// What a virtual server passes on is said where it arrives, so that it says nothing of it itself.
fn virtual_server(out: &mut Writer, server: &VirtualServer) {
    if let (Some(family), false) = (server.family, matches!(server.id, VirtualServerId::Address(_))) {
        out.value("ip_family", inet(family));
    }
    out.value("lb_algo", server.scheduler.name());
    let flags = server.scheduler_flags;
    out.flag("flag-1", flags.flag_1);
    out.flag("flag-2", flags.flag_2);
    out.flag("flag-3", flags.flag_3);
    if let Some(protocol) = server.protocol {
        out.value("protocol", protocol_name(protocol));
    }
    out.flag("ops", server.one_packet);
    if let Some(persistence) = server.persistence {
        match persistence.granularity {
            Some(Granularity::Mask(mask)) => out.value("persistence_granularity", mask),
            Some(Granularity::Prefix(length)) => out.value("persistence_granularity", length),
            None => {}
        }
        out.value("persistence_timeout", persistence.timeout.as_secs());
    }
    optional(out, "persistence_engine", server.persistence_engine.as_deref());
    out.flag("ha_suspend", server.ha_suspend);
    out.flag("omega", server.omega);
    out.boolean("smtp_alert", server.smtp_alert);
    optional(out, "virtualhost", server.virtualhost.as_deref());
    optional(out, "snmp_name", server.snmp_name.as_deref());
    // A quorum of 0 cannot be said; it comes about by itself where no real server weighs anything.
    out.value("quorum", server.quorum.max(1));
    if server.quorum > 0 {
        out.value("hysteresis", server.hysteresis);
    }
    script(out, "quorum_up", server.quorum_up.as_deref());
    script(out, "quorum_down", server.quorum_down.as_deref());
    if let Some(sorry) = &server.sorry_server {
        sorry_server(out, sorry);
    }
    for own in &server.real_servers {
        out.block(format_args!("real_server {}", host(typed_address(own))), |out| {
            real_server(out, own, server.virtualhost.as_deref());
        });
    }
}

const fn protocol_name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Tcp => "TCP",
        Protocol::Udp => "UDP",
        Protocol::Sctp => "SCTP",
    }
}

fn sorry_server(out: &mut Writer, sorry: &SorryServer) {
    out.value("sorry_server", host(sorry.address));
    forwarding(out, "sorry_server_lvs_method", sorry.forwarding);
    out.flag("sorry_server_inhibit", sorry.inhibit);
}

/// A checker without a port can only come from a real server that left its own to the virtual server.
fn typed_address(real: &RealServer) -> SocketAddr {
    let mut address = real.address;
    if real.checkers.iter().any(without_port) {
        address.set_port(0);
    }
    address
}

fn real_server(out: &mut Writer, real: &RealServer, server_host: Option<&str>) {
    forwarding(out, "lvs_method", real.forwarding);
    out.value("weight", real.weight);
    out.value("uthreshold", real.upper_threshold);
    out.value("lthreshold", real.lower_threshold);
    out.boolean("inhibit_on_failure", real.inhibit_on_failure);
    out.boolean("alpha", real.alpha);
    out.boolean("smtp_alert", real.smtp_alert);
    optional(out, "virtualhost", real.virtualhost.as_deref());
    optional(out, "snmp_name", real.snmp_name.as_deref());
    script(out, "notify_up", real.notify_up.as_deref());
    script(out, "notify_down", real.notify_down.as_deref());
    for own in &real.checkers {
        checker(out, own, Hosts { real: real.virtualhost.as_deref(), server: server_host });
    }
}

fn forwarding(out: &mut Writer, keyword: &str, forwarding: Forwarding) {
    let checksum = |checksum| match checksum {
        TunnelChecksum::None => "nocsum",
        TunnelChecksum::Full => "csum",
        TunnelChecksum::Remote => "remcsum",
    };
    match forwarding {
        Forwarding::Nat => out.value(keyword, "NAT"),
        Forwarding::DirectRoute => out.value(keyword, "DR"),
        Forwarding::Tunnel(IpvsTunnel::Ipip) => out.value(keyword, "TUN type ipip"),
        Forwarding::Tunnel(IpvsTunnel::Gue { port, checksum: how }) => {
            out.value(keyword, format_args!("TUN type gue port {port} {}", checksum(how)));
        }
        Forwarding::Tunnel(IpvsTunnel::Gre { checksum: how }) => {
            out.value(keyword, format_args!("TUN type gre {}", checksum(how)));
        }
    }
}

fn script(out: &mut Writer, keyword: &str, script: Option<&Script>) {
    let Some(script) = script else { return };
    let command = command(script);
    match (&script.user, &script.group) {
        (None, _) => out.value(keyword, command),
        (Some(user), None) => out.value(keyword, format_args!("{command} {}", quoted(user))),
        (Some(user), Some(group)) => {
            out.value(keyword, format_args!("{command} {} {}", quoted(user), quoted(group)));
        }
    }
}

/// A command in one word.
pub(super) fn command(script: &Script) -> String {
    quoted(&script.command.join(" "))
}
