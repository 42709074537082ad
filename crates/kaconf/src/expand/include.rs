//! `include` and its stricter sisters: the stack of open files.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::vec;

use super::{Expander, How};
use crate::code::{Class, Code};
use crate::diag::{Diagnostic, Severity, Sink};
use crate::files::{FileId, Included, Location};
use crate::source::ReadError;
use crate::syntax::BOM;

/// Which failures of an include are errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IncludeCheck(u8);

impl IncludeCheck {
    /// None: what cannot be read is skipped.
    pub(crate) const NONE: Self = Self(0);
    /// A matched file cannot be read.
    pub(crate) const READ: Self = Self(1);
    /// A name without wildcards does not exist.
    pub(crate) const MATCH: Self = Self(2);
    /// A wildcard matches nothing.
    pub(crate) const WILDCARD: Self = Self(4);
    /// An alternative in braces does not exist.
    pub(crate) const BRACE: Self = Self(8);
    /// All of them.
    pub(crate) const ALL: Self = Self(15);

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// An `include` line.
pub(super) struct Include {
    pattern: String,
    check: IncludeCheck,
}

/// Reads `include PATTERN` and the like.
pub(super) fn recognise(text: &[u8]) -> Option<Include> {
    let rest = text.strip_prefix(b"include")?;
    let (check, rest) = match rest {
        [b'r', rest @ ..] => (IncludeCheck::READ, rest),
        [b'm', rest @ ..] => (IncludeCheck::READ.with(IncludeCheck::MATCH), rest),
        [b'w', rest @ ..] => (IncludeCheck::ALL.without(IncludeCheck::BRACE), rest),
        [b'b', rest @ ..] => (IncludeCheck::READ.with(IncludeCheck::BRACE), rest),
        [b'a', rest @ ..] => (IncludeCheck::ALL, rest),
        rest => (IncludeCheck::NONE, rest),
    };
    if !rest.first().is_some_and(u8::is_ascii_whitespace) {
        return None;
    }
    Some(Include { pattern: String::from_utf8_lossy(rest.trim_ascii()).into_owned(), check })
}

/// The files of one pattern, one of them open.
pub(super) struct Frame {
    paths: vec::IntoIter<PathBuf>,
    /// The line that includes them.
    included: Option<Included>,
    /// Where relative paths of the pattern start.
    base: PathBuf,
    /// Where relative patterns inside the open file start.
    directory: PathBuf,
    file: FileId,
    text: Arc<Vec<u8>>,
    at: usize,
    check: IncludeCheck,
    /// What `include_check` was before; it is the file's own affair.
    outer_check: IncludeCheck,
}

impl Frame {
    /// A part of the first file.
    pub(super) fn part(text: Arc<Vec<u8>>, at: usize) -> Self {
        Self {
            paths: Vec::new().into_iter(),
            included: None,
            base: PathBuf::new(),
            directory: PathBuf::new(),
            file: FileId::FIRST,
            text,
            at,
            check: IncludeCheck::NONE,
            outer_check: IncludeCheck::NONE,
        }
    }

    pub(super) const fn file(&self) -> FileId {
        self.file
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    pub(super) fn shared_text(&self) -> Arc<Vec<u8>> {
        Arc::clone(&self.text)
    }

    /// What is left to read, and where it begins.
    pub(super) fn rest(&self) -> (&[u8], usize) {
        (self.text.get(self.at..).unwrap_or_default(), self.at)
    }

    /// Passes over octets that were read.
    pub(super) const fn pass(&mut self, octets: usize) {
        self.at += octets;
    }

    /// Where the next line begins and ends.
    pub(super) fn next_line(&mut self) -> Option<(usize, usize)> {
        let start = self.at;
        if start >= self.text.len() {
            return None;
        }
        let newline = memchr::memchr(b'\n', &self.text[start..]);
        self.at = newline.map_or(self.text.len(), |newline| start + newline + 1);
        Some((start, self.at))
    }
}

impl Expander<'_> {
    /// The directory of the file being read.
    pub(super) fn directory(&self) -> &Path {
        self.frames.last().map_or(Path::new(""), |frame| &frame.directory)
    }

    /// Opens the configuration itself. False if there is nothing to read.
    pub(crate) fn open(&mut self, sink: &mut Sink) -> bool {
        let pattern = self.options.path.display().to_string();
        let found = self
            .source
            .matches_within(Path::new(""), &pattern, &mut self.spent.names_left)
            .unwrap_or_default();
        if found.paths.len() > 1 {
            let message =
                format!("several files match {pattern}, starting with {}", found.paths[0].display());
            sink.push(Diagnostic::new(Code::SeveralFiles, None, message));
        }
        if found.paths.is_empty() {
            let mut missing = Diagnostic::new(
                Code::NoConfiguration,
                None,
                format!("unable to find configuration file {pattern}"),
            );
            missing.class = if self.options.all_includes { Class::FileNotFound } else { Class::None };
            sink.push(missing);
            return false;
        }
        let check = self.check;
        self.push_frame(found.paths, PathBuf::new(), check, None, sink);
        !self.frames.is_empty()
    }

