//! Components and targets of the Rust toolchain, by rustup.

use std::path::Path;
use std::time::Duration;

use crate::exec;
use crate::repo;

/// A component is a download of a few megabytes.
const LIMIT: Duration = Duration::from_secs(300);

/// Sees to it that a component is there.
pub(super) fn component(name: &str, command: &str) -> Result<(), String> {
    let there = || exec::probe(repo::cargo(&format!("{command} --version"))).is_some();
    provide(there, &format!("cargo {command}"), &["component", "add", name])
}

/// Sees to it that the standard library of a target is there.
pub(super) fn target(name: &str) -> Result<(), String> {
    let there = || {
        let sysroot = exec::probe(repo::command("rustc", ["--print", "sysroot"]));
        sysroot.is_some_and(|path| {
            Path::new(path.trim_end()).join("lib/rustlib").join(name).join("lib").is_dir()
        })
    };
    provide(there, &format!("the target {name}"), &["target", "add", name])
}

fn provide(there: impl Fn() -> bool, what: &str, rustup: &[&str]) -> Result<(), String> {
    if there() {
        return Ok(());
    }
    let by_hand = format!("rustup {}", rustup.join(" "));
    if repo::find("rustup").is_none() {
        return Err(format!("{what} is missing and there is no rustup to bring it ({by_hand})"));
    }
    println!("{what} is missing, a suite needs it: installing it");
    let end = exec::run(repo::command("rustup", rustup.iter().copied()), LIMIT);
    if end.success() && there() { Ok(()) } else { Err(format!("{what} is missing, {by_hand}: {end}")) }
}
