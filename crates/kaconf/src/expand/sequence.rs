//! `~SEQ(...) line` and `~LST(...) line`: one line for each value.

use super::{Expander, How, Line};
use crate::code::Code;
use crate::diag::{Diagnostic, Sink};
use crate::files::Location;

/// A sequence being handed out.
#[derive(Debug)]
pub(super) struct Sequence {
    values: Values,
    text: Vec<u8>,
    at: Location,
}

#[derive(Debug)]
enum Values {
    Numbers { name: Vec<u8>, next: i64, step: i64, last: i64, hex: bool },
    List { names: Vec<Vec<u8>>, sets: std::vec::IntoIter<Vec<Vec<u8>>> },
}

/// A text and how far it was read.
struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    const fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    fn blanks(&mut self) {
        while matches!(self.text.get(self.at), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Takes one octet and the blanks behind it.
    fn take(&mut self, octet: u8) -> bool {
        let found = self.peek() == Some(octet);
        if found {
            self.at += 1;
            self.blanks();
        }
        found
    }

    /// Takes all up to one of `ends`, and the blanks behind it.
    fn until(&mut self, ends: &[u8]) -> &'a [u8] {
        let start = self.at;
        while self.peek().is_some_and(|octet| !ends.contains(&octet)) {
            self.at += 1;
        }
        let word = &self.text[start..self.at];
        self.blanks();
        word
    }

    /// Takes a number as C's `strtol` with base 0 does: `0x` hexadecimal, `0` octal; nothing is 0.
    fn number(&mut self) -> i64 {
        self.blanks();
        let negative = self.peek() == Some(b'-');
        if matches!(self.peek(), Some(b'-' | b'+')) {
            self.at += 1;
        }
        let rest = &self.text[self.at..];
        let digit = |octet: Option<&u8>, base: u32| octet.and_then(|octet| char::from(*octet).to_digit(base));
        let hex = matches!(rest, [b'0', b'x' | b'X', ..]) && digit(rest.get(2), 16).is_some();
        let base = if hex {
            16
        } else if rest.first() == Some(&b'0') {
            8
        } else {
            10
        };
        self.at += if hex { 2 } else { 0 };
        let mut value = 0_i64;
        while let Some(next) = digit(self.text.get(self.at), base) {
            value = value.saturating_mul(i64::from(base)).saturating_add(i64::from(next));
            self.at += 1;
        }
        self.blanks();
        if negative { -value } else { value }
    }
}

/// The numbers inside `~SEQ(name, ...)`: first, step and last.
fn numbers(text: &[u8]) -> Option<(i64, i64, i64)> {
    let mut scan = Scan::new(text);
    let mut values = vec![scan.number()];
    while values.len() < 3 && scan.take(b',') {
        values.push(scan.number());
    }
    if scan.peek() != Some(b')') {
        return None;
    }
    match values[..] {
        [last] => Some((if last < 0 { -1 } else { 1 }, if last < 1 { -1 } else { 1 }, last)),
        [first, last] => Some((first, if first <= last { 1 } else { -1 }, last)),
        [first, step, last] => {
            let reaches = step != 0 && (first >= last || step > 0) && (first <= last || step < 0);
            reaches.then_some((first, step, last))
        }
        _ => None,
    }
}

/// The names and values of `~LST(...)` from behind `~LST`, and where the rest of the line begins.
fn list(text: &[u8]) -> Option<(Values, usize)> {
    let mut scan = Scan::new(text);
    scan.blanks();
    if !scan.take(b'(') {
        return None;
    }
    let names = names(&mut scan)?;
    if !scan.take(b',') {
        return None;
    }
    let mut sets = Vec::new();
    loop {
        sets.push(set(&mut scan, names.len())?);
        if scan.take(b')') {
            return Some((Values::List { names, sets: sets.into_iter() }, scan.at));
        }
        if !scan.take(b',') {
            return None;
        }
    }
}

/// `name` or `{name, name}`
fn names(scan: &mut Scan<'_>) -> Option<Vec<Vec<u8>>> {
    let braces = scan.take(b'{');
    let mut names = vec![scan.until(b" \t,}").to_vec()];
    while braces && scan.take(b',') {
        names.push(scan.until(b" \t,}").to_vec());
    }
    (!braces || scan.take(b'}')).then_some(names)
}

/// `value` or `{value, value}`; what is missing is empty.
fn set(scan: &mut Scan<'_>, names: usize) -> Option<Vec<Vec<u8>>> {
    let braces = scan.take(b'{');
    let mut values = vec![scan.until(b" \t,})").to_vec()];
    while braces && scan.take(b',') {
        values.push(scan.until(b" \t,})").to_vec());
    }
    if values.len() > names || (braces && !scan.take(b'}')) {
        return None;
    }
    values.resize(names, Vec::new());
    Some(values)
}

