//! Lints: what is allowed, works, and is hardly what anybody means.
//!
//! Loading says what keepalived would say. Lints say what it does not: what a configuration will do to its
//! user. They read the model for meanings, the outline for places, and never change the verdict of a
//! configuration test. A lint is a function in [`LINTS`]; what can only be seen in several nodes' files is in
//! `cluster`.

mod addresses;
mod authentication;
mod cluster;
mod global;
mod places;
mod preemption;
mod servers;
mod strict;
mod timing;
mod tracking;

pub use cluster::{ClusterFinding, Elsewhere, cluster};

use std::borrow::Cow;
use std::collections::HashSet;

use crate::code::Code;
use crate::diag::{Diagnostic, Severity};
use crate::files::Location;
use crate::load::Loaded;
use crate::model::Instance;
use crate::source::Source;
use places::{Block, Places};

/// What lints look at.
struct Context<'a> {
    loaded: &'a Loaded,
    source: &'a dyn Source,
    places: Places<'a>,
}

impl<'a> Context<'a> {
    fn new(loaded: &'a Loaded, source: &'a dyn Source) -> Self {
        Self { loaded, source, places: Places::new(loaded) }
    }

    /// The instances with their blocks.
    fn instances(&self) -> impl Iterator<Item = (&'a Instance, Block<'_>)> {
        self.loaded.config.instances.iter().map(|instance| (instance, self.places.instance(instance)))
    }
}

/// One thing that was found, and which diagnostic of loading says less of the same thing.
#[derive(Debug)]
struct Finding {
    diagnostic: Diagnostic,
    instead_of: Option<(Code, Location)>,
}

impl Finding {
    fn new(code: Code, at: Option<Location>, message: String) -> Self {
        Self { diagnostic: Diagnostic::new(code, at, message), instead_of: None }
    }

    /// About an instance, whose name stands in front.
    fn of(instance: &Instance, code: Code, at: Option<Location>, message: &str) -> Self {
        Self::new(code, at, format!("({}) {message}", instance.name))
    }

    fn note(mut self, at: Option<Location>, text: impl Into<Cow<'static, str>>) -> Self {
        self.diagnostic = self.diagnostic.note(at, text);
        self
    }

    /// What comes of it.
    fn hint(self, text: impl Into<Cow<'static, str>>) -> Self {
        self.note(None, text)
    }

    /// How to mend it.
    fn mend(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.diagnostic = self.diagnostic.help(text);
        self
    }

    /// How to mend it by other words at a place, if they stand there as they are read.
    fn mend_at(mut self, text: impl Into<Cow<'static, str>>, at: Option<Location>, with: String) -> Self {
        self.diagnostic = match at {
            Some(at) => self.diagnostic.mend(text, at, with),
            None => self.diagnostic.help(text),
        };
        self
    }

    /// Says which diagnostic of loading is not needed beside this finding.
    fn instead_of(mut self, code: Code, at: Option<Location>) -> Self {
        self.instead_of = at.map(|at| (code, at));
        self
    }
}

