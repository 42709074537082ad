//! What the path of a script leads to, and who could change it on the way.
//!
//! Nothing is opened: every part of the path is asked for through the [`Source`], so a host in memory answers as
//! well as a real one. Access lists and supplementary groups are not known here.

use std::path::{Component, Path, PathBuf};

use crate::source::{Lookup, PathFacts, PathKind, Source, UserFacts};

/// Symbolic links followed at most, as the kernel does.
const LINKS_MAX: usize = 40;
/// Parts of a path looked at most; a path is 4096 octets long at most.
const PARTS_MAX: usize = 4096;

/// Why a script cannot be run, or should not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// No directory of PATH has it.
    NotInPath,
    /// It has no path, and runs as another user: keepalived cannot search as that one.
    NotSearched,
    /// A part of the path does not exist.
    Missing(PathBuf),
    /// A directory that the user of the script may not search.
    Closed(PathBuf, PathFacts),
    /// Links that lead to each other.
    Loop,
    /// The file may not be executed by its user.
    NotExecutable(PathFacts),
    /// A part of the path is something else than what has to stand there: most often a link to a directory.
    WrongKind(PathBuf, PathKind),
    /// A part of the path that somebody else than root could change.
    Unsafe(PathBuf, PathFacts),
}

/// A file that a path leads to.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) real: PathBuf,
    pub(super) facts: PathFacts,
}

/// Follows a path as somebody would. `Ok(None)` where nobody can say.
pub(super) fn follow(
    source: &dyn Source,
    path: &Path,
    who: Option<UserFacts>,
) -> Result<Option<Target>, Problem> {
    walk(source, path, who, |_, _| Ok(()))
}

/// The same, and `see` is shown all that is passed on the way: directories, links and what they lead to.
fn walk(
    source: &dyn Source,
    path: &Path,
    who: Option<UserFacts>,
    see: impl Fn(&Path, &PathFacts) -> Result<(), Problem>,
) -> Result<Option<Target>, Problem> {
    let mut rest: Vec<PathBuf> = parts(path);
    let mut real = PathBuf::new();
    let mut last = None;
    let (mut links, mut steps) = (0, 0);
    while let Some(part) = rest.pop() {
        steps += 1;
        if steps > PARTS_MAX {
            return Err(Problem::Loop);
        }
        if part.as_os_str() == ".." {
            real.pop();
            continue;
        }
        if let (Some(who), Some(PathFacts { kind: PathKind::Directory, .. })) = (who, &last)
            && let Some(facts) = last.take().filter(|facts| !may(facts, who, 0o1))
        {
            return Err(Problem::Closed(real, facts));
        }
        let next = real.join(&part);
        let facts = match source.path(&next) {
            Lookup::Unknown => return Ok(None),
            Lookup::Missing => return Err(Problem::Missing(next)),
            Lookup::Present(facts) => facts,
        };
        see(&next, &facts)?;
        if let PathKind::Link(to) = &facts.kind {
            links += 1;
            if links > LINKS_MAX {
                return Err(Problem::Loop);
            }
            if to.is_absolute() {
                real = PathBuf::new();
            }
            rest.extend(parts(to));
            last = None;
            continue;
        }
        if facts.kind != PathKind::Directory && !rest.is_empty() {
            return Err(Problem::WrongKind(next, facts.kind));
        }
        real = next;
        last = Some(facts);
    }
    // What stands behind a last slash is asked of a directory.
    let text = path.as_os_str().as_encoded_bytes();
    let asks_directory = text.ends_with(b"/") || text.ends_with(b"/.");
    match last {
        Some(facts) if asks_directory && facts.kind != PathKind::Directory => {
            Err(Problem::WrongKind(real, facts.kind))
        }
        Some(facts) => Ok(Some(Target { real, facts })),
        None => Err(Problem::Missing(path.to_owned())),
    }
}

/// The parts of a path, the last one first, without those that say nothing.
fn parts(path: &Path) -> Vec<PathBuf> {
    let said = |part: &Component<'_>| !matches!(part, Component::CurDir);
    path.components().filter(said).map(|part| part.as_os_str().into()).rev().collect()
}

/// Whether somebody may do to a file what `bit` of its mode says: read 4, write 2, execute or search 1.
fn may(facts: &PathFacts, who: UserFacts, bit: u32) -> bool {
    if who.uid == 0 {
        // Root may search every directory, and execute what anybody may.
        return facts.kind == PathKind::Directory || facts.mode & (bit * 0o111) != 0;
    }
    let shift = match (who.uid == facts.uid, who.gid == facts.gid) {
        (true, _) => 6,
        (false, true) => 3,
        (false, false) => 0,
    };
    facts.mode & (bit << shift) != 0
}

/// Whether somebody may execute a file.
pub(super) fn may_execute(facts: &PathFacts, who: UserFacts) -> bool {
    may(facts, who, 0o1)
}

/// Whether a file runs as root whoever starts it.
pub(super) fn becomes_root(facts: &PathFacts) -> bool {
    facts.uid == 0 && facts.mode & 0o4100 == 0o4100 || facts.gid == 0 && facts.mode & 0o2010 == 0o2010
}

/// Looks at every part of a path, from the root on, for somebody but root who could change it.
pub(super) fn guarded(source: &dyn Source, path: &Path) -> Result<(), Problem> {
    let mut parts: Vec<&Path> = path.ancestors().filter(|part| !part.as_os_str().is_empty()).collect();
    parts.reverse();
    let count = parts.len();
    for (index, part) in parts.into_iter().enumerate() {
        let facts = match source.path(part) {
            Lookup::Unknown => return Ok(()),
            Lookup::Missing => return Err(Problem::Missing(part.into())),
            Lookup::Present(facts) => facts,
        };
        let fits = match facts.kind {
            PathKind::Directory => index + 1 < count,
            PathKind::File | PathKind::Link(_) => index + 1 == count,
            PathKind::Other => false,
        };
        if !fits {
            return Err(Problem::WrongKind(part.into(), facts.kind));
        }
        if !only_root_writes(&facts) {
            return Err(Problem::Unsafe(part.into(), facts));
        }
    }
    Ok(())
}

/// Whether a path leads over links to directories, and nobody but root could make it lead elsewhere: every link is
/// root's, and so are all directories in which they stand and to which they lead.
pub(super) fn leads_safely(source: &dyn Source, path: &Path) -> bool {
    let see = |part: &Path, facts: &PathFacts| match facts.kind {
        PathKind::Other => Err(Problem::WrongKind(part.into(), PathKind::Other)),
        _ if only_root_writes(facts) => Ok(()),
        _ => Err(Problem::Unsafe(part.into(), facts.clone())),
    };
    matches!(walk(source, path, None, see), Ok(Some(Target { facts, .. })) if facts.kind == PathKind::File)
}

/// Whether nobody but root can put something else in the place of a file, or into a directory.
fn only_root_writes(facts: &PathFacts) -> bool {
    let by_others = facts.mode & 0o002 != 0 || facts.gid != 0 && facts.mode & 0o020 != 0;
    let counts = match facts.kind {
        PathKind::Directory => facts.mode & 0o1000 == 0,
        PathKind::File => true,
        PathKind::Link(_) | PathKind::Other => false,
    };
    facts.uid == 0 && !(counts && by_others)
}

/// A path without empty parts, `.` and `..`, from the root on, as keepalived tidies it before it looks at it.
pub(super) fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::from("/");
    for part in path.components() {
        match part {
            Component::ParentDir => {
                tidy.pop();
            }
            Component::Normal(name) => tidy.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    tidy
}

#[cfg(test)]
mod tests;
