//! Failovers between two routers, each event judged by witnesses and measured against the protocol's timers.

mod failover;
mod judge;
mod protocol;
mod report;
mod scene;

pub use failover::failover;
pub use protocol::Protocol;
pub use report::{Event, Report, ScenarioError, Side, Takeover};
