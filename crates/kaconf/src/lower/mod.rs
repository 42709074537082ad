//! From statements to the typed model, as keepalived 2.4.3 reads them.
//!
//! keepalived has no grammar of its own for blocks: whether a brace opens one depends on the keyword before
//! it. So an unknown keyword with a block has its braces read in the block around it, and its closing brace
//! ends that. The readers here follow it step by step; what they find odd is reported and reading goes on.

mod address_checks;
mod address_line;
mod addresses;
mod ahead;
mod bfd;
mod blocks;
mod checker_view;
mod context;
mod dispatch;
mod draft;
mod duplicates;
mod garp_group;
mod global;
mod global_firewall;
mod global_ipvs;
mod global_mail;
mod global_monitoring;
mod global_process;
mod global_reload;
mod global_scripts;
mod global_values;
mod global_vrrp;
mod hmac;
mod instance;
mod instance_values;
mod lists;
mod lvs;
mod notify;
mod other;
mod owner;
mod reader;
mod resolve;
mod resolve_blocks;
mod resolve_checks;
mod resolve_groups;
mod resolve_timing;
mod resolve_tracking;
mod resolve_vmac;
mod root;
mod routing;
mod script;
mod script_path;
mod script_report;
mod script_security;
mod script_words;
mod sync_group;
mod track_file;
mod track_lines;
mod track_process;
mod track_script;
mod vmac;
mod vmac_conflicts;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use ahead::Ahead;

use crate::code::Class;
use crate::diag::Diagnostic;
use crate::expand::Expander;
use crate::files::Files;
use crate::model::Config;
use crate::options::Options;
use crate::outline::Outline;
use crate::source::Source;

use reader::Reader;

/// What reading came to.
pub(crate) struct Lowered {
    pub(crate) config: Config,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) files: Files,
    pub(crate) outline: Outline,
    pub(crate) worst: Class,
    pub(crate) errors: bool,
    pub(crate) missing: bool,
    pub(crate) unreadable: bool,
    pub(crate) stopped: bool,
    /// The network namespace cannot be entered: keepalived's parent ends before its children read anything.
    pub(crate) no_namespace: bool,
}

/// Reads a configuration from its files to the model.
pub(crate) fn lower(options: &Options, source: &dyn Source) -> Lowered {
    let mut reader = Reader::new(Expander::new(source, options), options, source);
    let found = reader.expander.open(&mut reader.context.sink);
    if found {
        let unwanted = AtomicBool::new(false);
        thread::scope(|scope| {
            reader.root(Ahead::begin(scope, options, &reader.expander, &unwanted));
            unwanted.store(true, Ordering::Relaxed);
        });
    }
    reader.settle_global();
    let no_namespace = reader.namespace_missing();
    let with_vrrp = !reader.drafts.is_empty();
    let mut config = reader.resolve();
    if !reader.context.stopped {
        reader.script_security(&mut config, with_vrrp);
        config.drop_scriptless();
    }
    let Reader { expander, context, recorder, .. } = reader;
    let (unreadable, files) = (expander.unreadable, expander.files);
    let errors = context.sink.has_errors();
    let (diagnostics, worst) = context.sink.finish();
    Lowered {
        config,
        diagnostics,
        files,
        outline: recorder.finish(),
        worst,
        errors,
        missing: !found,
        unreadable,
        stopped: context.stopped,
        no_namespace,
    }
}

#[cfg(test)]
mod tests {
    use super::{global, instance};
    use crate::keywords::{self, Shape};

    #[test]
    fn every_keyword_of_global_defs_is_read_by_one_table() {
        for keyword in keywords::block("global_defs").iter().filter(|keyword| keyword.shape != Shape::Lines) {
            let has = |table: &&&[(&str, global::Setter)]| table.iter().any(|row| row.0 == keyword.name);
            assert_eq!(global::TABLES.iter().filter(has).count(), 1, "{}", keyword.name);
        }
    }

    /// A keyword that is read but not in the table could not be told from an unknown one elsewhere.
    #[test]
    fn every_keyword_that_is_read_is_in_the_table_and_in_order() {
        let instance: Vec<_> = instance::KEYWORDS.iter().map(|(name, _)| *name).collect();
        let tables =
            global::TABLES.iter().map(|table| ("global_defs", table.iter().map(|row| row.0).collect()));
        for (block, names) in [("vrrp_instance", instance)].into_iter().chain(tables) {
            assert!(names.is_sorted_by(|a, b| a < b), "{block}");
            for name in names {
                assert!(keywords::find(block, name).is_some(), "{block} {name}");
            }
        }
    }
}
