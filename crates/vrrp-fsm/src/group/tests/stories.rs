//! What keepalived's groups do, one story each.

use super::*;
use State::{Backup, Fault, Init, Master};

#[test]
fn a_member_waits_until_all_want_to_be_master() {
    let mut host = Host::begun(&[100, 90]);
    assert_eq!(host.group.state(), Backup);
    host.sleep(0);
    assert_eq!(host.states(), [Backup, Backup], "the other one still listens");
    let again = host.now.saturating_add(host.machines[0].master_down());
    assert_eq!(host.machines[0].deadline(), Some(again), "and it listens on");
    host.forget();
    host.sleep(1);
    assert_eq!(host.states(), [Master, Master]);
    assert_eq!(host.orders, [Order::Master]);
    let first = host.deeds.first().copied();
    assert_eq!(first, Some((1, Action::Send(Priority::new(90)))), "who made it so speaks first");
    assert_eq!(host.group.state(), Master);
}

#[test]
fn who_waited_stops_wanting_when_it_hears_a_master() {
    let mut host = Host::begun(&[100, 100]);
    host.sleep(0);
    host.hear(0, 150);
    host.sleep(1);
    assert_eq!(host.states(), [Backup, Backup]);
    host.sleep(0);
    assert_eq!(host.states(), [Master, Master]);
}

#[test]
fn a_lower_master_does_not_stop_the_want() {
    let mut host = Host::begun(&[100, 100]);
    host.sleep(0);
    host.hear(0, 50);
    host.sleep(1);
    assert_eq!(host.states(), [Master, Master]);
}

#[test]
fn one_better_master_makes_all_yield_silently() {
    let mut host = Host::masters(&[100, 100, 100]);
    host.hear(1, 150);
    assert_eq!(host.states(), [Backup, Backup, Backup]);
    assert_eq!(host.orders, [Order::Backup]);
    assert!(host.farewells().is_empty());
    assert_eq!(host.group.state(), Backup);
}

#[test]
fn a_lost_address_costs_all_and_they_come_back_soon() {
    let mut host = Host::masters(&[100, 100]);
    host.feed(0, Input::AddressLost);
    assert_eq!(host.states(), [Backup, Backup]);
    assert_eq!(host.farewells(), [0, 1]);
    let skew = host.machines[1].skew();
    assert_eq!(host.machines[1].deadline(), Some(host.now.saturating_add(skew)));
    host.sleep(0);
    host.sleep(1);
    assert_eq!(host.states(), [Master, Master]);
}

#[test]
fn a_fault_of_one_is_a_fault_of_all_and_each_says_farewell_once() {
    let mut host = Host::masters(&[100, 100]);
    host.feed(1, Input::Fault(Faults::INTERFACE_DOWN));
    assert_eq!(host.states(), [Fault, Fault]);
    assert_eq!(host.farewells(), [1, 0]);
    assert_eq!(host.group.state(), Fault);
    host.forget();
    host.feed(1, Input::Cleared(Faults::INTERFACE_DOWN));
    assert_eq!(host.orders, [Order::Recover]);
    assert_eq!(host.states(), [Backup, Backup]);
    assert_eq!(host.deeds, [(1, Action::Entered(Backup)), (0, Action::Entered(Backup))]);
    assert_eq!(host.group.state(), Backup);
}

#[test]
fn nobody_serves_before_the_last_fault_is_gone() {
    let mut host = Host::masters(&[100, 100, 100]);
    host.feed(0, Input::Fault(Faults::INTERFACE_DOWN));
    host.feed(1, Input::Fault(Faults::TRACKED));
    host.feed(0, Input::Fault(Faults::TRACKED));
    host.feed(0, Input::Cleared(Faults::INTERFACE_DOWN));
    host.feed(1, Input::Cleared(Faults::TRACKED));
    assert_eq!(host.states(), [Fault, Fault, Fault]);
    assert_eq!(host.orders, [Order::Fault], "one move, whatever happens meanwhile");
    host.feed(0, Input::Cleared(Faults::TRACKED));
    assert_eq!(host.states(), [Backup, Backup, Backup]);
}

#[test]
fn a_fault_before_the_start_keeps_all_from_it() {
    let mut host = Host::new(&[100, 100]);
    host.feed(1, Input::Fault(Faults::NO_INTERFACE));
    assert_eq!(host.states(), [Init, Init]);
    host.begin();
    assert_eq!(host.states(), [Fault, Fault]);
    assert_eq!(host.group.state(), Fault);
    host.feed(1, Input::Cleared(Faults::NO_INTERFACE));
    assert_eq!(host.states(), [Backup, Backup]);
}

#[test]
fn what_one_awaits_all_wait_for_and_nobody_calls_it_a_fault() {
    let mut host = Host::new(&[100, 100]);
    host.feed(0, Input::Fault(Faults::AWAITED));
    host.begin();
    assert_eq!(host.states(), [Fault, Fault]);
    assert!(host.machines.iter().all(Machine::is_waiting));
    assert_eq!(host.group.state(), Init);
    host.feed(0, Input::Cleared(Faults::AWAITED));
    assert_eq!(host.states(), [Backup, Backup]);
    assert_eq!(host.orders, [Order::Await, Order::Recover]);
}

