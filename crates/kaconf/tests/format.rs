//! Laws of `format`, on texts made of meaningful pieces and on real files, whole and damaged; and examples.
//!
//! `tests/format/NAME.in.conf` is laid out as `NAME.out.conf` beside it; `UPDATE_EXPECT=1` accepts what is given
//! now. Every `.conf` below the directory that `KACONF_CORPUS` names obeys the laws too.

use std::fs;
use std::path::{Path, PathBuf};

use kaconf::syntax::{Kind, lex, parse};
use kaconf::{Code, Loaded, Matches, Options, ReadError, Source, format, load};
use proptest::prelude::*;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// One file in memory; everything that is included is the same small one.
struct Memory<'a>(&'a [u8]);

impl Source for Memory<'_> {
    fn matches(&self, _: &Path, pattern: &str) -> Result<Matches, ReadError> {
        let missing = !matches!(pattern, "main.conf" | "a.inc" | "b.inc");
        let paths = if missing { Vec::new() } else { vec![pattern.into()] };
        Ok(Matches { paths, missing, wildcard: false })
    }

    fn read(&self, path: &Path, _: usize) -> Result<Vec<u8>, ReadError> {
        Ok(match path.to_str() {
            Some("a.inc") => b"priority 7\n}\n".to_vec(),
            Some("b.inc") => b"vrrp_instance INC {\n$Q= \\\n x\n".to_vec(),
            _ => self.0.to_vec(),
        })
    }
}

fn loaded(text: &[u8]) -> Loaded {
    let mut options = Options::new("main.conf");
    options.config_id = Some("node-a".into());
    options.random_seed = Some(7);
    options.test = true;
    // Names are what a layout leaves alone, so that this bound is reached before and after; the number of lines is not.
    (options.limits.expansions, options.limits.expanded) = (2000, 1 << 16);
    load(&options, &Memory(text))
}

/// What a text comes to: codes and messages, exit class, model. Which block lacks its brace is told by how far lines
/// are indented, and a character that looks like another is told only on a line that nothing else is said of: both
/// are what a layout changes.
fn meaning(text: &[u8]) -> (Vec<(Code, String)>, u8, kaconf::model::Config) {
    let mut loaded = loaded(text);
    let message = |found: &kaconf::Diagnostic| match found.code {
        Code::MissingClose => String::new(),
        _ => found.message.to_string(),
    };
    let told = loaded.diagnostics.iter().filter(|found| found.code != Code::Lookalike);
    let found = told.map(|found| (found.code, message(found))).collect();
    loaded.config.doubts.retain(|doubt| !doubt.contains(" is not closed: "));
    (found, loaded.exit_class().code(), loaded.config)
}

/// Without the one mark at the start that formatting drops.
fn unmarked(text: &[u8]) -> &[u8] {
    text.strip_prefix(BOM).filter(|rest| !rest.starts_with(BOM)).unwrap_or(text)
}

/// Comments without the blanks behind them, in the order of the text.
fn comments(text: &[u8]) -> Vec<Vec<u8>> {
    let comment = |token: &kaconf::syntax::Token| token.kind == Kind::Comment;
    let octets = |token: kaconf::syntax::Token| {
        text[token.start as usize..token.end as usize].trim_ascii_end().to_vec()
    };
    let mut found: Vec<_> = lex(text).into_iter().filter(comment).map(octets).collect();
    found.sort();
    found
}

/// Every law, for one text.
fn obeys(text: &[u8]) -> Result<(), String> {
    let once = format(text);
    let shown = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
    let law =
        |name: &str, holds: bool, what: String| if holds { Ok(()) } else { Err(format!("{name}\n{what}")) };
    let twice = format(&once);
    law("idempotent", twice == once, format!("{}\n---\n{}", shown(&once), shown(&twice)))?;
    let (before, after) = (meaning(unmarked(text)), meaning(&once));
    let codes = |found: &[(Code, String)]| {
        found.iter().map(|(code, text)| format!("{code} {text}\n")).collect::<String>()
    };
    law(
        "diagnostics",
        before.0 == after.0,
        format!("{}---\n{}---\n{}", codes(&before.0), codes(&after.0), shown(&once)),
    )?;
    law("exit class", before.1 == after.1, format!("{} {}", before.1, after.1))?;
    law("model", before.2 == after.2, format!("{:#?}\n---\n{:#?}", before.2, after.2))?;
    law("comments", comments(unmarked(text)) == comments(&once), shown(&once))?;
    law("tree", parse(once.clone()).print() == once, shown(&once))?;
    law("bounded", once.len() <= 70 * text.len() + 1, format!("{} of {}", once.len(), text.len()))
}

