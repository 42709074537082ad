//! Tests of the repository itself: that nothing in it has been forgotten by the commands here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::repo;
use crate::suites::SUITES;
use crate::suites::marks::{marks, program};

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
