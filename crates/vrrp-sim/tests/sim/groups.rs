//! Sync groups: each node's virtual routers go together, whatever happens to them and to the links between the nodes.
//!
//! That the members of a group are never in different states is the simulator's law, held after every step.

use vrrp_fsm::{Config, Family, Interval, State, Version, Vrid};
use vrrp_sim::{Change, Chaos, Clock, Lan, Member, Node, NodeId, Rng};

use crate::rig::*;

const VRIDS: [u8; 3] = [51, 52, 53];

/// Nodes with these priorities and `routers` virtual routers each, started at about the same time.
fn groups(seed: u64, routers: usize, configs: &[Config]) -> (Lan, Vec<NodeId>) {
    let mut lan = Lan::new(seed);
    lan.record(400);
    let mut rng = Rng::new(!seed);
    let mut nodes = Vec::new();
    for config in configs {
        let member =
            |number: &u8| Member::new(vrid(*number), config.clone(), address(Family::V4, vrid(*number)));
        let members = VRIDS[..routers].iter().map(member).collect();
        let clock = Clock::new(rng.up_to(SECOND * 1_000), rng.below(1_001) as i32 - 500);
        let node = lan.join(Node::new(members).with_clock(clock).synced()).unwrap();
        let start = lan.now().saturating_add(rng.up_to(SECOND * 2));
        lan.schedule(start, Change::Start { node, hold: core::time::Duration::ZERO });
        nodes.push(node);
    }
    (lan, nodes)
}

fn configs(priorities: &[u8]) -> Vec<Config> {
    routers(Version::V3, Interval::DEFAULT, priorities).collect()
}

fn masters(lan: &Lan) -> Vec<Vec<NodeId>> {
    VRIDS.iter().map(|number| lan.masters(vrid(*number))).filter(|masters| !masters.is_empty()).collect()
}

fn state_of(lan: &Lan, node: NodeId, vrid: Vrid) -> State {
    lan.machine(node, vrid).unwrap().state()
}

/// One of the faults that only groups tell apart, or one that befalls any LAN.
fn trouble(rng: &mut Rng, chaos: &mut Chaos, nodes: &[NodeId], routers: usize) -> Option<Change> {
    let node = *rng.pick(nodes)?;
    let to = *rng.pick(nodes)?;
    let vrid = vrid(*rng.pick(&VRIDS[..routers])?);
    Some(match rng.below(12) {
        0 => Change::Fails { node, vrid },
        1 | 2 => Change::Recovers { node, vrid },
        3 => Change::AddressLost { node, vrid },
        4 | 5 => Change::CutOff { from: node, to, vrid },
        _ => return chaos.change(nodes),
    })
}

#[test]
fn after_any_trouble_one_group_is_master_of_all() {
    for_seeds(300, |seed| {
        let mut rng = Rng::new(seed ^ 0x67_72_6f_75_70);
        let count = 2 + rng.below(2) as usize;
        let routers = 1 + rng.below(3) as usize;
        let mut priorities: Vec<u8> = vec![200, 150, 100];
        priorities.truncate(count);
        let best = rng.below(count as u64) as usize;
        priorities.swap(0, best);
        let (mut lan, nodes) = groups(seed, routers, &configs(&priorities));
        let mut chaos = Chaos::new(seed.rotate_left(32), SECOND);
        let end = lan.now().saturating_add(SECOND * 60);
        while lan.now() < end {
            run(&mut lan, rng.up_to(SECOND * 3));
            if let Some(change) = trouble(&mut rng, &mut chaos, &nodes, routers) {
                apply(&mut lan, change);
            }
        }
        apply(&mut lan, Change::Heal);
        settle(&mut lan);
        run(&mut lan, SECOND * 10);
        assert_eq!(masters(&lan), vec![vec![nodes[best]]; routers], "of {priorities:?}");
    });
}

#[test]
fn a_fault_of_one_moves_all_and_back() {
    let (mut lan, nodes) = groups(1, 2, &configs(&[200, 100]));
    settle(&mut lan);
    assert_eq!(masters(&lan), [[nodes[0]], [nodes[0]]]);
    apply(&mut lan, Change::Fails { node: nodes[0], vrid: vrid(52) });
    assert_eq!(state_of(&lan, nodes[0], vrid(51)), State::Fault);
    run(&mut lan, SECOND * 2);
    assert_eq!(masters(&lan), [[nodes[1]], [nodes[1]]], "after the skew, for both said farewell");
    assert!(lan.mastership(vrid(51)).longest_shared.is_zero());
    apply(&mut lan, Change::Recovers { node: nodes[0], vrid: vrid(52) });
    settle(&mut lan);
    assert_eq!(masters(&lan), [[nodes[0]], [nodes[0]]]);
}

/// On one of the links the backup hears nothing: alone it would be a second master there.
#[test]
fn a_split_of_one_link_does_not_make_two_masters() {
    let (mut lan, nodes) = groups(2, 2, &configs(&[200, 100]));
    settle(&mut lan);
    let before = lan.counters(nodes[1], vrid(51)).entered_master;
    apply(&mut lan, Change::CutOff { from: nodes[0], to: nodes[1], vrid: vrid(51) });
    run(&mut lan, SECOND * 60);
    assert_eq!(masters(&lan), [[nodes[0]], [nodes[0]]]);
    assert_eq!(lan.counters(nodes[1], vrid(51)).entered_master, before);
}

/// When the other link is cut too, it is as if the master were gone.
#[test]
fn a_split_of_all_links_does() {
    let (mut lan, nodes) = groups(3, 2, &configs(&[200, 100]));
    settle(&mut lan);
    for number in [51, 52] {
        apply(&mut lan, Change::CutOff { from: nodes[0], to: nodes[1], vrid: vrid(number) });
        run(&mut lan, SECOND * 10);
    }
    assert_eq!(masters(&lan), [[nodes[0], nodes[1]], [nodes[0], nodes[1]]]);
    apply(&mut lan, Change::Heal);
    settle(&mut lan);
    assert_eq!(masters(&lan), [[nodes[0]], [nodes[0]]]);
}

#[test]
fn a_group_takes_over_as_fast_as_one_router() {
    let (mut lan, nodes) = groups(4, 3, &configs(&[200, 100]));
    settle(&mut lan);
    let before = lan.mastership(vrid(53)).vacant;
    apply(&mut lan, Change::Crash(nodes[0]));
    run(&mut lan, SECOND * 10);
    assert_eq!(masters(&lan), vec![vec![nodes[1]]; 3]);
    let vacant = lan.mastership(vrid(53)).vacant - before;
    assert!(vacant < core::time::Duration::from_millis(3_700), "{vacant:?}");
}
