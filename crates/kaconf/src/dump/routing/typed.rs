//! Whatever somebody types, what was made of it is written so that it reads back to the same.

use proptest::prelude::*;
use proptest::sample::select;

use super::tests::Memory;
use crate::model::Config;
use crate::{Options, dump, keywords, load};

/// Values that fit one keyword or another, and some that fit none.
const VALUES: &[&str] = &[
    "10.0.0.0/8",
    "192.168.1.5/24",
    "10.0.0.1",
    "2001:db8::/32",
    "fe80::1",
    "default",
    "any",
    "default6",
    "eth0",
    "lock",
    "0",
    "1",
    "7",
    "256",
    "-1",
    "0x10",
    "010",
    "5x",
    "4294967295",
    "18446744073709551615",
    "main",
    "link",
    "300ms",
    "1.5s",
    "1/2",
    "1-2",
    "ip",
    "ip6",
    "mpls",
    "ila",
    "id",
    "dst",
    "flags",
    "100/200",
    "1:2:3:4",
    "weight",
    "blackhole",
    "unreachable",
    "ecn",
    "enabled",
    "forever",
    "+",
    "-",
    "g",
    "\"\"",
    "\" 5\"",
    "é",
];

/// Lines of words from the keywords of a block and from the values.
fn lines(block: &str) -> impl Strategy<Value = String> + use<> {
    let keywords: Vec<&str> = keywords::block(block).iter().map(|keyword| keyword.name).collect();
    let word = prop_oneof![select(keywords), select(VALUES), select(VALUES)];
    let line = prop::collection::vec(word, 1..9).prop_map(|words| words.join(" "));
    // Most lines by chance are useless: one that is not stands before each.
    let start =
        select(vec!["", "10.0.0.0/8 ", "table 5 preference 1 ", "default dev eth0 ", "::1 dev eth0 "]);
    prop::collection::vec((start, line).prop_map(|(start, line)| format!("{start}{line}\n")), 1..6)
        .prop_map(|lines| lines.concat())
}

fn read(text: &str) -> Config {
    load(&Options::new("main.conf"), &Memory(text.to_owned())).config
}

proptest! {
    #[test]
    fn what_is_typed_reads_back(
        addresses in lines("vrrp_instance/virtual_ipaddress"),
        routes in lines("vrrp_instance/virtual_routes"),
        rules in lines("vrrp_instance/virtual_rules"),
    ) {
        for (block, lines) in [("ipaddress", addresses), ("routes", routes), ("rules", rules)] {
            let text = format!("track_group g {{\n group {{\n A\n }}\n}}\nstatic_{block} {{\n{lines}}}\n");
            let typed = read(&text);
            let written = dump(&typed);
            let again = read(&written);
            prop_assert_eq!(&again.static_addresses, &typed.static_addresses, "{}{}", text, written);
            prop_assert_eq!(&again.static_routes, &typed.static_routes, "{}{}", text, written);
            prop_assert_eq!(&again.static_rules, &typed.static_rules, "{}{}", text, written);
            prop_assert_eq!(dump(&again), written);
        }
    }
}
