//! `kad explain`: what a keyword, a block, a code or a topic means.

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use kaconf::explain::{explain, overview};

use crate::exit::Exit;

/// Explain a keyword or block of the configuration, a topic, or the code of a message
///
/// Without a word: the blocks and topics there are. Ends with 2 if nothing is known of a word.
#[derive(Clone, Debug, Parser)]
#[command(name = "kad explain", bin_name = "kad explain")]
struct Arguments {
    /// A keyword (priority, vrrp_instance/priority), a block, a topic, or a code (K200)
    #[arg(value_name = "WORD", allow_hyphen_values = true)]
    words: Vec<OsString>,
}

/// Explains each word.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    let words = std::iter::once(OsString::from("kad explain")).chain(arguments.iter().cloned());
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nowhere to say that standard error is closed.
            let _printed = error.print();
            return if error.use_stderr() { Exit::Config } else { Exit::Ok }.into();
        }
    };
    let mut texts = Vec::new();
    let mut exit = Exit::Ok;
    for word in &arguments.words {
        match explain(&word.to_string_lossy()) {
            Ok(text) => texts.push(text),
            Err(unknown) => {
                crate::stderr::say(format_args!("kad explain: {unknown}"));
                exit = Exit::Config;
            }
        }
    }
    if arguments.words.is_empty() {
        texts.push(overview());
    }
    // A reader that has seen enough closes the pipe.
    let _printed = std::io::stdout().write_all(texts.join("\n\n").as_bytes());
    exit.into()
}
