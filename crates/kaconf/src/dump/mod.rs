//! The model as `keepalived.conf` again: every setting said, nothing left to a default or to an expansion.
//!
//! What is written reads back to an equal model, by this crate and by keepalived. Comments and the way the
//! configuration was typed are not here: for a file that somebody edits there is `syntax`.

mod address;
mod blocks;
mod checker;
mod global;
mod global_parts;
mod line;
mod lvs;
mod missing;
mod route;
mod routing;
mod rule;
mod script;
mod vrrp;
mod writer;

use crate::model::Config;

use writer::Writer;

/// A configuration as text.
pub fn dump(config: &Config) -> String {
    let mut writer = Writer::default();
    global::global(&mut writer, &config.global);
    blocks::before_instances(&mut writer, config);
    blocks::track_groups(&mut writer, config);
    routing::static_blocks(&mut writer, config);
    config.instances.iter().for_each(|instance| vrrp::instance(&mut writer, instance));
    blocks::sync_groups(&mut writer, config);
    lvs::lvs(&mut writer, config);
    writer.finish()
}
