//! One instance of `------< VRRP Topology >------`.

use std::fmt::{Result, Write};

use kaconf::model::{
    Accept, AntiReplay, Authentication, ChecksumV3, HmacMode, Mode, OldUnicastChecksum, Scripts,
};
use vrrp_fsm::{Faults, State};
use vrrp_types::{Family, Version};

use super::addresses::addresses;
use super::notify::Accounts;
use super::when::{Clocks, dated};
use crate::vrrp::driver::Driver;
use crate::vrrp::instance::{Instance, InstanceId};

/// The state by the name users search for.
pub(super) fn state_name(state: State) -> &'static str {
    match state {
        State::Init => "INIT",
        State::Backup => "BACKUP",
        State::Master => "MASTER",
        State::Fault => "FAULT",
    }
}

fn enabled(on: bool) -> &'static str {
    if on { "enabled" } else { "disabled" }
}

pub(super) fn write(
    out: &mut String,
    driver: &Driver,
    id: InstanceId,
    clocks: &Clocks,
    accounts: &mut Accounts,
) -> Result {
    let instance = &driver.instances[id.index()];
    state(out, driver, instance)?;
    faults(out, instance.machine.faults())?;
    timers(out, instance, driver.trackers.awaited(id), clocks)?;
    place(out, driver, instance)?;
    announcements(out, instance)?;
    election(out, instance, clocks)?;
    authentication(out, instance)?;
    addresses(out, driver, instance)?;
    peers(out, instance)?;
    super::sockets::of(out, driver, instance)?;
    super::addresses::routing(out, driver, instance)?;
    super::groups::tracking(out, &instance.model.tracking, "processes")?;
    notices(out, instance, &driver.global.scripts, accounts)
}

fn state(out: &mut String, driver: &Driver, instance: &Instance) -> Result {
    let (machine, model) = (&instance.machine, &instance.model);
    writeln!(out, " VRRP Instance = {}", instance.name())?;
    writeln!(out, "   VRRP Version = {}", model.version)?;
    if let Some(group) = instance.group.and_then(|number| driver.groups.get(number)) {
        writeln!(out, "   Sync group = {}", group.name())?;
    }
    if model.family == Family::V6 {
        writeln!(out, "   Using Native IPv6")?;
    }
    writeln!(out, "   State = {}", state_name(machine.state()))?;
    if let Some(master) = machine.master().filter(|_| machine.state() == State::Backup) {
        writeln!(out, "   Master router = {}", master.address)?;
        writeln!(out, "   Master priority = {}", master.priority)?;
        if model.version == Version::V3 {
            let interval = machine.master_interval().duration().as_millis();
            writeln!(out, "   Master advert interval = {interval} milli-sec")?;
        }
    }
    match &model.mode {
        Mode::Multicast { .. } => writeln!(out, "   Flags: none")?,
        Mode::Unicast { fault_without_peers, .. } => {
            writeln!(out, "   Flags:\n     Using unicast")?;
            if *fault_without_peers {
                writeln!(out, "     If unicast go to fault state if no peers")?;
            }
        }
    }
    writeln!(out, "   Wantstate = {}", state_name(instance.wanted_state()))
}

/// What keepalived counts elsewhere: faults of others in the group, and what was not heard of yet.
const NOT_ITS_OWN: Faults = Faults::FROM_GROUP.union(Faults::AWAITED);

fn faults(out: &mut String, faults: Faults) -> Result {
    let config = faults & (Faults::CONFIG | Faults::NO_PEERS);
    writeln!(out, "   Number of config faults = {}", config.iter().count())?;
    writeln!(out, "   Number of tracker faults = {}", (faults - config - NOT_ITS_OWN).iter().count())?;
    if (faults - NOT_ITS_OWN).is_empty() {
        return writeln!(out, "   Flags of interface faults - (none)");
    }
    writeln!(out, "   Flags of interface faults:")?;
    for (flag, name) in [
        (Faults::TRACKED, "unspecified"),
        (Faults::INTERFACE_DOWN, "i/f down"),
        (Faults::NO_INTERFACE, "no interface"),
        (Faults::BASE_DOWN, "base i/f down"),
        (Faults::DUPLICATE_VRID, "duplicate VRID"),
        (Faults::NO_SOURCE, "no source IP address"),
        (Faults::CONFIG, "config error"),
        (Faults::NO_PEERS, "no peers"),
    ] {
        if faults.contains(flag) {
            writeln!(out, "     {name}")?;
        }
    }
    Ok(())
}

