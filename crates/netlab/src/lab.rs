//! The lab: a switch, and the hosts plugged into it.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::capture::Capture;
use crate::clock::Clock;
use crate::enter::Entry;
use crate::host::Host;
use crate::keeper::Keeper;
use crate::log::Logs;
use crate::tool::{self, Output};
use crate::{LabError, Mac, address};

/// The interfaces of the switch are named as its hosts; the kernel allows 15 octets.
const NAME_LENGTH: usize = 15;
/// The last octet of a host's Ethernet address is its number.
const HOSTS: usize = 250;

/// A small LAN: hosts, each in a network namespace of its own, on one bridge.
///
/// Everything in the lab ends when it is dropped, and as well when this program dies in any way, SIGKILL included:
/// the namespaces have no name in the system and live as long as their processes, and these as long as a pipe
/// from this program. The scratch folder goes with them.
///
/// Root is not needed where the kernel lets users make namespaces.
#[derive(Debug)]
#[must_use = "everything in the lab ends when it is dropped"]
pub struct Lab {
    world: Arc<World>,
}

/// What hosts need of their lab.
#[derive(Debug)]
pub(crate) struct World {
    init: Mutex<Keeper>,
    /// The switch's namespaces: those of the first process.
    pub(crate) switch: Entry,
    pub(crate) scratch: PathBuf,
    pub(crate) clock: Clock,
    pub(crate) logs: Arc<Logs>,
    names: Mutex<Vec<String>>,
    folders: AtomicU32,
}

impl Lab {
    /// An empty LAN. `name` appears in the name of its scratch folder.
    ///
    /// # Errors
    /// [`LabError::NamespacesForbidden`] says what to do where the kernel refuses, [`LabError::ToolMissing`] what
    /// to install.
    pub fn new(name: &str) -> Result<Self, LabError> {
        let scratch = scratch(name)?;
        let init = Keeper::init(&scratch).inspect_err(|_| {
            let _ = fs::remove_dir_all(&scratch);
        })?;
        let switch = init.entry().clone();
        let world = World {
            init: Mutex::new(init),
            switch,
            scratch,
            clock: Clock::read(),
            logs: Arc::new(Logs::new()),
            names: Mutex::default(),
            folders: AtomicU32::new(0),
        };
        let lab = Self { world: Arc::new(world) };
        lab.world.switch_ip("link add br0 type bridge mcast_snooping 0 stp_state 0\nlink set br0 up\n")?;
        Ok(lab)
    }

    /// Plugs in a host with `eth0` and these addresses, each with its prefix length.
    ///
    /// Its Ethernet address is `02:00:00:00:00:NN`, NN counting from 1 in the order of joining. It has a
    /// link-local IPv6 address too. Duplicate address detection is off, so that addresses are usable at once.
    ///
    /// # Errors
    /// [`LabError::HostName`], [`LabError::Prefix`], or what the commands say.
    pub fn host(&self, name: &str, addresses: &[&str]) -> Result<Host, LabError> {
        let addresses = addresses.iter().map(|text| address::prefix(text)).collect::<Result<Vec<_>, _>>()?;
        let number = self.world.register(name)?;
        let keeper = self.world.init.lock().unwrap_or_else(PoisonError::into_inner).host()?;
        Host::plug_in(&self.world, keeper, name, number, addresses)
    }

    /// Plugs in a host that doubts its neighbours sooner than others: an entry that nobody confirms is asked
    /// about after 1 s to 2.5 s, where the kernel's defaults take up to 45 s.
    ///
    /// A gratuitous announcement still shows its worth: without it the entry is wrong for more than a second.
    ///
    /// # Errors
    /// As [`Lab::host`].
    pub fn client(&self, name: &str, addresses: &[&str]) -> Result<Host, LabError> {
        let client = self.host(name, addresses)?;
        client.doubt_neighbours()?;
        Ok(client)
    }

    /// Cuts every host of `left` off from every host of `right`, both ways. Others still reach both.
    ///
    /// # Errors
    /// [`LabError::ToolMissing`] without nftables.
    pub fn partition(&self, left: &[&Host], right: &[&Host]) -> Result<(), LabError> {
        self.cut(left, right)?;
        self.cut(right, left)
    }

    /// What `from` sends no longer arrives at `to`; the other way is as it was.
    ///
    /// # Errors
    /// [`LabError::ToolMissing`] without nftables.
    pub fn cut(&self, from: &[&Host], to: &[&Host]) -> Result<(), LabError> {
        let mut rules = String::from(
            "add table bridge netlab\n\
             add chain bridge netlab cut { type filter hook forward priority 0; }\n",
        );
        for (from, to) in from.iter().flat_map(|from| to.iter().map(move |to| (from.name(), to.name()))) {
            rules.push_str(&format!("add rule bridge netlab cut iifname \"{from}\" oifname \"{to}\" drop\n"));
        }
        self.nft(&rules)
    }

