//! `SMTP_CHECK` and its `host` blocks, each of which is a checker of its own.
//!
//! C keepalived 2.4.3 reads the connection of a `host` into the checker around it, and tries the real server with
//! no time at all for each `host`. What is meant, and what older releases do, is done here.

use std::net::SocketAddr;

use super::common;
use super::draft::{Micros, RealDraft, ServerDraft};
use super::draft_checker::{CheckDraft, Kind, SmtpDraft};
use super::resolve_checker::CONNECT_TIMEOUT;
use crate::code::Code;
use crate::expand::Statement;
use crate::lower::reader::{Next, Progress, Reader};

impl Reader<'_> {
    /// Reads a `host` block: a connection; its other keywords are those of the whole checker.
    pub(super) fn smtp_host(
        &mut self,
        statement: &mut Statement,
        draft: &mut CheckDraft,
        address: SocketAddr,
    ) {
        let at = statement.at(0);
        let outer = std::mem::take(&mut draft.connection);
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(statement, &mut progress) {
            match common::find(statement.word(0)) {
                Some(setter) => setter(&mut self.context, statement, draft),
                None => self.unknown(statement, "virtual_server/real_server/SMTP_CHECK/host"),
            }
        }
        let host = std::mem::replace(&mut draft.connection, outer);
        if self.context.stopped {
            return;
        }
        let message = "a host block is an old form, several SMTP_CHECK blocks say the same".to_owned();
        self.context.report_at(at, Code::HostBlock, message);
        if self.target_is_clear(draft, &host, address)
            && let Kind::Smtp(smtp) = &mut draft.kind
        {
            smtp.hosts.push(host);
        }
    }

    /// One checker for the connection of the block itself, if it says anything or there is no `host`, and one for
    /// each `host`. How long a connection may take is settled here: what the real server says behind the block
    /// does not count.
    pub(super) fn smtp_end(&mut self, mut draft: CheckDraft, real: &mut RealDraft, server: &ServerDraft) {
        let Kind::Smtp(smtp) = &mut draft.kind else { return };
        let mut hosts = std::mem::take(&mut smtp.hosts);
        let helo_name = smtp.helo_name.clone();
        let own = std::mem::take(&mut draft.connection);
        if own.is_set() || hosts.is_empty() {
            if !self.target_is_clear(&draft, &own, real.address) {
                return;
            }
            hosts.insert(0, own);
        }
        let timeout = real.timing().connect_timeout.or(server.timing.connect_timeout);
        let default = Some(Micros::new(CONNECT_TIMEOUT));
        for mut connection in hosts {
            connection.timeout = connection.timeout.or(timeout).or(default);
            let mut kind = SmtpDraft::default();
            kind.helo_name.clone_from(&helo_name);
            real.checkers.push(CheckDraft {
                checker: draft.checker,
                at: draft.at,
                connection,
                family: None,
                timing: draft.timing,
                alpha: draft.alpha,
                log_all_failures: draft.log_all_failures,
                dropped: false,
                kind: Kind::Smtp(Box::new(kind)),
            });
        }
    }
}
