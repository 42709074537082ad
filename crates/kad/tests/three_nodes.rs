//! Three nodes, three addresses: each holds its own and backs up its neighbour's.
//!
//! The three files are kaconf's test data. Each node holds the address of one instance (priority 201) and stands
//! behind that of the next (priority 101).

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::time::Duration;

use netlab::peer::Daemon;
use netlab::{Change, Host, Lab, LabError};

/// First election and takeover of a priority of 101: 3 s and the skew, with room for a busy machine.
const ELECTION: Duration = Duration::from_secs(8);

const FILES: [&str; 3] = [
    include_str!("../../kaconf/tests/conf/three-nodes-a.conf"),
    include_str!("../../kaconf/tests/conf/three-nodes-b.conf"),
    include_str!("../../kaconf/tests/conf/three-nodes-c.conf"),
];

/// The address that each node holds as long as it lives.
const OWN: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(192, 168, 51, 191)),
    IpAddr::V4(Ipv4Addr::new(192, 168, 51, 192)),
    IpAddr::V4(Ipv4Addr::new(192, 168, 51, 193)),
];

/// The node that stands behind the address of `node`.
fn backup(node: usize) -> usize {
    let vrid = format!("virtual_router_id {}", 191 + node);
    let stands_behind =
        |(other, file): (usize, &&str)| (other != node && file.contains(&vrid)).then_some(other);
    FILES.iter().enumerate().find_map(stands_behind).expect("every address has a backup")
}

/// Who holds which address: one row an address, the nodes that have it.
fn holders(hosts: &[Host]) -> Result<[Vec<usize>; 3], LabError> {
    let mut table = [const { Vec::new() }; 3];
    for (address, holders) in table.iter_mut().enumerate() {
        for (node, host) in hosts.iter().enumerate() {
            if host.has_address(OWN[address])? {
                holders.push(node);
            }
        }
    }
    Ok(table)
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only interop"]
fn a_dead_node_moves_its_own_address_and_nothing_else() -> Result<(), LabError> {
    let lab = Lab::new("three")?;
    let mut hosts = Vec::new();
    for name in ["alpha", "beta", "gamma"] {
        hosts.push(lab.host(name, &[&format!("192.168.51.{}/24", 1 + hosts.len())])?);
    }
    let client = lab.client("client", &["192.168.51.250/24"])?;
    let kad = Path::new(env!("CARGO_BIN_EXE_kad"));
    let mut nodes = Vec::new();
    for (host, file) in hosts.iter().zip(FILES) {
        nodes.push(Daemon::start(host, "kad", kad, file)?);
    }
    for (node, host) in hosts.iter().enumerate() {
        host.wait_for_address(OWN[node], ELECTION)?;
    }
    assert_eq!(holders(&hosts)?, [vec![0], vec![1], vec![2]], "each holds its own");
    // Announcements only mend entries that are in use.
    let mut users = Vec::new();
    for address in OWN {
        users.push(client.ping(address, Duration::from_millis(50))?);
    }

    for dead in [0, 1, 2] {
        let heir = backup(dead);
        let marks: Vec<_> = hosts.iter().map(Host::mark).collect();
        nodes[dead].proc().kill_tree()?;
        hosts[heir].wait_for_address(OWN[dead], ELECTION)?;
        client.wait_for_neighbour(OWN[dead], hosts[heir].mac(), ELECTION)?;
        for survivor in (0..3).filter(|node| *node != dead) {
            let changes = hosts[survivor].changes_since(marks[survivor]);
            let moved =
                changes.iter().filter(|seen| !matches!(seen.change, Change::Neighbour { .. })).count();
            assert_eq!(moved, usize::from(survivor == heir), "only the heir gains one address: {changes:?}");
        }
        nodes[dead].restart()?;
        // It removes what it left behind, and takes its own back.
        hosts[heir].wait_for_no_address(OWN[dead], ELECTION)?;
        let as_before = netlab::poll_until(ELECTION, || {
            holders(&hosts).is_ok_and(|holders| holders == [vec![0], vec![1], vec![2]])
        });
        assert!(as_before, "not as it was: {:?}", holders(&hosts)?);
    }
    Ok(())
}
