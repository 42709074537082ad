//! The command line: keepalived's options with keepalived's meanings, and the commands that are kad's own.
//!
//! What an option does is not here. Children are started with the same arguments and read them again.

mod getopt;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Parser, Subcommand};

use crate::tool;

/// Where the configuration is read when `-f` does not say.
pub(crate) const DEFAULT_CONFIG: &str = "/etc/keepalived/keepalived.conf";

/// The options of `kad`, after parsing.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "kad",
    about = "Keeps addresses alive across hosts: a drop-in keepalived",
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true,
    infer_long_args = true,
    args_override_self = true,
    args_conflicts_with_subcommands = true
)]
pub(crate) struct Options {
    /// Use this configuration file (or pattern)
    #[arg(short = 'f', long = "use-file", value_name = "FILE", default_value = DEFAULT_CONFIG)]
    pub(crate) config_file: PathBuf,
    /// Only run the VRRP subsystem (and BFD): no checkers
    #[arg(short = 'P', long = "vrrp")]
    pub(crate) no_checkers: bool,
    /// Only run the checkers (and BFD): no VRRP
    #[arg(short = 'C', long = "check")]
    pub(crate) no_vrrp: bool,
    /// Do not run the BFD subsystem
    #[arg(short = 'B', long = "no_bfd")]
    pub(crate) no_bfd: bool,
    /// Start every child process, even without configuration for it
    #[arg(long = "all")]
    pub(crate) all: bool,
    /// Log to the console (standard error) too
    #[arg(short = 'l', long = "log-console")]
    pub(crate) log_console: bool,
    /// Log in detail; twice for more
    #[arg(short = 'D', long = "log-detail", action = ArgAction::Count)]
    pub(crate) log_detail: u8,
    /// Syslog facility: 0-7, local0-7, user, daemon
    #[arg(short = 'S', long = "log-facility", value_name = "FACILITY", default_value = "daemon", value_parser = facility)]
    pub(crate) log_facility: Facility,
    /// Log to a file too
    #[arg(short = 'g', long = "log-file", value_name = "FILE", num_args = 0..=1, require_equals = true,
          default_missing_value = "keepalived.log")]
    pub(crate) log_file: Option<PathBuf>,
    /// Flush the log file after each line (it always is)
    #[arg(long = "flush-log-file")]
    pub(crate) flush_log_file: bool,
    /// Do not log to syslog
    #[arg(short = 'G', long = "no-syslog")]
    pub(crate) no_syslog: bool,
    /// Permissions withheld from files, in octal; beats `umask` of the configuration
    #[arg(short = 'u', long = "umask", value_name = "MASK", value_parser = octal)]
    pub(crate) umask: Option<u32>,
    /// Remove addresses of instances that leave master, whoever added them
    #[arg(short = 'X', long = "release-vips")]
    pub(crate) release_vips: bool,
    /// Keep addresses and routes when stopping
    #[arg(short = 'V', long = "dont-release-vrrp")]
    pub(crate) dont_release_vrrp: bool,
    /// Keep IPVS services when stopping
    #[arg(short = 'I', long = "dont-release-ipvs")]
    pub(crate) dont_release_ipvs: bool,
    /// Stop when a child dies, do not restart it
    #[arg(short = 'R', long = "dont-respawn")]
    pub(crate) dont_respawn: bool,
    /// Stay in the foreground
    #[arg(short = 'n', long = "dont-fork")]
    pub(crate) dont_fork: bool,
    /// Write the configuration as understood to the log
    #[arg(short = 'd', long = "dump-conf")]
    pub(crate) dump_conf: bool,
    /// Pid file of the parent
    #[arg(short = 'p', long = "pid", value_name = "FILE")]
    pub(crate) pid_file: Option<PathBuf>,
    /// Pid file of the VRRP process
    #[arg(short = 'r', long = "vrrp_pid", value_name = "FILE")]
    pub(crate) vrrp_pid_file: Option<PathBuf>,
    /// Pid file of the checker process
    #[arg(short = 'c', long = "checkers_pid", value_name = "FILE")]
    pub(crate) checkers_pid_file: Option<PathBuf>,
    /// Pid file of the BFD process
    #[arg(short = 'b', long = "bfd_pid", value_name = "FILE")]
    pub(crate) bfd_pid_file: Option<PathBuf>,
    /// Be genhash (not part of this version)
    #[arg(short = 'T', long = "genhash")]
    pub(crate) genhash: bool,
    /// Log every address that is added or deleted
    #[arg(short = 'a', long = "address-monitoring")]
    pub(crate) address_monitoring: bool,
    /// Enable SNMP (not part of this version)
    #[arg(short = 'x', long = "snmp")]
    pub(crate) snmp: bool,
    /// Socket of the SNMP agent (not part of this version)
    #[arg(short = 'A', long = "snmp-agent-socket", value_name = "SOCKET")]
    pub(crate) snmp_agent_socket: Option<OsString>,
    /// Run in this network namespace; beats the configuration
    #[arg(short = 's', long = "namespace", value_name = "NAME")]
    pub(crate) namespace: Option<String>,
    /// Write a core file when crashing
    #[arg(short = 'm', long = "core-dump")]
    pub(crate) core_dump: bool,
    /// The kernel's pattern for core files, /proc/sys/kernel/core_pattern
    #[arg(short = 'M', long = "core-dump-pattern", value_name = "PATTERN", num_args = 0..=1, require_equals = true,
          default_missing_value = "core")]
    pub(crate) core_dump_pattern: Option<OsString>,
    /// An include that finds no file is an error
    #[arg(short = 'e', long = "all-config")]
    pub(crate) all_config: bool,
    /// Choose lines that begin with @ID
    #[arg(short = 'i', long = "config-id", value_name = "ID")]
    pub(crate) config_id: Option<String>,
    /// Leave SIGINT to a debugger
    #[arg(long = "ignore-sigint")]
    pub(crate) ignore_sigint: bool,
    /// Print the number of a signal: STOP, RELOAD, DATA, STATS, STATS_CLEAR, JSON
    #[arg(long = "signum", value_name = "NAME")]
    pub(crate) signum: Option<String>,
    /// Check the configuration and end; messages go to standard error or to LOG
    #[arg(short = 't', long = "config-test", value_name = "LOG", num_args = 0..=1, require_equals = true,
          default_missing_value = "")]
    pub(crate) config_test: Option<OsString>,
    /// Print the version
    #[arg(short = 'v', long = "version")]
    pub(crate) version: bool,
    /// Print this help
    #[arg(short = 'h', long = "help")]
    pub(crate) help: bool,
    /// How long a child may be silent before it is restarted, in milliseconds. Fifteen seconds: no machine that
    /// still works keeps a process waiting that long, and nobody needs a master back that was away for less.
    #[arg(long = "kad-heartbeat-limit", value_name = "MS", hide = true, default_value_t = 15_000)]
    pub(crate) heartbeat_limit_ms: u64,
    /// Which reading of the configuration it is that a reader does: the first is 0
    #[arg(long = "kad-reading", value_name = "NUMBER", hide = true, default_value_t = 0)]
    pub(crate) reading: u32,
    /// What is left over
    #[arg(hide = true)]
    pub(crate) unexpected: Vec<OsString>,
    /// A command of kad's own
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// The commands that stand beside the daemon.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Show two hosts keep one address alive, on a LAN made for it
    Demo {
        /// What the demo itself understands
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Explain a keyword or block of the configuration, a topic, or the code of a message
    ///
    /// Without a word: the blocks and topics there are. Ends with 2 if nothing is known of a word.
    Explain(tool::explain::Explain),
    /// Print what a shell needs to complete this command line
    ///
    /// For bash: kad completions bash > /etc/bash_completion.d/kad
    Completions(tool::completions::Completions),
    /// Say what is wrong with configuration files, and how to mend it
    Check(tool::check::Check),
    /// Write a configuration as it is understood, every include, name and default in its place
    Dump(tool::dump::Dump),
    /// Lay configuration files out in the canonical way
    Fmt(tool::fmt::Fmt),
}

