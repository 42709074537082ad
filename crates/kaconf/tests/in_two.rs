//! A long file is read from two places at once, and nothing but the time depends on it.

use std::collections::HashMap;
use std::path::Path;

use kaconf::{Diagnostic, ExitClass, Limits, Matches, Options, ReadError, Source, load};
use proptest::prelude::*;

/// One file, and one that it may include.
struct Memory(String);

impl Source for Memory {
    fn matches(&self, _: &Path, pattern: &str) -> Result<Matches, ReadError> {
        let paths = vec![pattern.into()];
        Ok(Matches { paths, missing: false, wildcard: false })
    }

    fn read(&self, path: &Path, _: usize) -> Result<Vec<u8>, ReadError> {
        Ok(match path.to_str() {
            Some("more.conf") => SERVER.replace("10.0.0.1", "10.9.9.9").into_bytes(),
            _ => self.0.clone().into_bytes(),
        })
    }
}

type Read = (kaconf::model::Config, Vec<Diagnostic>, Vec<(String, u32)>, ExitClass);

fn read(text: &str, read_in_two: usize, limits: Limits) -> Read {
    let mut options = Options::new("main.conf");
    (options.outline, options.random_seed, options.test) = (false, Some(1), true);
    (options.read_in_two, options.limits) = (read_in_two, limits);
    let loaded = load(&options, &Memory(text.to_owned()));
    let uses =
        loaded.outline.uses().iter().map(|(row, at)| (format!("{} {}", row.block, row.name), at.start));
    let (uses, exit) = (uses.collect(), loaded.exit_class());
    (loaded.config, loaded.diagnostics, uses, exit)
}

fn same(text: &str, limits: Limits) -> Result<(), TestCaseError> {
    let (one, two) = (read(text, usize::MAX, limits), read(text, 0, limits));
    prop_assert_eq!(one, two, "{}", text);
    Ok(())
}

const SERVER: &str = "virtual_server 10.0.0.1 80 {\n lb_algo rr\n lb_kind NAT\n protocol TCP\n \
    real_server 192.168.0.1 80 {\n  weight 2\n  TCP_CHECK {\n   connect_timeout 3\n  }\n }\n}\n";

/// What may stand between plain virtual servers, nearly all of it with a meaning for what comes after.
const BLOCKS: &[&str] = &[
    SERVER,
    SERVER,
    SERVER,
    "virtual_server 10.0.0.2 80 {\n real_server 10.1.0.1 80 {\n }\n}\n",
    "# a comment\n\n",
    "global_defs {\n smtp_alert_checker\n}\n",
    "$PORT=81\n",
    "$BLOCK= virtual_server 10.0.0.5 80 { \\\n real_server 10.1.0.1 80 { \\\n } }\n\n",
    "$BLOCK\n",
    "virtual_server 10.0.0.3 $PORT {\n real_server 10.1.0.1 $PORT {\n }\n}\n",
    "track_file seen {\n file /tmp/seen\n}\n",
    "virtual_server 10.0.0.4 80 {\n real_server 10.1.0.1 80 {\n FILE_CHECK {\n track_file seen\n }\n }\n}\n",
    "virtual_server 10.0.0.6 80 {\n quorum_up /bin/true\n real_server 10.1.0.1 80 {\n }\n}\n",
    "virtual_server 10.0.0.6 80 {\n quorum_down \"/bin/false x\" nobody\n real_server 10.1.0.1 80 {\n }\n}\n",
    "virtual_server group G {\n real_server 10.1.0.1 80 {\n }\n}\n",
    "virtual_server_group G {\n 10.0.1.1-3 80\n}\n",
    "vrrp_instance VI {\n interface eth0\n virtual_router_id 1\n",
    "vrrp_instance VI\n",
    "vrrp_script chk {\n script \"/bin/true\"\n}\n",
    "{\n",
    "}\n",
    "include more.conf\n",
    "~SEQ(i, 1, 3) virtual_server 10.0.2.$i 80 { real_server 10.1.0.$i 80 { weight $i } }\n",
    "@^nobody virtual_server 10.0.3.1 80 { real_server 10.1.0.1 80 { } }\n",
    "virtual_server 10.0.0.7 80\n",
    "virtual_server\n",
    "virtual_server 10.0.0.8 80 {\n weigth 5\n real_server 10.1.0.1 80 {\n }\n}\n",
    "virtual_server 10.0.0.9 80 {\n real_server 10.1.0.1 80 {\n",
    "\"virtual_server\" \"10.0.0.1\" 80 {\n real_server 10.1.0.1 80 {\n } }\n",
    "real_server 1.2.3.4 5 {\n}\n",
    "SSL {\n password x\n}\n",
];

proptest! {
    #[test]
    fn nothing_depends_on_how_many_read(
        blocks in prop::collection::vec(prop::sample::select(BLOCKS), 0..24),
        more in 0..400_usize,
    ) {
        let mut text = blocks.concat();
        // Enough that two threads resolve them too.
        text.push_str(&SERVER.repeat(if more > 380 { more } else { 0 }));
        same(&text, Limits::default())?;
    }

    #[test]
    fn nor_on_where_a_limit_is(servers in 2..8_usize, lines in 0..90_usize) {
        let mut limits = Limits::default();
        limits.lines = lines;
        same(&SERVER.repeat(servers), limits)?;
    }
}

#[test]
fn every_pair_of_blocks() {
    for first in BLOCKS {
        for second in BLOCKS {
            same(&format!("{first}{SERVER}{second}{SERVER}"), Limits::default()).unwrap();
            same(&format!("{SERVER}{first}\n{}{second}", SERVER.repeat(3)), Limits::default()).unwrap();
        }
    }
}

/// The findings of both halves, in their order and with no more of them than are kept.
#[test]
fn findings_of_both_halves() {
    let odd = SERVER.replace(" lb_algo rr\n", "");
    let text = odd.repeat(600);
    for diagnostics in [10, 599, 600, 1000] {
        let mut limits = Limits::default();
        limits.diagnostics = diagnostics;
        same(&text, limits).unwrap();
    }
    let found = read(&text, 0, Limits::default()).1;
    assert_eq!(found.len(), 600);
    let places: HashMap<_, _> = found.iter().map(|found| (found.at, ())).collect();
    assert_eq!(places.len(), 600);
    assert!(found.is_sorted_by_key(|found| found.at.map(|at| at.start)));
}
