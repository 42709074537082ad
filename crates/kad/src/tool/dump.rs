//! `kad dump`: a configuration as it is understood, every include, name and default in its place.
//!
//! What it means is `kaconf`'s business; here are the arguments, the two forms, and the verdict.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgAction, Args, ValueEnum};
use kaconf::Severity;
use kaconf::model::Config;

use super::reading::Reading;
use crate::cli::DEFAULT_CONFIG;

/// The exit codes. That of a wrong command line is 2, too.
const FINE: u8 = 0;
const FAILED: u8 = 2;

/// The arguments of `kad dump`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Dump {
    /// The configuration file, or a pattern; - is standard input
    #[arg(value_name = "FILE", default_value = DEFAULT_CONFIG)]
    file: PathBuf,
    /// How to write it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Conf)]
    format: Format,
    #[command(flatten)]
    reading: Reading,
    /// Print this help
    #[arg(short = 'h', long, action = ArgAction::Help)]
    help: Option<bool>,
}

/// In which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A keepalived.conf that reads back to the same
    Conf,
    /// JSON, as docs/config/model.schema.json describes it
    Json,
}

impl Dump {
    /// Writes the configuration on standard output. Of complaints only their number is told: `kad check` tells them.
    pub(crate) fn run(&self) -> ExitCode {
        let (loaded, _) = self.reading.load(&self.file, true);
        let complaints = loaded.diagnostics.iter().filter(|one| one.severity != Severity::Note).count();
        let file = self.file.display();
        if complaints > 0 {
            let plural = if complaints == 1 { "" } else { "s" };
            crate::stderr::say(format_args!(
                "kad dump: {file}: {complaints} complaint{plural}, what is written is what is left; kad check tells them"
            ));
        }
        if let Some(fatal) = loaded.fatal() {
            crate::stderr::say(format_args!("kad dump: {file}: a daemon would not start: {fatal}"));
        }
        // A reader that has seen enough closes the pipe.
        if let Err(error) = self.write(&loaded.config)
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            crate::stderr::say(format_args!("kad dump: {error}"));
            return FAILED.into();
        }
        if loaded.fatal().is_some() { FAILED } else { FINE }.into()
    }

    fn write(&self, config: &Config) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match self.format {
            Format::Conf => out.write_all(kaconf::dump(config).as_bytes())?,
            Format::Json => {
                serde_json::to_writer_pretty(&mut out, config)?;
                out.write_all(b"\n")?;
            }
        }
        out.flush()
    }
}
