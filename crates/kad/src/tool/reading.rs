//! How a command reads a configuration: for which node, of which host, from where.

use std::path::{Path, PathBuf};

use clap::Args;
use kaconf::{Loaded, Options};

use crate::host::{self, Host};
use crate::reader::host_name;

/// What stands for standard input.
const STDIN: &str = "-";

/// The arguments of every command that reads a configuration.
#[derive(Clone, Debug, Args)]
pub(super) struct Reading {
    /// Choose lines that begin with @ID; the host's name if not given
    #[arg(short = 'i', long, value_name = "ID")]
    config_id: Option<String>,
    /// An include that finds no file is an error
    #[arg(short = 'e', long)]
    all_includes: bool,
    /// The files are for another host: take its interfaces, scripts, users and names to exist
    #[arg(long)]
    no_host: bool,
}

impl Reading {
    /// The configuration, and the host it was read for. `here`: it may be for this one.
    pub(super) fn load(&self, path: &Path, here: bool) -> (Loaded, Host) {
        let is_stdin = path == Path::new(STDIN);
        let mut how = Options::new(if is_stdin { PathBuf::from(host::INPUT) } else { literal(path) });
        how.config_id = Some(self.config_id.clone().unwrap_or_else(host_name).into());
        how.all_includes = self.all_includes;
        how.test = true;
        let here = here && !self.no_host;
        let mut host = if here { Host::here(false) } else { Host::other() };
        if is_stdin {
            host = host.with_input(&how.limits);
        }
        let loaded = kaconf::load(&how, &host);
        if here && loaded.config.global.net_namespace.is_some() {
            // Its interfaces are in another namespace, which may not exist yet.
            host = host.without_links();
            return (kaconf::load(&how, &host), host);
        }
        (loaded, host)
    }
}

/// A file that exists is meant as it is called; a name that is none may be a pattern, as for the daemon.
fn literal(path: &Path) -> PathBuf {
    let Some(name) = path.to_str().filter(|_| path.exists()) else { return path.to_owned() };
    let mut pattern = String::with_capacity(name.len());
    for character in name.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '{' | '}' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_file_is_no_pattern() {
        let path = std::env::temp_dir().join(format!("kad-check-[{}].conf", std::process::id()));
        std::fs::write(&path, "").unwrap();
        let pattern = literal(&path);
        assert!(pattern.to_str().unwrap().contains("\\["), "{}", pattern.display());
        std::fs::remove_file(&path).unwrap();
        assert_eq!(literal(&path), path, "a name that is none may be a pattern");
    }
}
