//! `kad completions`: the command line for a shell to complete.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{ArgAction, Args, CommandFactory as _};
use clap_complete::{Shell, generate};

use crate::cli::Options;
use crate::exit::Exit;

/// The arguments of `kad completions`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
    /// Print this help
    #[arg(short = 'h', long, action = ArgAction::Help)]
    help: Option<bool>,
}

impl Completions {
    /// Prints the script.
    pub(crate) fn run(&self) -> ExitCode {
        let mut script = Vec::new();
        generate(self.shell, &mut Options::command(), "kad", &mut script);
        let _printed = std::io::stdout().write_all(&script);
        Exit::Ok.into()
    }
}
