//! What can be changed.

use crate::{DaemonRole, Destination, Service, ServiceId, SyncDaemon, Timeouts};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Op {
    /// Adds a service.
    NewService(Service),
    /// Changes its scheduler, flags and persistence; connections and destinations stay.
    SetService(Service),
    /// Removes it with its destinations.
    DelService(ServiceId),
    /// Adds a destination to a service.
    NewDestination(ServiceId, Destination),
    /// Changes its weight, forwarding and thresholds; connections stay.
    SetDestination(ServiceId, Destination),
    /// Removes it. What it is known by is its address.
    DelDestination(ServiceId, Destination),
    /// Starts a sync daemon.
    NewDaemon(SyncDaemon),
    /// Stops one; the kernel asks for its interface and id as well.
    DelDaemon(DaemonRole, Box<str>, u8),
    /// Sets timeouts; zero leaves one as it is.
    SetTimeouts(Timeouts),
    /// Sets the counters of a service, or of all, to zero.
    Zero(Option<ServiceId>),
    /// Removes all services.
    Flush,
}
