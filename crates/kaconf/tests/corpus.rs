//! Every file below the directory that `KACONF_CORPUS` names is read, in bounded time, and printed unchanged.
//!
//! Without the variable the project's own configurations are read.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use kaconf::syntax::parse;
use kaconf::{FileSource, Options, load, render};

/// How long one file may take, a slow machine and a debug build considered.
const PATIENCE: Duration = Duration::from_secs(5);

fn files_below(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory of configurations") {
        let path = entry.expect("an entry of the directory").path();
        if path.is_dir() {
            files_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "conf") {
            found.push(path);
        }
    }
}

#[test]
fn every_file_is_read_in_bounded_time() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conf");
    let directory = std::env::var_os("KACONF_CORPUS").map_or(own, PathBuf::from);
    let mut files = Vec::new();
    files_below(&directory, &mut files);
    assert!(!files.is_empty(), "no .conf file below {}", directory.display());
    for file in files {
        let (sender, receiver) = mpsc::channel();
        let path = file.clone();
        let reader = thread::spawn(move || {
            let text = fs::read(&path).unwrap();
            assert_eq!(parse(text.clone()).print(), text, "{}", path.display());
            let loaded = load(&Options::new(&path), &FileSource);
            let shown: usize =
                loaded.diagnostics.iter().map(|found| render(found, &loaded.files).len()).sum();
            sender.send(shown).unwrap();
        });
        let done = receiver.recv_timeout(PATIENCE);
        assert!(
            done.is_ok(),
            "{}: {}",
            file.display(),
            if reader.is_finished() { "panicked" } else { "takes too long" }
        );
    }
}
