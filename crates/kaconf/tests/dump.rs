//! What `dump` writes reads back to the model that was dumped.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use kaconf::model::Config;
use kaconf::{FileSource, Matches, Options, ReadError, Source, dump, load};
use proptest::prelude::*;

/// A configuration in memory.
struct Memory(String);

impl Source for Memory {
    fn matches(&self, _dir: &Path, pattern: &str) -> Result<Matches, ReadError> {
        Ok(Matches { paths: vec![PathBuf::from(pattern)], missing: false, wildcard: false })
    }

    fn read(&self, path: &Path, _limit: usize) -> Result<Vec<u8>, ReadError> {
        if path == Path::new("main.conf") {
            return Ok(self.0.clone().into_bytes());
        }
        Err(ReadError::Io(io::ErrorKind::NotFound.to_string()))
    }
}

/// A model without what it says of the file it was read from: what is doubtful there, and whether it has virtual
/// servers, be they unusable.
fn model(mut config: Config) -> Config {
    config.doubts.clear();
    config.has_virtual_servers = false;
    config
}

fn read(text: &str) -> Config {
    model(load(&Options::new("main.conf"), &Memory(text.to_owned())).config)
}

#[test]
fn every_golden_model_comes_back() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conf");
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "conf") {
            let config = model(load(&Options::new(&path), &FileSource).config);
            let text = dump(&config);
            assert_eq!(read(&text), config, "{}:\n{text}", path.display());
        }
    }
}

/// Lines of each block: what is right, what is bent, what is refused.
const INSTANCE: &[&str] = &[
    "interface eth0",
    "interface eth1",
    "virtual_router_id 7",
    "virtual_router_id 8",
    "state MASTER",
    "state BACKUP",
    "priority 255",
    "priority 120",
    "priority 300",
    "advert_int 0.35",
    "advert_int 3",
    "advert_int 90",
    "version 2",
    "version 3",
    "native_ipv6",
    "strict_mode",
    "strict_mode off",
    "virtual_ipaddress { 10.1.0.1/24 10.1.0.2 }",
    "virtual_ipaddress {\n 10.1.0.1/24 brd + label eth0:1\n 10.1.0.2 dev eth1 scope link use_vmac\n }",
    "virtual_ipaddress {\n fe80::1/64\n 2001:db8::1 preferred_lft 30 -nodad\n }",
    "virtual_ipaddress_excluded {\n 10.2.0.1 peer 10.2.0.2\n fe80::2 use_vmac\n }",
    "no_virtual_ipaddress",
    "nopreempt",
    "preempt_delay 2.5",
    "down_timer_adverts 7",
    "timer_expired_backup 200",
    "owner_ignore_adverts",
    "owner_ignore_adverts off",
    "lower_prio_no_advert",
    "higher_prio_send_advert",
    "accept",
    "no_accept",
    "v3_checksum_as_v2",
    "skip_check_adv_addr",
    "dont_track_primary",
    "promote_secondaries",
    "linkbeat_use_polling",
    "lvs_sync_daemon_interface eth1",
    "kernel_rx_buf_size 4000",
    "debug 3",
    "garp_master_delay 0",
    "garp_master_repeat 0",
    "garp_master_refresh 60",
    "garp_lower_prio_repeat 2",
    "garp_extra_if all 30",
    "vmac_garp_intvl 40",
    "authentication {\n auth_type PASS\n auth_pass a#b\n }",
    "authentication {\n auth_type PASS\n auth_pass \"a # b\"\n }",
    "authentication {\n auth_type AH\n auth_pass 1234567890\n }",
    "auth_hmac {\n key 1 0123456789012345678901234567890123456789\n active_key 1\n }",
    "auth_hmac {\n key 2 hex:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n active_key 2\n anti_replay monotonic\n mode permissive\n }",
    "auth_hmac {\n active_key 3\n mode receive-only\n time_window 30\n }",
    "mcast_src_ip 10.0.0.9",
    "unicast_src_ip 10.0.0.9",
    "unicast_src_ip fe80::9",
    "track_src_ip",
    "mcast_dst_ip 224.0.0.77",
    "unicast_peer { 10.0.0.8 }",
    "unicast_peer {\n 10.0.0.7 min_ttl 3 max_ttl 9\n 10.0.0.8\n }",
    "unicast_ttl 9",
    "unicast_fault_no_peer",
    "check_unicast_src",
    "old_unicast_checksum",
    "old_unicast_checksum never",
    "use_vmac",
    "use_vmac vmac7 02:00:00:00:00:07",
    "use_vmac name vmac8 02:00:00:00:09 netlink_notify_msg group 5",
    "use_vmac 01:00:00:00:00:07",
    "use_vmac_addr",
    "vmac_xmit_base",
    "use_ipvlan ipv7 10.0.0.5/24 vepa",
    "use_ipvlan fe80::5 group default",
    "vrf red",
    "track_interface {\n eth1 weight -20\n eth0\n eth2 weight 5 reverse\n }",
    "track_script {\n good\n heavy\n unknown\n good\n }",
    "track_script {\n good weight 254\n heavy weight 3 noreverse\n }",
    "track_file {\n file\n half weight 2 reverse\n }",
    "track_process {\n proc weight 9\n none\n }",
    "track_bfd {\n peer1 weight 20\n peer2 reverse\n lost\n }",
    "notify /bin/echo",
    "notify_master \"/bin/echo master\" nobody nogroup",
    "notify_stop /bin/stop root",
    "notify_deleted",
    "notify_deleted /bin/gone",
    "notify_master_rx_lower_pri /bin/low",
    "smtp_alert",
    "smtp_alert no",
    "notify_priority_changes",
    "nonsense",
];

