//! Debian packages, by apt-get.
//!
//! Their services are not started: a keepalived or FRR beside the tests would be a router on the machine's own LAN.

use std::path::Path;
use std::time::Duration;

use super::Tool;
use super::policy::NoServices;
use crate::exec;
use crate::repo;

/// Ten minutes are enough for all packages over a slow line.
const LIMIT: Duration = Duration::from_secs(600);

/// Installs the packages of these tools, if any. The error says what is missing and what to do.
pub(super) fn install(missing: &[&Tool]) -> Result<(), String> {
    if missing.is_empty() {
        return Ok(());
    }
    let mut packages: Vec<_> = missing.iter().map(|tool| tool.package).collect();
    packages.dedup();
    let words = packages.join(" ");
    let by_hand = format!("apt-get install --no-install-recommends {words}");
    if repo::find("apt-get").is_none() {
        return Err(format!(
            "missing: {words} (names of Debian's packages), and there is no apt-get to bring them"
        ));
    }
    if !rustix::process::geteuid().is_root() {
        return Err(format!("missing: {words}; as root: {by_hand}"));
    }
    println!(
        "Missing programs that the tests need; installing Debian's packages, without starting services:"
    );
    for tool in missing {
        println!("  {}: {}", tool.package, tool.why);
    }
    let quiet = NoServices::new(Path::new("/usr/sbin")).map_err(|error| error.to_string())?;
    // Package lists may be missing or older than the mirror; an update that fails need not matter.
    let updated = apt("update", &[]);
    let installed = apt("install", &packages);
    let restored = quiet.restore();
    not_at_boot(&packages);
    if !installed.success() {
        return Err(format!("missing: {words}; apt-get update: {updated}, {by_hand}: {installed}"));
    }
    restored.map_err(|error| error.to_string())
}

fn apt(verb: &str, packages: &[&str]) -> exec::End {
    let options = ["-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"];
    let mut command = repo::command("apt-get", ["-q", verb]);
    if verb == "install" {
        command.args(options).args(packages);
    }
    command.env("DEBIAN_FRONTEND", "noninteractive");
    exec::run(command, LIMIT)
}

/// Debian enables services as it installs them: not on a machine that only wanted to run tests.
fn not_at_boot(packages: &[&str]) {
    if !Path::new("/run/systemd/system").is_dir() {
        return;
    }
    for &service in packages.iter().filter(|package| ["keepalived", "frr"].contains(package)) {
        let end = exec::run(repo::command("systemctl", ["disable", service]), LIMIT);
        if !end.success() {
            println!("{service} may start at the next boot: systemctl disable {service} failed ({end})");
        }
    }
}
