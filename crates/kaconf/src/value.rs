//! Numbers, booleans and addresses as keepalived's C reads them.
//!
//! Reading tells the value apart from what is wrong with it: keepalived overlooks junk behind the digits of
//! many numbers, and a configuration test does not.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What is wrong with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Not a number, or one with junk behind it.
    NotANumber,
    /// Below zero where nothing below zero is allowed.
    Negative,
    /// Not between the two, which are given in the unit of the text: `scale` digits are its fraction.
    OutOfRange { min: i64, max: i64, scale: u32 },
    /// More digits behind the point than are kept.
    TooPrecise,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NotANumber => f.write_str("is not a number"),
            Self::Negative => f.write_str("is negative"),
            Self::TooPrecise => f.write_str("has too many decimal places"),
            Self::OutOfRange { min, max, scale } => {
                write!(f, "is outside the range {} to {}", Scaled(min, scale), Scaled(max, scale))
            }
        }
    }
}

/// A number whose last digits are a fraction, written without needless zeros.
struct Scaled(i64, u32);

impl fmt::Display for Scaled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10_i64.pow(self.1);
        write!(f, "{}", self.0 / unit)?;
        if self.0 % unit != 0 {
            let fraction = format!("{:0width$}", self.0 % unit, width = self.1 as usize);
            write!(f, ".{}", fraction.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

/// A number as read: the value to use, if there is one, and what is wrong with the text, if anything is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) value: Option<i64>,
    pub(crate) problem: Option<Problem>,
}

/// The digits at the start of `text`, and what is behind them. `None` if they do not fit 64 bits.
fn digits(text: &[u8]) -> (Option<i64>, &[u8]) {
    let len = text.iter().take_while(|octet| octet.is_ascii_digit()).count();
    let value = text[..len]
        .iter()
        .try_fold(0_i64, |value, digit| value.checked_mul(10)?.checked_add(i64::from(digit - b'0')));
    (value, &text[len..])
}

const fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t'..=b'\r')
}

fn skip_blanks(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|octet| is_blank(**octet)).count();
    &text[blanks..]
}

/// A whole number between two bounds. `lenient` overlooks junk behind the digits.
pub(crate) fn number(text: &[u8], min: i64, max: i64, lenient: bool) -> Read {
    let text = skip_blanks(text);
    let negative = text.first() == Some(&b'-');
    if negative && min >= 0 {
        return Read { value: None, problem: Some(Problem::Negative) };
    }
    let unsigned = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    let (value, rest) = digits(unsigned);
    let value = value.map(|value| if negative { -value } else { value });
    let inside = value.filter(|value| (min..=max).contains(value));
    if !rest.is_empty() {
        return Read { value: inside.filter(|_| lenient), problem: Some(Problem::NotANumber) };
    }
    Read { value: inside, problem: inside.is_none().then_some(Problem::OutOfRange { min, max, scale: 0 }) }
}

/// A decimal with `scale` digits of fraction, as a whole number of its smallest unit. More digits are rounded.
/// Junk behind the digits is overlooked if what is left is in range, even in a configuration test.
pub(crate) fn decimal(text: &[u8], min: i64, max: i64, scale: u32) -> Read {
    if text.first() == Some(&b'-') {
        return Read { value: None, problem: Some(Problem::Negative) };
    }
    let point = text.iter().position(|&octet| octet == b'.');
    let (whole, fraction) = point.map_or((text, &[][..]), |point| (&text[..point], &text[point + 1..]));
    let kept = fraction.len().min(scale as usize);
    let round_up = fraction.get(scale as usize).is_some_and(|&digit| digit >= b'5');
    let zeros = std::iter::repeat_n(b'0', scale as usize - kept);
    let joined = whole.iter().chain(&fraction[..kept]).copied().chain(zeros);
    let mut joined = joined.skip_while(|octet| is_blank(*octet)).peekable();
    joined.next_if_eq(&b'+');
    let (mut value, mut junk) = (Some(0_i64), false);
    for octet in joined.take_while(|octet| {
        junk = !octet.is_ascii_digit();
        !junk
    }) {
        value = value.and_then(|value| value.checked_mul(10)?.checked_add(i64::from(octet - b'0')));
    }
    let value = value.and_then(|value| value.checked_add(i64::from(round_up)));
    let inside = value.filter(|value| (min..=max).contains(value));
    let problem = if junk {
        Some(Problem::NotANumber)
    } else if inside.is_none() {
        Some(Problem::OutOfRange { min, max, scale })
    } else if fraction.len() > kept {
        Some(Problem::TooPrecise)
    } else {
        None
    };
    Read { value: inside, problem }
}

