//! The stream of statements, and the ways keepalived reads blocks off it.

use std::collections::{HashMap, HashSet};

use super::blocks::Blocks;
use super::checker_view::CheckerView;
use super::context::Context;
use super::draft::Draft;
use super::global::Defaults;
use super::lvs::Drafts;
use super::routing::Routing;
use super::script::ScriptRules;
use crate::advise;
use crate::code::Code;
use crate::diag::Diagnostic;
use crate::expand::{Expander, Statement};
use crate::files::Location;
use crate::keywords;
use crate::model::{Config, Notify};
use crate::options::Options;
use crate::outline::Recorder;
use crate::source::Source;

/// Everything that is read into.
pub(super) struct Reader<'a> {
    pub(super) expander: Expander<'a>,
    pub(super) context: Context<'a>,
    pub(super) config: Config,
    pub(super) defaults: Defaults,
    pub(super) drafts: Vec<Draft>,
    /// Names of instances, those of rejected ones included.
    pub(super) names: HashSet<Box<str>>,
    /// The scripts of instances that cannot run, and of groups without any: keepalived looks at them all the same.
    pub(super) idle_scripts: Vec<Notify>,
    /// What the blocks around the instances have said.
    pub(super) blocks: Blocks,
    /// Virtual servers and their groups.
    pub(super) lvs: Drafts,
    /// Writes down what stands where.
    pub(super) recorder: Recorder,
    /// Where keywords of `global_defs` and of the root were typed.
    pub(super) places: HashMap<&'static str, Location>,
    /// A keyword of the root or of `global_defs` lacked its value: keepalived's parent reads those.
    pub(super) parent_stopped: bool,
    /// Statements that are not in use, for the room they have.
    spare: Vec<Statement>,
    /// Where the checkers are.
    pub(super) checkers: CheckerView,
    /// How many braces are open.
    depth: u32,
    /// The last brace that opened, for the report at the end of the file.
    opened: Option<Location>,
}

/// What the next statement of a block is.
pub(super) enum Next {
    /// A statement to read.
    Statement,
    /// The block is over.
    End,
}

/// How far a block has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Its opening brace is due.
    NeedsOpen,
    /// It is open.
    Inside,
}

impl<'a> Reader<'a> {
    pub(super) fn new(expander: Expander<'a>, options: &Options, source: &'a dyn Source) -> Self {
        let sink = crate::diag::Sink::new(options.limits.diagnostics);
        Self {
            expander,
            context: Context {
                sink,
                source,
                test: options.test,
                stopped: false,
                impossible_interface: false,
                routing: Routing::default(),
                scripts: ScriptRules::default(),
            },
            config: Config::default(),
            defaults: Defaults::default(),
            drafts: Vec::new(),
            names: HashSet::new(),
            idle_scripts: Vec::new(),
            blocks: Blocks::default(),
            lvs: Drafts::default(),
            recorder: Recorder::new(options.outline),
            places: HashMap::new(),
            parent_stopped: false,
            spare: Vec::new(),
            checkers: CheckerView::default(),
            depth: 0,
            opened: None,
        }
    }

    /// The next statement. False at the end of the files, or once reading has stopped.
    pub(super) fn next(&mut self, statement: &mut Statement) -> bool {
        if self.context.stopped || !self.expander.next(statement, &mut self.context.sink) {
            return false;
        }
        if statement.is_open() {
            self.depth += 1;
            self.opened = statement.at(0);
        } else if statement.is_close() {
            if self.depth == 0 {
                self.context.report(statement, 0, Code::ExtraClose, "extra '}' found".to_owned());
            }
            self.depth = self.depth.saturating_sub(1);
        }
        self.checkers.see(statement, self.depth);
        true
    }

    /// How many braces are open now.
    pub(super) const fn depth(&self) -> u32 {
        self.depth
    }

    /// At the end of the files: says how many blocks were not closed.
    pub(super) fn report_open_blocks(&mut self) {
        if self.depth > 0 && !self.context.stopped && !self.expander.halted {
            let message = match self.depth {
                1 => "there is a '}' missing or a '{' too many".to_owned(),
                depth => format!("there are {depth} '}}' missing or '{{' too many"),
            };
            self.context.report_at(self.opened, Code::MissingClose, message);
        }
    }

