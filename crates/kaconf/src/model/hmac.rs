//! `auth_hmac`: adverts with a trailer that proves who sent them.

use std::time::Duration;

/// What a receiver does with adverts that do not prove anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum HmacMode {
    /// `enforce`: dropped.
    #[default]
    Enforce,
    /// `permissive`: taken.
    Permissive,
    /// `receive-only`: taken, and nothing is proved to others.
    ReceiveOnly,
}

/// How an old advert is recognised when it is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AntiReplay {
    /// `time`: by the clocks of sender and receiver.
    Time {
        /// `time_window`: how far they may differ; three advert intervals, 5 s at least.
        #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
        #[cfg_attr(feature = "schema", schemars(with = "f64"))]
        window: Duration,
    },
    /// `monotonic`: by a number that only grows.
    Monotonic {
        /// `time_window`, if it was given; not used.
        #[cfg_attr(feature = "serde", serde(with = "super::seconds::option"))]
        #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
        window: Option<Duration>,
    },
}

/// One `key`.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HmacKey {
    /// 1 to 255.
    pub id: u8,
    /// 32 to 64 octets.
    pub secret: Vec<u8>,
}

impl std::fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Models are shown in logs and tests; secrets are not.
        f.debug_struct("HmacKey").field("id", &self.id).field("octets", &self.secret.len()).finish()
    }
}

/// `auth_hmac`
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AuthHmac {
    /// Every key that is taken; their identifiers differ.
    pub keys: Vec<HmacKey>,
    /// `active_key`: the one that signs; it is one of the keys.
    pub active_key: u8,
    /// `mode`
    pub mode: HmacMode,
    /// `anti_replay`
    pub anti_replay: AntiReplay,
}
