//! Plain text for a terminal: headings, paragraphs, examples and tables, wrapped.

use crate::markdown::{Piece, pieces};

/// Columns of a line at most, examples excepted.
pub(super) const WIDTH: usize = 100;
/// Columns that the left side of a table may take from the right one.
const LEFT_MAX: usize = 30;

/// A title with a line under it.
pub(super) fn heading(title: &str) -> String {
    let mut out = String::new();
    wrapped(&mut out, "", title);
    let width = out.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    out.push_str(&"-".repeat(width));
    out.push_str("\n\n");
    out
}

/// Text without line ends of its own, its lines after the first one behind `indent`.
pub(super) fn wrapped(out: &mut String, indent: &str, text: &str) {
    let mut width = out.rsplit('\n').next().map_or(0, |line| line.chars().count());
    let mut first = true;
    for word in text.split_whitespace() {
        let len = word.chars().count();
        if !first && width + 1 + len > WIDTH {
            out.push('\n');
            out.push_str(indent);
            width = indent.len();
        } else if !first {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += len;
        first = false;
    }
    out.push('\n');
}

/// The texts of the crate: paragraphs, lists, examples.
pub(super) fn markdown(out: &mut String, text: &str) {
    let mut after_item = false;
    for (at, piece) in pieces(text).into_iter().enumerate() {
        let item = matches!(piece, Piece::Item(_));
        if at > 0 && !(item && after_item) {
            out.push('\n');
        }
        match piece {
            Piece::Paragraph(text) => wrapped(out, "", &plain(text)),
            Piece::Item(text) => {
                out.push_str("  - ");
                wrapped(out, "    ", &plain(text));
            }
            Piece::Code { kind, text } => {
                match kind {
                    "conf wrong" => out.push_str("Wrong:\n\n"),
                    "conf right" => out.push_str("Right:\n\n"),
                    "conf a" => out.push_str("One node:\n\n"),
                    "conf b wrong" => out.push_str("The other node, wrong:\n\n"),
                    "conf b right" => out.push_str("The other node, right:\n\n"),
                    _ => {}
                }
                out.push_str(&indented(text));
            }
        }
        after_item = item;
    }
}

/// Without the marks that a terminal does not show.
fn plain(text: &str) -> String {
    text.replace('`', "")
}

/// An example, away from the margin.
pub(super) fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}

/// Names and what they are, in two columns.
pub(super) fn table<'a>(out: &mut String, rows: impl Iterator<Item = (&'a str, &'a str)> + Clone) {
    let left = rows.clone().map(|(name, _)| name.chars().count()).filter(|&width| width <= LEFT_MAX).max();
    let left = left.unwrap_or(LEFT_MAX);
    let indent = " ".repeat(left + 4);
    for (name, text) in rows {
        out.push_str(&format!("  {name:left$}"));
        // A name that is too long has its line for itself.
        if name.chars().count() > left {
            out.push_str(&format!("\n{indent}"));
        } else {
            out.push_str("  ");
        }
        wrapped(out, &indent, text);
    }
}

/// With one line end.
pub(super) fn ended(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}
