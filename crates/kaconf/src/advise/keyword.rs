//! An unknown keyword: what was probably meant by it, or where it belongs.

use crate::code::Code;
use crate::diag::Diagnostic;
use crate::expand::Statement;
use crate::files::{Files, Location};
use crate::keywords::{self, Meant, Status};

use super::lookalike;

/// As many blocks are named as places a keyword belongs to.
const BLOCKS_MAX: usize = 3;

/// Adds what helps to the complaint about the first word of a statement in a block.
pub(crate) fn unknown_keyword(
    diagnostic: Diagnostic,
    statement: &Statement,
    path: &str,
    files: &Files,
) -> Diagnostic {
    let word = statement.text(0);
    // Where the word itself stands in the file it can be replaced there.
    let at = statement.at(0).filter(|at| is_at(files, *at, word.as_bytes()));
    let typed = Typed { word: &word, at };
    if word.chars().any(|character| lookalike::known(character).is_some()) {
        return diagnostic;
    }
    match comment_sign(&word) {
        Some(sign) => return typed.comment(diagnostic, sign),
        None if word.starts_with("*") => {
            return diagnostic.help("comments begin with '#' or '!', on every line");
        }
        None => {}
    }
    if path == "root" && word == "Configuration" {
        return typed.mend(diagnostic, "a comment begins with '#' or '!'".to_owned(), "! Configuration");
    }
    if let Some(text) = special(&word) {
        return diagnostic.help(text);
    }
    match joined(&word, path) {
        Some((keyword, rest)) => typed.apart(diagnostic, keyword, rest),
        None => typed.meant(diagnostic, path),
    }
}

/// Adds the name that is used today to the complaint about an old one.
pub(super) fn newer_name(diagnostic: &mut Diagnostic, files: &Files) {
    let Some(at) =
        diagnostic.at.filter(|_| diagnostic.code == Code::Deprecated && diagnostic.helps.is_empty())
    else {
        return;
    };
    let Some(word) = files.file(at.file).text().get(at.start as usize..at.end as usize) else { return };
    let mut old = keywords::all().iter().filter(|keyword| keyword.name.as_bytes() == word);
    if let Some(newer) = old.find_map(|old| keywords::newer(old, old.block)) {
        *diagnostic = diagnostic.clone().mend(format!("write '{}'", newer.name), at, newer.name);
    }
}

struct Typed<'a> {
    word: &'a str,
    at: Option<Location>,
}

impl Typed<'_> {
    fn mend(&self, diagnostic: Diagnostic, text: String, with: &str) -> Diagnostic {
        match self.at {
            Some(at) => diagnostic.mend(text, at, with),
            None => diagnostic.help(text),
        }
    }

    fn comment(&self, diagnostic: Diagnostic, sign: &str) -> Diagnostic {
        let text = format!("a comment begins with '#' or '!', not with '{sign}'");
        self.mend(diagnostic, text, &self.word.replacen(sign, "#", 1))
    }

    /// A keyword with something stuck to it.
    fn apart(&self, diagnostic: Diagnostic, keyword: &str, rest: &str) -> Diagnostic {
        let value = rest.trim_matches(['=', ':', ';', ',']);
        let with = if value.is_empty() { keyword.to_owned() } else { format!("{keyword} {value}") };
        let text = match rest.chars().next() {
            Some(sign @ (';' | ',')) => format!("leave the '{sign}' away: a line ends by itself"),
            Some(sign @ ('=' | ':')) if value.is_empty() => {
                format!(
                    "leave the '{sign}' away: a blank stands between a keyword and its value, nothing else"
                )
            }
            _ => format!("a blank stands between a keyword and its value: '{with}'"),
        };
        self.mend(diagnostic, text, &with)
    }

    fn meant(&self, diagnostic: Diagnostic, path: &str) -> Diagnostic {
        match keywords::meant(path, self.word) {
            None => diagnostic,
            Some(Meant::Here(keyword)) => {
                let mut text = format!("did you mean '{}'?", keyword.name);
                let is_deprecated = keyword.status == Status::Deprecated;
                if let Some(instead) = keyword.instead().filter(|_| is_deprecated) {
                    text.push_str(&format!(" It is deprecated: use {instead}"));
                }
                self.mend(diagnostic, text, keyword.name)
            }
            Some(Meant::Renamed(keyword)) => {
                let text =
                    format!("'{}' is an old name, and not of this block: use '{}'", self.word, keyword.name);
                self.mend(diagnostic, text, keyword.name)
            }
            Some(Meant::Elsewhere(name, blocks)) if name == self.word => {
                diagnostic.help(format!("'{name}' belongs {}", places(&blocks)))
            }
            // To replace the word alone would not mend it.
            Some(Meant::Elsewhere(name, blocks)) => {
                diagnostic.help(format!("did you mean '{name}'? It belongs {}", places(&blocks)))
            }
        }
    }
}

