//! Three nodes, three addresses: each holds its own and backs up its neighbour's.
//!
//! The three files are kaconf's test data. Each node holds the address of one instance (priority 201) and stands
//! behind that of the next (priority 101).

use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use netlab::peer::Daemon;
use netlab::{Change, Host, Lab, LabError};

/// First election and takeover of a priority of 101: 3 s and the skew, with room for a busy machine.
const ELECTION: Duration = Duration::from_secs(8);

const FILES: [&str; 3] = [
    include_str!("../../kaconf/tests/conf/three-nodes-a.conf"),
    include_str!("../../kaconf/tests/conf/three-nodes-b.conf"),
    include_str!("../../kaconf/tests/conf/three-nodes-c.conf"),
];

/// The address that a node holds as long as it lives.
fn own(node: usize) -> IpAddr {
    IpAddr::from([192, 168, 51, 191 + u8::try_from(node).unwrap()])
}

/// The node that stands behind the address of `node`.
fn backup(node: usize) -> usize {
    let vrid = format!("virtual_router_id {}", 191 + node);
    let stands_behind =
        |(other, file): (usize, &&str)| (other != node && file.contains(&vrid)).then_some(other);
    FILES.iter().enumerate().find_map(stands_behind).unwrap()
}

/// Who holds which address: one row an address, the nodes that have it.
fn holders(hosts: &[Host]) -> Result<[Vec<usize>; 3], LabError> {
    let mut table = [const { Vec::new() }; 3];
    for (address, holders) in table.iter_mut().enumerate() {
        for (node, host) in hosts.iter().enumerate() {
            if host.has_address(own(address))? {
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
        host.wait_for_address(own(node), ELECTION)?;
    }
    assert_eq!(holders(&hosts)?, [vec![0], vec![1], vec![2]], "each holds its own");
    // Announcements only mend entries that are in use.
    let mut users = Vec::new();
    for node in 0..3 {
        users.push(client.ping(own(node), Duration::from_millis(50))?);
    }

    for dead in 0..3 {
        let heir = backup(dead);
        let marks: Vec<_> = hosts.iter().map(Host::mark).collect();
        nodes[dead].proc().kill_tree()?;
        hosts[heir].wait_for_address(own(dead), ELECTION)?;
        client.wait_for_neighbour(own(dead), hosts[heir].mac(), ELECTION)?;
        for survivor in (0..3).filter(|node| *node != dead) {
            let changes = hosts[survivor].changes_since(marks[survivor]);
            let moved =
                changes.iter().filter(|seen| !matches!(seen.change, Change::Neighbour { .. })).count();
            assert_eq!(moved, usize::from(survivor == heir), "only the heir gains one address: {changes:?}");
        }
        nodes[dead].restart()?;
        // It removes what it left behind, and takes its own back.
        hosts[heir].wait_for_no_address(own(dead), ELECTION)?;
        let settled = Instant::now() + ELECTION;
        while holders(&hosts)? != [vec![0], vec![1], vec![2]] {
            assert!(Instant::now() < settled, "not as it was: {:?}", holders(&hosts)?);
        }
    }
    Ok(())
}
