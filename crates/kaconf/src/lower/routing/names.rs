//! Names of tables, scopes, makers of routes ... and their numbers.

use std::collections::HashMap;

use super::numbers;
use crate::source::{RoutingDirs, RoutingNames, Source};

/// A list as it counts.
type List = HashMap<Box<[u8]>, u32>;

/// The lists that were asked for.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Where they are.
    pub(crate) dirs: RoutingDirs,
    lists: HashMap<RoutingNames, List>,
}

/// Known whatever the files say, unless they give the number another name.
const TABLES: &[(&str, u32)] = &[("default", 253), ("main", 254), ("local", 255)];
const SCOPES: &[(&str, u32)] =
    &[("global", 0), ("nowhere", 255), ("host", 254), ("link", 253), ("site", 200)];
const PROTOCOLS: &[(&str, u32)] = &[
    ("none", 0),
    ("redirect", 1),
    ("kernel", 2),
    ("boot", 3),
    ("static", 4),
    ("gated", 8),
    ("ra", 9),
    ("mrt", 10),
    ("zebra", 11),
    ("bird", 12),
    ("dnrouted", 13),
    ("xorp", 14),
    ("ntk", 15),
    ("dhcp", 16),
    ("babel", 42),
];

/// What is known without files, and the largest number of a list.
const fn built_in(list: RoutingNames) -> (&'static [(&'static str, u32)], u32) {
    match list {
        RoutingNames::Tables => (TABLES, u32::MAX),
        RoutingNames::Scopes => (SCOPES, 255),
        RoutingNames::Protocols => (PROTOCOLS, 255),
        RoutingNames::DsField | RoutingNames::Realms | RoutingNames::IpProtocols => (&[], 255),
        RoutingNames::Groups => (&[], i32::MAX as u32),
    }
}

impl Names {
    /// The number of a name.
    pub(super) fn named(&mut self, source: &dyn Source, list: RoutingNames, name: &[u8]) -> Option<u32> {
        let dirs = &self.dirs;
        let known = self.lists.entry(list).or_insert_with(|| read(source, list, dirs));
        known.get(name).copied()
    }

    /// A number, in any base that C knows, or a name. As in keepalived, a number is cut to 32 bits first.
    pub(super) fn number(&mut self, source: &dyn Source, list: RoutingNames, word: &[u8]) -> Option<u32> {
        let number = numbers::leading(word, 0);
        if number.found && number.rest.is_empty() {
            let cut = (number.value & u64::from(u32::MAX)) as u32;
            return (cut <= built_in(list).1).then_some(cut);
        }
        self.named(source, list, word)
    }
}

fn read(source: &dyn Source, list: RoutingNames, dirs: &RoutingDirs) -> List {
    let (known, max) = built_in(list);
    let mut names = source.routing_names(list, dirs);
    names.retain(|(_, number)| *number <= max);
    let taken: std::collections::HashSet<u32> = names.iter().map(|(_, number)| *number).collect();
    let missing = known.iter().filter(|(_, number)| !taken.contains(number));
    names.extend(missing.map(|(name, number)| ((*name).to_owned(), *number)));
    // The first of a name counts.
    names.into_iter().rev().map(|(name, number)| (name.into_bytes().into(), number)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Matches, ReadError};
    use std::path::Path;

    struct Files;

    impl Source for Files {
        fn matches(&self, _: &Path, _: &str) -> Result<Matches, ReadError> {
            Ok(Matches::default())
        }
        fn read(&self, _: &Path, _: usize) -> Result<Vec<u8>, ReadError> {
            Err(ReadError::NotPlain)
        }
        fn routing_names(&self, _: RoutingNames, _: &RoutingDirs) -> Vec<(String, u32)> {
            [("mine", 100), ("mine", 101), ("other-main", 254), ("large", 300)]
                .map(|(name, number)| (name.to_owned(), number))
                .into()
        }
    }

    #[test]
    fn files_come_before_what_is_built_in() {
        use RoutingNames::{Scopes, Tables};
        let mut names = Names::default();
        for (list, word, want) in [
            (Tables, "mine", Some(100)),
            (Tables, "main", None),
            (Tables, "local", Some(255)),
            (Tables, "0x10", Some(16)),
            (Tables, "-1", Some(u32::MAX)),
            (Tables, "4294967297", Some(1)),
            (Tables, "10x", None),
            (Tables, "", None),
            (Scopes, "link", Some(253)),
            (Scopes, "large", None),
            (Scopes, "256", None),
        ] {
            assert_eq!(names.number(&Files, list, word.as_bytes()), want, "{list:?} {word}");
        }
    }
}
