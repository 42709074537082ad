//! The list against the code: who acts on a keyword reads the field of the model that the keyword fills. Which that is
//! stands in the field's own documentation.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::HEEDED;
use kaconf::keywords;

/// Keywords that have come to their effect when the model is made: defaults of others, how the file is read.
const AT_READING: &[&str] = &[
    "auth_pass",
    "auth_type",
    "default_interface",
    "enable_script_security",
    "global_tracking",
    "include",
    "includea",
    "includeb",
    "include_check",
    "includem",
    "includer",
    "includew",
    "iproute_etc_dir",
    "iproute_usr_dir",
    "native_ipv6",
    "no_virtual_ipaddress",
    "random_seed",
    "smtp_alert_vrrp",
    "strict_mode",
    "sync_group_tracking_weight",
    "use_symlink_paths",
    "vrrp_check_unicast_src",
    "vrrp_ipsets",
    "vrrp_mcast_group4",
    "vrrp_mcast_group6",
    "vrrp_notify_priority_changes",
    "vrrp_strict",
];

/// Keywords by another name than the documentation of their field has.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("no_accept", "accept"),
    ("preempt", "nopreempt"),
    ("thread_timer_expired", "timer_expired_backup"),
    ("vmac_garp_intvl", "garp_extra_if"),
    ("vrrp_netlink_cmd_rcv_bufs_force", "vrrp_netlink_cmd_rcv_bufs"),
    ("vrrp_netlink_monitor_rcv_bufs_force", "vrrp_netlink_monitor_rcv_bufs"),
    ("process_monitor_rcv_bufs_force", "process_monitor_rcv_bufs"),
    ("vrrp_rlimit_rtime", "vrrp_rlimit_rttime"),
    ("vrrp_track_file", "track_file"),
    ("vrrp_vmac_garp_intvl", "vrrp_garp_extra_if"),
];

/// Fields that are read and of which nothing comes but a word about it.
const ONLY_TOLD: &[&str] = &[
    "has_virtual_servers",
    "net_namespace_ipvs",
    "nftables_ipvs",
    "no_checkers",
    "virtual_server_groups",
    "virtual_servers",
];

fn sources(directory: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Names that stand in the code of the daemon, what only shows the model left aside.
fn names_in_code() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&here().join("src"), &mut files);
    let aside = |path: &Path| {
        let of = |part: &str| path.components().any(|component| component.as_os_str() == part);
        of("tests.rs")
            || of("tests")
            || of("tool")
            || of("demo")
            || of("heeded")
            || (of("dump") && !path.ends_with("dump/mod.rs") && !path.ends_with("json/mod.rs"))
    };
    let mut names = BTreeSet::new();
    for file in files.iter().filter(|path| !aside(path)) {
        let text = fs::read_to_string(file).unwrap();
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned);
        names.extend(words);
    }
    names
}

/// Fields and variants of the model, by the keywords that their documentation names; `*_priority` is every keyword with
/// that end.
fn fields_of_keywords() -> BTreeMap<String, BTreeSet<String>> {
    let mut files = Vec::new();
    sources(&here().join("../kaconf/src/model"), &mut files);
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let mut said = String::new();
        for line in text.lines().map(str::trim) {
            if let Some(words) = line.strip_prefix("///") {
                said.push_str(words);
            } else if !line.starts_with("#[") {
                let name = line.trim_start_matches("pub ").split([':', ',', '(', ' ']).next().unwrap();
                for keyword in said.split('`').skip(1).step_by(2) {
                    fields.entry(keyword.to_owned()).or_default().insert(name.to_owned());
                }
                said.clear();
            }
        }
    }
    fields
}

fn fields<'a>(all: &'a BTreeMap<String, BTreeSet<String>>, keyword: &str) -> BTreeSet<&'a str> {
    let other = OTHER_NAMES.iter().find(|(name, _)| *name == keyword).map(|(_, other)| *other);
    let is = |said: &str| {
        let ends = |keyword: &str| {
            let (before, behind) = (said.strip_prefix('*'), said.strip_suffix('*'));
            said == keyword
                || before.is_some_and(|end| keyword.ends_with(end))
                || behind.is_some_and(|start| keyword.trim_start_matches("vrrp_").starts_with(start))
        };
        ends(keyword) || other.is_some_and(ends)
    };
    all.iter().filter(|(said, _)| is(said)).flat_map(|(_, fields)| fields).map(String::as_str).collect()
}

#[test]
fn the_list_is_sorted_and_of_keywords_that_exist() {
    for (block, names) in HEEDED {
        assert!(names.is_sorted_by(|a, b| a < b), "{block}");
        for name in *names {
            assert!(keywords::find(block, name).is_some(), "{block} {name}");
        }
    }
}

#[test]
fn what_the_list_has_the_code_reads() {
    let (all, code) = (fields_of_keywords(), names_in_code());
    let mut idle = Vec::new();
    for (block, names) in HEEDED {
        for name in names.iter().filter(|name| !AT_READING.contains(name)) {
            if !fields(&all, name).iter().any(|field| code.contains(*field)) {
                idle.push(format!("{block} {name}"));
            }
        }
    }
    assert!(idle.is_empty(), "said to be acted on, but no code reads what they say: {idle:#?}");
}

/// Of names with an underscore: others are those of too many things.
#[test]
fn what_the_code_reads_the_list_has() {
    let (all, code) = (fields_of_keywords(), names_in_code());
    let mut unsaid = Vec::new();
    for (block, names) in HEEDED {
        let missing = keywords::all()
            .iter()
            .filter(|keyword| keyword.block == *block && !names.contains(&keyword.name));
        for keyword in missing {
            let read = all.get(keyword.name).into_iter().flatten().find(|field| {
                field.contains('_') && code.contains(*field) && !ONLY_TOLD.contains(&field.as_str())
            });
            unsaid.extend(read.map(|field| format!("{block} {} ({field})", keyword.name)));
        }
    }
    assert!(unsaid.is_empty(), "acted on, it seems, and not said: {unsaid:#?}");
}
