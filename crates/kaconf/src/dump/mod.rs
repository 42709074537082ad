//! The model as `keepalived.conf` again: every setting said, nothing left to a default or to an expansion.
//!
//! What is written reads back to an equal model, by this crate and by keepalived. Comments and the way the
//! configuration was typed are not here: for a file that somebody edits there is `syntax`.

mod checker;
mod lvs;
mod writer;

use crate::model::Config;

use writer::Writer;

/// A configuration as text.
pub fn dump(config: &Config) -> String {
    let mut out = Writer::default();
    lvs::lvs(&mut out, config);
    out.finish()
}
