//! Names of users and groups to numbers, in the runner: a directory service may take its time to answer.

use std::collections::HashMap;
use std::io;

use kaconf::{FileSource, Lookup, Source};
use vrrp_linux::{group_by_name, user_by_name};

use super::{Refusal, Who};

/// Whom packages of keepalived make for its scripts.
const DEFAULT_USER: &str = "keepalived_script";

/// As many are remembered.
const MAX: usize = 1024;

/// Who knows names.
trait Directory {
    fn user(&self, name: &str) -> io::Result<Option<(u32, u32)>>;
    fn group(&self, name: &str) -> io::Result<Option<u32>>;
}

/// All that this host asks.
struct Host;

impl Directory for Host {
    fn user(&self, name: &str) -> io::Result<Option<(u32, u32)>> {
        user_by_name(name)
    }

    fn group(&self, name: &str) -> io::Result<Option<u32>> {
        group_by_name(name)
    }
}

/// Numbers of a user and a group.
#[derive(Clone, Copy, Debug)]
struct Known {
    numbers: (u32, u32),
    /// To be asked for again; they hold as long as nobody answers.
    stale: bool,
}

/// What was asked for already.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    known: HashMap<Who, Known>,
}

impl Accounts {
    /// Asks again from now on.
    pub(super) fn forget(&mut self) {
        self.known.values_mut().for_each(|known| known.stale = true);
    }

    /// User and group of a program.
    pub(crate) fn numbers(&mut self, who: &Who) -> Result<(u32, u32), Refusal> {
        self.numbers_from(&Host, who)
    }

    fn numbers_from(&mut self, directory: &impl Directory, who: &Who) -> Result<(u32, u32), Refusal> {
        let before = self.known.get(who).copied();
        if let Some(Known { numbers, stale: false }) = before {
            return Ok(numbers);
        }
        match (look_up(directory, who), before) {
            (Ok(numbers), _) => {
                if before.is_some() || self.known.len() < MAX {
                    self.known.insert(who.clone(), Known { numbers, stale: false });
                }
                Ok(numbers)
            }
            (Err(Refusal::LookUp(_)), Some(before)) => Ok(before.numbers),
            (Err(refusal), _) => {
                self.known.remove(who);
                Err(refusal)
            }
        }
    }
}

/// A directory that does not answer is not one that knows nobody: a program that is another's is not run as root then.
fn look_up(directory: &impl Directory, who: &Who) -> Result<(u32, u32), Refusal> {
    let failed = |error: io::Error| Refusal::LookUp(error.raw_os_error().unwrap_or(libc::EINVAL));
    let user = directory.user(who.user.as_deref().unwrap_or(DEFAULT_USER)).map_err(failed)?;
    let (uid, own) = user.or_else(|| who.or_ourselves.then(ourselves)).ok_or(Refusal::NoUser)?;
    let gid = match &who.group {
        Some(group) => directory.group(group).map_err(failed)?.ok_or(Refusal::NoGroup)?,
        None => own,
    };
    Ok((uid, gid))
}

/// What `/etc/passwd` and `/etc/group` say, without asking anybody who might be slow.
pub(super) fn in_files(who: &Who) -> Option<(u32, u32)> {
    let user = match FileSource.user(who.user.as_deref().unwrap_or(DEFAULT_USER)) {
        Lookup::Present(user) => (user.uid, user.gid),
        Lookup::Missing if who.or_ourselves => ourselves(),
        _ => return None,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Knows one user or none, or does not answer.
    struct Answers(Result<Option<(u32, u32)>, i32>);

    impl Directory for Answers {
        fn user(&self, _: &str) -> io::Result<Option<(u32, u32)>> {
            self.0.map_err(io::Error::from_raw_os_error)
        }

        fn group(&self, _: &str) -> io::Result<Option<u32>> {
            self.0.map(|user| user.map(|(_, gid)| gid)).map_err(io::Error::from_raw_os_error)
        }
    }

    const DOWN: Answers = Answers(Err(libc::EIO));
    const NOBODY: Answers = Answers(Ok(None));
    const FOUND: Answers = Answers(Ok(Some((7, 8))));

    #[test]
    fn a_script_is_roots_only_where_there_is_surely_nobody_else_and_it_may_be() {
        let of = |user: Option<&str>, security| {
            let mut rules = kaconf::model::Scripts::default();
            rules.security = security;
            Who::of(user, None, &rules)
        };
        let down = Err(Refusal::LookUp(libc::EIO));
        for (user, security, answers, want) in [
            (None, false, FOUND, Ok((7, 8))),
            (None, false, NOBODY, Ok(ourselves())),
            (None, false, DOWN, down),
            (None, true, FOUND, Ok((7, 8))),
            (None, true, NOBODY, Err(Refusal::NoUser)),
            (None, true, DOWN, down),
            (Some("app"), false, FOUND, Ok((7, 8))),
            (Some("app"), false, NOBODY, Err(Refusal::NoUser)),
            (Some("app"), false, DOWN, down),
        ] {
            let found = Accounts::default().numbers_from(&answers, &of(user, security));
            assert_eq!(found, want, "{user:?} {security} {:?}", answers.0);
        }
    }

    #[test]
    fn a_failure_is_not_remembered_and_takes_nothing_away() {
        let who = Who { user: Some("app".into()), ..Who::default() };
        let mut accounts = Accounts::default();
        assert_eq!(accounts.numbers_from(&DOWN, &who), Err(Refusal::LookUp(libc::EIO)));
        assert_eq!(accounts.numbers_from(&FOUND, &who), Ok((7, 8)));
        assert_eq!(accounts.numbers_from(&NOBODY, &who), Ok((7, 8)), "remembered");
        accounts.forget();
        assert_eq!(accounts.numbers_from(&DOWN, &who), Ok((7, 8)), "the old ones");
        assert_eq!(accounts.numbers_from(&NOBODY, &who), Err(Refusal::NoUser), "asked again");
        assert_eq!(accounts.numbers_from(&DOWN, &who), Err(Refusal::LookUp(libc::EIO)), "gone");
    }
}
