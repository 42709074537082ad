//! `global_defs`: how the configuration is read again, and where copies of it and of the state are kept.

use std::path::{Path, PathBuf};

use super::global::Setter;
use super::global_process as process;
use super::global_values as values;
use super::reader::Reader;
use crate::code::Code;
use crate::expand::Statement;
use crate::model::ReloadFile;
use crate::source::{Lookup, PathFacts, PathKind};

/// The keywords, sorted by name.
pub(super) const KEYWORDS: &[(&str, Setter)] = &[
    ("config_save_dir", save_directory),
    ("data_use_instance", |r, s| values::flag(r, s, |r, on| r.config.global.data_use_instance = on)),
    ("include_check", values::include_check),
    ("iproute_etc_dir", |r, s| {
        if let Some(path) = one_path(r, s) {
            r.context.routing.directories().etc.clone_from(&path);
            r.config.global.iproute_etc_dir = Some(path);
        }
    }),
    ("iproute_usr_dir", |r, s| {
        if let Some(path) = one_path(r, s) {
            r.context.routing.directories().usr.clone_from(&path);
            r.config.global.iproute_usr_dir = Some(path);
        }
    }),
    ("json_dump_file", |r, s| {
        if let Some(path) = process::path(r, s) {
            r.config.global.json_dump_file = Some(path);
        }
    }),
    ("json_version", process::json_version),
    ("random_seed", |r, s| {
        if let Some(seed) = r.context.strict("", s, 0, i64::from(u32::MAX), "ignoring it") {
            r.config.global.random_seed = Some(seed as u32);
            r.expander.seed(seed as u32);
        }
    }),
    ("reload_check_config", |r, s| {
        let log = if s.len() > 1 { PathBuf::from(s.text(1).into_owned()) } else { "/dev/null".into() };
        r.config.global.reload.check_log = Some(log);
    }),
    ("reload_file", |r, s| {
        r.config.global.reload.file = match s.len() {
            1 => ReloadFile::Default,
            _ => ReloadFile::Path(s.text(1).into_owned().into()),
        };
    }),
    ("reload_repeat", |r, _| r.config.global.reload.repeat = true),
    ("reload_time_file", |r, s| {
        if let Some(path) = one_path(r, s) {
            r.config.global.reload.time_file = Some(path);
        }
    }),
    ("state_dump_file", |r, s| {
        if let Some(path) = process::path(r, s) {
            r.config.global.state_dump_file = Some(path);
        }
    }),
    ("stats_dump_file", |r, s| {
        if let Some(path) = process::path(r, s) {
            r.config.global.stats_dump_file = Some(path);
        }
    }),
    ("tmp_config_directory", copy_directory),
];

/// Exactly one path.
fn one_path(reader: &mut Reader<'_>, statement: &Statement) -> Option<PathBuf> {
    if statement.len() == 2 {
        return Some(statement.text(1).into_owned().into());
    }
    let message = format!("{} requires one path, ignoring it", statement.text(0));
    reader.context.report(statement, statement.len().min(3) - 1, Code::BadValue, message);
    None
}

/// `tmp_config_directory DIRECTORY`: the first one counts.
fn copy_directory(reader: &mut Reader<'_>, statement: &Statement) {
    if reader.config.global.reload.copy_directory.is_some() {
        let message = "tmp_config_directory is there already, ignoring this one".to_owned();
        reader.context.report(statement, 0, Code::Repeated, message);
    } else if values::present(reader, statement) {
        reader.config.global.reload.copy_directory = Some(statement.text(1).into_owned().into());
    }
}

/// `config_save_dir DIRECTORY`: it is made when it is not there, but not the directories above it.
fn save_directory(reader: &mut Reader<'_>, statement: &Statement) {
    if reader.context.need(statement, 1).is_none() {
        return;
    }
    let text = statement.text(1).into_owned();
    let path = PathBuf::from(text.strip_suffix('/').unwrap_or(&text));
    let source = reader.context.source;
    let above = path.parent().unwrap_or(Path::new(""));
    let trouble = match source.path(&path) {
        Lookup::Present(PathFacts { kind: PathKind::File | PathKind::Other, .. }) => "is not a directory",
        Lookup::Missing if source.path(above) == Lookup::Missing => {
            "cannot be made, what is above it does not exist"
        }
        _ => {
            reader.config.global.reload.save_directory = Some(path);
            return;
        }
    };
    let message = format!("config_save_dir '{text}' {trouble}, ignoring it");
    reader.context.report(statement, 1, Code::BadDirectory, message);
}
