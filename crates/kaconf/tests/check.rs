//! Each `tests/check/*.conf` is shown to people as in the `.txt` file beside it.
//!
//! `UPDATE_EXPECT=1 cargo test -p kaconf --all-features --test check` accepts what is shown now.

use std::fs;
use std::path::{Path, PathBuf};

use kaconf::{
    Code, Diagnostic, FileSource, Finding, Help, Loaded, Look, Matches, Options, ReadError, Source,
    distilled, github, json, load, render, sarif, snippet,
};
use proptest::prelude::*;
use serde_json::Value;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check")
}

fn configurations() -> Vec<PathBuf> {
    let entries =
        fs::read_dir(directory()).expect("configurations").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "conf")).collect();
    files.sort();
    files
}

fn read(path: &Path) -> (Loaded, Vec<Diagnostic>) {
    read_as(path, None)
}

/// Reads a configuration with other octets in one file.
fn read_as(path: &Path, instead: Option<(&Path, Vec<u8>)>) -> (Loaded, Vec<Diagnostic>) {
    let mut options = Options::new(path);
    options.test = true;
    let loaded = load(&options, &Instead(instead));
    let diagnostics = distilled(&loaded);
    (loaded, diagnostics)
}

/// The file system with other octets in one file.
struct Instead<'a>(Option<(&'a Path, Vec<u8>)>);

impl Source for Instead<'_> {
    fn matches(&self, dir: &Path, pattern: &str) -> Result<Matches, ReadError> {
        FileSource.matches(dir, pattern)
    }

    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
        match &self.0 {
            Some((instead, octets)) if *instead == path => Ok(octets.clone()),
            _ => FileSource.read(path, limit),
        }
    }
}

fn findings<'a>(loaded: &'a Loaded, diagnostics: &'a [Diagnostic]) -> Vec<Finding<'a>> {
    diagnostics.iter().map(|diagnostic| Finding { diagnostic, files: &loaded.files }).collect()
}

