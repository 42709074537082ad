//! keepalived.json: state and counters of every instance, in keepalived's keys and order.
//!
//! Written by hand, as the order of the keys and the escaped slash are part of what exporters have met.

mod object;
mod watched;

use kaconf::model::{Accept, Authentication};
use vrrp_fsm::State;
use vrrp_wire::Counter;

use crate::vrrp::driver::Driver;
use crate::vrrp::instance::Instance;
use object::Object;

pub(super) fn render(driver: &Driver) -> String {
    let objects: Vec<String> = driver.instances.iter().map(|instance| object(driver, instance)).collect();
    let list = format!("[{}]", objects.join(","));
    match driver.global.json_version {
        2 => format!("{{\"vrrp\":{list}{}}}\n", watched::processes(driver)),
        _ => format!("{list}\n"),
    }
}

fn object(driver: &Driver, instance: &Instance) -> String {
    let mut data = Object::default();
    state(&mut data, driver, instance);
    timers(&mut data, instance);
    watched::scripts(&mut data, instance);
    data.list("vips", super::data::address_lines(driver, instance, false));
    data.list("evips", super::data::address_lines(driver, instance, true));
    data.list("vroutes", driver.routing_lines(&instance.lines, false));
    data.list("vrules", driver.routing_lines(&instance.lines, true));
    watched::tracking(&mut data, driver, instance);
    let auth = match instance.model.authentication {
        Authentication::None => 0,
        Authentication::Pass(_) => 1,
        Authentication::Ah(_) => 2,
    };
    data.value("auth_type", auth);
    if auth > 0 {
        data.text("auth_data", "********");
    }
    format!("{{\"data\":{},\"stats\":{}}}", data.end(), counters(instance).end())
}

/// The number keepalived has for a state.
fn number(state: State) -> u8 {
    match state {
        State::Init => 0,
        State::Backup => 1,
        State::Master => 2,
        State::Fault => 3,
    }
}

fn state(data: &mut Object, driver: &Driver, instance: &Instance) {
    let model = &instance.model;
    data.text("iname", instance.name());
    data.value("dont_track_primary", u8::from(model.dont_track_primary));
    data.value("skip_check_adv_addr", u8::from(model.skip_check_adv_addr));
    data.value("strict_mode", u8::from(model.strict));
    let name = driver.vmacs.name_of(model, &driver.interfaces);
    data.text("vmac_ifname", name.unwrap_or(""));
    if let Some(interface) = name.or(model.interface.as_ref().map(|interface| interface.as_str())) {
        data.text("ifp_ifname", interface);
    }
    data.value("master_priority", instance.machine.master().map_or(0, |master| master.priority.get()));
    data.value("last_transition", format_args!("{:.6}", instance.last_transition));
}

fn timers(data: &mut Object, instance: &Instance) {
    let (model, machine) = (&instance.model, &instance.machine);
    let garp = &model.garp;
    data.value("garp_delay", garp.delay.as_secs());
    data.value("garp_refresh", garp.refresh.as_secs());
    data.value("garp_rep", garp.repeat);
    data.value("garp_refresh_rep", garp.refresh_repeat);
    data.value("garp_lower_prio_delay", garp.lower_prio_delay.as_secs());
    data.value("garp_lower_prio_rep", garp.lower_prio_repeat);
    data.value("lower_prio_no_advert", u8::from(model.lower_prio_no_advert));
    data.value("higher_prio_send_advert", u8::from(model.higher_prio_send_advert));
    data.value("vrid", model.vrid);
    data.value("base_priority", model.priority);
    data.value("effective_priority", machine.priority());
    data.value("vipset", instance.held.iter().any(|held| held.on.is_some()));
    data.value("promote_secondaries", model.promote_secondaries);
    data.value("adver_int", model.advert_int);
    data.value("master_adver_int", machine.master_interval());
    data.value("accept", u8::from(model.accept == Accept::All));
    data.value("nopreempt", !model.preempt);
    data.value("preempt_delay", model.preempt_delay.as_secs());
    data.value("state", number(machine.state()));
    data.value("wantstate", number(instance.wanted_state()));
    data.value("version", model.version);
    data.value("smtp_alert", model.smtp_alert);
    data.value("notify_deleted", model.notify.tells_deletion);
}

fn counters(instance: &Instance) -> Object {
    let stats = &instance.stats;
    let mut out = Object::default();
    out.value("advert_rcvd", stats.adverts_received);
    out.value("advert_sent", stats.adverts_sent);
    out.value("become_master", stats.became_master);
    out.value("release_master", stats.released_master);
    for counter in [
        Counter::PacketLength,
        Counter::AdvertInterval,
        Counter::Ttl,
        Counter::InvalidType,
        Counter::AddressList,
        Counter::InvalidAuthType,
        Counter::AuthTypeMismatch,
        Counter::AuthFailure,
        Counter::TrailerMissing,
        Counter::TrailerMalformed,
        Counter::TrailerKey,
        Counter::TrailerMac,
        Counter::TrailerStale,
        Counter::TrailerReplay,
    ] {
        out.value(counter.key(), stats.refused(counter));
    }
    out.value("pri_zero_rcvd", stats.priority_zero_received);
    out.value("pri_zero_sent", stats.priority_zero_sent);
    out
}
