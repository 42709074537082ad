use super::*;
use proptest::prelude::*;

const FILE: &str = "\
global_defs { router_id  a }
! the first
vrrp_instance VI_1
{
\tpriority   100\t# low
\tpriority 101 # counts
\t@node-b priority 90
\tnopreempt
\tvirtual_ipaddress { 10.0.0.1 } # one
\tauthentication {
\t}   # none
}
vrrp_instance \"VI 2\" { priority 1 }
@node-a vrrp_instance VI_3 { priority 1 }
odd { include {a,b}.conf }
vrrp_instance open {
";

type Edit = fn(&mut Document) -> Result<(), EditError>;

/// The lines that differ, as `-old` and `+new`.
fn changed(before: &str, after: &str) -> Vec<String> {
    let (mut old, mut new): (Vec<_>, Vec<_>) =
        (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    (old, new) = (old.split_off(same), new.split_off(same));
    let same = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    old.truncate(old.len() - same);
    new.truncate(new.len() - same);
    old.iter().map(|line| format!("-{line}")).chain(new.iter().map(|line| format!("+{line}"))).collect()
}

#[test]
fn an_edit_changes_its_own_line_only() {
    let cases: [(Edit, &[&str]); 11] = [
        (
            |file| file.set(&["vrrp_instance VI_1"], "priority", "150"),
            &["-\tpriority 101 # counts\n", "+\tpriority 150 # counts\n"],
        ),
        (|file| file.set(&["vrrp_instance VI_1"], "state", "MASTER"), &["+\tstate MASTER\n"]),
        (
            |file| file.set(&["vrrp_instance VI_1"], "nopreempt", "off"),
            &["-\tnopreempt\n", "+\tnopreempt off\n"],
        ),
        (
            |file| file.add(&["vrrp_instance VI_1", "virtual_ipaddress"], "10.0.0.2 dev eth0"),
            &[
                "-\tvirtual_ipaddress { 10.0.0.1 } # one\n",
                "+\tvirtual_ipaddress { 10.0.0.1\n",
                "+\t    10.0.0.2 dev eth0\n",
                "+\t} # one\n",
            ],
        ),
        (
            |file| file.add(&["vrrp_instance VI_1", "authentication"], "auth_pass \"a # b\""),
            &["+\t    auth_pass \"a # b\"\n"],
        ),
        (
            |file| file.set(&["global_defs"], "router_id", "\"b c\""),
            &["-global_defs { router_id  a }\n", "+global_defs { router_id  \"b c\" }\n"],
        ),
        (
            |file| file.remove(&["vrrp_instance VI_1"], "priority").map(drop),
            &["-\tpriority   100\t# low\n", "-\tpriority 101 # counts\n"],
        ),
        (
            |file| file.remove(&["vrrp_instance VI_1"], "authentication").map(drop),
            &["-\tauthentication {\n", "-\t}   # none\n"],
        ),
        (
            |file| file.remove(&["vrrp_instance \"VI 2\""], "priority").map(drop),
            &["-vrrp_instance \"VI 2\" { priority 1 }\n", "+vrrp_instance \"VI 2\" { }\n"],
        ),
        (|file| file.remove(&["vrrp_instance VI_1"], "none").map(drop), &[]),
        (
            |file| file.add(&["vrrp_instance \"VI 2\""], "@node-b priority 9"),
            &[
                "-vrrp_instance \"VI 2\" { priority 1 }\n",
                "+vrrp_instance \"VI 2\" { priority 1\n",
                "+    @node-b priority 9\n",
                "+}\n",
            ],
        ),
    ];
    for (edit, want) in cases {
        let mut file = Document::new(FILE);
        edit(&mut file).unwrap();
        let text = String::from_utf8(file.text().to_vec()).unwrap();
        assert_eq!(changed(FILE, &text), want, "{text}");
    }
}

#[test]
fn what_cannot_be_edited_is_refused_and_stays() {
    let long = "x".repeat(1030);
    let block = &["vrrp_instance VI_1"][..];
    let cases: [(&[&str], &str, &str); 14] = [
        (&[], "priority", "1"),
        (&["vrrp_instance VI_9"], "priority", "1"),
        (&["vrrp_instance"], "priority", "1"),
        (&["vrrp_instance VI_3"], "priority", "1"),
        (&["@node-a vrrp_instance VI_3"], "priority", "1"),
        (&["vrrp_instance open"], "priority", "1"),
        (&["odd"], "priority", "1"),
        (block, "priority", "1 }"),
        (block, "priority", "1 # one"),
        (block, "priority", "1\n}"),
        (block, "priority", "\"1"),
        (block, "priority", "1 \\"),
        (block, "two words", "1"),
        (block, "priority", &long),
    ];
    for (block, keyword, value) in cases {
        let mut file = Document::new(FILE);
        assert!(file.set(block, keyword, value).is_err(), "{block:?} {keyword} {value}");
        assert_eq!(file.text(), FILE.as_bytes());
    }
}

#[test]
fn line_ends_are_those_of_the_file() {
    let mut file = Document::new("global_defs {\r\n}\r\nx");
    file.set(&["global_defs"], "router_id", "a").unwrap();
    file.add(&[], "y").unwrap();
    assert_eq!(file.text(), b"global_defs {\r\n    router_id a\r\n}\r\nx\r\ny\r\n");
}

proptest! {
    #[test]
    fn what_was_set_is_got_and_what_was_added_is_removed(
        lines in prop::collection::vec(
            prop::sample::select(vec!["a 1", "a 2 # x", "b { a 3 }", "# a 4", "", "$A= \\", "a", "c {\n a 5\n}", "@x a 6"]),
            0..9,
        ),
        value in "[a-z0-9/.$]{1,9}",
    ) {
        let text = format!("k n {{\n{}\n\n}}\nk m {{\n}}\n", lines.join("\n"));
        let mut file = Document::new(text.clone());
        file.set(&["k n"], "a", &value).unwrap();
        prop_assert_eq!(file.get(&["k n"], "a"), Some(value.as_bytes()));
        let behind = b"k m {\n}\n";
        prop_assert!(file.text().ends_with(behind));
        let mut file = Document::new(text.clone());
        file.add(&["k n"], &format!("new {value}")).unwrap();
        prop_assert_eq!(file.get(&["k n"], "new"), Some(value.as_bytes()));
        prop_assert_eq!(file.remove(&["k n"], "new"), Ok(1));
        prop_assert_eq!(file.text(), text.as_bytes());
    }
}
