//! The LAN of the demo: two hosts with a kad each, a client that pings, and everyone who reports what they see.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::Duration;

use netlab::{Change, Host, Lab, Mark, Pinger, Proc, Signal};

use super::cast::{CLIENT, SHARED, Side};
use super::error::DemoError;
use super::event::{Event, Origin, State, What};
use super::notice::Notice;
use super::{wire, witness};

/// The client pings this often: 20 times a second.
const PING_PERIOD: Duration = Duration::from_millis(50);
/// How long the witness may take until it listens, and a link until it is up.
const READY_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a reporter with nothing to report looks whether its source has ended.
const LOOK: Duration = Duration::from_millis(500);
/// Pid files that kad is told to use, and the flags that do.
const PID_FILES: [(&str, &str); 3] = [("-p", "kad.pid"), ("-r", "vrrp.pid"), ("-c", "checkers.pid")];

/// The LAN. All of it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Lan {
    lab: Lab,
    program: PathBuf,
    hosts: [Host; 2],
    client: Host,
    folders: [PathBuf; 2],
    kads: [Option<Arc<Proc>>; 2],
    reports: Reports,
    _witness: Arc<Proc>,
    _pings: Pinger,
}

/// Where reports go, how their times are told, and whether there is still a LAN to report of.
#[derive(Clone, Debug)]
struct Reports {
    sender: SyncSender<Notice>,
    origin: Origin,
    over: Arc<AtomicBool>,
}

impl Drop for Lan {
    fn drop(&mut self) {
        self.reports.over.store(true, Ordering::Release);
    }
}

impl Lan {
    /// Builds the LAN, with nothing running on it but the client's pings and the witness.
    pub(super) fn build(origin: Origin, sender: SyncSender<Notice>) -> Result<Self, DemoError> {
        let program = std::env::current_exe().map_err(DemoError::OwnFile)?;
        let lab = Lab::new("demo")?;
        let alpha = lab.host(Side::Alpha.name(), &[&format!("{}/24", Side::Alpha.address())])?;
        let beta = lab.host(Side::Beta.name(), &[&format!("{}/24", Side::Beta.address())])?;
        let client = lab.client("client", &[&format!("{CLIENT}/24")])?;
        let reports = Reports { sender, origin, over: Arc::default() };
        let witness = reports.witness(&program, &client)?;
        let hosts = [alpha, beta];
        for side in Side::BOTH {
            let host = &hosts[side.index()];
            host.wait_for_link("eth0", true, READY_TIMEOUT)?;
            reports.follow_host(side, host);
        }
        let folders = [lay_out(&hosts[0], Side::Alpha)?, lay_out(&hosts[1], Side::Beta)?];
        let pings = client.ping(SHARED.into(), PING_PERIOD)?;
        let kads = [None, None];
        Ok(Self { lab, program, hosts, client, folders, kads, reports, _witness: witness, _pings: pings })
    }

    /// The command that runs kad on a host.
    pub(super) fn command(&self, side: Side) -> Command {
        command(&self.program, &self.folders[side.index()])
    }

    /// Starts kad on a host.
    pub(super) fn start(&mut self, side: Side) -> Result<(), DemoError> {
        let host = &self.hosts[side.index()];
        self.reports.tell(self.reports.origin.elapsed(), What::Started(side));
        let kad = Arc::new(host.spawn("kad", &self.command(side))?);
        self.reports.follow_kad(side, &kad);
        self.kads[side.index()] = Some(kad);
        Ok(())
    }

    /// Kills all processes of kad on a host at once.
    pub(super) fn crash(&self, side: Side) -> Result<(), DemoError> {
        match &self.kads[side.index()] {
            Some(kad) => Ok(kad.kill_tree()?),
            None => Ok(()),
        }
    }

    /// Asks kad on a host to stop.
    pub(super) fn stop(&self, side: Side) -> Result<(), DemoError> {
        match &self.kads[side.index()] {
            Some(kad) => Ok(kad.signal(Signal::TERM)?),
            None => Ok(()),
        }
    }

    /// Pulls a host's cable.
    pub(super) fn pull_cable(&self, side: Side) -> Result<(), DemoError> {
        Ok(self.hosts[side.index()].link_down()?)
    }

