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
                Op::Wait(nanos) => wait(&mut host, nanos),
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

    /// Reloads: members come, from Init or from wherever they were by themselves, and go.
    #[test]
    fn members_that_come_and_go_agree_in_the_end(
        ops in prop::collection::vec(prop_oneof![
            6 => any_op().prop_map(Some),
            1 => Just(None),
        ], 0..100),
        choices in prop::collection::vec(any::<prop::sample::Index>(), 100),
    ) {
        let mut host = Host::begun(&[100, 100]);
        let mut outside = Host::begun(&[100, 100, 100]).machines;
        for (op, choice) in ops.into_iter().zip(choices) {
            match op {
                Some(Op::Wait(nanos)) => wait(&mut host, nanos),
                Some(Op::Feed(member, input)) => {
                    let member = member % host.machines.len();
                    host.feed(member, input);
                }
                None if host.machines.len() > 1 && choice.index(2) == 0 => {
                    let mut gone = host.machines.remove(choice.index(host.machines.len()));
                    let _ = gone.step(host.now, Input::Membership(Membership::Alone));
                    let _ = gone.step(host.now, Input::Cleared(Faults::FROM_GROUP));
                    outside.push(gone);
                    host.settle(0, Change::None);
                }
                None if !outside.is_empty() => {
                    let mut comes = outside.remove(choice.index(outside.len()));
                    let _ = comes.step(host.now, Input::Membership(Membership::Member));
                    host.machines.insert(choice.index(host.machines.len()), comes);
                    host.settle(0, Change::None);
                }
                None => {}
            }
            let (states, all) = (host.states(), &host.machines);
            let faulty = all.iter().any(|machine| !own(machine).is_empty());
            prop_assert_eq!(states.contains(&State::Fault), faulty, "{:?}", states);
            prop_assert!(!faulty || states.iter().all(|state| *state == State::Fault), "{:?}", states);
            let rest = host.group.after(Change::None, all.iter().map(Machine::as_member));
            prop_assert_eq!(rest, None, "the group is at rest");
        }
        for member in 0..host.machines.len() {
            host.feed(member, Input::Cleared(Faults::all() - Faults::FROM_GROUP));
        }
        // Nobody else speaks.
        for _ in 0..200 {
            wait(&mut host, 100_000_000);
        }
        prop_assert!(host.states().iter().all(|state| *state == State::Master), "{:?}", host.states());
        prop_assert_eq!(host.group.state(), State::Master);
    }
}

fn wait(host: &mut Host, nanos: u64) {
    host.now = Instant::from_nanos(host.now.as_nanos() + nanos);
    for member in 0..host.machines.len() {
        host.feed(member, Input::Tick);
    }
}
