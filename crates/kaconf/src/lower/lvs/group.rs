//! `virtual_server_group`: lines with addresses, ranges of addresses, and firewall marks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use vrrp_types::Family;

use super::values;
use crate::code::Code;
use crate::expand::Statement;
use crate::lower::context::Context;
use crate::lower::reader::Reader;
use crate::model::{AddressRange, GroupFwmark, VirtualServerGroup};
use crate::value;

impl Reader<'_> {
    /// Reads a `virtual_server_group`. True if a statement was read that is not part of it.
    pub(super) fn virtual_server_group(&mut self, statement: &mut Statement) -> bool {
        let head = std::mem::take(statement);
        if self.context.need(&head, 1).is_none() {
            return false;
        }
        if head.len() > 2 {
            let message = "virtual_server_group takes one name, what follows it is not read".to_owned();
            self.stop(&head, 2, message);
            return false;
        }
        let mut group = VirtualServerGroup::new(head.text(1).into());
        self.recorder.enter();
        if self.next(statement) && !statement.is_open() {
            let message = "virtual_server_group without '{', what follows it is not read".to_owned();
            self.stop(statement, 0, message);
        }
        while self.next(statement) && !statement.is_close() {
            self.recorder.line(statement);
            member(&mut self.context, statement, &mut group);
        }
        self.recorder.leave();
        if !self.context.stopped {
            self.group_end(group, &head);
        }
        false
    }

    /// keepalived ends where it looks for a word that is not there.
    fn stop(&mut self, statement: &Statement, word: usize, message: String) {
        self.context.report(statement, word, Code::MissingParameter, message);
        self.context.stopped = true;
    }

    fn group_end(&mut self, mut group: VirtualServerGroup, head: &Statement) {
        let facts = super::reach::GroupFacts::of(&group);
        let problem = if group.addresses.is_empty() && group.fwmarks.is_empty() {
            "has no members"
        } else if facts.v4 && facts.v6 && facts.mark_of_any_family {
            "has members of both families and a fwmark that is of neither"
        } else {
            group.addresses.shrink_to_fit();
            group.fwmarks.shrink_to_fit();
            return self.lvs.groups.push(group);
        };
        let message = format!("virtual_server_group {} {problem}, leaving it out", group.name);
        self.context.report(head, 1, Code::GroupLeftOut, message);
    }
}

fn member(context: &mut Context<'_>, line: &Statement, group: &mut VirtualServerGroup) {
    if line.word(0) == b"fwmark" {
        if let Some(mark) = fwmark(context, line) {
            group.fwmarks.push(mark);
        }
    } else if let Some(range) = addresses(context, line) {
        group.addresses.push(range);
    }
}

/// `fwmark MARK [inet|inet6]`
fn fwmark(context: &mut Context<'_>, line: &Statement) -> Option<GroupFwmark> {
    let mark = values::number_in(context, line, 1, 0..=i64::from(u32::MAX), "fwmark", "skipping it", true)?;
    let family = match line.word(2) {
        b"inet" => Some(Family::V4),
        b"inet6" => Some(Family::V6),
        _ if line.len() < 3 => None,
        _ => {
            let message = format!(
                "unknown family '{}' of fwmark {mark}, skipping it: inet and inet6 are known",
                line.text(2)
            );
            context.report(line, 2, Code::BadValue, message);
            return None;
        }
    };
    Some(GroupFwmark { mark, family })
}

/// `FIRST [PORT]`, `FIRST-LAST [PORT]`, `FIRST-END [PORT]`, `FIRST/LENGTH [PORT]`
fn addresses(context: &mut Context<'_>, line: &Statement) -> Option<AddressRange> {
    let first = values::socket_address(context, line, 0, "virtual server group", "skipping it")?;
    let last = match last_of(line.word(0), first.ip(), !context.test) {
        Ok(last) => last,
        Err(problem) => {
            let code = if problem == END_TOO_LARGE { Code::BadNumber } else { Code::BadAddress };
            context.report(line, 0, code, format!("'{}' {problem}, skipping it", line.text(0)));
            return None;
        }
    };
    Some(AddressRange { first: first.ip(), last, port: first.port() })
}

const END_TOO_LARGE: &str = "ends with something that is not the last part of an address";

