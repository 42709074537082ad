//! The marks in the sources by which a test says which suite runs it:
//! `#[ignore = "needs namespaces: cargo xtask test --only netlab"]`.
//!
//! The live suites find their test programs by them, so a new file of tests needs no entry anywhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::repo;

const IGNORE: &str = concat!("#[", "ignore");
const SUITE: &str = "cargo xtask test --only ";

/// An ignored test: its file, and the suite it names if it does.
pub(crate) struct Mark {
    pub(crate) file: PathBuf,
    pub(crate) suite: Option<String>,
}

/// Test programs that have ignored tests, with the suite that runs these.
pub(crate) fn programs() -> BTreeSet<(String, String)> {
    marks().iter().filter_map(|mark| Some((program(&mark.file)?, mark.suite.clone()?))).collect()
}

/// The marks of all crates.
pub(crate) fn marks() -> Vec<Mark> {
    let mut marks = Vec::new();
    for file in sources(&repo::root().join("crates")) {
        let text = fs::read_to_string(&file).unwrap_or_default();
        let ignored = text.lines().map(str::trim_start).filter(|line| line.starts_with(IGNORE));
        marks.extend(ignored.map(|line| Mark { file: file.clone(), suite: suite(line) }));
    }
    marks
}

/// The test program to which a file belongs: `tests/NAME.rs`, or anything below `tests/NAME/`.
pub(crate) fn program(file: &Path) -> Option<String> {
    let mut parts = file.strip_prefix(repo::root().join("crates")).ok()?.components().skip(1);
    (parts.next()?.as_os_str() == "tests").then_some(())?;
    Path::new(parts.next()?.as_os_str()).file_stem()?.to_str().map(str::to_owned)
}

/// Every Rust file under a folder.
pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn suite(line: &str) -> Option<String> {
    let name = line.split_once(SUITE)?.1.strip_suffix("\"]")?;
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_belongs_to_the_program_of_its_folder() {
        for (file, expected) in [
            ("netlab/tests/lab.rs", Some("lab")),
            ("vrrp-linux/tests/linux/frames.rs", Some("linux")),
            ("kad/tests/processes/harness.rs", Some("processes")),
            ("kad/src/log/tests.rs", None),
        ] {
            assert_eq!(program(&repo::root().join("crates").join(file)).as_deref(), expected, "{file}");
        }
    }

    #[test]
    fn the_suite_is_read_from_the_reason() {
        let line = format!("{IGNORE} = \"needs namespaces: {SUITE}netlab\"]");
        assert_eq!(suite(&line).as_deref(), Some("netlab"));
        assert_eq!(suite(IGNORE), None);
    }
}
