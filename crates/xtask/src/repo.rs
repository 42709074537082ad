//! Where the repository is, and how commands are started in it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where administrators' tools are, though a plain user's `PATH` often leaves them out.
const SYSTEM_FOLDERS: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/// Where proptest takes the seed of its histories from.
const PROPTEST_SEED: &str = "PROPTEST_RNG_SEED";

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own).to_owned()
}

/// Where cargo puts what it builds.
pub(crate) fn target_directory() -> PathBuf {
    let set = env::var_os("CARGO_TARGET_DIR").filter(|path| !path.is_empty());
    root().join(set.map_or_else(|| "target".into(), PathBuf::from))
}

/// `program` with these arguments, to be run at the root of the repository.
pub(crate) fn command<'a>(program: &str, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).args(arguments).env("PATH", search_path());
    // What the outer cargo says of this package is not for the cargo started here: build scripts that look at it
    // would run again, and all that depends on them be built again.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// cargo with these arguments, split at blanks.
///
/// Properties are tried with the same random histories in every run, so that a change is judged by what it changed.
/// Other histories: set `PROPTEST_RNG_SEED` to another number, and `PROPTEST_CASES` to how many.
pub(crate) fn cargo(arguments: &str) -> Command {
    let mut cargo = command("cargo", arguments.split_whitespace());
    if env::var_os(PROPTEST_SEED).is_none() {
        cargo.env(PROPTEST_SEED, "1");
    }
    cargo
}

/// The file of a program, if it is installed. One with a slash is taken as it is.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(|path| path.is_file());
    }
    env::split_paths(&search_path()).map(|folder| folder.join(program)).find(|path| path.is_file())
}

fn search_path() -> std::ffi::OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(SYSTEM_FOLDERS.iter().map(PathBuf::from));
    env::join_paths(folders).unwrap_or(path)
}
