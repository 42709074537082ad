//! The programs under measurement: starting, watching by their logs, stopping and killing them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use rustix::process::{Signal, kill_process};

use super::bare;
use super::conf::Work;
use super::probe::{self, Pid};
use super::wait;
use super::world::{Side, World};
use crate::repo;

/// The longest start: 1000 instances at 1 s on busy cores.
const START: Duration = Duration::from_secs(60);
/// The longest stop.
const STOP: Duration = Duration::from_secs(20);

/// Both programs.
pub(super) struct Programs {
    pub(super) kad: Program,
    pub(super) keepalived: Program,
}

impl Programs {
    pub(super) fn find(kad: Option<&Path>, keepalived: &Path) -> io::Result<Self> {
        let kad = kad.ok_or_else(|| io::Error::other("no kad to measure"))?;
        Ok(Self {
            kad: Program { name: "kad", file: kad.to_owned() },
            keepalived: Program { name: "keepalived", file: installed(keepalived)? },
        })
    }

    pub(super) fn both(&self) -> [&Program; 2] {
        [&self.kad, &self.keepalived]
    }
}

/// The file of an installed program.
pub(super) fn installed(program: &Path) -> io::Result<PathBuf> {
    let found = program.to_str().and_then(repo::find);
    found.ok_or_else(|| {
        io::Error::other(format!("{} is missing: apt-get install keepalived", program.display()))
    })
}

/// A program that takes keepalived's flags.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) name: &'static str,
    pub(super) file: PathBuf,
}

/// A running program; it is killed when dropped.
pub(super) struct Daemon {
    child: Child,
    log: PathBuf,
    vrrp_pid: PathBuf,
}

impl Daemon {
    /// Starts it with this work and priority. `-G` keeps the log off the system's logger, which would cost both
    /// programs more than their work does.
    pub(super) fn start(
        world: &World,
        side: Side,
        program: &Program,
        work: Work,
        priority: u8,
    ) -> io::Result<Self> {
        Self::start_beside(world, side, program, work, priority, "")
    }

    /// The same with more in the file than its work. Virtual servers are in it only: no checker is started.
    pub(super) fn start_beside(
        world: &World,
        side: Side,
        program: &Program,
        work: Work,
        priority: u8,
        more: &str,
    ) -> io::Result<Self> {
        let file = |what: &str| world.file(&format!("{side:?}.{what}"));
        fs::write(file("conf"), work.text(priority) + more)?;
        let log = File::create(file("log"))?;
        let _of_an_earlier_one = fs::remove_file(file("vrrp.pid"));
        let mut command = world.command(side, &program.file);
        command.args(["-n", "-l", "-G", "-P"]);
        for (flag, what) in [("-f", "conf"), ("-p", "pid"), ("-r", "vrrp.pid"), ("-c", "checkers.pid")] {
            command.arg(flag).arg(file(what));
        }
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(Self { child: command.spawn()?, log: file("log"), vrrp_pid: file("vrrp.pid") })
    }

    /// Waits until every instance of `work` has entered this state at least once.
    pub(super) fn all_enter(&mut self, state: &str, work: Work) -> io::Result<()> {
        let wanted = usize::from(work.instances);
        wait::until(&format!("{wanted} instances in state {state}"), START, || {
            if let Some(status) = self.child.try_wait()? {
                let log = fs::read_to_string(&self.log).unwrap_or_default();
                return Err(io::Error::other(format!("it ended, {status}:\n{log}")));
            }
            Ok((self.entered(state)? >= wanted).then_some(()))
        })
    }

    /// How many times any instance has entered this state so far, as its log says.
    pub(super) fn entered(&self, state: &str) -> io::Result<usize> {
        Ok(fs::read_to_string(&self.log)?.matches(&format!("Entering {state} STATE")).count())
    }

    /// Lets it read its file again, and waits until it has done so.
    pub(super) fn reload(&self) -> io::Result<()> {
        let done = || fs::read_to_string(&self.log).map(|log| log.matches("Reload complete").count());
        let before = done()?;
        send(self.parent(), Signal::HUP)?;
        wait::until("the end of a reload", START, || Ok((done()? > before).then_some(())))
    }

    pub(super) fn parent(&self) -> Pid {
        Pid::try_from(self.child.id()).unwrap_or_default()
    }

    /// The process that does VRRP.
    pub(super) fn vrrp(&self) -> io::Result<Pid> {
        let text = fs::read_to_string(&self.vrrp_pid)?;
        text.trim().parse().map_err(|_| io::Error::other(format!("no process id: {text:?}")))
    }

    /// Ends all its processes at once, as a crash of the machine does: the parent is stopped first, so that it
    /// neither sees its children die nor outlives them.
    pub(super) fn crash(&mut self) -> io::Result<()> {
        send(self.parent(), Signal::STOP)?;
        let tree = probe::tree(self.parent())?;
        for pid in tree.into_iter().rev() {
            send(pid, Signal::KILL)?;
        }
        self.child.wait().map(drop)
    }

    /// Asks it to stop.
    pub(super) fn ask_to_stop(&self) -> io::Result<()> {
        send(self.parent(), Signal::TERM)
    }

    /// Asks it to stop and waits until it has.
    pub(super) fn stop(mut self) -> io::Result<()> {
        self.ask_to_stop()?;
        wait::until("the end of a program that was told to stop", STOP, || self.child.try_wait()).map(drop)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _gone = self.crash();
        }
    }
}

/// The bare sender as a process; it is killed when dropped.
pub(super) struct BareSender(Child);

impl BareSender {
    pub(super) fn start(world: &World, load: &bare::Load) -> io::Result<Self> {
        let mut command = world.command(Side::Master, std::env::current_exe()?);
        command.args(["compare", "--bare"]).arg(load.to_string()).stdin(Stdio::null());
        command.spawn().map(Self)
    }

    pub(super) fn pid(&self) -> Pid {
        Pid::try_from(self.0.id()).unwrap_or_default()
    }
}

impl Drop for BareSender {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

fn send(pid: Pid, signal: Signal) -> io::Result<()> {
    let Some(pid) = rustix::process::Pid::from_raw(pid) else { return Ok(()) };
    match kill_process(pid, signal) {
        // It ended by itself since it was seen.
        Err(rustix::io::Errno::SRCH) => Ok(()),
        result => result.map_err(io::Error::from),
    }
}
