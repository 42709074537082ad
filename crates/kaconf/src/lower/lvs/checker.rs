//! The blocks of checkers: which there are, and the keywords they share.

use std::net::SocketAddr;

use vrrp_types::Family;

use super::checkers as own;
use super::common::{CONNECTION, SCHEDULE};
use super::draft::{Micros, RealDraft, ServerDraft, Timing};
use super::draft_checker::{CheckDraft, ConnectionDraft, Kind};
use super::http;
use crate::code::Code;
use crate::expand::Statement;
use crate::lower::context::Context;
use crate::lower::dispatch::Dispatch;
use crate::lower::reader::{Next, Progress, Reader};

/// Reads one keyword with a value, or a flag, into a checker.
pub(super) type Setter = fn(&mut Context<'_>, &Statement, &mut CheckDraft);

/// A kind of checker.
#[derive(Debug)]
pub(super) struct CheckerType {
    pub(super) name: &'static str,
    /// Its block in the table.
    pub(super) path: &'static str,
    /// The keywords that are its own.
    own: &'static [(&'static str, Setter)],
    /// Whether it has the keywords of a connection, and those of a schedule.
    connects: bool,
    runs: bool,
    empty: fn() -> Kind,
    /// How often and how long after each other it fails before it counts, if nothing was said; `None` is `delay_loop`.
    pub(super) default_retry: u32,
    pub(super) default_delay: Option<Micros>,
}

/// A second in microseconds.
const SECOND: u64 = 1_000_000;

impl CheckerType {
    /// One that connects, with the defaults most have.
    const fn new(
        name: &'static str,
        path: &'static str,
        own: &'static [(&'static str, Setter)],
        empty: fn() -> Kind,
    ) -> Self {
        Self {
            name,
            path,
            own,
            connects: true,
            runs: true,
            empty,
            default_retry: 1,
            default_delay: Some(Micros::new(SECOND)),
        }
    }

    fn find(&self, word: &[u8]) -> Option<Setter> {
        let runs: &[_] = if self.runs { SCHEDULE } else { &[] };
        let connects: &[_] = if self.connects { CONNECTION } else { &[] };
        let mut all = runs.iter().chain(connects).chain(self.own);
        all.find(|(name, _)| name.as_bytes() == word).map(|(_, setter)| *setter)
    }

    /// The keywords that are no blocks.
    #[cfg(test)]
    pub(super) fn keywords(&self) -> impl Iterator<Item = &'static str> {
        let runs: &[_] = if self.runs { SCHEDULE } else { &[] };
        let connects: &[_] = if self.connects { CONNECTION } else { &[] };
        runs.iter().chain(connects).chain(self.own).map(|(name, _)| *name)
    }
}

/// Every checker, sorted by name.
pub(super) const CHECKERS: &[CheckerType] = &[
    CheckerType {
        connects: false,
        runs: false,
        ..CheckerType::new("BFD_CHECK", "virtual_server/real_server/BFD_CHECK", own::BFD, || Kind::Bfd(None))
    },
    CheckerType {
        default_retry: 3,
        default_delay: None,
        ..CheckerType::new("DNS_CHECK", "virtual_server/real_server/DNS_CHECK", own::DNS, || {
            Kind::Dns(Box::default())
        })
    },
    CheckerType {
        connects: false,
        runs: false,
        ..CheckerType::new("FILE_CHECK", "virtual_server/real_server/FILE_CHECK", own::FILE, || {
            Kind::File(Box::default())
        })
    },
    CheckerType {
        default_delay: Some(Micros::new(3 * SECOND)),
        ..CheckerType::new("HTTP_GET", "virtual_server/real_server/HTTP_GET", http::HTTP, || {
            http::empty(false)
        })
    },
    CheckerType {
        connects: false,
        default_retry: 0,
        ..CheckerType::new("MISC_CHECK", "virtual_server/real_server/MISC_CHECK", own::MISC, || {
            Kind::Misc(Box::default())
        })
    },
    CheckerType::new("PING_CHECK", "virtual_server/real_server/PING_CHECK", &[], || Kind::Ping),
    CheckerType::new("SMTP_CHECK", "virtual_server/real_server/SMTP_CHECK", own::SMTP, || {
        Kind::Smtp(Box::default())
    }),
    CheckerType {
        default_delay: Some(Micros::new(3 * SECOND)),
        ..CheckerType::new("SSL_GET", "virtual_server/real_server/SSL_GET", http::SSL, || http::empty(true))
    },
    CheckerType::new("TCP_CHECK", "virtual_server/real_server/TCP_CHECK", &[], || Kind::Tcp),
    CheckerType::new("UDP_CHECK", "virtual_server/real_server/UDP_CHECK", own::UDP, || {
        Kind::Udp(Box::default())
    }),
];

