//! `global_defs`: IPVS as a whole, its timeouts and its sync daemon.

use std::net::IpAddr;
use std::time::Duration;

use super::global::Setter;
use super::global_values as values;
use super::reader::Reader;
use crate::code::Code;
use crate::expand::Statement;
use crate::model::{FlushOnStop, IpvsSync};
use crate::value;

/// The longest timeout the kernel takes, seconds.
const TIMEOUT_MAX: i64 = 2_678_400;
/// Octets of the longest message: what a datagram over IPv4 has room for.
const MESSAGE_MAX: i64 = 65_535 - 20 - 8;
/// Octets of an interface's name in the kernel's structures.
const INTERFACE_MAX: usize = 15;

/// The keywords, sorted by name.
pub(super) const KEYWORDS: &[(&str, Setter)] = &[
    ("checker_log_all_failures", |r, s| {
        values::flag(r, s, |r, on| r.config.global.ipvs.log_all_failures = on);
    }),
    ("lvs_flush", |r, _| r.config.global.ipvs.flush = true),
    ("lvs_flush_on_stop", flush_on_stop),
    ("lvs_flush_onstop", flush_on_stop),
    ("lvs_sync_daemon", sync_daemon),
    ("lvs_timeouts", timeouts),
    ("rs_init_notifies", |r, s| values::flag(r, s, |r, on| r.config.global.ipvs.init_notifies = on)),
];

fn flush_on_stop(reader: &mut Reader<'_>, statement: &Statement) {
    let how = match (statement.len(), statement.word(1)) {
        (1, _) => FlushOnStop::All,
        (_, b"VS") => FlushOnStop::VirtualServers,
        _ => {
            let message = format!(
                "{} '{}' is neither VS nor nothing at all, ignoring it",
                statement.text(0),
                statement.text(1)
            );
            return reader.context.report(statement, 1, Code::BadValue, message);
        }
    };
    reader.config.global.ipvs.flush_on_stop = how;
}

/// A number behind an option. `None`, with a diagnostic, if there is none or it cannot be used.
fn number(reader: &mut Reader<'_>, statement: &Statement, option: usize, min: i64, max: i64) -> Option<i64> {
    let name = format!("{} {}", statement.text(0), statement.text(option));
    if option + 1 == statement.len() {
        let message = format!("{name} has no value, ignoring it");
        reader.context.report(statement, option, Code::BadValue, message);
        return None;
    }
    let read = value::number(statement.word(option + 1), min, max, false);
    if let Some(problem) = read.problem {
        let message = format!("{name} '{}' {problem}, ignoring it", statement.text(option + 1));
        reader.context.report(statement, option + 1, Code::BadNumber, message);
    }
    read.value
}

/// `lvs_timeouts [tcp SECONDS] [tcpfin SECONDS] [udp SECONDS]`; 0 leaves what the kernel has.
fn timeouts(reader: &mut Reader<'_>, statement: &Statement) {
    if statement.len() < 3 {
        let message = "lvs_timeouts needs at least one of tcp, tcpfin and udp with a value".to_owned();
        return reader.context.report(statement, 0, Code::BadValue, message);
    }
    let mut option = 1;
    while option < statement.len() {
        let name = statement.word(option);
        if !matches!(name, b"tcp" | b"tcpfin" | b"udp") {
            let message = format!("lvs_timeouts has no option '{}', ignoring it", statement.text(option));
            reader.context.report(statement, option, Code::BadValue, message);
            option += 1;
            continue;
        }
        if let Some(seconds) = number(reader, statement, option, 0, TIMEOUT_MAX) {
            let timeouts = &mut reader.config.global.ipvs.timeouts;
            let timeout = match name {
                b"tcp" => &mut timeouts.tcp,
                b"tcpfin" => &mut timeouts.tcp_fin,
                _ => &mut timeouts.udp,
            };
            *timeout = (seconds > 0).then(|| Duration::from_secs(seconds as u64));
        }
        option += 2;
    }
}

