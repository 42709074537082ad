//! `global_defs`: the processes, what they are called and how they run.

use std::path::PathBuf;
use std::time::Duration;

use super::global::Setter;
use super::global_values as values;
use super::reader::Reader;
use crate::code::Code;
use crate::expand::Statement;
use crate::model::Process;
use crate::value;

const U32_MAX: i64 = u32::MAX as i64;
/// The highest real-time priority of the kernel.
const REALTIME_MAX: i64 = 99;
const IGNORING: &str = "ignoring it";

/// The keywords, sorted by name.
pub(super) const KEYWORDS: &[(&str, Setter)] = &[
    ("bfd_cpu_affinity", cpu_affinity),
    ("bfd_no_swap", no_swap),
    ("bfd_priority", nice),
    ("bfd_process_name", process_name),
    ("bfd_rlimit_rtime", realtime_limit),
    ("bfd_rlimit_rttime", realtime_limit),
    ("bfd_rt_priority", realtime),
    ("checker_cpu_affinity", cpu_affinity),
    ("checker_no_swap", no_swap),
    ("checker_priority", nice),
    ("checker_process_name", process_name),
    ("checker_rlimit_rtime", realtime_limit),
    ("checker_rlimit_rttime", realtime_limit),
    ("checker_rt_priority", realtime),
    ("lvs_netlink_cmd_rcv_bufs", buffer_size),
    ("lvs_netlink_cmd_rcv_bufs_force", buffer_force),
    ("lvs_netlink_monitor_rcv_bufs", buffer_size),
    ("lvs_netlink_monitor_rcv_bufs_force", buffer_force),
    ("lvs_process_name", process_name),
    ("max_auto_priority", max_auto_priority),
    ("min_auto_priority_delay", min_auto_priority_delay),
    ("process_monitor_rcv_bufs", buffer_size),
    ("process_monitor_rcv_bufs_force", buffer_force),
    ("process_name", process_name),
    ("process_names", |r, _| {
        let global = &mut r.config.global;
        global.process_names = true;
        global.vrrp.name = Some("keepalived_vrrp".into());
        global.checker.name = Some("keepalived_lvs".into());
        global.bfd.name = Some("keepalived_bfd".into());
    }),
    ("umask", umask),
    ("vrrp_cpu_affinity", cpu_affinity),
    ("vrrp_netlink_cmd_rcv_bufs", buffer_size),
    ("vrrp_netlink_cmd_rcv_bufs_force", buffer_force),
    ("vrrp_netlink_monitor_rcv_bufs", buffer_size),
    ("vrrp_netlink_monitor_rcv_bufs_force", buffer_force),
    ("vrrp_no_swap", no_swap),
    ("vrrp_priority", nice),
    ("vrrp_process_name", process_name),
    ("vrrp_rlimit_rtime", realtime_limit),
    ("vrrp_rlimit_rttime", realtime_limit),
    ("vrrp_rt_priority", realtime),
];

/// The bits `umask` takes by name.
const UMASK_BITS: [(&str, u32); 12] = [
    ("IRUSR", 0o400),
    ("IWUSR", 0o200),
    ("IXUSR", 0o100),
    ("IRWXU", 0o700),
    ("IRGRP", 0o040),
    ("IWGRP", 0o020),
    ("IXGRP", 0o010),
    ("IRWXG", 0o070),
    ("IROTH", 0o004),
    ("IWOTH", 0o002),
    ("IXOTH", 0o001),
    ("IRWXO", 0o007),
];

pub(super) fn json_version(reader: &mut Reader<'_>, statement: &Statement) {
    if values::present(reader, statement)
        && let Some(version) = reader.context.lenient("", statement, 1, 2, IGNORING)
    {
        reader.config.global.json_version = version as u8;
    }
}

/// A path; without one the keyword is ignored.
pub(super) fn path(reader: &mut Reader<'_>, statement: &Statement) -> Option<PathBuf> {
    if statement.len() != 2 || statement.word(1).is_empty() {
        let message = format!("{} requires one path that is not empty, ignoring it", statement.text(0));
        reader.context.report(statement, 0, Code::BadValue, message);
        return None;
    }
    Some(PathBuf::from(statement.text(1).into_owned()))
}

