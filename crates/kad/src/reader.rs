//! The reader: a process that reads the configuration, says what is wrong with it, and ends.
//!
//! It writes a bundle to its standard output, a memory file of the parent's, and its exit code is the verdict.
//! The same reading, in the user's own process and without a bundle, is the configuration test.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use kaconf::model::{Authentication, Config};
use kaconf::{
    FileSource, InterfaceFacts, Loaded, Lookup, Matches, PathFacts, ReadError, RoutingDirs, RoutingNames,
    Severity, Source, UserFacts,
};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Resource, Rlimit, Signal as KernelSignal};
use vrrp_linux::netlink::Netlink;
use vrrp_linux::{Link, LinkFlags};

use crate::cli::Options;
use crate::exit::Exit;
use crate::heeded::unheeded;
use crate::ipc::Bundle;
use crate::log::{self, Mode as LogMode, Process};
use crate::namespace;
use crate::signals::Signals;

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
    log::init(options, Process::Parent, LogMode::Direct);
    let loaded = load(options);
    let global = &loaded.config.global;
    log::rename(options.namespace_or(global.net_namespace.as_deref()), global.instance.as_deref());
    say(&loaded);
    if options.dump_conf {
        dump(&loaded.config);
    }
    if let Some(fatal) = loaded.fatal() {
        tracing::error!("{}: {fatal}", options.config_file.display());
        return fatal.exit_code().into();
    }
    match Bundle::write(&loaded.config, io::stdout().lock()) {
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

/// `-d`: logs the configuration as understood, without its secrets.
fn dump(config: &Config) {
    let mut config = config.clone();
    for instance in &mut config.instances {
        if let Authentication::Pass(key) | Authentication::Ah(key) = &mut instance.authentication {
            *key = *b"********";
        }
    }
    for line in format!("{config:#?}").lines() {
        tracing::info!("{line}");
    }
}

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
    for diagnostic in loaded.diagnostics.iter().cloned().chain(unheeded(&loaded)) {
        if let Err(error) = writeln!(out, "{}", kaconf::render(&diagnostic, &loaded.files)) {
            // A verdict nobody can read the reasons of is still the verdict.
            crate::stderr::say(format_args!("cannot write the messages: {error}"));
            break;
        }
    }
    let verdict = loaded.exit_class();
    // The process ends: to take a large configuration apart would only cost time.
    std::mem::forget(loaded);
    verdict.code().into()
}

fn append(path: &Path) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND | OFlags::CLOEXEC | OFlags::NOCTTY;
    // As keepalived: through no link that somebody else may have put there.
    let flags = flags | OFlags::NOFOLLOW;
    Ok(rustix::fs::open(path, flags, Mode::from_raw_mode(0o644))?.into())
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
        return kaconf::load(&how, &Host::here(options.namespace.is_some()));
    }
    let loaded = kaconf::load(&how, &Host::here(options.namespace.is_some()));
    match loaded.config.global.net_namespace.as_deref() {
        Some(name) => {
            enter(name);
            kaconf::load(&how, &Host::here(options.namespace.is_some()))
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

/// Files of this host, and its interfaces.
pub(crate) struct Host {
    /// `None` when they cannot be asked for: then nothing is held against a name.
    links: Option<Vec<Link>>,
    /// `-s` says where, whatever the configuration says.
    elsewhere: bool,
}

impl Host {
    /// This host, its interfaces as they are in this network namespace now. `elsewhere`: `-s` says where, whatever the
    /// configuration says.
    pub(crate) fn here(elsewhere: bool) -> Self {
        let links = Netlink::open().and_then(|mut netlink| netlink.links()).ok();
        Self { links, elsewhere }
    }

    /// This host's files, and no word about interfaces.
    pub(crate) const fn files_only() -> Self {
        Self { links: None, elsewhere: false }
    }
}

impl Source for Host {
    fn matches(&self, dir: &Path, pattern: &str) -> Result<Matches, ReadError> {
        FileSource.matches(dir, pattern)
    }

    fn matches_within(&self, dir: &Path, pattern: &str, names: &mut usize) -> Result<Matches, ReadError> {
        FileSource.matches_within(dir, pattern, names)
    }

    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
        FileSource.read(path, limit)
    }

    fn variable(&self, name: &str) -> Option<String> {
        FileSource.variable(name)
    }

    fn current_directory(&self) -> Option<PathBuf> {
        FileSource.current_directory()
    }

    fn namespace(&self, name: &str) -> Lookup<()> {
        if self.elsewhere { Lookup::Unknown } else { FileSource.namespace(name) }
    }

    fn path(&self, path: &Path) -> Lookup<PathFacts> {
        FileSource.path(path)
    }

    fn user(&self, name: &str) -> Lookup<UserFacts> {
        FileSource.user(name)
    }

    fn group(&self, name: &str) -> Lookup<u32> {
        FileSource.group(name)
    }

    fn interface_kind(&self, name: &str) -> Option<String> {
        let link = self.links.as_ref()?.iter().find(|link| link.name == name)?;
        Some(link.kind.clone().unwrap_or_default())
    }

    fn is_directory(&self, path: &Path) -> Option<bool> {
        FileSource.is_directory(path)
    }

    fn resolves(&self, host: &str) -> Lookup<()> {
        FileSource.resolves(host)
    }

    fn cpus(&self) -> Option<u16> {
        FileSource.cpus()
    }

    fn interface(&self, name: &str) -> InterfaceFacts {
        let Some(links) = &self.links else { return InterfaceFacts::Unknown };
        links.iter().find(|link| link.name == name).map_or(InterfaceFacts::Missing, |link| {
            InterfaceFacts::Present {
                mtu: link.mtu,
                multicast: link.flags.contains(LinkFlags::MULTICAST),
                loopback: link.flags.contains(LinkFlags::LOOPBACK),
            }
        })
    }

    fn routing_names(&self, list: RoutingNames, dirs: &RoutingDirs) -> Vec<(String, u32)> {
        FileSource.routing_names(list, dirs)
    }
}
