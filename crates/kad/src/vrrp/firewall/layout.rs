//! keepalived's tables: their chains, sets and rules, made when the first address needs them.
//!
//! One table a family. `in` and `out` drop what goes to and comes from an address in a set; IPv6 lets neighbour
//! discovery through first, and looks up link-local addresses together with the interface in chains of their own.

use std::collections::BTreeSet;

use kaconf::model;
use vrrp_linux::netlink::nftables::{
    NftBatch, NftElement, NftExpr, NftFamily, NftHook, NftMeta, NftRegister, NftSet, NftTable, NftType,
    NftVerdict,
};

use super::expressions::{
    End, ICMPV6, IGMP, MLD_REPORT, MLD2_REPORT, NEIGHBOUR_ADVERT, NEIGHBOUR_SOLICIT, ROUTER_SOLICIT, TYPE,
    address, equal, icmpv6, in_set, prefix, second, through_macvlan,
};

/// The table where the configuration names none.
pub(super) const TABLE: &str = "keepalived";

/// What is made in one go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Table(NftFamily),
    Vips(NftFamily),
    LinkLocal(Set),
    Memberships(NftFamily),
}

/// What was made.
pub(super) type Parts = BTreeSet<Part>;

/// A set that addresses are put into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Set {
    ParentLinkLocal,
    VmacMapV4,
    VmacMapV6,
    Vmacs,
    V4,
    V6,
    LinkLocalIndex,
    LinkLocalName,
}

impl Set {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ParentLinkLocal => "parent_link_local",
            Self::VmacMapV4 | Self::VmacMapV6 => "vmac_map",
            Self::Vmacs => "vmac_set",
            Self::V4 | Self::V6 => "vips",
            Self::LinkLocalIndex => "vips_link_local",
            Self::LinkLocalName => "vips_link_local_name",
        }
    }

    pub(super) const fn family(self) -> NftFamily {
        match self {
            Self::V4 | Self::VmacMapV4 => NftFamily::V4,
            Self::ParentLinkLocal | Self::VmacMapV6 | Self::Vmacs => NftFamily::V6,
            Self::V6 | Self::LinkLocalIndex | Self::LinkLocalName => NftFamily::V6,
        }
    }
}

/// What the configuration says of the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    table: String,
    priority: i32,
    by_index: bool,
    counters: bool,
}

