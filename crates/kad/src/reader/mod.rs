//! The reader: a process that reads the configuration, says what is wrong with it, and ends.
//!
//! It writes a bundle to its standard output, a memory file of the parent's, and its exit code is the verdict.
//! The same reading, in the user's own process and without a bundle, is the configuration test.

mod copy;
mod test;

use std::io;
use std::process::ExitCode;

use kaconf::{Loaded, Severity};
use rustix::process::{Resource, Rlimit, Signal as KernelSignal};

use crate::cli::Options;
use crate::exit::Exit;
use crate::heeded::unheeded;
use crate::host::Host;
use crate::ipc::Bundle;
use crate::log::{self, Mode as LogMode, Process};
use crate::namespace;
use crate::signals::Signals;

pub(crate) use test::test;

/// Most memory a reader may ask for, octets. The largest files known take 30 MiB.
const MEMORY: u64 = 2 << 30;

/// Reads the configuration for a parent.
pub(crate) fn run(options: &Options) -> ExitCode {
    // Nobody waits for a reader whose parent is gone.
    let _bound = rustix::process::set_parent_process_death_signal(Some(KernelSignal::KILL));
    // What is sent to all processes of the daemon (`killall -USR1`, Ctrl-C) is not for this one. Kept until the end:
    // SIGTERM among them, for a daemon that stops ends its reader itself.
    let _unheard = Signals::take(true);
    be_undisturbed();
    expect_the_worst();
    // What a reload is tested for goes to its log, and to that of the daemon like every reading.
    let log = Options { config_test: None, ..options.clone() };
    log::init(&log, Process::Parent, LogMode::Direct);
    let loaded = load(options);
    let global = &loaded.config.global;
    log::rename(options.namespace_or(global.net_namespace.as_deref()), global.instance.as_deref());
    say(&loaded);
    if let Some(fatal) = loaded.fatal() {
        tracing::error!("{}: {fatal}", options.config_file.display());
        return fatal.exit_code().into();
    }
    if let Some(log) = &options.config_test
        && let Some(code) = test::refusal(&loaded, log.as_ref())
    {
        return code.into();
    }
    if let Some(directory) = &global.reload.save_directory {
        let parent = rustix::process::getppid().map_or(0, |pid| pid.as_raw_nonzero().get().unsigned_abs());
        copy::keep(&loaded, directory, parent, options.reading);
    }
    match Bundle::write(loaded.config, io::stdout().lock()) {
        Ok(()) => Exit::Ok.into(),
        Err(error) => {
            tracing::error!("cannot hand the configuration on: {error}");
            Exit::Program.into()
        }
    }
}

/// Logs what was found.
fn say(loaded: &Loaded) {
    for diagnostic in loaded.diagnostics.iter().cloned().chain(unheeded(loaded)) {
        for line in kaconf::render(&diagnostic, &loaded.files).lines() {
            match diagnostic.severity {
                Severity::Error => tracing::error!("{line}"),
                Severity::Warning => tracing::warn!("{line}"),
                Severity::Note => tracing::info!("{line}"),
            }
        }
    }
}

/// Reads the configuration, in the network namespace it is for: whether an interface exists is part of it.
fn load(options: &Options) -> Loaded {
    let mut how = kaconf::Options::new(&options.config_file);
    how.config_id = Some(options.config_id.clone().unwrap_or_else(host_name).into());
    how.all_includes = options.all_config;
    how.test = options.config_test.is_some();
    how.outline = false;
    if let Some(name) = &options.namespace {
        enter(name);
        return kaconf::load(&how, &Host::here(true));
    }
    let loaded = kaconf::load(&how, &Host::here(false));
    match loaded.config.global.net_namespace.as_deref() {
        Some(name) => {
            enter(name);
            kaconf::load(&how, &Host::here(false))
        }
        None => loaded,
    }
}

fn enter(name: &str) {
    if let Err(error) = namespace::enter_network(name) {
        // The parent cannot either, and ends for it; a test says it here.
        crate::stderr::say(format_args!("Unable to set network namespace {name}: {error}"));
    }
}

/// A signal sent to all processes of the daemon is not meant for this one, and would end it.
fn be_undisturbed() {
    use rustix::process::Signal;
    let nothing = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    for signal in [Signal::HUP, Signal::USR1, Signal::USR2] {
        let _ignored = signal_hook::flag::register(signal.as_raw(), std::sync::Arc::clone(&nothing));
    }
}

/// Whoever dies first when memory is short, it must not be a daemon that holds addresses.
fn expect_the_worst() {
    let _marked = std::fs::write("/proc/self/oom_score_adj", "1000");
    let limit = Rlimit { current: Some(MEMORY), maximum: Some(MEMORY) };
    let _limited = rustix::process::setrlimit(Resource::As, limit);
}

/// The name of this host up to its first dot: what `@ID` lines are chosen by when `-i` does not say.
pub(crate) fn host_name() -> String {
    let host = rustix::system::uname();
    let name = host.nodename().to_string_lossy();
    name.split('.').next().unwrap_or_default().to_owned()
}
