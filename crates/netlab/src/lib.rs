#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod address;
mod capture;
mod clock;
mod enter;
mod error;
mod feed;
mod frame;
mod host;
mod keeper;
mod lab;
mod log;
mod mend;
mod pcap;
pub mod peer;
mod ping;
mod proc;
pub mod scenario;
mod stream;
mod tool;
mod tree;
mod wait;
mod watch;
mod witness;

pub use address::{Mac, MacError};
pub use capture::Capture;
pub use clock::now;
pub use error::LabError;
pub use feed::Mark;
pub use frame::{Advert, Announcement, Frame};
pub use host::Host;
pub use lab::Lab;
pub use log::Line;
pub use ping::{Answer, Pinger, Summary};
pub use proc::{Proc, Signal};
pub use tool::Output;
pub use wait::poll_until;
pub use watch::{Change, Seen};
