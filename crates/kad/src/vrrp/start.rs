//! From a configuration to running instances.

use std::time::Duration;

use kaconf::model::{Config, DynamicInterfaces};
use tracing::{error, info};
use vrrp_fsm::{Input, Instant};
use vrrp_linux::{NetlinkError, SocketError};

use crate::cli::Options;
use crate::exec::{Exec, Manners};
use crate::exit::Exit;

use super::clock;
use super::driver::Driver;
use super::firewall;
use super::instance::{Instance, InstanceError, InstanceId};
use super::receivers::Aligned;

/// Why the process cannot run.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    #[error(transparent)]
    Socket(#[from] SocketError),
    #[error("the kernel's netlink cannot be used: {0}")]
    Netlink(#[from] NetlinkError),
    #[error(transparent)]
    Instance(#[from] InstanceError),
    #[error(
        "({instance}) interface {interface} does not exist: correct the name, or allow it to appear later with \
         dynamic_interfaces in global_defs"
    )]
    NoInterface { instance: Box<str>, interface: String },
    #[error("{loss}, and the file has an error that may be why: {doubt}")]
    Doubtful { loss: String, doubt: Box<str> },
    #[error("the event queue cannot be opened: {0}")]
    Poll(std::io::Error),
}

impl StartError {
    /// How the process ends.
    pub(super) fn exit(&self) -> Exit {
        let denied = match self {
            Self::Socket(error) => is_permission(error),
            Self::Netlink(error) => *error == NetlinkError::NotPermitted,
            Self::Instance(_) | Self::NoInterface { .. } | Self::Doubtful { .. } => return Exit::Config,
            Self::Poll(_) => false,
        };
        if denied { Exit::MissingPermission } else { Exit::Fatal }
    }
}

fn is_permission(error: &SocketError) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    source.is_some_and(|source| source.kind() == std::io::ErrorKind::PermissionDenied)
}

/// Starts everything that a configuration asks for.
pub(super) fn start(options: Options, mut config: Config, manners: Manners) -> Result<Driver, StartError> {
    let exec = Exec::new(manners).map_err(StartError::Poll)?;
    let mut driver = Driver::open(options, config.global.clone(), exec)?;
    driver.size_netlink();
    driver.declare_trackers(&mut config);
    driver.doubts = std::mem::take(&mut config.doubts);
    for model in std::mem::take(&mut config.instances) {
        check_interface(&driver, &model)?;
        driver.instances.push(Instance::new(model)?);
    }
    driver.declare_statics(&mut config);
    driver.announcer.set_spacing(&config.global, std::mem::take(&mut config.garp_groups));
    driver.align_trackers(false);
    driver.align_groups(clock::now());
    driver.index_addresses();
    let estate = driver.finds_an_estate();
    driver.firewall.begin(&driver.global.firewall, &driver.instances, estate);
    firewall::decide(&mut driver.global.firewall, &driver.instances);
    driver.plan_vmacs();
    driver.locate_instances();
    driver.kernel.remove_leftovers(&mut driver.instances, &driver.interfaces);
    driver.remove_routing_leftovers(estate);
    if estate {
        driver.remove_unclaimed_addresses();
    }
    driver.watch_routing();
    driver.set_statics();
    driver.align_promotion();
    if let Some(failure) = driver.align_sockets().failures.into_iter().next() {
        return Err(failure.into());
    }
    let now = clock::now();
    // What is left of the predecessor is reported before anything is put there again.
    driver.hear_of_vmacs(now);
    let hold = hold(&driver);
    if !hold.is_zero() {
        info!("Delaying startup for {:.3} seconds", hold.as_secs_f64());
    }
    for id in driver.ids() {
        driver.look_around(id, now);
    }
    driver.watch_what_is_tracked(&mut config, now, false);
    driver.settle_groups(now);
    for id in driver.ids() {
        driver.begin(id, now, hold);
    }
    Ok(driver)
}

/// The longer of `vrrp_startup_delay` and what is left of `vrrp_delay_after_boot`.
fn hold(driver: &Driver) -> Duration {
    let up = clock::since_boot().saturating_since(Instant::from_nanos(0));
    driver.global.startup_delay.max(driver.global.delay_after_boot.saturating_sub(up))
}

pub(super) fn check_interface(driver: &Driver, model: &kaconf::model::Instance) -> Result<(), StartError> {
    let Some(name) = &model.interface else { return Ok(()) };
    let dynamic = driver.global.dynamic_interfaces != DynamicInterfaces::Off;
    if dynamic || driver.interfaces.find(name.as_str()).is_some() {
        return Ok(());
    }
    Err(StartError::NoInterface { instance: model.name.clone(), interface: name.to_string() })
}

impl Driver {
    /// Tells a new instance of the host. All of them know before the first begins: it may be of a group.
    pub(super) fn look_around(&mut self, id: InstanceId, now: Instant) {
        self.refresh(id, now);
        self.retrack(id, now);
    }

    /// Lets a new instance take part.
    pub(super) fn begin(&mut self, id: InstanceId, now: Instant, hold: Duration) {
        // What was refreshed may equal what the instance was made with; the machine must know it all the same.
        let source = self.instances[id.index()].source;
        self.feed(id, now, Input::Source(source));
        self.feed(id, now, Input::Start { hold });
    }

    /// Opens the sending sockets that the instances need; gives what could not be opened.
    pub(super) fn open_lanes(&mut self) -> Vec<SocketError> {
        self.outbox.open(&self.instances)
    }

    /// Brings the sockets in line with the instances.
    pub(super) fn align_sockets(&mut self) -> Aligned {
        self.sockets_stale = false;
        let mut failures = self.open_lanes();
        let mut aligned = self.receivers.align(&self.instances, &self.interfaces, &self.global);
        aligned.failures.append(&mut failures);
        aligned
    }
}

/// Says why the process ends.
pub(super) fn refuse(error: &StartError) -> Exit {
    error!("{error}");
    error.exit()
}
