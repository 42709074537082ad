#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod advise;
mod blocks;
mod code;
mod diag;
mod distil;
mod dump;
mod expand;
mod files;
mod fs;
mod glob;
pub mod keywords;
mod lint;
mod load;
mod lower;
pub mod model;
mod options;
mod outline;
mod render;
mod source;
pub mod syntax;
mod value;

pub use code::{Class, Code};
pub use diag::{Diagnostic, Edit, Help, Note, Severity};
pub use distil::distilled;
pub use dump::dump;
pub use files::{File, FileId, Files, Included, Location, Place};
pub use fs::FileSource;
pub use lint::{ClusterFinding, Elsewhere, cluster, lint, with_lints};
pub use load::{ExitClass, Fatal, Loaded, load};
pub use options::{Limits, Options};
pub use outline::{Entry, Outline};
pub use render::{Finding, github, render};
#[cfg(feature = "render")]
pub use render::{Look, snippet};
#[cfg(feature = "json")]
pub use render::{json, sarif};
pub use source::{InterfaceFacts, Matches, ReadError, Source};