    pub(super) fn include(&mut self, include: Include, at: Location, how: How, sink: &mut Sink) {
        let Include { pattern, check } = include;
        let base = self.directory().to_path_buf();
        if self.frames.len() >= self.options.limits.depth {
            self.at = at;
            let message = format!(
                "files include each other more than {} deep, at {pattern}",
                self.options.limits.depth
            );
            self.limit(sink, message);
            return;
        }
        let found = match self.source.matches_within(&base, &pattern, &mut self.spent.names_left) {
            _ if self.spent.names_left == 0 => {
                self.at = at;
                let most = self.options.limits.names;
                self.limit(sink, format!("includes look at more than {most} names, at {pattern}"));
                return;
            }
            Ok(found) => found,
            Err(error) => {
                let message = format!("error reading configuration files {pattern}: {error}, skipping");
                self.complain(Code::FileSkipped, Some(at), message, check, IncludeCheck::READ, sink);
                return;
            }
        };
        if found.paths.is_empty() {
            let kind = if !found.missing {
                IncludeCheck::WILDCARD
            } else if pattern.contains('{') {
                IncludeCheck::BRACE
            } else {
                IncludeCheck::MATCH
            };
            let message = if found.missing {
                format!("configuration files missing '{pattern}'")
            } else {
                format!("no configuration files matched '{pattern}'")
            };
            self.complain(Code::IncludeUnmatched, Some(at), message, check, kind, sink);
            return;
        }
        if found.missing {
            let message = format!("some configuration files missing: '{pattern}'");
            self.complain(Code::IncludeUnmatched, Some(at), message, check, IncludeCheck::BRACE, sink);
        }
        let how = match how {
            How::Typed => "the file is included here",
            How::Substituted => "the file is included here, by what this line reads with its names replaced",
            How::Definition(_) => "the file is included here, by a line of the definition that is used",
            How::Sequence(_) => "the file is included here, by a line that the sequence makes",
        };
        self.push_frame(found.paths, base, check, Some(Included { at, how }), sink);
    }

    fn push_frame(
        &mut self,
        paths: Vec<PathBuf>,
        base: PathBuf,
        check: IncludeCheck,
        included: Option<Included>,
        sink: &mut Sink,
    ) {
        self.frames.push(Frame {
            included,
            paths: paths.into_iter(),
            directory: base.clone(),
            base,
            file: FileId::FIRST,
            text: Arc::default(),
            at: 0,
            check,
            outer_check: self.check,
        });
        self.open_next(included.map(|included| included.at), sink);
    }

    /// The file at hand is read: opens the next of its pattern, or goes back to the file that included it.
    pub(super) fn next_file(&mut self, sink: &mut Sink) {
        if let Some(frame) = self.frames.last() {
            self.check = frame.outer_check;
        }
        self.open_next(None, sink);
    }

    fn open_next(&mut self, at: Option<Location>, sink: &mut Sink) {
        self.current.restart();
        while let Some(frame) = self.frames.last_mut() {
            let Some(path) = frame.paths.next() else {
                self.frames.pop();
                return;
            };
            let (whole, check, included) = (frame.base.join(&path), frame.check, frame.included);
            if self.files.iter().len() >= self.options.limits.files {
                self.limit(sink, format!("more than {} files were included", self.options.limits.files));
                return;
            }
            let room = self.options.limits.octets.saturating_sub(self.files.octets());
            match self.source.read(&whole, room) {
                Ok(text) => {
                    let marked = text.starts_with(BOM);
                    let file = self.files.add(whole.clone(), text, included);
                    if marked {
                        let at = Location { file, start: 0, end: BOM.len() as u32 };
                        let message =
                            "byte order mark, ignoring it: keepalived takes it for a part of the first word";
                        sink.push(Diagnostic::new(Code::ByteOrderMark, Some(at), message));
                    }
                    if let Some(frame) = self.frames.last_mut() {
                        frame.text = self.files.file(file).shared_text();
                        frame.directory = whole.parent().map(Path::to_path_buf).unwrap_or_default();
                        (frame.file, frame.at) = (file, 0);
                    }
                    return;
                }
                Err(ReadError::TooLarge { limit }) => {
                    let message =
                        format!("{} is larger than the {limit} octets left to read", whole.display());
                    self.limit(sink, message);
                    return;
                }
                Err(error) => {
                    let message = format!("configuration file '{}' {error}, skipping", whole.display());
                    self.complain(Code::FileSkipped, at, message, check, IncludeCheck::READ, sink);
                }
            }
        }
    }

    /// Reports a failure of an include; it stops a start if the include, or `include_check`, says so.
    fn complain(
        &mut self,
        code: Code,
        at: Option<Location>,
        message: String,
        check: IncludeCheck,
        kind: IncludeCheck,
        sink: &mut Sink,
    ) {
        let mut diagnostic = Diagnostic::new(code, at, message);
        diagnostic.class = Class::None;
        if check.with(self.check).has(kind) {
            (diagnostic.severity, diagnostic.class) = (Severity::Error, Class::FileNotFound);
            self.unreadable = true;
        }
        sink.push(diagnostic);
    }
}
