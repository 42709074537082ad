//! The files a configuration was read from, and places in them.
//!
//! A place is a file and a range of octets; line and column are worked out here when someone asks.

use std::num::NonZeroU32;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// One of the files of a [`Files`]. Never zero, so that a place that may be missing takes no more room than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(NonZeroU32);

impl FileId {
    /// The first file: the configuration itself.
    pub(crate) const FIRST: Self = Self(NonZeroU32::MIN);

    fn new(index: usize) -> Self {
        Self(NonZeroU32::MIN.saturating_add(index as u32))
    }

    const fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// A range of octets in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// Offset of the first octet.
    pub start: u32,
    /// Offset behind the last octet.
    pub end: u32,
}

impl Location {
    /// The octets as a range.
    pub const fn range(self) -> Range<u32> {
        self.start..self.end
    }
}

/// A place for people: lines and columns from 1, columns in characters, the end behind the last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The line of the first octet.
    pub line: u32,
    /// The column of the first octet.
    pub column: u32,
    /// The line of the end.
    pub end_line: u32,
    /// The column of the end.
    pub end_column: u32,
}

/// How a file came to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Included {
    /// The line that includes it.
    pub at: Location,
    /// What that line is, in words.
    pub how: &'static str,
}

/// Lines that begin before this offset are counted when someone asks: sooner done than finding all of a long file.
const COUNTED: u32 = 16 << 10;

/// One file as it was read.
#[derive(Clone, Debug)]
pub struct File {
    path: PathBuf,
    included: Option<Included>,
    text: Arc<Vec<u8>>,
    /// Offsets of the lines, found when someone asks for a line for the first time.
    lines: OnceLock<Vec<u32>>,
}

impl File {
    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', &self.text);
            std::iter::once(0).chain(ends.map(|at| at as u32 + 1)).collect()
        })
    }

    /// The number of the line that holds an offset, from 0, and where it begins.
    fn line_of(&self, offset: u32) -> (usize, u32) {
        if offset < COUNTED
            && let Some(before) = self.text.get(..offset as usize)
        {
            let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
            return (memchr::memchr_iter(b'\n', before).count(), start as u32);
        }
        let lines = self.lines();
        let index = lines.partition_point(|&start| start <= offset) - 1;
        (index, lines[index])
    }

    /// The path it was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How it came to be read; `None` for the configuration itself.
    pub const fn included(&self) -> Option<Included> {
        self.included
    }

    /// Its octets, not always UTF-8.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    pub(crate) fn shared_text(&self) -> Arc<Vec<u8>> {
        Arc::clone(&self.text)
    }
}

/// Every file that was read, in the order of opening.
///
/// A file included twice is here twice: it may read differently each time.
#[derive(Clone, Debug, Default)]
pub struct Files {
    files: Vec<File>,
}

impl Files {
    pub(crate) fn add(&mut self, path: PathBuf, text: Vec<u8>, included: Option<Included>) -> FileId {
        let id = FileId::new(self.files.len());
        self.files.push(File { path, included, text: text.into(), lines: OnceLock::new() });
        id
    }

    /// The ids and files in the order they were opened.
    pub(crate) fn with_ids(&self) -> impl Iterator<Item = (FileId, &File)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId::new(index), file))
    }

    /// The file behind an id of this set.
    ///
    /// # Panics
    ///
    /// If the id comes from another [`Files`] and is out of its range.
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.index()]
    }

    /// The files in the order they were opened.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &File> {
        self.files.iter()
    }

    /// How many octets were read in all.
    pub fn octets(&self) -> usize {
        self.files.iter().map(|file| file.text.len()).sum()
    }

    /// Line and column of the first octet of `at`, both from 1; the column counts octets.
    pub fn line_column(&self, at: Location) -> (u32, u32) {
        let (line, start) = self.file(at.file).line_of(at.start);
        (line as u32 + 1, at.start - start + 1)
    }

    /// How a file came to be read, the line nearest to it first: one include after the other.
    pub fn inclusions(&self, file: FileId) -> impl Iterator<Item = Included> + '_ {
        // A file is included by one that was opened before it, so this ends.
        std::iter::successors(self.file(file).included, |included| self.file(included.at.file).included)
    }

    /// Lines and columns of both ends of `at`, columns in characters.
    ///
    /// An octet that is not UTF-8 counts as one character or belongs to one, as it is shown; in lines that nobody
    /// can read on a screen (beyond 64 KiB) octets are counted.
    pub fn place(&self, at: Location) -> Place {
        let (line, column) = self.character(at.file, at.start);
        let (end_line, end_column) = self.character(at.file, at.end.max(at.start));
        Place { line, column, end_line, end_column }
    }

    fn character(&self, file: FileId, offset: u32) -> (u32, u32) {
        const COUNTED_MAX: usize = 64 << 10;
        let file = self.file(file);
        let (line, start) = file.line_of(offset);
        let before = &file.text[start as usize..(offset as usize).min(file.text.len())];
        let column = if before.len() > COUNTED_MAX || before.is_ascii() {
            before.len()
        } else {
            String::from_utf8_lossy(before).chars().count()
        };
        (line as u32 + 1, column as u32 + 1)
    }

    /// The octets of the line that holds the first octet of `at`, without its end.
    pub(crate) fn line_range(&self, at: Location) -> Range<usize> {
        let file = self.file(at.file);
        let (line, start) = file.line_of(at.start);
        let end = file.lines().get(line + 1).map_or(file.text.len(), |&next| next as usize);
        let text = &file.text[start as usize..end];
        let content =
            text.iter().rposition(|octet| !matches!(octet, b'\n' | b'\r')).map_or(0, |last| last + 1);
        start as usize..start as usize + content
    }

    /// The whole line that holds the first octet of `at`, without its end, as far as it is UTF-8.
    pub fn line_text(&self, at: Location) -> String {
        let file = self.file(at.file);
        let (line, start) = file.line_of(at.start);
        let end = file.lines().get(line + 1).map_or(file.text.len(), |&next| next as usize);
        String::from_utf8_lossy(file.text[start as usize..end].trim_ascii_end()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns() {
        let mut files = Files::default();
        let file = files.add("x".into(), b"ab\r\n\n cd".to_vec(), None);
        for (offset, place, text) in [
            (0, (1, 1), "ab"),
            (1, (1, 2), "ab"),
            (4, (2, 1), ""),
            (5, (3, 1), " cd"),
            (6, (3, 2), " cd"),
            (8, (3, 4), " cd"),
        ] {
            let at = Location { file, start: offset, end: offset };
            assert_eq!((files.line_column(at), files.line_text(at).as_str()), (place, text), "{offset}");
        }
    }
}