type Lint = fn(&Context<'_>, &mut Vec<Finding>);

/// Every lint, with the code of what it finds.
const LINTS: &[(Code, Lint)] = &[
    (Code::MasterNopreempt, preemption::master_nopreempt),
    (Code::DelayIgnored, preemption::delay_ignored),
    (Code::OwnerByOmission, preemption::owner_by_omission),
    (Code::PasswordCut, authentication::password_cut),
    (Code::PasswordComment, authentication::password_comment),
    (Code::StrictAuthentication, strict::authentication),
    (Code::StrictUnicast, strict::unicast),
    (Code::StrictClosed, strict::closed),
    (Code::IntervalOfVersion2, timing::interval_of_version_2),
    (Code::VridTwice, addresses::vrid_twice),
    (Code::AddressTwice, addresses::address_twice),
    (Code::OwnPeer, addresses::own_peer),
    (Code::InterfaceAway, addresses::interface_away),
    (Code::MailNowhere, global::mail_nowhere),
    (Code::MailToNobody, global::mail_to_nobody),
    (Code::PersistenceZero, servers::persistence_zero),
    (Code::ServerNowhere, servers::server_nowhere),
    (Code::WeightSwallowed, tracking::weight_swallowed),
    (Code::WeightNopreempt, tracking::weight_and_nopreempt),
    (Code::Untracked, tracking::untracked),
];

fn run(loaded: &Loaded, source: &dyn Source) -> Vec<Finding> {
    let context = Context::new(loaded, source);
    let mut found = Vec::new();
    for (code, lint) in LINTS {
        let before = found.len();
        lint(&context, &mut found);
        debug_assert!(found[before..].iter().all(|finding| finding.diagnostic.code == *code));
    }
    once_a_place(found)
}

/// As many findings as anybody will read.
const FINDINGS_MAX: usize = 1000;

/// Sorts findings by place, and keeps one of a code and place: a line that is repeated by a sequence, or a
/// file that is included twice, would say the same again and again.
fn once_a_place(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by_key(|finding| (finding.diagnostic.at, finding.diagnostic.code));
    let mut kept: Vec<Finding> = Vec::new();
    let mut repeats: u32 = 0;
    let mut left_out: u32 = 0;
    for finding in found {
        let (code, at) = (finding.diagnostic.code, finding.diagnostic.at);
        let is_full = kept.len() == FINDINGS_MAX;
        match kept.last() {
            Some(last) if at.is_some() && (last.diagnostic.code, last.diagnostic.at) == (code, at) => {
                repeats += 1;
            }
            _ if is_full => left_out += 1,
            _ => {
                say_repeats(&mut kept, std::mem::take(&mut repeats));
                kept.push(finding);
            }
        }
    }
    say_repeats(&mut kept, repeats);
    if left_out > 0 {
        let message = format!("{left_out} more findings are not shown");
        kept.push(Finding::new(Code::MoreFindings, None, message));
    }
    kept
}

fn say_repeats(kept: &mut Vec<Finding>, repeats: u32) {
    if repeats > 0
        && let Some(last) = kept.pop()
    {
        kept.push(last.hint(format!("the same holds {repeats} more times for what comes from this place")));
    }
}

/// What is allowed and hardly meant, in the order of the files.
///
/// Without an outline ([`Options::outline`](crate::Options::outline)) the findings have no places, and some
/// are missed.
pub fn lint(loaded: &Loaded, source: &dyn Source) -> Vec<Diagnostic> {
    run(loaded, source).into_iter().map(|finding| finding.diagnostic).collect()
}

/// The diagnostics of a configuration with those of lints among them, in the order of the files. Where a lint
/// says more about what loading found too, loading's diagnostic is left out.
pub fn with_lints(diagnostics: Vec<Diagnostic>, loaded: &Loaded, source: &dyn Source) -> Vec<Diagnostic> {
    let found = run(loaded, source);
    let replaced: HashSet<_> = found.iter().filter_map(|finding| finding.instead_of).collect();
    let is_replaced = |diagnostic: &Diagnostic| {
        // `Untracked` is the same with its place and its mend, and silent where something else is to blame.
        diagnostic.code == Code::UnusedScript
            || diagnostic.severity < Severity::Error
                && diagnostic.at.is_some_and(|at| replaced.contains(&(diagnostic.code, at)))
    };
    let mut all = diagnostics;
    all.retain(|diagnostic| !is_replaced(diagnostic));
    all.extend(found.into_iter().map(|finding| finding.diagnostic));
    // What is about no place in particular comes last, what counts the others behind it.
    all.sort_by_key(|diagnostic| {
        (diagnostic.at.is_none(), diagnostic.code == Code::MoreFindings, diagnostic.at)
    });
    all
}
