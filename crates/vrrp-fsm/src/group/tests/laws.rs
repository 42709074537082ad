//! Laws that hold after every input of any history of a group.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Op {
    Wait(u64),
    Feed(usize, Input),
}

fn any_op() -> impl Strategy<Value = Op> {
    let fault = prop_oneof![
        Just(Faults::INTERFACE_DOWN),
        Just(Faults::TRACKED),
        Just(Faults::AWAITED),
        Just(Faults::TRACKED | Faults::NO_SOURCE),
    ];
    let heard = prop_oneof![Just(0_u8), Just(50), Just(100), Just(150), Just(255)].prop_map(|priority| {
        Input::Advert(Heard { source: OTHER, priority: Priority::new(priority), interval: Interval::DEFAULT })
    });
    let input = prop_oneof![
        4 => heard,
        1 => fault.clone().prop_map(Input::Fault),
        3 => fault.prop_map(Input::Cleared),
        1 => (1_u8..=254).prop_map(|priority| Input::Priority(Priority::new(priority))),
        1 => Just(Input::AddressLost),
        1 => Just(Input::BeforeReload),
    ];
    prop_oneof![
        6 => (0..3_000_000_000_u64).prop_map(Op::Wait),
        10 => (0..4_usize, input).prop_map(|(member, input)| Op::Feed(member, input)),
    ]
}

/// Faults that are a member's own.
fn own(machine: &Machine) -> Faults {
    machine.faults() - Faults::FROM_GROUP
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn members_move_as_one(
        priorities in prop_oneof![
            prop::collection::vec(prop_oneof![Just(100_u8), Just(254)], 1..=4),
            prop::collection::vec(Just(255_u8), 1..=3),
            Just(std::vec![255_u8, 100]),
        ],
        ops in prop::collection::vec(any_op(), 0..120),
    ) {
        let mut host = Host::begun(&priorities);
        for op in ops {
            host.forget();
            let before: Vec<_> = host.machines.iter().map(Machine::as_member).collect();
            match op {
                Op::Wait(nanos) => {
                    host.now = Instant::from_nanos(host.now.as_nanos() + nanos);
                    for member in 0..host.machines.len() {
                        host.feed(member, Input::Tick);
                    }
                }
                Op::Feed(member, input) => host.feed(member % priorities.len(), input),
            }
            let (states, all) = (host.states(), &host.machines);
            let first = states[0];
            prop_assert!(states.iter().all(|state| *state == first), "torn apart: {:?}", states);
            let faulty = all.iter().any(|machine| !own(machine).is_empty());
            prop_assert_eq!(first == State::Fault, faulty);
            let failed = all.iter().any(|machine| !Faults::AWAITED.contains(own(machine)));
            prop_assert!(!failed || host.group.state() == State::Fault, "a failed group is in Fault");
            prop_assert!(faulty || host.group.state() == first, "the group is what its members are");
            prop_assert!(failed || !faulty || all.iter().all(Machine::is_waiting) || host.group.state() == State::Fault);
            let entered = |state| {
                let entered = |deed: &&(usize, Action)| deed.1 == Action::Entered(state);
                host.deeds.iter().filter(entered).count()
            };
            if matches!(op, Op::Feed(..)) {
                let most = priorities.len();
                prop_assert!(entered(State::Master) <= most && entered(State::Fault) <= most);
                if entered(State::Master) > 0 && first == State::Master && priorities[0] != 255 {
                    let ready = before.iter().filter(|member| member.wants_master).count();
                    prop_assert!(ready + 1 >= most, "somebody became master against its will");
                }
            }
            let rest = host.group.after(Change::None, host.machines.iter().map(Machine::as_member));
            prop_assert_eq!(rest, None, "the group is at rest");
        }
    }
}
