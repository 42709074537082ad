#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod client;
mod codec;
mod daemon;
mod destination;
mod error;
mod id;
mod op;
mod scheduler;
mod service;
mod stats;
mod unknown;

#[cfg(feature = "tokio")]
pub use client::AsyncIpvs;
pub use client::Ipvs;
pub use codec::raw;
pub use daemon::{DaemonRole, SyncDaemon};
pub use destination::{Destination, DestinationEntry, Forwarding, Tunnel, TunnelFlags, TunnelKind, Weight};
pub use error::IpvsError;
pub use id::{Family, FwMark, Protocol, ServiceId};
pub use op::Op;
pub use scheduler::Scheduler;
pub use service::{Persistence, Service, ServiceEntry, ServiceFlags};
pub use stats::{Info, Rates, Stats, Timeouts};
pub use unknown::Unknown;
