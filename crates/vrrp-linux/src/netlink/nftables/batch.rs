//! What a transaction consists of: tables, chains, sets and their elements, rules.

use super::NftExpr;
use super::attributes::Attributes;
use super::expr::{DATA_VALUE, LIST_ELEM};

/// Elements in one message: an attribute's length has 16 bits.
const ELEMENTS: usize = 512;

/// Which packets a table sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "virtual addresses have no others")]
pub enum NftFamily {
    /// `ip`
    V4,
    /// `ip6`
    V6,
}

impl NftFamily {
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::V4 => libc::NFPROTO_IPV4 as u8,
            Self::V6 => libc::NFPROTO_IPV6 as u8,
        }
    }
}

/// A table, by what tells it from others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "this is what a table is known by")]
pub struct NftTable {
    /// The packets it sees.
    pub family: NftFamily,
    /// At most 255 octets.
    pub name: String,
}

/// Where packets come to a chain (`enum nf_inet_hooks`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NftHook {
    /// Packets to this host.
    Input,
    /// Packets of this host.
    Output,
}

impl NftHook {
    const fn number(self) -> u32 {
        match self {
            Self::Input => libc::NF_INET_LOCAL_IN as u32,
            Self::Output => libc::NF_INET_LOCAL_OUT as u32,
        }
    }
}

/// What the elements of a set are, in the numbers that `nft` shows them by (its `enum datatypes`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NftType {
    /// `ipv4_addr`, 4 octets.
    V4,
    /// `ipv6_addr`, 16 octets.
    V6,
    /// `iface_index`, 4 octets in the host's order.
    Index,
    /// `ifname`, 16 octets.
    Name,
    /// `icmpv6_type`, one octet.
    Icmpv6,
}

impl NftType {
    const fn number(self) -> u32 {
        match self {
            Self::V4 => 7,
            Self::V6 => 8,
            Self::Index => 20,
            Self::Icmpv6 => 29,
            Self::Name => 41,
        }
    }

    const fn len(self) -> u32 {
        match self {
            Self::V4 | Self::Index => 4,
            Self::V6 | Self::Name => 16,
            Self::Icmpv6 => 1,
        }
    }
}

/// A set, or a map.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by its users")]
pub struct NftSet<'a> {
    /// At most 255 octets.
    pub name: &'a str,
    /// What a key consists of, one behind the other.
    pub key: &'a [NftType],
    /// What a map has for a key.
    pub data: Option<NftType>,
    /// Its elements come with it and never change.
    pub constant: bool,
}

/// An element of a set: its key, and what a map has for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "made by its users")]
pub struct NftElement {
    /// As many octets as the set's key has.
    pub key: Vec<u8>,
    /// Of a map: the value.
    pub data: Option<Vec<u8>>,
}

impl NftElement {
    /// An element of a set.
    pub fn of(key: impl Into<Vec<u8>>) -> Self {
        Self { key: key.into(), data: None }
    }
}

/// One request; the header and the place in the transaction are put around it when it is sent.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) kind: i32,
    pub(super) flags: i32,
    pub(super) family: NftFamily,
    pub(super) body: Attributes,
}

/// A transaction in the making.
#[derive(Clone, Debug, Default)]
pub struct NftBatch {
    pub(super) requests: Vec<Request>,
    set_ids: u32,
}

impl NftBatch {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    /// Makes a table, if it is not there.
    pub fn add_table(&mut self, table: &NftTable) {
        self.push(
            libc::NFT_MSG_NEWTABLE,
            libc::NLM_F_CREATE,
            table,
            Attributes::default().text(1, &table.name),
        );
    }

    /// Removes a table with all that is in it.
    pub fn remove_table(&mut self, table: &NftTable) {
        self.push(libc::NFT_MSG_DELTABLE, 0, table, Attributes::default().text(1, &table.name));
    }

    /// Makes a chain that other chains lead to.
    pub fn add_chain(&mut self, table: &NftTable, name: &str) {
        let body = Attributes::default().text(1, &table.name).text(3, name);
        self.push(libc::NFT_MSG_NEWCHAIN, libc::NLM_F_CREATE, table, body);
    }