impl Layout {
    pub(super) fn new(model: &model::Firewall) -> Self {
        Self {
            table: model.nftables.as_deref().unwrap_or(TABLE).to_owned(),
            priority: model.nftables_priority,
            by_index: model.nftables_ifindex,
            counters: model.nftables_counters,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.table
    }

    pub(super) const fn by_index(&self) -> bool {
        self.by_index
    }

    pub(super) fn table(&self, family: NftFamily) -> NftTable {
        NftTable { family, name: self.table.clone() }
    }

    /// Makes what a set needs and is not there yet.
    pub(super) fn make(&self, set: Set, parts: &mut Parts, batch: &mut NftBatch) {
        match set {
            Set::ParentLinkLocal => self.base(NftFamily::V6, parts, batch),
            Set::VmacMapV4 => self.memberships(NftFamily::V4, parts, batch),
            Set::VmacMapV6 | Set::Vmacs => self.memberships(NftFamily::V6, parts, batch),
            Set::V4 => self.vips(NftFamily::V4, parts, batch),
            Set::V6 => self.vips(NftFamily::V6, parts, batch),
            Set::LinkLocalIndex | Set::LinkLocalName => {
                self.vips(NftFamily::V6, parts, batch);
                self.link_local(set, parts, batch);
            }
        }
    }

    fn base(&self, family: NftFamily, parts: &mut Parts, batch: &mut NftBatch) {
        if !parts.insert(Part::Table(family)) {
            return;
        }
        let table = self.table(family);
        batch.add_table(&table);
        batch.add_base_chain(&table, "out", NftHook::Output, self.priority);
        if family == NftFamily::V6 {
            self.parent_link_local(&table, batch);
        }
    }

    fn vips(&self, family: NftFamily, parts: &mut Parts, batch: &mut NftBatch) {
        self.base(family, parts, batch);
        if !parts.insert(Part::Vips(family)) {
            return;
        }
        let kind = match family {
            NftFamily::V4 => NftType::V4,
            NftFamily::V6 => NftType::V6,
        };
        let table = self.table(family);
        batch.add_base_chain(&table, "in", NftHook::Input, self.priority);
        if family == NftFamily::V6 {
            batch.add_chain(&table, "in_link_local");
            batch.add_chain(&table, "out_link_local");
        }
        batch.add_set(&table, &NftSet { name: "vips", key: &[kind], data: None, constant: false });
        if family == NftFamily::V6 {
            self.neighbour_discovery(&table, batch);
        }
        for (chain, end) in [("in", End::Destination), ("out", End::Source)] {
            let rule = [address(family, end), in_set("vips")];
            self.rule(&table, chain, &rule, NftVerdict::Drop, batch);
        }
    }

    /// Neighbour discovery passes: without it nobody learns where the address is.
    fn neighbour_discovery(&self, table: &NftTable, batch: &mut NftBatch) {
        let name = "neighbor-discovery";
        batch.add_set(table, &NftSet { name, key: &[NftType::Icmpv6], data: None, constant: true });
        let types = [NEIGHBOUR_SOLICIT, NEIGHBOUR_ADVERT].map(|kind| NftElement::of([kind]));
        batch.add_elements(table, name, &types);
        for (chain, end, then) in
            [("in", End::Destination, "in_link_local"), ("out", End::Source, "out_link_local")]
        {
            // The next header of the IPv6 header, then the type of the message.
            let next = NftExpr::Network { offset: 6, len: 1 };
            let discovery = [next, equal(ICMPV6), TYPE, in_set(name)];
            self.rule(table, chain, &discovery, NftVerdict::Accept, batch);
            let link_local = [
                address(NftFamily::V6, end),
                NftExpr::Mask(prefix(0xffc0)),
                NftExpr::Equal(NftRegister::One, prefix(0xfe80)),
            ];
            self.rule(table, chain, &link_local, NftVerdict::Goto(then.to_owned()), batch);
        }
    }

    fn link_local(&self, set: Set, parts: &mut Parts, batch: &mut NftBatch) {
        if !parts.insert(Part::LinkLocal(set)) {
            return;
        }
        let named = set == Set::LinkLocalName;
        let table = self.table(NftFamily::V6);
        let interface = if named { NftType::Name } else { NftType::Index };
        let key = &[NftType::V6, interface];
        batch.add_set(&table, &NftSet { name: set.name(), key, data: None, constant: false });
        let (input, output) = if named {
            (NftMeta::InputName, NftMeta::OutputName)
        } else {
            (NftMeta::InputIndex, NftMeta::OutputIndex)
        };
        for (chain, end, meta) in
            [("in_link_local", End::Destination, input), ("out_link_local", End::Source, output)]
        {
            let rule = [address(NftFamily::V6, end), second(meta), in_set(set.name())];
            self.rule(&table, chain, &rule, NftVerdict::Drop, batch);
        }
    }

    /// An address of the interface below a VMAC is not to be told of by the VMAC.
    fn parent_link_local(&self, table: &NftTable, batch: &mut NftBatch) {
        let name = Set::ParentLinkLocal.name();
        let (interface, meta) = if self.by_index {
            (NftType::Index, NftMeta::OutputIndex)
        } else {
            (NftType::Name, NftMeta::OutputName)
        };
        let key = &[NftType::V6, interface];
        batch.add_set(table, &NftSet { name, key, data: None, constant: false });
        let mut rule = icmpv6().to_vec();
        rule.extend([TYPE, equal(NEIGHBOUR_ADVERT)]);
        rule.extend(through_macvlan());
        rule.extend([address(NftFamily::V6, End::Source), second(meta), in_set(name)]);
        self.rule(table, "out", &rule, NftVerdict::Drop, batch);
    }

    /// Reports of memberships that a VMAC sends are sent by the interface below it; routers it does not ask for.
    fn memberships(&self, family: NftFamily, parts: &mut Parts, batch: &mut NftBatch) {
        self.base(family, parts, batch);
        if !parts.insert(Part::Memberships(family)) {
            return;
        }
        let table = self.table(family);
        let (map, vmacs, reports) = (Set::VmacMapV4.name(), Set::Vmacs.name(), "mld-report");
        let plain = |name, key| NftSet { name, key, data: None, constant: false };
        batch.add_set(&table, &NftSet { data: Some(NftType::Index), ..plain(map, &[NftType::Index]) });
        if family == NftFamily::V6 {
            batch.add_set(&table, &plain(vmacs, &[NftType::Index]));
            batch.add_set(&table, &NftSet { constant: true, ..plain(reports, &[NftType::Icmpv6]) });
            let kinds = [MLD2_REPORT, MLD_REPORT].map(|kind| NftElement::of([kind]));
            batch.add_elements(&table, reports, &kinds);
        }
        let mut report = match family {
            NftFamily::V4 => vec![NftExpr::Network { offset: 9, len: 1 }, equal(IGMP)],
            NftFamily::V6 => [&icmpv6()[..], &[TYPE, in_set(reports)]].concat(),
        };
        report.push(address(family, End::Destination));
        report.extend(through_macvlan());
        report.push(second(NftMeta::OutputIndex));
        report.extend([NftExpr::Map(NftRegister::Two, map.to_owned()), NftExpr::Duplicate]);
        self.rule(&table, "out", &report, NftVerdict::Drop, batch);
        if family == NftFamily::V6 {
            let mut solicit = [&icmpv6()[..], &[TYPE, equal(ROUTER_SOLICIT)]].concat();
            solicit.extend(through_macvlan());
            solicit.push(second(NftMeta::OutputIndex));
            solicit.push(NftExpr::In(NftRegister::Two, vmacs.to_owned()));
            self.rule(&table, "out", &solicit, NftVerdict::Drop, batch);
        }
    }

    fn rule(
        &self,
        table: &NftTable,
        chain: &str,
        expressions: &[NftExpr],
        verdict: NftVerdict,
        batch: &mut NftBatch,
    ) {
        let mut all = expressions.to_vec();
        if self.counters {
            all.push(NftExpr::Counter);
        }
        all.push(NftExpr::Verdict(verdict));
        batch.add_rule(table, chain, &all);
    }
}
