//! `kad completions`: the command line for a shell to complete.

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser};
use clap_complete::{Shell, generate};

use crate::cli::Options;
use crate::exit::Exit;

/// Print what a shell needs to complete kad's command line
///
/// For bash: kad completions bash > /etc/bash_completion.d/kad
#[derive(Clone, Debug, Parser)]
#[command(name = "kad completions", bin_name = "kad completions", verbatim_doc_comment)]
struct Arguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Prints the script.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    let words = std::iter::once(OsString::from("kad completions")).chain(arguments.iter().cloned());
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nowhere to say that standard error is closed.
            let _printed = error.print();
            return if error.use_stderr() { Exit::Config } else { Exit::Ok }.into();
        }
    };
    let mut script = Vec::new();
    generate(arguments.shell, &mut Options::command(), "kad", &mut script);
    let _printed = std::io::stdout().write_all(&script);
    Exit::Ok.into()
}
