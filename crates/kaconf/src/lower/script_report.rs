//! What is said of a script that is not run, or should not be: which part of its path, whose it is, and the mend.

use std::path::Path;

use super::script_path::Problem;
use super::script_security::Process;
use crate::code::{Class, Code};
use crate::diag::Diagnostic;
use crate::files::Location;
use crate::model::Script;
use crate::source::{PathFacts, PathKind, UserFacts};

/// A script with a problem.
pub(super) fn problem(
    script: &Script,
    problem: &Problem,
    who: Option<UserFacts>,
    refused: bool,
    at: Option<Location>,
) -> Diagnostic {
    let program = script.program();
    let outcome = if refused { "it is not run" } else { "it is run all the same" };
    let (code, what, mend) = match problem {
        Problem::NotInPath => (
            Code::ScriptMissing,
            format!("there is no program '{program}' in PATH"),
            "give the full path of the script".to_owned(),
        ),
        Problem::NotSearched => (
            Code::ScriptMissing,
            format!("script '{program}' has no path, and PATH is not searched for {}", person(who)),
            "give the full path of the script".to_owned(),
        ),
        Problem::Missing(part) => (
            Code::ScriptMissing,
            if part.as_os_str() == program {
                format!("script '{program}' does not exist")
            } else {
                format!("script '{program}' cannot be found, '{}' does not exist", part.display())
            },
            "put the script there, or mend the path".to_owned(),
        ),
        Problem::Loop => (
            Code::ScriptMissing,
            format!("script '{program}' cannot be found, its links lead in a circle"),
            "give the path of the file itself".to_owned(),
        ),
        Problem::Closed(part, facts) => (
            Code::ScriptMissing,
            format!("script '{program}' cannot be reached by {}: {}", person(who), described(part, facts)),
            format!("let that user search the directory: chmod o+x {}", part.display()),
        ),
        Problem::NotExecutable(facts) => (
            Code::ScriptNotExecutable,
            format!(
                "script '{program}' may not be executed by {}: it has mode {:04o}",
                person(who),
                facts.mode
            ),
            format!("make it executable: chmod +x {program}"),
        ),
        Problem::WrongKind(part, kind) => wrong_kind(program, part, kind, refused),
        Problem::Unsafe(part, facts) => (
            Code::ScriptUnsafe,
            format!("script '{program}' runs as root, and others can change it: {}", described(part, facts)),
            mend_permissions(part, facts),
        ),
    };
    Diagnostic::new(code, at, format!("{what}; {outcome}")).help(mend)
}

fn wrong_kind(program: &str, part: &Path, kind: &PathKind, refused: bool) -> (Code, String, String) {
    let what = match kind {
        PathKind::Link(to) => format!("a link to '{}'", to.display()),
        PathKind::Directory => "a directory".to_owned(),
        PathKind::File => "a file".to_owned(),
        PathKind::Other => "neither a file nor a directory".to_owned(),
    };
    let mend = match kind {
        PathKind::Link(_) if !refused => {
            "keepalived 2.4 does not run it: give the path without the link, as 'realpath' prints it"
        }
        PathKind::Link(_) => "give the path without the link, as 'realpath' prints it",
        _ => "mend the path",
    };
    let message = format!("script '{program}' runs as root, and '{}' in its path is {what}", part.display());
    (Code::ScriptLink, message, mend.to_owned())
}

/// `'/srv' belongs to uid 1000, gid 1000 and has mode 0755`
fn described(part: &Path, facts: &PathFacts) -> String {
    let PathFacts { uid, gid, mode, .. } = facts;
    format!("'{}' belongs to uid {uid}, gid {gid} and has mode {mode:04o}", part.display())
}

fn mend_permissions(part: &Path, facts: &PathFacts) -> String {
    let part = part.display();
    match facts {
        PathFacts { uid: 1.., .. } => {
            format!("give it to root (chown root {part}), or the script to another user (script_user)")
        }
        PathFacts { mode, .. } if mode & 0o002 != 0 => {
            format!("let only root write to it: chmod go-w {part}")
        }
        _ => format!("let its group not write to it: chmod g-w {part}"),
    }
}

fn person(who: Option<UserFacts>) -> String {
    match who {
        Some(UserFacts { uid: 0, .. }) => "root".to_owned(),
        Some(UserFacts { uid, gid }) => format!("uid {uid}, gid {gid}"),
        None => "its user".to_owned(),
    }
}

/// Scripts of a process are run though nobody asked for them to be secure.
pub(super) fn security_off(process: Process, insecure: bool, at: Option<Location>) -> Diagnostic {
    let whose = match process {
        Process::Parent => "startup or shutdown scripts",
        Process::Checker => "scripts of the checkers",
        Process::Vrrp => "scripts",
    };
    let some = if insecure { ", and some of them are insecure" } else { "" };
    let message = format!("{whose} are run without enable_script_security{some}");
    let mend = "with enable_script_security and a script_user in global_defs, no script that others can change \
                runs as root";
    Diagnostic::new(Code::SecurityOff, at, message).help(mend)
}

/// A program was searched in PATH.
pub(super) fn searched(program: &str, found: &Path, at: Option<Location>) -> Diagnostic {
    let message = format!("'{program}' has no path, PATH leads to '{}'", found.display());
    Diagnostic::new(Code::ScriptSearched, at, message).help("give the full path: PATH may change")
}

/// A script has no user of its own, and there is no default one.
pub(super) fn no_default_user(security: bool, at: Option<Location>) -> Diagnostic {
    let (class, outcome) = if security {
        (Class::General, "scripts without a user of their own are not run")
    } else {
        (Class::None, "scripts without a user of their own run as root")
    };
    let message = format!("there is no script_user and no user keepalived_script: {outcome}");
    let mut diagnostic = Diagnostic::new(Code::DefaultUser, at, message);
    diagnostic.class = class;
    diagnostic.help("make the user, or name one with script_user in global_defs")
}
