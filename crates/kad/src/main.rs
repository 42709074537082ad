//! `kad`: a drop-in keepalived.
//!
//! One binary in several roles. Started by a user it reads the command line and becomes the parent (with `-n`)
//! or starts one in the background; the parent starts the same binary again as reader of the configuration and
//! as VRRP process (`role`). There is no protocol here: elections are `vrrp-fsm`, octets `vrrp-wire`, the
//! kernel `vrrp-linux`.
#![forbid(unsafe_code)]

mod background;
mod cli;
mod clock;
mod demo;
mod dump;
mod exec;
mod exit;
mod fifo;
mod heeded;
mod host;
mod ipc;
mod log;
mod mail;
mod namespace;
mod paint;
mod parent;
mod pidfile;
mod reader;
mod role;
mod signals;
mod stderr;
mod systemd;
mod text;
mod tool;
mod vrrp;

use std::process::ExitCode;

fn main() -> ExitCode {
    role::dispatch(std::env::args_os().collect())
}
