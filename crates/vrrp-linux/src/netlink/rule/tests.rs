use proptest::prelude::*;

use super::*;
use crate::netlink::message::{attributes, hex, messages};

fn network(text: &str) -> Option<IpNetwork> {
    Some(text.parse().unwrap())
}

/// What iproute2 6.1 sent for each line (`strace -e write=3`).
fn golden() -> Vec<(&'static str, Rule, &'static str)> {
    let four = |preference, action| Rule { protocol: Some(18), ..Rule::new(Family::V4, preference, action) };
    vec![
        (
            "not from 10.0.0.0/8 to 10.9.0.0/16 tos 4 fwmark 1/3 table 1000 pref 100 protocol 18",
            Rule {
                invert: true,
                from: network("10.0.0.0/8"),
                to: network("10.9.0.0/16"),
                tos: 4,
                mark: Some((1, 3)),
                ..four(100, RuleAction::Table(1000))
            },
            "54000000200005063140066b00000000021008040000000102000000080002000a000000080001000a09000008000a0001000000080010000300000008000f00e803000008000600640000000500150012000000",
        ),
        (
            "iif d0 oif d1 uidrange 0-5 ipproto tcp sport 10-20 dport 30-30 goto 200 pref 101 protocol 18",
            Rule {
                input: Some("d0".into()),
                output: Some("d1".into()),
                uids: Some((0, 5)),
                ip_protocol: Some(6),
                source_ports: Some((10, 20)),
                destination_ports: Some((30, 30)),
                ..four(101, RuleAction::Goto(200))
            },
            "68000000200005063140066b00000000020000000000000200000000070003006430000007001100643100000c00140000000000050000000500160006000000080017000a001400080018001e001e0008000400c800000008000600650000000500150012000000",
        ),
        (
            "l3mdev pref 103 protocol 18",
            four(103, RuleAction::L3mdev),
            "34000000200005063140066b00000000020000000000000100000000050013000100000008000600670000000500150012000000",
        ),
        (
            "from 2001:db8::/32 unreachable pref 106 protocol 18",
            Rule { family: Family::V6, from: network("2001:db8::/32"), ..four(106, RuleAction::Unreachable) },
            "40000000200005063240066b000000000a00200000000007000000001400020020010db8000000000000000000000000080006006a0000000500150012000000",
        ),
    ]
}

/// Kind, flags, what stands before the attributes, and these in order.
type Said = (u16, u16, Vec<u8>, Vec<(u16, Vec<u8>)>);

fn said(octets: &[u8]) -> Said {
    let message = messages(octets).next().expect("a whole message");
    let mut list: Vec<_> = attributes(message.body, 12).map(|(kind, value)| (kind, value.to_vec())).collect();
    list.sort();
    (message.kind, message.flags & !(libc::NLM_F_ACK as u16), message.body[..12].to_vec(), list)
}

#[test]
fn requests_are_those_of_iproute2() {
    for (line, rule, octets) in golden() {
        let mut ours = Vec::new();
        rule.encode_add(7, &mut ours).unwrap();
        assert_eq!(said(&ours), said(&hex(octets)), "{line}");
    }
}

#[test]
fn what_is_asked_for_is_what_is_reported() {
    for (line, rule, octets) in golden() {
        let octets = hex(octets);
        let reported = Rule::parse(messages(&octets).next().unwrap().body).unwrap();
        assert_eq!(reported, rule, "{line}");
        assert!(
            Rule { protocol: None, from: rule.from.or(network("0.0.0.0/0")), ..rule.clone() }.is(&reported)
        );
        assert!(!Rule { preference: 1, ..rule.clone() }.is(&reported));
        assert!(!Rule { tunnel_id: 9, ..rule }.is(&reported));
    }
}

/// The rest of the grammar: what is written is read.
#[test]
fn nothing_that_is_said_is_lost() {
    let rule = Rule {
        realms: 1 << 16 | 2,
        tunnel_id: 9,
        suppress_prefix_length: Some(4),
        suppress_group: Some(3),
        ..Rule::new(Family::V4, 105, RuleAction::Table(100))
    };
    for action in [RuleAction::Nop, RuleAction::Blackhole, RuleAction::Prohibit, RuleAction::Table(100)] {
        let rule = Rule { action, ..rule.clone() };
        let mut octets = Vec::new();
        rule.encode_remove(1, &mut octets).unwrap();
        assert_eq!(Rule::parse(messages(&octets).next().unwrap().body), Some(rule));
    }
    let mixed = Rule { from: network("2001:db8::/32"), ..rule };
    assert!(mixed.encode_add(1, &mut Vec::new()).is_err());
}

proptest! {
    #[test]
    fn junk_is_no_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut octets = octets;
        if let Some(family) = octets.first_mut() {
            *family = libc::AF_INET as u8;
        }
        Rule::parse(&octets);
    }
}
