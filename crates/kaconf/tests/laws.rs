//! Laws that hold for every input: nothing is lost, nothing panics, everything is bounded.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use kaconf::syntax::{lex, parse};
use kaconf::{Limits, Matches, Options, ReadError, Source, load};
use proptest::prelude::*;

/// Files in memory; a pattern is a plain name.
struct Memory(HashMap<PathBuf, Vec<u8>>);

impl Memory {
    fn one(text: impl Into<Vec<u8>>) -> Self {
        Self(HashMap::from([(PathBuf::from("main.conf"), text.into())]))
    }
}

impl Source for Memory {
    fn matches(&self, dir: &Path, pattern: &str) -> Result<Matches, ReadError> {
        let found = self.0.contains_key(&dir.join(pattern));
        let paths = if found { vec![PathBuf::from(pattern)] } else { Vec::new() };
        Ok(Matches { paths, missing: !found, wildcard: false })
    }

    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
        let text = self.0.get(path).ok_or_else(|| ReadError::Io(io::ErrorKind::NotFound.to_string()))?;
        if text.len() > limit { Err(ReadError::TooLarge { limit }) } else { Ok(text.clone()) }
    }
}

/// Pieces that mean something, so that random texts get past the first line.
const PIECES: &[&str] = &[
    "global_defs",
    "vrrp_instance",
    "VI_1",
    "VI_2",
    "{",
    "}",
    "\n",
    "\n",
    "\n",
    " ",
    " ",
    "\t",
    "#",
    "!",
    "\"",
    "\\",
    "\\\n",
    "\r\n",
    "$A",
    "${A}",
    "$A=",
    "$B=",
    "${_RANDOM 1 3}",
    "~SEQ(i,1,3) ",
    "~LST(a,1,2) ",
    "@node-a ",
    "@^x ",
    "include main.conf",
    "state",
    "MASTER",
    "interface",
    "eth0",
    "virtual_router_id",
    "51",
    "priority",
    "255",
    "0",
    "advert_int",
    "0.1",
    "virtual_ipaddress",
    "10.0.0.1/24",
    "fe80::1",
    "dev",
    "brd",
    "+",
    "virtual_routes",
    "static_rules",
    "nexthop",
    "via",
    "encap",
    "ip",
    "dst",
    "table",
    "lock",
    "rtt",
    "inet6",
    "default",
    "preference",
    "fwmark",
    "track_group",
    "1-2",
    "authentication",
    "auth_type",
    "PASS",
    "auth_pass",
    "unicast_peer",
    "min_ttl",
    "track_interface",
    "track_script",
    "vrrp_script",
    "script",
    "vrrp_track_process",
    "track_file",
    "bfd_instance",
    "vrrp_sync_group",
    "group",
    "garp_group",
    "weight",
    "use_vmac",
    "use_ipvlan",
    "auth_hmac",
    "key",
    "notify_master",
    "virtual_server",
    "real_server",
    "nopreempt",
    "strict_mode",
    "vrrp_strict",
    "umask",
    "IRUSR|",
    "version",
    "3",
    "\0",
    "é",
    "=",
    "-1",
    "1.5.2",
];

fn texts() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..120)
        .prop_map(|pieces| pieces.concat().into_bytes());
    let words = prop::collection::vec(prop::sample::select(PIECES), 0..120)
        .prop_map(|pieces| pieces.join(" ").into_bytes());
    let octets = prop::collection::vec(any::<u8>(), 0..600);
    prop_oneof![3 => pieces, 3 => words, 1 => octets]
}

fn options() -> Options {
    let mut options = Options::new("main.conf");
    options.config_id = Some("node-a".into());
    options.limits.lines = 20_000;
    options
}

proptest! {
    #[test]
    fn tokens_cover_the_text_without_gap_or_overlap(text in texts()) {
        let mut at = 0;
        for token in lex(&text) {
            prop_assert_eq!(token.start, at);
            prop_assert!(token.end > token.start);
            at = token.end;
        }
        prop_assert_eq!(at as usize, text.len());
    }

    #[test]
    fn print_is_the_inverse_of_parse(text in texts()) {
        prop_assert_eq!(parse(text.clone()).print(), text);
    }

    #[test]
    fn nodes_nest_and_follow_each_other(text in texts()) {
        fn check(nodes: &[kaconf::syntax::Node], within: std::ops::Range<u32>) -> Result<(), TestCaseError> {
            let mut at = within.start;
            for node in nodes {
                prop_assert!(at <= node.tokens.start && node.tokens.end <= within.end);
                prop_assert!(node.tokens.start <= node.head.start && node.head.end <= node.tokens.end);
                check(&node.body, node.head.end..node.tokens.end)?;
                at = node.tokens.end;
            }
            Ok(())
        }
        let parsed = parse(text);
        check(parsed.nodes(), 0..parsed.tokens().len() as u32)?;
    }

    #[test]
    fn loading_never_panics_and_points_into_the_files(text in texts()) {
        let loaded = load(&options(), &Memory::one(text));
        for diagnostic in &loaded.diagnostics {
            let places = diagnostic.at.iter().chain(diagnostic.notes.iter().filter_map(|note| note.at.as_ref()));
            for at in places {
                prop_assert!(at.start <= at.end);
                prop_assert!(at.end as usize <= loaded.files.file(at.file).text().len());
            }
            prop_assert!(!diagnostic.message.contains('\n'));
        }
        prop_assert!(loaded.diagnostics.len() <= 2 * Limits::default().diagnostics + 1);
    }
}