/// The kind of checker a keyword begins; `number` is the keyword's.
pub(super) fn find(number: Option<usize>, word: &[u8]) -> Option<&'static CheckerType> {
    static DISPATCH: Dispatch = Dispatch::new(super::real_server::PATH);
    let index = DISPATCH.find(number, word, CHECKERS, |kind| kind.name)?;
    Some(&CHECKERS[index])
}

impl Reader<'_> {
    /// Reads a checker of a real server.
    pub(super) fn checker(
        &mut self,
        statement: &mut Statement,
        checker: &'static CheckerType,
        real: &mut RealDraft,
        server: &ServerDraft,
    ) {
        let kind = (checker.empty)();
        let family = (!matches!(kind, Kind::Smtp(_))).then(|| Family::of(real.address.ip()));
        let mut draft = CheckDraft {
            checker,
            at: statement.at(0),
            connection: ConnectionDraft::default(),
            family,
            timing: Timing::default(),
            alpha: None,
            log_all_failures: false,
            dropped: false,
            kind,
        };
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(statement, &mut progress) {
            if let Some(setter) = checker.find(statement.word(0)) {
                if !draft.dropped {
                    setter(&mut self.context, statement, &mut draft);
                }
            } else if !self.reference(statement, &mut draft, real)
                && !self.sub_block(statement, &mut draft, real)
            {
                self.unknown(statement, checker.path);
            }
        }
        if !self.context.stopped && !draft.dropped {
            self.checker_end(draft, real, server);
        }
    }

    /// Reads a block inside a checker. False if it has no such block.
    fn sub_block(&mut self, statement: &mut Statement, draft: &mut CheckDraft, real: &RealDraft) -> bool {
        match (&draft.kind, statement.word(0)) {
            (Kind::Http(_), b"url") => self.url(statement, draft),
            (Kind::Smtp(_), b"host") => self.smtp_host(statement, draft, real.address),
            _ => return false,
        }
        true
    }

    /// Whether a checker that is complete can run; what it lacks is reported.
    fn checker_end(&mut self, draft: CheckDraft, real: &mut RealDraft, server: &ServerDraft) {
        let lacks = match &draft.kind {
            Kind::Smtp(_) => return self.smtp_end(draft, real, server),
            Kind::Http(http) if http.urls.is_empty() => Some("has no url"),
            Kind::Misc(misc) if misc.script.is_none() => Some("has no misc_path to run"),
            Kind::File(file) if file.track_file.is_none() => Some("has no track_file"),
            Kind::Bfd(None) => Some("has no name of a BFD instance"),
            _ => None,
        };
        if let Some(lacks) = lacks {
            let message = format!("{} {lacks}, leaving it out", draft.checker.name);
            return self.context.report_at(draft.at, Code::CheckerLeftOut, message);
        }
        if draft.checker.connects && !self.target_is_clear(&draft, &draft.connection, real.address) {
            return;
        }
        self.check_reply_lengths(&draft);
        if let Kind::Bfd(Some(name)) = &draft.kind {
            real.rare().watched.insert(name.clone());
        }
        if real.checkers.is_empty() {
            // Most have one.
            real.checkers.reserve_exact(1);
        }
        real.checkers.push(draft);
    }

    /// A link-local address means nothing without an interface.
    pub(super) fn target_is_clear(
        &mut self,
        draft: &CheckDraft,
        connection: &ConnectionDraft,
        address: SocketAddr,
    ) -> bool {
        let SocketAddr::V6(target) = connection.target(address) else { return true };
        let bound = connection.binding.as_ref().is_some_and(|binding| binding.interface.is_some());
        if bound || !target.ip().is_unicast_link_local() {
            return true;
        }
        let message = format!(
            "{} of the link-local address {} needs a bind_if, leaving it out",
            draft.checker.name,
            target.ip()
        );
        self.context.report_at(draft.at, Code::CheckerLeftOut, message);
        false
    }

    fn check_reply_lengths(&mut self, draft: &CheckDraft) {
        let Kind::Udp(udp) = &draft.kind else { return };
        if udp.reply.min_length > udp.reply.max_length {
            let message = format!(
                "min_reply_length {} is more than max_reply_length {}: the check always fails",
                udp.reply.min_length, udp.reply.max_length
            );
            self.context.report_at(draft.at, Code::NeverSucceeds, message);
        }
    }
}
