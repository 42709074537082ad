//! Tests of the repository itself: that nothing in it has been forgotten by the commands here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use crate::repo;
use crate::suites::SUITES;
use crate::suites::marks::{marks, program, sources};

#[test]
fn suites_have_names_of_their_own() {
    let names: BTreeSet<_> = SUITES.iter().map(|suite| suite.name).collect();
    assert_eq!(names.len(), SUITES.len());
}

/// An ignored test that no suite runs would rot.
#[test]
fn every_ignored_test_names_the_suite_that_runs_it() {
    let mut suites = BTreeMap::new();
    for mark in marks() {
        let file = mark.file.display();
        let suite = mark.suite.unwrap_or_else(|| panic!("{file}: no suite in the reason of an ignored test"));
        assert!(SUITES.iter().any(|known| known.name == suite), "{file}: there is no suite {suite}");
        let program = program(&mark.file).unwrap_or_else(|| panic!("{file}: ignored tests go to tests/"));
        // A suite runs all ignored tests of a program.
        let other = suites.insert(program, suite.clone());
        assert!(other.is_none_or(|other| other == suite), "{file}: its program has tests of two suites");
    }
    assert!(!suites.is_empty());
}

/// `unsafe` is in one file of one crate; all other crate roots forbid it.
#[test]
fn crates_forbid_unsafe_code() {
    for folder in fs::read_dir(repo::root().join("crates")).unwrap() {
        let folder = folder.unwrap().path();
        let roots = ["src/lib.rs", "src/main.rs"].map(|name| folder.join(name));
        let roots: Vec<_> = roots.into_iter().filter(|root| root.is_file()).collect();
        assert!(!roots.is_empty(), "{}", folder.display());
        for root in roots.into_iter().filter(|_| !folder.ends_with("vrrp-linux")) {
            let text = fs::read_to_string(&root).unwrap();
            assert!(text.contains("#![forbid(unsafe_code)]"), "{}", root.display());
        }
    }
}

/// Documents at the top and in docs/.
fn documents() -> Vec<PathBuf> {
    let folders = ["", "docs", "docs/adr", "docs/config"].map(|name| repo::root().join(name));
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

/// A test as documents name it, `crate::function`, if the word is one.
fn cited(word: &str) -> Option<(String, &str)> {
    let (package, test) = word.split_once("::")?;
    let plain = |text: &str| {
        text.bytes().all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'_')
    };
    let package = package.replace('_', "-");
    (plain(test) && repo::root().join("crates").join(&package).is_dir()).then_some((package, test))
}

#[test]
fn tests_that_documents_name_exist() {
    let mut texts = BTreeMap::new();
    let mut found = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for (package, test) in text.split('`').filter_map(cited) {
            let code = texts.entry(package.clone()).or_insert_with(|| {
                let files = sources(&repo::root().join("crates").join(&package));
                files.iter().map(|file| fs::read_to_string(file).unwrap()).collect::<String>()
            });
            // A function, or a row of a table that a macro makes functions of.
            let there = code.contains(&format!("fn {test}(")) || code.contains(&format!("\n    {test}: "));
            assert!(there, "{}: there is no {package}::{test}", document.display());
            found += 1;
        }
    }
    assert!(found > 100, "{found}");
}

#[test]
fn links_in_documents_lead_somewhere() {
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        let targets =
            text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
        for target in targets.filter(|target| !target.contains("://")) {
            let file = target.split('#').next().unwrap_or_default();
            let there = document.parent().unwrap().join(file).exists();
            assert!(there, "{}: {target}", document.display());
        }
    }
}