#[test]
fn loops_and_bombs_end_with_the_limit() {
    let nested = "~SEQ(a,1,99) ~SEQ(b,1,99) ~SEQ(c,1,99) ~SEQ(d,1,99) x";
    for (name, text) in [
        ("a file that includes itself", "include main.conf".to_owned()),
        ("a definition that uses itself", "$A= x \\\n$A \\\n\n$A".to_owned()),
        ("two definitions that use each other", "$A=\\\nx \\\n$B\n$B=\\\ny \\\n$A\n$A".to_owned()),
        ("sequences in sequences", nested.to_owned()),
        ("a long sequence", "~SEQ(a,1,9223372036854775807) x".to_owned()),
    ] {
        let loaded = load(&options(), &Memory::one(text));
        let limited = loaded.diagnostics.iter().any(|diagnostic| diagnostic.code == kaconf::Code::Limit);
        assert!(limited, "{name}: {:?}", loaded.diagnostics.last());
        assert!(loaded.fatal().is_some(), "{name}");
    }
}

#[test]
fn a_line_that_grows_without_end_is_left_alone() {
    for text in ["$A=$A$A x\n$A", "$A=$A\n$A", "$A=$B \n$B=$A \n$A"] {
        let loaded = load(&options(), &Memory::one(text));
        let found =
            loaded.diagnostics.iter().any(|diagnostic| diagnostic.code == kaconf::Code::ExpansionTooLong);
        assert!(found, "{text}: {:?}", loaded.diagnostics);
    }
}

/// Doubling definitions, the last of which is `end`; `k` uses the first.
fn doubling(levels: usize, end: &str) -> String {
    let mut text: String = (1..levels).map(|n| format!("$A{}=${{A{n}}}${{A{n}}}\n", n - 1)).collect();
    text.push_str(&format!("$A{}={end}\n", levels - 1));
    text
}

#[test]
fn a_line_whose_names_never_end_is_reported_once() {
    for (name, text) in [
        ("growing", "$A=$A$A ${A}${A}\n$A ${A}\n".to_owned()),
        ("doubling", doubling(40, "x") + "k ${A0}\n"),
        ("doubling nothing", doubling(40, "") + "k ${A0}\n"),
        ("doubling a brace", doubling(40, "}") + "k ${A0}\n"),
    ] {
        let mut options = Options::new("main.conf");
        options.limits.lines = 2000;
        let loaded = load(&options, &Memory::one(text));
        let left = loaded.diagnostics.iter().filter(|found| found.code == kaconf::Code::ExpansionTooLong);
        assert_eq!(left.count(), 1, "{name}");
        assert!(!loaded.diagnostics.iter().any(|found| found.code == kaconf::Code::Limit), "{name}");
    }
}

#[test]
fn expansions_of_a_whole_reading_end_with_one_diagnostic() {
    let long = format!("$L={}\n", "x".repeat(1000));
    let never: String = (0..1100).map(|n| format!("k{n} $A\n")).collect();
    for (name, text, shown) in [
        ("names replaced", format!("$A=$A\n{never}"), "more than 1000000 names were replaced"),
        ("octets of names", format!("{long}~SEQ(i,1,999999) $L"), "yield more than 67108864 octets"),
        (
            "octets of a sequence",
            format!("~SEQ(i,1,999999) {}", "x".repeat(1000)),
            "yield more than 67108864 octets",
        ),
    ] {
        let loaded = load(&Options::new("main.conf"), &Memory::one(text));
        let limits: Vec<_> =
            loaded.diagnostics.iter().filter(|found| found.code == kaconf::Code::Limit).collect();
        assert_eq!(limits.len(), 1, "{name}: {limits:?}");
        assert!(limits[0].message.contains(shown), "{name}: {limits:?}");
        assert!(limits[0].at.is_some(), "{name}");
        assert!(loaded.fatal().is_some(), "{name}");
    }
}

#[test]
fn files_may_not_be_larger_than_the_limit() {
    let mut options = options();
    options.limits.octets = 100;
    let loaded = load(&options, &Memory::one("#".repeat(101)));
    assert!(loaded.diagnostics.iter().any(|diagnostic| diagnostic.code == kaconf::Code::Limit));
}

#[test]
fn diagnostics_are_bounded_and_still_count() {
    let mut options = options();
    options.limits.diagnostics = 10;
    let loaded = load(&options, &Memory::one("nonsense\n".repeat(1000)));
    assert_eq!(loaded.diagnostics.len(), 11);
    assert_eq!(loaded.exit_class().code(), 5);
}
