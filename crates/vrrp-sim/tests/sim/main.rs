//! Whole LANs of real machines and real octets in virtual time.
//!
//! `VRRP_SIM_SEEDS=100000` tries that many seeds of each law instead of a few; `VRRP_SIM_SEED=17` replays one.
#![expect(clippy::unwrap_used, reason = "what a test builds itself is there")]

mod groups;
mod healing;
mod identities;
mod lan;
mod rig;
mod small_world;
mod stalls;
mod takeover;
