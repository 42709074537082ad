//! Passwords that are not what was typed.

use std::collections::HashSet;

use super::{Block, Context, Finding};
use crate::code::Code;
use crate::files::Location;
use crate::model::{Authentication, Instance};

/// Where the password of an instance that uses one stands.
fn password(instance: &Instance, block: Block<'_>) -> Option<Location> {
    match instance.authentication {
        Authentication::None => None,
        Authentication::Pass(_) | Authentication::Ah(_) => block.inner("authentication").value("auth_pass"),
    }
}

/// A password of more than eight octets.
pub(super) fn password_cut(context: &Context<'_>, found: &mut Vec<Finding>) {
    let is_cut: HashSet<_> = context
        .loaded
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == Code::Truncated)
        .filter_map(|diagnostic| diagnostic.at)
        .collect();
    for (instance, block) in context.instances() {
        let Some(at) = password(instance, block).filter(|at| is_cut.contains(at)) else { continue };
        let short = first_eight(context.places.text(at));
        let message = "only the first 8 characters of auth_pass count";
        let finding = Finding::of(instance, Code::PasswordCut, Some(at), message)
            .mend_at(
                "write no more than 8 characters: it is the same password",
                short.is_some().then_some(at),
                short.unwrap_or_default(),
            )
            .instead_of(Code::Truncated, Some(at));
        found.push(match instance.authentication {
            Authentication::Pass(_) => finding.hint(
                "it is sent in clear text: \
                 it keeps apart neighbours that share a VRID by mistake, and no attacker away",
            ),
            _ => finding,
        });
    }
}

/// What counts of a password that was typed plainly.
fn first_eight(text: &[u8]) -> Option<String> {
    let is_plain =
        text.len() > 8 && text.iter().all(|octet| octet.is_ascii_graphic() && !b"$\\\"{}".contains(octet));
    is_plain.then(|| String::from_utf8_lossy(&text[..8]).into_owned())
}

/// A password that a comment character ends.
pub(super) fn password_comment(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (instance, block) in context.instances() {
        // Who put it in quotes said where it ends.
        let is_bare = |at: &Location| !context.places.text(*at).ends_with(b"\"");
        let Some(at) = password(instance, block).filter(is_bare) else { continue };
        let rest = context.places.rest_of_line(at);
        let Some(mark @ (b'#' | b'!')) = rest.first().copied() else { continue };
        let mark = char::from(mark);
        let whole = Location { end: at.end + rest.len() as u32, ..at };
        let in_quotes = quoted(context.places.text(whole));
        let message = format!("auth_pass ends before '{mark}', which begins a comment");
        let finding = Finding::of(instance, Code::PasswordComment, Some(whole), &message)
            .note(Some(at), "this is the whole password")
            .mend_at(
                format!("if '{mark}' belongs to the password, put all of it in double quotes"),
                in_quotes.is_some().then_some(whole),
                in_quotes.unwrap_or_default(),
            )
            .mend_at(
                format!("if it is a comment, put a blank before '{mark}'"),
                Some(Location { start: at.end, ..at }),
                " ".to_owned(),
            );
        found.push(finding);
    }
}

/// A word in double quotes; what holds blanks or quotes is hardly one password.
fn quoted(text: &[u8]) -> Option<String> {
    let is_word = text.iter().all(|octet| octet.is_ascii_graphic() && !b"$\\\"".contains(octet));
    is_word.then(|| format!("\"{}\"", String::from_utf8_lossy(text)))
}
