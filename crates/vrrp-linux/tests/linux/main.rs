//! The crate against a real kernel, in a network namespace that is this process's own.
//!
//! Run under `unshare -n` (or in any fresh namespace) as a user with all rights in it. Each test makes its own veth pair,
//! so they may run side by side; where there are other interfaces they refuse to run.

#![expect(clippy::unwrap_used, reason = "all of this is a test, its helpers too")]

mod addresses;
mod events;
mod frames;
mod links;
mod nftables;
mod pair;
mod receiving;
mod routes;
mod sending;
