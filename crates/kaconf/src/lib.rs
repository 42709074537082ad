#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod code;
mod diag;
pub mod edit;
mod expand;
mod files;
mod format;
mod fs;
mod glob;
pub mod keywords;
mod load;
mod lower;
pub mod model;
mod options;
mod render;
mod source;
pub mod syntax;
mod value;

pub use code::{Class, Code};
pub use diag::{Diagnostic, Note, Severity};
pub use files::{File, FileId, Files, Location};
pub use format::format;
pub use fs::FileSource;
pub use load::{ExitClass, Fatal, Loaded, load};
pub use options::{Limits, Options};
pub use render::render;
pub use source::{InterfaceFacts, Matches, ReadError, Source};
