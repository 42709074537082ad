//! Reads a configuration, prints what is odd about it, and exits as `keepalived -t` would.
//!
//! `cargo run -p kaconf --example check -- /etc/keepalived/keepalived.conf`

use std::process::ExitCode;

use kaconf::{FileSource, Options, load, render};

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: check FILE");
        return ExitCode::from(1);
    };
    let mut options = Options::new(path);
    options.test = true;
    let loaded = load(&options, &FileSource);
    for diagnostic in &loaded.diagnostics {
        println!("{:?} {}: {}", diagnostic.severity, diagnostic.code, render(diagnostic, &loaded.files));
    }
    for instance in &loaded.config.instances {
        let addresses: Vec<_> =
            instance.addresses.iter().map(|address| address.address.to_string()).collect();
        println!(
            "{} vrid {} priority {}: {}",
            instance.name,
            instance.vrid,
            instance.priority,
            addresses.join(" ")
        );
    }
    ExitCode::from(loaded.exit_class().code())
}
