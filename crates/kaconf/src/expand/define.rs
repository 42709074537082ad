//! `$NAME=VALUE`, `$NAME`, `${NAME}`, and the names that are always defined.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;

use super::{Expander, How, LINE_MAX, Line, line};
use crate::code::Code;
use crate::diag::{Diagnostic, Sink};
use crate::files::Location;

/// How many names one line may have replaced, one in the value of another included.
const REPLACEMENTS_MAX: usize = 1000;

/// A definition: its first line, and for `\` at the end of a line the further ones.
#[derive(Clone, Debug)]
struct Definition {
    first: Rc<[u8]>,
    rest: Rc<[Vec<u8>]>,
    /// It stands for lines and not for a part of one: `\` ended one that says something, be there none behind it.
    several: bool,
    at: Location,
}

/// Every definition so far, and the state behind `${_RANDOM}`.
pub(super) struct Definitions {
    named: HashMap<Vec<u8>, Definition>,
    random: u64,
    /// Octets held, ever: redefinition does not give any back.
    stored: usize,
}

/// A definition whose last line was not read yet.
pub(super) struct Defining {
    name: Vec<u8>,
    lines: Vec<Vec<u8>>,
    several: bool,
    at: Location,
}

/// A multi-line definition being handed out.
pub(super) struct Multi {
    lines: Rc<[Vec<u8>]>,
    next: usize,
    at: Location,
    /// `multi_sequences` to go back to.
    sequences_before: usize,
}

/// How far the names on a line were replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replaced {
    /// There was none.
    Nothing,
    /// As far as they are defined.
    All,
    /// Up to a limit.
    NotAll,
}

/// A use of a name: how much of the line it takes, and what stands behind the name in braces.
struct Use<'a> {
    name: &'a [u8],
    parameters: Vec<&'a [u8]>,
    len: usize,
}

impl Definitions {
    pub(super) fn new(seed: Option<u32>) -> Self {
        let random = seed.map_or_else(|| RandomState::new().hash_one(0_u8), u64::from);
        Self { named: HashMap::new(), random, stored: 0 }
    }

    pub(super) fn seed(&mut self, seed: u32) {
        self.random = u64::from(seed);
    }

    fn set(&mut self, name: &[u8], mut lines: Vec<Vec<u8>>, several: bool, at: Location) {
        self.stored += name.len() + lines.iter().map(Vec::len).sum::<usize>() + 64;
        let first = if lines.is_empty() { Vec::new() } else { lines.remove(0) };
        let definition = Definition { first: first.into(), rest: lines.into(), several, at };
        self.named.insert(name.to_vec(), definition);
    }

    /// SplitMix64: small, and good enough to spread priorities and delays.
    fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// Length of a name at the start of `text`, 0 if there is none.
fn name_len(text: &[u8]) -> usize {
    if !text.first().is_some_and(|octet| octet.is_ascii_alphabetic() || *octet == b'_') {
        return 0;
    }
    text.iter().take_while(|octet| octet.is_ascii_alphanumeric() || **octet == b'_').count()
}

/// Reads the use of a name that begins with the `$` at the start of `text`.
fn read_use(text: &[u8]) -> Option<Use<'_>> {
    let blank = |octet: &u8| matches!(octet, b' ' | b'\t');
    if text.get(1) != Some(&b'{') {
        let len = name_len(&text[1..]);
        let ends = text.get(1 + len).is_none_or(|octet| matches!(octet, b' ' | b'\t' | b',' | b')'));
        return (len > 0 && ends).then(|| Use { name: &text[1..=len], parameters: Vec::new(), len: 1 + len });
    }
    let len = name_len(&text[2..]);
    let allowed = |octet: &u8| octet.is_ascii_alphanumeric() || blank(octet) || *octet == b'_';
    // No further than to what cannot be: a line of `${${${` is not read to its end again and again.
    let close = 2 + text[2..].iter().position(|octet| !allowed(octet))?;
    if text[close] != b'}' {
        return None;
    }
    let inside = &text[2 + len..close];
    let parameters: Vec<_> = inside.split(blank).filter(|word| !word.is_empty()).collect();
    if len == 0 || (!parameters.is_empty() && inside.last().is_some_and(blank)) {
        return None;
    }
    Some(Use { name: &text[2..2 + len], parameters, len: close + 1 })
}

