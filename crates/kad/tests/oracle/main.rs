//! kad beside C keepalived: the same configuration and the same events, and then the same frames, the same addresses
//! in the kernel, the same log lines and the same dumps.
//!
//! The oracle is the keepalived that the system has (2.2.7 in Debian 12). Where kad is meant to differ, a table
//! beside the comparison says so and why.
#![expect(clippy::unwrap_used, reason = "a test fails by its panic")]

mod dumps;
mod election;
mod extras;
mod firewall;
mod frames;
mod groups;
mod kernel;
mod left_over;
mod links;
mod reload;
mod routing;
mod schedule;
mod stage;
mod stolen;
mod story;
mod told;
mod tracking;
mod vmac;
mod vmac_life;
mod vmac_places;
mod voice;
mod watched;
mod wire;
