//! Two network namespaces joined by veth pairs: one for the master, one for the backup.

use std::ffi::OsStr;
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use super::conf::interface_name;
use super::enclosure::done;
use crate::repo;

/// One end of the pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Master,
    Backup,
}

impl Side {
    fn number(self) -> u8 {
        match self {
            Self::Master => 1,
            Self::Backup => 2,
        }
    }

    /// Its address on an interface; an advert's source tells side and interface.
    pub(super) fn address(self, interface: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, 200, interface, self.number())
    }

    /// Whether it has this address.
    pub(super) fn has(self, address: Ipv4Addr) -> bool {
        address.octets()[3] == self.number()
    }
}

/// Both namespaces; they go when it is dropped, with their interfaces.
pub(super) struct World {
    number: u32,
    /// For the files of this world.
    folder: PathBuf,
}

static WORLDS: AtomicU32 = AtomicU32::new(0);

impl World {
    /// Both sides with `interfaces` pairs, up, IPv4 only.
    pub(super) fn new(interfaces: u16) -> io::Result<Self> {
        let number = WORLDS.fetch_add(1, Ordering::Relaxed);
        let world = Self { number, folder: PathBuf::from(format!("/run/world-{number}")) };
        std::fs::create_dir(&world.folder)?;
        let [master, backup] = [Side::Master, Side::Backup].map(|side| world.namespace(side));
        for side in [Side::Master, Side::Backup] {
            ip(&["netns", "add", &world.namespace(side)])?;
            let mut quiet = world.command(side, "sysctl");
            quiet.args(["-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"]);
            done(quiet)?;
            ip(&["-n", &world.namespace(side), "link", "set", "lo", "up"])?;
        }
        for interface in 0..interfaces as u8 {
            let name = &*interface_name(interface);
            ip(&[
                "link", "add", name, "netns", &master, "type", "veth", "peer", "name", name, "netns", &backup,
            ])?;
            for side in [Side::Master, Side::Backup] {
                let namespace = &*world.namespace(side);
                let address = format!("{}/24", side.address(interface));
                ip(&["-n", namespace, "address", "add", &address, "dev", name])?;
                ip(&["-n", namespace, "link", "set", name, "up"])?;
            }
        }
        Ok(world)
    }

    /// `program`, to be run on that side.
    pub(super) fn command(&self, side: Side, program: impl AsRef<OsStr>) -> Command {
        let mut command = repo::command("nsenter", []);
        command.arg(format!("--net=/run/netns/{}", self.namespace(side))).arg("--").arg(program);
        command
    }

    /// The name of a file of this world.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn namespace(&self, side: Side) -> String {
        format!("{side:?}{}", self.number).to_lowercase()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for side in [Side::Master, Side::Backup] {
            let _gone = ip(&["netns", "delete", &self.namespace(side)]);
        }
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

fn ip(words: &[&str]) -> io::Result<()> {
    done(repo::command("ip", words.iter().copied()))
}
