//! One virtual router as the process runs it: its configuration, its machine, its adverts, its counters.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::num::NonZeroU8;
use std::time::Duration;

use kaconf::model::{self, ChecksumV3, Mode, OldUnicastChecksum};
use vrrp_fsm::{Announcements, Config, ConfigError, Faults, Machine, State};
use vrrp_linux::IfIndex;
use vrrp_types::Family;
use vrrp_wire::{AdvertError, AuthRule, ChecksumRule, Policy};

use super::addresses::Held;
use super::advert::{self, Template};
use super::firewall::Guarded;
use super::proof::Proof;
use super::receivers::Place;
use super::routing::Placed;
use super::stats::Stats;
use super::vmac;

/// Number of an instance in the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct InstanceId(u32);

impl InstanceId {
    pub(super) fn new(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Why an instance of the configuration cannot run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum InstanceError {
    #[error("({name}) {source}")]
    Machine { name: Box<str>, source: ConfigError },
    #[error("({name}) {source}")]
    Advert { name: Box<str>, source: AdvertError },
}

/// A running virtual router.
#[derive(Debug)]
pub(super) struct Instance {
    pub(super) model: model::Instance,
    pub(super) machine: Machine,
    /// What a reload wants of the machine, until it is told.
    pub(super) next: Option<Config>,
    pub(super) template: Template,
    /// What it takes for an advert.
    pub(super) policy: Policy,
    /// How adverts are proved, its own and those it takes.
    pub(super) proof: Proof,
    /// The interface it was given, while it exists.
    pub(super) base: Option<IfIndex>,
    /// The interface that is its own: a VMAC, or the one it was given.
    pub(super) interface: Option<IfIndex>,
    /// Where its adverts come from, while there is such an address.
    pub(super) source: Option<IpAddr>,
    /// The last such address: the farewell of a master that lost it still leaves from there.
    pub(super) speaks_from: Option<IpAddr>,
    pub(super) held: Vec<Held>,
    /// Its routes, then its rules.
    pub(super) lines: Vec<Placed>,
    /// What the firewall does for it.
    pub(super) guarded: Vec<Guarded>,
    pub(super) stats: Stats,
    /// What was already complained of since the last change of master.
    pub(super) complained: BTreeSet<&'static str>,
    /// The sender of the last advert taken, for `skip_check_adv_addr`.
    pub(super) checked_sender: Option<IpAddr>,
    /// The last advert could not be sent.
    pub(super) mute: bool,
    /// Its sync group in the driver's list.
    pub(super) group: Option<usize>,
    /// Another, who is in no group with it, has addresses on its VMAC.
    pub(super) vmac_in_conflict: bool,
    /// When its state last changed, for people.
    pub(super) last_transition: f64,
}

impl Instance {
    pub(super) fn new(model: model::Instance) -> Result<Self, InstanceError> {
        let machine = Machine::new(machine_config(&model))
            .map_err(|source| InstanceError::Machine { name: model.name.clone(), source })?;
        let template = Template::new(&model)
            .map_err(|source| InstanceError::Advert { name: model.name.clone(), source })?;
        Ok(Self {
            machine,
            next: None,
            template,
            policy: policy(&model),
            base: None,
            proof: Proof::of(&model),
            interface: None,
            source: model.source,
            speaks_from: model.source,
            held: Held::all(&model),
            lines: Placed::all(&model),
            guarded: Vec::new(),
            stats: Stats::default(),
            complained: BTreeSet::new(),
            checked_sender: None,
            mute: false,
            group: None,
            vmac_in_conflict: false,
            last_transition: super::clock::wall_seconds(),
            model,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.model.name
    }

    /// The interface its adverts leave and come by.
    pub(super) fn port(&self) -> Option<IfIndex> {
        if vmac::transmits_by_base(&self.model) { self.base } else { self.interface }
    }

    /// Whether an interface is the one it was given, or its own.
    pub(super) fn stands_on(&self, index: IfIndex) -> bool {
        [self.base, self.interface].contains(&Some(index))
    }

    /// The state it would be in by itself, were it not for its group.
    pub(super) fn wanted_state(&self) -> State {
        let member = self.machine.as_member();
        match member.state {
            State::Backup if member.wants_master => State::Master,
            state => state,
        }
    }

    pub(super) fn is_master(&self) -> bool {
        self.machine.state() == State::Master
    }

    pub(super) fn is_unicast(&self) -> bool {
        matches!(self.model.mode, Mode::Unicast { .. })
    }

    /// Where it listens.
    pub(super) fn place(&self) -> Place {
        (self.port(), self.family(), self.proof.protocol())
    }

    pub(super) fn family(&self) -> Family {
        self.model.family
    }

    /// Says true once per topic, until the master changes: for what may come with every packet.
    pub(super) fn complain(&mut self, topic: &'static str) -> bool {
        self.complained.insert(topic)
    }

    /// Faults that follow from the configuration alone.
    pub(super) fn standing_faults(&self) -> Faults {
        let mut faults = Faults::empty();
        if matches!(&self.model.mode, Mode::Unicast { peers, fault_without_peers: true, .. } if peers.is_empty())
        {
            faults |= Faults::NO_PEERS;
        }
        if self.vmac_in_conflict || vmac::is_misconfigured(&self.model) {
            faults |= Faults::CONFIG;
        }
        faults
    }
}

/// What the machine is to do, from the model.
pub(super) fn machine_config(model: &model::Instance) -> Config {
    let garp = &model.garp;
    let interval = model.advert_int.duration();
    Config {
        version: model.version,
        priority: model.priority,
        advert_int: model.advert_int,
        preempt: model.preempt,
        preempt_delay: model.preempt_delay,
        down_timer_adverts: NonZeroU8::new(model.down_timer_adverts).unwrap_or(NonZeroU8::MIN),
        lower_prio_no_advert: model.lower_prio_no_advert,
        higher_prio_send_advert: model.higher_prio_send_advert,
        timer_expired_backup: model.timer_expired_backup,
        announcements: Announcements {
            repeat: garp.repeat,
            delay: garp.delay,
            refresh: garp.refresh,
            refresh_repeat: garp.refresh_repeat,
            lower_prio_repeat: garp.lower_prio_repeat,
            lower_prio_delay: garp.lower_prio_delay,
        },
        advert_slack: slack(interval),
    }
}

/// Adverts due within this of each other leave in one system call: less than a hundredth of the interval, and
/// never more than a quarter of a millisecond.
pub(super) fn slack(interval: Duration) -> Duration {
    (interval / 128).min(Duration::from_micros(250))
}

/// What an advert must be for this instance to hear it.
pub(super) fn policy(model: &model::Instance) -> Policy {
    let mut policy = match &model.mode {
        Mode::Multicast { .. } => Policy::multicast(model.version, model.advert_int),
        Mode::Unicast { .. } => Policy::unicast(model.version, model.advert_int),
    };
    policy.auth = AuthRule::Exactly(advert::auth(model));
    policy.checksum = match (model.family, model.checksum_v3, &model.mode) {
        // The kernel has verified it.
        (Family::V6, _, _) => ChecksumRule::Skip,
        // keepalived takes any checksum there, and so must whoever stands beside it.
        (Family::V4, ChecksumV3::AsV2, _) if model.version == vrrp_types::Version::V3 => ChecksumRule::Skip,
        (Family::V4, _, Mode::Unicast { old_checksum: OldUnicastChecksum::Forced, .. }) => {
            ChecksumRule::Group(vrrp_wire::GROUP_V4)
        }
        (Family::V4, _, _) => ChecksumRule::Standard,
    };
    policy
}