    /// Plugs it in again.
    pub(super) fn plug_cable(&self, side: Side) -> Result<(), DemoError> {
        Ok(self.hosts[side.index()].link_up()?)
    }

    /// The last log lines of both kads.
    pub(super) fn log_tail(&self) -> String {
        let tail = self.lab.log_tail();
        let kads = tail.lines().filter(|line| !line.contains(" client witness: "));
        kads.map(|line| format!("{line}\n")).collect()
    }

    /// What a person types to get a shell on a host or on the client, with its name.
    pub(super) fn shells(&self) -> [(&str, String); 3] {
        let [alpha, beta] = &self.hosts;
        [alpha, beta, &self.client].map(|host| (host.name(), host.shell()))
    }
}

/// The command that runs kad with the files of `folder`.
pub(super) fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    // -G: the log is for the demo, not for this machine's syslog.
    command.args(["-n", "-l", "-D", "-G", "-f"]).arg(folder.join("keepalived.conf"));
    for (flag, file) in PID_FILES {
        command.arg(flag).arg(folder.join(file));
    }
    command
}

/// A folder with the host's configuration file.
fn lay_out(host: &Host, side: Side) -> Result<PathBuf, DemoError> {
    let folder = host.scratch("kad")?;
    std::fs::write(folder.join("keepalived.conf"), side.conf()).map_err(DemoError::Conf)?;
    Ok(folder)
}

impl Reports {
    fn tell(&self, at: Duration, what: What) {
        // If nobody listens any more the demo is over.
        let _over = self.sender.send(Notice::Saw(Event { at, what }));
    }

    /// Starts the witness on the client and passes on what it says.
    fn witness(&self, program: &Path, client: &Host) -> Result<Arc<Proc>, DemoError> {
        let mut command = Command::new(program);
        command.args(["demo", "--witness"]);
        let witness = Arc::new(client.spawn("witness", &command)?);
        witness.wait_for(witness::READY, READY_TIMEOUT)?;
        let (reports, source) = (self.clone(), Arc::clone(&witness));
        thread::spawn(move || {
            let mut last = String::new();
            follow(&source, |line| match wire::parse(&line.text) {
                Some((nanos, what)) => reports.tell(reports.origin.since_nanos(nanos), what),
                None => last.clone_from(&line.text),
            });
            let _over = reports.sender.send(Notice::WitnessEnded(last));
        });
        Ok(witness)
    }

    /// Passes on the states that kad logs, and its end.
    fn follow_kad(&self, side: Side, kad: &Arc<Proc>) {
        let (reports, kad) = (self.clone(), Arc::clone(kad));
        thread::spawn(move || {
            follow(&kad, |line| {
                if let Some(state) = State::in_log(&line.text) {
                    reports.tell(reports.origin.since(line.at), What::State(side, state));
                }
            });
            reports.tell(reports.origin.elapsed(), What::Ended(side));
        });
    }

    /// Passes on what the host's kernel tells of the shared address and the cable.
    fn follow_host(&self, side: Side, host: &Host) {
        let (reports, host, mut mark) = (self.clone(), host.clone(), host.mark());
        thread::spawn(move || {
            let mut cable = true;
            while !reports.over.load(Ordering::Acquire) {
                let (changes, next) = host.follow(mark, LOOK);
                mark = next;
                for seen in changes {
                    let what = match seen.change {
                        Change::AddressAdded { address, .. } if address == SHARED => {
                            What::Address(side, true)
                        }
                        Change::AddressRemoved { address, .. } if address == SHARED => {
                            What::Address(side, false)
                        }
                        Change::Link { interface, up } if interface == "eth0" && up != cable => {
                            cable = up;
                            What::Cable(side, up)
                        }
                        _ => continue,
                    };
                    reports.tell(reports.origin.since(seen.at), what);
                }
            }
        });
    }
}

/// Hands over every log line of a process until it has ended.
fn follow(process: &Proc, mut each: impl FnMut(&netlab::Line)) {
    let mut mark = Mark::START;
    loop {
        let ended = !process.is_running();
        let (lines, next) = process.follow(mark, LOOK);
        mark = next;
        lines.iter().for_each(&mut each);
        if ended && lines.is_empty() {
            return;
        }
    }
}
