//! Tables made and removed, with `nft list table` as the witness.

use std::process::Command;

use vrrp_linux::netlink::nftables::{
    NftBatch, NftElement, NftError, NftExpr, NftFamily, NftHook, NftMeta, NftRegister, NftSet, NftTable,
    NftType, NftVerdict, Nftables,
};

fn table(name: &str, family: NftFamily) -> NftTable {
    NftTable { family, name: name.into() }
}

fn listed(table: &NftTable) -> String {
    let family = if table.family == NftFamily::V4 { "ip" } else { "ip6" };
    let output = Command::new("nft").args(["-s", "list", "table", family, &table.name]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn set<'a>(name: &'a str, key: &'a [NftType]) -> NftSet<'a> {
    NftSet { name, key, data: None, constant: false }
}

fn add_rules(table: &NftTable, batch: &mut NftBatch) {
    let mut ten = vec![0; 16];
    (ten[0], ten[1]) = (0xff, 0xc0);
    let mut link_local = ten.clone();
    (link_local[0], link_local[1]) = (0xfe, 0x80);
    let source = NftExpr::Network { offset: 8, len: 16 };
    batch.add_rule(
        table,
        "out",
        &[
            source.clone(),
            NftExpr::Mask(ten),
            NftExpr::Equal(NftRegister::One, link_local),
            NftExpr::Counter,
            NftExpr::Verdict(NftVerdict::Goto("more".into())),
        ],
    );
    let by_name = NftExpr::Meta(NftMeta::OutputName, NftRegister::Two);
    let found = NftExpr::In(NftRegister::One, "places".into());
    batch.add_rule(table, "more", &[source, by_name, found, NftExpr::Verdict(NftVerdict::Drop)]);
    batch.add_rule(
        table,
        "out",
        &[
            NftExpr::Meta(NftMeta::Protocol, NftRegister::One),
            NftExpr::Equal(NftRegister::One, vec![58]),
            NftExpr::Transport { offset: 0, len: 1 },
            NftExpr::In(NftRegister::One, "types".into()),
            NftExpr::Meta(NftMeta::OutputKind, NftRegister::Two),
            NftExpr::named(NftRegister::Two, "macvlan"),
            NftExpr::Network { offset: 24, len: 16 },
            NftExpr::Meta(NftMeta::OutputIndex, NftRegister::Two),
            NftExpr::Map(NftRegister::Two, "below".into()),
            NftExpr::Duplicate,
            NftExpr::Verdict(NftVerdict::Accept),
        ],
    );
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn all_that_a_table_can_hold() {
    let table = table("kt-all", NftFamily::V6);
    let mut batch = NftBatch::new();
    batch.add_table(&table);
    batch.add_base_chain(&table, "out", NftHook::Output, -150);
    batch.add_base_chain(&table, "in", NftHook::Input, 7);
    batch.add_chain(&table, "more");
    batch.add_set(&table, &set("places", &[NftType::V6, NftType::Name]));
    batch.add_set(&table, &NftSet { constant: true, ..set("types", &[NftType::Icmpv6]) });
    batch.add_elements(&table, "types", &[NftElement::of([135]), NftElement::of([136])]);
    batch.add_set(&table, &NftSet { data: Some(NftType::Index), ..set("below", &[NftType::Index]) });
    let lo = 1_u32.to_ne_bytes().to_vec();
    batch.add_elements(&table, "below", &[NftElement { key: lo.clone(), data: Some(lo) }]);
    let mut place = [0; 32];
    (place[0], place[1], place[15]) = (0xfe, 0x80, 1);
    place[16..20].copy_from_slice(b"eth0");
    batch.add_elements(&table, "places", &[NftElement::of(place)]);
    add_rules(&table, &mut batch);
    let mut nftables = Nftables::open().unwrap();
    assert_eq!(nftables.has_table(&table), Ok(false));
    assert_eq!(nftables.apply(&batch), Ok(()));
    assert_eq!(nftables.has_table(&table), Ok(true));
    assert_eq!(
        ["places", "below", "others"].map(|set| nftables.has_set(&table, set)),
        [Ok(true), Ok(true), Ok(false)]
    );
    let text = listed(&table);
    for words in [
        "type filter hook output priority mangle; policy accept;",
        "type filter hook input priority filter + 7; policy accept;",
        "type ipv6_addr . ifname\n\t\telements = { fe80::1 . \"eth0\" }",
        "type icmpv6_type\n\t\tflags constant\n\t\telements = { nd-neighbor-solicit,\n\t\t\t     nd-neighbor-advert }",
        "type iface_index : iface_index\n\t\telements = { \"lo\" : \"lo\" }",
        "\t\tip6 saddr fe80::/10 counter goto more\n",
        "\t\tip6 saddr . oifname @places drop\n",
        "\t\ticmpv6 type @types meta oifkind \"macvlan\" dup to ip6 daddr device oif map @below accept\n",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let mut batch = NftBatch::new();
    batch.remove_table(&table);
    assert_eq!(nftables.apply(&batch), Ok(()));
    assert_eq!(nftables.apply(&batch), Err(NftError::NotThere));
    assert_eq!(listed(&table), "");
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn a_batch_is_done_whole_or_not_at_all() {
    let table = table("kt-whole", NftFamily::V4);
    let mut nftables = Nftables::open().unwrap();
    let mut batch = NftBatch::new();
    batch.add_table(&table);
    batch.add_set(&table, &set("vips", &[NftType::V4]));
    batch.remove_elements(&table, "vips", &[NftElement::of([10, 0, 0, 1])]);
    batch.add_set(&table, &set("others", &[NftType::V4]));
    assert_eq!(nftables.apply(&batch), Err(NftError::NotThere));
    assert_eq!(nftables.has_table(&table), Ok(false));
    let long = NftTable { name: "x".repeat(256), ..table.clone() };
    let mut batch = NftBatch::new();
    batch.add_table(&long);
    assert_eq!(nftables.apply(&batch), Err(NftError::Unencodable));

    // As many as a transaction of the daemon's has, in several messages.
    let elements: Vec<_> = (0..2_048_u32).map(|n| NftElement::of((0x0a00_0000 + n).to_be_bytes())).collect();
    let mut batch = NftBatch::new();
    batch.add_table(&table);
    batch.add_set(&table, &set("vips", &[NftType::V4]));
    batch.add_elements(&table, "vips", &elements);
    assert_eq!(nftables.apply(&batch), Ok(()));
    assert!(listed(&table).contains("10.0.7.255"));
    let mut batch = NftBatch::new();
    batch.remove_elements(&table, "vips", &elements);
    assert_eq!(nftables.apply(&batch), Ok(()));
    assert!(!listed(&table).contains("elements"));
    let mut batch = NftBatch::new();
    batch.remove_table(&table);
    assert_eq!(nftables.apply(&batch), Ok(()));
}