    /// Ends every partition and cut. Links that were set down stay down.
    ///
    /// # Errors
    /// [`LabError::ToolMissing`] without nftables.
    pub fn heal(&self) -> Result<(), LabError> {
        self.nft("add table bridge netlab\ndelete table bridge netlab\n")
    }

    /// Captures at the host's port of the switch: what reaches the host and what it sends, whatever becomes of it
    /// beyond. `filter` is in tcpdump's language. Frames are captured from the moment this returns.
    ///
    /// # Errors
    /// [`LabError::ToolMissing`] without tcpdump, [`LabError::NeedsRoot`] in a lab without root (tcpdump insists on
    /// changing its groups), [`LabError::Ended`] if it dislikes the filter.
    pub fn capture(&self, host: &Host, filter: &str) -> Result<Capture, LabError> {
        Capture::start(&self.world.switch, host.name(), filter, self.world.clock, &self.world.logs)
    }

    /// The name of the host behind whose port the switch has learned this Ethernet address last.
    ///
    /// # Errors
    /// What `bridge` says.
    pub fn learned(&self, mac: Mac) -> Result<Option<String>, LabError> {
        let mut command = self.world.switch.short("bridge")?;
        command.args(["fdb", "show", "br", "br0"]);
        let shown = tool::run(command, "")?.stdout;
        let own = mac.to_string();
        let found = shown.lines().find_map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            match words[..] {
                [address, "dev", port, ..] if address == own && !words.contains(&"permanent") => {
                    Some(port.to_owned())
                }
                _ => None,
            }
        });
        Ok(found)
    }

    /// What a person types to get a shell at the switch.
    pub fn shell(&self) -> String {
        self.world.switch.shell()
    }

    /// The last log lines of every process of the lab, with seconds since its start.
    pub fn log_tail(&self) -> String {
        self.world.logs.tail()
    }

    fn nft(&self, rules: &str) -> Result<(), LabError> {
        let mut command = self.world.switch.short("nft")?;
        command.args(["-f", "-"]);
        tool::run(command, rules).map(drop)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.world.init.lock().unwrap_or_else(PoisonError::into_inner).close();
        // Gone already, unless the first process was killed.
        let _ = fs::remove_dir_all(&self.world.scratch);
    }
}

impl World {
    /// Runs commands of `ip`, one a line, at the switch.
    pub(crate) fn switch_ip(&self, batch: &str) -> Result<Output, LabError> {
        ip(&self.switch, batch)
    }

    /// A new empty folder for one daemon, open to users that daemons change to.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf, LabError> {
        let number = self.folders.fetch_add(1, Ordering::Relaxed);
        let folder = self.scratch.join(format!("{name}-{number}"));
        make(&folder, 0o777).map_err(LabError::io(format!("make {}", folder.display())))?;
        Ok(folder)
    }

    /// The number of a new host, from 1.
    fn register(&self, name: &str) -> Result<u8, LabError> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let spelt = (1..=NAME_LENGTH).contains(&name.len())
            && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
            && !name.starts_with('-');
        let reserved = ["br0", "lo", "all", "default"].contains(&name);
        if !spelt || reserved || names.iter().any(|known| known == name) {
            return Err(LabError::HostName(name.to_owned()));
        }
        if names.len() == HOSTS {
            return Err(LabError::TooManyHosts);
        }
        names.push(name.to_owned());
        u8::try_from(names.len()).map_err(|_| LabError::TooManyHosts)
    }
}

/// Runs commands of `ip`, one a line.
pub(crate) fn ip(entry: &Entry, batch: &str) -> Result<Output, LabError> {
    let mut command = entry.short("ip")?;
    command.args(["-batch", "-"]);
    tool::run(command, batch)
}

/// A new folder for the lab, named after it, this process and a number.
fn scratch(name: &str) -> Result<PathBuf, LabError> {
    static LABS: AtomicU32 = AtomicU32::new(0);
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).take(NAME_LENGTH).collect();
    loop {
        let number = LABS.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("netlab-{name}-{}-{number}", process::id()));
        match make(&folder, 0o755) {
            Ok(()) => return Ok(folder),
            // Left by an earlier process of the same number, which is no reason to touch it.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(LabError::io(format!("make {}", folder.display()))(error)),
        }
    }
}

fn make(folder: &Path, mode: u32) -> io::Result<()> {
    fs::create_dir(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(mode))
}
