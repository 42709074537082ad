//! Blocks that were given up and are referred to all the same: what tracks one of them stays down. A name is enough
//! to refer to, so that is all that is written of them.

use std::collections::HashSet;

use crate::model::{Checker, Config, Tracking};

use super::writer::{Writer, quoted};

/// `track_file`
pub(super) fn files(writer: &mut Writer, config: &Config) {
    let known = config.track_files.iter().map(|file| &*file.name).collect();
    let tracked = trackings(config).flat_map(|tracking| &tracking.files).map(|tracked| &*tracked.name);
    let checked = checkers(config).filter_map(|checker| match checker {
        Checker::File(check) => Some(&*check.track_file),
        _ => None,
    });
    blocks(writer, "track_file", known, tracked.chain(checked));
}

/// `bfd_instance`
pub(super) fn bfds(writer: &mut Writer, config: &Config) {
    let known = config.bfds.iter().map(|bfd| &*bfd.name).collect();
    let tracked = trackings(config).flat_map(|tracking| &tracking.bfds).map(|tracked| &*tracked.name);
    let checked = checkers(config).filter_map(|checker| match checker {
        Checker::Bfd(check) => Some(&*check.name),
        _ => None,
    });
    blocks(writer, "bfd_instance", known, tracked.chain(checked));
}

fn trackings(config: &Config) -> impl Iterator<Item = &Tracking> {
    let of_instances = config.instances.iter().map(|instance| &instance.tracking);
    of_instances.chain(config.sync_groups.iter().map(|group| &group.tracking))
}

fn checkers(config: &Config) -> impl Iterator<Item = &Checker> {
    config.virtual_servers.iter().flat_map(|server| &server.real_servers).flat_map(|server| &server.checkers)
}

fn blocks<'a>(
    writer: &mut Writer,
    keyword: &str,
    mut known: HashSet<&'a str>,
    names: impl Iterator<Item = &'a str>,
) {
    for name in names {
        if known.insert(name) {
            writer.block(format_args!("{keyword} {}", quoted(name)), |_| {});
        }
    }
}
