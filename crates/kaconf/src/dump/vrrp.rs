//! `vrrp_instance`.

use std::net::IpAddr;

use vrrp_types::{Family, Version};

use crate::model::{
    Accept, AntiReplay, AuthHmac, Authentication, ChecksumV3, HmacMode, InitialState, Instance, IpvlanMode,
    Mode, OldUnicastChecksum, Vmac, VmacKind,
};

use super::blocks::{notify, seconds, tracking};
use super::routing;
use super::writer::{Writer, quoted};

/// An instance, every setting said.
pub(super) fn instance(writer: &mut Writer, instance: &Instance) {
    writer.block(format_args!("vrrp_instance {}", quoted(&instance.name)), |writer| {
        identity(writer, instance);
        whom(writer, instance);
        lists(writer, instance);
        election(writer, instance);
        announcements(writer, instance);
        switches(writer, instance);
        authentication(writer, instance);
        tracking(writer, &instance.tracking);
        notify(writer, &instance.notify);
        writer.boolean("smtp_alert", instance.smtp_alert);
        writer.boolean("notify_priority_changes", instance.notify_priority_changes);
    });
}

fn identity(writer: &mut Writer, instance: &Instance) {
    // Before all that has a family: it does not go with version 2, which nothing but an address makes IPv6.
    if instance.family == Family::V6 && instance.version == Version::V3 {
        writer.line("native_ipv6");
    }
    writer.value("version", instance.version);
    writer.boolean("strict_mode", instance.strict);
    writer.value("state", if instance.state == InitialState::Master { "MASTER" } else { "BACKUP" });
    if let Some(interface) = &instance.interface {
        writer.text("interface", interface.as_str());
    }
    writer.value("virtual_router_id", instance.vrid);
    writer.value("priority", instance.priority);
    writer.value("advert_int", instance.advert_int);
    if let Some(source) = instance.source {
        // Without an interface a unicast keyword is needed, even for one that lost its peers.
        let unicast = matches!(instance.mode, Mode::Unicast { .. }) || instance.interface.is_none();
        writer.value(if unicast { "unicast_src_ip" } else { "mcast_src_ip" }, source);
    }
    writer.flag("track_src_ip", instance.track_source);
    if let Some(kind) = &instance.vmac {
        vmac(writer, kind);
    }
    writer.flag("use_vmac_addr", instance.vmac_addresses);
    let all = if instance.garp_extra.all { "all " } else { "" };
    writer.value("garp_extra_if", format_args!("{all}{}", instance.garp_extra.every.as_secs()));
    if let Some(vrf) = &instance.vrf {
        writer.text("vrf", vrf.as_str());
    }
}

fn vmac(writer: &mut Writer, vmac: &Vmac) {
    let name = vmac.name.as_ref().map(|name| format!(" name {}", quoted(name.as_str()))).unwrap_or_default();
    let group = vmac.group.map(|group| format!(" group {group}")).unwrap_or_default();
    match vmac.kind {
        VmacKind::Macvlan { mac, xmit_base, netlink_notify } => {
            let mac = mac
                .map(|[a, b, c, d, e, f]| format!(" {a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}"))
                .unwrap_or_default();
            let message = if netlink_notify { " netlink_notify_msg" } else { "" };
            writer.line(format_args!("use_vmac{name}{mac}{message}{group}"));
            writer.flag("vmac_xmit_base", xmit_base);
        }
        VmacKind::Ipvlan { address, mode } => {
            let address = address.map(|address| format!(" {address}")).unwrap_or_default();
            let mode = match mode {
                IpvlanMode::Bridge => "bridge",
                IpvlanMode::Private => "private",
                IpvlanMode::Vepa => "vepa",
            };
            writer.line(format_args!("use_ipvlan{name}{address} {mode}{group}"));
        }
    }
}

fn whom(writer: &mut Writer, instance: &Instance) {
    let (peers, ttl, check_source, fault_without_peers, old_checksum) = match &instance.mode {
        Mode::Multicast { group } => {
            // One of `global_defs` may be wider than what is taken here.
            if group.is_ipv4() || matches!(group, IpAddr::V6(v6) if v6.segments()[0] & 0xff0f == 0xff02) {
                writer.value("mcast_dst_ip", group);
            }
            return;
        }
        Mode::Unicast { peers, ttl, check_source, fault_without_peers, old_checksum } => {
            (peers, ttl, check_source, fault_without_peers, old_checksum)
        }
    };
    if !peers.is_empty() {
        writer.block("unicast_peer", |writer| {
            for peer in peers {
                match peer.ttl {
                    Some((min, max)) => {
                        writer.line(format_args!("{} min_ttl {min} max_ttl {max}", peer.address));
                    }
                    None => writer.line(peer.address),
                }
            }
        });
        writer.value("unicast_ttl", ttl);
    }
    writer.flag("check_unicast_src", *check_source);
    writer.flag("unicast_fault_no_peer", *fault_without_peers);
    match old_checksum {
        OldUnicastChecksum::Detect => {}
        OldUnicastChecksum::Forced => writer.line("old_unicast_checksum"),
        OldUnicastChecksum::Never => writer.value("old_unicast_checksum", "never"),
    }
}

