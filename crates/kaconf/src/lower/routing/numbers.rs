//! Numbers of route and rule lines, where keepalived takes what `strtoul` and `sscanf` of C take.
//!
//! The numbers of all other lines are in `value`.

use crate::value::{self, Problem};

/// A number at the start of a text, and what is behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leading<'a> {
    /// As C returns it: wrapped if a minus stands before it, the largest if it does not fit.
    pub(super) value: u64,
    /// It did not fit.
    pub(super) overflow: bool,
    /// There was at least one digit.
    pub(super) found: bool,
    /// What is behind the digits; all of the text if there was none.
    pub(super) rest: &'a [u8],
}

/// `strtoul`; base 0 tells octal by `0` and hexadecimal by `0x`.
pub(super) fn leading(text: &[u8], base: u32) -> Leading<'_> {
    let digits = skip_blanks(text);
    let negative = digits.first() == Some(&b'-');
    let digits = digits.strip_prefix(b"-").or(digits.strip_prefix(b"+")).unwrap_or(digits);
    let (base, digits) = match (base, digits) {
        (0 | 16, [b'0', b'x' | b'X', rest @ ..]) if rest.first().is_some_and(u8::is_ascii_hexdigit) => {
            (16, rest)
        }
        (0, [b'0', ..]) => (8, digits),
        (0, _) => (10, digits),
        (base, _) => (base, digits),
    };
    let len = digits.iter().take_while(|octet| char::from(**octet).is_digit(base)).count();
    if len == 0 {
        return Leading { value: 0, overflow: false, found: false, rest: text };
    }
    let value = digits[..len].iter().try_fold(0_u64, |value, digit| {
        let digit = u64::from(char::from(*digit).to_digit(base).unwrap_or(0));
        value.checked_mul(u64::from(base))?.checked_add(digit)
    });
    let signed = value.map_or(u64::MAX, |value| if negative { value.wrapping_neg() } else { value });
    Leading { value: signed, overflow: value.is_none(), found: true, rest: &digits[len..] }
}

/// Blanks, tabs, line and page feeds.
pub(super) fn skip_blanks(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|octet| matches!(octet, b' ' | b'\t'..=b'\r')).count();
    &text[blanks..]
}

/// A whole number from 0 to `max`, decimal.
pub(super) fn up_to(text: &[u8], max: u32) -> Option<u32> {
    let read = value::number(text, 0, i64::from(max), false);
    read.value.filter(|_| read.problem.is_none()).and_then(|value| u32::try_from(value).ok())
}

/// A whole number of 64 bits, of a base that C knows.
pub(super) fn unsigned(text: &[u8], base: u32) -> Option<u64> {
    let number = leading(text, base);
    let fits = !number.overflow && skip_blanks(text).first() != Some(&b'-');
    // A word that is empty is 0, as in C.
    let whole = number.rest.is_empty();
    (fits && whole).then_some(number.value)
}

/// `A-B` as `sscanf` reads it: each number is cut to its lowest `bits`, and what is behind them is overlooked.
pub(super) fn range(text: &[u8], bits: u32) -> Option<(u64, u64)> {
    let first = leading(text, 10);
    let rest = first.rest.strip_prefix(b"-").filter(|_| first.found)?;
    let second = leading(rest, 10);
    let cut = |value: u64| value & (u64::MAX >> (64 - bits));
    second.found.then_some((cut(first.value), cut(second.value)))
}

/// A time of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time {
    /// In `scale`ths of a millisecond, between the bounds.
    pub(super) value: u32,
    /// It had more decimals than are kept.
    pub(super) rounded: bool,
    /// It was out of bounds.
    pub(super) clamped: bool,
}

/// The least and the most milliseconds of a time.
pub(super) const TIME_MS: (u32, u32) = (200, 120_000);

/// `N[s|sec|secs]`, `Nms[ec[s]]`, or without a unit in `scale`ths of a millisecond.
pub(super) fn time(text: &[u8], scale: u32) -> Option<Time> {
    let text = skip_blanks(text);
    let (number, decimals, unit) = match text.iter().position(|octet| matches!(octet, b's' | b'S')) {
        None => (text, 0, 1),
        Some(at) => {
            let named = [&b"s"[..], b"sec", b"secs"].iter().any(|unit| text[at..].eq_ignore_ascii_case(unit));
            let number = &text[..at];
            let milli = number.strip_suffix(b"m").or(number.strip_suffix(b"M"));
            let (number, decimals) = milli.map_or((number, 3), |number| (number, 0));
            if !named || number.is_empty() {
                return None;
            }
            (number, decimals, scale)
        }
    };
    if number.iter().any(|octet| matches!(octet, b'e' | b'E')) {
        return None;
    }
    let (least, most) = (TIME_MS.0 * scale, TIME_MS.1 * scale);
    let read = value::decimal(number, 0, i64::from(most), decimals);
    let rounded = read.problem == Some(Problem::TooPrecise);
    let typed = read.value.filter(|_| rounded || read.problem.is_none())?;
    let typed = u64::try_from(typed).ok()? * u64::from(unit);
    let value = typed.clamp(u64::from(least), u64::from(most));
    Some(Time { value: u32::try_from(value).ok()?, rounded, clamped: value != typed })
}

