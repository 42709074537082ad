//! Every suite: its name, what it is for, what it needs, how it runs. The order is that of a run: what is quick and
//! what explains later failures comes first.

mod checks;
mod corpus;
mod demo;
mod fuzz;
mod live;
pub(crate) mod marks;
mod pure;

use clap::builder::PossibleValuesParser;

use crate::needs::{self, Need};
use crate::tally::Verdict;

/// One suite.
pub(crate) struct Suite {
    pub(crate) name: &'static str,
    pub(crate) why: &'static str,
    pub(crate) needs: &'static [Need],
    pub(crate) run: fn() -> Verdict,
}

const UNSHARE: Need = Need::Tool(&needs::UNSHARE);
const IP: Need = Need::Tool(&needs::IP);
const NFT: Need = Need::Tool(&needs::NFT);
const KILL: Need = Need::Tool(&needs::KILL);
const KEEPALIVED: Need = Need::Tool(&needs::KEEPALIVED);
const FRR: Need = Need::Tool(&needs::FRR);

/// What a single process in a namespace of its own needs.
const NAMESPACE: &[Need] = &[UNSHARE, IP, KILL, Need::Namespaces];
/// The same for what has tables of rules.
const WITH_RULES: &[Need] = &[UNSHARE, IP, KILL, NFT, Need::Namespaces];
/// What a LAN of namespaces needs.
const LAN: &[Need] =
    &[UNSHARE, IP, Need::Tool(&needs::PING), NFT, Need::Tool(&needs::TCPDUMP), Need::Namespaces];
/// A LAN with the other implementations on it.
const PEERS: &[Need] = &[
    UNSHARE,
    IP,
    Need::Tool(&needs::PING),
    NFT,
    Need::Tool(&needs::TCPDUMP),
    Need::Namespaces,
    KEEPALIVED,
    FRR,
];
/// Those of the comparison with keepalived, who send mail too.
const ORACLE: &[Need] = &[
    UNSHARE,
    IP,
    Need::Tool(&needs::PING),
    NFT,
    Need::Tool(&needs::TCPDUMP),
    Need::Namespaces,
    KEEPALIVED,
    FRR,
    Need::Tool(&needs::SMTP),
];

/// What a kernel in a process needs.
const GUEST: &[Need] = &[
    UNSHARE,
    IP,
    Need::Tool(&needs::PING),
    NFT,
    Need::Tool(&needs::TCPDUMP),
    KEEPALIVED,
    Need::Tool(&needs::GUEST),
    Need::Tool(&needs::MODPROBE),
    Need::Tool(&needs::IPVSADM),
];

/// All of them.
pub(crate) static SUITES: &[Suite] = &[
    Suite {
        name: "fmt",
        why: "the code is laid out by rustfmt",
        needs: &[Need::Component("rustfmt", "fmt")],
        run: checks::fmt,
    },
    Suite {
        name: "clippy",
        why: "no warning of the compiler or of clippy, in any target",
        needs: &[Need::Component("clippy", "clippy")],
        run: checks::clippy,
    },
    Suite {
        name: "doc",
        why: "the documentation builds, private items too, and its links lead somewhere",
        needs: &[],
        run: checks::doc,
    },
    Suite {
        name: "reference",
        why: "docs/config is what the table of keywords gives",
        needs: &[],
        run: crate::docs::suite,
    },
    Suite {
        name: "no_std",
        why: "codec, machine and vocabulary build where there is no operating system",
        needs: &[Need::BareTarget],
        run: checks::no_std,
    },
    Suite {
        name: "alone",
        why: "each crate builds by itself, with the features it asks for and no others",
        needs: &[],
        run: checks::alone,
    },
    Suite {
        name: "unit",
        why: "unit, table, golden and property tests of all crates",
        needs: &[],
        run: pure::unit,
    },
    Suite { name: "doctest", why: "the examples in the documentation", needs: &[], run: pure::doctest },
    Suite {
        name: "fuzz",
        why: "every stored fuzz input keeps the laws of its target",
        needs: &[],
        run: fuzz::replay,
    },
    Suite {
        name: "sim",
        why: "seeded simulations of whole LANs, and small worlds searched to the end",
        needs: &[],
        run: pure::sim,
    },
    Suite {
        name: "linux",
        why: "sockets, frames and netlink against the kernel, in a namespace",
        needs: WITH_RULES,
        run: live::linux,
    },
    Suite {
        name: "processes",
        why: "parent, reader and child: start, reload, crash, stop, in a namespace",
        needs: NAMESPACE,
        run: live::processes,
    },
    Suite {
        name: "netlab",
        why: "the test LAN itself, proved with C keepalived and FRR on it",
        needs: PEERS,
        run: live::netlab,
    },
    Suite {
        name: "interop",
        why: "kad with kad, with C keepalived and with FRR, in both roles",
        needs: PEERS,
        run: live::interop,
    },
    Suite {
        name: "oracle",
        why: "the frames, addresses, log lines and dumps of kad beside those of C keepalived",
        needs: ORACLE,
        run: live::oracle,
    },
    Suite {
        name: "hostile",
        why: "frames of ill will at line rate: no election moves, no memory grows",
        needs: LAN,
        run: live::hostile,
    },
    Suite {
        name: "guest",
        why: "the kernel's load balancer, in a guest kernel that has one, with ipvsadm as the witness",
        needs: GUEST,
        run: live::guest,
    },
    Suite {
        name: "demo",
        why: "the demonstration a new user sees, and that it leaves nothing behind",
        needs: LAN,
        run: demo::run,
    },
    Suite {
        name: "bench-build",
        why: "the benchmarks build, and each runs once",
        needs: &[],
        run: pure::benches,
    },
    Suite { name: "corpus", why: "configurations found in the wild are read", needs: &[], run: corpus::run },
];

/// What `--only` takes.
pub(crate) fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(SUITES.iter().map(|suite| suite.name))
}