    /// The next statement of a block of keywords.
    pub(super) fn next_in_block(&mut self, statement: &mut Statement, progress: &mut Progress) -> Next {
        if *progress == Progress::NeedsOpen {
            self.recorder.enter();
        }
        let next = self.statement_of_block(statement, progress);
        match next {
            Next::Statement => self.recorder.keyword(statement),
            Next::End => self.recorder.leave(),
        }
        next
    }

    fn statement_of_block(&mut self, statement: &mut Statement, progress: &mut Progress) -> Next {
        while self.next(statement) {
            let needs_open = std::mem::replace(progress, Progress::Inside) == Progress::NeedsOpen;
            if statement.is_open() {
                if !needs_open {
                    let message = "unexpected '{', ignoring it".to_owned();
                    self.context.report(statement, 0, Code::UnexpectedOpen, message);
                }
                continue;
            }
            if needs_open {
                let message = "missing '{' at beginning of configuration block".to_owned();
                self.context.report(statement, 0, Code::MissingOpen, message);
            }
            return if statement.is_close() { Next::End } else { Next::Statement };
        }
        Next::End
    }

    /// Passes over what follows a keyword: its braces and all between them, or nothing if it has none.
    ///
    /// Returns true if a statement was read that is not part of it.
    pub(super) fn skip_block(&mut self, statement: &mut Statement) -> bool {
        if !self.next(statement) {
            return false;
        }
        if !statement.is_open() {
            return true;
        }
        self.skip_to_depth(statement, self.depth - 1);
        false
    }

    /// Passes over statements until no more than `depth` braces are open.
    pub(super) fn skip_to_depth(&mut self, statement: &mut Statement, depth: u32) {
        while self.depth > depth && self.next(statement) {}
    }

    /// Hands each line of a block of lines to `read`.
    ///
    /// keepalived looks only for the closing brace here: a brace that opens is a line like any other.
    pub(super) fn lines(&mut self, head: &Statement, read: impl FnMut(&mut Self, &Statement)) {
        if head.len() > 1 {
            let message = format!("block {} has extra parameters {} ...", head.text(0), head.text(1));
            self.context.report(head, 1, Code::ExtraParameter, message);
        }
        self.lines_of(head, read);
    }

    /// [`Self::lines`] for a block that has a name.
    pub(super) fn lines_of(&mut self, head: &Statement, mut read: impl FnMut(&mut Self, &Statement)) {
        let mut statement = self.spare.pop().unwrap_or_default();
        let mut needs_open = true;
        self.recorder.enter();
        while self.next(&mut statement) {
            let first = std::mem::replace(&mut needs_open, false);
            if first && statement.is_open() {
                continue;
            }
            if statement.is_close() {
                break;
            }
            self.recorder.line(&statement);
            if first {
                let message = format!("'{{' missing from beginning of block {}", head.text(0));
                self.context.report(&statement, 0, Code::Unusual, message);
            }
            read(self, &statement);
        }
        self.recorder.leave();
        self.spare.push(statement);
    }

    /// Reports a keyword that the table does not have.
    pub(super) fn unknown(&mut self, statement: &Statement, block: &str) {
        let message = format!("unknown keyword '{}'", statement.text(0));
        let mut found = Diagnostic::new(Code::UnknownKeyword, statement.at(0), message);
        if self.context.sink.has_room() {
            found = advise::unknown_keyword(found, statement, block, &self.expander.files);
        }
        self.context.sink.push(statement.explain(found));
    }

    /// Reports a keyword that there is a newer one for, as far as keepalived does.
    pub(super) fn deprecated(&mut self, statement: &Statement, keyword: &keywords::Keyword) {
        if keyword.status == keywords::Status::Deprecated {
            let advice = keyword.instead().map_or(String::new(), |newer| format!(": use {newer}"));
            let message = format!("'{}' is deprecated{advice}", keyword.name);
            self.context.report(statement, 0, Code::Deprecated, message);
        }
    }
}
