//! Diagnostics as a compiler shows them: the line itself, the words underlined, and what to write instead.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet};

use super::Finding;
use super::outcome::outcome;
use super::window::{safe, window, windows};
use crate::diag::{Edit, Help, Note, Severity};
use crate::files::{Files, Location};

/// How diagnostics are to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// With the escapes that colour a terminal.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self { color: false, width: 140 }
    }
}

/// The diagnostic with the text it is about, over several lines without a last line end.
pub fn snippet(finding: Finding<'_>, look: Look) -> String {
    let Finding { diagnostic, files } = finding;
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut main = Group::with_title(level.primary_title(safe(&diagnostic.message)).id(diagnostic.code.id()));
    if let Some(at) = diagnostic.at {
        main = main.elements(shown(at, files));
    }
    // What is about the same place needs no second look at it.
    let elsewhere = |note: &&Note| note.at.is_some() && note.at != diagnostic.at;
    for note in diagnostic.notes.iter().filter(|note| !elsewhere(note)) {
        main = main.element(Level::NOTE.message(safe(&note.text)));
    }
    if let Some(outcome) = outcome(diagnostic, files) {
        main = main.element(Level::NOTE.message(outcome));
    }
    for help in diagnostic.helps.iter().filter(|help| help.edits.is_empty()) {
        main = main.element(Level::HELP.message(safe(&help.text)));
    }
    let mut groups = vec![main];
    for note in diagnostic.notes.iter().filter(elsewhere) {
        if let Some(at) = note.at {
            groups.push(Level::NOTE.secondary_title(safe(&note.text)).elements(shown(at, files)));
        }
    }
    for included in diagnostic.at.into_iter().flat_map(|at| files.inclusions(at.file)) {
        groups.push(Level::NOTE.secondary_title(included.how).elements(shown(included.at, files)));
    }
    groups.extend(
        diagnostic.helps.iter().filter(|help| !help.edits.is_empty()).map(|help| mended(help, files)),
    );
    let renderer = if look.color { Renderer::styled() } else { Renderer::plain() };
    renderer.term_width(look.width.max(40)).render(&groups)
}

/// A place: its file, line and column, and the line.
fn shown<'a>(at: Location, files: &Files) -> Vec<Element<'a>> {
    let place = files.place(at);
    let window = window(files, at);
    let snippet = Snippet::source(window.text)
        .line_start(place.line as usize)
        .annotation(AnnotationKind::Primary.span(window.span));
    let path = files.file(at.file).path().to_string_lossy();
    let path = safe(&path);
    if window.cut {
        // The column cannot be told from what is shown.
        let origin = Origin::path(path).line(place.line as usize).char_column(place.column as usize);
        return vec![origin.into(), snippet.into()];
    }
    vec![snippet.path(path).into()]
}

/// A help with the lines as they would be.
fn mended<'a>(help: &'a Help, files: &Files) -> Group<'a> {
    let mut edits: Vec<&Edit> = help.edits.iter().collect();
    edits.sort_by_key(|edit| edit.at);
    let line = |edit: &Edit| (edit.at.file, files.place(edit.at).line);
    let mut group = Group::with_title(Level::HELP.secondary_title(safe(&help.text)));
    for edits in edits.chunk_by(|a, b| line(a) == line(b)) {
        let places: Vec<_> = edits.iter().map(|edit| edit.at).collect();
        let Some((text, spans)) = windows(files, &places) else { continue };
        let patches = spans.into_iter().zip(edits).map(|(span, edit)| Patch::new(span, safe(&edit.with)));
        let start = edits.first().map_or(1, |edit| line(edit).1);
        group = group.element(Snippet::source(text).line_start(start as usize).patches(patches));
    }
    group
}
