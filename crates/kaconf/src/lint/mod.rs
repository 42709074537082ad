//! Lints: what is allowed, works, and is hardly what anybody means.
//!
//! Loading says what keepalived would say. Lints say what it does not: what a configuration will do to its user. They
//! read the model for meanings, the outline for places, and never change the verdict of a configuration test. A lint is
//! a function in [`LINTS`]; what can only be seen in several nodes' files is in `cluster`.

mod addresses;
mod authentication;
mod cluster;
mod global;
mod places;
mod preemption;
mod strict;
mod timing;

pub use cluster::{ClusterFinding, Elsewhere, cluster};

use crate::code::{Class, Code};
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

/// One finding, and which diagnostic of loading says less of the same thing.
#[derive(Debug)]
struct Finding {
    diagnostic: Diagnostic,
    instead_of: Option<(Code, Location)>,
}

impl Finding {
    fn new(code: Code, at: Option<Location>, message: String) -> Self {
        let diagnostic = Diagnostic { class: Class::None, ..Diagnostic::new(code, at, message) };
        Self { diagnostic, instead_of: None }
    }

    /// About an instance, whose name stands in front.
    fn of(instance: &Instance, code: Code, at: Option<Location>, message: &str) -> Self {
        Self::new(code, at, format!("({}) {message}", instance.name))
    }

    fn note(mut self, at: Option<Location>, text: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        self.diagnostic = self.diagnostic.note(at, text);
        self
    }

    /// A note without a place: what keepalived does, or how to mend it.
    fn hint(self, text: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        self.note(None, text)
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
    (Code::PersistenceZero, global::persistence_zero),
];

fn run(loaded: &Loaded, source: &dyn Source) -> Vec<Finding> {
    let context = Context::new(loaded, source);
    let mut found = Vec::new();
    for (code, lint) in LINTS {
        let before = found.len();
        lint(&context, &mut found);
        debug_assert!(found[before..].iter().all(|finding| finding.diagnostic.code == *code));
    }
    found.sort_by_key(|finding| finding.diagnostic.at);
    found
}

/// What is allowed and hardly meant, in the order of the files.
///
/// Without an outline ([`Options::outline`](crate::Options::outline)) the findings have no places, and some are missed.
pub fn lint(loaded: &Loaded, source: &dyn Source) -> Vec<Diagnostic> {
    run(loaded, source).into_iter().map(|finding| finding.diagnostic).collect()
}

/// All there is to say about a configuration: what was found when it was loaded, and what lints find, in the order of
/// the files. Where a lint says more about what loading found too, loading's diagnostic is left out.
pub fn findings(loaded: &Loaded, source: &dyn Source) -> Vec<Diagnostic> {
    let found = run(loaded, source);
    let replaced: std::collections::HashSet<_> =
        found.iter().filter_map(|finding| finding.instead_of).collect();
    let is_left = |diagnostic: &&Diagnostic| {
        diagnostic.severity == Severity::Error
            || diagnostic.at.is_none_or(|at| !replaced.contains(&(diagnostic.code, at)))
    };
    let mut all: Vec<_> = loaded.diagnostics.iter().filter(is_left).cloned().collect();
    all.extend(found.into_iter().map(|finding| finding.diagnostic));
    // What is about no place in particular stays in front, what counts the others behind.
    all.sort_by_key(|diagnostic| (diagnostic.code == Code::MoreFindings, diagnostic.at));
    all
}