/// The last address of a range that begins with `first`.
fn last_of(word: &[u8], first: IpAddr, lenient: bool) -> Result<IpAddr, &'static str> {
    if let Some(slash) = word.iter().position(|octet| *octet == b'/') {
        return last_of_network(&word[slash + 1..], first);
    }
    let Some(dash) = word.iter().position(|octet| *octet == b'-') else { return Ok(first) };
    let end = &word[dash + 1..];
    let separator = if first.is_ipv4() { b'.' } else { b':' };
    if !end.contains(&separator) {
        return last_by_part(end, first, lenient);
    }
    let last = value::host(end).ok_or("ends with something that is not an IP address")?;
    if first.is_ipv4() != last.is_ipv4() {
        return Err("mixes IPv4 and IPv6");
    }
    if last < first { Err("ends before it begins") } else { Ok(last) }
}

/// A range whose end is only the last octet, or the last group of hexadecimal digits.
fn last_by_part(end: &[u8], first: IpAddr, lenient: bool) -> Result<IpAddr, &'static str> {
    let digits = |radix: u32| {
        let len = end.iter().take_while(|octet| char::from(**octet).is_digit(radix)).count();
        let text = std::str::from_utf8(&end[..len]).unwrap_or_default();
        let whole = len == end.len() || lenient;
        let number = if len == 0 { Ok(0) } else { u16::from_str_radix(text, radix) };
        number.ok().filter(|_| whole).ok_or(END_TOO_LARGE)
    };
    let (last, grows) = match first {
        IpAddr::V4(first) => {
            let [a, b, c, from] = first.octets();
            let to = u8::try_from(digits(10)?).map_err(|_| END_TOO_LARGE)?;
            (Ipv4Addr::new(a, b, c, to).into(), from < to)
        }
        IpAddr::V6(first) => {
            let mut groups = first.segments();
            let to = digits(16)?;
            let from = std::mem::replace(&mut groups[7], to);
            (Ipv6Addr::from(groups).into(), from < to)
        }
    };
    if grows { Ok(last) } else { Err("does not end after it begins") }
}

fn last_of_network(length: &[u8], first: IpAddr) -> Result<IpAddr, &'static str> {
    let bits = if first.is_ipv4() { 32 } else { 128 };
    let length = value::number(length, 1, bits, false).value.ok_or("has no length of a network")? as u32;
    let (last, host) = match first {
        IpAddr::V4(first) => {
            let host = u32::MAX.checked_shr(length).unwrap_or(0);
            (Ipv4Addr::from_bits(first.to_bits() | host).into(), first.to_bits() & host != 0)
        }
        IpAddr::V6(first) => {
            let host = u128::MAX.checked_shr(length).unwrap_or(0);
            (Ipv6Addr::from_bits(first.to_bits() | host).into(), first.to_bits() & host != 0)
        }
    };
    if host { Err("has bits beyond the length of its network") } else { Ok(last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_ranges_end() {
        for (word, wanted) in [
            ("10.0.0.1", Ok("10.0.0.1")),
            ("10.0.0.1-5", Ok("10.0.0.5")),
            ("10.0.0.1-10.0.1.5", Ok("10.0.1.5")),
            ("10.0.0.5-10.0.0.1", Err("ends before it begins")),
            ("10.0.0.5-5", Err("does not end after it begins")),
            ("10.0.0.5-256", Err(END_TOO_LARGE)),
            ("10.0.0.5-9x", Err(END_TOO_LARGE)),
            ("10.0.0.0/30", Ok("10.0.0.3")),
            ("10.0.0.1/32", Ok("10.0.0.1")),
            ("10.0.0.1/30", Err("has bits beyond the length of its network")),
            ("10.0.0.0/33", Err("has no length of a network")),
            ("10.0.0.0/0", Err("has no length of a network")),
            ("fe80::1-ff", Ok("fe80::ff")),
            ("fe80::1-fe80::2:0", Ok("fe80::2:0")),
            ("fe80::/64", Ok("fe80::ffff:ffff:ffff:ffff")),
        ] {
            let first = value::host(word.as_bytes()).unwrap();
            let last = last_of(word.as_bytes(), first, false);
            assert_eq!(last, wanted.map(|last| last.parse().unwrap()), "{word}");
        }
    }
}
