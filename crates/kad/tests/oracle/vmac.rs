//! Interfaces of their own for instances and addresses: what is made, what it says on the wire, what is left.

use netlab::{Mark, poll_until};

use crate::stage::{SOON, Stage, Who, both};
use crate::story::Play;
use crate::wire::{Shot, compare_frames, difference, on_time, shots};

pub(crate) fn instance(more: &str, addresses: &str) -> String {
    format!(
        "vrrp_instance V1 {{
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 200
    version 3
    advert_int 0.3
    garp_master_repeat 2
    garp_master_delay 0
    {more}
    virtual_ipaddress {{
        {addresses}
    }}
}}
"
    )
}

/// A second interface with settings that must come back.
pub(crate) fn prepare(stage: &Stage) {
    stage.ip("link add d0 address 02:00:00:00:01:01 type veth peer name d1 address 02:00:00:00:01:02");
    for link in ["d0", "d1"] {
        stage.ip(&format!("link set {link} addrgenmode none"));
        stage.ip(&format!("link set {link} up"));
    }
    stage.ip("address add 10.88.0.1/24 dev d0");
    until_carried(stage);
    set(stage, "all", "rp_filter", 1);
    set(stage, "eth0", "rp_filter", 2);
}

/// Waits until every link that is switched on has a carrier: the kernel sees to that in its time.
pub(crate) fn until_carried(stage: &Stage) {
    let carried = || !stage.ip("-o link show").contains("NO-CARRIER");
    assert!(poll_until(SOON, carried), "{}: a link stays down", stage.who);
}

fn set(stage: &Stage, interface: &str, setting: &str, value: u32) {
    let file = format!("echo {value} >/proc/sys/net/ipv4/conf/{interface}/{setting}");
    stage.alpha.run("sh", &["-c", &file]).unwrap();
}

/// The settings of IPv4 that VMACs need changed.
pub(crate) fn settings(stage: &Stage) -> Vec<String> {
    let files = "cd /proc/sys/net/ipv4/conf && grep . */arp_ignore */arp_filter */rp_filter */accept_local \
                 */promote_secondaries ../../ipv6/conf/*/disable_ipv6 | sort";
    stage.alpha.run("sh", &["-c", files]).unwrap().stdout.lines().map(str::to_owned).collect()
}

/// Links, addresses and settings of alpha.
pub(crate) fn kernel(stage: &Stage) -> Vec<String> {
    let mut lines = Vec::new();
    for what in ["-d -o link show", "-o address show"] {
        // What kad writes beside its interfaces is in no other's, and promiscuity comes and goes with captures.
        let plain = |line: &str| {
            let words: Vec<_> = line.split_whitespace().filter(|word| *word != "\\").collect();
            let end = words.iter().position(|word| *word == "alias").unwrap_or(words.len());
            words[..end].join(" ")
        };
        lines.extend(stage.ip(what).lines().map(plain));
    }
    lines.extend(settings(stage));
    lines.sort();
    lines
}

/// Before, while master, and after; and what was sent.
fn reign(stage: &Stage, conf: &str) -> ([Vec<String>; 3], Vec<Shot>) {
    prepare(stage);
    let before = kernel(stage);
    let capture = stage.listen();
    let mut play = Play::begin(stage, conf);
    play.line("Entering MASTER STATE");
    play.adverts(2);
    let held = kernel(stage);
    play.end();
    ([before, held, kernel(stage)], shots(&capture.since(Mark::START)))
}

/// What is compared at a time. keepalived 2.2.7 does not set `arp_ignore` of IPv6 VMACs, nor put back that of the
/// interface below (2.4.3 does both), and either takes the last interface's filter away with that of `all`.
fn comparable(when: &str, what: &str, lines: &[String]) -> Vec<String> {
    let arp = when == "after" || what.contains("ipv6");
    let known = |line: &str| {
        (arp && (line.contains("arp_ignore") || line.contains("arp_filter")))
            || line.starts_with("d0/rp_filter")
    };
    lines.iter().filter(|line| !known(line)).cloned().collect()
}

fn same_reign(what: &str, conf: &str) {
    on_time(|| {
        let ((c, c_frames), (k, k_frames)) = both(|stage| reign(stage, conf));
        for (when, (c, k)) in ["before", "while master", "after"].iter().zip(c.iter().zip(&k)) {
            let (c, k) = (comparable(when, what, c), comparable(when, what, k));
            assert!(c == k, "{what}, {when}:\n{}", difference(&c, &k));
        }
        assert!(k[0] == k[2], "{what}: what is left\n{}", difference(&k[0], &k[2]));
        let own = k[1].iter().filter(|line| line.contains("macvlan mode private")).count();
        assert!(own > 0, "{what}: no VMAC\n{:#?}", k[1]);
        compare_frames(what, &c_frames, &k_frames)
    });
}

macro_rules! reigns {
    ($($name:ident: $more:expr, $addresses:expr;)*) => {$(
        #[test]
        #[ignore = "needs namespaces: cargo xtask test --only oracle"]
        fn $name() {
            same_reign(stringify!($name), &instance($more, $addresses));
        }
    )*};
}

reigns! {
    a_vmac: "use_vmac", "10.77.0.100/24\n 10.77.0.101 dev eth0\n 10.88.0.102 dev d0";
    a_vmac_with_a_name: "use_vmac own", "10.77.0.100";
    a_vmac_that_transmits_by_the_base: "use_vmac\n vmac_xmit_base", "10.77.0.100";
    a_vmac_of_ipv6: "use_vmac", "fe80::100\n fd77::100/64";
    a_vmac_of_ipv6_that_transmits_by_the_base: "use_vmac\n vmac_xmit_base", "fe80::100\n fd77::100/64";
    a_vmac_with_addresses_of_the_other_family:
        "use_vmac\n virtual_ipaddress_excluded {\n fd77::100/64\n }", "10.77.0.100";
    vmacs_of_addresses_elsewhere: "use_vmac\n use_vmac_addr", "10.77.0.100\n 10.88.0.100/24 dev d0";
    one_address_on_a_vmac: "", "10.77.0.100\n 10.77.0.101 dev eth0 use_vmac\n 10.88.0.100/24 dev d0 use_vmac";
}

/// What keepalived 2.2.7 cannot be told.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_vmac_with_all_that_can_be_said() {
    let stage = Stage::new(Who::Kad);
    let conf = instance("use_vmac name own 00:00:5e:00:77:01 group 7", "10.77.0.100");
    let ([before, held, after], frames) = reign(&stage, &conf);
    let own = held.iter().find(|line| line.contains(": own@eth0: ")).unwrap();
    for words in ["link/ether 00:00:5e:00:77:01", "group 7", "macvlan mode private", "state UP"] {
        assert!(own.contains(words), "{words}: {own}");
    }
    let advert = "advert 200: 01005e00001200005e007701";
    assert!(frames.iter().any(|shot| shot.text.starts_with(advert)), "{frames:?}");
    assert!(before == after, "{}", difference(&before, &after));
}
