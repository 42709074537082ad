//! What suites need of the machine: is it there, can it be brought, or why not.

mod debian;
mod policy;
mod rust;

use std::collections::{BTreeMap, BTreeSet};

use crate::exec;
use crate::repo;
use crate::suites::Suite;

/// One thing a suite cannot run without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// A program of a Debian package.
    Tool(&'static Tool),
    /// A component of the Rust toolchain, by rustup's name, and the cargo command that shows whether it is there.
    Component(&'static str, &'static str),
    /// The target without an operating system.
    BareTarget,
    /// The right to make network namespaces, as root or in a user namespace.
    Namespaces,
}

/// A program, the Debian package that brings it, and what the tests do with it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tool {
    program: &'static str,
    package: &'static str,
    why: &'static str,
}

/// The target for which the pure crates are built.
pub(crate) const BARE_TARGET: &str = "thumbv7em-none-eabi";

pub(crate) static KEEPALIVED: Tool =
    Tool { program: "keepalived", package: "keepalived", why: "C keepalived, the peer of the interop tests" };
pub(crate) static FRR: Tool = Tool {
    program: "/usr/lib/frr/vrrpd",
    package: "frr",
    why: "FRR's vrrpd, the other peer of the interop tests",
};
pub(crate) static TCPDUMP: Tool =
    Tool { program: "tcpdump", package: "tcpdump", why: "captures what is on the wire" };
pub(crate) static IP: Tool =
    Tool { program: "ip", package: "iproute2", why: "lays the links and addresses of the test LANs" };
pub(crate) static SMTP: Tool =
    Tool { program: "aiosmtpd", package: "python3-aiosmtpd", why: "is the server that mail is sent to" };
pub(crate) static PING: Tool =
    Tool { program: "ping", package: "iputils-ping", why: "is the client of the shared address" };
pub(crate) static NFT: Tool =
    Tool { program: "nft", package: "nftables", why: "partitions the test LANs, and shows the rules" };
pub(crate) static KILL: Tool =
    Tool { program: "kill", package: "procps", why: "sends the signals of the process tests" };
pub(crate) static UNSHARE: Tool =
    Tool { program: "unshare", package: "util-linux", why: "makes the namespaces of the tests" };

pub(crate) static GUEST: Tool =
    Tool { program: "linux.uml", package: "user-mode-linux", why: "a kernel that has IPVS, as a process" };
pub(crate) static MODPROBE: Tool =
    Tool { program: "modprobe", package: "kmod", why: "loads the modules of the guest kernel" };
pub(crate) static IPVSADM: Tool =
    Tool { program: "ipvsadm", package: "ipvsadm", why: "the witness of the kernel's load balancer" };

/// Brings what is missing, once, and remembers what could not be brought.
#[derive(Default)]
pub(crate) struct Installer {
    unmet: BTreeMap<Need, String>,
}

impl Installer {
    /// Looks for all these suites need and installs what is missing, saying what and why before it does.
    pub(crate) fn provide(&mut self, suites: &[&Suite]) {
        let needs: BTreeSet<Need> = suites.iter().flat_map(|suite| suite.needs).copied().collect();
        let tools = needs.iter().filter_map(|need| match need {
            Need::Tool(tool) => Some(*tool),
            _ => None,
        });
        let missing: Vec<_> = tools.filter(|tool| repo::find(tool.program).is_none()).collect();
        if let Err(reason) = debian::install(&missing) {
            let lacking = missing.into_iter().filter(|tool| repo::find(tool.program).is_none());
            self.unmet.extend(lacking.map(|tool| (Need::Tool(tool), reason.clone())));
        }
        for need in needs {
            let found = match need {
                Need::Tool(_) => Ok(()),
                Need::Component(component, command) => rust::component(component, command),
                Need::BareTarget => rust::target(BARE_TARGET),
                Need::Namespaces => namespaces(),
            };
            if let Err(reason) = found {
                self.unmet.insert(need, reason);
            }
        }
    }

    /// Why this suite cannot run here.
    pub(crate) fn unmet(&self, suite: &Suite) -> Option<String> {
        let reasons: BTreeSet<&str> =
            suite.needs.iter().filter_map(|need| self.unmet.get(need)).map(String::as_str).collect();
        (!reasons.is_empty()).then(|| reasons.into_iter().collect::<Vec<_>>().join("; "))
    }
}

/// The command, as words, under which another has a network namespace of its own with all rights in it.
pub(crate) fn own_network() -> &'static str {
    if rustix::process::geteuid().is_root() {
        "unshare --net --"
    } else {
        "unshare --user --map-root-user --net --"
    }
}

fn namespaces() -> Result<(), String> {
    if repo::find("unshare").is_none() {
        // The missing tool is reported as such.
        return Ok(());
    }
    let mut words = own_network().split(' ').chain(["true"]);
    let unshare = repo::command(words.next().unwrap_or_default(), words);
    exec::probe(unshare).map(drop).ok_or_else(|| {
        "this machine lets nobody make network namespaces here; run it as root, in a container with \
         --privileged, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1)"
            .into()
    })
}
