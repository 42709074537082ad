//! A part of a file, read without knowing what stands before it, and the way over it for who has read up to there.

use super::Expander;
use super::include::Frame;
use crate::files::{FileId, Files};
use crate::options::Options;
use crate::source::Source;

impl<'a> Expander<'a> {
    /// Reads the first of these files from an offset to its end, as long as no line depends on what stands before it.
    pub(crate) fn part(source: &'a dyn Source, options: &'a Options, files: Files, at: usize) -> Self {
        let mut part = Self::new(source, options);
        part.is_part = true;
        part.frames.extend(files.iter().next().map(|file| Frame::part(file.shared_text(), at)));
        part.files = files;
        part
    }

    /// Whether the next line is that at an offset of the first file, with nothing else to hand out before it.
    pub(crate) fn rests_at(&self, at: usize) -> bool {
        let [frame] = &*self.frames else { return false };
        let handed_out = self.current.next >= self.current.tokens.len() && self.residue.is_none();
        let makes_lines = self.defining.is_some() || !self.sequences.is_empty() || !self.multi.is_empty();
        frame.file() == FileId::FIRST
            && frame.rest().1 == at
            && handed_out
            && !(makes_lines || self.parent || self.halted)
    }

    /// How many lines were read or made.
    pub(crate) const fn lines(&self) -> usize {
        self.lines
    }

    /// Passes over the rest of the file at hand, which somebody else has read to its end; so many lines count for
    /// that. False, and nothing is passed over, if they are too many.
    pub(crate) fn pass_over_file(&mut self, lines: usize) -> bool {
        let fits = self.lines.saturating_add(lines) <= self.options.limits.lines;
        // The end itself, which comes in two steps, is yet to be read.
        let lines = self.lines + lines.saturating_sub(2);
        if let Some(frame) = self.frames.last_mut().filter(|_| fits) {
            let rest = frame.rest().0.len();
            frame.pass(rest);
            self.lines = lines;
        }
        fits
    }
}
