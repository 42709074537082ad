//! What LVS comes to, for people to read: only what differs from the defaults.

use std::fmt::{Debug, Write as _};

use kaconf::model::{
    Checker, Config, Connection, RealServer, Schedule, Ssl, VirtualServer, VirtualServerGroup,
};

use super::{changed, fields};

pub(crate) fn shown(config: &Config) -> String {
    let mut out = String::new();
    for group in &config.virtual_server_groups {
        let _ = writeln!(out, "{}", group_shown(group));
    }
    for server in &config.virtual_servers {
        let _ = writeln!(out, "{}", server_shown(server));
    }
    if let Some(ssl) = &config.ssl {
        let _ = writeln!(out, "ssl {}", changed(ssl, &Ssl::default()).join(" "));
    }
    out
}

fn group_shown(group: &VirtualServerGroup) -> String {
    let ranges = group.addresses.iter().map(|range| format!("{}-{} {}", range.first, range.last, range.port));
    let marks = group.fwmarks.iter().map(|mark| format!("fwmark {} {:?}", mark.mark, mark.family));
    let members: Vec<_> = ranges.chain(marks).collect();
    format!("group {}\n    {}", group.name, members.join("\n    "))
}

fn server_shown(server: &VirtualServer) -> String {
    let mut bare = server.clone();
    let reals = std::mem::take(&mut bare.real_servers);
    let mut lines = changed(&bare, &VirtualServer::new(server.id.clone()));
    lines.extend(reals.iter().map(real_shown));
    format!("virtual server {}\n    {}", server.id, lines.join("\n    "))
}

fn real_shown(real: &RealServer) -> String {
    let mut bare = real.clone();
    let checkers = std::mem::take(&mut bare.checkers);
    let settings = changed(&bare, &RealServer::new(real.address)).join(" ");
    let mut text = format!("real server {} {settings}", real.address).trim_end().to_owned();
    for checker in &checkers {
        let _ = write!(text, "\n        {}", checker_shown(checker, real));
    }
    text
}

fn checker_shown(checker: &Checker, real: &RealServer) -> String {
    let (name, connection, schedule, own) = match checker {
        Checker::Tcp(check) => ("TCP_CHECK", Some(&check.connection), Some(&check.schedule), own(check)),
        Checker::Ping(check) => ("PING_CHECK", Some(&check.connection), Some(&check.schedule), own(check)),
        Checker::Http(check) if check.tls => {
            ("SSL_GET", Some(&check.connection), Some(&check.schedule), own(check))
        }
        Checker::Http(check) => ("HTTP_GET", Some(&check.connection), Some(&check.schedule), own(check)),
        Checker::Smtp(check) => ("SMTP_CHECK", Some(&check.connection), Some(&check.schedule), own(check)),
        Checker::Dns(check) => ("DNS_CHECK", Some(&check.connection), Some(&check.schedule), own(check)),
        Checker::Udp(check) => ("UDP_CHECK", Some(&check.connection), Some(&check.schedule), own(check)),
        Checker::Misc(check) => ("MISC_CHECK", None, Some(&check.schedule), own(check)),
        Checker::File(check) => ("FILE_CHECK", None, None, own(check)),
        Checker::Bfd(check) => ("BFD_CHECK", None, None, own(check)),
        _ => ("a checker that is new here", None, None, Vec::new()),
    };
    let mut words = vec![name.to_owned()];
    words.extend(connection.map(|found| changed(found, &Connection::new(real.address))).unwrap_or_default());
    words.extend(schedule.map(|found| changed(found, &Schedule::default())).unwrap_or_default());
    words.extend(own);
    words.join(" ")
}

/// What only this kind of checker has.
fn own(check: &impl Debug) -> Vec<String> {
    let common = |field: &String| field.starts_with("connection:") || field.starts_with("schedule:");
    fields(check).into_iter().filter(|field| !common(field)).collect()
}
