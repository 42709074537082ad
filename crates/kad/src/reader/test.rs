//! The configuration test: `-t` in the user's own process, `reload_check_config` in the reader's.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use kaconf::Loaded;
use rustix::fs::{Mode, OFlags};

use crate::cli::Options;
use crate::exit::Exit;
use crate::heeded::unheeded;

use super::load;

/// `-t`: says what is wrong and how bad it is.
pub(crate) fn test(options: &Options) -> ExitCode {
    let log = options.config_test.as_deref().unwrap_or_default();
    let mut out: Box<dyn Write> = match Path::new(log) {
        path if !log.is_empty() => match append(path) {
            Ok(file) => Box::new(file),
            Err(error) => {
                crate::stderr::say(format_args!("cannot write to {}: {error}", path.display()));
                return Exit::Fatal.into();
            }
        },
        _ => Box::new(io::stderr().lock()),
    };
    let loaded = load(options);
    if let Err(error) = write(&loaded, &mut out) {
        // A verdict nobody can read the reasons of is still the verdict.
        crate::stderr::say(format_args!("cannot write the messages: {error}"));
    }
    let verdict = loaded.exit_class();
    // The process ends: to take a large configuration apart would only cost time.
    std::mem::forget(loaded);
    verdict.code().into()
}

fn write(loaded: &Loaded, out: &mut dyn Write) -> io::Result<()> {
    let mut all = loaded.diagnostics.iter().cloned().chain(unheeded(loaded));
    all.try_for_each(|diagnostic| writeln!(out, "{}", kaconf::render(&diagnostic, &loaded.files)))
}

/// `reload_check_config`: the same for a reload, in a log that has only this one. Gives the exit code of a file that
/// is not wanted, whose every complaint counts.
pub(super) fn refusal(loaded: &Loaded, log: &Path) -> Option<u8> {
    let written = append(log).and_then(|mut out| {
        if out.metadata()?.is_file() {
            out.set_len(0)?;
        }
        write(loaded, &mut out)
    });
    if let Err(error) = written {
        tracing::info!("config check log {}: {error}", log.display());
    }
    Some(loaded.exit_class().code()).filter(|code| *code != 0)
}

fn append(path: &Path) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND | OFlags::CLOEXEC | OFlags::NOCTTY;
    // As keepalived: through no link that somebody else may have put there.
    let flags = flags | OFlags::NOFOLLOW;
    Ok(rustix::fs::open(path, flags, Mode::from_raw_mode(0o644))?.into())
}