/// `true`, `on`, `yes`, `false`, `off`, `no`, in lower case.
pub(crate) fn boolean(text: &[u8]) -> Option<bool> {
    match text {
        b"true" | b"on" | b"yes" => Some(true),
        b"false" | b"off" | b"no" => Some(false),
        _ => None,
    }
}

/// An address as `inet_pton` reads it.
pub(crate) fn address(text: &[u8]) -> Option<IpAddr> {
    if let Some(v4) = ipv4(text) {
        return Some(IpAddr::V4(v4));
    }
    std::str::from_utf8(text).ok()?.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
}

/// Four decimal numbers without leading zeros. There are very many of them, so no general reader is called.
fn ipv4(text: &[u8]) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    let mut parts = text.split(|octet| *octet == b'.');
    for octet in &mut octets {
        let part = parts.next()?;
        if part.is_empty() || part.len() > 3 || (part[0] == b'0' && part.len() > 1) {
            return None;
        }
        let mut value = 0;
        for digit in part {
            if !digit.is_ascii_digit() {
                return None;
            }
            value = value * 10 + u16::from(digit - b'0');
        }
        *octet = u8::try_from(value).ok()?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

/// An address where keepalived overlooks a range or a prefix length behind it.
pub(crate) fn host(text: &[u8]) -> Option<IpAddr> {
    if let Some(v4) = ipv4(text) {
        return Some(IpAddr::V4(v4));
    }
    let end = text.iter().position(|&octet| octet == b'-').or(text.iter().position(|&octet| octet == b'/'));
    address(&text[..end.unwrap_or(text.len())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers() {
        use Problem::{Negative, NotANumber};
        let range = Some(Problem::OutOfRange { min: 1, max: 255, scale: 0 });
        for (text, strict, lenient, problem) in [
            ("1", Some(1), Some(1), None),
            ("255", Some(255), Some(255), None),
            ("007", Some(7), Some(7), None),
            ("+7", Some(7), Some(7), None),
            (" 7", Some(7), Some(7), None),
            ("0", None, None, range),
            ("256", None, None, range),
            ("99999999999999999999", None, None, range),
            ("5x", None, Some(5), Some(NotANumber)),
            ("300x", None, None, Some(NotANumber)),
            ("x", None, None, Some(NotANumber)),
            ("-5", None, None, Some(Negative)),
        ] {
            assert_eq!(number(text.as_bytes(), 1, 255, false), Read { value: strict, problem }, "{text}");
            assert_eq!(number(text.as_bytes(), 1, 255, true), Read { value: lenient, problem }, "{text}");
        }
        assert_eq!(number(b"-20", -20, 19, false).value, Some(-20));
    }

    #[test]
    fn decimals_of_seconds() {
        use Problem::{Negative, NotANumber, TooPrecise};
        let outside = Problem::OutOfRange { min: 10_000, max: 255_000_000, scale: 6 };
        let range = Some(outside);
        for (text, value, problem) in [
            ("1", Some(1_000_000), None),
            ("0.1", Some(100_000), None),
            (".5", Some(500_000), None),
            ("1.", Some(1_000_000), None),
            ("0.0123456", Some(12_346), Some(TooPrecise)),
            ("0.0123454", Some(12_345), Some(TooPrecise)),
            ("0", None, range),
            ("256", None, range),
            ("-1", None, Some(Negative)),
            ("x", None, Some(NotANumber)),
            ("1.5.0", None, Some(NotANumber)),
        ] {
            assert_eq!(decimal(text.as_bytes(), 10_000, 255_000_000, 6), Read { value, problem }, "{text}");
        }
        assert_eq!(outside.to_string(), "is outside the range 0.01 to 255");
    }

    #[test]
    fn addresses() {
        for (text, want) in [
            ("10.0.0.1", true),
            ("010.0.0.1", false),
            ("10.0.0", false),
            ("10.0.0.1.", false),
            ("10.0.0.256", false),
            ("10.0..1", false),
            ("0.0.0.0", true),
            ("255.255.255.255", true),
            ("::ffff:10.0.0.1", true),
            ("::1", true),
            ("fe80::1%eth0", false),
        ] {
            assert_eq!(address(text.as_bytes()).is_some(), want, "{text}");
        }
        assert_eq!(host(b"10.0.0.1/24"), address(b"10.0.0.1"));
        assert_eq!(host(b"10.0.0.1-5"), address(b"10.0.0.1"));
    }
}
