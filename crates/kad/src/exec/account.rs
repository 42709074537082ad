//! Names of users and groups to numbers, in the runner: a directory service may take its time to answer.

use std::collections::HashMap;

use kaconf::{FileSource, Lookup, Source, UserFacts};
use vrrp_linux::{group_by_name, user_by_name};

use super::{Refusal, Who};

/// Whom packages of keepalived make for its scripts.
const DEFAULT_USER: &str = "keepalived_script";

/// As many are remembered.
const MAX: usize = 1024;

/// What was asked for already.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    known: HashMap<Who, (u32, u32)>,
}

impl Accounts {
    /// Asks again from now on.
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    /// User and group of a program.
    pub(crate) fn numbers(&mut self, who: &Who) -> Result<(u32, u32), Refusal> {
        if let Some(known) = self.known.get(who) {
            return Ok(*known);
        }
        let (uid, own) = match &who.user {
            Some(user) => user_by_name(user).ok().flatten().ok_or(Refusal::NoUser)?,
            None => user_by_name(DEFAULT_USER).ok().flatten().unwrap_or_else(ourselves),
        };
        let gid = match &who.group {
            Some(group) => group_by_name(group).ok().flatten().ok_or(Refusal::NoGroup)?,
            None => own,
        };
        if self.known.len() < MAX {
            self.known.insert(who.clone(), (uid, gid));
        }
        Ok((uid, gid))
    }
}

/// What `/etc/passwd` and `/etc/group` say, without asking anybody who might be slow.
pub(super) fn in_files(who: &Who) -> Option<(u32, u32)> {
    let found = |found: Lookup<UserFacts>| match found {
        Lookup::Present(user) => Some((user.uid, user.gid)),
        _ => None,
    };
    let user = match &who.user {
        Some(user) => found(FileSource.user(user))?,
        None => found(FileSource.user(DEFAULT_USER)).unwrap_or_else(ourselves),
    };
    match who.group.as_ref().map(|group| FileSource.group(group)) {
        None => Some(user),
        Some(Lookup::Present(gid)) => Some((user.0, gid)),
        Some(_) => None,
    }
}

fn ourselves() -> (u32, u32) {
    (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw())
}
