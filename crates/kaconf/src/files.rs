//! The files a configuration was read from, and places in them.
//!
//! A place is a file and a range of octets; line and column are worked out here when someone asks.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// One of the files of a [`Files`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(crate) u32);

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

/// One file as it was read.
#[derive(Clone, Debug)]
pub struct File {
    path: PathBuf,
    text: Arc<Vec<u8>>,
    /// Offsets of the lines, found when someone asks for a line for the first time.
    lines: OnceLock<Vec<u32>>,
}

impl File {
    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let ends = self.text.iter().enumerate().filter(|(_, octet)| **octet == b'\n');
            std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect()
        })
    }

    /// The number of the line that holds an offset, from 0, and where it begins.
    fn line_of(&self, offset: u32) -> (usize, u32) {
        let lines = self.lines();
        let index = lines.partition_point(|&start| start <= offset) - 1;
        (index, lines[index])
    }

    /// The path it was opened by.
    pub fn path(&self) -> &Path {
        &self.path
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
    pub(crate) fn add(&mut self, path: PathBuf, text: Vec<u8>) -> FileId {
        let id = FileId(self.files.len() as u32);
        self.files.push(File { path, text: text.into(), lines: OnceLock::new() });
        id
    }

    /// The file behind an id of this set.
    ///
    /// # Panics
    ///
    /// If the id comes from another [`Files`] and is out of its range.
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
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
        let file = files.add("x".into(), b"ab\r\n\n cd".to_vec());
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