fn timers(out: &mut String, instance: &Instance, awaited: usize, clocks: &Clocks) -> Result {
    let machine = &instance.machine;
    writeln!(out, "   Number of track scripts init = {awaited}")?;
    writeln!(out, "   Last transition = {}", dated(instance.last_transition))?;
    match machine.timer() {
        Some(at) => writeln!(out, "   Read timeout = {}", dated(clocks.seconds(at)))?,
        None => writeln!(out, "   Read timeout = DISABLED")?,
    }
    writeln!(out, "   Master down timer = {} usecs", machine.master_down().as_micros())
}

fn place(out: &mut String, driver: &Driver, instance: &Instance) -> Result {
    let model = &instance.model;
    super::vmac::interface(out, driver, instance)?;
    if let Some(vrf) = &model.vrf {
        writeln!(out, "   VRF = {vrf}")?;
    }
    for (on, text) in [
        (model.dont_track_primary, "VRRP interface tracking disabled"),
        (model.skip_check_adv_addr, "Skip checking advert IP addresses"),
        (model.strict, "Enforcing strict VRRP compliance"),
    ] {
        if on {
            writeln!(out, "   {text}")?;
        }
    }
    let from = if model.source.is_some() { " (from configuration)" } else { "" };
    match instance.source {
        Some(source) => writeln!(out, "   Using src_ip = {source}{from}")?,
        None => writeln!(out, "   Using src_ip = (none){from}")?,
    }
    match (&model.mode, instance.port()) {
        (Mode::Multicast { group }, Some(index)) if group.is_ipv6() => {
            writeln!(out, "   Multicast address {group}, ifindex {index}")
        }
        (Mode::Multicast { group }, _) => writeln!(out, "   Multicast address {group}"),
        (Mode::Unicast { .. }, _) => Ok(()),
    }
}

fn announcements(out: &mut String, instance: &Instance) -> Result {
    let (model, garp) = (&instance.model, &instance.model.garp);
    writeln!(out, "   Gratuitous ARP delay = {}", garp.delay.as_secs())?;
    writeln!(out, "   Gratuitous ARP repeat = {}", garp.repeat)?;
    writeln!(out, "   Gratuitous ARP refresh = {}", garp.refresh.as_secs())?;
    writeln!(out, "   Gratuitous ARP refresh repeat = {}", garp.refresh_repeat)?;
    writeln!(out, "   Gratuitous ARP lower priority delay = {}", garp.lower_prio_delay.as_secs())?;
    writeln!(out, "   Gratuitous ARP lower priority repeat = {}", garp.lower_prio_repeat)?;
    writeln!(out, "   Down timer adverts = {}", model.down_timer_adverts)?;
    let extra = model.garp_extra;
    if !extra.every.is_zero() {
        let whom = if extra.all { "i/f" } else { "VMAC" };
        writeln!(out, "   Gratuitous ARP for each secondary {whom} = {}", extra.every.as_secs())?;
    }
    writeln!(out, "   Send advert after receive lower priority advert = {}", !model.lower_prio_no_advert)?;
    writeln!(out, "   Send advert after receive higher priority advert = {}", model.higher_prio_send_advert)
}

