//! Expressions, of which rules are made: each loads, compares or decides (`enum nft_*_attributes`).

use super::attributes::Attributes;

/// `NFTA_LIST_ELEM`: one of a list.
pub(super) const LIST_ELEM: u16 = 1;
/// `NFTA_DATA_VALUE`
pub(super) const DATA_VALUE: u16 = 1;
/// `NFTA_DATA_VERDICT`
const DATA_VERDICT: u16 = 2;
/// Octets of the name of a kind of device, and of a device (`IFNAMSIZ`).
const NAME: usize = 16;

/// A register of 16 octets; what is longer goes on in the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "rules here need no more")]
pub enum NftRegister {
    /// `NFT_REG_1`
    One,
    /// `NFT_REG_2`
    Two,
}

impl NftRegister {
    const fn number(self) -> u32 {
        match self {
            Self::One => libc::NFT_REG_1 as u32,
            Self::Two => libc::NFT_REG_2 as u32,
        }
    }
}

/// What is known of a packet beside its octets (`enum nft_meta_keys`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NftMeta {
    /// Index of the interface it came in on.
    InputIndex,
    /// Index of the interface it leaves by.
    OutputIndex,
    /// Name of the interface it came in on, 16 octets.
    InputName,
    /// Name of the interface it leaves by, 16 octets.
    OutputName,
    /// Its transport protocol.
    Protocol,
    /// The kind of device it leaves by, 16 octets.
    OutputKind,
}

impl NftMeta {
    const fn key(self) -> u32 {
        match self {
            Self::InputIndex => libc::NFT_META_IIF as u32,
            Self::OutputIndex => libc::NFT_META_OIF as u32,
            Self::InputName => libc::NFT_META_IIFNAME as u32,
            Self::OutputName => libc::NFT_META_OIFNAME as u32,
            Self::Protocol => libc::NFT_META_L4PROTO as u32,
            Self::OutputKind => 27, // NFT_META_OIFKIND, newer than the libraries' tables
        }
    }
}

/// What becomes of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NftVerdict {
    /// It goes on to the next chain of the hook.
    Accept,
    /// It is gone.
    Drop,
    /// This chain decides, and nothing behind this rule.
    Goto(String),
}

/// One expression of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NftExpr {
    /// Loads octets of the IP header into the first register.
    Network {
        /// Where they begin.
        offset: u32,
        /// How many.
        len: u32,
    },
    /// Loads octets of the transport header into the first register.
    Transport {
        /// Where they begin.
        offset: u32,
        /// How many.
        len: u32,
    },
    /// Loads what is known of the packet.
    Meta(NftMeta, NftRegister),
    /// Goes on if the register holds these octets.
    Equal(NftRegister, Vec<u8>),
    /// Keeps these bits of the first register.
    Mask(Vec<u8>),
    /// Goes on if the set has what begins in the register.
    In(NftRegister, String),
    /// Replaces the register by what the map has for it; goes on if there is such a thing.
    Map(NftRegister, String),
    /// Counts packets and octets.
    Counter,
    /// Sends a copy to the address in the first register through the device in the second.
    Duplicate,
    /// Decides.
    Verdict(NftVerdict),
}

impl NftExpr {
    /// Goes on if the register holds this name of a device or of a kind of device.
    pub fn named(register: NftRegister, name: &str) -> Self {
        let mut octets = name.as_bytes().to_vec();
        octets.resize(NAME, 0);
        Self::Equal(register, octets)
    }

    /// As one of the list of a rule's expressions.
    pub(super) fn encode(&self) -> Attributes {
        let one = NftRegister::One.number();
        let new = Attributes::default;
        let value = |octets: &[u8]| new().octets(DATA_VALUE, octets);
        let payload = |base: i32, offset: u32, len: u32| {
            new().be32(1, one).be32(2, base as u32).be32(3, offset).be32(4, len)
        };
        let (name, data) = match self {
            Self::Network { offset, len } => {
                ("payload", payload(libc::NFT_PAYLOAD_NETWORK_HEADER, *offset, *len))
            }
            Self::Transport { offset, len } => {
                ("payload", payload(libc::NFT_PAYLOAD_TRANSPORT_HEADER, *offset, *len))
            }
            Self::Meta(key, register) => ("meta", new().be32(2, key.key()).be32(1, register.number())),
            Self::Equal(register, octets) => {
                let compared = new().be32(1, register.number()).be32(2, libc::NFT_CMP_EQ as u32);
                ("cmp", compared.nest(3, &value(octets)))
            }
            Self::Mask(mask) => {
                let registers = new().be32(1, one).be32(2, one).be32(3, mask.len() as u32);
                ("bitwise", registers.nest(4, &value(mask)).nest(5, &value(&vec![0; mask.len()])))
            }
            Self::In(register, set) => ("lookup", new().text(1, set).be32(2, register.number())),
            Self::Map(register, map) => {
                let number = register.number();
                ("lookup", new().text(1, map).be32(2, number).be32(3, number))
            }
            Self::Counter => ("counter", new()),
            Self::Duplicate => ("dup", new().be32(1, one).be32(2, NftRegister::Two.number())),
            Self::Verdict(verdict) => ("immediate", encode_verdict(verdict)),
        };
        new().text(1, name).nest(2, &data)
    }
}

fn encode_verdict(verdict: &NftVerdict) -> Attributes {
    let code = |code: i32| Attributes::default().be32(1, code as u32);
    let inner = match verdict {
        NftVerdict::Accept => code(libc::NF_ACCEPT),
        NftVerdict::Drop => code(libc::NF_DROP),
        NftVerdict::Goto(chain) => code(libc::NFT_GOTO).text(2, chain),
    };
    let data = Attributes::default().nest(DATA_VERDICT, &inner);
    Attributes::default().be32(1, libc::NFT_REG_VERDICT as u32).nest(2, &data)
}
