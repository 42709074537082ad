//! The outline: which statement stands where, once everything is expanded.
//!
//! The model says what a configuration means, the outline where each of its values was typed. It is written while the
//! statements are read, whatever becomes of them, so it also tells which keywords a configuration uses. No meaning is
//! here: what a value is worth is said by the model.

use std::sync::OnceLock;

use crate::expand::Statement;
use crate::files::Location;
use crate::keywords::{self, Keyword};

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The statement in whose block it stands, by its number in the outline; `None` at root level.
    pub parent: Option<u32>,
    /// Its keyword; `None` for a line that begins with none, and for a keyword that does not exist.
    pub keyword: Option<&'static Keyword>,
    /// Where its first word is.
    pub at: Location,
    /// Where its further words are, the first to the last; `None` if there are none.
    pub value: Option<Location>,
    /// What names a block: the words behind its keyword, one blank between them. Empty for everything else.
    pub name: Box<str>,
}

/// The statements of a configuration in the order of reading.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    entries: Vec<Entry>,
    uses: Vec<(&'static Keyword, Location)>,
}

impl Outline {
    /// Every statement, in the order of reading; empty if [`Options::outline`](crate::Options::outline) is off.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn into_uses(self) -> Vec<(&'static Keyword, Location)> {
        self.uses
    }

    /// The keywords that occur, each with the place of its first occurrence.
    pub fn uses(&self) -> &[(&'static Keyword, Location)] {
        &self.uses
    }

    /// The blocks of a keyword that have a name (`vrrp_instance`, `VI_1`), as typed; several if it is repeated.
    pub fn blocks<'a>(&'a self, keyword: &'a str, name: &'a str) -> impl Iterator<Item = u32> + 'a {
        let is_one = move |(_, entry): &(usize, &Entry)| {
            &*entry.name == name && entry.keyword.is_some_and(|known| known.name == keyword)
        };
        self.entries.iter().enumerate().filter(is_one).map(|(index, _)| index as u32)
    }

    /// The statements directly in a block.
    pub fn children(&self, block: u32) -> impl Iterator<Item = &Entry> {
        // What stands in a block follows it, and ends where a statement belongs to something outside.
        let rest = self.entries.get(block as usize + 1..).unwrap_or_default();
        rest.iter()
            .take_while(move |entry| entry.parent.is_some_and(|parent| parent >= block))
            .filter(move |entry| entry.parent == Some(block))
    }

    /// The statement of a keyword directly in a block; of several, the last one counts.
    pub fn last(&self, block: u32, keyword: &str) -> Option<&Entry> {
        let is_one = |entry: &&Entry| entry.keyword.is_some_and(|known| known.name == keyword);
        self.children(block).filter(is_one).last()
    }

    /// Where a keyword of a block has its value; the last one counts. The keyword's own place if it has no value.
    pub fn value_of(&self, block: u32, keyword: &str) -> Option<Location> {
        self.last(block, keyword).map(|entry| entry.value.unwrap_or(entry.at))
    }
}

/// A block that is being read.
#[derive(Debug)]
struct Level {
    rows: Rows,
    entry: Option<u32>,
}

/// The keywords of a block.
#[derive(Clone, Copy, Debug, Default)]
struct Rows {
    rows: &'static [Keyword],
    /// The number of the first of them in the whole table.
    start: usize,
}

impl Rows {
    fn of(rows: &'static [Keyword]) -> Self {
        Self { rows, start: rows.first().map_or(0, keywords::number) }
    }

    /// Which of them a word is.
    fn find(self, word: &[u8]) -> Option<usize> {
        let keys = &keys()[self.start..self.start + self.rows.len()];
        let key = key_of(word);
        let first = keys.partition_point(|other| *other < key);
        let same = keys[first..].iter().take_while(|other| **other == key).count();
        (first..first + same).find(|index| self.rows[*index].name.as_bytes() == word)
    }

    /// The keywords of the block that the keyword of this number opens. Looked up once a process: a configuration
    /// may have a hundred thousand blocks.
    fn inside(number: usize) -> Self {
        static INSIDE: OnceLock<Vec<Rows>> = OnceLock::new();
        let inside = INSIDE.get_or_init(|| keywords::all().iter().map(|row| Self::of(row.inner())).collect());
        inside[number]
    }
}

