//! `kad demo`: two hosts keep one address alive, on a LAN of namespaces made for it and gone with it.
//!
//! Everything shown was seen from outside: adverts, ARP and answers by a witness on the client's wire, addresses
//! and carriers by the hosts' kernels, states by kad's own log. The verdicts are made of these alone, in pure
//! modules (`verdict`, `story`); `play` is the loop, `lan` the LAN. Nothing here knows how an election works.

mod act;
mod cast;
mod error;
mod event;
mod intro;
mod lan;
mod notice;
mod play;
mod story;
mod table;
mod timeline;
mod verdict;
mod wire;
mod witness;

use std::ffi::OsString;
use std::iter;
use std::process::ExitCode;
use std::sync::mpsc;

use clap::Parser;
use netlab::LabError;

use crate::exit::Exit;
use crate::paint::Paint;
use error::DemoError;
use event::Origin;
use lan::Lan;
use play::{Play, show};

/// Reports that may wait to be looked at.
const QUEUE: usize = 4096;

/// Show two hosts keep one address alive, on a LAN made for it
///
/// Builds a LAN of network namespaces with two hosts and a client, runs kad on both
/// hosts, and lets the master crash, come back, stop, come back, lose its link and
/// get it again, while the client pings the shared address. Takes about 30 s.
///
/// Ends with 0 if every takeover took the time that the protocol gives, else with 1
/// (4 where namespaces are forbidden, 130 after Ctrl-C). Needs no root where users
/// may make namespaces, and leaves nothing behind.
#[derive(Clone, Debug, Parser)]
#[command(name = "kad demo", bin_name = "kad demo", verbatim_doc_comment)]
struct Arguments {
    /// Leave the LAN up at the end and say how to enter it, until Enter or Ctrl-C
    #[arg(long)]
    keep: bool,
    /// Be the witness on the client
    #[arg(long, hide = true)]
    witness: bool,
}

/// Runs the demo.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    let words = iter::once(OsString::from("kad demo")).chain(arguments.iter().cloned());
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nowhere to say that standard error is closed.
            let _printed = error.print();
            return if error.use_stderr() { Exit::Config } else { Exit::Ok }.into();
        }
    };
    if arguments.witness {
        return match witness::run() {
            Ok(()) => Exit::Ok.into(),
            Err(error) => {
                crate::stderr::say(format_args!("kad demo: cannot listen: {error}"));
                Exit::Fatal.into()
            }
        };
    }
    match play(&arguments) {
        Ok(true) => Exit::Ok.into(),
        Ok(false) => Exit::Fatal.into(),
        Err(error) => give_up(&error),
    }
}

/// Whether every takeover was as it must be.
fn play(arguments: &Arguments) -> Result<bool, DemoError> {
    let paint = Paint::for_stdout();
    let (sender, notices) = mpsc::sync_channel(QUEUE);
    notice::take_signals(sender.clone()).map_err(DemoError::Signals)?;
    show(&intro::cast(paint))?;
    let origin = Origin::now();
    let lan = Lan::build(origin, sender.clone())?;
    show(&intro::files(&lan.command(cast::Side::Alpha), paint))?;
    let mut play = Play::new(lan, notices, origin, paint);
    play.run()?;
    show(&table::summary(play.verdicts(), play.story(), origin.elapsed(), paint))?;
    if arguments.keep {
        notice::take_enter(sender);
        show("\nThe LAN stays up. To enter a host, in another terminal:\n")?;
        for (name, shell) in play.lan().shells() {
            show(&format!("  {name:<8}{shell}\n"))?;
        }
        show("Enter or Ctrl-C ends it. ")?;
        play.wait_for_person();
        show("\n")?;
    }
    Ok(table::all_good(play.verdicts()))
}

/// Says why, and the exit code for it.
fn give_up(error: &DemoError) -> ExitCode {
    match error {
        DemoError::Interrupted(signal) => {
            // The terminal may be what is gone.
            let _said = show("\n\nInterrupted. The LAN and all on it are gone.\n");
            ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX))
        }
        DemoError::Lab(LabError::NamespacesForbidden { .. }) => {
            crate::stderr::say(format_args!("\nkad demo: {error}"));
            Exit::MissingPermission.into()
        }
        _ => {
            crate::stderr::say(format_args!("\nkad demo: {error}"));
            let mut source = std::error::Error::source(error);
            while let Some(cause) = source {
                crate::stderr::say(format_args!("  because: {cause}"));
                source = cause.source();
            }
            Exit::Fatal.into()
        }
    }
}
