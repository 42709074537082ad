//! Instances that would be the same virtual router.

use std::collections::HashMap;
use std::net::IpAddr;

use vrrp_types::{Family, Vrid};

use super::reader::Reader;
use crate::code::Code;
use crate::files::Location;
use crate::model::{Instance, InterfaceName, Mode};
use crate::source::InterfaceFacts;

/// What two instances must not share.
type Key<'a> = (Family, Vrid, On<'a>, Whom);

/// Where an instance sends.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum On<'a> {
    /// By an interface, or, unicast, by whichever leads there.
    Interface(Option<&'a InterfaceName>),
    /// Either: what an instance without an interface meets.
    Anywhere,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Whom {
    Group(IpAddr),
    /// One of the peers, and the source address if it is configured.
    Peer(IpAddr, Option<IpAddr>),
}

impl Reader<'_> {
    /// Reports instances of one family and identifier that send the same way, and which come later.
    pub(super) fn report_duplicates(&mut self, instances: &[Instance], places: &[Option<Location>]) {
        let mut seen: HashMap<Key<'_>, usize> = HashMap::with_capacity(instances.len());
        // Only one without an interface asks for this.
        let anywhere = instances.iter().any(|instance| instance.interface.is_none());
        for (index, instance) in instances.iter().enumerate() {
            let mut first = None;
            for whom in whoms(instance) {
                let key = |on| (instance.family, instance.vrid, on, whom);
                let met = |on| seen.get(&key(on)).copied();
                let here = On::Interface(instance.interface.as_ref());
                first = first.or_else(|| match instance.interface {
                    Some(_) if anywhere => met(here).or_else(|| met(On::Interface(None))),
                    Some(_) => met(here),
                    None => met(On::Anywhere),
                });
                seen.entry(key(here)).or_insert(index);
                if anywhere {
                    seen.entry(key(On::Anywhere)).or_insert(index);
                }
            }
            if let Some(first) = first {
                self.report_duplicate(&instances[first], instance, places[index]);
            }
        }
    }

    fn report_duplicate(&mut self, first: &Instance, second: &Instance, at: Option<Location>) {
        // An interface that does not exist yet may turn out to be another's.
        let missing = |name: &InterfaceName| self.context.interface(name) == InterfaceFacts::Missing;
        if second.interface.as_ref().is_some_and(missing) {
            return;
        }
        let wherever = match &second.interface {
            Some(name) => format!("on interface {name}"),
            None => "with the same peers".to_owned(),
        };
        let message = format!(
            "{} and {} both use VRID {} with {} {wherever}",
            first.name, second.name, second.vrid, second.family
        );
        self.context.report_at(at, Code::DuplicateVrid, message);
    }
}

fn whoms(instance: &Instance) -> Vec<Whom> {
    match &instance.mode {
        Mode::Multicast { group } => vec![Whom::Group(*group)],
        Mode::Unicast { peers, .. } => {
            peers.iter().map(|peer| Whom::Peer(peer.address, instance.source)).collect()
        }
    }
}