/// The first eight octets of a word as a number: such numbers sort as the words do, and compare at once.
fn key_of(word: &[u8]) -> u64 {
    match word.first_chunk() {
        Some(octets) => u64::from_be_bytes(*octets),
        None => word.iter().rev().fold(0, |key, octet| key >> 8 | u64::from(*octet) << 56),
    }
}

/// The keys of all rows of the table.
fn keys() -> &'static [u64] {
    static KEYS: OnceLock<Vec<u64>> = OnceLock::new();
    KEYS.get_or_init(|| keywords::all().iter().map(|row| key_of(row.name.as_bytes())).collect())
}

/// What writes an outline while statements are read.
#[derive(Debug)]
pub(crate) struct Recorder {
    outline: Outline,
    /// Whether entries are kept, or only the uses.
    keep: bool,
    levels: Vec<Level>,
    /// The last keyword that was recorded: a block that opens belongs to it.
    last: Option<(usize, Option<u32>)>,
    /// Which rows of the table have been seen.
    used: Vec<bool>,
}

impl Recorder {
    pub(crate) fn new(keep: bool) -> Self {
        Self {
            outline: Outline::default(),
            keep,
            levels: vec![Level { rows: Rows::of(keywords::block("root")), entry: None }],
            last: None,
            used: vec![false; keywords::all().len()],
        }
    }

    /// A statement that begins with a keyword, or should.
    pub(crate) fn keyword(&mut self, statement: &Statement) {
        let Some(&Level { rows: level, entry: parent }) = self.levels.last() else { return };
        let Rows { rows, start } = level;
        let row = level.find(statement.word(0));
        if let Some(index) = row.filter(|index| !self.used[start + index])
            && let Some(at) = statement.at(0)
        {
            self.used[start + index] = true;
            self.outline.uses.push((&rows[index], at));
        }
        let entry =
            if self.keep { self.push(parent, row.map(|index| &rows[index]), statement) } else { None };
        self.last = row.map(|index| (start + index, entry));
    }

    /// The number of the keyword that was recorded last, in the whole table.
    pub(crate) fn number(&self) -> Option<usize> {
        self.last.map(|(number, _)| number)
    }

    /// A line of a list.
    pub(crate) fn line(&mut self, statement: &Statement) {
        if self.keep {
            let parent = self.levels.last().and_then(|level| level.entry);
            let _entry = self.push(parent, None, statement);
        }
    }

    fn push(
        &mut self,
        parent: Option<u32>,
        keyword: Option<&'static Keyword>,
        statement: &Statement,
    ) -> Option<u32> {
        let at = statement.at(0)?;
        let value = (statement.len() > 1).then(|| statement.at(1)).flatten().map(|first| Location {
            end: statement.at(statement.len() - 1).map_or(first.end, |last| last.end.max(first.end)),
            ..first
        });
        let index = self.outline.entries.len() as u32;
        let name = if keyword.is_some_and(|keyword| keyword.shape.is_block()) {
            let words: Vec<_> = (1..statement.len()).map(|word| statement.text(word)).collect();
            words.join(" ").into()
        } else {
            Box::default()
        };
        self.outline.entries.push(Entry { parent, keyword, at, value, name });
        Some(index)
    }

    /// The block of the last keyword begins.
    pub(crate) fn enter(&mut self) {
        let level = match self.last.take() {
            Some((number, entry)) => Level { rows: Rows::inside(number), entry },
            None => Level { rows: Rows::default(), entry: None },
        };
        self.levels.push(level);
    }

    /// The block that was entered last is over.
    pub(crate) fn leave(&mut self) {
        if self.levels.len() > 1 {
            self.levels.pop();
        }
        self.last = None;
    }

    /// Takes over the uses that were recorded behind its own.
    pub(crate) fn used_later(&mut self, uses: Vec<(&'static Keyword, Location)>) {
        let used = &mut self.used;
        let first = |(keyword, _): &(&'static Keyword, Location)| {
            !std::mem::replace(&mut used[keywords::number(keyword)], true)
        };
        self.outline.uses.extend(uses.into_iter().filter(first));
    }

    pub(crate) fn finish(self) -> Outline {
        self.outline
    }
}
