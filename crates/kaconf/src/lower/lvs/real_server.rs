//! `real_server`: which keyword is read by what.

use vrrp_types::Family;

use super::checker;
use super::draft::{Method, RealDraft, ServerDraft};
use super::draft_checker::Kind;
use super::values::{self, IGNORING};
use crate::code::Code;
use crate::expand::Statement;
use crate::lower::context::Context;
use crate::lower::dispatch::Dispatch;
use crate::lower::reader::{Next, Progress, Reader};

/// Reads one keyword with a value, or a flag, into a real server.
type Setter = fn(&mut Context<'_>, &Statement, &mut RealDraft);

/// The block's keywords in the table.
pub(super) const PATH: &str = "virtual_server/real_server";

/// The keywords that are no blocks, sorted by name.
pub(super) const KEYWORDS: &[(&str, Setter)] = &[
    ("alpha", |c, s, draft| draft.alpha = c.boolean("", s).or(draft.alpha)),
    ("connect_timeout", |c, s, draft| {
        values::connect_timeout(c, s, &mut draft.rare().timing.connect_timeout)
    }),
    ("delay_before_retry", |c, s, draft| values::delay_before_retry(c, s, &mut draft.rare().timing)),
    ("delay_loop", |c, s, draft| values::delay_loop(c, s, &mut draft.rare().timing)),
    ("inhibit_on_failure", |c, s, draft| draft.inhibit = c.boolean("", s).or(draft.inhibit)),
    ("lthreshold", |c, s, draft| threshold(c, s, &mut draft.rare().lower_threshold)),
    ("lvs_method", |c, s, draft| values::forwarding(c, s, &mut draft.forwarding)),
    ("notify_down", |c, s, draft| values::script(c, s, &mut draft.rare().notify_down)),
    ("notify_up", |c, s, draft| values::script(c, s, &mut draft.rare().notify_up)),
    ("retry", |c, s, draft| values::retry(c, s, &mut draft.rare().timing)),
    ("smtp_alert", |c, s, draft| draft.smtp_alert = c.boolean("", s).or(draft.smtp_alert)),
    ("snmp_name", |c, s, draft| values::snmp_name(c, s, &mut draft.rare().snmp_name)),
    ("uthreshold", |c, s, draft| threshold(c, s, &mut draft.rare().upper_threshold)),
    ("virtualhost", |c, s, draft| values::text(c, s, &mut draft.rare().virtualhost)),
    ("warmup", |c, s, draft| values::warmup(c, s, &mut draft.rare().timing)),
    ("weight", |c, s, draft| {
        if let Some(weight) = c.lenient("", s, 0, i64::from(i32::MAX), IGNORING) {
            draft.weight = Some(weight as u32);
        }
    }),
];

static DISPATCH: Dispatch = Dispatch::new(PATH);

impl Reader<'_> {
    /// Reads a `real_server` of a virtual server.
    pub(super) fn real_server(&mut self, statement: &mut Statement, server: &mut ServerDraft) {
        let outcome = "leaving the real server out";
        let Some(address) = values::socket_address(&mut self.context, statement, 1, "real server", outcome)
        else {
            return self.leave_out(statement);
        };
        let mut draft = RealDraft::new(address, statement.at(1), server.forwarding);
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(statement, &mut progress) {
            let word = statement.word(0);
            let number = self.recorder.number();
            if let Some(index) = DISPATCH.find(number, word, KEYWORDS, |row| row.0) {
                KEYWORDS[index].1(&mut self.context, statement, &mut draft);
            } else if let Some(kind) = checker::find(number, word) {
                self.checker(statement, kind, &mut draft, server);
            } else {
                self.unknown(statement, PATH);
            }
        }
        if !self.context.stopped {
            self.real_server_end(draft, server);
        }
    }

    /// Passes over a block that keepalived leaves out: to its matching brace, or, if it has none, to the brace
    /// that ends what it takes for the block.
    fn leave_out(&mut self, statement: &mut Statement) {
        let inside = self.depth();
        if !self.context.stopped && self.skip_block(statement) && !statement.is_close() {
            let message = "missing '{' at beginning of configuration block".to_owned();
            self.context.report(statement, 0, Code::MissingOpen, message);
            self.skip_to_depth(statement, inside.saturating_sub(1));
        }
    }

    fn real_server_end(&mut self, mut draft: RealDraft, server: &mut ServerDraft) {
        // Only through a tunnel may a real server be of another family.
        if draft.forwarding.method != Some(Method::Tunnel) {
            let own = Family::of(draft.address.ip());
            let family = *server.family.get_or_insert(own);
            if family != own {
                let message = format!(
                    "{}real server {} must be {family} as the virtual server is, leaving it out",
                    server.owner(),
                    draft.address
                );
                return self.context.report_at(draft.at, Code::FamilyMismatch, message);
            }
        }
        // keepalived watches the files of a real server after everything else.
        draft.checkers.sort_by_key(|checker| matches!(checker.kind, Kind::File(_)));
        draft.checkers.shrink_to_fit();
        server.real_servers.push(draft);
    }
}

fn threshold(context: &mut Context<'_>, statement: &Statement, into: &mut u32) {
    if let Some(connections) = context.lenient("", statement, 0, i64::from(u32::MAX), IGNORING) {
        *into = connections as u32;
    }
}
