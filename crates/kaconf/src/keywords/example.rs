//! Examples of keywords: one written by hand where there is one, else one made of the grammar, in its block.
//!
//! What a block needs to be read without a complaint is in `frames.tsv`, values that no grammar gives in
//! `samples.tsv`; a test reads every example.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::OnceLock;

use super::{Keyword, ROOT, Shape, details, find};
use crate::markdown;

/// block, head, what it needs inside, before it and behind it. `;` ends a line within a column.
const FRAMES: &str = include_str!("frames.tsv");
/// block or the end of its path, keyword, value, what stands before it in the block, what stands before the block.
///
/// A value that begins with `=` is the whole line.
const SAMPLES: &str = include_str!("samples.tsv");

/// How a block begins, and the lines it cannot do without.
#[derive(Clone, Copy, Default)]
struct Frame<'a> {
    block: &'a str,
    head: &'a str,
    needs: &'a str,
    before: &'a str,
    after: &'a str,
}

/// What to write behind a keyword.
#[derive(Clone, Copy, Default)]
struct Sample {
    block: &'static str,
    name: &'static str,
    value: &'static str,
    beside: &'static str,
    before: &'static str,
}

fn columns<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().skip(1).map(|line| {
        let mut columns = line.split('\t');
        std::array::from_fn(|_| columns.next().unwrap_or_default())
    })
}

fn frames() -> &'static [Frame<'static>] {
    static ALL: OnceLock<Vec<Frame<'static>>> = OnceLock::new();
    let frame =
        |[block, head, needs, before, after]: [&'static str; 5]| Frame { block, head, needs, before, after };
    ALL.get_or_init(|| columns(FRAMES).map(frame).collect())
}

fn samples() -> &'static [Sample] {
    static ALL: OnceLock<Vec<Sample>> = OnceLock::new();
    let row = |[block, name, value, beside, before]: [&'static str; 5]| Sample {
        block,
        name,
        value,
        beside,
        before,
    };
    ALL.get_or_init(|| columns(SAMPLES).map(row).collect())
}

/// An example of a keyword; of the newer one that replaces it, if one does.
pub(super) fn of(keyword: &Keyword) -> Cow<'static, str> {
    let keyword = keyword.replacement().unwrap_or(keyword);
    let written = |text| markdown::example(text, "conf");
    let own = details::of(keyword.block, keyword.name).and_then(written);
    match own.or_else(|| details::of(&keyword.path(), "").and_then(written)) {
        Some(example) => example.into(),
        None => made(keyword).into(),
    }
}

/// One made of the grammar.
fn made(keyword: &Keyword) -> String {
    let sample = sample(keyword);
    let mut before: Vec<String> = split(sample.before).collect();
    let mut lines: Vec<String> = split(sample.beside).collect();
    let mut after = Vec::new();
    let (mut block, mut name) = (Cow::from(keyword.block), keyword.name);
    match sample.value.strip_prefix('=') {
        Some(line) => lines.extend(split(line)),
        // A block without a value: what it cannot do without says enough.
        None if keyword.shape == Shape::Block && sample.value.is_empty() => {
            (block, name) = (keyword.path(), "")
        }
        None => lines.extend(split(&line(keyword, sample.value))),
    }
    let mut path: &str = &block;
    while path != ROOT {
        let (outer, last) = path.rsplit_once('/').unwrap_or((ROOT, path));
        let frame = frames().iter().find(|frame| path == frame.block || is_end_of(frame.block, path));
        let frame = frame.copied().unwrap_or(Frame { head: last, ..Frame::default() });
        let mut inner = missing(frame.needs, name, &lines);
        inner.append(&mut lines);
        lines.push(format!("{} {{", frame.head));
        lines.append(&mut inner);
        lines.push("}".to_owned());
        before.extend(split(frame.before));
        after.extend(split(frame.after));
        (path, name) = (outer, last);
    }
    laid_out(secured(before.into_iter().chain(lines).chain(after).collect()).into_iter())
}

/// Where samples have their scripts and FIFOs.
const SCRIPTS: [&str; 2] = ["\"/usr/local/bin/", "notify_fifo /"];

/// A configuration with scripts or FIFOs says whose they are, and that nobody else may change them.
fn secured(mut lines: Vec<String>) -> Vec<String> {
    const HEAD: &str = "global_defs {";
    if lines.iter().any(|line| SCRIPTS.iter().any(|script| line.contains(script))) {
        let said = ["enable_script_security", "script_user root"].map(str::to_owned);
        if let Some(head) = lines.iter().position(|line| line == HEAD) {
            lines.splice(head + 1..head + 1, said);
        } else {
            let [security, user] = said;
            lines.splice(0..0, [HEAD.to_owned(), security, user, "}".to_owned()]);
        }
    }
    lines
}

/// What a block needs, but for what the example has itself.
fn missing(needs: &str, name: &str, lines: &[String]) -> Vec<String> {
    let mut nested = 0;
    let mut skip = false;
    split(needs)
        .filter(|line| {
            let first = line.split(' ').next().unwrap_or_default();
            if nested == 0 {
                skip = first == name || lines.iter().any(|line| line.split(' ').next() == Some(first));
            }
            nested += usize::from(line.ends_with('{'));
            nested -= usize::from(line == "}" && nested > 0);
            !skip
        })
        .collect()
}

