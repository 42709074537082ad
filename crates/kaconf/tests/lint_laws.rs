//! Laws of lints: they take every text, stay quiet on what is as it should be, and stay quick on what is large.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use kaconf::{
    ExitClass, Loaded, Matches, Options, ReadError, Severity, Source, cluster, lint, load, with_lints,
};
use proptest::prelude::*;

/// One file in memory, on a host of which nothing is known.
struct Text(Vec<u8>);

impl Source for Text {
    fn matches(&self, _dir: &Path, pattern: &str) -> Result<Matches, ReadError> {
        Ok(Matches { paths: vec![PathBuf::from(pattern)], missing: false, wildcard: false })
    }

    fn read(&self, _path: &Path, _limit: usize) -> Result<Vec<u8>, ReadError> {
        Ok(self.0.clone())
    }
}

fn read(text: impl Into<Vec<u8>>) -> Loaded {
    load(&Options::new("main.conf"), &Text(text.into()))
}

/// As [`read`], for texts that make no sense: what helps against each of their words is worked out for a few only.
fn options() -> Options {
    let mut options = Options::new("main.conf");
    options.limits.diagnostics = 3;
    options
}

/// Pieces of configurations that lints look at.
const PIECES: &[&str] = &[
    "global_defs {\n",
    "vrrp_instance A {\n",
    "vrrp_instance B {\n",
    "interface eth0\n",
    "interface eth1\n",
    "virtual_router_id 1\n",
    "virtual_router_id 2\n",
    "state MASTER\n",
    "state BACKUP\n",
    "priority 100\n",
    "priority 255\n",
    "nopreempt\n",
    "preempt_delay 10\n",
    "advert_int 0.1\n",
    "version 3\n",
    "vrrp_strict\n",
    "strict_mode\n",
    "authentication {\nauth_type PASS\nauth_pass ",
    "authentication { auth_type AH\n",
    "secret#1\n",
    "much-too-long\n",
    "unicast_src_ip 192.0.2.1\n",
    "unicast_peer {\n",
    "virtual_ipaddress {\n",
    "192.0.2.1\n",
    "192.0.2.2/24\n",
    "fe80::1\n",
    "virtual_server 192.0.2.1 80 {\n",
    "persistence_timeout 0\n",
    "vrrp_script S {\n",
    "weight 10\n",
    "weight -300\n",
    "track_script {\n",
    "S weight -20\n",
    "S\n",
    "vrrp_sync_group G {\n",
    "group {\n",
    "A\n",
    "}\n",
    "}\n",
    "}\n",
    "$X=1\n",
    "${X}\n",
    "\"",
    "#",
];

fn any_text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        20 => proptest::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..6),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_text_can_be_looked_at(one in any_text(), two in any_text()) {
        let (first, second) = (load(&options(), &Text(one)), load(&options(), &Text(two)));
        let source = Text(Vec::new());
        let found = lint(&first, &source);
        let all = with_lints(first.diagnostics.clone(), &first, &source);
        prop_assert!(all.len() >= found.len());
        for finding in cluster(&[&first, &second, &first]) {
            prop_assert!(finding.node < 3);
            prop_assert!(finding.told(&[&first, &second, &first]).notes.len() >= finding.elsewhere.len());
            prop_assert!(finding.elsewhere.iter().all(|there| there.node < 3 && there.node != finding.node));
        }
    }

    /// Lints of what nobody kept the places of miss some, and say nothing new.
    #[test]
    fn without_an_outline_there_is_no_more_to_say(text in any_text()) {
        let source = Text(text);
        let mut bare = options();
        bare.outline = false;
        let without = lint(&load(&bare, &source), &source);
        let with = lint(&load(&options(), &source), &source);
        let all_at_all: Vec<_> = with.iter().map(|found| found.code).collect();
        prop_assert!(without.iter().all(|found| all_at_all.contains(&found.code)));
    }
}

/// A node of a cluster as it should be, with many virtual routers.
fn node(number: u8, instances: usize) -> String {
    let mut out = String::from("global_defs {\n    vrrp_version 3\n}\n");
    for index in 0..instances {
        let (vrid, net) = (index % 255 + 1, index / 255);
        let priority = 100 + 50 * u32::from((index + usize::from(number)) % 2 == 0);
        let _ = write!(
            out,
            "vrrp_instance VI_{index} {{\n    interface eth{net}\n    virtual_router_id {vrid}\n    \
             priority {priority}\n    advert_int 0.5\n    virtual_ipaddress {{\n        \
             10.{net}.{vrid}.1/24\n        10.{net}.{vrid}.2/24\n    }}\n}}\n"
        );
    }
    out
}

#[test]
fn two_nodes_that_fit_together_give_no_finding() {
    let nodes = [read(node(0, 600)), read(node(1, 600))];
    for loaded in &nodes {
        assert_eq!(loaded.exit_class(), ExitClass::Clean);
        assert_eq!(lint(loaded, &Text(Vec::new())), []);
    }
    assert_eq!(cluster(&[&nodes[0], &nodes[1]]), []);
}

#[test]
fn a_configuration_compared_with_itself_differs_in_nothing_but_who_it_is() {
    let loaded = read(node(0, 10));
    let found = cluster(&[&loaded, &loaded]);
    assert_eq!(found.len(), 10, "every priority is there twice: {found:?}");
    assert!(found.iter().all(|finding| finding.diagnostic.severity == Severity::Warning));
}

/// How long a large cluster may take, a slow machine and a debug build considered. What is quadratic takes minutes.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn five_thousand_instances_are_looked_at_in_no_time() {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut first = node(0, 5000);
        // Everything that can be found, everywhere.
        first = first.replace("    priority 150\n", "    state MASTER\n    nopreempt\n    priority 150\n");
        let second = node(1, 5000).replace("advert_int 0.5", "advert_int 1").replace(".2/24", ".3/24");
        let nodes = [read(first), read(second)];
        let found = lint(&nodes[0], &Text(Vec::new())).len();
        sender.send((found, cluster(&[&nodes[0], &nodes[1]]).len())).unwrap();
    });
    let (found, between) = receiver.recv_timeout(PATIENCE).expect("an answer in time");
    assert!(found >= 1000 && between >= 5000, "{found} {between}");
}
