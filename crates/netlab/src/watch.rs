//! What a host's kernel says of its links, addresses and neighbours: `ip monitor`, line by line.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::address::Mac;
use crate::feed::Feed;

/// Events remembered of one host.
const EVENTS: usize = 20_000;

/// A change in a host's kernel, and when it was heard of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// When the notice arrived.
    pub at: Instant,
    /// The change.
    pub change: Change,
}

/// A change in a host's kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// An interface has an address (also told again when one of its properties changes).
    AddressAdded {
        /// The interface.
        interface: String,
        /// The address.
        address: IpAddr,
    },
    /// An interface lost an address.
    AddressRemoved {
        /// The interface.
        interface: String,
        /// The address.
        address: IpAddr,
    },
    /// The state of a link, told at every change of it.
    Link {
        /// The interface.
        interface: String,
        /// Whether packets can pass: administratively up, and with carrier.
        up: bool,
    },
    /// A link is gone.
    LinkGone {
        /// The interface.
        interface: String,
    },
    /// What the host believes of a neighbour.
    Neighbour {
        /// The neighbour's address.
        address: IpAddr,
        /// Where packets for it go; `None` while unknown.
        mac: Option<Mac>,
    },
}

pub(crate) type Changes = Arc<Feed<Seen>>;

/// A feed for the changes of one host.
pub(crate) fn changes() -> Changes {
    Arc::new(Feed::new(1, EVENTS))
}

/// The command whose output [`parse`] reads.
pub(crate) const MONITOR: [&str; 6] = ["-o", "monitor", "label", "address", "link", "neigh"];

/// The bound after which a condition that hangs on events is looked at again, should one have been lost.
pub(crate) const RECHECK: Duration = Duration::from_millis(50);

/// One line of `ip -o monitor label address link neigh`; `None` for what is none of our changes.
pub(crate) fn parse(line: &str) -> Option<Change> {
    let (label, rest) = line.strip_prefix('[')?.split_once(']')?;
    let (gone, rest) = match rest.strip_prefix("Deleted ") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    match label {
        "ADDR" => address(&words, gone),
        "LINK" => link(&words, gone),
        "NEIGH" => neighbour(&words, gone),
        _ => None,
    }
}

/// `3: eth0    inet 10.9.0.1/24 scope global eth0\ …`
fn address(words: &[&str], gone: bool) -> Option<Change> {
    let interface = (*words.get(1)?).to_owned();
    let address = words.get(3)?.split('/').next()?.parse().ok()?;
    Some(match gone {
        true => Change::AddressRemoved { interface, address },
        false => Change::AddressAdded { interface, address },
    })
}

/// `3: eth0@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 …`
fn link(words: &[&str], gone: bool) -> Option<Change> {
    let interface = words.get(1)?.trim_end_matches(':').split('@').next()?.to_owned();
    if gone {
        return Some(Change::LinkGone { interface });
    }
    let mut flags = words.get(2)?.trim_matches(['<', '>']).split(',');
    let has = |flag| flags.clone().any(|known| known == flag);
    let up = has("UP") && has("LOWER_UP") && !flags.any(|flag| flag == "NO-CARRIER");
    Some(Change::Link { interface, up })
}

/// `10.9.0.5 dev eth0 lladdr 02:00:00:00:00:05 REACHABLE`
fn neighbour(words: &[&str], gone: bool) -> Option<Change> {
    let address = words.first()?.parse().ok()?;
    let mac = if gone { None } else { lladdr(words) };
    Some(Change::Neighbour { address, mac })
}

/// The Ethernet address in a line of `ip neigh`, unless the entry has failed.
pub(crate) fn lladdr(words: &[&str]) -> Option<Mac> {
    let at = words.iter().position(|word| *word == "lladdr")?;
    words.get(at + 1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_ip_monitor() {
        let interface = || "eth0".to_owned();
        let v4: IpAddr = [10, 9, 0, 1].into();
        let v6: IpAddr = "fd77::1".parse().unwrap();
        let near: IpAddr = [10, 9, 0, 5].into();
        let cases = [
            (
                r"[ADDR]3: eth0    inet 10.9.0.1/24 scope global eth0\       valid_lft forever",
                Some(Change::AddressAdded { interface: interface(), address: v4 }),
            ),
            (
                r"[ADDR]3: eth0    inet6 fd77::1/64 scope global nodad \       valid_lft forever",
                Some(Change::AddressAdded { interface: interface(), address: v6 }),
            ),
            (
                r"[ADDR]Deleted 3: eth0    inet 10.9.0.1/24 scope global eth0\       valid_lft forever",
                Some(Change::AddressRemoved { interface: interface(), address: v4 }),
            ),
            (
                r"[LINK]3: eth0@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP",
                Some(Change::Link { interface: interface(), up: true }),
            ),
            (
                r"[LINK]3: eth0@if4: <NO-CARRIER,BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 state LOWERLAYERDOWN",
                Some(Change::Link { interface: interface(), up: false }),
            ),
            (
                r"[LINK]3: eth0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN",
                Some(Change::Link { interface: interface(), up: false }),
            ),
            (
                r"[LINK]Deleted 3: eth0: <BROADCAST,MULTICAST> mtu 1500",
                Some(Change::LinkGone { interface: interface() }),
            ),
            (
                "[NEIGH]10.9.0.5 dev eth0 lladdr 02:00:00:00:00:05 REACHABLE ",
                Some(Change::Neighbour { address: near, mac: Some(Mac([2, 0, 0, 0, 0, 5])) }),
            ),
            ("[NEIGH]10.9.0.5 dev eth0  FAILED ", Some(Change::Neighbour { address: near, mac: None })),
            (
                "[NEIGH]Deleted 10.9.0.5 dev eth0 lladdr 02:00:00:00:00:05",
                Some(Change::Neighbour { address: near, mac: None }),
            ),
            ("[ROUTE]default via 10.9.0.1", None),
            ("    link/ether 02:00:00:00:00:05", None),
            ("[ADDR]3:", None),
            ("", None),
        ];
        for (line, expected) in cases {
            assert_eq!(parse(line), expected, "{line}");
        }
    }
}
