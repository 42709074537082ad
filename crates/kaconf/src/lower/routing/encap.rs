//! `encap` of a route or next hop.
//!
//! keepalived goes on with the line at the word that it stumbled over, so that most mistakes are reported twice and
//! cost the line; those that do not leave a wrapping that is empty.

use std::net::IpAddr;

use super::numbers;
use super::words::Words;
use crate::code::Code;
use crate::lower::context::Context;
use crate::model::{Encap, Tunnel};
use crate::source::RoutingNames;

/// What the outer header is called in one of the two families.
struct Header<A> {
    name: &'static str,
    tos: &'static [u8],
    ttl: &'static [u8],
    address: fn(IpAddr) -> Option<A>,
}

/// Reads from the keyword `encap` on. Leaves the words at the last one that belongs to it.
pub(super) fn encap(words: &mut Words<'_>, context: &mut Context<'_>, into: &mut Option<Encap>) {
    words.advance(1);
    if words.done() {
        words.report(
            context,
            Code::RoutePart,
            "encap is missing its type, ignoring it: ip, ip6, mpls or ila",
        );
        return;
    }
    let kind = words.word();
    let before = into.take();
    words.advance(1);
    *into = Some(match (kind, before) {
        (b"ip", Some(Encap::Ip(before))) => Encap::Ip(tunnel(words, context, before, &V4)),
        (b"ip", _) => Encap::Ip(tunnel(words, context, Tunnel::default(), &V4)),
        (b"ip6", Some(Encap::Ip6(before))) => Encap::Ip6(tunnel(words, context, before, &V6)),
        (b"ip6", _) => Encap::Ip6(tunnel(words, context, Tunnel::default(), &V6)),
        (b"mpls", _) => {
            Encap::Mpls(stack(words, context, numbers::labels, "MPLS labels, as 100/200").unwrap_or_default())
        }
        (b"ila", _) => Encap::Ila(
            stack(words, context, numbers::locator, "an ILA locator, as 1:2:3:4").unwrap_or_default(),
        ),
        (_, before) => {
            *into = before;
            words.back();
            let message = format!(
                "encap '{}' is not known, ignoring it and the word behind it: ip, ip6, mpls and ila are",
                words.text()
            );
            words.report(context, Code::RoutePart, &message);
            return words.advance(1);
        }
    });
    words.back();
}

/// The one word that `mpls` and `ila` take.
fn stack<T>(
    words: &mut Words<'_>,
    context: &mut Context<'_>,
    read: fn(&[u8]) -> Option<T>,
    wanted: &str,
) -> Option<T> {
    if words.done() {
        let message = format!("encap needs {wanted}, the route is left with an empty one");
        words.report(context, Code::RoutePart, &message);
        return None;
    }
    let value = read(words.word());
    if value.is_none() {
        let message =
            format!("encap '{}' is not {wanted}, the route is left with an empty one", words.text());
        words.report(context, Code::RoutePart, &message);
    }
    words.advance(1);
    value
}

const V4: Header<std::net::Ipv4Addr> = Header {
    name: "ip",
    tos: b"tos",
    ttl: b"ttl",
    address: |address| match address {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    },
};

const V6: Header<std::net::Ipv6Addr> = Header {
    name: "ip6",
    tos: b"tc",
    ttl: b"hoplimit",
    address: |address| match address {
        IpAddr::V4(_) => None,
        IpAddr::V6(address) => Some(address),
    },
};

/// Pairs of a word and its value, as long as they are of a tunnel.
fn tunnel<A>(
    words: &mut Words<'_>,
    context: &mut Context<'_>,
    mut tunnel: Tunnel<A>,
    header: &Header<A>,
) -> Tunnel<A> {
    while !words.done() && words.has_next() {
        match pair(words, context, &mut tunnel, header) {
            Some(true) => words.advance(2),
            Some(false) => break,
            None => {
                let value = String::from_utf8_lossy(words.peek());
                let message = format!("encap {} cannot use {} '{value}'", header.name, words.text());
                words.report(context, Code::RoutePart, &message);
                (tunnel.destination, tunnel.source) = (None, None);
                return tunnel;
            }
        }
    }
    if tunnel.destination.is_none() && tunnel.id.is_none() {
        let message = format!("encap {} has neither dst nor id, which it needs", header.name);
        words.report(context, Code::RoutePart, &message);
        tunnel.source = None;
    }
    tunnel
}

/// One pair. `Some(false)` if it is none of a tunnel's, `None` if the value cannot be used.
fn pair<A>(
    words: &Words<'_>,
    context: &mut Context<'_>,
    tunnel: &mut Tunnel<A>,
    header: &Header<A>,
) -> Option<bool> {
    let value = words.peek();
    let address = || crate::value::address(value).and_then(header.address);
    match words.word() {
        b"id" => tunnel.id = Some(numbers::unsigned(value, 10)?),
        b"dst" => tunnel.destination = Some(address()?),
        b"src" => tunnel.source = Some(address()?),
        b"flags" => tunnel.flags = Some(numbers::up_to(value, 0xffff)? as u16),
        word if word == header.tos => {
            let number = context.routing.names.number(context.source, RoutingNames::DsField, value)?;
            tunnel.tos = Some(number as u8);
        }
        word if word == header.ttl => tunnel.ttl = Some(numbers::up_to(value, 255)? as u8),
        _ => return Some(false),
    }
    Some(true)
}
