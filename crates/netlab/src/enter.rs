//! How a command gets into a namespace: it is started by `nsenter`.
//!
//! No thread of this process ever changes its own namespace, so a lab works in any program, in many threads, and,
//! where the kernel lets users make namespaces, without root.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::LabError;
use crate::tool;

/// The namespaces of one process, and how to enter them.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) nsenter: PathBuf,
    /// The process that holds the namespaces.
    pub(crate) pid: u32,
    /// Whether they belong to a user namespace of ours, in which we are root.
    pub(crate) rootless: bool,
}

impl Entry {
    /// `program` in the network namespace, but among this process's own process ids and files: for commands that
    /// end by themselves.
    pub(crate) fn short(&self, program: &str) -> Result<Command, LabError> {
        let mut command = self.nsenter();
        command.arg("--net").arg("--").arg(tool::find(program)?);
        Ok(command)
    }

    /// `inner` in all the namespaces: for what lives on, and dies with the lab at the latest.
    pub(crate) fn wrap(&self, inner: &Command) -> Result<Command, LabError> {
        let mut command = self.nsenter();
        command.args(["--net", "--mount", "--pid"]);
        if let Some(dir) = inner.get_current_dir() {
            command.arg(format!("--wd={}", dir.display()));
        }
        command.arg("--").arg(tool::find(Path::new(inner.get_program()))?).args(inner.get_args());
        for (key, value) in inner.get_envs() {
            match value {
                Some(value) => command.env(key, value),
                None => command.env_remove(key),
            };
        }
        Ok(command)
    }

    /// What a person types to get a shell there.
    pub(crate) fn shell(&self) -> String {
        let credentials = if self.rootless { "--preserve-credentials " } else { "" };
        format!("nsenter -t {} -a {credentials}bash", self.pid)
    }

    fn nsenter(&self) -> Command {
        let mut command = Command::new(&self.nsenter);
        command.arg("--target").arg(self.pid.to_string());
        if self.rootless {
            command.args(["--user", "--preserve-credentials"]);
        }
        command
    }
}
