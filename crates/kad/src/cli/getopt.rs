//! Bundles of short options as getopt(3) takes them, taken apart for clap.
//!
//! `-nlDD`, `-f/etc/x.conf`, and the options whose value is optional (`-tLOG`): such a value is only one when it
//! is written without a blank, so that `-t FILE` can never make a log of FILE.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Short options that need a value.
const REQUIRED: &[u8] = b"fSuprcbAsi";

/// Short options with an optional value, and their long names.
const OPTIONAL: [(u8, &str); 3] = [(b'g', "log-file"), (b't', "config-test"), (b'M', "core-dump-pattern")];

/// The same arguments, one option each.
///
/// What follows `--`, or a command of kad's own, is left as it is.
pub(super) fn separate(arguments: &[OsString]) -> Vec<OsString> {
    let mut out = Vec::with_capacity(arguments.len() + 4);
    let mut rest = arguments.iter();
    out.extend(rest.next().cloned());
    while let Some(argument) = rest.next() {
        let octets = argument.as_bytes();
        if octets == b"--" || out.len() == 1 && !octets.starts_with(b"-") {
            out.push(argument.clone());
            out.extend(rest.by_ref().cloned());
        } else if octets.len() > 1 && octets[0] == b'-' && octets[1] != b'-' {
            if bundle(&octets[1..], &mut out) {
                out.extend(rest.next().cloned());
            }
        } else {
            out.push(argument.clone());
        }
    }
    out
}

/// Takes one bundle apart; true when its last option wants the next argument as its value.
fn bundle(mut letters: &[u8], out: &mut Vec<OsString>) -> bool {
    while let [letter, rest @ ..] = letters {
        if REQUIRED.contains(letter) {
            out.push(OsString::from_vec(vec![b'-', *letter]));
            if !rest.is_empty() {
                out.push(OsStr::from_bytes(rest).to_owned());
            }
            return rest.is_empty();
        }
        if let Some((_, long)) = OPTIONAL.iter().find(|(short, _)| short == letter) {
            let mut word = format!("--{long}").into_bytes();
            if !rest.is_empty() {
                word.push(b'=');
                word.extend_from_slice(rest);
            }
            out.push(OsString::from_vec(word));
            return false;
        }
        if !letter.is_ascii() {
            out.push(OsString::from_vec([b"-", letters].concat()));
            return false;
        }
        out.push(OsString::from_vec(vec![b'-', *letter]));
        letters = rest;
    }
    false
}
