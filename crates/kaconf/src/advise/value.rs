//! A value that is none of those a keyword knows: the one that was probably meant, or all there are.

use super::range;
use crate::code::Code;
use crate::diag::Diagnostic;
use crate::expand::LINE_MAX;
use crate::files::{Files, Location};
use crate::keywords::{self, suggest_value};
use crate::syntax::{Kind, Refs, lex_line};

/// What other programs call true and false.
const OTHER_BOOLEANS: [(&str, &str); 6] = [
    ("1", "true"),
    ("enable", "true"),
    ("enabled", "true"),
    ("0", "false"),
    ("disable", "false"),
    ("disabled", "false"),
];
/// What other programs, and other people, call the states.
const OTHER_STATES: [(&str, &str); 6] = [
    ("SLAVE", "BACKUP"),
    ("STANDBY", "BACKUP"),
    ("SECONDARY", "BACKUP"),
    ("EQUAL", "BACKUP"),
    ("PRIMARY", "MASTER"),
    ("ACTIVE", "MASTER"),
];
const BOOLEANS: [&str; 6] = ["true", "on", "yes", "false", "off", "no"];

/// Adds what helps to a complaint about a value that stands in a file as it is.
pub(super) fn help(diagnostic: &mut Diagnostic, files: &Files) {
    if diagnostic.code == Code::MissingParameter {
        return missing(diagnostic, files);
    }
    // Codes of values, and those of meaning that are about one.
    let is_value = diagnostic.code.id().starts_with("K3")
        || matches!(diagnostic.code, Code::Authentication | Code::BadWeight);
    let is_value = is_value
        && !matches!(diagnostic.code, Code::Truncated | Code::Repeated | Code::Adjusted | Code::Unusual);
    if !is_value || !diagnostic.helps.is_empty() {
        return;
    }
    let Some(at) = diagnostic.at else { return };
    let Some((head, word)) = words(files, at) else { return };
    let mended = if matches!(word.as_str(), "=" | ":") {
        let text =
            format!("leave the '{word}' away: a blank stands between a keyword and its value, nothing else");
        diagnostic.clone().mend(text, behind(files, at), "")
    } else if let Some(rest) = word.strip_prefix('=').filter(|rest| !rest.is_empty()) {
        let text = format!("a blank stands between a keyword and its value, nothing else: '{head} {rest}'");
        diagnostic.clone().mend(text, at, rest)
    } else if let Some((option, value)) = assigned(&word).filter(|_| is_option(diagnostic)) {
        let text = format!("a blank stands between an option and its value: '{option} {value}'");
        diagnostic.clone().mend(text, at, format!("{option} {value}"))
    } else if diagnostic.code == Code::BadBoolean {
        let lower = word.to_ascii_lowercase();
        let other = OTHER_BOOLEANS.iter().find(|(other, _)| *other == lower).map(|(_, own)| *own);
        let Some(meant) = other.or_else(|| suggest_value(&BOOLEANS, &word)) else { return };
        diagnostic.clone().mend(format!("did you mean '{meant}'?"), at, meant)
    } else {
        let values = keywords::all().iter().filter(|keyword| keyword.name == head).map(keywords::values_of);
        let Some(values) =
            values.max_by_key(Vec::len).filter(|values| !values.is_empty() && !values.contains(&&*word))
        else {
            return;
        };
        let usual =
            OTHER_STATES.iter().find(|(other, _)| head == "state" && word.eq_ignore_ascii_case(other));
        match usual.map(|(_, own)| *own).or_else(|| suggest_value(&values, &word)) {
            Some(meant) => diagnostic.clone().mend(format!("did you mean '{meant}'?"), at, meant),
            // Some messages list them.
            None if values.iter().all(|value| diagnostic.message.contains(value)) => return,
            None => diagnostic.clone().help(format!("'{head}' knows {}", listed(&values))),
        }
    };
    *diagnostic = mended;
}

/// Whether it is about a word that should have been the name of an option.
fn is_option(diagnostic: &Diagnostic) -> bool {
    diagnostic.message.contains("unknown option")
}

/// `weight=5` in its parts.
fn assigned(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let is_name =
        !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'_');
    (is_name && !value.is_empty() && !value.contains('=')).then_some((name, value))
}

/// Shows what a keyword without its value takes, where that is the same in all blocks that have it.
fn missing(diagnostic: &mut Diagnostic, files: &Files) {
    let Some(at) = diagnostic.at else { return };
    let Some(word) = files.file(at.file).text().get(at.start as usize..at.end as usize) else { return };
    let mut rows = keywords::all().iter().filter(|keyword| keyword.name.as_bytes() == word);
    let Some(first) = rows.next() else { return };
    if first.grammar != "-" && rows.all(|row| row.grammar == first.grammar) {
        *diagnostic = diagnostic.clone().help(format!("write '{} {}'", first.name, first.grammar));
    }
}

fn listed(values: &[&str]) -> String {
    match values.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => values.concat(),
    }
}

/// A place and the blanks behind it.
fn behind(files: &Files, at: Location) -> Location {
    let text = files.file(at.file).text();
    let blanks = text[at.end as usize..].iter().take_while(|octet| matches!(octet, b' ' | b'\t')).count();
    Location { end: at.end + blanks as u32, ..at }
}

/// The first word of the statement that a place is a later word of, and that word.
fn words(files: &Files, at: Location) -> Option<(String, String)> {
    let line = files.line_range(at);
    if line.len() > LINE_MAX {
        return None;
    }
    let text = files.file(at.file).text();
    let mut tokens = Vec::new();
    lex_line(&text[line.clone()], line.start as u32, Refs::Typed, &mut tokens);
    let shown = |token| String::from_utf8_lossy(&text[range(token)]).into_owned();
    let mut head = None;
    for token in tokens {
        match token.kind {
            Kind::Open | Kind::Close => head = None,
            Kind::Word | Kind::Quoted if token.start == at.start && token.end == at.end => {
                return Some((head?, shown(token)));
            }
            Kind::Word | Kind::Quoted => head = head.or_else(|| Some(shown(token))),
            _ => {}
        }
    }
    None
}
