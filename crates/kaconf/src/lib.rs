#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod code;
mod diag;
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
pub use diag::{Diagnostic, Note, Severity};
pub use dump::dump;
pub use files::{File, FileId, Files, Location};
pub use fs::FileSource;
pub use lint::{ClusterFinding, Elsewhere, cluster, lint, with_lints};
pub use load::{ExitClass, Fatal, Loaded, load};
pub use options::{Limits, Options};
pub use outline::{Entry, Outline};
pub use render::render;
pub use source::{InterfaceFacts, Matches, ReadError, Source};