/// The value for a keyword: that of its block, else that of the blocks whose paths end alike, else that of all.
fn sample(keyword: &Keyword) -> Sample {
    let named = || samples().iter().filter(|sample| sample.name == keyword.name);
    let own = named().find(|sample| sample.block == keyword.block);
    let alike = |sample: &&Sample| sample.block == "*" || is_end_of(sample.block, keyword.block);
    own.or_else(|| named().find(alike)).copied().unwrap_or_default()
}

/// Whether a block inside of others is meant by the end of its path. What stands at root level has no end.
fn is_end_of(end: &str, path: &str) -> bool {
    let outer = path.strip_suffix(end);
    outer.is_some_and(|outer| outer.ends_with('/')) && find(ROOT, end).is_none()
}

/// The keyword with its value, as it stands in its block.
fn line(keyword: &Keyword, sample: &str) -> String {
    let value = if sample.is_empty() { value(keyword) } else { sample.to_owned() };
    let text = match keyword.shape {
        Shape::Flag => keyword.name.to_owned(),
        Shape::Value => format!("{} {value}", keyword.name),
        Shape::Block | Shape::Lines => format!("{} {{;{value};}}", keyword.name),
    };
    // Blocks of lines: what is in the table are words of a line.
    let last = &keyword.block[keyword.block.rfind('/').map_or(0, |at| at + 1)..];
    match last {
        "virtual_ipaddress" | "static_ipaddress" => format!("192.0.2.20/24 {text}"),
        "virtual_routes" | "static_routes" => format!("198.51.100.0/24 via 192.0.2.1 dev eth0 {text}"),
        "virtual_rules" | "static_rules" => format!("from 192.0.2.0/24 {text} lookup 100 preference 1000"),
        "track_interface" => format!("eth1 {text}"),
        "unicast_peer" => format!("192.0.2.2 {text}"),
        _ => text,
    }
}

/// A value that fits a grammar: the words that may not be left out, each with something for it.
fn value(keyword: &Keyword) -> String {
    let form = keyword.grammar.split(" , ").next().unwrap_or_default();
    let mut words: Vec<String> = Vec::new();
    let mut rest = form.trim_matches(['[', ']', '{', '}', ' ']);
    while let Some(word) = rest.split_whitespace().next() {
        let start = rest.find(word).unwrap_or(0);
        if word.starts_with('[') || word == ".." {
            break;
        }
        let end = if word.starts_with('<') {
            rest.find('>').map_or(rest.len(), |end| end + 1)
        } else {
            start + word.len()
        };
        words.push(filled(&rest[start..end], keyword.default));
        rest = rest[end..].trim_start_matches(|c: char| !c.is_whitespace());
    }
    words.join(" ")
}

/// Something for one word of a grammar.
fn filled(word: &str, default: &str) -> String {
    let Some(kind) = word.strip_prefix('<') else {
        return word.split([',', ']']).next().unwrap_or_default().to_owned();
    };
    let (name, rest) = kind.split_once([' ', '>', ',']).unwrap_or((kind, ""));
    let bound =
        |text: &str| text.split("..").next().map(|low| low.rsplit(' ').next().unwrap_or(low).to_owned());
    match name {
        "INT" | "UINT" | "DEC" | "UINT32" | "INT32" | "UINT64" if default.parse::<f64>().is_ok() => {
            default.to_owned()
        }
        "INT" | "UINT" | "DEC" if rest.contains("..") => bound(rest).unwrap_or_default(),
        "INT" | "UINT" | "DEC" | "UINT32" | "INT32" | "UINT64" | "ID" => "1".to_owned(),
        "IPADDR" | "IPV4" => "192.0.2.2".to_owned(),
        "IFNAME" => "eth0".to_owned(),
        "PORT" => "8080".to_owned(),
        "SCRIPT" => "\"/usr/local/bin/notify.sh\"".to_owned(),
        "PATH" | "LOG" => "/var/lib/keepalived/file".to_owned(),
        "DIR" => "/var/lib/keepalived".to_owned(),
        "USER" => "nobody".to_owned(),
        "CPU" => "0".to_owned(),
        "EMAIL" => "root@example.org".to_owned(),
        name if name.contains("..") => bound(name).unwrap_or_default(),
        _ => "web".to_owned(),
    }
}

fn split(text: &str) -> impl Iterator<Item = String> {
    text.split(';').map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned)
}

/// Lines with the indentation that their braces give them.
fn laid_out(lines: impl Iterator<Item = String>) -> String {
    let mut out = String::new();
    let mut depth = 0_usize;
    for line in lines {
        depth -= usize::from(line == "}" && depth > 0);
        let _ = writeln!(out, "{:width$}{line}", "", width = 4 * depth);
        depth += usize::from(line.ends_with('{'));
    }
    out
}
