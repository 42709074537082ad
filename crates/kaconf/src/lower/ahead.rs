//! Reading a long file from two places at once.
//!
//! Ten thousand virtual servers are most of a file, and none of them means anything to the next. So a second reader
//! begins in the middle of the file, at a line that seems to begin a `virtual_server`, while the first one reads
//! towards it. If the first one arrives with nothing open, what the second one has read is what it would have read
//! itself, and it goes on behind it.
//!
//! The second reader knows nothing of what stands before it, so it gives up at the first thing that could depend on
//! that, or matter to what follows: a finding, another keyword, a line with something to expand, a script. Then the
//! first one reads on as if there had been no other. What is read is the same in any case.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Scope, ScopedJoinHandle};

use super::lvs::Drafts;
use super::reader::Reader;
use crate::expand::{Expander, Statement};
use crate::files::{Files, Location};
use crate::keywords::Keyword;
use crate::options::Options;
use crate::source::{Lookup, Matches, ReadError, Source, UserFacts};

/// What a line begins with at which the second reader may begin.
const BEGINNING: &[u8] = b"\nvirtual_server ";

/// What the second reader has read.
pub(super) struct Part {
    pub(super) lvs: Drafts,
    pub(super) uses: Vec<(&'static Keyword, Location)>,
    pub(super) lines: usize,
}

/// The second reader, for the first one.
pub(super) struct Ahead<'scope> {
    /// Where it began.
    at: usize,
    reader: ScopedJoinHandle<'scope, Option<Part>>,
}

impl<'scope> Ahead<'scope> {
    /// Begins in the middle of the file that `expander` has open, if it is long and there is a place for it.
    pub(super) fn begin<'env>(
        scope: &'scope Scope<'scope, 'env>,
        options: &'env Options,
        expander: &Expander<'_>,
        unwanted: &'env AtomicBool,
    ) -> Option<Self> {
        let text = expander.files.iter().next()?.text();
        if text.len() < options.read_in_two || options.outline {
            return None;
        }
        let middle = text.len() / 2;
        let at = middle + memchr::memmem::find(&text[middle..], BEGINNING)? + 1;
        let files = expander.files.clone();
        let read = move || read(options, files, at, unwanted);
        // Where there is no thread to be had, one reader does it alone.
        let reader = thread::Builder::new().spawn_scoped(scope, read).ok()?;
        Some(Self { at, reader })
    }

    /// Whether the first reader, at rest between two blocks, stands where this one began.
    pub(super) fn begins_at(&self, expander: &Expander<'_>) -> bool {
        expander.rests_at(self.at)
    }

    /// What it has read, if it did not give up.
    pub(super) fn part(self) -> Option<Part> {
        self.reader.join().ok().flatten()
    }
}

fn read(options: &Options, files: Files, at: usize, unwanted: &AtomicBool) -> Option<Part> {
    let mut reader = Reader::new(Expander::part(&Nobody, options, files, at), options, &Nobody);
    let mut statement = Statement::default();
    while reader.next(&mut statement) {
        if statement.word(0) != b"virtual_server" || unwanted.load(Ordering::Relaxed) {
            return None;
        }
        reader.recorder.keyword(&statement);
        // Reports whether it read something that is not part of it: then its brace is missing.
        if reader.lvs_block(&mut statement)? || !reader.context.is_untouched() {
            return None;
        }
    }
    let whole = reader.depth() == 0 && !reader.expander.halted;
    let (lines, uses) = (reader.expander.lines(), reader.recorder.finish().into_uses());
    whole.then_some(Part { lvs: reader.lvs, uses, lines })
}

/// The host, for a reader that may not ask it: what is asked of it leads to a finding.
struct Nobody;

impl Source for Nobody {
    fn matches(&self, _: &Path, _: &str) -> Result<Matches, ReadError> {
        Err(ReadError::NotPlain)
    }

    fn read(&self, _: &Path, _: usize) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::NotPlain)
    }

    fn user(&self, _: &str) -> Lookup<UserFacts> {
        Lookup::Missing
    }

    fn group(&self, _: &str) -> Lookup<u32> {
        Lookup::Missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: &str = "virtual_server 10.0.0.1 80 {\n real_server 10.1.0.1 80 {\n }\n}\n";

    /// How many servers are read from the second line that begins one; `None` if the reader gave up.
    fn servers_from_second(text: &str) -> Option<usize> {
        let options = Options::new("x");
        let mut files = Files::default();
        files.add("x".into(), text.into(), None);
        let at = text.find("\nvirtual_server ").unwrap() + 1;
        read(&options, files, at, &AtomicBool::new(false)).map(|part| part.lvs.len())
    }

    #[test]
    fn what_stands_for_itself_is_read() {
        assert_eq!(servers_from_second(&SERVER.repeat(4)), Some(3));
        assert_eq!(servers_from_second(&format!("{SERVER}{SERVER}# the end\n\n{SERVER}")), Some(2));
    }

    #[test]
    fn what_depends_on_anything_is_not() {
        for odd in [
            "vrrp_instance VI {\n}\n",
            "$A=1\n",
            "include x\n",
            "virtual_server $A 80 {\n real_server 10.1.0.1 80 {\n }\n}\n",
            "virtual_server 10.0.0.1 80 {\n quorum_up /bin/true\n real_server 10.1.0.1 80 {\n }\n}\n",
            "virtual_server 10.0.0.1 80 {\n unknown\n real_server 10.1.0.1 80 {\n }\n}\n",
            "virtual_server 10.0.0.1 80 {\n",
            "}\n",
        ] {
            assert_eq!(servers_from_second(&format!("{SERVER}{SERVER}{odd}")), None, "{odd}");
        }
    }
}
