//! Tests of the repository itself: that nothing in it has been forgotten by the commands here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::repo;
use crate::suites::SUITES;

/// Every Rust file under a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn suites_have_names_of_their_own() {
    let names: BTreeSet<_> = SUITES.iter().map(|suite| suite.name).collect();
    assert_eq!(names.len(), SUITES.len());
}

/// An ignored test that no suite runs would rot: each says which suite does.
#[test]
fn every_ignored_test_names_the_suite_that_runs_it() {
    let mark = concat!("#[", "ignore");
    for file in sources(&repo::root().join("crates")) {
        let text = fs::read_to_string(&file).unwrap();
        for line in text.lines().filter(|line| line.trim_start().starts_with(mark)) {
            let suite =
                line.split_once("cargo xtask test --only ").map(|(_, rest)| rest.trim_end_matches("\"]"));
            let known = suite.is_some_and(|suite| SUITES.iter().any(|known| known.name == suite));
            assert!(known, "{}: {line}", file.display());
        }
    }
}

/// `unsafe` is in one file of one crate; all other crate roots forbid it.
#[test]
fn crates_forbid_unsafe_code() {
    for folder in fs::read_dir(repo::root().join("crates")).unwrap() {
        let folder = folder.unwrap().path();
        let roots: Vec<_> = ["src/lib.rs", "src/main.rs"].map(|name| folder.join(name)).into();
        let roots: Vec<_> = roots.into_iter().filter(|root| root.is_file()).collect();
        assert!(!roots.is_empty(), "{}", folder.display());
        for root in roots.into_iter().filter(|_| !folder.ends_with("vrrp-linux")) {
            assert!(
                fs::read_to_string(&root).unwrap().contains("#![forbid(unsafe_code)]"),
                "{}",
                root.display()
            );
        }
    }
}