/// `inside 'a', 'b' or 'c'`
fn places(blocks: &[&str]) -> String {
    if blocks.first() == Some(&"root") {
        return "outside of all blocks".to_owned();
    }
    let mut names: Vec<&str> = Vec::new();
    for block in blocks {
        let name = block.rsplit('/').next().unwrap_or(block);
        if *block != "root" && !names.contains(&name) {
            names.push(name);
        }
    }
    let others = names.len().saturating_sub(BLOCKS_MAX);
    names.truncate(BLOCKS_MAX);
    let quoted: Vec<_> = names.iter().map(|name| format!("'{name}'")).collect();
    match (quoted.split_last(), others) {
        (Some((last, [])), 0) => format!("inside {last}"),
        (Some((last, rest)), 0) => format!("inside {} or {last}", rest.join(", ")),
        _ => format!("inside {} or {others} other blocks", quoted.join(", ")),
    }
}

/// Words that people expect to mean something.
fn special(word: &str) -> Option<&'static str> {
    Some(match word {
        "\\" => "a line goes on behind a '\\' only in a definition, '$NAME='",
        "lvs_id" => "'router_id' is what this was called later",
        "nat_mask" => "remove the line: what it set has long been gone",
        _ => return None,
    })
}

/// How another language begins a comment.
fn comment_sign(word: &str) -> Option<&'static str> {
    ["//", "/*", "--", "<!--", ";"].into_iter().find(|sign| word.starts_with(sign))
}

/// A keyword at the start of a word, and what is stuck to it: `name=1`, `name:`, `name;`, `name10.0.0.1`.
fn joined<'w>(word: &'w str, path: &str) -> Option<(&'static str, &'w str)> {
    let end = word.find(['=', ':', ';', ',']).or_else(|| word.find(|c: char| c.is_ascii_digit()))?;
    let (name, rest) = word.split_at(end);
    let stuck = !rest.as_bytes()[0].is_ascii_digit();
    let exact = keywords::find(path, name).map(|keyword| keyword.name);
    let found = exact.or_else(|| keywords::suggest(path, name).filter(|_| stuck && name.len() > 3))?;
    Some((found, rest))
}

fn is_at(files: &Files, at: Location, word: &[u8]) -> bool {
    files.file(at.file).text().get(at.start as usize..at.end as usize) == Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_named() {
        for (blocks, want) in [
            (&["root"][..], "outside of all blocks"),
            (&["virtual_server"], "inside 'virtual_server'"),
            (&["a/b", "c"], "inside 'b' or 'c'"),
            (&["a/b", "c", "d", "e/b"], "inside 'b', 'c' or 'd'"),
            (&["a", "b", "c", "d", "e"], "inside 'a', 'b', 'c' or 2 other blocks"),
        ] {
            assert_eq!(places(blocks), want);
        }
    }

    #[test]
    fn what_is_stuck_together_comes_apart() {
        for (path, word, want) in [
            ("virtual_server/real_server/TCP_CHECK", "connect_timeout=10", Some(("connect_timeout", "=10"))),
            ("vrrp_instance", "priority:", Some(("priority", ":"))),
            ("vrrp_instance", "nopreempt;", Some(("nopreempt", ";"))),
            ("vrrp_instance", "prioritty=100", Some(("priority", "=100"))),
            ("root", "virtual_server192.168.0.100", Some(("virtual_server", "192.168.0.100"))),
            ("root", "10.0.0.1", None),
            ("root", "fe80::1", None),
        ] {
            assert_eq!(joined(word, path), want, "{word}");
        }
    }
}