fn lists(writer: &mut Writer, instance: &Instance) {
    routing::addresses(writer, "virtual_ipaddress", &instance.addresses);
    routing::addresses(writer, "virtual_ipaddress_excluded", &instance.excluded);
    routing::routes(writer, "virtual_routes", &instance.routes);
    routing::rules(writer, "virtual_rules", &instance.rules);
    writer.flag("no_virtual_ipaddress", instance.addresses.is_empty());
}

fn election(writer: &mut Writer, instance: &Instance) {
    writer.line(if instance.preempt { "preempt" } else { "nopreempt" });
    writer.value("preempt_delay", seconds(instance.preempt_delay));
    writer.value("down_timer_adverts", instance.down_timer_adverts);
    if let Some(priority) = instance.timer_expired_backup {
        writer.value("timer_expired_backup", priority);
    }
    writer.boolean("lower_prio_no_advert", instance.lower_prio_no_advert);
    writer.boolean("higher_prio_send_advert", instance.higher_prio_send_advert);
    // Given to an owner, it is on whatever is said.
    if instance.owner_ignore_adverts || !instance.priority.is_owner() {
        writer.boolean("owner_ignore_adverts", instance.owner_ignore_adverts);
    }
}

fn announcements(writer: &mut Writer, instance: &Instance) {
    let garp = &instance.garp;
    writer.value("garp_master_repeat", garp.repeat);
    writer.value("garp_master_delay", garp.delay.as_secs());
    writer.value("garp_master_refresh", garp.refresh.as_secs());
    // 0 is what only `vrrp_min_garp` can say, and an instance that says nothing has it from there.
    if garp.refresh_repeat > 0 {
        writer.value("garp_master_refresh_repeat", garp.refresh_repeat);
    }
    writer.value("garp_lower_prio_repeat", garp.lower_prio_repeat);
    writer.value("garp_lower_prio_delay", garp.lower_prio_delay.as_secs());
}

fn switches(writer: &mut Writer, instance: &Instance) {
    writer.line(if instance.accept == Accept::All { "accept" } else { "no_accept" });
    writer.boolean("v3_checksum_as_v2", instance.checksum_v3 == ChecksumV3::AsV2);
    writer.flag("skip_check_adv_addr", instance.skip_check_adv_addr);
    writer.flag("dont_track_primary", instance.dont_track_primary);
    writer.flag("promote_secondaries", instance.promote_secondaries);
    writer.flag("linkbeat_use_polling", instance.linkbeat_polling);
    if let Some(interface) = &instance.lvs_sync_interface {
        writer.text("lvs_sync_daemon_interface", interface.as_str());
    }
    if let Some(octets) = instance.rx_buffer {
        writer.value("kernel_rx_buf_size", octets);
    }
    writer.value("debug", instance.debug);
}

fn authentication(writer: &mut Writer, instance: &Instance) {
    let (kind, secret) = match &instance.authentication {
        Authentication::None => ("", &[][..]),
        Authentication::Pass(secret) => ("PASS", &secret[..]),
        Authentication::Ah(secret) => ("AH", &secret[..]),
    };
    if !kind.is_empty() {
        writer.block("authentication", |writer| {
            writer.value("auth_type", kind);
            let end = secret.iter().position(|octet| *octet == 0).unwrap_or(secret.len());
            writer.text("auth_pass", &String::from_utf8_lossy(&secret[..end]));
        });
    }
    if let Some(hmac) = &instance.auth_hmac {
        auth_hmac(writer, hmac);
    }
}

fn auth_hmac(writer: &mut Writer, hmac: &AuthHmac) {
    writer.block("auth_hmac", |writer| {
        for key in &hmac.keys {
            let secret: String = key.secret.iter().map(|octet| format!("{octet:02x}")).collect();
            writer.value("key", format_args!("{} hex:{secret}", key.id));
        }
        writer.value("active_key", hmac.active_key);
        let mode = match hmac.mode {
            HmacMode::Enforce => "enforce",
            HmacMode::Permissive => "permissive",
            HmacMode::ReceiveOnly => "receive-only",
        };
        writer.value("mode", mode);
        let (anti_replay, window) = match hmac.anti_replay {
            AntiReplay::Time { window } => ("time", Some(window)),
            AntiReplay::Monotonic { window } => ("monotonic", window),
        };
        writer.value("anti_replay", anti_replay);
        if let Some(window) = window {
            writer.value("time_window", window.as_secs());
        }
    });
}
