//! `auth_hmac`: keys, and how they are used.

use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use super::context::Context;
use super::draft::Draft;
use super::owner::Owner;
use super::reader::{Next, Progress, Reader};
use crate::code::{Class, Code};
use crate::diag::Diagnostic;
use crate::expand::Statement;
use crate::files::Location;
use crate::model::{AntiReplay, AuthHmac, Authentication, HmacKey, HmacMode, Instance};
use crate::source::{Lookup, PathKind};

/// Octets a key may have.
const KEY: std::ops::RangeInclusive<usize> = 32..=64;
/// What a file may hold: the longest key in hexadecimal, `hex:`, and a little more.
const KEY_FILE_MAX: usize = 4 + 2 * 64 + 7;
/// Seconds a window may be set to.
const WINDOW: std::ops::RangeInclusive<i64> = 1..=300;
/// Seconds a window is at least that was not set.
const WINDOW_LEAST: u64 = 5;

/// `auth_hmac` as typed.
#[derive(Debug)]
pub(super) struct HmacDraft {
    at: Option<Location>,
    keys: Vec<HmacKey>,
    active: Option<u8>,
    window: Option<u32>,
    monotonic: bool,
    mode: HmacMode,
}

impl Reader<'_> {
    /// Reads the block; a second one adds to the first.
    pub(super) fn auth_hmac(&mut self, statement: &mut Statement, draft: &mut Draft) {
        let owner = Owner::of(&draft.name);
        let hmac = draft.hmac.get_or_insert_with(|| {
            Box::new(HmacDraft {
                at: statement.at(0),
                keys: Vec::new(),
                active: None,
                window: None,
                monotonic: false,
                mode: HmacMode::Enforce,
            })
        });
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(statement, &mut progress) {
            let context = &mut self.context;
            match statement.word(0) {
                b"key" => key(context, statement, owner, hmac),
                b"active_key" => {
                    let read = context.strict(owner, statement, 1, 255, "ignoring it");
                    hmac.active = read.map(|id| id as u8).or(hmac.active);
                }
                b"time_window" => {
                    let read =
                        context.strict(owner, statement, *WINDOW.start(), *WINDOW.end(), "ignoring it");
                    hmac.window = read.map(|seconds| seconds as u32).or(hmac.window);
                }
                b"anti_replay" => anti_replay(context, statement, owner, hmac),
                b"mode" => mode(context, statement, owner, hmac),
                _ => self.unknown(statement, "vrrp_instance/auth_hmac"),
            }
        }
    }

    /// Once all is read: `auth_hmac` takes the place of `authentication`, if it has a key to sign with.
    pub(super) fn hmac_checks(&mut self, draft: &mut Draft, new: &mut Instance) {
        let Some(hmac) = draft.hmac.take() else { return };
        if new.authentication != Authentication::None {
            let message =
                format!("{}authentication beside auth_hmac, ignoring authentication", draft.owner());
            self.context.report_at(hmac.at, Code::Authentication, message);
            new.authentication = Authentication::None;
        }
        let active = hmac.active.filter(|active| hmac.keys.iter().any(|key| key.id == *active));
        let Some(active_key) = active else {
            let message =
                format!("{}active_key of auth_hmac is none of its keys, ignoring auth_hmac", draft.owner());
            return self.context.report_at(hmac.at, Code::NoKey, message);
        };
        let mut mode = hmac.mode;
        if new.strict && mode != HmacMode::Enforce {
            let message =
                format!("{}strict mode requires mode enforce of auth_hmac, setting it", draft.owner());
            self.context.report_at(hmac.at, Code::Strict, message);
            mode = HmacMode::Enforce;
        }
        let typed = hmac.window.map(|seconds| Duration::from_secs(seconds.into()));
        let anti_replay = if hmac.monotonic {
            AntiReplay::Monotonic { window: typed }
        } else {
            // Of the interval as it was typed, fractions of a second left out.
            let seconds = u64::from(draft.advert_int.unwrap_or(0)) / 1_000_000;
            let window = Duration::from_secs((3 * seconds).clamp(WINDOW_LEAST, *WINDOW.end() as u64));
            AntiReplay::Time { window: typed.unwrap_or(window) }
        };
        new.auth_hmac = Some(AuthHmac { keys: hmac.keys, active_key, mode, anti_replay });
    }
}

