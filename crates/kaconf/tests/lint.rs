//! Each `tests/lint/*.conf` gives the findings of the `.txt` file beside it, each `tests/cluster/*/` those of its
//! `expected.txt`.
//!
//! `UPDATE_EXPECT=1 cargo test -p kaconf --test lint` accepts what is given now.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use kaconf::{
    Class, Code, Diagnostic, FileSource, InterfaceFacts, Loaded, Location, Matches, Options, ReadError,
    Source, cluster, lint, load, with_lints,
};

/// Files of this directory, and a host on which interfaces called `away…` do not exist.
struct Host;

impl Source for Host {
    fn matches(&self, dir: &Path, pattern: &str) -> Result<Matches, ReadError> {
        FileSource.matches(dir, pattern)
    }

    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
        FileSource.read(path, limit)
    }

    fn interface(&self, name: &str) -> InterfaceFacts {
        match name {
            "away0" => InterfaceFacts::Missing,
            "p2p0" => InterfaceFacts::Present { mtu: 1500, multicast: false, loopback: false },
            _ => InterfaceFacts::Unknown,
        }
    }
}

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

fn read(file: &Path) -> Loaded {
    load(&Options::new(file), &Host)
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(directory)
        .expect("a directory of cases")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    found.sort();
    found
}

/// File, line, and the words a place holds.
fn place(loaded: &Loaded, at: Option<Location>) -> String {
    let Some(at) = at else { return String::new() };
    let file = loaded.files.file(at.file);
    let name = file.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (line, _) = loaded.files.line_column(at);
    let words = String::from_utf8_lossy(&file.text()[at.start as usize..at.end as usize]).into_owned();
    format!("{name}:{line} [{words}] ")
}

fn shown(loaded: &Loaded, diagnostic: &Diagnostic) -> String {
    let mut out = String::new();
    let at = place(loaded, diagnostic.at);
    let _ = writeln!(out, "{} {:?}: {at}{}", diagnostic.code, diagnostic.severity, diagnostic.message);
    for note in &diagnostic.notes {
        let _ = writeln!(out, "    {}{}", place(loaded, note.at), note.text);
    }
    for help in &diagnostic.helps {
        let _ = writeln!(out, "    help: {}", help.text);
        for edit in &help.edits {
            let _ = writeln!(out, "        {}-> {}", place(loaded, Some(edit.at)), edit.with);
        }
    }
    out
}

/// Compares with a file, or writes it.
fn expect(file: &Path, got: &str, wrong: &mut Vec<String>) {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(file, got).expect("a file to write");
    } else if fs::read_to_string(file).unwrap_or_default() != got {
        wrong.push(format!("{}:\n{got}", file.display()));
    }
}

#[test]
fn configurations_give_the_findings_beside_them() {
    let mut wrong = Vec::new();
    let mut seen = Vec::new();
    for file in entries(&directory("lint")) {
        if file.extension().is_none_or(|extension| extension != "conf") {
            continue;
        }
        let loaded = read(&file);
        let found = lint(&loaded, &Host);
        seen.extend(found.iter().map(|diagnostic| diagnostic.code));
        let got: String = found.iter().map(|diagnostic| shown(&loaded, diagnostic)).collect();
        expect(&file.with_extension("txt"), &got, &mut wrong);
    }
    assert!(wrong.is_empty(), "UPDATE_EXPECT=1 accepts:\n{}", wrong.join("\n"));
    assert_eq!(
        untested("K6", "K65", &seen),
        Vec::<&Code>::new(),
        "lints without a configuration that shows them"
    );
}

#[test]
fn clusters_give_the_findings_beside_them() {
    let mut wrong = Vec::new();
    let mut seen = Vec::new();
    for case in entries(&directory("cluster")) {
        let files = entries(&case);
        let is_conf = |file: &&PathBuf| file.extension().is_some_and(|extension| extension == "conf");
        let nodes: Vec<_> = files.iter().filter(is_conf).map(|file| read(file)).collect();
        let mut got = String::new();
        for finding in cluster(&nodes.iter().collect::<Vec<_>>()) {
            seen.push(finding.diagnostic.code);
            got.push_str(&shown(&nodes[finding.node], &finding.diagnostic));
            for place_there in &finding.elsewhere {
                let at = place(&nodes[place_there.node], place_there.at);
                let _ = writeln!(got, "    {at}{}", place_there.text);
            }
        }
        expect(&case.join("expected.txt"), &got, &mut wrong);
    }
    assert!(wrong.is_empty(), "UPDATE_EXPECT=1 accepts:\n{}", wrong.join("\n"));
    assert_eq!(untested("K65", "K7", &seen), Vec::<&Code>::new(), "checks without a cluster that shows them");
}

#[test]
fn a_finding_of_a_cluster_can_be_told_of_one_node() {
    let case = directory("cluster/interval");
    let nodes = [read(&case.join("a.conf")), read(&case.join("b.conf"))];
    let nodes: Vec<_> = nodes.iter().collect();
    let found = cluster(&nodes);
    let told = found[0].told(&nodes);
    let last = told.notes.last().expect("a note about the other node");
    assert!(last.at.is_none() && last.text.ends_with("interval/a.conf:5: 1 s there"), "{last:?}");
}

