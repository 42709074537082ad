//! Passwords that are not what was typed.

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
    let is_cut: std::collections::HashSet<_> = context
        .loaded
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == Code::Truncated)
        .filter_map(|diagnostic| diagnostic.at)
        .collect();
    for (instance, block) in context.instances() {
        let Some(at) = password(instance, block).filter(|at| is_cut.contains(at)) else { continue };
        let message = "only the first 8 characters of auth_pass count";
        let finding = Finding::of(instance, Code::PasswordCut, Some(at), message)
            .mend("a password that begins with the same 8 is the same; write no more than 8, on every node")
            .hint("it is sent in clear text: it keeps neighbours apart that share a VRID by mistake, and nobody out")
            .instead_of(Code::Truncated, Some(at));
        found.push(finding);
    }
}

/// A password that a comment character ends.
pub(super) fn password_comment(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (instance, block) in context.instances() {
        let Some(at) = password(instance, block) else { continue };
        let rest = context.places.rest_of_line(at);
        let Some(mark @ (b'#' | b'!')) = rest.first().copied() else { continue };
        let mark = char::from(mark);
        let whole = Location { end: at.end + rest.len() as u32, ..at };
        let message = format!("auth_pass ends before '{mark}', which begins a comment");
        let finding = Finding::of(instance, Code::PasswordComment, Some(whole), &message)
            .note(Some(at), "this is the whole password")
            .mend(format!("if '{mark}' belongs to it write '\\{mark}', or put the password in double quotes"))
            .mend(format!("if it is a comment put a blank before '{mark}'"));
        found.push(finding);
    }
}
