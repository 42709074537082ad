//! The blocks of checkers as they are typed.

use std::time::Duration;

use super::lvs::{command, optional};
use super::writer::Writer;
use crate::model::{
    Checker, Connection, DnsRecord, FileCheck, HttpCheck, HttpVersion, MiscCheck, Regex, Schedule, UdpCheck,
    Url,
};

/// What is said around a checker about `virtualhost`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hosts<'a> {
    pub(super) real: Option<&'a str>,
    pub(super) server: Option<&'a str>,
}

impl Hosts<'_> {
    /// Whether a page that says no `virtualhost` gets the one it has, and asks for the name it asks for.
    fn fit(self, url: &Url, tls: bool) -> bool {
        let name = !tls || url.server_name.is_none() || url.server_name.as_deref() == self.server;
        url.host.as_deref() == self.real && name
    }

    /// The name that a page asks for if the checker says none.
    fn server_name<'u>(&'u self, url: &'u Url, tls: bool) -> Option<&'u str> {
        if self.fit(url, tls) { self.server } else { url.host.as_deref() }
    }
}

/// Whether a checker connects to port 0.
pub(super) fn without_port(checker: &Checker) -> bool {
    let connection = match checker {
        Checker::Tcp(check) => &check.connection,
        Checker::Ping(check) => &check.connection,
        Checker::Http(check) => &check.connection,
        Checker::Smtp(check) => &check.connection,
        Checker::Dns(check) => &check.connection,
        Checker::Udp(check) => &check.connection,
        Checker::Misc(_) | Checker::File(_) | Checker::Bfd(_) => return false,
    };
    connection.target.port() == 0
}

pub(super) fn checker(out: &mut Writer, checker: &Checker, hosts: Hosts<'_>) {
    match checker {
        Checker::Tcp(check) => {
            out.block("TCP_CHECK", |out| common(out, &check.connection, &check.schedule));
        }
        Checker::Ping(check) => {
            out.block("PING_CHECK", |out| common(out, &check.connection, &check.schedule));
        }
        Checker::Http(check) => {
            let name = if check.tls { "SSL_GET" } else { "HTTP_GET" };
            out.block(name, |out| http(out, check, hosts));
        }
        Checker::Smtp(check) => out.block("SMTP_CHECK", |out| {
            common(out, &check.connection, &check.schedule);
            out.text("helo_name", &check.helo_name);
        }),
        Checker::Dns(check) => out.block("DNS_CHECK", |out| {
            common(out, &check.connection, &check.schedule);
            let name = DnsRecord::ALL.iter().find(|(_, record)| *record == check.record);
            out.value("type", name.map_or("SOA", |(name, _)| *name));
            out.text("name", &check.name);
        }),
        Checker::Udp(check) => out.block("UDP_CHECK", |out| udp(out, check)),
        Checker::Misc(check) => out.block("MISC_CHECK", |out| misc(out, check)),
        Checker::File(check) => out.block("FILE_CHECK", |out| file(out, check)),
        Checker::Bfd(check) => out.block("BFD_CHECK", |out| {
            out.text("name", &check.name);
            out.boolean("alpha", check.alpha);
        }),
    }
}

/// Seconds with the decimals they need.
pub(super) fn seconds(time: Duration) -> String {
    let micros = time.subsec_micros();
    if micros == 0 {
        return time.as_secs().to_string();
    }
    format!("{}.{micros:06}", time.as_secs()).trim_end_matches('0').to_owned()
}

fn common(out: &mut Writer, connection: &Connection, schedule: &Schedule) {
    let bound = connection.binding.as_ref().and_then(|binding| binding.address);
    // Of two families only where nothing was said.
    if bound.is_none_or(|bound| bound.is_ipv4() == connection.target.is_ipv4()) {
        out.value("connect_ip", connection.target.ip());
    }
    // A port of 0 cannot be said; it comes from a real server without one.
    if connection.target.port() != 0 {
        out.value("connect_port", connection.target.port());
    }
    if let Some(binding) = &connection.binding {
        if let Some(address) = binding.address {
            out.value("bindto", address);
        }
        if let Some(port) = binding.port {
            out.value("bind_port", port);
        }
        if let Some(interface) = &binding.interface {
            out.text("bind_if", interface.as_str());
        }
        if binding.fwmark != 0 {
            out.value("fwmark", binding.fwmark);
        }
    }
    out.value("connect_timeout", seconds(connection.timeout));
    times(out, schedule);
}

fn times(out: &mut Writer, schedule: &Schedule) {
    out.value("delay_loop", seconds(schedule.delay_loop));
    out.value("warmup", seconds(schedule.warmup));
    out.value("retry", schedule.retry);
    out.value("delay_before_retry", seconds(schedule.delay_before_retry));
    out.boolean("alpha", schedule.alpha);
    out.boolean("log_all_failures", schedule.log_all_failures);
}