/// A process name: the kernel keeps 15 octets.
fn name(reader: &mut Reader<'_>, statement: &Statement) -> Option<Box<str>> {
    reader.context.need(statement, 1)?;
    let name = statement.text(1);
    let mut len = name.len().min(15);
    while !name.is_char_boundary(len) {
        len -= 1;
    }
    if len < name.len() {
        let message = format!("process name {name} has more than 15 characters, truncating it");
        reader.context.report(statement, 1, Code::Truncated, message);
    }
    Some(name[..len].into())
}

/// Which process a keyword is about, by how it begins.
fn process<'r>(reader: &'r mut Reader<'_>, statement: &Statement) -> &'r mut Process {
    let global = &mut reader.config.global;
    match statement.word(0).first() {
        Some(b'v') => &mut global.vrrp,
        Some(b'c' | b'l') => &mut global.checker,
        Some(b'b') => &mut global.bfd,
        _ => &mut global.parent,
    }
}

fn process_name(reader: &mut Reader<'_>, statement: &Statement) {
    if let Some(name) = name(reader, statement) {
        process(reader, statement).name = Some(name);
    }
}

fn no_swap(reader: &mut Reader<'_>, statement: &Statement) {
    process(reader, statement).scheduling.no_swap = true;
}

fn nice(reader: &mut Reader<'_>, statement: &Statement) {
    let present = values::present(reader, statement);
    let nice = if present { reader.context.lenient("", statement, -20, 19, "using 0") } else { None };
    process(reader, statement).scheduling.nice = Some(nice.unwrap_or(0) as i8);
}

/// `*_rt_priority`: clamped to what the kernel has.
fn realtime(reader: &mut Reader<'_>, statement: &Statement) {
    if !values::present(reader, statement) {
        return;
    }
    let (min, max) = (i64::from(i32::MIN), i64::from(i32::MAX));
    let Some(priority) = reader.context.lenient("", statement, min, max, IGNORING) else { return };
    let clamped = priority.clamp(1, REALTIME_MAX);
    if clamped != priority {
        let message =
            format!("{} {priority} is not between 1 and 99, setting to {clamped}", statement.text(0));
        reader.context.report(statement, 1, Code::Adjusted, message);
    }
    process(reader, statement).scheduling.realtime = Some(clamped as u8);
}

/// `*_rlimit_rttime`, and its older spelling.
fn realtime_limit(reader: &mut Reader<'_>, statement: &Statement) {
    if let Some(kind) = statement.text(0).strip_suffix("_rlimit_rtime") {
        let message = format!("'{kind}_rlimit_rtime' is deprecated: use {kind}_rlimit_rttime");
        reader.context.report(statement, 0, Code::Unusual, message);
    }
    // Half of it is used as a soft limit, which must not be 0.
    let limit = reader.context.lenient("", statement, 1, U32_MAX, IGNORING);
    process(reader, statement).scheduling.realtime_limit = limit.map(|micros| micros.max(2) as u64);
}

/// `*_cpu_affinity CPU...`: one that is wrong undoes the whole set.
fn cpu_affinity(reader: &mut Reader<'_>, statement: &Statement) {
    if !values::present(reader, statement) {
        return;
    }
    let last = reader.context.source.cpus().map_or(1023, |cpus| i64::from(cpus) - 1);
    let lenient = !reader.context.test;
    let read = |word| value::number(statement.word(word), 0, last, lenient);
    if let Some((word, problem)) =
        (1..statement.len()).find_map(|word| read(word).problem.map(|problem| (word, problem)))
    {
        let message = format!("{} '{}' {problem}", statement.text(0), statement.text(word));
        reader.context.report(statement, word, Code::BadNumber, message);
    }
    let cpus: Option<Vec<u16>> =
        (1..statement.len()).map(|word| read(word).value.map(|cpu| cpu as u16)).collect();
    process(reader, statement).scheduling.cpus = cpus.unwrap_or_default();
}

