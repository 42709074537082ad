//! The number that a file holds, read as C reads one. Pure.
//!
//! As `strtol` with base 0: leading white space, a sign, `0x` for hexadecimal, `0` for octal; it ends before the first
//! octet that is no digit, and nothing at all is 0.

/// As many octets of a file are looked at.
pub(super) const MAX: usize = 127;

/// A number beyond 32 bits; what was known stays known. (2^31 is let through, as in keepalived.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid number {0}")]
pub(super) struct Beyond(pub(super) i64);

pub(super) fn parse(octets: &[u8]) -> Result<i64, Beyond> {
    let octets = &octets[..octets.len().min(MAX)];
    let blank = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r');
    let start = octets.iter().position(|octet| !blank(octet)).unwrap_or(octets.len());
    let (negative, rest) = match &octets[start..] {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let (base, digits) = match rest {
        [b'0', b'x' | b'X', digits @ ..] if digits.first().is_some_and(u8::is_ascii_hexdigit) => (16, digits),
        [b'0', ..] => (8, rest),
        _ => (10, rest),
    };
    let values = digits.iter().map_while(|octet| char::from(*octet).to_digit(base));
    let magnitude =
        values.fold(0i128, |sum, digit| (sum * i128::from(base) + i128::from(digit)).min(1 << 64));
    let value = if negative { -magnitude } else { magnitude };
    // `strtol` stops at the ends of its type.
    let value = value.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
    if (i64::from(i32::MIN)..=i64::from(i32::MAX) + 1).contains(&value) {
        Ok(value)
    } else {
        Err(Beyond(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_file_says() {
        for (text, number) in [
            ("", 0),
            ("\n", 0),
            ("5\n", 5),
            (" \t\x0b\x0c\r\n +7 8", 7),
            ("-12abc", -12),
            ("- 12", 0),
            ("--1", 0),
            ("junk 5", 0),
            ("0x1F\n", 31),
            ("0X1f", 31),
            ("0x", 0),
            ("0xg", 0),
            ("-0x10", -16),
            ("010", 8),
            ("08", 0),
            ("5\x006", 5),
            ("1.9", 1),
            ("1e3", 1),
            ("2147483648", 1 << 31),
            ("-2147483648", -(1 << 31)),
            ("\u{e9}5", 0),
        ] {
            assert_eq!(parse(text.as_bytes()), Ok(number), "{text:?}");
        }
    }

    #[test]
    fn what_is_beyond_is_ignored() {
        for (text, number) in [
            ("2147483649", (1 << 31) + 1),
            ("-2147483649", -(1 << 31) - 1),
            ("99999999999999999999999999999999999999999999999999", i64::MAX),
            ("-0xffffffffffffffffffff", i64::MIN),
        ] {
            assert_eq!(parse(text.as_bytes()), Err(Beyond(number)), "{text:?}");
        }
    }

    #[test]
    fn what_stands_behind_the_limit_does_not_count() {
        let mut text = vec![b' '; MAX - 1];
        text.extend(b"12");
        assert_eq!(parse(&text), Ok(1));
    }

    proptest! {
        #[test]
        fn nothing_panics(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&octets);
        }

        #[test]
        fn a_number_is_itself(number in i32::MIN..=i32::MAX) {
            prop_assert_eq!(parse(format!("{number}\n").as_bytes()), Ok(number.into()));
            if number >= 0 {
                prop_assert_eq!(parse(format!("0x{number:x}").as_bytes()), Ok(number.into()));
                prop_assert_eq!(parse(format!("0{number:o}").as_bytes()), Ok(number.into()));
            }
        }
    }
}
