//! Laws that hold after every step of any history, however unlikely.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Op {
    Wait(u64),
    Feed(Input),
    Reconfigure(Config),
}

fn any_heard() -> impl Strategy<Value = Heard> {
    let source = prop_oneof![Just(OURS), Just(ABOVE), Just(BELOW)];
    let priority = prop_oneof![Just(0u8), Just(50), Just(100), Just(254), Just(255)];
    let interval = prop_oneof![Just(1u16), Just(100), Just(4_095)];
    (source, priority, interval).prop_map(|(source, priority, centis)| Heard {
        source,
        priority: Priority::new(priority),
        interval: Interval::from_centis(centis).unwrap(),
    })
}

fn any_config() -> impl Strategy<Value = Config> {
    let version = prop_oneof![Just(Version::V2), Just(Version::V3)];
    let priority = prop_oneof![Just(1u8), Just(100), Just(254), Just(255)];
    let delay = prop_oneof![Just(0u64), Just(1), Just(1_000)];
    let flags = any::<(bool, bool, bool, bool)>();
    (version, priority, delay, flags, 1..=5u8).prop_map(|(version, priority, delay, flags, adverts)| Config {
        version,
        priority: Priority::new(priority),
        preempt: flags.0,
        preempt_delay: Duration::from_secs(delay),
        down_timer_adverts: adverts.try_into().unwrap(),
        lower_prio_no_advert: flags.1,
        higher_prio_send_advert: flags.2,
        timer_expired_backup: flags.3.then_some(Priority::MAX_BACKUP),
        announcements: Announcements { refresh: Duration::from_secs(delay), ..Announcements::default() },
        ..config(100)
    })
}

fn from_group() -> impl Strategy<Value = Input> {
    let membership =
        prop_oneof![Just(Membership::Alone), Just(Membership::Member), Just(Membership::OwnerAmongOwners)];
    prop_oneof![
        membership.prop_map(Input::Membership),
        Just(Input::Follow(Lead::Master)),
        Just(Input::Follow(Lead::Backup)),
        Just(Input::RivalHeard),
    ]
}

fn any_op() -> impl Strategy<Value = Op> {
    let fault = prop_oneof![Just(Faults::INTERFACE_DOWN), Just(Faults::TRACKED), Just(Faults::all())];
    let input = prop_oneof![
        6 => any_heard().prop_map(Input::Advert),
        1 => any::<bool>().prop_map(|now| Input::Start { hold: if now { Duration::ZERO } else { SECOND } }),
        1 => Just(Input::Stop),
        1 => fault.clone().prop_map(Input::Fault),
        2 => fault.prop_map(Input::Cleared),
        1 => any::<u8>().prop_map(|priority| Input::Priority(Priority::new(priority))),
        1 => prop_oneof![Just(None), Just(Some(OURS)), Just(Some(ABOVE))].prop_map(Input::Source),
        1 => prop_oneof![Just(Input::AddressLost), Just(Input::BeforeReload), Just(Input::AddressesAdded)],
        1 => from_group(),
    ];
    prop_oneof![
        4 => prop_oneof![0..5_000_000u64, 0..5_000_000_000u64, Just(u64::MAX / 4)].prop_map(Op::Wait),
        12 => input.prop_map(Op::Feed),
        1 => any_config().prop_map(Op::Reconfigure),
    ]
}

/// The driver's side of the bargain: what it believes after carrying the actions out.
#[derive(Default)]
struct Driver {
    holds_addresses: bool,
    state: Option<State>,
}

impl Driver {
    fn carry_out(&mut self, actions: &Actions) {
        for action in actions {
            match action {
                Action::AddAddresses => {
                    assert!(!self.holds_addresses, "added twice");
                    self.holds_addresses = true;
                }
                Action::RemoveAddresses => {
                    assert!(self.holds_addresses, "removed twice");
                    self.holds_addresses = false;
                }
                Action::Entered(state) => {
                    assert_ne!(self.state, Some(*state), "entered twice");
                    self.state = Some(*state);
                }
                Action::Announce { rounds } => {
                    assert!(self.holds_addresses, "announced what it does not hold");
                    assert!(*rounds > 0);
                }
                Action::Send(_) | Action::Report(_) => {}
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_upholds_the_laws(first in any_config(), ops in prop::collection::vec(any_op(), 0..200)) {
        let mut machine = machine(first);
        let mut driver = Driver { holds_addresses: false, state: Some(State::Init) };
        let mut nanos = 0u64;
        for op in ops {
            let before = machine.state();
            let now = Instant::from_nanos(nanos);
            let actions = match op {
                Op::Wait(span) => {
                    // Some 290 years: beyond, the end of time is never, and a timer there is off.
                    nanos = nanos.saturating_add(span).min(u64::MAX / 2);
                    machine.step(Instant::from_nanos(nanos), Input::Tick)
                }
                Op::Feed(input) => machine.step(now, input),
                Op::Reconfigure(config) => {
                    let effective = config.priority;
                    machine.reconfigure(now, config, effective).unwrap()
                }
            };
            driver.carry_out(&actions);
            let state = machine.state();
            prop_assert_eq!(driver.holds_addresses, state == State::Master, "addresses follow the state");
            prop_assert_eq!(driver.state, Some(state), "every change is told");
            let asleep = machine.deadline().is_none();
            prop_assert!(!asleep || matches!(state, State::Init | State::Fault), "asleep for ever in {:?}", state);
            prop_assert_eq!(state == State::Fault, state != State::Init && !machine.faults().is_empty());
            prop_assert!(!machine.priority().is_stop());
            let farewell = actions.contains(&Action::Send(Priority::STOP));
            prop_assert!(!farewell || (before == State::Master && state != State::Master), "farewell without leaving");
        }
    }

    #[test]
    fn a_tick_at_the_deadline_moves_the_deadline(config in any_config(), inputs in prop::collection::vec(any_heard(), 0..20)) {
        let mut machine = machine(config);
        let _ = machine.step(ms(0), NOW);
        let mut now = ms(0);
        for heard in inputs {
            let due = machine.deadline().unwrap();
            prop_assert!(due >= now);
            now = due;
            let _ = machine.step(now, Input::Tick);
            prop_assert!(machine.deadline().unwrap() > now, "would spin");
            let _ = machine.step(now, Input::Advert(heard));
        }
    }
}
