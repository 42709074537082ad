//! Each `tests/check/*.conf` is shown to people as in the `.txt` file beside it.
//!
//! `UPDATE_EXPECT=1 cargo test -p kaconf --all-features --test check` accepts what is shown now.

use std::fs;
use std::path::{Path, PathBuf};

use kaconf::{
    Diagnostic, FileSource, Finding, Loaded, Look, Options, distilled, github, json, load, sarif, snippet,
};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check")
}

fn configurations() -> Vec<PathBuf> {
    let entries = fs::read_dir(directory()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "conf")).collect();
    files.sort();
    files
}

fn read(path: &Path) -> (Loaded, Vec<Diagnostic>) {
    let mut options = Options::new(path);
    options.test = true;
    let loaded = load(&options, &FileSource);
    let diagnostics = distilled(&loaded);
    (loaded, diagnostics)
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
