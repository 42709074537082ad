//! Suites that are a command or a few, each right or wrong as a whole.

use std::process::Command;
use std::time::Duration;

use crate::exec;
use crate::needs::BARE_TARGET;
use crate::repo::cargo;
use crate::tally::Verdict;

/// A whole workspace is compiled in this time even where it shares its two cores.
const LIMIT: Duration = Duration::from_secs(900);

const FUZZ: &str = "--manifest-path fuzz/Cargo.toml";

pub(super) fn fmt() -> Verdict {
    all([cargo("fmt --all --check"), cargo(&format!("fmt {FUZZ} --check"))])
}

pub(super) fn clippy() -> Verdict {
    all([
        cargo("clippy --workspace --all-targets -- -D warnings"),
        cargo(&format!("clippy {FUZZ} --all-targets -- -D warnings")),
    ])
}

pub(super) fn doc() -> Verdict {
    let mut command = cargo("doc --workspace --no-deps --document-private-items");
    command.env("RUSTDOCFLAGS", "-D warnings");
    all([command])
}

pub(super) fn no_std() -> Verdict {
    all(["vrrp-types", "vrrp-wire", "vrrp-fsm", "lvs-pool"]
        .map(|package| cargo(&format!("build --target {BARE_TARGET} --package {package}"))))
}

/// In a workspace build a crate gets the features that any other asks for, so what it forgot to ask for goes unseen.
pub(super) fn alone() -> Verdict {
    let packages = [
        "vrrp-types",
        "vrrp-wire",
        "vrrp-fsm",
        "vrrp-sim",
        "vrrp-linux",
        "ipvs-netlink",
        "lvs-pool",
        "netlab",
        "kaconf",
    ];
    let bare = packages.map(|package| cargo(&format!("check --package {package}")));
    let mut verdict = all(bare);
    verdict
        .add(all(["vrrp-types", "kaconf"]
            .map(|package| cargo(&format!("check --package {package} --all-features")))));
    verdict
}

/// One test a command.
fn all(commands: impl IntoIterator<Item = Command>) -> Verdict {
    let mut verdict = Verdict::default();
    for command in commands {
        let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
        match exec::run(command, LIMIT) {
            end if end.success() => verdict.pass(),
            end => verdict.fail(format!("cargo {}: {end}", words.join(" "))),
        }
    }
    verdict
}
