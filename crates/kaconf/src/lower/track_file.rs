//! `track_file`: a file that holds a number.

use std::path::Path;

use super::context::Context;
use super::reader::{Next, Progress, Reader};
use crate::code::Code;
use crate::expand::Statement;
use crate::model::{InitFile, TrackFile, Weight};
use crate::value;

impl Reader<'_> {
    /// Reads a `track_file`, or a `vrrp_track_file` as it was called; its name is there.
    pub(super) fn track_file(&mut self, statement: &mut Statement, block: &str) {
        let mut new = TrackFile::new(&statement.text(1));
        let at = statement.at(1);
        let mut path = None;
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(statement, &mut progress) {
            match statement.word(0) {
                b"file" => file(&mut self.context, statement, &new, &mut path),
                b"weight" => weight(&mut self.context, statement, &mut new),
                b"init_file" => new.init = Some(init_file(&mut self.context, statement, &new)),
                _ => self.unknown(statement, block),
            }
        }
        if self.context.stopped {
            return;
        }
        let Some((path, place)) = path else {
            let message = format!("no file set for {block} {}, ignoring it", new.name);
            return self.context.report_at(at, Code::NoFile, message);
        };
        new.path = path;
        if !self.can_be_watched(&new.path) {
            let message =
                format!("({}) the directory of {} does not exist, ignoring the file", new.name, new.path);
            return self.context.report_at(place, Code::NoFile, message);
        }
        self.blocks.known_files.entry(new.name.clone()).or_insert(new.weight);
        self.blocks.files.push(new);
    }

    /// Whether the directory of a file exists. keepalived takes the one of `/file` for none.
    fn can_be_watched(&self, path: &str) -> bool {
        match path.rsplit_once('/') {
            None => true,
            Some(("", _)) => false,
            Some((directory, _)) => self.context.source.is_directory(Path::new(directory)) != Some(false),
        }
    }
}

fn owner(new: &TrackFile) -> String {
    format!("({}) ", new.name)
}

/// `file PATH`: the first one counts.
fn file(
    context: &mut Context<'_>,
    statement: &Statement,
    new: &TrackFile,
    path: &mut Option<(Box<str>, Option<crate::files::Location>)>,
) {
    let message = if statement.len() < 2 {
        format!("{}file without a path, ignoring it", owner(new))
    } else if path.is_some() {
        format!("{}file already set, ignoring {}", owner(new), statement.text(1))
    } else {
        *path = Some((statement.text(1).into(), statement.at(1)));
        return;
    };
    context.report(statement, 1, Code::Repeated, message);
}

/// `weight N [reverse]`: the first one that is not 1 counts.
fn weight(context: &mut Context<'_>, statement: &Statement, new: &mut TrackFile) {
    if statement.len() < 2 {
        let message = format!("{}weight without value, ignoring it", owner(new));
        return context.report(statement, 0, Code::BadWeight, message);
    }
    if new.weight.value != 1 {
        let message = format!("{}weight already set, ignoring {}", owner(new), statement.text(1));
        return context.report(statement, 1, Code::Repeated, message);
    }
    let value = context.lenient(&owner(new), statement, -254, 254, "using 1").unwrap_or(1);
    new.weight = Weight { value: value as i16, ..new.weight };
    context.weight_option(&owner(new), statement, &mut new.weight);
}

/// `init_file [VALUE] [overwrite]`
fn init_file(context: &mut Context<'_>, statement: &Statement, new: &TrackFile) -> InitFile {
    let mut init = InitFile::default();
    for word in 1..statement.len() {
        let text = statement.word(word).trim_ascii_start();
        if text.first().is_some_and(|first| first.is_ascii_digit() || *first == b'-') {
            let read = value::number(text, i32::MIN.into(), i32::MAX.into(), false);
            if let Some(problem) = read.problem {
                let message =
                    format!("{}init_file value '{}' {problem}, using 0", owner(new), statement.text(word));
                context.report(statement, word, Code::BadNumber, message);
            }
            init.value = read.value.unwrap_or(0) as i32;
            if !(-254..=254).contains(&init.value) {
                let message = format!("{}init_file value {} is outside -254 to 254", owner(new), init.value);
                context.report(statement, word, Code::UnusualNumber, message);
            }
        } else if text == b"overwrite" {
            init.overwrite = true;
        } else {
            let message = format!(
                "{}unknown init_file option '{}', ignoring it: overwrite is known",
                owner(new),
                statement.text(word)
            );
            context.report(statement, word, Code::BadValue, message);
        }
    }
    init
}
