//! What can be seen of a host: its addresses, its neighbours, and every change of them.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::address::Mac;
use crate::capture::Capture;
use crate::feed::{Mark, Missed};
use crate::host::Host;
use crate::ping::Pinger;
use crate::watch::{self, Change, Seen};
use crate::{LabError, clock};

impl Host {
    /// Whether any of its interfaces has the address, as the kernel says now.
    ///
    /// # Errors
    /// What `ip` says.
    pub fn has_address(&self, address: IpAddr) -> Result<bool, LabError> {
        let shown = self.run("ip", &["-o", "address", "show"])?.stdout;
        let of = |line: &str| line.split_whitespace().nth(3)?.split('/').next()?.parse::<IpAddr>().ok();
        Ok(shown.lines().filter_map(of).any(|own| own == address))
    }

    /// Waits until the host has the address; when it got it. At once if it has it already.
    ///
    /// # Errors
    /// [`LabError::Timeout`].
    pub fn wait_for_address(&self, address: IpAddr, timeout: Duration) -> Result<Instant, LabError> {
        let what = || format!("{address} on {}", self.name());
        self.wait_held(timeout, what, || self.held_since(address))
    }

    /// Waits until the host no longer has the address; when it lost it. At once, with the time of now, if it never
    /// had it.
    ///
    /// # Errors
    /// [`LabError::Timeout`].
    pub fn wait_for_no_address(&self, address: IpAddr, timeout: Duration) -> Result<Instant, LabError> {
        let what = || format!("{address} gone from {}", self.name());
        self.wait_held(timeout, what, || match self.held_since(address) {
            Some(_) => None,
            None => Some(self.lost_at(address).unwrap_or_else(clock::now)),
        })
    }

    /// Whether packets can pass over an interface, as the kernel says now.
    ///
    /// # Errors
    /// What `ip` says, which is an error too if there is no such interface.
    pub fn is_link_up(&self, interface: &str) -> Result<bool, LabError> {
        let shown = self.run("ip", &["-o", "link", "show", "dev", interface])?.stdout;
        Ok(matches!(watch::parse(&format!("[LINK]{shown}")), Some(Change::Link { up: true, .. })))
    }

    /// Waits until packets can or cannot pass over an interface; since when. One that is not there is not up.
    ///
    /// # Errors
    /// [`LabError::Timeout`].
    pub fn wait_for_link(&self, interface: &str, up: bool, timeout: Duration) -> Result<Instant, LabError> {
        let what = || format!("{interface} of {} {}", self.name(), if up { "up" } else { "down" });
        self.wait_held(timeout, what, || {
            let (is_up, since) = self.link_since(interface);
            (is_up == up).then(|| since.unwrap_or_else(clock::now))
        })
    }

    /// Position after the last change of addresses, links and neighbours.
    pub fn mark(&self) -> Mark {
        self.inner.changes.mark()
    }

    /// The changes from `mark` on, as far as they are remembered (20,000).
    pub fn changes_since(&self, mark: Mark) -> Vec<Seen> {
        self.inner.changes.since(mark)
    }

    /// The changes from `mark` on and the position behind them, as soon as there is one: to follow them. None if
    /// `timeout` passes first.
    pub fn follow(&self, mark: Mark, timeout: Duration) -> (Vec<Seen>, Mark) {
        self.inner.changes.batch(mark, timeout)
    }

    /// Waits for a change at or after `mark`; `what` names it in the error.
    ///
    /// # Errors
    /// [`LabError::Timeout`].
    pub fn wait_for_change(
        &self,
        mark: Mark,
        what: &str,
        timeout: Duration,
        mut matches: impl FnMut(&Change) -> bool,
    ) -> Result<Seen, LabError> {
        let found =
            self.inner.changes.wait(mark, timeout, |seen| matches(&seen.change).then(|| seen.clone()));
        found.map_err(|missed| self.missed(missed, format!("{what} on {}", self.name()), timeout))
    }

    /// Where the host sends packets for `address`: its ARP or neighbour entry as the kernel says now.
    ///
    /// # Errors
    /// What `ip` says.
    pub fn neighbour(&self, address: IpAddr) -> Result<Option<Mac>, LabError> {
        let shown = self.run("ip", &["neigh", "show", &address.to_string(), "dev", "eth0"])?.stdout;
        Ok(watch::lladdr(&shown.split_whitespace().collect::<Vec<_>>()))
    }

