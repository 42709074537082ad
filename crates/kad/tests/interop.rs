//! Failovers of kad beside kad, C keepalived and FRR, in both roles and every dialect.
//!
//! Each row builds a LAN of its own and plays first election, kill -9, return, clean stop, link down and up,
//! partition and healing; `netlab::scenario` judges every event by witnesses and measures it against the
//! protocol's timers. Nothing here sleeps.

use std::path::PathBuf;

use netlab::peer::PeerKind;
use netlab::scenario::{Protocol, failover};
use vrrp_types::Interval;

fn kad() -> PeerKind {
    PeerKind::Kad(PathBuf::from(env!("CARGO_BIN_EXE_kad")))
}

fn v3(centis: u16) -> Protocol {
    Protocol::v3(Interval::from_centis(centis).expect("an interval"))
}

/// A key for signed adverts.
const KEY: &str = "0123456789abcdef0123456789abcdef";

/// Plays the row, the first router being the better one.
fn play(left: &PeerKind, right: &PeerKind, protocol: &Protocol) {
    match failover(left, right, protocol) {
        Ok(report) => println!("{report}"),
        Err(error) => panic!("{error}"),
    }
}

macro_rules! rows {
    ($($name:ident: $left:expr, $right:expr, $protocol:expr;)*) => {$(
        #[test]
        #[ignore = "needs namespaces: cargo xtask test --only interop"]
        fn $name() {
            play(&$left, &$right, &$protocol);
        }
    )*};
}

rows! {
    kad_kad_v2_pass: kad(), kad(), Protocol::v2().with_password("1111");
    kad_kad_v3_trailer: kad(), kad(), v3(10).with_trailer(KEY);
    kad_kad_v3_ipv6_trailer_unicast: kad(), kad(), v3(10).over_ipv6().by_unicast().with_trailer(KEY);
    kad_kad_v3_1s: kad(), kad(), v3(100);
    kad_kad_v3_100ms: kad(), kad(), v3(10);
    kad_kad_v3_10ms: kad(), kad(), v3(1);
    kad_kad_v2_unicast: kad(), kad(), Protocol::v2().by_unicast();
    kad_kad_v3_unicast: kad(), kad(), v3(10).by_unicast();
    kad_kad_v3_ipv6: kad(), kad(), v3(10).over_ipv6();
    kad_kad_v3_ipv6_unicast: kad(), kad(), v3(10).over_ipv6().by_unicast();

    kad_keepalived_v2_pass: kad(), PeerKind::Keepalived, Protocol::v2().with_password("1111");
    kad_keepalived_v2_header: kad(), PeerKind::Keepalived, Protocol::v2().with_header("secret12");
    kad_keepalived_v3_1s: kad(), PeerKind::Keepalived, v3(100);
    kad_keepalived_v3_100ms: kad(), PeerKind::Keepalived, v3(10);
    kad_keepalived_v2_unicast: kad(), PeerKind::Keepalived, Protocol::v2().by_unicast();
    kad_keepalived_v3_unicast: kad(), PeerKind::Keepalived, v3(10).by_unicast();
    kad_keepalived_v3_ipv6: kad(), PeerKind::Keepalived, v3(10).over_ipv6();

    keepalived_kad_v2_pass: PeerKind::Keepalived, kad(), Protocol::v2().with_password("1111");
    keepalived_kad_v2_header: PeerKind::Keepalived, kad(), Protocol::v2().with_header("secret12");
    keepalived_kad_v3_1s: PeerKind::Keepalived, kad(), v3(100);
    keepalived_kad_v3_100ms: PeerKind::Keepalived, kad(), v3(10);
    keepalived_kad_v2_unicast: PeerKind::Keepalived, kad(), Protocol::v2().by_unicast();
    keepalived_kad_v3_unicast: PeerKind::Keepalived, kad(), v3(10).by_unicast();
    keepalived_kad_v3_ipv6: PeerKind::Keepalived, kad(), v3(10).over_ipv6();

    kad_kad_vmac: kad(), kad(), v3(10).with_vmac();
    kad_keepalived_vmac: kad(), PeerKind::Keepalived, v3(10).with_vmac();
    keepalived_kad_vmac_ipv6: PeerKind::Keepalived, kad(), v3(10).over_ipv6().with_vmac();
    kad_frr_vmac: kad(), PeerKind::Frr, v3(10).with_vmac();
    frr_kad_vmac: PeerKind::Frr, kad(), v3(10).with_vmac();

    kad_frr_v3: kad(), PeerKind::Frr, v3(10);
    frr_kad_v3: PeerKind::Frr, kad(), v3(10);
    kad_frr_v3_ipv6: kad(), PeerKind::Frr, v3(10).over_ipv6();
    frr_kad_v3_ipv6: PeerKind::Frr, kad(), v3(10).over_ipv6();
}
