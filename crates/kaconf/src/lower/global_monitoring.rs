//! `global_defs`: SNMP and D-Bus. They are kept whether or not the daemon can do them.

use std::time::Duration;

use super::global::Setter;
use super::global_values as values;
use super::reader::Reader;
use crate::code::Code;
use crate::expand::Statement;

/// Octets of the longest path.
const PATH_MAX: usize = 4095;

/// The keywords, sorted by name.
pub(super) const KEYWORDS: &[(&str, Setter)] = &[
    ("dbus_no_interface_name", |r, s| {
        if values::present(r, s) {
            r.config.global.dbus.no_interface_name = Some(s.text(1).into());
        }
    }),
    ("dbus_service_name", |r, s| {
        if values::present(r, s) {
            r.config.global.dbus.service_name = Some(s.text(1).into());
        }
    }),
    ("enable_dbus", |r, _| r.config.global.dbus.enabled = true),
    ("enable_snmp_checker", |r, _| r.config.global.snmp.checker = true),
    ("enable_snmp_keepalived", |r, _| r.config.global.snmp.vrrp = true),
    ("enable_snmp_rfc", |r, _| {
        let snmp = &mut r.config.global.snmp;
        (snmp.rfc_v2, snmp.rfc_v3) = (true, true);
    }),
    ("enable_snmp_rfcv2", |r, _| r.config.global.snmp.rfc_v2 = true),
    ("enable_snmp_rfcv3", |r, _| r.config.global.snmp.rfc_v3 = true),
    ("enable_snmp_vrrp", |r, _| r.config.global.snmp.vrrp = true),
    ("enable_traps", |r, _| r.config.global.snmp.traps = true),
    ("snmp_rs_stats_update_interval", |r, s| {
        if let Some(interval) = interval(r, s) {
            r.config.global.snmp.real_server_interval = Some(interval);
        }
    }),
    ("snmp_socket", socket),
    ("snmp_vs_stats_update_interval", |r, s| {
        if let Some(interval) = interval(r, s) {
            r.config.global.snmp.virtual_server_interval = interval;
        }
    }),
];

/// From a millisecond to half a minute.
fn interval(reader: &mut Reader<'_>, statement: &Statement) -> Option<Duration> {
    let micros = reader.context.seconds("", statement, 1000, 30_000_000, "ignoring it")?;
    Some(Duration::from_micros(micros as u64))
}

/// `snmp_socket ADDRESS`: the first one counts.
fn socket(reader: &mut Reader<'_>, statement: &Statement) {
    let there = reader.config.global.snmp.socket.as_deref();
    let (word, message) = match (statement.len(), there) {
        (1, _) => (0, "snmp_socket is missing its value, ignoring it".to_owned()),
        (2, _) if statement.word(1).len() > PATH_MAX => {
            (1, "snmp_socket is too long, ignoring it".to_owned())
        }
        (2, Some(there)) => (1, format!("snmp_socket is '{there}' already, ignoring this one")),
        (2, None) => {
            reader.config.global.snmp.socket = Some(statement.text(1).into());
            return;
        }
        _ => (2, "snmp_socket takes one value, ignoring it".to_owned()),
    };
    reader.context.report(statement, word, Code::BadValue, message);
}