fn http(out: &mut Writer, check: &HttpCheck, hosts: Hosts<'_>) {
    common(out, &check.connection, &check.schedule);
    out.value(
        "http_protocol",
        match check.version {
            HttpVersion::V1_0 => "1.0",
            HttpVersion::V1_0Close => "1.0C",
            HttpVersion::V1_1 => "1.1",
        },
    );
    out.boolean("fast_recovery", check.fast_recovery);
    server_name(out, check, hosts);
    for own in &check.urls {
        out.block("url", |out| url(out, own, check.tls, hosts));
    }
}

/// `sni_name` is younger than keepalived 2.4.3: it is said only where it is needed.
fn server_name(out: &mut Writer, check: &HttpCheck, hosts: Hosts<'_>) {
    let Some(name) = check.urls.iter().find_map(|url| url.server_name.as_deref()) else { return };
    let guessed = |url: &Url| hosts.server_name(url, check.tls) == url.server_name.as_deref();
    if check.urls.iter().all(guessed) {
        out.boolean("enable_sni", true);
    } else {
        out.text("sni_name", name);
    }
}

fn url(out: &mut Writer, url: &Url, tls: bool, hosts: Hosts<'_>) {
    out.text("path", &url.path);
    if !hosts.fit(url, tls) {
        optional(out, "virtualhost", url.host.as_deref());
    }
    if let Some(digest) = url.digest {
        let digits: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
        out.value("digest", digits);
    }
    let codes: Vec<_> =
        url.status.ranges().map(|range| format!("{}-{}", range.start(), range.end())).collect();
    out.value("status_code", codes.join(" "));
    if tls {
        out.boolean("tls_compliant", url.tls_compliant);
    }
    if let Some(own) = &url.regex {
        regex(out, own);
    }
}

fn regex(out: &mut Writer, regex: &Regex) {
    let mut pattern = String::with_capacity(regex.pattern.len() + 2);
    for c in regex.pattern.chars() {
        match c {
            '\\' | '\'' => pattern.extend(['\\', c]),
            // The words of a line end at such a quote, whatever stands before it.
            '"' => pattern.push_str("\\x22"),
            c if c.is_ascii_control() => pattern.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => pattern.push(c),
        }
    }
    out.line(format_args!("regex \"{pattern}\""));
    if !regex.options.is_empty() {
        out.value("regex_options", regex.options.join(" "));
    }
    out.flag("regex_no_match", regex.must_not_match);
    if regex.min_offset != 0 {
        out.value("regex_min_offset", regex.min_offset);
    }
    if let Some(max) = regex.max_offset {
        out.value("regex_max_offset", max);
    }
    if let Some((start, max)) = regex.stack {
        out.value("regex_stack", format_args!("{start} {max}"));
    }
}

fn udp(out: &mut Writer, check: &UdpCheck) {
    common(out, &check.connection, &check.schedule);
    if let Some(payload) = &check.payload {
        let digits: String = payload.iter().map(|octet| format!("{octet:02x}")).collect();
        out.value("payload", digits);
    }
    let Some(reply) = &check.reply else { return };
    let digit = |value: u8, any: u8| match any {
        0 => format!("{value:x}"),
        _ => "x".to_owned(),
    };
    let octets = reply.pattern.iter();
    let digits: String = octets
        .map(|octet| digit(octet.value >> 4, octet.any >> 4) + &digit(octet.value & 15, octet.any & 15))
        .collect();
    out.line(format_args!("require_reply {digits}").to_string().trim_end());
    out.value("min_reply_length", reply.min_length);
    out.value("max_reply_length", reply.max_length);
}

fn misc(out: &mut Writer, check: &MiscCheck) {
    out.value("misc_path", command(&check.script));
    if let Some(user) = &check.script.user {
        let group = check.script.group.as_deref().map(|group| format!(" {group}")).unwrap_or_default();
        out.value("user", format_args!("{user}{group}"));
    }
    // In whole seconds only: one that is not is that of `delay_loop`.
    if check.timeout != check.schedule.delay_loop {
        out.value("misc_timeout", check.timeout.as_secs());
    }
    out.flag("misc_dynamic", check.dynamic);
    times(out, &check.schedule);
}

fn file(out: &mut Writer, check: &FileCheck) {
    out.text("track_file", &check.track_file);
    if let Some(weight) = check.weight {
        let reverse = if weight.reverse { "reverse" } else { "noreverse" };
        out.value("weight", format_args!("{} {reverse}", weight.weight));
    }
}