fn election(out: &mut String, instance: &Instance, clocks: &Clocks) -> Result {
    let (model, machine) = (&instance.model, &instance.machine);
    if model.priority.is_owner() {
        writeln!(out, "   Address owner ignores received adverts = {}", model.owner_ignore_adverts)?;
    }
    writeln!(out, "   Virtual Router ID = {}", model.vrid)?;
    writeln!(out, "   Priority = {}", model.priority)?;
    writeln!(out, "   Effective priority = {}", machine.priority())?;
    writeln!(out, "   Total priority = {}", machine.priority())?;
    match model.version {
        Version::V2 => writeln!(out, "   Advert interval = {} sec", model.advert_int)?,
        Version::V3 => {
            writeln!(out, "   Advert interval = {} milli-sec", model.advert_int.duration().as_millis())?;
        }
    }
    let sent = if instance.stats.adverts_sent > 0 { clocks.seconds(machine.last_advert()) } else { 0.0 };
    writeln!(out, "   Last advert sent = {sent:.6}")?;
    writeln!(out, "   Accept = {}", enabled(model.accept == Accept::All))?;
    writeln!(out, "   Preempt = {}", enabled(model.preempt))?;
    if !model.preempt_delay.is_zero() {
        writeln!(out, "   Preempt delay = {} secs", model.preempt_delay.as_secs_f64())?;
    }
    writeln!(out, "   Promote_secondaries = {}", enabled(model.promote_secondaries))
}

fn authentication(out: &mut String, instance: &Instance) -> Result {
    let model = &instance.model;
    match model.authentication {
        Authentication::None if model.version == Version::V2 => {
            writeln!(out, "   Authentication type = none")?;
        }
        Authentication::None => {}
        Authentication::Pass(_) => {
            writeln!(out, "   Authentication type = SIMPLE_PASSWORD\n   Password = ********")?;
        }
        Authentication::Ah(_) => writeln!(out, "   Authentication type = IPSEC_AH")?,
    }
    if let Some(hmac) = &model.auth_hmac {
        writeln!(out, "   Authentication extension = HMAC-SHA256-128")?;
        writeln!(out, "     Keys = {}, active key id = {}", hmac.keys.len(), hmac.active_key)?;
        let mode = match hmac.mode {
            HmacMode::Enforce => "enforce",
            HmacMode::Permissive => "permissive",
            HmacMode::ReceiveOnly => "receive-only",
        };
        writeln!(out, "     Mode = {mode}")?;
        match hmac.anti_replay {
            AntiReplay::Time { window } => {
                writeln!(out, "     Anti replay = time, window = {} sec", window.as_secs())?;
            }
            AntiReplay::Monotonic { .. } => writeln!(out, "     Anti replay = monotonic")?,
        }
    }
    if model.version == Version::V3 && model.family == Family::V4 {
        let as_v2 = enabled(model.checksum_v3 == ChecksumV3::AsV2);
        writeln!(out, "   VRRPv3 uses VRRPv2 checksum = {as_v2}")?;
    }
    if let Some(octets) = model.rx_buffer {
        writeln!(out, "   Kernel rx buffer size = {octets}")?;
    }
    Ok(())
}

fn peers(out: &mut String, instance: &Instance) -> Result {
    let Mode::Unicast { peers, ttl, check_source, old_checksum, .. } = &instance.model.mode else {
        return Ok(());
    };
    writeln!(out, "   Unicast TTL = {ttl}")?;
    writeln!(out, "   Check unicast src : {}", if *check_source { "yes" } else { "no" })?;
    writeln!(out, "   Unicast Peer :")?;
    for peer in peers {
        let (least, most) = peer.ttl.unwrap_or((0, 255));
        writeln!(out, "     {} min_ttl {least} max_ttl {most}", peer.address)?;
    }
    let compatible = match old_checksum {
        OldUnicastChecksum::Detect => "no",
        OldUnicastChecksum::Forced => "config",
        OldUnicastChecksum::Never => "never",
    };
    writeln!(out, "   Unicast checksum compatibility = {compatible}")
}

fn notices(out: &mut String, instance: &Instance, rules: &Scripts, accounts: &mut Accounts) -> Result {
    let model = &instance.model;
    writeln!(out, "   Using smtp notification = {}", if model.smtp_alert { "yes" } else { "no" })?;
    let deleted = if model.notify.tells_deletion { "Deleted" } else { "Fault" };
    writeln!(out, "   Notify deleted = {deleted}")?;
    super::notify::scripts(out, &model.notify, rules, accounts)?;
    writeln!(out, "   Notify priority changes = {}", model.notify_priority_changes)
}