#[test]
fn what_was_awaited_may_turn_out_to_be_a_fault() {
    let mut host = Host::new(&[100, 100]);
    host.feed(0, Input::Fault(Faults::AWAITED));
    host.begin();
    host.feed(0, Input::Fault(Faults::TRACKED));
    host.feed(0, Input::Cleared(Faults::AWAITED));
    assert_eq!(host.group.state(), Fault);
    assert!(!host.machines.iter().any(Machine::is_waiting));
    host.feed(0, Input::Cleared(Faults::TRACKED));
    assert_eq!((host.states(), host.group.state()), (std::vec![Backup, Backup], Backup));
}

#[test]
fn a_group_of_one_is_as_good_as_none() {
    let mut host = Host::begun(&[100]);
    let alone = host.machines[0].deadline();
    host.sleep(0);
    assert_eq!(host.states(), [Master]);
    assert_eq!(Some(host.now), alone, "and no later");
    host.hear(0, 200);
    assert_eq!((host.states(), host.group.state()), (std::vec![Backup], Backup));
}

#[test]
fn owners_among_owners_begin_as_masters_and_others_do_not() {
    let host = Host::begun(&[255, 255]);
    assert_eq!((host.states(), host.group.state()), (std::vec![Master, Master], Master));
    let mut host = Host::begun(&[255, 100]);
    assert_eq!(host.states(), [Backup, Backup]);
    host.sleep(0);
    assert_eq!(host.states(), [Backup, Backup]);
    host.sleep(1);
    assert_eq!(host.states(), [Master, Master]);
}

#[test]
fn a_rival_of_one_makes_the_others_announce_too() {
    let mut host = Host::masters(&[100, 100]);
    host.hear(0, 50);
    let rounds = Announcements::default().lower_prio_repeat;
    let announce = Action::Announce { rounds };
    assert_eq!(host.deeds, [(0, Action::Send(Priority::new(100))), (0, announce), (1, announce)]);
    assert_eq!(host.orders, []);
}

/// By a reload: the group goes on as master, and the new member joins or takes the others along.
#[test]
fn who_joins_masters_becomes_one_or_makes_them_yield() {
    for better in [false, true] {
        let mut host = Host::masters(&[100, 100]);
        let config = host.machines[0].config().clone();
        let mut joins = Machine::new(config).unwrap();
        let _ = joins.step(host.now, Input::Membership(Membership::Member));
        host.machines.push(joins);
        host.feed(2, START);
        assert_eq!(host.states(), [Master, Master, Backup]);
        assert_eq!((host.group.state(), host.orders.len()), (Master, 0));
        if better {
            host.hear(2, 150);
            assert_eq!(host.states(), [Backup, Backup, Backup]);
            assert_eq!(host.group.state(), Backup);
        } else {
            host.sleep(2);
            assert_eq!(host.states(), [Master, Master, Master]);
        }
    }
}

/// By a reload: who comes from a group in Fault does not bring it along.
#[test]
fn who_leaves_a_group_leaves_its_fault_behind() {
    let mut host = Host::masters(&[100, 100]);
    host.feed(0, Input::Fault(Faults::TRACKED));
    let joins = host.machines.pop().expect("two members");
    let mut other = Host::begun(&[100]);
    other.machines.push(joins);
    other.feed(1, Input::BeforeReload);
    assert_eq!(other.states(), [Backup, Backup]);
}

#[test]
fn nobody_goes_before_all_have_begun() {
    let mut host = Host::new(&[100, 100]);
    host.feed(0, START);
    assert_eq!(host.group.state(), Init);
    host.sleep(0);
    assert_eq!(host.states(), [Backup, Init], "it wants to, and waits");
    host.feed(1, START);
    assert_eq!((host.states(), host.group.state()), (std::vec![Backup, Backup], Backup));
    host.sleep(1);
    assert_eq!(host.states(), [Master, Master]);
}

#[test]
fn a_fault_that_is_gone_before_the_start_is_no_beginning() {
    let mut host = Host::new(&[100, 100]);
    host.feed(1, Input::Fault(Faults::NO_INTERFACE));
    assert_eq!(host.group.state(), Fault);
    host.feed(1, Input::Cleared(Faults::NO_INTERFACE));
    assert_eq!((host.states(), host.group.state()), (std::vec![Init, Init], Init));
    host.feed(0, START);
    assert_eq!(host.group.state(), Init);
}

/// By a reload.
#[test]
fn who_joins_a_group_in_fault_is_in_fault() {
    let mut host = Host::masters(&[100, 100]);
    host.feed(0, Input::Fault(Faults::TRACKED));
    let mut other = Host::begun(&[100]);
    host.machines.push(other.machines.remove(0));
    host.feed(2, Input::Membership(Membership::Member));
    host.feed(2, Input::BeforeReload);
    assert_eq!(host.states(), [Fault, Fault, Fault]);
    host.feed(0, Input::Cleared(Faults::TRACKED));
    assert_eq!(host.states(), [Backup, Backup, Backup]);
}
