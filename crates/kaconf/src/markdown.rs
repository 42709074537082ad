//! The little of Markdown that the texts embedded in the crate use: headings, paragraphs, lists, fenced examples.
//!
//! Not a Markdown parser: the texts are the crate's own, and tests read them all.

/// What opens and closes an example.
const FENCE: &str = "```";

/// A piece of a text, in the order of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// A paragraph; its lines may be broken anew.
    Paragraph(&'a str),
    /// An item of a list, without its dash.
    Item(&'a str),
    /// An example.
    Code {
        /// What stands behind the fence: `conf`, `conf wrong`.
        kind: &'a str,
        /// Its lines, the last line end included.
        text: &'a str,
    },
}

/// The parts of a text: before the first heading of a level (`# `, `## `; its heading is empty), and below each.
///
/// A `#` inside an example is a comment there, not a heading.
pub(crate) fn sections<'a>(text: &'a str, mark: &str) -> Vec<(&'a str, &'a str)> {
    let mut parts = Vec::new();
    let (mut heading, mut start, mut at, mut fenced) = ("", 0, 0, false);
    for line in text.split_inclusive('\n') {
        if line.starts_with(FENCE) {
            fenced = !fenced;
        } else if let Some(title) = line.strip_prefix(mark).filter(|_| !fenced) {
            parts.push((heading, text[start..at].trim()));
            (heading, start) = (title.trim(), at + line.len());
        }
        at += line.len();
    }
    parts.push((heading, text[start..].trim()));
    parts
}

/// The pieces of a text without headings.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start_matches('\n');
    while !rest.is_empty() {
        let (piece, len) = piece(rest);
        pieces.push(piece);
        rest = rest[len..].trim_start_matches('\n');
    }
    pieces
}

/// The first piece of a text that does not begin with an empty line, and its length.
fn piece(text: &str) -> (Piece<'_>, usize) {
    if let Some(fenced) = text.strip_prefix(FENCE) {
        let (kind, body) = fenced.split_once('\n').unwrap_or((fenced, ""));
        let end = body.find("\n```").map_or(body.len(), |end| end + 1);
        let len = (text.len() - body.len() + end + FENCE.len()).min(text.len());
        return (Piece::Code { kind: kind.trim(), text: &body[..end] }, len);
    }
    let mut len = 0;
    for line in text.split_inclusive('\n') {
        let ends = line.trim().is_empty() || line.starts_with(FENCE) || (len > 0 && line.starts_with("- "));
        if ends {
            break;
        }
        len += line.len();
    }
    let body = text[..len].trim_end();
    (body.strip_prefix("- ").map_or(Piece::Paragraph(body), Piece::Item), len)
}

/// The first example of a kind.
pub(crate) fn example<'a>(text: &'a str, wanted: &str) -> Option<&'a str> {
    pieces(text).into_iter().find_map(|piece| match piece {
        Piece::Code { kind, text } if kind == wanted => Some(text),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "lead\n\n# A\n\none\ntwo\n- item\n  more\n\n```conf\n# no heading\nx\n```\n\n## B\nb\n# C\n";

    #[test]
    fn headings_part_a_text_and_comments_do_not() {
        let parts = sections(TEXT, "# ");
        let names: Vec<_> = parts.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["", "A", "C"]);
        assert_eq!(parts[0].1, "lead");
        assert!(parts[1].1.ends_with("## B\nb"));
    }

    #[test]
    fn a_text_is_paragraphs_items_and_examples() {
        let parts = sections(TEXT, "# ");
        let lead = sections(parts[1].1, "## ")[0].1;
        assert_eq!(
            pieces(lead),
            [
                Piece::Paragraph("one\ntwo"),
                Piece::Item("item\n  more"),
                Piece::Code { kind: "conf", text: "# no heading\nx\n" },
            ]
        );
        assert_eq!(example(lead, "conf"), Some("# no heading\nx\n"));
        assert_eq!(example(lead, "wrong"), None);
    }

    #[test]
    fn an_example_without_its_end_ends_with_the_text() {
        for text in ["```", "```conf", "```conf\n", "```conf\nx", "```conf\nx\n``"] {
            assert_eq!(pieces(text).len(), 1, "{text:?}");
        }
    }
}
