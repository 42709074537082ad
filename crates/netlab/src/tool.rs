//! Short commands: found where systems keep them, run to their end, bounded in time and output.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::LabError;
use crate::wait;

/// No command the lab runs takes longer, save on a machine that stands still.
pub(crate) const COMMAND_TIMEOUT: Duration = Duration::from_secs(20);
/// What is kept of a command's output, in octets.
const OUTPUT_LIMIT: u64 = 4 << 20;
/// Where administrators' tools are, though a plain user's `PATH` often leaves them out.
const SYSTEM_FOLDERS: [&str; 5] = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/// What a command printed. It ended well.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Output {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// The program's file: as given if it is a path, else looked up in `PATH` and the system's folders.
pub(crate) fn find(program: impl AsRef<Path>) -> Result<PathBuf, LabError> {
    let program = program.as_ref();
    let found = if program.components().count() > 1 {
        program.is_file().then(|| program.to_owned())
    } else {
        let path = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&path)
            .chain(SYSTEM_FOLDERS.iter().map(PathBuf::from))
            .map(|folder| folder.join(program))
            .find(|file| file.is_file())
    };
    found.ok_or_else(|| LabError::ToolMissing { tool: program.to_owned(), package: package(program) })
}

fn package(program: &Path) -> &'static str {
    match program.file_name().and_then(OsStr::to_str) {
        Some("ip") => "iproute2",
        Some("unshare" | "nsenter") => "util-linux",
        Some("ping") => "iputils-ping",
        Some("nft") => "nftables",
        Some("tcpdump") => "tcpdump",
        Some("keepalived") => "keepalived",
        Some("zebra" | "vrrpd" | "vtysh") => "frr",
        _ => "(the one that brings it)",
    }
}

/// Runs `command` to its end, feeding it `stdin`. An error unless it succeeds.
pub(crate) fn run(mut command: Command, stdin: &str) -> Result<Output, LabError> {
    let shown = show(&command);
    let io = || LabError::io(format!("run `{shown}`"));
    command.env("LC_ALL", "C").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(io())?;
    let (stdout, stderr) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let fed = child.stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(stdin.as_bytes()));
    let status = end(&mut child, &shown)?;
    let output = Output { stdout: collect(stdout), stderr: collect(stderr) };
    if status.success() {
        fed.map_err(io())?;
        return Ok(output);
    }
    Err(LabError::Command { command: shown, status, stderr: output.stderr.trim_end().to_owned() })
}

fn end(child: &mut Child, shown: &str) -> Result<ExitStatus, LabError> {
    let status =
        wait::exit_status(child, COMMAND_TIMEOUT).map_err(LabError::io(format!("wait for `{shown}`")))?;
    status.ok_or_else(|| {
        let _ = child.kill();
        let _ = child.wait();
        LabError::CommandTimeout { command: shown.to_owned(), waited: COMMAND_TIMEOUT }
    })
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut kept = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.by_ref().take(OUTPUT_LIMIT).read_to_end(&mut kept);
            let _ = io::copy(&mut pipe, &mut io::sink());
        }
        kept
    })
}

fn collect(reader: JoinHandle<Vec<u8>>) -> String {
    String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned()
}

/// A command as a person would type it.
pub(crate) fn show(command: &Command) -> String {
    let words: Vec<OsString> =
        [command.get_program()].into_iter().chain(command.get_args()).map(OsStr::to_owned).collect();
    words.join(OsStr::new(" ")).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new(find("sh").unwrap());
        command.args(["-c", script]);
        command
    }

    #[test]
    fn output_and_errors_come_back() {
        assert_eq!(run(sh("tr a-z A-Z"), "words").unwrap().stdout, "WORDS");
        let error = run(sh("echo why >&2; exit 3"), "").unwrap_err();
        assert!(
            matches!(&error, LabError::Command { status, stderr, .. } if status.code() == Some(3) && stderr == "why"),
            "{error}"
        );
    }

    #[test]
    fn a_missing_tool_is_named_with_its_package() {
        let error = find("/nowhere/tcpdump").unwrap_err().to_string();
        assert!(error.contains("/nowhere/tcpdump") && error.contains("apt-get install tcpdump"), "{error}");
    }
}
