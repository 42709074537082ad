#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod code;
mod diag;
mod expand;
pub mod explain;
mod files;
mod fs;
mod glob;
pub mod keywords;
mod load;
mod lower;
mod markdown;
pub mod model;
mod options;
mod render;
mod source;
pub mod syntax;
mod value;

pub use code::{Class, Code};
pub use diag::{Diagnostic, Note, Severity};
pub use files::{File, FileId, Files, Location};
pub use fs::FileSource;
pub use load::{ExitClass, Fatal, Loaded, load};
pub use options::{Limits, Options};
pub use render::render;
pub use source::{InterfaceFacts, Matches, ReadError, Source};
