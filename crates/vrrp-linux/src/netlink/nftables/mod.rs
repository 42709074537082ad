//! nf_tables over netlink (linux/netfilter/nf_tables.h): tables, chains, sets, rules, in transactions.
//!
//! A [`NftBatch`] is built without a socket and applied whole or not at all. There is what a daemon needs that guards
//! addresses, and no reading of rules: what was put there is known, and a table that is in doubt is made anew.

mod attributes;
mod batch;
mod error;
mod expr;
mod socket;

pub use batch::{NftBatch, NftElement, NftFamily, NftHook, NftSet, NftTable, NftType};
pub use error::NftError;
pub use expr::{NftExpr, NftMeta, NftRegister, NftVerdict};
pub use socket::Nftables;

#[cfg(test)]
mod tests;
