//! A host of the lab: its processes and its link. What can be seen of it is in `witness.rs`.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv6Addr};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use crate::address::Mac;
use crate::enter::Entry;
use crate::feed::Mark;
use crate::keeper::Keeper;
use crate::lab::{World, ip};
use crate::log;
use crate::proc::Proc;
use crate::stream::Stream;
use crate::tool::{self, Output};
use crate::watch::{self, Change, Changes, Seen};
use crate::{LabError, wait};

/// How long the monitor may take until it hears.
const MONITOR_TIMEOUT: Duration = Duration::from_secs(20);

/// A host of the lab: a network namespace with `eth0`. Clones are the same host.
#[derive(Clone, Debug)]
pub struct Host {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    name: String,
    mac: Mac,
    addresses: Vec<(IpAddr, u8)>,
    pub(crate) world: Arc<World>,
    pub(crate) entry: Entry,
    pub(crate) changes: Changes,
    _monitor: Stream,
    _keeper: Keeper,
}

impl Host {
    pub(crate) fn plug_in(
        world: &Arc<World>,
        keeper: Keeper,
        name: &str,
        number: u8,
        addresses: Vec<(IpAddr, u8)>,
    ) -> Result<Self, LabError> {
        let entry = keeper.entry().clone();
        let (monitor, changes) = monitor(&entry)?;
        let mac = Mac([2, 0, 0, 0, 0, number]);
        world.switch_ip(&format!(
            "link add {name} type veth peer name eth0 address {mac} netns {}\n\
             link set {name} master br0 up\n",
            entry.pid
        ))?;
        let host = Self {
            inner: Arc::new(Inner {
                name: name.to_owned(),
                mac,
                addresses,
                world: Arc::clone(world),
                entry,
                changes,
                _monitor: monitor,
                _keeper: keeper,
            }),
        };
        host.iface_up()?;
        Ok(host)
    }

    /// Its name, which is also that of its port at the switch.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// Ethernet address of `eth0`.
    pub fn mac(&self) -> Mac {
        self.inner.mac
    }

    /// The configured addresses, with their prefix lengths.
    pub fn addresses(&self) -> &[(IpAddr, u8)] {
        &self.inner.addresses
    }

    /// The link-local address that the kernel makes of the Ethernet address (RFC 4291 appendix A).
    pub fn link_local(&self) -> Ipv6Addr {
        let [a, b, c, d, e, f] = self.inner.mac.0;
        Ipv6Addr::from([0xfe, 0x80, 0, 0, 0, 0, 0, 0, a ^ 2, b, c, 0xff, 0xfe, d, e, f])
    }

    /// The first configured address of the family of `like`.
    ///
    /// # Errors
    /// [`LabError::NoAddress`].
    pub fn address_like(&self, like: IpAddr) -> Result<IpAddr, LabError> {
        let found =
            self.addresses().iter().map(|(address, _)| *address).find(|own| own.is_ipv4() == like.is_ipv4());
        found.ok_or_else(|| LabError::NoAddress { host: self.name().to_owned(), wanted: like })
    }

