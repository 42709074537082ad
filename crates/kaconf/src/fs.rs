//! A [`Source`] on the real file system.

use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::glob;
use crate::source::{Matches, ReadError, Source};

/// How many paths one pattern may match; the rest are not looked at.
const PATHS_MAX: usize = 65_536;

/// Reads files, directories and the environment of this process; knows nothing of interfaces.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileSource;

impl Source for FileSource {
    fn matches(&self, dir: &Path, pattern: &str) -> Result<Matches, ReadError> {
        let patterns = glob::alternatives(pattern)
            .ok_or_else(|| ReadError::Io(format!("too many alternatives in {pattern}")))?;
        let mut found = Matches::default();
        for pattern in &patterns {
            walk(dir, pattern, &mut found)?;
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

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

/// Adds the paths one pattern without braces matches, sorted by name.
fn walk(dir: &Path, pattern: &str, found: &mut Matches) -> Result<(), ReadError> {
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
                names(&dir.join(base), part, base, &mut next, found)?;
            }
        } else {
            next.extend(paths.iter().map(|base| base.join(glob::unescape(part))));
        }
        paths = next;
    }
    paths.sort();
    let before = found.paths.len();
    for path in paths {
        if found.paths.len() < PATHS_MAX && fs::symlink_metadata(dir.join(&path)).is_ok() {
            found.paths.push(path);
        }
    }
    found.missing |= found.paths.len() == before && !glob::has_wildcard(pattern);
    Ok(())
}

/// Adds the names of one directory that fit a pattern.
fn names(
    dir: &Path,
    pattern: &str,
    base: &Path,
    next: &mut Vec<PathBuf>,
    found: &mut Matches,
) -> Result<(), ReadError> {
    let here = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    let Ok(entries) = fs::read_dir(here) else {
        found.missing = true;
        return Ok(());
    };
    for entry in entries.take(PATHS_MAX) {
        let entry = entry.map_err(|error| ReadError::Io(error.to_string()))?;
        if let Some(name) = entry.file_name().to_str()
            && glob::matches(pattern, name)
        {
            next.push(base.join(name));
        }
    }
    Ok(())
}
