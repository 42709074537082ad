//! The targets, their seeds, their entry points and their place in Cargo.toml go together.

use std::collections::BTreeSet;
use std::path::Path;

use kad_fuzz::TARGETS;

/// Names in a directory, without the extension.
fn names(directory: &str) -> BTreeSet<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn every_target_has_its_entry_point_its_seeds_and_its_binary() {
    let targets = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(targets.len(), TARGETS.len(), "a name is there twice");
    assert_eq!(names("fuzz_targets"), targets);
    assert_eq!(names("corpus"), targets);
    for target in &targets {
        assert!(!names(&format!("corpus/{target}")).is_empty(), "{target} has no seeds");
        let binary = format!("name = \"{target}\"\npath = \"fuzz_targets/{target}.rs\"");
        assert!(include_str!("../Cargo.toml").contains(&binary), "{target} is not in Cargo.toml");
    }
}

#[test]
fn no_stored_input_breaks_a_law() {
    for (name, target) in TARGETS {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        for entry in std::fs::read_dir(directory).unwrap() {
            target(&std::fs::read(entry.unwrap().path()).unwrap());
        }
    }
}