    /// Runs a command to its end in the host's network namespace.
    ///
    /// # Errors
    /// [`LabError::Command`] unless it succeeds, [`LabError::CommandTimeout`] after 20 s.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Result<Output, LabError> {
        let mut command = self.inner.entry.short(program)?;
        command.args(arguments);
        tool::run(command, "")
    }

    /// Starts a process that lives on. Its two outputs are its log; `name` names it in errors.
    ///
    /// It has the host's network, and process ids of the lab's own (`/proc` shows those). Program, arguments,
    /// environment and working folder are taken from `command`, its redirections are not.
    ///
    /// # Errors
    /// [`LabError::ToolMissing`] if there is no such program.
    pub fn spawn(&self, name: &str, command: &Command) -> Result<Proc, LabError> {
        Proc::spawn(&format!("{} {name}", self.name()), &self.inner.entry, command, &self.inner.world.logs)
    }

    /// A new empty folder for the files of one daemon. It goes with the lab.
    ///
    /// # Errors
    /// [`LabError::Io`].
    pub fn scratch(&self, name: &str) -> Result<PathBuf, LabError> {
        self.inner.world.folder(&format!("{}-{name}", self.name()))
    }

    /// What a person types to get a shell on this host, while the lab is up.
    pub fn shell(&self) -> String {
        self.inner.entry.shell()
    }

    /// Whether the lab runs without root, in a user namespace.
    pub fn is_rootless(&self) -> bool {
        self.inner.entry.rootless
    }

    /// Pulls the cable: the switch's end goes down, and the host sees its carrier go.
    ///
    /// # Errors
    /// What `ip` says.
    pub fn link_down(&self) -> Result<(), LabError> {
        self.inner.world.switch_ip(&format!("link set {} down\n", self.name())).map(drop)
    }

    /// Plugs the cable in again.
    ///
    /// # Errors
    /// What `ip` says.
    pub fn link_up(&self) -> Result<(), LabError> {
        self.inner.world.switch_ip(&format!("link set {} up\n", self.name())).map(drop)
    }

    /// Sets `eth0` down from within, as `ip link set eth0 down` does.
    ///
    /// # Errors
    /// What `ip` says.
    pub fn iface_down(&self) -> Result<(), LabError> {
        ip(&self.inner.entry, "link set eth0 down\n").map(drop)
    }

    /// Sets `eth0` up from within, and gives it its configured addresses again: the kernel takes those of IPv6
    /// away when an interface goes down.
    ///
    /// # Errors
    /// What `ip` says.
    pub fn iface_up(&self) -> Result<(), LabError> {
        let mut batch = String::from("link set lo up\nlink set eth0 up\n");
        for (address, length) in self.addresses() {
            let nodad = if address.is_ipv6() { " nodad" } else { "" };
            let _ = writeln!(batch, "address replace {address}/{length} dev eth0{nodad}");
        }
        ip(&self.inner.entry, &batch).map(drop)
    }

    /// See [`crate::Lab::client`].
    pub(crate) fn doubt_neighbours(&self) -> Result<(), LabError> {
        let script = "for family in ipv4 ipv6; do
            cd /proc/sys/net/$family/neigh/eth0
            echo 1000 >base_reachable_time_ms; echo 1 >delay_first_probe_time; echo 200 >retrans_time_ms
        done";
        self.run("sh", &["-e", "-c", script]).map(drop)
    }
}

/// Starts the monitor of a namespace and waits until it hears: an address is put on and taken off `lo` until it
/// tells of it.
fn monitor(entry: &Entry) -> Result<(Stream, Changes), LabError> {
    let mut command = Command::new("ip");
    command.args(watch::MONITOR);
    let (monitor, out) = Stream::start(entry, &command)?;
    let changes = watch::changes();
    let (push, close) = (Arc::clone(&changes), Arc::clone(&changes));
    let hear = move |line: log::Line| {
        if let Some(change) = watch::parse(&line.text) {
            push.push(Seen { at: line.at, change });
        }
    };
    log::read(out, hear, move || close.close());
    let mut trouble = Ok(());
    let hears = wait::poll_until(MONITOR_TIMEOUT, || {
        let rung =
            ip(entry, "address add 127.77.0.1/32 dev lo\naddress del 127.77.0.1/32 dev lo\n").map(drop);
        let failed = rung.is_err();
        trouble = rung;
        let gone = |seen: &Seen| matches!(seen.change, Change::AddressRemoved { .. }).then_some(());
        failed || changes.wait(Mark::START, watch::RECHECK, gone).is_ok()
    });
    trouble?;
    if hears { Ok((monitor, changes)) } else { Err(monitor.ended("it heard of an address")) }
}