/// `lvs_sync_daemon INTERFACE [inst NAME] [id N] [maxlen N] [port N] [ttl N] [group ADDRESS]`: the first one counts.
///
/// An older form is `INTERFACE NAME N`.
fn sync_daemon(reader: &mut Reader<'_>, statement: &Statement) {
    if let Some(sync) = &reader.config.global.ipvs.sync {
        let message = format!("lvs_sync_daemon is there already, on {}, ignoring this one", sync.interface);
        return reader.context.report(statement, 1, Code::Repeated, message);
    }
    let refusal = match statement.len() {
        0..2 => Some("lvs_sync_daemon requires an interface, ignoring it".to_owned()),
        _ if statement.word(1).len() > INTERFACE_MAX => {
            Some(format!("interface name '{}' is too long, ignoring lvs_sync_daemon", statement.text(1)))
        }
        _ => None,
    };
    if let Some(message) = refusal {
        return reader.context.report(statement, 1, Code::BadValue, message);
    }
    let mut sync = IpvsSync::new(&statement.text(1));
    let mut option = 2;
    while option < statement.len() && !reader.context.stopped {
        option += sync_option(reader, statement, option, &mut sync);
    }
    reader.config.global.ipvs.sync = Some(sync);
}

/// Reads one option; returns how many words it takes.
fn sync_option(reader: &mut Reader<'_>, statement: &Statement, option: usize, sync: &mut IpvsSync) -> usize {
    match (statement.word(option), option) {
        (b"inst", _) => {
            if reader.context.need(statement, option + 1).is_some() {
                sync_instance(reader, statement, option + 1, sync);
            }
        }
        (b"id", _) => {
            let id = number(reader, statement, option, 0, 255);
            sync.id = id.map(|id| id as u8).or(sync.id);
        }
        (b"maxlen", _) => {
            let len = number(reader, statement, option, 1, MESSAGE_MAX);
            sync.max_len = len.map(|len| len as u16).or(sync.max_len);
        }
        (b"port", _) => {
            let port = number(reader, statement, option, 1, 65_535);
            sync.port = port.map(|port| port as u16).or(sync.port);
        }
        (b"ttl", _) => {
            let ttl = number(reader, statement, option, 1, 255);
            sync.ttl = ttl.map(|ttl| ttl as u8).or(sync.ttl);
        }
        (b"group", _) => sync_group(reader, statement, option, sync),
        (_, 2) => {
            sync_instance(reader, statement, 2, sync);
            return 1;
        }
        (word, 3) => {
            let read = value::number(word, 0, 255, false);
            let message = match read.problem {
                Some(problem) => format!("lvs_sync_daemon id '{}' {problem}, ignoring it", statement.text(3)),
                None => "put 'id' in front of the number of lvs_sync_daemon".to_owned(),
            };
            sync.id = read.value.map(|id| id as u8).or(sync.id);
            let code = if read.problem.is_some() { Code::BadNumber } else { Code::OldForm };
            reader.context.report(statement, 3, code, message);
            return 1;
        }
        _ => {
            let message = format!("lvs_sync_daemon has no option '{}', ignoring it", statement.text(option));
            reader.context.report(statement, option, Code::BadValue, message);
            return 1;
        }
    }
    2
}

fn sync_instance(reader: &mut Reader<'_>, statement: &Statement, word: usize, sync: &mut IpvsSync) {
    // The older form overwrites, without a word.
    match sync.instance.as_deref().filter(|_| word != 2) {
        Some(instance) => {
            let message = format!("lvs_sync_daemon follows {instance} already, ignoring this one");
            reader.context.report(statement, word, Code::Repeated, message);
        }
        None => sync.instance = Some(statement.text(word).into()),
    }
}

fn sync_group(reader: &mut Reader<'_>, statement: &Statement, option: usize, sync: &mut IpvsSync) {
    if option + 1 == statement.len() {
        let message = "lvs_sync_daemon group has no value, ignoring it".to_owned();
        return reader.context.report(statement, option, Code::BadValue, message);
    }
    sync.group = value::host(statement.word(option + 1)).filter(IpAddr::is_multicast);
    if sync.group.is_none() {
        let message = format!(
            "lvs_sync_daemon group '{}' is not a multicast address, ignoring it",
            statement.text(option + 1)
        );
        reader.context.report(statement, option + 1, Code::BadAddress, message);
    }
}
