//! Every example that is shown to people is read without a complaint.

use std::path::{Path, PathBuf};

use kaconf::{
    Code, InterfaceFacts, Loaded, Matches, Options, ReadError, Severity, Source, explain, keywords, load,
};

/// One configuration, and an empty file wherever it includes another.
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
        // For the code that says so.
        if name == "eth9" { InterfaceFacts::Missing } else { InterfaceFacts::Unknown }
    }
}

fn read(text: &str) -> Loaded {
    let mut options = Options::new(NAME);
    options.test = true;
    options.config_id = Some("lb1".into());
    load(&options, &Text(text))
}

/// What is wrong with it, beyond a note.
fn complaints(text: &str) -> Vec<String> {
    let loaded = read(text);
    let bad = loaded.diagnostics.iter().filter(|found| found.severity > Severity::Note);
    bad.map(|found| format!("{} {}", found.code, found.message)).collect()
}

#[test]
fn the_example_of_every_keyword_is_read_and_has_it() {
    let mut wrong = Vec::new();
    for keyword in keywords::all() {
        let example = keyword.example();
        let complaints = complaints(&example);
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
            && !read(text).diagnostics.iter().any(|found| found.code == *code)
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
