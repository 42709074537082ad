//! How the kernel runs a process: priority, processors, memory, and what a process that is late does about it.
//!
//! A failure is logged and is no reason to stop: an address is worth more than a nice value. Scripts and helper threads
//! are ordinary ones whatever their process is.

use std::time::Duration;

use kaconf::model::{AutoPriority, Scheduling};
use rustix::mm::{MlockAllFlags, mlockall, munlockall};
use rustix::process::{Resource, Rlimit, getpriority_process, getrlimit, setpriority_process, setrlimit};
use rustix::thread::{CapabilitySet, CpuSet, capabilities, sched_getaffinity, sched_setaffinity};
use tracing::{debug, info, warn};

/// What was asked of the kernel for one process, and how things were before.
#[derive(Debug)]
pub(crate) struct Turns {
    /// How long it wants to run at a time, while it is an ordinary one.
    slice: Option<Duration>,
    wanted: Scheduling,
    auto: AutoPriority,
    /// The real-time priority it has.
    realtime: Option<u8>,
    before: Before,
}

/// What the process was started with.
#[derive(Debug)]
struct Before {
    nice: Option<i32>,
    cpus: Option<CpuSet>,
    limit: Rlimit,
}

impl Turns {
    /// Of a process nothing was asked for yet.
    pub(crate) fn new(slice: Option<Duration>) -> Self {
        let before = Before {
            nice: getpriority_process(None).ok(),
            cpus: sched_getaffinity(None).ok(),
            limit: getrlimit(Resource::Rttime),
        };
        Self { slice, wanted: Scheduling::default(), auto: AutoPriority::default(), realtime: None, before }
    }

    /// Takes over what a configuration asks for; only what differs is touched. What was said of a setting is not
    /// said again.
    pub(crate) fn adopt(&mut self, wanted: &Scheduling, auto: AutoPriority) {
        let had = std::mem::replace(&mut self.wanted, wanted.clone());
        self.auto = auto;
        if had.nice != wanted.nice {
            self.set_nice();
        }
        if had.cpus != wanted.cpus {
            self.set_cpus();
        }
        if had.no_swap != wanted.no_swap {
            self.set_no_swap();
        }
        self.set_realtime();
    }

    fn set_nice(&self) {
        let nice = self.wanted.nice.map(i32::from).or(self.before.nice).unwrap_or(0);
        if let Err(error) = setpriority_process(None, nice) {
            info!("Unable to set process priority to {nice} - {error}");
        }
    }

    fn set_cpus(&self) {
        let mut cpus = CpuSet::new();
        if self.wanted.cpus.is_empty() {
            cpus = self.before.cpus.unwrap_or(cpus);
        }
        let numbers = self.wanted.cpus.iter().map(|&cpu| usize::from(cpu));
        numbers.filter(|&cpu| cpu < CpuSet::MAX_CPU).for_each(|cpu| cpus.set(cpu));
        if let Err(error) = sched_setaffinity(None, &cpus) {
            warn!("unable to set cpu affinity to {:?} ({error})", self.wanted.cpus);
        }
    }

    fn set_no_swap(&self) {
        if !self.wanted.no_swap {
            let _unlocked = munlockall();
            return;
        }
        let all = MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT;
        if let Err(error) = mlockall(all) {
            info!("Unable to lock process in memory - {error}");
        }
    }

    /// Brings the real-time priority in line: what a late process gave itself stays, as far as that is allowed still.
    fn set_realtime(&mut self) {
        let most = u8::try_from(self.auto.max).ok().filter(|&most| most > 0);
        let earned = self.realtime.and_then(|now| Some(now.min(most?)));
        let wanted = self.wanted.realtime.max(earned);
        match wanted {
            Some(priority) => self.be_realtime(priority),
            None => self.be_ordinary(),
        }
    }

    fn be_realtime(&mut self, priority: u8) {
        if self.realtime == Some(priority) {
            return self.limit();
        }
        match vrrp_linux::be_realtime(priority) {
            Ok(()) => self.realtime = Some(priority),
            Err(error) => warn!("child process: cannot raise priority ({error})"),
        }
        self.limit();
    }

    fn be_ordinary(&mut self) {
        let was = self.realtime.take();
        if let Some(Err(error)) = self.slice.map(vrrp_linux::be_punctual) {
            debug!("short turns of the processor were refused: {error}");
        }
        if was.is_some() {
            let _restored = setrlimit(Resource::Rttime, self.before.limit);
            self.set_nice();
        }
    }

    /// Bounds how long it may keep everybody else from running: a word at half of it, the end behind it. Who could not
    /// lift it again, for a reload, has no end set, only the word.
    pub(crate) fn limit(&self) {
        if self.realtime.is_none() {
            return;
        }
        let micros = self.wanted.realtime_limit.unwrap_or(Scheduling::REALTIME_LIMIT);
        let limit = match micros {
            0 => self.before.limit,
            micros if may_lift_limits() => Rlimit { current: Some(micros / 2), maximum: Some(micros) },
            micros => Rlimit { current: Some(micros / 2), maximum: self.before.limit.maximum },
        };
        if let Err(error) = setrlimit(Resource::Rttime, limit) {
            warn!("child process cannot set realtime rlimit ({error})");
        }
    }

    /// Lifts that bound for work that is long and done once, a reload; [`Self::limit`] sets it again.
    pub(crate) fn unlimit(&self) {
        if self.realtime.is_some() {
            let maximum = if may_lift_limits() { None } else { self.before.limit.maximum };
            let _lifted = setrlimit(Resource::Rttime, Rlimit { current: maximum, maximum });
        }
    }

    /// A timer ran out and the process was not there: with `max_auto_priority` it puts itself further to the front.
    pub(crate) fn late(&mut self, by: Duration) {
        if by <= self.auto.delay || self.auto.max <= 0 {
            return;
        }
        info!("A thread timer expired {}.{:06} seconds ago", by.as_secs(), by.subsec_micros());
        let next = self.realtime.map_or(1, |now| now.saturating_add(1));
        if i16::from(next) <= i16::from(self.auto.max) {
            self.be_realtime(next);
            if self.realtime == Some(next) {
                info!("Set realtime priority {next}");
            }
        }
    }
}

/// `CAP_SYS_RESOURCE`
fn may_lift_limits() -> bool {
    capabilities(None).is_ok_and(|sets| sets.effective.contains(CapabilitySet::SYS_RESOURCE))
}