/// Four groups of hexadecimal digits with a colon between them.
pub(super) fn locator(text: &[u8]) -> Option<u64> {
    let mut rest = skip_blanks(text);
    let mut value = 0;
    for group in 0..4 {
        if group > 0 {
            rest = rest.strip_prefix(b":")?;
        }
        let number = leading(rest, 16);
        let bare = rest.first().is_some_and(u8::is_ascii_hexdigit);
        if !bare || number.value > 0xffff {
            return None;
        }
        value = value << 16 | number.value;
        rest = number.rest;
    }
    rest.is_empty().then_some(value)
}

/// Most labels of an MPLS stack.
const LABELS_MAX: usize = 2;
/// A label has 20 bits.
const LABEL_MAX: u64 = 0xf_ffff;

/// `LABEL[/LABEL]`
pub(super) fn labels(text: &[u8]) -> Option<Vec<u32>> {
    let mut rest = skip_blanks(text);
    let mut labels = Vec::new();
    loop {
        let blank = rest.first().is_some_and(|octet| matches!(octet, b' ' | b'\t'..=b'\r' | b'-'));
        let label = leading(rest, 0);
        if blank || !label.found || label.value > LABEL_MAX || labels.len() == LABELS_MAX {
            return None;
        }
        labels.push(u32::try_from(label.value).ok()?);
        if label.rest.is_empty() {
            return Some(labels);
        }
        rest = label.rest.strip_prefix(b"/")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_a_text() {
        for (text, base, value, rest) in [
            ("12x", 10, 12, "x"),
            ("0x1f/", 0, 31, "/"),
            ("010", 0, 8, ""),
            ("08", 0, 0, "8"),
            ("0xg", 0, 0, "xg"),
            (" +7", 0, 7, ""),
            ("-1", 10, u64::MAX, ""),
            ("99999999999999999999", 10, u64::MAX, ""),
            ("x", 10, 0, "x"),
        ] {
            let read = leading(text.as_bytes(), base);
            assert_eq!((read.value, read.rest), (value, rest.as_bytes()), "{text}");
        }
    }

    #[test]
    fn ranges_are_cut_to_their_width() {
        for (text, want) in [
            ("1-2", Some((1, 2))),
            ("1-2x", Some((1, 2))),
            ("65537-70000", Some((1, 4464))),
            ("1", None),
            ("1 -2", None),
            ("-1-2", Some((65_535, 2))),
            ("1-", None),
            ("a-b", None),
        ] {
            assert_eq!(range(text.as_bytes(), 16), want, "{text}");
        }
    }

    #[test]
    fn times_have_units_and_bounds() {
        let some = |value| Some((value, false, false));
        for (text, want) in [
            ("8000", some(8000)),
            ("1s", some(8000)),
            ("1.5sec", some(12_000)),
            ("300ms", some(2400)),
            ("300MS", some(2400)),
            ("0.2501s", Some((2000, true, false))),
            ("1", Some((1600, false, true))),
            ("121s", Some((960_000, false, true))),
            ("s", None),
            ("ms", None),
            ("1.e3", None),
            ("1x", None),
            ("5seconds", None),
            ("960001", None),
            ("-1s", None),
        ] {
            let read = time(text.as_bytes(), 8).map(|time| (time.value, time.rounded, time.clamped));
            assert_eq!(read, want, "{text}");
        }
    }

    #[test]
    fn locators_and_labels() {
        assert_eq!(locator(b"1:2:3:abcd"), Some(0x0001_0002_0003_abcd));
        for text in ["1:2:3", "1:2:3:4:5", "1:2:3:10000", "1::3:4", "g:2:3:4", ""] {
            assert_eq!(locator(text.as_bytes()), None, "{text}");
        }
        assert_eq!(labels(b"100/0x10"), Some(vec![100, 16]));
        for text in ["", "1048576", "1/2/3", "-1", "1/", "1/ 2", "a"] {
            assert_eq!(labels(text.as_bytes()), None, "{text}");
        }
    }
}
