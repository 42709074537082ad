//! A router of any kind: started, stopped, crashed, and asked whether it is master.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::frr::{self, Frr, Quirks};
use super::{Daemon, PeerKind, Spec};
use crate::{Change, Host, LabError, Mac, Mark, Proc};

/// One router of a virtual router.
#[derive(Debug)]
pub struct Router {
    host: Host,
    spec: Spec,
    kind: PeerKind,
    program: Program,
}

#[derive(Debug)]
enum Program {
    Keepalived(Daemon),
    Frr(Frr),
}

impl Router {
    /// Starts a router of this kind on the host.
    ///
    /// # Errors
    /// [`LabError::ToolMissing`] if it is not installed, [`LabError::Unsupported`] and [`LabError::NeedsRoot`] for
    /// what FRR cannot do.
    pub fn start(kind: &PeerKind, host: &Host, spec: &Spec) -> Result<Self, LabError> {
        let program = match kind {
            PeerKind::Keepalived => Program::Keepalived(Daemon::keepalived(host, &spec.keepalived_conf())?),
            PeerKind::Kad(binary) => {
                Program::Keepalived(Daemon::start(host, "kad", binary, &spec.keepalived_conf())?)
            }
            PeerKind::Frr => Program::Frr(Frr::start(host, spec)?),
        };
        Ok(Self { host: host.clone(), spec: spec.clone(), kind: kind.clone(), program })
    }

    /// Starts it again after a crash or a stop, with what that left.
    ///
    /// # Errors
    /// As [`Router::start`].
    pub fn restart(&mut self) -> Result<(), LabError> {
        match &mut self.program {
            Program::Keepalived(daemon) => daemon.restart(),
            Program::Frr(frr) => frr.restart(),
        }
    }

    /// The process that speaks VRRP, or the parent of it.
    pub fn proc(&self) -> &Proc {
        match &self.program {
            Program::Keepalived(daemon) => daemon.proc(),
            Program::Frr(frr) => frr.proc(),
        }
    }

    /// Where it runs.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Which program it is.
    pub fn kind(&self) -> &PeerKind {
        &self.kind
    }

    /// What it was told.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Where the shared addresses are on Ethernet while it is master.
    pub fn mac(&self) -> Mac {
        match self.program {
            Program::Keepalived(_) if !self.spec.vmac => self.host.mac(),
            Program::Keepalived(_) | Program::Frr(_) => frr::mac(&self.spec),
        }
    }

    /// Where this program departs from the protocol.
    pub(crate) fn quirks(&self) -> Quirks {
        match self.program {
            Program::Keepalived(_) => Quirks::default(),
            Program::Frr(_) => frr::quirks(&self.spec),
        }
    }

    /// Whether its kernel answers for every shared address now.
    ///
    /// # Errors
    /// What `ip` says.
    pub fn holds_all(&self) -> Result<bool, LabError> {
        self.count_held().map(|held| held == self.spec.addresses.len())
    }

    /// Whether its kernel answers for none of the shared addresses now.
    ///
    /// # Errors
    /// What `ip` says.
    pub fn holds_none(&self) -> Result<bool, LabError> {
        self.count_held().map(|held| held == 0)
    }

    /// Waits until its kernel answers for all the shared addresses; since when it does.
    ///
    /// # Errors
    /// [`LabError::Timeout`].
    pub fn wait_active(&self, timeout: Duration) -> Result<Instant, LabError> {
        match self.program {
            Program::Keepalived(_) => self.each(|address| self.host.wait_for_address(address, timeout)),
            Program::Frr(_) => self.host.wait_for_link(&frr::interface(&self.spec), true, timeout),
        }
    }

    /// Waits until its kernel answers for none of the shared addresses; since when it does not.
    ///
    /// # Errors
    /// [`LabError::Timeout`].
    pub fn wait_idle(&self, timeout: Duration) -> Result<Instant, LabError> {
        match self.program {
            Program::Keepalived(_) => self.each(|address| self.host.wait_for_no_address(address, timeout)),
            Program::Frr(_) => self.host.wait_for_link(&frr::interface(&self.spec), false, timeout),
        }
    }

    /// How often it began and ceased to answer for the shared addresses at or after `begin`, by the monitor.
    pub fn turns_since(&self, begin: Instant) -> (usize, usize) {
        let interface = frr::interface(&self.spec);
        let last = self.spec.addresses.last().map(|(address, _)| *address);
        let (mut active, mut gained, mut lost) = (false, 0, 0);
        for seen in self.host.changes_since(Mark::START) {
            let now = match (&self.program, &seen.change) {
                (Program::Keepalived(_), Change::AddressAdded { address, .. }) if Some(*address) == last => {
                    true
                }
                (Program::Keepalived(_), Change::AddressRemoved { address, .. })
                    if Some(*address) == last =>
                {
                    false
                }
                (Program::Frr(_), Change::Link { interface: of, up }) if *of == interface => *up,
                (Program::Frr(_), Change::LinkGone { interface: of }) if *of == interface => false,
                _ => continue,
            };
            if now != active && seen.at >= begin {
                gained += usize::from(now);
                lost += usize::from(!now);
            }
            active = now;
        }
        (gained, lost)
    }

    /// The latest time that `when` gives for an address.
    fn each(&self, when: impl Fn(IpAddr) -> Result<Instant, LabError>) -> Result<Instant, LabError> {
        let mut latest = None;
        for (address, _) in &self.spec.addresses {
            latest = latest.max(Some(when(*address)?));
        }
        Ok(latest.unwrap_or_else(crate::now))
    }

    fn count_held(&self) -> Result<usize, LabError> {
        // vrrpd leaves the addresses where they are and takes the carrier.
        if matches!(self.program, Program::Frr(_)) && !self.host.is_link_up(&frr::interface(&self.spec))? {
            return Ok(0);
        }
        let mut held = 0;
        for (address, _) in &self.spec.addresses {
            held += usize::from(self.host.has_address(*address)?);
        }
        Ok(held)
    }
}
