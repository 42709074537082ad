//! Virtual services.

use std::time::Duration;

use bitflags::bitflags;

use crate::{DestinationEntry, Family, Scheduler, ServiceId, Stats, Unknown};

bitflags! {
    /// `IP_VS_SVC_F_*` without those that other fields say.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct ServiceFlags: u32 {
        /// Every packet is scheduled by itself (UDP).
        const ONE_PACKET = 0x4;
        /// The scheduler's first flag: `sh-fallback`, `mh-fallback`.
        const SCHEDULER_1 = 0x8;
        /// The scheduler's second flag: `sh-port`, `mh-port`.
        const SCHEDULER_2 = 0x10;
        /// The scheduler's third flag.
        const SCHEDULER_3 = 0x20;
        /// What a newer kernel knows.
        const _ = !0;
    }
}

/// A client keeps its destination for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Persistence {
    /// How long after its last connection, whole seconds; at least 1.
    pub timeout: Duration,
    /// How many leading bits of its address tell a client: 32 or 128 is each address by itself.
    pub prefix: u8,
}

/// A virtual service as it is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Service {
    /// What it is known by.
    pub id: ServiceId,
    /// How it chooses.
    pub scheduler: Scheduler,
    /// Its flags.
    pub flags: ServiceFlags,
    /// Whether and how clients keep their destination.
    pub persistence: Option<Persistence>,
    /// The persistence engine (`sip`), at most 15 octets.
    pub engine: Option<Box<str>>,
    /// What the kernel said of it besides.
    pub unknown: Vec<Unknown>,
}

impl Service {
    /// A service without persistence and flags.
    pub const fn new(id: ServiceId, scheduler: Scheduler) -> Self {
        Self {
            id,
            scheduler,
            flags: ServiceFlags::empty(),
            persistence: None,
            engine: None,
            unknown: Vec::new(),
        }
    }

    /// With these flags.
    #[must_use]
    pub const fn with_flags(mut self, flags: ServiceFlags) -> Self {
        self.flags = flags;
        self
    }

    /// With a client told by all of its address.
    #[must_use]
    pub const fn persistent(mut self, timeout: Duration) -> Self {
        let prefix = match self.id.family() {
            Family::V4 => 32,
            Family::V6 => 128,
        };
        self.persistence = Some(Persistence { timeout, prefix });
        self
    }

    /// With a persistence engine.
    #[must_use]
    pub fn with_engine(mut self, engine: &str) -> Self {
        self.engine = Some(engine.into());
        self
    }
}

/// A virtual service as the kernel lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceEntry {
    /// How it is configured.
    pub service: Service,
    /// What it has done.
    pub stats: Stats,
    /// Its destinations; empty from [`Ipvs::services`](crate::Ipvs::services), which does not ask for them.
    pub destinations: Vec<DestinationEntry>,
}