/// The codes of a range of which there is no example.
fn untested(from: &str, to: &str, seen: &[Code]) -> Vec<&'static Code> {
    let in_range = |code: &&Code| code.id() >= from && code.id() < to;
    Code::ALL.iter().filter(in_range).filter(|code| !seen.contains(code)).collect()
}

#[test]
fn one_thing_is_said_once() {
    for (file, code, instead_of) in [
        ("master-nopreempt.conf", Code::MasterNopreempt, Code::Incompatible),
        ("preempt-delay.conf", Code::DelayIgnored, Code::Incompatible),
        ("password-cut.conf", Code::PasswordCut, Code::Truncated),
        ("strict-authentication.conf", Code::StrictAuthentication, Code::Authentication),
        ("interval.conf", Code::IntervalOfVersion2, Code::IntervalAdjusted),
    ] {
        let loaded = read(&directory("lint").join(file));
        let count = |list: &[Diagnostic], wanted| list.iter().filter(|found| found.code == wanted).count();
        let all = with_lints(loaded.diagnostics.clone(), &loaded, &Host);
        let lints = count(&all, code);
        assert!(lints > 0, "{file}");
        let before = count(&loaded.diagnostics, instead_of);
        assert_eq!(count(&all, instead_of), before.saturating_sub(lints), "{file}: {before} and {lints}");
    }
}

#[test]
fn lints_have_no_say_in_the_verdict() {
    for file in entries(&directory("lint")).iter().filter(|file| file.to_string_lossy().ends_with(".conf")) {
        let loaded = read(file);
        assert!(lint(&loaded, &Host).iter().all(|found| found.class == Class::None), "{}", file.display());
    }
    for code in Code::ALL.iter().filter(|code| code.id().starts_with("K6")) {
        assert_eq!(code.class(), Class::None, "{code}");
    }
}

/// What is to be said of each code: `src/lint/details.md`.
const DETAILS: &str = include_str!("../src/lint/details.md");

/// The parts of a text behind a mark: their first lines, and the rest.
fn parts<'a>(text: &'a str, mark: &str) -> Vec<(&'a str, &'a str)> {
    text.split(mark).skip(1).map(|part| part.split_once('\n').unwrap_or((part, ""))).collect()
}

/// The codes that a part's examples give: those of one file, or those of two nodes.
fn codes_of(nodes: &[&str]) -> Vec<Code> {
    let loaded: Vec<_> = nodes.iter().map(|text| load(&Options::new("main.conf"), &Text(text))).collect();
    for (one, text) in loaded.iter().zip(nodes) {
        assert_eq!(one.diagnostics.iter().find(|found| found.code.id() < "K3"), None, "{text}");
    }
    match &loaded[..] {
        [one] => lint(one, &Host).iter().map(|found| found.code).collect(),
        several => {
            let nodes: Vec<_> = several.iter().collect();
            cluster(&nodes).iter().map(|found| found.diagnostic.code).collect()
        }
    }
}

/// One file in memory.
struct Text<'a>(&'a str);

impl Source for Text<'_> {
    fn matches(&self, _dir: &Path, pattern: &str) -> Result<Matches, ReadError> {
        Ok(Matches { paths: vec![PathBuf::from(pattern)], missing: false, wildcard: false })
    }

    fn read(&self, _path: &Path, _limit: usize) -> Result<Vec<u8>, ReadError> {
        Ok(self.0.as_bytes().to_vec())
    }
}

#[test]
fn every_code_is_explained_and_its_examples_are_true() {
    let sections = parts(DETAILS, "## ");
    let headings: Vec<_> = sections.iter().map(|(heading, _)| (*heading).to_owned()).collect();
    let lints = Code::ALL.iter().filter(|code| code.id().starts_with("K6"));
    let codes: Vec<_> = lints.clone().map(|code| format!("{} {}", code.id(), code.title())).collect();
    assert_eq!(headings, codes);
    for (code, (_, text)) in lints.zip(sections) {
        let examples: Vec<_> = parts(text, "```conf ")
            .into_iter()
            .map(|(kind, rest)| (kind, rest.split("```").next().unwrap_or_default()))
            .collect();
        let (wrong, right) = match &examples[..] {
            [] => continue,
            [("wrong", wrong), ("right", right)] => (vec![*wrong], vec![*right]),
            [("a", a), ("b wrong", wrong), ("b right", right)] => (vec![*a, *wrong], vec![*a, *right]),
            other => panic!("{code}: {other:?}"),
        };
        assert_eq!(codes_of(&wrong), [*code], "{code}: {wrong:?}");
        assert_eq!(codes_of(&right), [], "{code}: {right:?}");
        for text in right {
            let complaints = load(&Options::new("main.conf"), &Text(text)).diagnostics;
            assert_eq!(complaints, [], "{code}: {text}");
        }
    }
}
