//! From what the kernel has to what it should have.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// A virtual service: how it balances, and its servers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service<P, D, Q> {
    /// What can be changed of the service itself: scheduler, flags, persistence.
    pub settings: P,
    /// Its servers, and what can be changed of each: weight, forwarding.
    pub servers: BTreeMap<D, Q>,
}

/// All services, by what they are known by.
pub type Table<S, P, D, Q> = BTreeMap<S, Service<P, D, Q>>;

/// One operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change<'a, S, P, D, Q> {
    /// Adds a service without servers.
    AddService(&'a S, &'a P),
    /// Changes a service; its servers and connections stay.
    SetService(&'a S, &'a P),
    /// Removes a service with its servers.
    RemoveService(&'a S),
    /// Adds a server to a service.
    AddServer(&'a S, &'a D, &'a Q),
    /// Changes a server; its connections stay.
    SetServer(&'a S, &'a D, &'a Q),
    /// Removes a server.
    RemoveServer(&'a S, &'a D),
}

/// The fewest operations from `now` to `wanted`; what is right already is not touched.
///
/// Services that are no longer wanted go first, so that a firewall mark or an address is free for others. In each
/// service servers come and change before others go, so that none that has servers before and after is without one in
/// between.
pub fn plan<'a, S: Ord, P: PartialEq, D: Ord, Q: PartialEq>(
    now: &'a Table<S, P, D, Q>,
    wanted: &'a Table<S, P, D, Q>,
) -> Vec<Change<'a, S, P, D, Q>> {
    let mut changes = Vec::new();
    changes.extend(now.keys().filter(|id| !wanted.contains_key(id)).map(Change::RemoveService));
    for (id, service) in wanted {
        let before = now.get(id);
        match before {
            None => changes.push(Change::AddService(id, &service.settings)),
            Some(before) if before.settings != service.settings => {
                changes.push(Change::SetService(id, &service.settings));
            }
            Some(_) => {}
        }
        let had = |server| before.and_then(|before| before.servers.get(server));
        for (server, settings) in &service.servers {
            match had(server) {
                None => changes.push(Change::AddServer(id, server, settings)),
                Some(old) if old != settings => changes.push(Change::SetServer(id, server, settings)),
                Some(_) => {}
            }
        }
        let gone = before.into_iter().flat_map(|before| before.servers.keys());
        let gone = gone.filter(|server| !service.servers.contains_key(server));
        changes.extend(gone.map(|server| Change::RemoveServer(id, server)));
    }
    changes
}
