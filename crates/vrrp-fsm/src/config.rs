//! What one virtual router is configured to do, checked once.

use core::num::NonZeroU8;
use core::time::Duration;

use crate::{Interval, Priority, Version};

/// Configuration of one virtual router, every default resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The version it speaks.
    pub version: Version,
    /// Configured priority, 1 to 255; trackers move the effective one, [`Input::Priority`](crate::Input).
    pub priority: Priority,
    /// How often it advertises as master (Advertisement_Interval).
    pub advert_int: Interval,
    /// Whether it takes over from a living master of lower priority (Preempt_Mode).
    pub preempt: bool,
    /// How long a master of lower priority is tolerated before it is pre-empted; 0 is not at all.
    pub preempt_delay: Duration,
    /// Intervals of silence after which a master is down; 3 in the standards.
    pub down_timer_adverts: NonZeroU8,
    /// Do not answer an advert of lower priority (RFC 9568 section 6.4.3 as it is written).
    pub lower_prio_no_advert: bool,
    /// Say one more advert before yielding.
    pub higher_prio_send_advert: bool,
    /// A master without preemption that stood still for longer than three intervals and the skew of this
    /// priority gives up rather than goes on.
    pub timer_expired_backup: Option<Priority>,
    /// How the addresses are announced.
    pub announcements: Announcements,
    /// How much early an advert may leave, so that adverts due together leave together. Takes nothing from
    /// the mean period: the schedule stays absolute. No takeover is ever early.
    pub advert_slack: Duration,
}

/// Bursts of gratuitous ARPs and unsolicited neighbour advertisements while master.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announcements {
    /// Rounds of a burst on becoming master.
    pub repeat: u32,
    /// Until the second burst; 0 is no second burst.
    pub delay: Duration,
    /// Period of refreshes; 0 is none.
    pub refresh: Duration,
    /// Rounds of a refresh.
    pub refresh_repeat: u32,
    /// Rounds after an advert of lower priority; 0 is none.
    pub lower_prio_repeat: u32,
    /// Until the second burst after one; 0 is no second burst.
    pub lower_prio_delay: Duration,
}

impl Default for Announcements {
    fn default() -> Self {
        Self {
            repeat: 5,
            delay: Duration::from_secs(5),
            refresh: Duration::ZERO,
            refresh_repeat: 1,
            lower_prio_repeat: 5,
            lower_prio_delay: Duration::from_secs(5),
        }
    }
}

impl Config {
    /// A router with keepalived's defaults.
    pub fn new(version: Version, priority: Priority, advert_int: Interval) -> Self {
        Self {
            version,
            priority,
            advert_int,
            preempt: true,
            preempt_delay: Duration::ZERO,
            down_timer_adverts: NonZeroU8::MIN.saturating_add(2),
            lower_prio_no_advert: false,
            higher_prio_send_advert: false,
            timer_expired_backup: None,
            announcements: Announcements::default(),
            advert_slack: Duration::ZERO,
        }
    }

    /// Refuses what no advert could say.
    pub(crate) fn checked(self) -> Result<Self, ConfigError> {
        if self.priority.is_stop() {
            return Err(ConfigError::PriorityZero);
        }
        match self.version {
            Version::V2 if self.advert_int.whole_secs().is_none() => {
                Err(ConfigError::FractionInV2 { interval: self.advert_int })
            }
            Version::V3 if self.advert_int > Interval::MAX_V3 => {
                Err(ConfigError::IntervalOverV3 { interval: self.advert_int })
            }
            Version::V2 | Version::V3 => Ok(self),
        }
    }
}

/// Why a configuration cannot be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Priority 0 is the farewell of a router that stops.
    #[error("priority 0 says farewell and cannot be configured: use 1 to 255")]
    PriorityZero,
    /// VRRPv2 carries whole seconds.
    #[error("an interval of {interval} s cannot be said in VRRPv2: use whole seconds or version 3")]
    FractionInV2 {
        /// What was asked for.
        interval: Interval,
    },
    /// VRRPv3 carries 12 bits of centiseconds.
    #[error("an interval of {interval} s cannot be said in VRRPv3: use at most 40.95 s")]
    IntervalOverV3 {
        /// What was asked for.
        interval: Interval,
    },
}
