//! Checkers: what they do not say themselves is the real server's, the virtual server's, or a default.

use std::net::SocketAddr;
use std::time::Duration;

use super::draft::{Micros, RealDraft, ServerDraft, Timing};
use super::draft_checker::{CheckDraft, ConnectionDraft, HttpDraft, Kind, UdpDraft, UrlDraft};
use crate::model::{
    BfdCheck, Binding, Checker, Connection, DnsCheck, FileCheck, HttpCheck, MiscCheck, PingCheck, Schedule,
    SmtpCheck, StatusCodes, TcpCheck, UdpCheck, Url,
};

/// `connect_timeout` in microseconds.
pub(super) const CONNECT_TIMEOUT: u64 = 5_000_000;
/// `delay_loop` in microseconds.
const DELAY_LOOP: u64 = 60_000_000;
/// `helo_name`
const HELO_NAME: &str = "smtpchecker.keepalived.org";

/// What stands around a checker.
#[derive(Debug)]
pub(super) struct Outer<'a> {
    address: SocketAddr,
    timing: Timing,
    alpha: bool,
    pub(super) virtualhost: Option<Box<str>>,
    server: &'a ServerDraft,
}

impl<'a> Outer<'a> {
    pub(super) fn of(real: &RealDraft, alpha: bool, server: &'a ServerDraft) -> Self {
        let own = real.rare.as_ref().and_then(|rare| rare.virtualhost.as_ref());
        let virtualhost = own.or(server.virtualhost.as_ref()).cloned();
        let timing = real.timing().or(server.timing);
        Self { address: real.address, timing, alpha, virtualhost, server }
    }

    /// A checker with everything said; `None` for one that has nothing to run.
    pub(super) fn resolve(&self, mut draft: CheckDraft) -> Option<Checker> {
        let timing = draft.timing.or(self.timing);
        let schedule = self.schedule(&draft, timing);
        let typed = std::mem::take(&mut draft.connection);
        let connection = || self.connection(typed, timing);
        Some(match draft.kind {
            Kind::Tcp => Checker::Tcp(TcpCheck { connection: connection(), schedule }),
            Kind::Ping => Checker::Ping(PingCheck { connection: connection(), schedule }),
            Kind::Http(http) => Checker::Http(self.http(*http, connection(), schedule)),
            Kind::Smtp(smtp) => Checker::Smtp(SmtpCheck {
                connection: connection(),
                schedule,
                helo_name: smtp.helo_name.unwrap_or_else(|| HELO_NAME.into()),
            }),
            Kind::Dns(dns) => Checker::Dns(DnsCheck {
                connection: connection(),
                schedule,
                record: dns.record,
                name: dns.name.unwrap_or_else(|| ".".into()),
            }),
            Kind::Udp(udp) => {
                let UdpDraft { payload, require_reply, reply } = *udp;
                let reply = require_reply.then(|| Box::new(reply));
                Checker::Udp(UdpCheck { connection: connection(), schedule, payload, reply })
            }
            Kind::Misc(misc) => {
                let mut script = misc.script.filter(|_| !misc.nobody)?;
                (script.user, script.group) =
                    misc.user.map_or((None, None), |account| (account.user, account.group));
                let timeout = match misc.timeout {
                    0 => schedule.delay_loop,
                    seconds => Duration::from_secs(seconds.into()),
                };
                Checker::Misc(MiscCheck { schedule, script, timeout, dynamic: misc.dynamic })
            }
            Kind::File(file) => {
                Checker::File(FileCheck { track_file: file.track_file?, weight: file.weight })
            }
            Kind::Bfd(name) => Checker::Bfd(BfdCheck { name: name?, alpha: schedule.alpha }),
        })
    }

    fn schedule(&self, draft: &CheckDraft, timing: Timing) -> Schedule {
        let delay_loop = timing.delay_loop.map_or(DELAY_LOOP, Micros::get);
        let delay = timing.delay_before_retry.or(draft.checker.default_delay).map_or(delay_loop, Micros::get);
        Schedule {
            delay_loop: Duration::from_micros(delay_loop),
            warmup: Duration::from_micros(timing.warmup.map_or(delay_loop, Micros::get)),
            delay_before_retry: Duration::from_micros(delay),
            retry: timing.retry.unwrap_or(draft.checker.default_retry),
            alpha: draft.alpha.unwrap_or(self.alpha),
            log_all_failures: draft.log_all_failures,
        }
    }

    fn connection(&self, typed: ConnectionDraft, timing: Timing) -> Connection {
        let timeout = typed.timeout.or(timing.connect_timeout).map_or(CONNECT_TIMEOUT, Micros::get);
        let mut connection = Connection::new(typed.target(self.address));
        connection.timeout = Duration::from_micros(timeout);
        connection.binding = typed.binding.filter(|binding| **binding != Binding::default());
        connection
    }

    fn http(&self, http: HttpDraft, connection: Connection, schedule: Schedule) -> HttpCheck {
        let urls = http.urls.iter().map(|url| self.url(url, &http)).collect();
        let HttpDraft { tls, version, fast_recovery, .. } = http;
        HttpCheck { connection, schedule, tls, version, fast_recovery, urls }
    }

    fn url(&self, typed: &UrlDraft, http: &HttpDraft) -> Url {
        let mut url = Url::new(typed.path.clone().unwrap_or_default());
        let own = typed.virtualhost.as_ref().or(http.virtualhost.as_ref());
        url.host = own.or(self.virtualhost.as_ref()).cloned();
        if http.tls && http.enable_sni {
            // Not the real server's.
            let name = http.sni_name.as_ref().or(own).or(self.server.virtualhost.as_ref());
            url.server_name = name.cloned();
        }
        url.digest = typed.digest;
        url.status = StatusCodes::new(&typed.status);
        url.tls_compliant = http.tls && (typed.tls_compliant || http.tls_compliant);
        url.regex = typed.regex.clone();
        url
    }
}
