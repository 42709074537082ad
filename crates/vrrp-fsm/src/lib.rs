#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod action;
mod config;
mod group;
mod input;
mod machine;
mod pacer;
mod time;
mod tracking;

pub use action::{Action, Actions, Event};
pub use config::{Announcements, Config, ConfigError};
pub use group::{Change, Member, Order, SyncGroup, echo};
pub use input::{Faults, Heard, Input, Lead, Membership};
pub use machine::{Machine, Master, State};
pub use pacer::Pacer;
pub use time::Instant;
pub use tracking::{Influence, Status, Tally, Weight};
pub use vrrp_types::{Family, Interval, Priority, Version, Vrid};
