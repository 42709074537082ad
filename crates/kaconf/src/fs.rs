//! A [`Source`] on the real file system.

use std::fs;
use std::io::{ErrorKind, Read};
use std::net::ToSocketAddrs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::accounts;
use crate::glob;
use crate::options::Limits;
use crate::routing_files;
use crate::source::{
    Lookup, Matches, PathFacts, PathKind, ReadError, RoutingDirs, RoutingNames, Source, UserFacts,
};

/// Reads files, directories and the environment of this process, and what the host's files say of users, groups and
/// scripts; knows nothing of interfaces.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileSource;

impl Source for FileSource {
    fn matches(&self, dir: &Path, pattern: &str) -> Result<Matches, ReadError> {
        self.matches_within(dir, pattern, &mut Limits::default().names)
    }

    fn matches_within(&self, dir: &Path, pattern: &str, names: &mut usize) -> Result<Matches, ReadError> {
        let Some(patterns) = glob::alternatives(pattern) else {
            // Found out by spelling them.
            look_at(names, glob::ALTERNATIVES_MAX)?;
            return Err(ReadError::TooManyNames);
        };
        let mut found = Matches::default();
        for pattern in &patterns {
            walk(dir, pattern, &mut found, names)?;
        }
        Ok(found)
    }

    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
        let io = |error: std::io::Error| ReadError::Io(error.to_string());
        let facts = fs::metadata(path).map_err(io)?;
        if facts.is_dir() {
            return Err(ReadError::Directory);
        }
        if !facts.is_file() || facts.permissions().mode() & 0o111 != 0 {
            return Err(ReadError::NotPlain);
        }
        let mut octets = Vec::with_capacity(usize::try_from(facts.len()).unwrap_or(limit).min(limit));
        fs::File::open(path)
            .and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut octets))
            .map_err(io)?;
        if octets.len() > limit { Err(ReadError::TooLarge { limit }) } else { Ok(octets) }
    }

    fn is_directory(&self, path: &Path) -> Option<bool> {
        Some(fs::metadata(path).is_ok_and(|facts| facts.is_dir()))
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn routing_names(&self, list: RoutingNames, dirs: &RoutingDirs) -> Vec<(String, u32)> {
        routing_files::read(list, dirs)
    }

    fn current_directory(&self) -> Option<PathBuf> {
        std::env::current_dir().ok()
    }

    fn namespace(&self, name: &str) -> Lookup<()> {
        let places = ["/run/netns", "/var/run/netns"];
        let there = |place: &&str| Path::new(*place).join(name).exists();
        if places.iter().any(there) { Lookup::Present(()) } else { Lookup::Missing }
    }

    fn path(&self, path: &Path) -> Lookup<PathFacts> {
        let facts = match fs::symlink_metadata(path) {
            Ok(facts) => facts,
            Err(error) if error.kind() == ErrorKind::PermissionDenied => return Lookup::Unknown,
            Err(_) => return Lookup::Missing,
        };
        let kind = if facts.is_symlink() {
            PathKind::Link(fs::read_link(path).unwrap_or_default())
        } else if facts.is_dir() {
            PathKind::Directory
        } else if facts.is_file() {
            PathKind::File
        } else {
            PathKind::Other
        };
        Lookup::Present(PathFacts { kind, uid: facts.uid(), gid: facts.gid(), mode: facts.mode() & 0o7777 })
    }

    fn user(&self, name: &str) -> Lookup<UserFacts> {
        accounts::user(name)
    }

    fn group(&self, name: &str) -> Lookup<u32> {
        accounts::group(name)
    }

    fn resolves(&self, host: &str) -> Lookup<()> {
        let found = (host, 0).to_socket_addrs().is_ok_and(|mut addresses| addresses.next().is_some());
        if found { Lookup::Present(()) } else { Lookup::Missing }
    }

    fn cpus(&self) -> Option<u16> {
        let list = fs::read_to_string("/sys/devices/system/cpu/online").ok()?;
        list.trim().split(',').try_fold(0u16, |count, range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            count.checked_add(last.parse::<u16>().ok()?.checked_sub(first.parse().ok()?)?)?.checked_add(1)
        })
    }
}

/// Takes `count` names off those that may still be looked at.
fn look_at(names: &mut usize, count: usize) -> Result<(), ReadError> {
    let left = names.checked_sub(count);
    *names = left.unwrap_or(0);
    left.map(drop).ok_or(ReadError::TooManyNames)
}

/// Adds the paths one pattern without braces matches, sorted by name.
fn walk(dir: &Path, pattern: &str, found: &mut Matches, names: &mut usize) -> Result<(), ReadError> {
    let (root, rest) = match pattern.strip_prefix('/') {
        Some(rest) => (PathBuf::from("/"), rest),
        None => (PathBuf::new(), pattern),
    };
    let mut paths = vec![root];
    for part in rest.split('/').filter(|part| !part.is_empty()) {
        let mut next = Vec::new();
        if glob::has_wildcard(part) {
            found.wildcard = true;
            for base in &paths {
                found.missing |= !list(&dir.join(base), part, base, &mut next, names)?;
            }
        } else {
            next.extend(paths.iter().map(|base| base.join(glob::unescape(part))));
        }
        paths = next;
    }
    paths.sort();
    let before = found.paths.len();
    for path in paths {
        look_at(names, 1)?;
        if fs::symlink_metadata(dir.join(&path)).is_ok() {
            found.paths.push(path);
        }
    }
    found.missing |= found.paths.len() == before && !glob::has_wildcard(pattern);
    Ok(())
}

/// Adds the names of one directory that fit a pattern. False if there is no such directory.
fn list(
    dir: &Path,
    pattern: &str,
    base: &Path,
    next: &mut Vec<PathBuf>,
    names: &mut usize,
) -> Result<bool, ReadError> {
    look_at(names, 1)?;
    let here = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    let Ok(entries) = fs::read_dir(here) else { return Ok(false) };
    for entry in entries {
        look_at(names, 1)?;
        let entry = entry.map_err(|error| ReadError::Io(error.to_string()))?;
        if let Some(name) = entry.file_name().to_str()
            && glob::matches(pattern, name)
        {
            next.push(base.join(name));
        }
    }
    Ok(true)
}
