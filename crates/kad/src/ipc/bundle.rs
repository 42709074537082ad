//! A checked configuration as one memory file.
//!
//! A magic and the length of the parent's part, that part, then the whole model for the VRRP process. The parent
//! reads its own few octets and never holds the rest.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::time::Duration;

use kaconf::model::{Config, Global, Process, Reload, Scripts};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use serde::{Deserialize, Serialize};

use crate::dump::Whose;
use crate::text::cut;

/// First octets of a bundle. Both ends are the same binary, so this guards against a wrong file, not a version.
const MAGIC: [u8; 8] = *b"kadconf1";

/// Magic and length.
const HEADER: usize = 12;

/// Largest part of the parent, octets.
const MAX_PARENT: usize = 64 * 1024;

/// Largest bundle, octets: a hundred times a model of ten thousand instances.
const MAX_BUNDLE: u64 = 1 << 30;

/// What the parent needs to know of a configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ParentPart {
    /// `net_namespace`
    pub(crate) net_namespace: Option<Box<str>>,
    /// `instance`
    pub(crate) instance: Option<Box<str>>,
    /// `use_pid_dir`
    pub(crate) use_pid_dir: bool,
    /// `disable_local_igmp`: cannot change at a reload.
    pub(crate) disable_local_igmp: bool,
    /// `child_wait_time`
    pub(crate) child_wait_time: Duration,
    /// `process_names`
    pub(crate) process_names: bool,
    /// The parent's own name and scheduling.
    pub(crate) parent: Process,
    /// `umask`
    pub(crate) umask: u32,
    /// `data_use_instance`
    pub(crate) data_use_instance: bool,
    /// How many VRRP instances there are.
    pub(crate) instances: u32,
    /// Whether a checker process is called for.
    pub(crate) has_virtual_servers: bool,
    /// `net_namespace_ipvs`: cannot change at a reload, like the next.
    pub(crate) net_namespace_ipvs: Option<Box<str>>,
    /// `nftables_ipvs`
    pub(crate) nftables_ipvs: Option<Box<str>>,
    /// How it is read again.
    pub(crate) reload: Reload,
    /// `state_dump_file`
    pub(crate) state_dump_file: Option<PathBuf>,
    /// The first section of the parent's dump, made where the whole model is.
    pub(crate) dump: String,
    /// How scripts are run, and which at start and stop.
    pub(crate) scripts: Scripts,
    /// Findings that may hide an instance that was meant; see `Config::doubts`.
    pub(crate) doubts: Vec<Box<str>>,
}

impl ParentPart {
    /// The parent's part of a model.
    pub(crate) fn of(config: &Config) -> Self {
        let global = &config.global;
        Self {
            net_namespace: global.net_namespace.clone(),
            instance: global.instance.clone(),
            use_pid_dir: global.use_pid_dir,
            disable_local_igmp: global.disable_local_igmp,
            child_wait_time: global.child_wait_time,
            process_names: global.process_names,
            parent: global.parent.clone(),
            umask: global.umask,
            data_use_instance: global.data_use_instance,
            instances: u32::try_from(config.instances.len()).unwrap_or(u32::MAX),
            has_virtual_servers: config.has_virtual_servers,
            net_namespace_ipvs: global.net_namespace_ipvs.clone(),
            nftables_ipvs: global.firewall.nftables_ipvs.clone(),
            reload: global.reload.clone(),
            state_dump_file: global.state_dump_file.clone(),
            dump: dump_of(global),
            scripts: global.scripts.clone(),
            doubts: config.doubts.clone(),
        }
    }
}

/// Most of a dump that a parent keeps, octets: who mails to thousands has a longer one.
const MAX_DUMP: usize = 16 * 1024;

fn dump_of(global: &Global) -> String {
    let mut text = String::new();
    crate::dump::global(&mut text, global, Whose::Parent);
    if text.len() > MAX_DUMP {
        text.truncate(cut(&text, MAX_DUMP).rfind('\n').map_or(0, |end| end + 1));
    }
    text
}

/// A bundle's file.
#[derive(Debug)]
pub(crate) struct Bundle {
    file: File,
}

impl From<OwnedFd> for Bundle {
    fn from(fd: OwnedFd) -> Self {
        Self { file: fd.into() }
    }
}

impl AsFd for Bundle {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl Bundle {
    /// An empty memory file for a reader to fill.
    ///
    /// # Errors
    /// Out of memory or file descriptors.
    pub(crate) fn create() -> io::Result<Self> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        Ok(Self::from(memfd_create(c"kad-configuration", flags)?))
    }

    /// A second handle of the same file.
    ///
    /// # Errors
    /// Out of file descriptors.
    pub(crate) fn try_clone(&self) -> io::Result<OwnedFd> {
        Ok(self.file.try_clone()?.into())
    }

    /// Makes the octets final: whoever holds the file can only read it.
    ///
    /// # Errors
    /// Not a memory file.
    pub(crate) fn seal(&self) -> io::Result<()> {
        let seals = SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
        Ok(fcntl_add_seals(&self.file, seals)?)
    }

    /// Writes a configuration as a bundle.
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn write(mut config: Config, out: impl Write) -> io::Result<()> {
        let mut out = io::BufWriter::with_capacity(64 * 1024, out);
        let parent = postcard::to_stdvec(&ParentPart::of(&config)).map_err(encoding)?;
        let len = u32::try_from(parent.len()).ok().filter(|_| parent.len() <= MAX_PARENT);
        let len = len.ok_or_else(|| broken("the part of the parent is over its limit"))?;
        out.write_all(&MAGIC)?;
        out.write_all(&len.to_le_bytes())?;
        out.write_all(&parent)?;
        // Tens of thousands of virtual servers are nothing to the VRRP process.
        (config.virtual_servers, config.virtual_server_groups) = (Vec::new(), Vec::new());
        postcard::to_io(&config, &mut out).map_err(encoding)?.flush()
    }

    /// The parent's part.
    ///
    /// # Errors
    /// `InvalidData` when the file is no bundle.
    pub(crate) fn parent_part(&self) -> io::Result<ParentPart> {
        let mut octets = vec![0; self.parent_len()?];
        self.file.read_exact_at(&mut octets, HEADER as u64)?;
        postcard::from_bytes(&octets).map_err(encoding)
    }

    /// The whole model.
    ///
    /// # Errors
    /// `InvalidData` when the file is no bundle.
    pub(crate) fn config(&self) -> io::Result<Box<Config>> {
        let start = (HEADER + self.parent_len()?) as u64;
        let size = self.file.metadata()?.len();
        if !(start..=MAX_BUNDLE).contains(&size) {
            return Err(broken("its size is wrong"));
        }
        let mut octets = vec![0; usize::try_from(size - start).map_err(|_| broken("its size is wrong"))?];
        self.file.read_exact_at(&mut octets, start)?;
        postcard::from_bytes(&octets).map(Box::new).map_err(encoding)
    }

    fn parent_len(&self) -> io::Result<usize> {
        let mut header = [0; HEADER];
        self.file.read_exact_at(&mut header, 0).map_err(|_| broken("it is too short"))?;
        let (magic, len) = header.split_at(MAGIC.len());
        let len = u32::from_le_bytes(len.try_into().map_err(|_| broken("it is too short"))?) as usize;
        if magic != MAGIC || len > MAX_PARENT {
            return Err(broken("its head is wrong"));
        }
        Ok(len)
    }
}

fn broken(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("not a configuration bundle: {why}"))
}

fn encoding(error: postcard::Error) -> io::Error {
    broken(&error.to_string())
}
