//! Three routers; the network between them splits for ten seconds and grows together again.
//!
//! `cargo run -p vrrp-sim --example partition [SEED]`

use std::env;
use std::error::Error;
use std::time::Duration;

use vrrp_fsm::{Action, Config, Interval, Priority, Version, Vrid};
use vrrp_sim::{Change, Entry, Lan, Member, Node, NodeId, What};

fn main() -> Result<(), Box<dyn Error>> {
    let seed = env::args().nth(1).map_or(Ok(1), |text| text.parse())?;
    let vrid = Vrid::new(51).ok_or("0 is no VRID")?;
    let mut lan = Lan::new(seed);
    lan.record(10_000);
    for priority in [100, 150, 200] {
        let config = Config::new(Version::V3, Priority::new(priority), Interval::DEFAULT);
        let node = lan.join(Node::new(vec![Member::new(vrid, config, "10.0.1.51".parse()?)]))?;
        println!("{node} has priority {priority}");
        lan.apply(Change::Start { node, hold: Duration::ZERO })?;
    }
    lan.run_for(Duration::from_secs(8))?;

    let nodes: Vec<NodeId> = lan.nodes().collect();
    for other in [nodes[0], nodes[1]] {
        lan.apply(Change::Cut { from: nodes[2], to: other })?;
        lan.apply(Change::Cut { from: other, to: nodes[2] })?;
    }
    lan.run_for(Duration::from_secs(10))?;
    lan.apply(Change::Heal)?;
    lan.run_for(Duration::from_secs(5))?;

    for entry in lan.timeline().filter(|entry| is_telling(entry)) {
        println!("{entry}");
    }
    let seen = lan.mastership(vrid);
    println!("no master for {:.3?}, more than one for {:.3?}", seen.vacant, seen.shared);
    let masters: Vec<String> = lan.masters(vrid).iter().map(NodeId::to_string).collect();
    println!("at the end: {}", masters.join(", "));
    Ok(())
}

/// The regular adverts would hide the rest.
fn is_telling(entry: &Entry) -> bool {
    match entry.what {
        What::Did { action: Action::Send(priority), .. } => priority.is_stop(),
        _ => true,
    }
}