impl Expander<'_> {
    /// Takes `$NAME=VALUE`. False if the line is none.
    pub(super) fn begin_definition(&mut self, line: &Line, sink: &mut Sink) -> bool {
        let len = name_len(&line.text[1..]);
        if len == 0 || line.text.get(1 + len) != Some(&b'=') {
            return false;
        }
        let (name, value) = (&line.text[1..=len], line.text[2 + len..].trim_ascii_start());
        if let Some(value) = value.strip_suffix(b"\\") {
            let first = value.trim_ascii_end().to_vec();
            let lines = if first.is_empty() { Vec::new() } else { vec![first] };
            let several = !lines.is_empty();
            self.defining = Some(Defining { name: name.to_vec(), lines, several, at: line.at });
        } else {
            let name = name.to_vec();
            self.define(&name, vec![value.to_vec()], line.at, sink);
        }
        true
    }

    /// Takes one more line of a definition; the first that does not end in a backslash is the last.
    pub(super) fn definition_goes_on(&mut self, text: &[u8], sink: &mut Sink) {
        let Some(defining) = &mut self.defining else { return };
        let (text, last) = match text.strip_suffix(b"\\") {
            Some(text) => (text.trim_ascii_end(), false),
            None => (text, true),
        };
        if !text.is_empty() {
            self.definitions.stored += text.len();
            defining.lines.push(text.to_vec());
            defining.several |= !last;
        }
        if self.definitions.stored > self.options.limits.definitions {
            self.too_many_definitions(sink);
        }
        if last {
            let _ = self.definition_ends();
        }
    }

    /// A blank line ends a definition too. Its name, if there was one to end.
    pub(super) fn definition_ends(&mut self) -> Option<String> {
        let Defining { name, lines, several, at } = self.defining.take()?;
        self.definitions.set(&name, lines, several, at);
        Some(String::from_utf8_lossy(&name).into_owned())
    }

    pub(super) fn define(&mut self, name: &[u8], lines: Vec<Vec<u8>>, at: Location, sink: &mut Sink) {
        self.definitions.set(name, lines, false, at);
        if self.definitions.stored > self.options.limits.definitions {
            self.too_many_definitions(sink);
        }
    }

    /// A sequence gives its variable a value: a number that stays as small as it was.
    pub(super) fn define_variable(&mut self, name: &[u8], value: &[u8], at: Location) {
        let stored = self.definitions.stored;
        self.definitions.set(name, vec![value.to_vec()], false, at);
        self.definitions.stored = stored;
    }

    fn too_many_definitions(&mut self, sink: &mut Sink) {
        self.limit(sink, format!("definitions hold more than {} octets", self.options.limits.definitions));
    }

    /// Replaces the names on a line; the line is trimmed again if there were any. True if some had to be left.
    pub(super) fn substitute(&mut self, line: &mut Line, sink: &mut Sink) -> bool {
        let done = self.replace(&mut line.text, line.at, true, sink);
        if done != Replaced::Nothing {
            if line.how == How::Typed {
                line.how = How::Substituted;
            }
            line::trim(&mut line.text);
        }
        done == Replaced::NotAll
    }

    /// Replaces every name that is defined, those in values included.
    pub(super) fn replace(
        &mut self,
        text: &mut Vec<u8>,
        at: Location,
        multi: bool,
        sink: &mut Sink,
    ) -> Replaced {
        let (mut from, mut count) = (0, 0);
        while let Some(dollar) = text[from..].iter().position(|&octet| octet == b'$').map(|i| from + i) {
            let Some((value, len)) = self.value(&text[dollar..], multi, at, sink) else {
                from = dollar + 1;
                continue;
            };
            if !self.replaced(value.len(), at, sink) {
                return Replaced::NotAll;
            }
            count += 1;
            let shown = || String::from_utf8_lossy(&text[dollar..dollar + len]).into_owned();
            let why = if text.len() - len + value.len() > LINE_MAX {
                format!("replacing '{}' makes the line longer than {LINE_MAX} octets", shown())
            } else if count > REPLACEMENTS_MAX {
                format!("'{}' is the last of {REPLACEMENTS_MAX} names replaced on one line", shown())
            } else {
                let sequence = value.trim_ascii_start().starts_with(b"~");
                text.splice(dollar..dollar + len, value.iter().copied());
                if sequence {
                    break;
                }
                from = dollar;
                continue;
            };
            sink.push(Diagnostic::new(Code::ExpansionTooLong, Some(at), why + ", left as it is"));
            return Replaced::NotAll;
        }
        if count == 0 { Replaced::Nothing } else { Replaced::All }
    }

    /// The value of the use at the start of `text`, and how much of `text` it replaces.
    fn value(
        &mut self,
        text: &[u8],
        multi: bool,
        at: Location,
        sink: &mut Sink,
    ) -> Option<(Rc<[u8]>, usize)> {
        let used = read_use(text)?;
        let Some(definition) = self.definitions.named.get(used.name) else {
            return Some((self.predefined(&used, at, sink)?.into(), used.len));
        };
        if !used.parameters.is_empty() {
            return None;
        }
        let (first, rest, from) = (Rc::clone(&definition.first), Rc::clone(&definition.rest), definition.at);
        // Further lines can only follow at the end of this one.
        if definition.several && (!multi || used.len != text.len()) {
            return None;
        }
        if !rest.is_empty() {
            let sequences_before = std::mem::replace(&mut self.multi_sequences, self.sequences.len());
            self.multi.push(Multi { lines: rest, next: 0, at: from, sequences_before });
            if self.multi.len() > self.options.limits.depth {
                self.limit(sink, "definitions of several lines use each other without end".to_owned());
            }
        }
        Some((first, used.len))
    }

    /// The names nobody has to define.
    fn predefined(&mut self, used: &Use<'_>, at: Location, sink: &mut Sink) -> Option<Vec<u8>> {
        let most = match used.name {
            b"_PWD" | b"_INSTANCE" | b"_HASH" | b"_BANG" => 0,
            b"_ENV" => 1,
            b"_RANDOM" => 2,
            _ => return None,
        };
        let least = usize::from(used.name == b"_ENV");
        if !(least..=most).contains(&used.parameters.len()) {
            let name = String::from_utf8_lossy(used.name);
            let given = used.parameters.len();
            let message = format!("definition {name} takes {least} to {most} parameters, {given} given");
            sink.push(Diagnostic::new(Code::BadDefinitionUse, Some(at), message));
            return None;
        }
        Some(match used.name {
            b"_PWD" => {
                let here = self.source.current_directory().unwrap_or_default();
                here.join(self.directory()).display().to_string().trim_end_matches('/').as_bytes().to_vec()
            }
            b"_INSTANCE" => self.options.config_id.as_deref().unwrap_or_default().as_bytes().to_vec(),
            b"_ENV" => {
                let name = String::from_utf8_lossy(used.parameters[0]);
                self.source.variable(&name).unwrap_or_default().into_bytes()
            }
            // Outside quotes either begins a comment, as it does in keepalived.
            b"_HASH" => b"#".to_vec(),
            b"_BANG" => b"!".to_vec(),
            _ => self.random_between(&used.parameters, at, sink)?,
        })
    }

    /// `${_RANDOM [MIN [MAX]]}`
    fn random_between(&mut self, parameters: &[&[u8]], at: Location, sink: &mut Sink) -> Option<Vec<u8>> {
        let number = |index: usize, default: u32| match parameters.get(index) {
            Some(text) => std::str::from_utf8(text).ok()?.parse::<u32>().ok(),
            None => Some(default),
        };
        let (Some(min), Some(max)) = (number(0, 0), number(1, 32_767)) else {
            let message = "definition _RANDOM takes numbers only";
            sink.push(Diagnostic::new(Code::BadDefinitionUse, Some(at), message));
            return None;
        };
        if min > max {
            let message = format!("${{_RANDOM}}: minimum {min} exceeds maximum {max}, using {min}");
            sink.push(Diagnostic::new(Code::BadDefinitionUse, Some(at), message));
        }
        let span = u64::from(max.max(min) - min) + 1;
        Some((u64::from(min) + self.definitions.random() % span).to_string().into_bytes())
    }

    /// The next line of a multi-line definition.
    pub(super) fn next_of_multi(&mut self) -> Option<Line> {
        let multi = self.multi.last_mut()?;
        let line =
            Line { text: multi.lines.get(multi.next)?.clone(), at: self.at, how: How::Definition(multi.at) };
        multi.next += 1;
        // Left before its last line is read: what that line uses comes next, not inside.
        if multi.next == multi.lines.len() {
            self.multi_sequences = multi.sequences_before;
            self.multi.pop();
        }
        Some(line)
    }
}
