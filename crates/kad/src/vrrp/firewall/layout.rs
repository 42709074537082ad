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

/// The table where the configuration names none.
const TABLE: &str = "keepalived";

const ICMPV6: u8 = 58;
const NEIGHBOUR_SOLICIT: u8 = 135;
const NEIGHBOUR_ADVERT: u8 = 136;

/// What is made in one go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Table(NftFamily),
    Vips(NftFamily),
    LinkLocal(Set),
}

/// What was made.
pub(super) type Parts = BTreeSet<Part>;

/// A set that addresses are put into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Set {
    V4,
    V6,
    LinkLocalIndex,
    LinkLocalName,
}

impl Set {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::V4 | Self::V6 => "vips",
            Self::LinkLocalIndex => "vips_link_local",
            Self::LinkLocalName => "vips_link_local_name",
        }
    }

    pub(super) const fn family(self) -> NftFamily {
        match self {
            Self::V4 => NftFamily::V4,
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
        let name = "parent_link_local";
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

/// The type of an ICMPv6 message.
const TYPE: NftExpr = NftExpr::Transport { offset: 0, len: 1 };

/// Which address of a packet.
#[derive(Clone, Copy)]
enum End {
    Source,
    Destination,
}

const fn address(family: NftFamily, end: End) -> NftExpr {
    match (family, end) {
        (NftFamily::V4, End::Source) => NftExpr::Network { offset: 12, len: 4 },
        (NftFamily::V4, End::Destination) => NftExpr::Network { offset: 16, len: 4 },
        (NftFamily::V6, End::Source) => NftExpr::Network { offset: 8, len: 16 },
        (NftFamily::V6, End::Destination) => NftExpr::Network { offset: 24, len: 16 },
    }
}

fn in_set(name: &str) -> NftExpr {
    NftExpr::In(NftRegister::One, name.to_owned())
}

fn equal(octet: u8) -> NftExpr {
    NftExpr::Equal(NftRegister::One, vec![octet])
}

/// The packet's transport protocol is ICMPv6.
fn icmpv6() -> [NftExpr; 2] {
    [NftExpr::Meta(NftMeta::Protocol, NftRegister::One), equal(ICMPV6)]
}

/// The device it leaves by is a macvlan.
fn through_macvlan() -> [NftExpr; 2] {
    [second(NftMeta::OutputKind), NftExpr::named(NftRegister::Two, "macvlan")]
}

const fn second(meta: NftMeta) -> NftExpr {
    NftExpr::Meta(meta, NftRegister::Two)
}

/// An IPv6 address of these 16 bits and nothing else.
fn prefix(bits: u16) -> Vec<u8> {
    let mut octets = vec![0; 16];
    octets[..2].copy_from_slice(&bits.to_be_bytes());
    octets
}
