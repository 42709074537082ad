//! Users and groups of this host, out of its files.
//!
//! Only `/etc/passwd` and `/etc/group` are looked at. Where the host asks a directory service too, a name that is
//! not in them is not known to be missing.

use std::fs::File;
use std::io::Read;

use crate::source::{Lookup, UserFacts};

/// Octets read of each file at most.
const MAX: u64 = 4 << 20;

pub(crate) fn user(name: &str) -> Lookup<UserFacts> {
    look_up("passwd", |text| {
        let fields = entry(text, name)?;
        Some(UserFacts { uid: fields.get(2)?.parse().ok()?, gid: fields.get(3)?.parse().ok()? })
    })
}

pub(crate) fn group(name: &str) -> Lookup<u32> {
    look_up("group", |text| entry(text, name)?.get(2)?.parse().ok())
}

fn look_up<T>(file: &str, find: impl FnOnce(&str) -> Option<T>) -> Lookup<T> {
    let Some(text) = read(&format!("/etc/{file}")) else { return Lookup::Unknown };
    match find(&text) {
        Some(found) => Lookup::Present(found),
        None if local_only(file, &read("/etc/nsswitch.conf").unwrap_or_default()) => Lookup::Missing,
        None => Lookup::Unknown,
    }
}

fn read(path: &str) -> Option<String> {
    let mut octets = Vec::new();
    File::open(path).and_then(|file| file.take(MAX).read_to_end(&mut octets)).ok()?;
    Some(String::from_utf8_lossy(&octets).into_owned())
}

/// The fields of the line that begins with a name.
fn entry<'t>(text: &'t str, name: &str) -> Option<Vec<&'t str>> {
    text.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields.first() == Some(&name))
}

/// Whether `nsswitch.conf` asks nobody but the files of the host for a database.
fn local_only(database: &str, switches: &str) -> bool {
    let sources =
        switches.lines().find_map(|line| line.split_once(':').filter(|(name, _)| name.trim() == database));
    let local =
        |source: &str| matches!(source, "files" | "compat" | "systemd" | "db") || source.starts_with('[');
    sources.is_none_or(|(_, list)| list.split('#').next().unwrap_or_default().split_whitespace().all(local))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_found_by_its_whole_name() {
        let text = "root:x:0:0::/root:/bin/sh\nmail:x:8:12::/:/bin/false\n";
        assert_eq!(entry(text, "mail").map(|fields| fields[3]), Some("12"));
        assert_eq!(entry(text, "mai"), None);
        assert_eq!(entry(text, ""), None);
    }

    #[test]
    fn a_name_is_missing_only_where_nobody_else_is_asked() {
        for (switches, want) in [
            ("", true),
            ("passwd: files systemd\n", true),
            ("passwd:\tcompat # sss\n", true),
            ("passwd: files [NOTFOUND=return]\n", true),
            ("passwd: files sss\n", false),
            ("group: files sss\npasswd: files\n", true),
        ] {
            assert_eq!(local_only("passwd", switches), want, "{switches}");
        }
    }
}
