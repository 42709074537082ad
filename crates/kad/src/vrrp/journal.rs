//! Log lines of the election, as users of keepalived know and search for them.

use tracing::{debug, info};
use vrrp_fsm::{Event, Faults, State};

use super::instance::Instance;

pub(super) fn entered(instance: &Instance, before: State, state: State) {
    let name = instance.name();
    let init = if before == State::Init { " (init)" } else { "" };
    match state {
        State::Master => info!("({name}) Entering MASTER STATE"),
        State::Backup => info!("({name}) Entering BACKUP STATE{init}"),
        // Nothing is known to be wrong yet.
        State::Fault if instance.machine.is_waiting() => {}
        State::Fault => info!("({name}) Entering FAULT STATE{init}"),
        State::Init => {}
    }
}

/// Why an instance cannot serve: a line for each cause, with the mend where it is not plain.
pub(super) fn faults(instance: &Instance, appeared: Faults) {
    let (name, family) = (instance.name(), instance.family());
    let interface = instance.model.interface.as_ref().map_or("", |interface| interface.as_str());
    for (text, fault) in appeared.iter_names() {
        match fault {
            Faults::NO_INTERFACE => info!("({name}) fault: interface {interface} does not exist"),
            Faults::BASE_DOWN => info!("({name}) fault: interface {interface} below is down"),
            Faults::INTERFACE_DOWN if instance.model.vmac.is_some() => {
                info!("({name}) fault: its own interface on {interface} is down");
            }
            Faults::INTERFACE_DOWN => info!("({name}) fault: interface {interface} is down"),
            Faults::NO_SOURCE => {
                info!("({name}) fault: no {family} address to send from on interface {interface}")
            }
            Faults::NO_PEERS => info!("({name}) fault: unicast_peer is empty (unicast_fault_no_peer)"),
            _ => info!("({name}) fault: {text}"),
        }
    }
}

pub(super) fn report(instance: &Instance, event: Event) {
    let name = instance.name();
    let ours = instance.machine.priority();
    match event {
        Event::AdvertTimeout => debug!("({name}) Receive advertisement timeout"),
        Event::MasterChanged { from } => {
            let Some(master) = instance.machine.master() else { return };
            match from {
                None => debug!("({name}) master set to {}", master.address),
                Some(from) => debug!("({name}) master changed from {from} to {}", master.address),
            }
        }
        Event::PriorityZero if instance.is_master() => debug!("({name}) Master received priority 0 message"),
        Event::PriorityZero => debug!("({name}) Backup received priority 0 advertisement"),
        Event::LowerPriorityDiscarded(heard) => info!(
            "({name}) received lower priority ({}) advert from {} - discarding",
            heard.priority, heard.source
        ),
        Event::LowerPriorityHeard(heard) => {
            let election = if instance.model.lower_prio_no_advert { "" } else { ", forcing new election" };
            info!(
                "({name}) Received advert from {} with lower priority {}, ours {ours}{election}",
                heard.source, heard.priority
            );
        }
        Event::HigherPriorityHeard(heard) => info!(
            "({name}) Master received advert from {} with higher priority {}, ours {ours}",
            heard.source, heard.priority
        ),
        Event::SamePriorityHigherAddress(heard) => info!(
            "({name}) Master received advert from {} with same priority {} but higher IP address than ours",
            heard.source, heard.priority
        ),
        Event::OwnAddressHeard(_) => {
            info!("({name}) WARNING - equal priority advert received from remote host with our IP address.");
        }
        Event::IntervalLearned { from, to } => debug!(
            "({name}) advertisement interval updated from {}ms to {}ms by master",
            from.duration().as_millis(),
            to.duration().as_millis()
        ),
        Event::IntervalReset { from, to } => debug!(
            "({name}) changing advert interval from {}ms to locally configured {}ms",
            from.duration().as_millis(),
            to.duration().as_millis()
        ),
        Event::PreemptDelayStarted => {
            let delay = instance.model.preempt_delay;
            debug!("({name}) start preempt delay ({}.{:06})", delay.as_secs(), delay.subsec_micros());
        }
        Event::PreemptDelayStopped => debug!("({name}) stop preempt delay"),
        Event::OwnerConflict(heard) => info!(
            "({name}) CONFIGURATION ERROR: local instance and {} are both configured as address owner, please resolve",
            heard.source
        ),
        Event::OwnerConceded(heard) => info!(
            "({name}) {} is still advertising as address owner, please resolve - reducing our priority",
            heard.source
        ),
        Event::OwnerConflictOver => {
            info!("({name}): rogue address owner appears to have stopped advertising");
        }
        Event::OwnerRestored => info!("({name}) Restoring our priority to 255"),
        Event::PriorityChanged { from, to } => {
            info!("({name}) Changing effective priority from {from} to {to}");
        }
        Event::StalledTooLong(span) => info!(
            "({name}) stood still for {:.3} s, others have taken over: entering BACKUP state",
            span.as_secs_f64()
        ),
    }
}