/// `key ID VALUE`
fn key(context: &mut Context<'_>, statement: &Statement, owner: impl Display + Copy, hmac: &mut HmacDraft) {
    if statement.len() < 3 {
        let message = format!("{owner}a key needs an id and a value, ignoring it");
        return context.report(statement, 0, Code::BadKey, message);
    }
    let Some(id) = context.strict(owner, statement, 1, 255, "ignoring the key") else { return };
    let id = id as u8;
    let secret = match statement.word(2).strip_prefix(b"file:") {
        Some(path) => {
            let path = String::from_utf8_lossy(path);
            let read = key_file(context, &path);
            if read.is_ok() {
                others_may_read(context, statement, owner, &path);
            }
            read
        }
        None => Ok(decoded(statement.word(2))),
    };
    let message = match secret {
        Err(problem) => format!("{owner}the file of key {id} {problem}, ignoring the key"),
        Ok(secret) if !KEY.contains(&secret.len()) => format!(
            "{owner}key {id} has {} octets, ignoring it: {} to {} are needed",
            secret.len(),
            KEY.start(),
            KEY.end()
        ),
        Ok(_) if hmac.keys.iter().any(|key| key.id == id) => {
            format!("{owner}there is a key {id} already, ignoring this one")
        }
        Ok(secret) => return hmac.keys.push(HmacKey { id, secret }),
    };
    context.report(statement, 1, Code::BadKey, message);
}

/// A key out of a file of its own.
fn key_file(context: &Context<'_>, path: &str) -> Result<Vec<u8>, String> {
    let text = context.source.read(Path::new(path), KEY_FILE_MAX).map_err(|error| error.to_string())?;
    let end = text.iter().rposition(|octet| !matches!(octet, b'\n' | b'\r')).map_or(0, |last| last + 1);
    Ok(decoded(&text[..end]))
}

/// The file of a key is for its owner alone; others are reported, and the key is used.
fn others_may_read(context: &mut Context<'_>, statement: &Statement, owner: impl Display, path: &str) {
    let Lookup::Present(facts) = context.source.path(Path::new(path)) else { return };
    if facts.kind != PathKind::File || facts.mode & 0o077 == 0 {
        return;
    }
    let message =
        format!("{owner}the file of a key, '{path}', has mode {:04o}: others may read it", facts.mode);
    let mut diagnostic = Diagnostic::new(Code::BadKey, statement.at(2), message);
    diagnostic.class = Class::Security;
    let diagnostic = diagnostic.note(None, format!("let only its owner read it: chmod go= {path}"));
    context.sink.push(statement.explain(diagnostic));
}

/// `hex:` and hexadecimal digits, or the octets as they are; empty if the digits cannot be read.
fn decoded(text: &[u8]) -> Vec<u8> {
    let Some(digits) = text.strip_prefix(b"hex:") else { return text.to_vec() };
    let value = |octet: u8| char::from(octet).to_digit(16).map(|digit| digit as u8);
    let mut out = Vec::new();
    let mut rest = digits.iter().copied().peekable();
    while let Some(octet) = rest.next() {
        if matches!(octet, b' ' | b'\t') {
            continue;
        }
        let Some(mut octet) = value(octet) else { return Vec::new() };
        if let Some(next) = rest.next_if(|next| *next != b' ') {
            match value(next) {
                Some(low) => octet = octet << 4 | low,
                None => return Vec::new(),
            }
        }
        out.push(octet);
    }
    out
}

fn anti_replay(
    context: &mut Context<'_>,
    statement: &Statement,
    owner: impl Display + Copy,
    hmac: &mut HmacDraft,
) {
    let Some(word) = context.need(statement, 1) else { return };
    match word {
        b"time" => hmac.monotonic = false,
        b"monotonic" => hmac.monotonic = true,
        _ => {
            let message = format!(
                "{owner}unknown anti_replay '{}', ignoring it: time and monotonic are known",
                statement.text(1)
            );
            context.report(statement, 1, Code::BadValue, message);
        }
    }
}

fn mode(context: &mut Context<'_>, statement: &Statement, owner: impl Display + Copy, hmac: &mut HmacDraft) {
    let Some(word) = context.need(statement, 1) else { return };
    hmac.mode = match word {
        b"enforce" => HmacMode::Enforce,
        b"permissive" => HmacMode::Permissive,
        b"receive-only" => HmacMode::ReceiveOnly,
        _ => {
            let message = format!(
                "{owner}unknown mode '{}', ignoring it: enforce, permissive and receive-only are known",
                statement.text(1)
            );
            return context.report(statement, 1, Code::BadValue, message);
        }
    };
}