const GROUP: &[&str] = &[
    "group { A B }",
    "group {\n A\n C\n A\n }",
    "group { D }",
    "group { \"include x\" B }",
    "group { }",
    "track_interface {\n eth3 weight 7\n }",
    "track_script { heavy }",
    "track_bfd { peer1 }",
    "track_file { file }",
    "global_tracking",
    "sync_group_tracking_weight",
    "notify_fault /bin/fault",
    "notify_deleted",
    "smtp_alert",
    "notify_priority_changes on",
];

const BLOCKS: &[&str] = &[
    "vrrp_script good {\n script /bin/true\n }",
    "vrrp_script heavy {\n script \"/bin/test 1\"\n weight -30 reverse\n interval 0.25\n timeout 3\n rise 2\n fall 0\n user root wheel\n init_fail\n }",
    "vrrp_script empty {\n interval 5\n }",
    "vrrp_track_process proc {\n process \"a b\" c \"d e\"\n quorum 2\n quorum_max 9\n delay 0.5\n weight 12\n }",
    "vrrp_track_process none {\n process init\n quorum_max 0\n param_match partial\n weight 0 reverse\n }",
    "track_file file {\n file /etc/passwd\n }",
    "vrrp_track_file half {\n file \"/etc/a file\"\n weight 3 reverse\n init_file -7 overwrite\n }",
    "bfd_instance peer1 {\n neighbor_ip 10.0.0.1\n source_ip 10.0.0.2\n min_rx 33.5\n multihop\n max_hops 9\n ttl 5\n weight 7\n }",
    "bfd_instance peer2 {\n neighbor_ip fe80::1\n passive\n vrrp\n idle_tx 500\n weight 300 reverse\n }",
    "bfd_instance lost {\n multiplier 3\n }",
    "bfd_instance peer1 {\n neighbor_ip 10.0.0.3\n }",
    "garp_group {\n garp_interval 0.5\n interface eth0\n interfaces { eth1 eth0 }\n }",
    "garp_group {\n gna_interval 0\n interface eth2\n }",
    "garp_group {\n interface eth3\n }",
    "interface_up_down_delays {\n eth0 0.5 2\n eth1 3\n eth2\n }",
    "linkbeat_interfaces {\n eth0 MII\n eth1\n eth2 IOCTL x\n }",
    "track_group follow {\n group { A D E }\n }",
];

fn body(lines: &'static [&'static str], most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(lines), 0..most).prop_map(|lines| lines.join("\n"))
}

/// Mostly something that can run, with anything added to it.
fn instances() -> impl Strategy<Value = String> {
    (body(INSTANCE, 14), any::<bool>()).prop_map(|(body, complete)| {
        if complete { format!("interface eth0\nvirtual_router_id 5\n{body}") } else { body }
    })
}

fn configurations() -> impl Strategy<Value = String> {
    let blocks = prop::sample::subsequence(BLOCKS, 0..=BLOCKS.len());
    let groups = prop::collection::vec(body(GROUP, 6), 0..3);
    let instances = prop::collection::vec(instances(), 0..5);
    (blocks, groups, instances).prop_map(|(blocks, groups, instances)| {
        let mut text = blocks.join("\n");
        for (index, body) in groups.iter().enumerate() {
            text.push_str(&format!("\nvrrp_sync_group G{index} {{\n{body}\n}}"));
        }
        for (name, body) in ["A", "B", "C", "D", "\"E F\""].iter().zip(&instances) {
            text.push_str(&format!("\nvrrp_instance {name} {{\n{body}\n}}"));
        }
        text
    })
}

proptest! {
    #[test]
    fn a_dump_reads_back_to_an_equal_model(text in configurations()) {
        let config = read(&text);
        let dumped = dump(&config);
        let again = read(&dumped);
        prop_assert!(again == config, "{text}\n--- dumped\n{dumped}\n--- again\n{}", dump(&again));
    }
}
