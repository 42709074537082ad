//! The files a configuration was read from, and places in them.
//!
//! A place is a file and a range of octets; line and column are worked out here when someone asks.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    text: Arc<[u8]>,
}

impl File {
    /// The path it was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its octets, not always UTF-8.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    pub(crate) fn shared_text(&self) -> Arc<[u8]> {
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
        self.files.push(File { path, text: text.into() });
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
        let text = self.file(at.file).text();
        let before = &text[..text.len().min(at.start as usize)];
        let line = before.iter().filter(|&&octet| octet == b'\n').count();
        let start = before.iter().rposition(|&octet| octet == b'\n').map_or(0, |newline| newline + 1);
        (line as u32 + 1, (before.len() - start) as u32 + 1)
    }

    /// The whole line that holds the first octet of `at`, without its end, as far as it is UTF-8.
    pub fn line_text(&self, at: Location) -> String {
        let text = self.file(at.file).text();
        let at = text.len().min(at.start as usize);
        let start = text[..at].iter().rposition(|&octet| octet == b'\n').map_or(0, |newline| newline + 1);
        let end =
            text[at..].iter().position(|&octet| octet == b'\n').map_or(text.len(), |newline| at + newline);
        String::from_utf8_lossy(text[start..end].trim_ascii_end()).into_owned()
    }
}
