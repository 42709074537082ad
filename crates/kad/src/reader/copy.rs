//! `config_save_dir`: a copy of every configuration that was read, for who wonders later what it was.

use std::io::{self, Write};
use std::path::Path;

use kaconf::Loaded;

/// Writes all files that were read, one after the other, as `keepalived.conf.PID.NUMBER` into a directory, which is
/// made if it is not there.
pub(super) fn keep(loaded: &Loaded, directory: &Path, pid: u32, number: u32) {
    let path = directory.join(format!("keepalived.conf.{pid}.{number}"));
    let _there = std::fs::create_dir(directory);
    if let Err(error) = crate::dump::replace(&path, |out| write(loaded, out)) {
        tracing::info!("cannot keep a copy of the configuration in {}: {error}", directory.display());
    }
}

fn write(loaded: &Loaded, out: &mut dyn Write) -> io::Result<()> {
    loaded.files.iter().try_for_each(|file| {
        writeln!(out, "# {}", file.path().display())?;
        out.write_all(file.text())?;
        if file.text().ends_with(b"\n") { Ok(()) } else { writeln!(out) }
    })
}
