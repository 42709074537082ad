//! `global_defs`: mail.

use std::time::Duration;

use super::global::Setter;
use super::global_values as values;
use super::reader::Reader;
use crate::code::Code;
use crate::expand::Statement;
use crate::source::Lookup;
use crate::value;

/// The port of SMTP.
const PORT: i64 = 25;

/// The keywords, sorted by name.
pub(super) const KEYWORDS: &[(&str, Setter)] = &[
    ("no_checker_emails", |r, s| values::flag(r, s, |r, on| r.config.global.mail.no_checkers = on)),
    ("no_email_faults", |r, _| r.config.global.mail.no_faults = true),
    ("notification_email_from", from),
    ("smtp_alert", |r, s| values::flag(r, s, |r, on| r.config.global.mail.alert = Some(on))),
    ("smtp_alert_checker", |r, s| {
        values::flag(r, s, |r, on| r.config.global.mail.alert_checker = Some(on));
    }),
    ("smtp_alert_vrrp", |r, s| values::flag(r, s, |r, on| r.config.global.mail.alert_vrrp = Some(on))),
    ("smtp_connect_timeout", connect_timeout),
    ("smtp_helo_name", |r, s| {
        if s.len() > 1 {
            r.config.global.mail.helo = Some(s.text(1).into());
        }
    }),
    ("smtp_server", server),
];

fn from(reader: &mut Reader<'_>, statement: &Statement) {
    if !values::present(reader, statement) {
        return;
    }
    if statement.len() > 2 {
        let message = format!("notification_email_from: ignoring extra entries '{}' ...", statement.text(2));
        reader.context.report(statement, 2, Code::ExtraParameter, message);
    }
    reader.config.global.mail.from = Some(statement.text(1).into());
}

/// `smtp_server HOST [PORT]`. The host is looked up in a configuration test only: a daemon looks it up when it
/// sends.
fn server(reader: &mut Reader<'_>, statement: &Statement) {
    let Some(word) = reader.context.need(statement, 1) else { return };
    let host = statement.text(1);
    let port = if statement.len() > 2 {
        value::number(statement.word(2), 1, 65_535, !reader.context.test).value
    } else {
        Some(PORT)
    };
    reader.config.global.mail.server = None;
    let Some(port) = port else {
        let message = format!(
            "smtp_server port '{}' is not a number from 1 to 65535, ignoring the server",
            statement.text(2)
        );
        return reader.context.report(statement, 2, Code::BadNumber, message);
    };
    let numeric = !word.contains(&b'-') && !word.contains(&b'/') && value::address(word).is_some();
    if !numeric && reader.context.test && reader.context.source.resolves(&host) == Lookup::Missing {
        let message =
            format!("smtp_server '{host}' is neither an address nor the name of a host, ignoring it");
        return reader.context.report(statement, 1, Code::HostUnknown, message);
    }
    reader.config.global.mail.server = Some((host.into(), port as u16));
}

/// `smtp_connect_timeout SECONDS`: 0 becomes 1.
fn connect_timeout(reader: &mut Reader<'_>, statement: &Statement) {
    let max = i64::from(u32::MAX) / 1_000_000;
    if let Some(seconds) = reader.context.lenient("", statement, 0, max, "ignoring it") {
        if seconds == 0 {
            let message = "smtp_connect_timeout must be greater than 0, setting to 1".to_owned();
            reader.context.report(statement, 1, Code::Adjusted, message);
        }
        reader.config.global.mail.connect_timeout = Duration::from_secs(seconds.max(1) as u64);
    }
}
