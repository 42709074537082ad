//! iproute2's lists of names, and `/etc/protocols`: read from the real file system, as keepalived reads them.
//!
//! What a name means is settled elsewhere (`lower::routing`); here are only the files.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::source::{RoutingDirs, RoutingNames};

/// Octets read of one file.
const FILE_MAX: u64 = 1 << 20;
/// Files of one directory.
const FILES_MAX: usize = 256;
/// Names of one list.
const NAMES_MAX: usize = 65_536;

/// The names of a list in the order they count.
pub(crate) fn read(list: RoutingNames, dirs: &RoutingDirs) -> Vec<(String, u32)> {
    let mut names = Vec::new();
    let file = match list {
        RoutingNames::Tables => "rt_tables",
        RoutingNames::DsField => "rt_dsfield",
        RoutingNames::Realms => "rt_realms",
        RoutingNames::Protocols => "rt_protos",
        RoutingNames::Scopes => "rt_scopes",
        RoutingNames::Groups => "group",
        RoutingNames::IpProtocols => {
            add(Path::new("/etc/protocols"), &mut names, protocol);
            return names;
        }
    };
    let own = dirs.etc.join(file);
    let path = if own.is_file() { own } else { dirs.usr.join(file) };
    add(&path, &mut names, entry);
    let parts = format!("{file}.d");
    let etc = dirs.etc.join(&parts);
    for path in files(&dirs.usr.join(&parts)) {
        // One of the same name in etc stands for it, whatever it is.
        if path.file_name().is_some_and(|name| !etc.join(name).exists()) {
            add(&path, &mut names, entry);
        }
    }
    for path in files(&etc) {
        add(&path, &mut names, entry);
    }
    names
}

/// The files of a directory whose names end in `.conf`, sorted.
fn files(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let wanted = |name: &OsString| {
        let name = name.as_encoded_bytes();
        name.len() > 5 && name.ends_with(b".conf") && !name.starts_with(b".")
    };
    let names = entries.take(FILES_MAX).flatten().map(|entry| entry.file_name()).filter(wanted);
    let mut paths: Vec<PathBuf> =
        names.map(|name| dir.join(name)).filter(|path| path.is_file()).take(FILES_MAX).collect();
    paths.sort();
    paths
}

/// What one line gives: names of a number.
type Line = for<'a> fn(&mut dyn Iterator<Item = &'a str>, &mut Vec<(String, u32)>);

/// Adds the names of one file; none if it cannot be read.
fn add(path: &Path, names: &mut Vec<(String, u32)>, line: Line) {
    let mut text = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(FILE_MAX).read_to_end(&mut text));
    if read.is_err() {
        return;
    }
    for typed in String::from_utf8_lossy(&text).lines() {
        if names.len() >= NAMES_MAX {
            return;
        }
        let bare = typed.split('#').next().unwrap_or_default();
        line(&mut bare.split([' ', '\t']).filter(|word| !word.is_empty()), names);
    }
}

/// `NUMBER NAME` and no more.
fn entry(words: &mut dyn Iterator<Item = &str>, names: &mut Vec<(String, u32)>) {
    if let (Some(number), Some(name), None) = (words.next(), words.next(), words.next())
        && let Some(number) = self::number(number)
    {
        names.push((name.to_owned(), number));
    }
}

/// `NAME NUMBER OTHER-NAME...`
fn protocol(words: &mut dyn Iterator<Item = &str>, names: &mut Vec<(String, u32)>) {
    let (Some(name), Some(number)) = (words.next(), words.next()) else { return };
    let Ok(number) = number.parse() else { return };
    let mut seen = HashSet::from([name]);
    names.push((name.to_owned(), number));
    names.extend(words.filter(|other| seen.insert(other)).map(|other| (other.to_owned(), number)));
}

/// Decimal, octal with a leading zero, or hexadecimal behind `0x`.
fn number(text: &str) -> Option<u32> {
    let hex = text.strip_prefix("0x").or(text.strip_prefix("0X"));
    match (hex, text.strip_prefix('0')) {
        (Some(digits), _) => u32::from_str_radix(digits, 16).ok(),
        (None, Some(digits)) if !digits.is_empty() => u32::from_str_radix(digits, 8).ok(),
        _ => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_c() {
        for (text, want) in [
            ("254", Some(254)),
            ("0xfe", Some(254)),
            ("010", Some(8)),
            ("0", Some(0)),
            ("4294967295", Some(u32::MAX)),
            ("4294967296", None),
            ("-1", None),
            ("1x", None),
            ("", None),
        ] {
            assert_eq!(number(text), want, "{text}");
        }
    }

    #[test]
    fn a_file_of_the_host_stands_for_one_that_came_with_iproute2() {
        let dir = std::env::temp_dir().join(format!("kaconf-names-of-routing-{}", std::process::id()));
        let dirs = RoutingDirs { etc: dir.join("etc"), usr: dir.join("usr") };
        for (path, text) in [
            ("usr/rt_tables", "100 from-usr\n"),
            ("usr/rt_scopes", "7 usr-scope # a comment\n\nnonsense\n8 too many words\n9 usr-nine"),
            ("usr/rt_tables.d/a.conf", "1 usr-a\n"),
            ("usr/rt_tables.d/b.conf", "2 usr-b\n"),
            ("etc/rt_tables", "\t0x65\tfrom-etc\n"),
            ("etc/rt_tables.d/b.conf", "3 etc-b\n"),
            ("etc/rt_tables.d/c.txt", "4 not-read\n"),
        ] {
            let path = dir.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let tables = read(RoutingNames::Tables, &dirs);
        let scopes = read(RoutingNames::Scopes, &dirs);
        let none = read(RoutingNames::Realms, &dirs);
        fs::remove_dir_all(&dir).unwrap();
        let named = |name: &str, number| (name.to_owned(), number);
        assert_eq!(tables, [named("from-etc", 101), named("usr-a", 1), named("etc-b", 3)]);
        assert_eq!(scopes, [named("usr-scope", 7), named("usr-nine", 9)]);
        assert_eq!(none, []);
    }

    #[test]
    fn protocols_have_several_names() {
        let mut names = Vec::new();
        protocol(&mut "tcp\t6\tTCP".split('\t'), &mut names);
        assert_eq!(names, [("tcp".to_owned(), 6), ("TCP".to_owned(), 6)]);
    }
}
