//! What makes an instance the same one before and after a reload: not its name.

use std::collections::HashMap;
use std::net::IpAddr;

use kaconf::model::{self, Mode};
use vrrp_types::{Family, Vrid};

use crate::vrrp::instance::Instance;

#[derive(PartialEq, Eq, Hash)]
enum Manner {
    Multicast { group: IpAddr, vmac: bool, vmac_addresses: bool },
    Unicast { source: Option<IpAddr> },
}

/// What makes an instance the same one before and after a reload.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Identity<'a> {
    vrid: Vrid,
    family: Family,
    interface: Option<&'a model::InterfaceName>,
    manner: Manner,
}

impl<'a> Identity<'a> {
    pub(super) fn of(model: &'a model::Instance) -> Self {
        Self {
            vrid: model.vrid,
            family: model.family,
            interface: model.interface.as_ref(),
            manner: match model.mode {
                Mode::Multicast { group } => Manner::Multicast {
                    group,
                    vmac: model.vmac.is_some(),
                    vmac_addresses: model.vmac_addresses,
                },
                Mode::Unicast { .. } => Manner::Unicast { source: model.source },
            },
        }
    }
}

/// For each new instance the old one that it continues, and the old ones that nobody continues.
pub(super) fn pair(
    old: Vec<Instance>,
    fresh: Vec<Instance>,
) -> (Vec<(Instance, Option<Instance>)>, Vec<Instance>) {
    let numbers: HashMap<_, _> =
        old.iter().enumerate().map(|(number, old)| (Identity::of(&old.model), number)).collect();
    let partners: Vec<_> = fresh.iter().map(|new| numbers.get(&Identity::of(&new.model)).copied()).collect();
    let mut old: Vec<_> = old.into_iter().map(Some).collect();
    let mut partner = |number: Option<usize>| number.and_then(|number| old[number].take());
    let pairs = fresh.into_iter().zip(partners).map(|(new, number)| (new, partner(number))).collect();
    (pairs, old.into_iter().flatten().collect())
}
