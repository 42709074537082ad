//! keywords.json: the table for editors to complete from.

use std::fmt::Write as _;

use kaconf::keywords::{self, Keyword};

/// A block a member, its keywords the members of that.
pub(super) fn keywords() -> String {
    let blocks = ["root"].into_iter().chain(keywords::blocks());
    let blocks: Vec<_> = blocks.map(block).collect();
    format!("{{\n{}\n}}\n", blocks.join(",\n"))
}

fn block(path: &'static str) -> String {
    let rows: Vec<_> = keywords::block(path).iter().map(row).collect();
    format!("  {}: {{\n{}\n  }}", string(path), rows.join(",\n"))
}

fn row(keyword: &Keyword) -> String {
    let members = [
        ("shape", keyword.shape.name()),
        ("grammar", keyword.grammar),
        ("default", keyword.default),
        ("since", keyword.since),
        ("status", keyword.status.name()),
        ("replaced_by", keyword.replaced_by),
        ("help", keyword.help),
    ];
    // What is empty or says nothing is left out.
    let members: Vec<_> = members
        .iter()
        .filter(|(_, value)| !matches!(*value, "" | "-"))
        .map(|(name, value)| format!("{}: {}", string(name), string(value)))
        .collect();
    let words: Vec<_> = keyword.words().into_iter().map(string).collect();
    let words = if words.is_empty() { String::new() } else { format!(", \"words\": [{}]", words.join(", ")) };
    format!("    {}: {{ {}{words} }}", string(keyword.name), members.join(", "))
}

/// A JSON string (RFC 8259 section 7).
fn string(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        assert_eq!(string("a\"b\\c\n"), r#""a\"b\\c\u000a""#);
    }

    #[test]
    fn every_row_is_there() {
        let text = keywords();
        let rows = text.lines().filter(|line| line.starts_with("    \"")).count();
        assert_eq!(rows, keywords::all().len());
        let depth = |c: char| text.matches(c).count();
        assert_eq!(depth('{'), depth('}'), "a grammar with one brace would make this test useless");
    }
}
