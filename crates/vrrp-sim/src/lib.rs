#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod change;
mod chaos;
mod clock;
mod counters;
mod error;
mod lan;
mod member;
mod node;
mod rng;
mod timeline;
mod weather;

pub use change::{Change, Wakes};
pub use chaos::Chaos;
pub use clock::Clock;
pub use counters::{Counters, Mastership};
pub use error::{SetupError, Violation};
pub use lan::Lan;
pub use member::Member;
pub use node::{Node, NodeId};
pub use rng::Rng;
pub use timeline::{Entry, What};
pub use weather::{Percent, Weather};
