//! The JSON Schema of the model, and how values of other crates look in it. None of the types here is ever made.

use super::Config;

/// The JSON Schema (draft 7) of a [`Config`] as serde writes it: what `kad dump --format json` prints.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(Config);
    // Maps with names for keys, numbers and text: there is nothing in it that could not be written.
    serde_json::to_string_pretty(&schema).unwrap_or_default()
}

/// An address family: `V4` or `V6`.
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(super) enum Family {
    /// IPv4
    V4,
    /// IPv6
    V6,
}

/// A version of VRRP: `V2` or `V3`.
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(super) enum Version {
    /// VRRPv2
    V2,
    /// VRRPv3
    V3,
}

/// Hundredths of a second.
pub(super) type Interval = u16;
/// 0 to 255.
pub(super) type Priority = u8;
/// 1 to 255.
pub(super) type Vrid = core::num::NonZeroU8;
