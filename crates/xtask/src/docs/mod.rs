//! `cargo xtask docs`: docs/config/, made of kaconf's table of keywords and the texts beside it.
//!
//! Nothing here knows a keyword: what a page says is the table's, this is layout and files.

mod json;
mod pages;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::repo;
use crate::tally::Verdict;

/// The files below docs/config/ by name.
type Tree = BTreeMap<String, String>;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Write nothing; fail if a page is not what the table gives.
    #[arg(long)]
    check: bool,
}

/// Writes the pages, or looks whether they are fresh.
pub(crate) fn run(options: &Options) -> ExitCode {
    let wrong = if options.check { stale() } else { write() };
    for line in &wrong {
        eprintln!("{line}");
    }
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// As a suite.
pub(crate) fn suite() -> Verdict {
    let mut verdict = Verdict::default();
    let wrong = stale();
    if wrong.is_empty() {
        verdict.pass();
    }
    for line in wrong {
        verdict.fail(line);
    }
    verdict
}

fn folder() -> PathBuf {
    repo::root().join("docs/config")
}

fn wanted() -> Tree {
    let mut tree = pages::all();
    tree.insert("keywords.json".to_owned(), json::keywords());
    tree.insert("model.schema.json".to_owned(), kaconf::model::json_schema() + "\n");
    tree
}

/// What differs from what the table gives.
fn stale() -> Vec<String> {
    let wanted = wanted();
    let mut wrong = Vec::new();
    for (name, text) in &wanted {
        if fs::read_to_string(folder().join(name)).ok().as_ref() != Some(text) {
            wrong.push(format!("docs/config/{name} is not fresh: cargo xtask docs"));
        }
    }
    for name in leftovers(&wanted).unwrap_or_default() {
        wrong.push(format!("docs/config/{name} is made of nothing: remove it"));
    }
    wrong
}

/// Files that nothing makes any more.
fn leftovers(wanted: &Tree) -> io::Result<Vec<String>> {
    let entries = fs::read_dir(folder())?.collect::<io::Result<Vec<_>>>()?;
    let names = entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned());
    Ok(names.filter(|name| !wanted.contains_key(name)).collect())
}

/// Writes what differs; what went wrong.
fn write() -> Vec<String> {
    let wanted = wanted();
    let mut wrong = Vec::new();
    let made = fs::create_dir_all(folder()).map_err(|error| format!("docs/config: {error}"));
    wrong.extend(made.err());
    for (name, text) in &wanted {
        let path = folder().join(name);
        if fs::read_to_string(&path).ok().as_ref() == Some(text) {
            continue;
        }
        match fs::write(&path, text) {
            Ok(()) => println!("docs/config/{name}"),
            Err(error) => wrong.push(format!("docs/config/{name}: {error}")),
        }
    }
    for name in leftovers(&wanted).unwrap_or_default() {
        wrong.extend(fs::remove_file(folder().join(&name)).err().map(|error| format!("{name}: {error}")));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_has_its_place_and_every_link_its_file() {
        let tree = wanted();
        let texts: String = tree.values().map(String::as_str).collect();
        for block in kaconf::keywords::blocks() {
            assert!(texts.contains(&format!("# {block}\n")), "{block}");
        }
        for code in kaconf::Code::ALL {
            assert!(tree["codes.md"].contains(&format!("## {code} {}\n", code.title())), "{code}");
        }
        for page in tree.keys().filter(|name| *name != "README.md") {
            assert!(tree["README.md"].contains(&format!("]({page})")), "{page} is not in the index");
        }
    }

    #[test]
    fn pages_end_with_one_line_end_and_have_no_blanks_behind_lines() {
        for (name, text) in wanted() {
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{name}");
            assert!(!text.contains("\n\n\n") && !text.lines().any(|line| line.ends_with(' ')), "{name}");
        }
    }
}
