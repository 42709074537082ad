//! The pages: one for each block outside of all others, one for keywords outside of blocks, one for codes, one for
//! how a file is read, and the index.

use std::fmt::Write as _;

use kaconf::Code;
use kaconf::explain::{facts, topics};
use kaconf::keywords::{self, Keyword};

use super::Tree;

/// Where the page comes from, for whoever wants to change it.
const NOTE: &str =
    "<!-- Made by cargo xtask docs of the table in crates/kaconf/src/keywords; do not edit. -->\n\n";

/// What stands behind the fence of an example of a code, and what is written above it.
const EXAMPLES: [(&str, &str); 5] = [
    ("wrong", "Wrong"),
    ("right", "Right"),
    ("a", "One node"),
    ("b wrong", "The other node, wrong"),
    ("b right", "The other node, right"),
];

pub(super) fn all() -> Tree {
    let mut tree = Tree::new();
    for keyword in blocks() {
        tree.insert(format!("{}.md", keyword.name), block_page(keyword));
    }
    tree.insert("outside-of-blocks.md".to_owned(), root_page());
    tree.insert("codes.md".to_owned(), codes());
    tree.insert("preprocessor.md".to_owned(), preprocessor());
    tree.insert("README.md".to_owned(), index());
    for text in tree.values_mut() {
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    tree
}

/// The blocks that stand outside of all others and have keywords.
fn blocks() -> impl Iterator<Item = &'static Keyword> {
    keywords::block("root").iter().filter(|keyword| keyword.is_block())
}

/// A block and the blocks in it.
fn block_page(block: &Keyword) -> String {
    let mut out = format!("# {}\n\n{NOTE}", block.name);
    block_text(&mut out, block);
    let inside = format!("{}/", block.name);
    for path in keywords::blocks().filter(|path| path.starts_with(&inside)) {
        let (outer, name) = path.rsplit_once('/').unwrap_or(("root", path));
        if let Some(block) = keywords::find(outer, name) {
            let _ = write!(out, "## {path}\n\n");
            block_text(&mut out, block);
        }
    }
    out
}

/// What a block is, a table of its keywords, and more about some of them.
fn block_text(out: &mut String, block: &Keyword) {
    let _ = write!(out, "{}\n\n{}\n\n", usage(block), block.help);
    more(out, block);
    let path = block.path();
    table(out, keywords::block(&path).iter());
    for keyword in keywords::block(&path).iter().filter(|keyword| !keyword.is_block()) {
        section(out, keyword);
    }
}

/// More about a keyword, if there is more.
fn section(out: &mut String, keyword: &Keyword) {
    if keyword.details().is_some() {
        let _ = write!(out, "### {}\n\n{}\n\n{}\n\n", code(&keyword.path()), usage(keyword), keyword.help);
        more(out, keyword);
    }
}

fn more(out: &mut String, keyword: &Keyword) {
    for text in [&*facts(keyword), keyword.details().unwrap_or_default()] {
        if !text.is_empty() {
            let _ = write!(out, "{text}\n\n");
        }
    }
}

/// Keywords, each in a line.
fn table<'a>(out: &mut String, rows: impl Iterator<Item = &'a Keyword>) {
    out.push_str("| keyword | default | |\n|---|---|---|\n");
    for keyword in rows {
        let usage: Vec<_> = keyword.usage().lines().map(|form| cell(&code(form.trim()))).collect();
        let default = if keyword.default == "-" { "" } else { keyword.default };
        let mut help = keyword.help.to_owned();
        match keyword.since {
            "2.2" => {}
            "unreleased" => help.push_str(" Not in keepalived 2.4.3."),
            since => {
                let _ = write!(help, " Since {since}.");
            }
        }
        if let Some(newer) = keyword.instead() {
            let _ = write!(help, " Old: use {newer}.");
        }
        let _ = writeln!(out, "| {} | {} | {} |", usage.join("<br>"), cell(default), cell(&help));
    }
    out.push('\n');
}

/// Code that a `|` does not end.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', if text.starts_with('`') { "<" } else { "\\<" })
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn usage(keyword: &Keyword) -> String {
    let forms: Vec<_> = keyword.usage().lines().map(|form| form.trim().to_owned()).collect();
    format!("```text\n{}\n```", forms.join("\n"))
}

fn root_page() -> String {
    let mut out = format!("# Keywords outside of blocks\n\n{NOTE}");
    let rows = || keywords::block("root").iter().filter(|keyword| !keyword.is_block());
    table(&mut out, rows());
    for keyword in rows() {
        section(&mut out, keyword);
    }
    out
}

fn codes() -> String {
    let mut out = format!("# Codes\n\n{NOTE}");
    out.push_str(
        "Each message about a configuration has a code that stays the same. `kad explain K200` prints what\n\
         stands here.\n\n",
    );
    for code in Code::ALL {
        let _ = write!(out, "## {code} {}\n\nSeverity: {}.\n\n", code.title(), code.severity().name());
        let mut text = code.details().to_owned();
        for (kind, name) in EXAMPLES {
            text = text.replace(&format!("```conf {kind}\n"), &format!("{name}:\n\n```conf\n"));
        }
        let _ = write!(out, "{text}\n\n");
    }
    out
}

fn preprocessor() -> String {
    let mut out = format!("# How a configuration is read\n\n{NOTE}");
    for topic in topics() {
        let _ = write!(out, "## {}: {}\n\n{}\n\n", topic.name, topic.title, topic.text);
    }
    out
}

fn index() -> String {
    let mut out = format!("# keepalived.conf\n\n{NOTE}");
    out.push_str(
        "The configuration language of keepalived, as kad reads it. On the command line `kad explain WORD` says the\n\
         same; [keywords.json](keywords.json) has the table for programs, and what `kad dump --format json` prints is as\n\
         [model.schema.json](model.schema.json) says.\n\n\
         - [How a configuration is read](preprocessor.md): lines, conditions, definitions, sequences, includes, values\n\
         - [Keywords outside of blocks](outside-of-blocks.md)\n\
         - [Codes](codes.md) of messages\n\n\
         | block | |\n|---|---|\n",
    );
    for block in blocks() {
        let _ = writeln!(out, "| [{0}]({0}.md) | {1} |", block.name, cell(block.help));
    }
    out
}
