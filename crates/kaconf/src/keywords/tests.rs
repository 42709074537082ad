//! Laws of the table.

use super::*;

#[test]
fn every_row_is_read_and_sorted() {
    assert_eq!(all().len(), TABLE.lines().count() - 1);
    assert!(all().len() >= 640);
    let key = |keyword: &Keyword| (keyword.block != "root", keyword.block, keyword.name);
    assert!(all().is_sorted_by(|a, b| key(a) < key(b)));
}

#[test]
fn blocks_are_keywords_of_the_block_around_them() {
    for keyword in all() {
        let (outer, name) = keyword.block.rsplit_once('/').unwrap_or(("root", keyword.block));
        if keyword.block != "root" {
            let found = find(outer, name);
            assert!(
                found.is_some_and(|block| matches!(block.shape, Shape::Block | Shape::Lines)),
                "{} has no row for its block",
                keyword.block
            );
        }
    }
    for keyword in all().iter().filter(|keyword| keyword.shape == Shape::Block) {
        let path = if keyword.block == "root" {
            keyword.name.to_owned()
        } else {
            format!("{}/{}", keyword.block, keyword.name)
        };
        assert!(!block(&path).is_empty(), "{path} has no keywords");
    }
}

#[test]
fn finds_by_block_and_name() {
    assert_eq!(find("root", "vrrp_instance").map(|k| k.shape), Some(Shape::Block));
    assert_eq!(find("vrrp_instance", "virtual_ipaddress").map(|k| k.shape), Some(Shape::Lines));
    assert_eq!(find("global_defs", "virtual_ipaddress"), None);
    assert_eq!(find("global_defs", "vrrp_rlimit_rtime").map(|k| k.status), Some(Status::Old));
}

/// A table that lost a tab would lose a row or shift its columns.
#[test]
fn every_row_has_a_line_of_help() {
    for keyword in all() {
        let (name, help) = (keyword.path(), keyword.help);
        assert!(help.ends_with('.') && help.len() > 10, "{name}: {help}");
        assert!(help.is_ascii() && !help.contains("  "), "{name}: {help}");
        assert!(help.starts_with(|first: char| first.is_ascii_uppercase()), "{name}: {help}");
        assert!(help.len() <= 140, "{name}: {help}");
        let grammar = keyword.grammar;
        assert!(grammar == "-" || !help.starts_with(grammar), "{name} repeats its grammar");
        assert!(!grammar.is_empty() && !keyword.default.is_empty(), "{name}");
        let release = keyword.since.split('.').map(str::parse::<u8>).collect::<Result<Vec<_>, _>>();
        let known = release.is_ok_and(|release| matches!(release[..], [2, 2] | [2, 2..=9, _]));
        assert!(known || keyword.since == "unreleased", "{name}");
    }
}

#[test]
fn what_is_old_names_what_is_newer() {
    for keyword in all() {
        let name = keyword.path();
        assert_eq!(keyword.replacement().is_some(), !keyword.replaced_by.is_empty(), "{name}");
        if let Some(newer) = keyword.replacement() {
            assert_ne!(keyword.status, Status::Current, "{name}");
            assert_eq!(newer.status, Status::Current, "{name}");
        }
        // A deprecated one that has no successor could not be mended by a reader.
        assert!(keyword.status != Status::Deprecated || !keyword.replaced_by.is_empty(), "{name}");
    }
}

#[test]
fn blocks_are_listed_once() {
    let blocks: Vec<_> = blocks().collect();
    assert!(blocks.is_sorted_by(|a, b| a < b) && !blocks.contains(&"root"), "{blocks:?}");
    assert!(blocks.contains(&"SSL") && blocks.contains(&"virtual_server/real_server/HTTP_GET/url"));
}
