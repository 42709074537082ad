//! Targets for what a text may be turned into without a change of meaning: another layout, the same lines by
//! another way, one line edited.

use std::path::PathBuf;

use kaconf::edit::Document;
use kaconf::model::Config;
use kaconf::syntax::{Node, Parse, Shape, parse};
use kaconf::{Code, Diagnostic, ExitClass, Options, format, load};

use crate::conf::Host;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Bounds that a text as long as a fuzzer's comes near by what it makes of names and sequences only.
fn options() -> Options {
    let mut options = Options::new("main.conf");
    options.config_id = Some("node-a".into());
    options.random_seed = Some(1);
    options.test = true;
    options.limits.depth = 6;
    options.limits.files = 24;
    options.limits.lines = 20_000;
    (options.limits.expansions, options.limits.expanded) = (1000, 1 << 16);
    options
}

/// What was found, the verdict, the model.
type Meaning = (Vec<(Code, String)>, ExitClass, Config);

/// What a configuration comes to. `None` if a limit was reached: where that is, is no part of the meaning.
fn meaning(host: &Host) -> Option<Meaning> {
    let mut loaded = load(&options(), host);
    // Which block lacks its brace is told by the indentation of lines, which is what a layout changes.
    let message = |found: &Diagnostic| match found.code {
        Code::MissingClose => String::new(),
        _ => found.message.to_string(),
    };
    // A quote that is left open is told of the line as typed, and of each line that is made of it.
    let told = loaded.diagnostics.iter().filter(|found| found.code != Code::UnmatchedQuote);
    let found: Vec<_> = told.map(|found| (found.code, message(found))).collect();
    let same = |doubt: &str| !doubt.contains(" is not closed: ") && !doubt.starts_with("unmatched quote");
    loaded.config.doubts.retain(|doubt| same(doubt));
    let limited = found.iter().any(|(code, _)| *code == Code::Limit);
    (!limited).then(|| (found, loaded.exit_class(), loaded.config))
}

/// Files as `conf_load` has them, the first laid out: it reads as before, and is canonical then.
pub fn conf_format(octets: &[u8]) {
    let mut host = Host::new(octets);
    let main = PathBuf::from("main.conf");
    for (path, text) in &mut host.files {
        // A definition that goes on from one file into the next is beyond what a layout can see.
        if *path != main {
            text.extend_from_slice(b"\n\n");
        }
    }
    let text = host.files.get(&main).cloned().unwrap_or_default();
    // The mark is dropped, and what is said of it.
    let text = match text.strip_prefix(BOM) {
        Some(rest) if !rest.starts_with(BOM) => rest.to_vec(),
        _ => text,
    };
    let canonical = format(&text);
    assert_eq!(format(&canonical), canonical, "{}", canonical.escape_ascii());
    assert!(canonical.len() <= 70 * text.len() + 1, "in proportion");
    host.files.insert(main.clone(), text);
    let before = meaning(&host);
    host.files.insert(main, canonical);
    if let (Some(before), Some(after)) = (before, meaning(&host)) {
        assert_eq!(before, after);
    }
}

/// Lines come to the same, whichever way they come: typed, included, chosen, listed, defined.
pub fn conf_expand(octets: &[u8]) {
    let simple = |line: &&[u8]| {
        let no =
            |octet: &u8| !matches!(octet, b'$' | b'\\' | b'@' | b'~' | b'#' | b'!' | b'\r' | 0..=8 | 11 | 12);
        line.len() < 900 && line.iter().all(no) && !line.starts_with(BOM)
    };
    let lines = octets.split(|octet| *octet == b'\n').map(<[u8]>::trim_ascii);
    let lines: Vec<_> = lines.filter(|line| !line.is_empty()).filter(simple).collect();
    // What follows a brace is a line of its own, and may then be an include.
    if lines.is_empty() || octets.windows(7).any(|word| word == b"include") {
        return;
    }
    let each = |before: &str, behind: &str| -> Vec<u8> {
        let line = |line: &&[u8]| [before.as_bytes(), line, behind.as_bytes(), b"\n"].concat();
        lines.iter().flat_map(line).collect()
    };
    let main = |text: Vec<u8>| [("main.conf".into(), text)];
    let mut host = Host::new(b"");
    host.files.extend(main(each("", "")));
    let Some(typed) = meaning(&host) else { return };
    host.files.insert("part".into(), each("", ""));
    host.files.insert("half".into(), each("@^node-a ", ""));
    let defined = [&b"$KAD_FUZZ= \\\n"[..], &each("", " \\"), b"\n$KAD_FUZZ\n"].concat();
    for (way, text) in [
        ("included", b"include part\n".to_vec()),
        ("chosen", each("@node-a ", "")),
        ("listed", each("~LST(kad_fuzz, 1) ", "")),
        ("counted", each("~SEQ(kad_fuzz, 1, 1) ", "")),
        ("defined", defined),
        ("chosen in another file", [&b"include half\n"[..], &each("", "\n# here")].concat()),
    ] {
        host.files.extend(main(text));
        if let Some(met) = meaning(&host) {
            assert_eq!(met, typed, "{way}");
        }
    }
}

/// A keyword is set in every block that can be named, and taken out again.
pub fn conf_edit(octets: &[u8]) {
    let parsed = parse(octets.to_vec());
    let mut path = Vec::new();
    blocks(&parsed, parsed.nodes(), &mut path, &mut |path| edited(octets, path));
    edited(octets, &[]);
}

fn blocks(parse: &Parse, nodes: &[Node], path: &mut Vec<String>, each: &mut dyn FnMut(&[&str])) {
    // A few of each: the rest would be the same again.
    for node in nodes.iter().filter(|node| node.shape == Shape::Block).take(3) {
        let head = parse.words(node).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
        path.push(head);
        each(&path.iter().map(String::as_str).collect::<Vec<_>>());
        if path.len() < 4 {
            blocks(parse, &node.body, path, each);
        }
        path.pop();
    }
}

fn edited(octets: &[u8], path: &[&str]) {
    let mut file = Document::new(octets);
    assert!(file.set(path, "kad_fuzz", "1 }").is_err());
    assert_eq!(file.text(), octets);
    let was = file.get(path, "kad_fuzz").map(<[u8]>::to_vec);
    let done = file.set(path, "kad_fuzz", "a \"b # c\"");
    if done.is_err() {
        assert_eq!(file.text(), octets, "refused");
        return;
    }
    assert_eq!(file.get(path, "kad_fuzz"), Some(&b"a \"b # c\""[..]), "{}", file.text().escape_ascii());
    if was.is_none() {
        let text = file.text();
        let start = text.iter().zip(octets).take_while(|(new, old)| new == old).count();
        assert!(text.ends_with(octets[start..].trim_ascii_start()), "one insertion: {}", text.escape_ascii());
    }
    assert!(file.remove(path, "kad_fuzz").is_ok_and(|count| count > 0));
    assert_eq!(file.get(path, "kad_fuzz"), None);
}