    /// Waits until the host sends packets for `address` to `mac`; when it came to believe so.
    ///
    /// # Errors
    /// [`LabError::Timeout`], or what `ip` says.
    pub fn wait_for_neighbour(
        &self,
        address: IpAddr,
        mac: Mac,
        timeout: Duration,
    ) -> Result<Instant, LabError> {
        let mut trouble = None;
        let believed = self.inner.changes.until(timeout, watch::RECHECK, || match self.neighbour(address) {
            Ok(now) => (now == Some(mac)).then(|| self.believed_since(address, mac)),
            Err(error) => {
                trouble = Some(error);
                Some(clock::now())
            }
        });
        if let Some(error) = trouble {
            return Err(error);
        }
        let what = || format!("{} taking {address} to be at {mac}", self.name());
        believed.map_err(|missed| self.missed(missed, what(), timeout))
    }

    /// Pings `target` once a `period` (at least 2 ms) from now on.
    ///
    /// # Errors
    /// [`LabError::ToolMissing`] without ping.
    pub fn ping(&self, target: IpAddr, period: Duration) -> Result<Pinger, LabError> {
        Pinger::start(&self.inner.entry, target, period, &self.inner.world.logs)
    }

    /// Captures on the host itself; `filter` is in tcpdump's language. Frames are captured from the moment this
    /// returns.
    ///
    /// # Errors
    /// [`LabError::ToolMissing`] without tcpdump, [`LabError::NeedsRoot`] in a lab without root (tcpdump insists on
    /// changing its groups), [`LabError::Ended`] if it dislikes the filter.
    pub fn capture(&self, interface: &str, filter: &str) -> Result<Capture, LabError> {
        Capture::start(&self.inner.entry, interface, filter, self.inner.world.clock, &self.inner.world.logs)
    }

    /// When the host got the address it has, by the monitor.
    fn held_since(&self, address: IpAddr) -> Option<Instant> {
        let mut since = None;
        for seen in self.changes_since(Mark::START) {
            match seen.change {
                Change::AddressAdded { address: own, .. } if own == address => {
                    since = since.or(Some(seen.at))
                }
                Change::AddressRemoved { address: own, .. } if own == address => since = None,
                _ => {}
            }
        }
        since
    }

    fn lost_at(&self, address: IpAddr) -> Option<Instant> {
        self.changes_since(Mark::START).into_iter().rev().find_map(|seen| {
            matches!(seen.change, Change::AddressRemoved { address: own, .. } if own == address)
                .then_some(seen.at)
        })
    }

    /// Whether an interface is up, and since when, by the monitor.
    fn link_since(&self, interface: &str) -> (bool, Option<Instant>) {
        let mut state = (false, None);
        for seen in self.changes_since(Mark::START) {
            let up = match &seen.change {
                Change::Link { interface: of, up } if of == interface => *up,
                Change::LinkGone { interface: of } if of == interface => false,
                _ => continue,
            };
            if up != state.0 {
                state = (up, Some(seen.at));
            }
        }
        state
    }

    /// When the monitor first told of the present belief.
    fn believed_since(&self, address: IpAddr, mac: Mac) -> Instant {
        let mut since = None;
        for seen in self.changes_since(Mark::START) {
            match seen.change {
                Change::Neighbour { address: known, mac: Some(now) } if known == address && now == mac => {
                    since = since.or(Some(seen.at));
                }
                Change::Neighbour { address: known, .. } if known == address => since = None,
                _ => {}
            }
        }
        since.unwrap_or_else(clock::now)
    }

    fn wait_held(
        &self,
        timeout: Duration,
        what: impl Fn() -> String,
        state: impl FnMut() -> Option<Instant>,
    ) -> Result<Instant, LabError> {
        let reached = self.inner.changes.until(timeout, watch::RECHECK, state);
        reached.map_err(|missed| self.missed(missed, what(), timeout))
    }

    fn missed(&self, missed: Missed, what: String, waited: Duration) -> LabError {
        let logs = self.inner.world.logs.tail();
        match missed {
            Missed::TimedOut => LabError::Timeout { what, waited, logs },
            Missed::Ended => {
                LabError::Ended { process: format!("the monitor of {}", self.name()), what, logs }
            }
        }
    }
}
