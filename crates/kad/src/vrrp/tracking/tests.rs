//! Who is told what, without a kernel.

use kaconf::model::{Instance, InterfaceName, SyncGroup, Tracked, TrackedInterface, Weight};
use vrrp_fsm::{Faults, Priority, Status};
use vrrp_types::{Family, Vrid};

use super::super::instance::InstanceId;
use super::{TrackerKey, Trackers};

const A: usize = 0;
const B: usize = 1;

fn id(number: usize) -> InstanceId {
    InstanceId::new(number)
}

fn instance(name: &str) -> Instance {
    let vrid = Vrid::new(51).expect("not 0");
    let mut instance = Instance::new(name, vrid, Family::V4, [224, 0, 0, 18].into());
    instance.interface = InterfaceName::new("lan");
    instance
}

fn script(name: &str, weight: i16) -> Tracked {
    Tracked { name: name.into(), weight: Weight::new(weight) }
}

fn group(members: &[&str]) -> SyncGroup {
    let mut group = SyncGroup::new("G");
    group.members = members.iter().map(|name| (*name).into()).collect();
    group
}

fn align(trackers: &mut Trackers, instances: &[Instance], groups: &[SyncGroup], started: bool) {
    trackers.align(instances.iter(), groups.iter(), |_| Vec::new(), started);
}

/// Effective priority and faults of an instance of priority 100.
fn outcome(trackers: &Trackers, number: usize) -> (u8, Faults) {
    let tally = trackers.tally(id(number), Priority::new(100));
    (tally.priority().get(), tally.faults)
}

#[test]
fn only_followers_are_told_and_only_of_changes() {
    let (mut a, b) = (instance("A"), instance("B"));
    a.tracking.scripts.push(script("s", 10));
    let mut trackers = Trackers::default();
    align(&mut trackers, &[a, b], &[], false);
    let s = TrackerKey::script("s");
    assert_eq!(trackers.set(&s, Status::Up), [id(A)]);
    assert_eq!(trackers.set(&s, Status::Up), []);
    assert_eq!(trackers.set(&TrackerKey::file("s"), Status::Number(1)), [], "a file of that name is another");
    assert_eq!(outcome(&trackers, A), (110, Faults::empty()));
    assert_eq!(outcome(&trackers, B), (100, Faults::empty()));
}

#[test]
fn nobody_waits_for_a_bfd_session() {
    let (mut a, b) = (instance("A"), instance("B"));
    let (mut cut_off, mut weighted) = (group(&["B"]), script("w", -10));
    weighted.weight.reverse = true;
    a.tracking.bfds = vec![script("s", 0), weighted];
    cut_off.tracking.bfds = vec![script("s", 0)];
    let mut trackers = Trackers::default();
    align(&mut trackers, &[a, b], &[cut_off], false);
    for number in [A, B] {
        assert_eq!(outcome(&trackers, number), (100, Faults::empty()));
        assert_eq!(trackers.awaited(id(number)), 0);
    }
}

#[test]
fn one_fault_that_clears_leaves_the_other() {
    let mut a = instance("A");
    a.tracking.scripts.extend([script("s", 0), script("t", 0)]);
    let mut trackers = Trackers::default();
    align(&mut trackers, &[a], &[], false);
    assert_eq!(outcome(&trackers, A), (100, Faults::AWAITED));
    let (s, t) = (TrackerKey::script("s"), TrackerKey::script("t"));
    trackers.set(&s, Status::Down);
    assert_eq!(outcome(&trackers, A), (100, Faults::AWAITED | Faults::TRACKED));
    trackers.set(&t, Status::Down);
    assert_eq!(trackers.turned(id(A)).len(), 2);
    trackers.set(&s, Status::Up);
    assert_eq!(outcome(&trackers, A), (100, Faults::TRACKED));
    assert_eq!(trackers.turned(id(A)), [(s, Status::Up, false)]);
    trackers.set(&t, Status::Up);
    assert_eq!(outcome(&trackers, A), (100, Faults::empty()));
}

#[test]
fn a_group_tracks_for_its_members() {
    let (mut a, b, c) = (instance("A"), instance("B"), instance("C"));
    a.tracking.scripts.push(script("own", 1));
    a.tracking.scripts.push(script("both", 2));
    a.tracking.files.push(script("must", 0));
    let mut group = group(&["A", "B"]);
    group.tracking.scripts.extend([script("both", 20), script("theirs", 40)]);
    group.tracking.files.push(script("must", 5));
    let lan = InterfaceName::new("lan").expect("a name");
    group.tracking.interfaces.push(TrackedInterface { interface: lan, weight: Weight::new(7) });
    let mut trackers = Trackers::default();
    align(&mut trackers, &[a, b, c], &[group], false);
    for name in ["own", "both", "theirs"] {
        trackers.set(&TrackerKey::script(name), Status::Up);
    }
    trackers.set(&TrackerKey::interface("lan"), Status::Up);
    trackers.set(&TrackerKey::file("must"), Status::Number(2));
    assert_eq!(outcome(&trackers, A), (161, Faults::TRACKED), "1 + 20 + 40; the file is indispensable");
    assert_eq!(
        outcome(&trackers, B),
        (170, Faults::empty()),
        "20 + 40 + 2 * 5; its own interface is no tracker"
    );
    assert_eq!(outcome(&trackers, 2), (100, Faults::empty()));
}

#[test]
fn the_own_interface_is_a_tracker_when_it_is_not_one_already() {
    let mut a = instance("A");
    a.dont_track_primary = true;
    let mut group = group(&["A"]);
    let lan = InterfaceName::new("lan").expect("a name");
    group.tracking.interfaces.push(TrackedInterface { interface: lan, weight: Weight::new(-30) });
    let mut trackers = Trackers::default();
    align(&mut trackers, &[a], &[group], false);
    trackers.set(&TrackerKey::interface("lan"), Status::Down);
    assert_eq!(outcome(&trackers, A), (70, Faults::empty()));
}

#[test]
fn what_comes_with_a_reload_is_not_awaited_and_what_stays_is_still_known() {
    let mut a = instance("A");
    a.tracking.scripts.push(script("s", 0));
    let mut trackers = Trackers::default();
    align(&mut trackers, std::slice::from_ref(&a), &[], false);
    trackers.set(&TrackerKey::script("s"), Status::Down);
    a.tracking.scripts.push(script("new", 0));
    align(&mut trackers, std::slice::from_ref(&a), &[], true);
    assert_eq!(outcome(&trackers, A), (100, Faults::TRACKED), "s is still down, and new is not awaited");
    trackers.set(&TrackerKey::script("new"), Status::Down);
    trackers.set(&TrackerKey::script("s"), Status::Up);
    assert_eq!(outcome(&trackers, A), (100, Faults::TRACKED));
    a.tracking.scripts.clear();
    align(&mut trackers, std::slice::from_ref(&a), &[], true);
    assert_eq!(outcome(&trackers, A), (100, Faults::empty()));
    assert_eq!(trackers.status(&TrackerKey::script("s")), Status::Unknown, "forgotten: nobody declares it");
}