/// Pieces that mean something to a layout, so that random texts get past the first line.
const PIECES: &[&str] = &[
    "global_defs",
    "vrrp_instance VI_1",
    "vrrp_instance VI_2",
    "virtual_ipaddress",
    "unicast_peer",
    "10.0.0.1/24",
    "10.0.0.2 dev eth0",
    "fe80::1",
    "interface eth0",
    "virtual_router_id 51",
    "priority 255",
    "priority 1 1",
    "state MASTER",
    "nopreempt",
    "router_id",
    "auth_pass",
    "authentication",
    "vrrp_script chk",
    "script",
    "include",
    "include a.inc",
    "include b.inc",
    "includem none",
    "include{",
    "virtual_server 1.2.3.4 80",
    "real_server",
    "{",
    "{",
    "{",
    "}",
    "}",
    "}",
    "\n",
    "\n",
    "\n",
    "\n",
    "\n\n\n",
    " ",
    " ",
    "\t",
    "   ",
    "#",
    "# a",
    "! b {",
    "\"",
    "\"a b\"",
    "\"a # {\"",
    "\\",
    "\\\n",
    " \\\n",
    "\\\\\n",
    " \\ \\\n",
    "\r\n",
    "\r",
    "\u{b}",
    "\u{c}",
    "$A",
    "${A}",
    "\n$A\n",
    "\n$A=",
    "\n$B=",
    "$B=",
    "$A= foo { \\\n",
    "${_RANDOM 1 3}",
    "${_HASH}",
    "${",
    "~SEQ(i,1,3) ",
    "~LST(a,1,2) ",
    "~SEQ(i,1,2)",
    "\n@node-a ",
    "\n@^x ",
    "@node-a",
    "@ ",
    "@a{b ",
    "\\#",
    "\\!",
    "\0",
    "é",
    "=",
    "x",
    "\u{feff}",
    "\n}\n",
    "\n{\n",
    "-1",
];

/// A text that is shown as one.
#[derive(Clone)]
struct Text(Vec<u8>);

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

fn texts() -> impl Strategy<Value = Text> {
    let pieces =
        prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|all| all.concat().into_bytes());
    let words =
        prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|all| all.join(" ").into_bytes());
    let long = (pieces.clone().boxed(), 900..1100_usize, pieces.clone().boxed(), any::<bool>(), 0..9_usize)
        .prop_map(|(before, len, after, blank, at)| {
            let filler: &[u8] = [&b" "[..], b"x", b"x y", b"\"a\"", b"#", b"{", b"$A ", b"\n#", b"\\"][at];
            let rest = if blank { " " } else { "x" }.repeat(len % 7);
            [before, filler.repeat(len / filler.len()), rest.into_bytes(), after].concat()
        });
    let octets = prop::collection::vec(any::<u8>(), 0..300);
    prop_oneof![6 => pieces, 4 => words, 2 => long, 1 => octets].prop_map(Text)
}

proptest! {
    #[test]
    fn laws_hold_for_texts_of_meaningful_pieces(text in texts()) {
        obeys(&text.0).map_err(TestCaseError::fail)?;
    }

    /// Two pieces of a real file changed places, one was doubled, one left out, one octet was put in.
    #[test]
    fn laws_hold_for_damaged_files(
        file in prop::sample::select(files()),
        cuts in prop::array::uniform4(any::<prop::sample::Index>()),
        piece in prop::sample::select(PIECES),
        order in prop::sample::subsequence(vec![0, 1, 2, 3, 3, 2, 1, 4], 1..=8),
    ) {
        let text = fs::read(&file).unwrap();
        let mut at = cuts.map(|cut| cut.index(text.len() + 1));
        at.sort_unstable();
        let parts = [&text[..at[0]], &text[at[0]..at[1]], &text[at[1]..at[2]], &text[at[2]..at[3]], piece.as_bytes()];
        let damaged: Vec<u8> = order.into_iter().flat_map(|part: usize| parts[part]).copied().collect();
        obeys(&damaged).map_err(TestCaseError::fail)?;
    }
}

fn files() -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conf");
    let mut found = Vec::new();
    files_below(&std::env::var_os("KACONF_CORPUS").map_or(own, PathBuf::from), &mut found);
    found.sort();
    found
}

fn files_below(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory of configurations") {
        let path = entry.expect("an entry of the directory").path();
        if path.is_dir() {
            files_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "conf") {
            found.push(path);
        }
    }
}

#[test]
fn laws_hold_for_files() {
    let broken: Vec<_> = files()
        .into_iter()
        .filter_map(|path| Some(format!("{}: {}", path.display(), obeys(&fs::read(&path).unwrap()).err()?)))
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
}

#[test]
fn examples() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/format");
    let mut inputs = Vec::new();
    files_below(&directory, &mut inputs);
    inputs.retain(|path| path.to_str().is_some_and(|path| path.ends_with(".in.conf")));
    assert!(inputs.len() > 5, "examples in {}", directory.display());
    for input in inputs {
        let text = fs::read(&input).unwrap();
        let wanted = PathBuf::from(input.to_str().unwrap().replace(".in.conf", ".out.conf"));
        let got = format(&text);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&wanted, &got).unwrap();
        }
        let want = fs::read(&wanted).unwrap_or_default();
        let shown = String::from_utf8_lossy;
        assert_eq!(shown(&got), shown(&want), "{}", input.display());
        obeys(&text).unwrap_or_else(|law| panic!("{}: {law}", input.display()));
    }
}
