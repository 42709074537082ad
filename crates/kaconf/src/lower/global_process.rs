//! `global_defs`: names, mail, files, and how the processes run.

use std::path::PathBuf;
use std::time::Duration;

use super::reader::Reader;
use crate::code::Code;
use crate::expand::Statement;
use crate::value;

const U32_MAX: i64 = u32::MAX as i64;
const IGNORING: &str = "ignoring it";

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

/// A value must be there, but its lack does not stop reading.
fn has_value(reader: &mut Reader<'_>, statement: &Statement) -> bool {
    if statement.len() < 2 {
        let message = format!("{} is missing its value, ignoring it", statement.text(0));
        reader.context.report(statement, 0, Code::BadValue, message);
    }
    statement.len() > 1
}

pub(super) fn router_id(reader: &mut Reader<'_>, statement: &Statement) {
    if has_value(reader, statement) {
        reader.config.global.router_id = Some(statement.text(1).into());
    }
}

pub(super) fn email_from(reader: &mut Reader<'_>, statement: &Statement) {
    if !has_value(reader, statement) {
        return;
    }
    if statement.len() > 2 {
        let message = format!("notification_email_from: ignoring extra entries '{}' ...", statement.text(2));
        reader.context.report(statement, 2, Code::ExtraParameter, message);
    }
    reader.config.global.notification_email_from = Some(statement.text(1).into());
}

/// `smtp_server HOST [PORT]`; the host is not looked up here.
pub(super) fn smtp_server(reader: &mut Reader<'_>, statement: &Statement) {
    if reader.context.need(statement, 1).is_none() {
        return;
    }
    let port = if statement.len() > 2 {
        value::number(statement.word(2), 1, 65_535, !reader.context.test).value
    } else {
        Some(25)
    };
    match port {
        Some(port) => reader.config.global.smtp_server = Some((statement.text(1).into(), port as u16)),
        None => {
            let message =
                format!("invalid smtp server {} {}, ignoring it", statement.text(1), statement.text(2));
            reader.context.report(statement, 2, Code::BadNumber, message);
        }
    }
}

/// `smtp_connect_timeout`: 0 becomes 1.
pub(super) fn smtp_connect_timeout(reader: &mut Reader<'_>, statement: &Statement) {
    if let Some(seconds) = reader.context.lenient("", statement, 0, U32_MAX / 1_000_000, IGNORING) {
        if seconds == 0 {
            let message = "smtp_connect_timeout must be greater than 0, setting to 1".to_owned();
            reader.context.report(statement, 1, Code::Adjusted, message);
        }
        reader.config.global.smtp_connect_timeout = Duration::from_secs(seconds.max(1) as u64);
    }
}

pub(super) fn json_version(reader: &mut Reader<'_>, statement: &Statement) {
    if has_value(reader, statement)
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
pub(super) fn name(reader: &mut Reader<'_>, statement: &Statement) -> Option<Box<str>> {
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

pub(super) fn nice(reader: &mut Reader<'_>, statement: &Statement) {
    if has_value(reader, statement) {
        let nice = reader.context.lenient("", statement, -20, 19, "using 0");
        reader.config.global.vrrp.scheduling.nice = Some(nice.unwrap_or(0) as i8);
    }
}

/// `vrrp_rt_priority`: clamped to what the kernel has.
pub(super) fn realtime(reader: &mut Reader<'_>, statement: &Statement) {
    if !has_value(reader, statement) {
        return;
    }
    let Some(priority) =
        reader.context.lenient("", statement, i64::from(i32::MIN), i64::from(i32::MAX), IGNORING)
    else {
        return;
    };
    let clamped = priority.clamp(1, 99);
    if clamped != priority {
        let message =
            format!("{} {priority} is not between 1 and 99, setting to {clamped}", statement.text(0));
        reader.context.report(statement, 1, Code::Adjusted, message);
    }
    reader.config.global.vrrp.scheduling.realtime = Some(clamped as u8);
}

/// `vrrp_rlimit_rttime`, and its older spelling.
pub(super) fn realtime_limit(reader: &mut Reader<'_>, statement: &Statement) {
    if statement.word(0) == b"vrrp_rlimit_rtime" {
        let message = "'vrrp_rlimit_rtime' is deprecated, please use 'vrrp_rlimit_rttime'".to_owned();
        reader.context.report(statement, 0, Code::Unusual, message);
    }
    // Half of it is used as a soft limit, which must not be 0.
    let limit = reader.context.lenient("", statement, 1, U32_MAX, IGNORING);
    reader.config.global.vrrp.scheduling.realtime_limit = limit.map(|micros| micros.max(2) as u64);
}

/// `vrrp_cpu_affinity CPU...`: one that is wrong undoes the whole set.
pub(super) fn cpu_affinity(reader: &mut Reader<'_>, statement: &Statement) {
    if !has_value(reader, statement) {
        return;
    }
    let lenient = !reader.context.test;
    let read = |word| value::number(statement.word(word), 0, 1023, lenient);
    if let Some(word) = (1..statement.len()).find(|&word| read(word).problem.is_some()) {
        let message = format!("invalid cpu '{}' in {}", statement.text(word), statement.text(0));
        reader.context.report(statement, word, Code::BadNumber, message);
    }
    let cpus: Option<Vec<u16>> =
        (1..statement.len()).map(|word| read(word).value.map(|cpu| cpu as u16)).collect();
    reader.config.global.vrrp.scheduling.cpus = cpus.unwrap_or_default();
}

fn netlink<'r>(reader: &'r mut Reader<'_>, statement: &Statement) -> &'r mut Option<(u32, bool)> {
    if statement.word(0).starts_with(b"vrrp_netlink_cmd") {
        &mut reader.config.global.netlink_command_buffer
    } else {
        &mut reader.config.global.netlink_monitor_buffer
    }
}

/// `vrrp_netlink_*_rcv_bufs OCTETS`; 0 changes nothing.
pub(super) fn netlink_buffer(reader: &mut Reader<'_>, statement: &Statement) {
    if !has_value(reader, statement) {
        return;
    }
    if let Some(octets @ 1..) = reader.context.strict("", statement, 0, U32_MAX, IGNORING) {
        let buffer = netlink(reader, statement);
        *buffer = Some((octets as u32, buffer.is_some_and(|(_, force)| force)));
    }
}

/// `vrrp_netlink_*_rcv_bufs_force`
pub(super) fn netlink_buffer_force(reader: &mut Reader<'_>, statement: &Statement) {
    if let Some(force) = reader.context.boolean("", statement) {
        let buffer = netlink(reader, statement);
        *buffer = Some((buffer.map_or(0, |(octets, _)| octets), force));
    }
}

/// `umask NUMBER` or `umask IRUSR|IWGRP...`
pub(super) fn umask(reader: &mut Reader<'_>, statement: &Statement) {
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
