//! What `global_defs` and the root say is dumped so that it reads back to the same.

use std::path::{Path, PathBuf};

use kaconf::{Class, Code, Diagnostic, Loaded, Matches, Options, ReadError, Source, dump, keywords, load};
use proptest::prelude::*;

/// One file in memory; nothing is known of the host.
struct Text(String);

impl Source for Text {
    fn matches(&self, _: &Path, _: &str) -> Result<Matches, ReadError> {
        Ok(Matches { paths: vec![PathBuf::from("main.conf")], missing: false, wildcard: false })
    }

    fn read(&self, _: &Path, _: usize) -> Result<Vec<u8>, ReadError> {
        Ok(self.0.clone().into_bytes())
    }
}

fn read(text: &str) -> Loaded {
    let mut options = Options::new("main.conf");
    options.test = true;
    load(&options, &Text(text.to_owned()))
}

/// Values that some keyword takes, and what is hard to say again.
const WORDS: [&str; 58] = [
    "0",
    "1",
    "2",
    "3",
    "30",
    "99",
    "255",
    "1000",
    "4294967295",
    "-1",
    "-5",
    "1.5",
    "0.000001",
    "0x12",
    "017",
    "true",
    "off",
    "yes",
    "all",
    "VS",
    "tcp",
    "tcpfin",
    "udp",
    "id",
    "inst",
    "maxlen",
    "port",
    "ttl",
    "group",
    "MTU",
    "advert",
    "allow_if_changes",
    "224.0.0.5",
    "ff02::5",
    "ff05::5",
    "10.0.0.1",
    "IRUSR|IWGRP",
    "eth1",
    "a-name-of-more-than-fifteen",
    "abcdefghijklmnopqrstuvwxyz0123",
    "k6",
    "/run/x",
    "/run/y/",
    "\"\"",
    "\"two words\"",
    "\"# ! { }\"",
    "\"$_PWD\"",
    "\"${X}\"",
    "\"@home\"",
    "\"~SEQ(\"",
    "\"include x\"",
    "a\\#b",
    "back\\slash",
    "ünï",
    "it's",
    "\"/bin/x 'one word' \\x22\\x24A\\\\ it\\'s\"",
    "'/bin/x \\t \\x01'",
    "</dev/null",
];

fn line() -> impl Strategy<Value = String> {
    let names: Vec<_> = keywords::block("global_defs").iter().map(|keyword| keyword.name).collect();
    let name = prop::sample::select(names);
    let words = prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..5);
    (name, words).prop_map(|(name, words)| match name {
        "notification_email" => format!("notification_email {{\n {}\n }}", words.join(" ")),
        // Stops the reading of a configuration that lacks a word somewhere.
        _ => format!("{name} {}", if words.is_empty() { "1".to_owned() } else { words.join(" ") }),
    })
}

fn root_line() -> impl Strategy<Value = String> {
    let names = ["net_namespace", "net_namespace_ipvs", "instance", "child_wait_time", "use_pid_dir"];
    let flags = ["namespace_with_ipsets", "linkbeat_use_polling"];
    let name = prop::sample::select([&names[..], &flags[..]].concat());
    (name, prop::sample::select(WORDS.to_vec())).prop_map(|(name, word)| format!("{name} {word}"))
}

proptest! {
    #[test]
    fn a_dump_reads_back_to_the_same(
        root in prop::collection::vec(root_line(), 0..4),
        lines in prop::collection::vec(line(), 0..40),
    ) {
        let text = format!("{}\nglobal_defs {{\n {}\n}}\n", root.join("\n"), lines.join("\n "));
        let first = read(&text);
        let dumped = dump(&first.config);
        let second = read(&dumped);
        prop_assert_eq!(&first.config.global, &second.config.global, "{}\nwas dumped as\n{}", text, dumped);
        prop_assert_eq!(&dump(&second.config), &dumped);
        // A group that is not link-local is odd, scripts without security are refused: both are meant.
        let meant = [Code::BadAddress, Code::SecurityOff];
        let counts = |diagnostic: &&Diagnostic| diagnostic.class != Class::None && !meant.contains(&diagnostic.code);
        prop_assert_eq!(second.diagnostics.iter().find(counts), None, "{}", dumped);
    }
}

#[test]
fn a_dump_of_nothing_is_read_without_a_word() {
    let dumped = dump(&read("").config);
    assert_eq!(read(&dumped).diagnostics, [], "{dumped}");
}