/// `max_auto_priority [PRIORITY]`: alone it is as much as the kernel has.
fn max_auto_priority(reader: &mut Reader<'_>, statement: &Statement) {
    let max = match statement.len() {
        1 => Some(REALTIME_MAX),
        _ => reader.context.lenient("", statement, -1, REALTIME_MAX, IGNORING),
    };
    if let Some(max) = max {
        reader.config.global.auto_priority.max = max as i8;
    }
}

/// `min_auto_priority_delay MICROSECONDS`
fn min_auto_priority_delay(reader: &mut Reader<'_>, statement: &Statement) {
    if values::present(reader, statement)
        && let Some(micros) = reader.context.lenient("", statement, 1, 10_000_000, IGNORING)
    {
        reader.config.global.auto_priority.delay = Duration::from_micros(micros as u64);
    }
}

fn buffer<'r>(reader: &'r mut Reader<'_>, statement: &Statement) -> &'r mut Option<(u32, bool)> {
    let global = &mut reader.config.global;
    let name = statement.text(0);
    match name.strip_suffix("_force").unwrap_or(&name) {
        "vrrp_netlink_cmd_rcv_bufs" => &mut global.netlink_command_buffer,
        "vrrp_netlink_monitor_rcv_bufs" => &mut global.netlink_monitor_buffer,
        "lvs_netlink_cmd_rcv_bufs" => &mut global.lvs_netlink_command_buffer,
        "lvs_netlink_monitor_rcv_bufs" => &mut global.lvs_netlink_monitor_buffer,
        _ => &mut global.process_monitor_buffer,
    }
}

/// `*_rcv_bufs OCTETS`; 0 changes nothing.
fn buffer_size(reader: &mut Reader<'_>, statement: &Statement) {
    if !values::present(reader, statement) {
        return;
    }
    if let Some(octets @ 1..) = reader.context.strict("", statement, 0, U32_MAX, IGNORING) {
        let buffer = buffer(reader, statement);
        *buffer = Some((octets as u32, buffer.is_some_and(|(_, force)| force)));
    }
}

/// `*_rcv_bufs_force`
fn buffer_force(reader: &mut Reader<'_>, statement: &Statement) {
    if let Some(force) = reader.context.boolean("", statement) {
        let buffer = buffer(reader, statement);
        *buffer = Some((buffer.map_or(0, |(octets, _)| octets), force));
    }
}

/// `umask NUMBER` or `umask IRUSR|IWGRP...`
fn umask(reader: &mut Reader<'_>, statement: &Statement) {
    let Some(word) = reader.context.need(statement, 1) else { return };
    let mask = if word.first().is_some_and(u8::is_ascii_digit) {
        if statement.len() == 2 { umask_number(&statement.text(1)) } else { None }
    } else {
        let words: String = (1..statement.len()).map(|word| statement.text(word)).collect();
        umask_bits(&words)
    };
    match mask {
        Some(mask) => reader.config.global.umask = mask,
        None => {
            let message = format!("invalid umask '{}', ignoring it", statement.text(1));
            reader.context.report(statement, 1, Code::BadValue, message);
        }
    }
}

/// A number as C reads it: octal behind a 0, hexadecimal behind 0x.
fn umask_number(text: &str) -> Option<u32> {
    let mask = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => u32::from_str_radix(&text[2..], 16).ok()?,
        [b'0', _, ..] => u32::from_str_radix(&text[1..], 8).ok()?,
        _ => text.parse().ok()?,
    };
    (mask <= 0o777).then_some(mask)
}

fn umask_bits(text: &str) -> Option<u32> {
    text.split('|').try_fold(0, |mask, name| {
        let bits = UMASK_BITS.iter().find(|(bit, _)| *bit == name)?.1;
        Some(mask | bits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_by_number_and_by_name() {
        for (text, want) in [
            ("022", Some(0o22)),
            ("0x3f", Some(0o77)),
            ("18", Some(0o22)),
            ("0", Some(0)),
            ("01000", None),
            ("09", None),
        ] {
            assert_eq!(umask_number(text), want, "{text}");
        }
        assert_eq!(umask_bits("IRUSR|IWGRP"), Some(0o420));
        assert_eq!(umask_bits("IRUSRIWGRP"), None);
        assert_eq!(umask_bits("IRUSR|"), None);
    }
}
