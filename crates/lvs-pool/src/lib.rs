#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod config;
mod plan;
mod pool;

pub use config::{CheckerNo, PoolConfig, ServerConfig, ServerNo, Sorry, Verdict};
pub use plan::{Change, Service, Table, plan};
pub use pool::{Event, Member, Pool, Who};