impl Expander<'_> {
    /// Takes `~SEQ` or `~LST` off a line; the rest is repeated from now on.
    pub(super) fn begin_sequence(&mut self, line: &Line, sink: &mut Sink) {
        let read = if line.text[1] == b'S' { self.sequence(line, sink) } else { list(&line.text[4..]) };
        match read {
            Some((values, used)) => {
                let text = line.text[4 + used..].trim_ascii_start().to_vec();
                self.sequences.push(Sequence { values, text, at: line.at });
                if self.sequences.len() > self.options.limits.depth {
                    self.limit(sink, "sequences make each other without end".to_owned());
                }
            }
            None => {
                let message =
                    format!("invalid sequence '{}', ignoring it", String::from_utf8_lossy(&line.text));
                sink.push(Diagnostic::new(Code::BadSequence, Some(line.at), message));
            }
        }
    }

    /// `~SEQ(name, ...)` or `~SEQx(name, ...)` from behind `~SEQ`.
    fn sequence(&mut self, line: &Line, sink: &mut Sink) -> Option<(Values, usize)> {
        let text = &line.text[4..];
        let mut scan = Scan::new(text);
        let hex = scan.take(b'x');
        scan.blanks();
        if !scan.take(b'(') {
            return None;
        }
        let name = scan.until(b" \t,)").to_vec();
        if name.is_empty() || !scan.take(b',') {
            return None;
        }
        let close = scan.at + text[scan.at..].iter().position(|&octet| octet == b')')?;
        let mut inside = text[scan.at..=close].to_vec();
        let _replaced = self.replace(&mut inside, line.at, false, sink);
        let (next, step, last) = numbers(&inside)?;
        if hex && (next < 0 || last < 0) {
            return None;
        }
        Some((Values::Numbers { name, next, step, last, hex }, close + 1))
    }

    /// The next line of the innermost sequence, its variables set.
    pub(super) fn next_of_sequence(&mut self) -> Option<Line> {
        if self.sequences.len() <= self.multi_sequences {
            return None;
        }
        let mut sequence = self.sequences.pop()?;
        let at = sequence.at;
        let more = match &mut sequence.values {
            Values::Numbers { name, next, step, last, hex } => {
                let value = if *hex { format!("{next:x}") } else { next.to_string() };
                self.define_variable(name, value.as_bytes(), at);
                let reached =
                    |following: &i64| if *step > 0 { *following <= *last } else { *following >= *last };
                let following = next.checked_add(*step).filter(reached);
                *next = following.unwrap_or(*next);
                following.is_some()
            }
            Values::List { names, sets } => {
                for (name, value) in names.iter().zip(sets.next()?) {
                    self.define_variable(name, &value, at);
                }
                sets.len() > 0
            }
        };
        let line = Line { text: sequence.text.clone(), at, how: How::Sequence(at) };
        if more {
            self.sequences.push(sequence);
        }
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_sequence() {
        for (text, want) in [
            ("3)", Some((1, 1, 3))),
            ("-3)", Some((-1, -1, -3))),
            ("0)", Some((1, -1, 0))),
            ("1,3)", Some((1, 1, 3))),
            ("3,1)", Some((3, -1, 1))),
            ("10,-5,0)", Some((10, -5, 0))),
            ("0xa , 0xc )", Some((10, 1, 12))),
            ("010,011)", Some((8, 1, 9))),
            ("1,0,3)", None),
            ("1,-1,3)", None),
            ("1,1,3,4)", None),
            ("x)", None),
        ] {
            assert_eq!(numbers(text.as_bytes()), want, "{text}");
        }
    }

    #[test]
    fn lists_may_bind_several_names() {
        let shown = |text: &str| match list(text.as_bytes()) {
            Some((Values::List { names, sets }, used)) => {
                let text = |words: Vec<Vec<u8>>| String::from_utf8(words.join(&b'|')).unwrap();
                let sets: Vec<_> = sets.map(text).collect();
                format!("{}: {} +{used}", text(names), sets.join(" "))
            }
            _ => "invalid".to_owned(),
        };
        assert_eq!(shown("(a,7,8) x"), "a: 7 8 +8");
        assert_eq!(shown("({n,d},{1,eth0},{2}) x"), "n|d: 1|eth0 2| +21");
        assert_eq!(shown("(a,{1,2})"), "invalid");
        assert_eq!(shown("(a)"), "invalid");
        assert_eq!(shown("a,7"), "invalid");
    }
}