    /// Makes a chain that packets come to from the kernel, those of the lowest priority first; what its rules do
    /// not decide is accepted.
    pub fn add_base_chain(&mut self, table: &NftTable, name: &str, hook: NftHook, priority: i32) {
        let place = Attributes::default().be32(1, hook.number()).be32(2, priority as u32);
        let body = Attributes::default().text(1, &table.name).text(3, name).nest(4, &place);
        let body = body.be32(5, libc::NF_ACCEPT as u32).text(7, "filter");
        self.push(libc::NFT_MSG_NEWCHAIN, libc::NLM_F_CREATE, table, body);
    }

    /// Makes a set.
    pub fn add_set(&mut self, table: &NftTable, set: &NftSet<'_>) {
        self.set_ids += 1;
        let map = if set.data.is_some() { libc::NFT_SET_MAP } else { 0 };
        let flags = map | if set.constant { libc::NFT_SET_CONSTANT } else { 0 };
        let kind = set.key.iter().fold(0, |kind, part| kind << 6 | part.number());
        let len = set.key.iter().map(|part| part.len()).sum();
        let mut body = Attributes::default().text(1, &table.name).text(2, set.name);
        body = body.be32(3, flags as u32).be32(4, kind).be32(5, len);
        if let Some(data) = set.data {
            body = body.be32(6, data.number()).be32(7, data.len());
        }
        body = body.be32(10, self.set_ids).octets(13, &byte_orders(set));
        self.push(libc::NFT_MSG_NEWSET, libc::NLM_F_CREATE, table, body);
    }

    /// Puts elements into a set; those that are there already stay.
    pub fn add_elements(&mut self, table: &NftTable, set: &str, elements: &[NftElement]) {
        self.elements(libc::NFT_MSG_NEWSETELEM, libc::NLM_F_CREATE, table, set, elements);
    }

    /// Takes elements out of a set; [`NftError::NotThere`](super::NftError::NotThere) if one is not there.
    pub fn remove_elements(&mut self, table: &NftTable, set: &str, elements: &[NftElement]) {
        self.elements(libc::NFT_MSG_DELSETELEM, 0, table, set, elements);
    }

    fn elements(&mut self, kind: i32, flags: i32, table: &NftTable, set: &str, elements: &[NftElement]) {
        let value = |octets: &[u8]| Attributes::default().octets(DATA_VALUE, octets);
        for chunk in elements.chunks(ELEMENTS) {
            let list = chunk.iter().fold(Attributes::default(), |list, element| {
                let mut one = Attributes::default().nest(1, &value(&element.key));
                if let Some(data) = &element.data {
                    one = one.nest(2, &value(data));
                }
                list.nest(LIST_ELEM, &one)
            });
            let body = Attributes::default().text(1, &table.name).text(2, set).nest(3, &list);
            self.push(kind, flags, table, body);
        }
    }

    /// Puts a rule at the end of a chain.
    pub fn add_rule(&mut self, table: &NftTable, chain: &str, expressions: &[NftExpr]) {
        let list = expressions
            .iter()
            .fold(Attributes::default(), |list, expression| list.nest(LIST_ELEM, &expression.encode()));
        let body = Attributes::default().text(1, &table.name).text(2, chain).nest(4, &list);
        self.push(libc::NFT_MSG_NEWRULE, libc::NLM_F_CREATE | libc::NLM_F_APPEND, table, body);
    }

    fn push(&mut self, kind: i32, flags: i32, table: &NftTable, body: Attributes) {
        self.requests.push(Request { kind, flags, family: table.family, body });
    }
}

/// What `nft` wants to know to show the elements (`NFTNL_UDATA_SET_*`): in which order their octets are.
fn byte_orders(set: &NftSet<'_>) -> Vec<u8> {
    const HOST: u32 = 1;
    const BIG: u32 = 2;
    let of = |parts: &[NftType]| if matches!(parts, [NftType::V4 | NftType::V6]) { BIG } else { HOST };
    let mut octets = Vec::new();
    let mut put = |kind: u8, order: u32| {
        octets.extend([kind, 4]);
        octets.extend(order.to_ne_bytes());
    };
    put(0, of(set.key));
    if let Some(data) = set.data {
        put(1, of(&[data]));
    }
    octets
}
