//! Every example that is shown to people is read without a complaint.

use std::path::{Path, PathBuf};

use kaconf::{
    Code, Diagnostic, InterfaceFacts, Loaded, Lookup, Matches, Options, PathFacts, PathKind, ReadError,
    RoutingDirs, RoutingNames, Severity, Source, UserFacts, explain, keywords, load, with_lints,
};

/// One configuration, and an empty file wherever it includes another, on a host that lacks what the examples of
/// codes say it lacks.
struct Text<'a>(&'a str);

const NAME: &str = "example.conf";

impl Source for Text<'_> {
    fn matches(&self, dir: &Path, pattern: &str) -> Result<Matches, ReadError> {
        let path = if pattern == NAME { PathBuf::from(NAME) } else { dir.join("included.conf") };
        Ok(Matches { paths: vec![path], missing: false, wildcard: false })
    }

    fn read(&self, path: &Path, _limit: usize) -> Result<Vec<u8>, ReadError> {
        Ok(if path == Path::new(NAME) { self.0.as_bytes().to_vec() } else { Vec::new() })
    }

    fn interface(&self, name: &str) -> InterfaceFacts {
        if name == "eth9" { InterfaceFacts::Missing } else { InterfaceFacts::Unknown }
    }

    fn namespace(&self, name: &str) -> Lookup<()> {
        if name == "nowhere" { Lookup::Missing } else { Lookup::Present(()) }
    }

    fn resolves(&self, host: &str) -> Lookup<()> {
        if host.ends_with(".invalid") { Lookup::Missing } else { Lookup::Present(()) }
    }

    fn user(&self, name: &str) -> Lookup<UserFacts> {
        match name {
            "root" => Lookup::Present(UserFacts { uid: 0, gid: 0 }),
            "nobody" => Lookup::Present(UserFacts { uid: 65_534, gid: 65_534 }),
            _ => Lookup::Missing,
        }
    }

    fn path(&self, path: &Path) -> Lookup<PathFacts> {
        let found = |kind, uid, mode| Lookup::Present(PathFacts { kind, uid, gid: 0, mode });
        match path.to_str() {
            Some("/usr/local/bin/missing") => Lookup::Missing,
            Some("/usr/local/bin/not-executable" | "/etc/hostname") => found(PathKind::File, 0, 0o644),
            Some("/usr/local/link") => found(PathKind::Link("bin".into()), 0, 0o777),
            Some("/srv/theirs") => found(PathKind::Directory, 1000, 0o755),
            Some("/" | "/usr" | "/usr/local" | "/usr/local/bin" | "/srv") => {
                found(PathKind::Directory, 0, 0o755)
            }
            Some("/srv/theirs/on-change") => found(PathKind::File, 0, 0o755),
            Some(path) if path.starts_with("/usr/local/bin/") => found(PathKind::File, 0, 0o755),
            _ => Lookup::Unknown,
        }
    }

    fn routing_names(&self, list: RoutingNames, _: &RoutingDirs) -> Vec<(String, u32)> {
        if list == RoutingNames::IpProtocols { vec![("tcp".to_owned(), 6)] } else { Vec::new() }
    }
}

fn read(text: &str) -> Loaded {
    let mut options = Options::new(NAME);
    options.test = true;
    options.config_id = Some("lb1".into());
    load(&options, &Text(text))
}

/// All that is found in it, lints included.
fn found(text: &str) -> Vec<Diagnostic> {
    let loaded = read(text);
    with_lints(loaded.diagnostics.clone(), &loaded, &Text(text))
}

/// What is wrong with it, beyond a note.
fn complaints(text: &str) -> Vec<String> {
    let bad = found(text).into_iter().filter(|found| found.severity > Severity::Note);
    bad.map(|found| format!("{} {}", found.code, found.message)).collect()
}

#[test]
fn the_example_of_every_keyword_is_read_and_has_it() {
    let mut wrong = Vec::new();
    for keyword in keywords::all() {
        let example = keyword.example();
        let mut complaints = complaints(&example);
        if keyword.since == "unreleased" {
            complaints.retain(|complaint| !complaint.starts_with("K200"));
        }
        let shown = keyword.replacement().unwrap_or(keyword).name;
        let there =
            shown.starts_with('<') || shown == "as" || example.split_whitespace().any(|word| word == shown);
        if !complaints.is_empty() || !there {
            wrong.push(format!("{}: {complaints:?}\n{example}", keyword.path()));
        }
    }
    assert!(wrong.is_empty(), "{} of them\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_wrong_example_of_a_code_has_the_fault_and_the_right_one_has_none() {
    let mut wrong = Vec::new();
    for code in Code::ALL {
        if let Some(text) = code.wrong_example()
            && !found(text).iter().chain(&read(text).diagnostics).any(|found| found.code == *code)
        {
            wrong.push(format!("{code} is not found: {:?}", complaints(text)));
        }
        let complaints = code.right_example().map(complaints).unwrap_or_default();
        if !complaints.is_empty() {
            wrong.push(format!("{code} is not mended: {complaints:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_examples_of_topics_are_read() {
    for topic in explain::topics() {
        let fences = topic.text.split("```conf\n").skip(1);
        for example in fences.filter_map(|rest| rest.split("```").next()) {
            assert_eq!(complaints(example), Vec::<String>::new(), "{}:\n{example}", topic.name);
        }
    }
}

/// A part with several examples would hide all but its first one from the test above.
#[test]
fn every_example_of_the_details_is_read() {
    for keyword in keywords::all() {
        let text = keyword.details().unwrap_or_default();
        for example in text.split("```conf\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            assert_eq!(complaints(example), Vec::<String>::new(), "{}:\n{example}", keyword.path());
        }
    }
}
