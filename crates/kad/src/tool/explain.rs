//! `kad explain`: what a keyword, a block, a code or a topic means.

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::{ArgAction, Args};
use kaconf::explain::{explain, overview};

use crate::exit::Exit;

/// The arguments of `kad explain`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Explain {
    /// A keyword (priority, vrrp_instance/priority), a block, a topic, or a code (K200)
    #[arg(value_name = "WORD", allow_hyphen_values = true)]
    words: Vec<OsString>,
    /// Print this help
    #[arg(short = 'h', long, action = ArgAction::Help)]
    help: Option<bool>,
}

impl Explain {
    /// Explains each word.
    pub(crate) fn run(&self) -> ExitCode {
        let mut texts = Vec::new();
        let mut exit = Exit::Ok;
        for word in &self.words {
            match explain(&word.to_string_lossy()) {
                Ok(text) => texts.push(text),
                Err(unknown) => {
                    crate::stderr::say(format_args!("kad explain: {unknown}"));
                    exit = Exit::Config;
                }
            }
        }
        if self.words.is_empty() {
            texts.push(overview());
        }
        // A reader that has seen enough closes the pipe.
        let _printed = std::io::stdout().write_all(texts.join("\n\n").as_bytes());
        exit.into()
    }
}
