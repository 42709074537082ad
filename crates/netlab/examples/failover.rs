//! Plays the failover scenario between two routers and prints the times.
//!
//! `cargo run -p netlab --example failover -- [LEFT [RIGHT]]`, as root. LEFT and RIGHT are `keepalived`, `frr`, or
//! the path of a program with keepalived's command line; keepalived if left out.

use std::env;
use std::process::ExitCode;

use netlab::peer::PeerKind;
use netlab::scenario::{Protocol, failover};
use vrrp_types::Interval;

fn kind(name: Option<String>) -> PeerKind {
    match name.as_deref() {
        None | Some("keepalived") => PeerKind::Keepalived,
        Some("frr") => PeerKind::Frr,
        Some(path) => PeerKind::Kad(path.into()),
    }
}

fn main() -> ExitCode {
    let mut names = env::args().skip(1);
    let (left, right) = (kind(names.next()), kind(names.next()));
    let tenth = Interval::from_centis(10).unwrap_or(Interval::DEFAULT);
    match failover(&left, &right, &Protocol::v3(tenth)) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
