//! The body of every fuzz target, as a plain function that panics when a law is broken.
//!
//! libFuzzer calls them through `fuzz_targets/` (nightly, feature `fuzzing`); `replay` runs them over the corpus
//! on stable Rust. They are the same functions, so a crash that was found is a test from then on: its input goes
//! to `corpus/<target>/` under a name that says what it is.
#![forbid(unsafe_code)]

pub mod conf;
pub mod dictionary;
mod drawn;
pub mod lan;
pub mod layout;
pub mod machine;
pub mod wire;

/// What a target is: octets in, a panic if a law is broken.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also that of its directory in `corpus/` and of its file in
/// `fuzz_targets/`.
pub const TARGETS: &[(&str, Target)] = &[
    ("advert_v2", wire::advert_v2),
    ("advert_v3_v4", wire::advert_v3_v4),
    ("advert_v3_v6", wire::advert_v3_v6),
    ("ah_packet", wire::ah_packet),
    ("conf_edit", layout::conf_edit),
    ("conf_expand", layout::conf_expand),
    ("conf_format", layout::conf_format),
    ("conf_load", conf::conf_load),
    ("conf_print", conf::conf_print),
    ("fsm_history", machine::fsm_history),
    ("ipv4_packet", wire::ipv4_packet),
    ("sim_heals", lan::sim_heals),
    ("trailer", wire::trailer),
];