/// Without the path of this repository, and without blanks at the end of lines.
fn portable(text: &str) -> String {
    let text = text.replace(&format!("{}/", directory().display()), "");
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn diagnostics_are_shown_as_written_beside_the_files() {
    let mut wrong = Vec::new();
    for path in configurations() {
        let (loaded, diagnostics) = read(&path);
        let mut shown = format!("kad -t: {}\n", loaded.exit_class().code());
        for diagnostic in &diagnostics {
            shown.push('\n');
            let finding = Finding { diagnostic, files: &loaded.files };
            shown.push_str(&portable(&snippet(finding, Look::default())));
        }
        let expected = path.with_extension("txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&expected, &shown).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != shown {
            wrong.push(format!("{}:\n{shown}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "UPDATE_EXPECT=1 accepts:\n{}", wrong.join("\n"));
}

/// The text of a file with a help applied.
fn mended(text: &[u8], help: &Help) -> Vec<u8> {
    let mut edits: Vec<_> = help.edits.iter().collect();
    edits.sort_by_key(|edit| edit.at);
    let mut out = text.to_vec();
    for edit in edits.iter().rev() {
        out.splice(edit.at.start as usize..edit.at.end as usize, edit.with.bytes());
    }
    out
}

#[test]
fn a_help_that_can_be_applied_mends_what_it_is_about() {
    let mut applied = 0;
    for path in configurations() {
        let (loaded, diagnostics) = read(&path);
        for diagnostic in &diagnostics {
            for help in diagnostic.helps.iter().filter(|help| !help.edits.is_empty()) {
                let file = loaded.files.file(help.edits[0].at.file);
                let (_, left) = read_as(&path, Some((file.path(), mended(file.text(), help))));
                let still = left.iter().any(|other| {
                    other.code == diagnostic.code
                        && other.message == diagnostic.message
                        && other.at.map(|at| at.start) == diagnostic.at.map(|at| at.start)
                });
                assert!(!still, "{}: {}: {}", path.display(), diagnostic.message, help.text);
                applied += 1;
            }
        }
    }
    assert!(applied > 20, "{applied}");
}

#[test]
fn distilling_leaves_one_of_a_kind_and_place_and_counts_what_it_folds() {
    let (loaded, diagnostics) = read(&directory().join("real-server-outside.conf"));
    assert!(loaded.diagnostics.len() > diagnostics.len() + 5);
    let folded =
        diagnostics.iter().flat_map(|found| &found.notes).any(|note| note.text.contains("more complaints"));
    assert!(folded);
    let mut seen = std::collections::HashSet::new();
    for found in &diagnostics {
        assert!(seen.insert((found.code, found.at, &found.message)), "{}", found.message);
    }
}

#[test]
fn json_says_the_same_as_the_diagnostics() {
    for path in configurations() {
        let (loaded, diagnostics) = read(&path);
        let document: Value = serde_json::from_str(&json(&findings(&loaded, &diagnostics))).unwrap();
        let list = document["diagnostics"].as_array().unwrap();
        assert_eq!(list.len(), diagnostics.len());
        let summary = &document["summary"];
        let sum: u64 = ["errors", "warnings", "notes"].iter().map(|key| summary[key].as_u64().unwrap()).sum();
        assert_eq!(sum as usize, diagnostics.len());
        for (value, diagnostic) in list.iter().zip(&diagnostics) {
            assert_eq!(value["code"], diagnostic.code.id());
            assert_eq!(value["message"], *diagnostic.message);
            assert_eq!(value["helps"].as_array().unwrap().len(), diagnostic.helps.len());
            let Some(at) = diagnostic.at else {
                assert!(value["place"].is_null());
                continue;
            };
            let place = &value["place"];
            assert_eq!(
                (place["start"].as_u64(), place["end"].as_u64()),
                (Some(at.start.into()), Some(at.end.into()))
            );
            assert!(place["line"].as_u64() <= place["endLine"].as_u64());
            assert!(place["column"].as_u64() >= Some(1));
        }
    }
}

#[test]
fn columns_count_characters() {
    let (loaded, diagnostics) = read(&directory().join("columns.conf"));
    let found = diagnostics.iter().find(|found| found.code == Code::UnknownKeyword).unwrap();
    let place = loaded.files.place(found.at.unwrap());
    assert_eq!((place.line, place.column, place.end_line, place.end_column), (4, 37, 4, 46));
}

/// The parts of SARIF 2.1.0 that are used, by the rules of its schema.
#[test]
fn sarif_is_well_formed() {
    for path in configurations() {
        let (loaded, diagnostics) = read(&path);
        let log: Value = serde_json::from_str(&sarif(&findings(&loaded, &diagnostics), "1.2.3")).unwrap();
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!((&run["tool"]["driver"]["name"], rules.len()), (&Value::from("kad"), Code::ALL.len()));
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), diagnostics.len());
        for result in results {
            let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
            assert_eq!(rule["id"], result["ruleId"]);
            assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            let related = result["relatedLocations"].as_array().unwrap();
            for place in result["locations"].as_array().unwrap().iter().chain(related) {
                let place = &place["physicalLocation"];
                assert!(place["artifactLocation"]["uri"].as_str().unwrap().starts_with("file:///"));
                is_region(&place["region"]);
            }
            for fix in result["fixes"].as_array().unwrap() {
                let changes = fix["artifactChanges"].as_array().unwrap();
                assert!(!changes.is_empty());
                for replacement in
                    changes.iter().flat_map(|change| change["replacements"].as_array().unwrap())
                {
                    is_region(&replacement["deletedRegion"]);
                    assert!(replacement["insertedContent"]["text"].is_string());
                }
            }
        }
    }
}

fn is_region(region: &Value) {
    let number = |key: &str| region[key].as_u64().unwrap_or(0);
    assert!(number("startLine") >= 1 && number("startColumn") >= 1, "{region}");
    let (start, end) =
        ((number("startLine"), number("startColumn")), (number("endLine"), number("endColumn")));
    assert!(start <= end, "{region}");
}

#[test]
fn workflow_commands_are_one_line_each() {
    for path in configurations() {
        let (loaded, diagnostics) = read(&path);
        for finding in findings(&loaded, &diagnostics) {
            let command = github(finding);
            assert!(command.starts_with("::") && !command.contains(['\n', '\r', '\x1b']), "{command}");
            let (head, _) = command[2..].split_once("::").unwrap();
            assert!(head.contains(" title=K") && head.split(',').all(|part| part.contains('=')), "{head}");
        }
    }
}

/// All forms of everything that is found.
fn show_all(loaded: &Loaded) -> usize {
    let diagnostics = distilled(loaded);
    let all = findings(loaded, &diagnostics);
    let narrow = Look { color: true, width: 0 };
    let each = all.iter().map(|finding| {
        let shown = snippet(*finding, narrow);
        // Colours are the only escapes that reach a terminal.
        let escapes = shown.split('\x1b').skip(1);
        assert!(escapes.clone().all(|rest| rest.starts_with('[') || rest.starts_with(']')), "{shown:?}");
        let line = render(finding.diagnostic, &loaded.files);
        assert!(!line.contains(|c: char| c.is_control() && c != '\n'), "{line:?}");
        shown.len() + line.len() + github(*finding).len()
    });
    each.sum::<usize>() + json(&all).len() + sarif(&all, "0").len()
}

/// Each case shows everything in five forms.
fn fewer() -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig { cases: config.cases.div_ceil(4), ..config }
}

proptest! {
    #![proptest_config(fewer())]

    /// Whatever happens to a file, what is found can be shown.
    #[test]
    fn anything_can_be_shown(
        which in any::<prop::sample::Index>(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        end in any::<prop::sample::Index>(),
    ) {
        let files = configurations();
        let path = &files[which.index(files.len())];
        let mut text = fs::read(path).unwrap();
        for (at, octet) in cuts {
            let at = at.index(text.len());
            text[at] = octet;
        }
        text.truncate(end.index(text.len() * 4).max(1));
        let (loaded, _) = read_as(path, Some((path, text)));
        show_all(&loaded);
    }
}

#[test]
fn a_line_of_megabytes_and_a_thousand_complaints_are_shown_in_bounded_time() {
    let path = directory().join("columns.conf");
    let long = format!("x {}\nxyz{} y\n", "\u{4e2d}".repeat(2_000_000), "z".repeat(100_000));
    let many = "prioritty 1 \u{ff5b}\n".repeat(20_000);
    let nested = "vrrp_instance {\n".repeat(20_000);
    let braces = "}\n;\n".repeat(20_000);
    for text in [long, many, nested, braces] {
        let (loaded, _) = read_as(&path, Some((&path, text.into_bytes())));
        assert!(show_all(&loaded) < 40_000_000);
    }
}