/// A syslog facility by its code (RFC 3164 section 4.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Facility(pub(crate) u8);

/// `0`-`7` and `local0`-`local7` are LOG_LOCAL0 to 7, `user` and `daemon` themselves.
fn facility(word: &str) -> Result<Facility, String> {
    match word {
        "user" => return Ok(Facility(1)),
        "daemon" => return Ok(Facility(3)),
        _ => {}
    }
    match word.strip_prefix("local").unwrap_or(word).parse::<u8>() {
        Ok(n @ 0..=7) => Ok(Facility(16 + n)),
        _ => Err(format!("Invalid log facility '{word}'")),
    }
}

fn octal(word: &str) -> Result<u32, String> {
    match u32::from_str_radix(word, 8) {
        Ok(mask @ 0..=0o777) => Ok(mask),
        _ => Err(format!("{word} is not an octal mask from 0 to 777")),
    }
}

impl Options {
    /// Reads the arguments, the program's name first.
    ///
    /// # Errors
    /// What clap says; `clap::Error::print` and exit code 1.
    pub(crate) fn read(arguments: &[OsString]) -> Result<Self, clap::Error> {
        Self::try_parse_from(getopt::separate(arguments))
    }

    /// The network namespace of the command line, else that of the configuration.
    pub(crate) fn namespace_or<'a>(&'a self, configured: Option<&'a str>) -> Option<&'a str> {
        self.namespace.as_deref().or(configured)
    }
}

#[cfg(test)]
mod tests;
