//! The table of weights, and what holds for all sums.

use proptest::prelude::*;

use super::{Influence, Status, Tally, Weight};
use crate::{Faults, Priority};
use Influence::{Awaited, Fault, Shift};
use Status::{Down, Number, Unknown, Up};

const fn weight(value: i16) -> Weight {
    Weight { value, reverse: false }
}

const fn reverse(value: i16) -> Weight {
    Weight { value, reverse: true }
}

#[test]
fn what_a_weight_makes_of_a_status() {
    let table = [
        // What must be there, and what must not.
        (weight(0), Unknown, Awaited),
        (weight(0), Up, Shift(0)),
        (weight(0), Down, Fault),
        (reverse(0), Unknown, Awaited),
        (reverse(0), Up, Fault),
        (reverse(0), Down, Shift(0)),
        // A reward while up, a penalty while down; reversed each has the other sign.
        (weight(20), Unknown, Shift(0)),
        (weight(20), Up, Shift(20)),
        (weight(20), Down, Shift(0)),
        (weight(-20), Unknown, Shift(0)),
        (weight(-20), Up, Shift(0)),
        (weight(-20), Down, Shift(-20)),
        (reverse(20), Up, Shift(-20)),
        (reverse(20), Down, Shift(0)),
        (reverse(-20), Up, Shift(0)),
        (reverse(-20), Down, Shift(20)),
        (weight(1), Up, Shift(1)),
        (weight(-1), Down, Shift(-1)),
        (weight(254), Up, Shift(254)),
        (weight(-254), Down, Shift(-254)),
        // A file without weight: any number but 0 is a fault.
        (weight(0), Number(0), Shift(0)),
        (weight(0), Number(1), Fault),
        (weight(0), Number(-1), Fault),
        (reverse(0), Number(0), Fault),
        (reverse(0), Number(7), Shift(0)),
        // A file with weight: the product, from -253 to 253; below is a fault.
        (weight(1), Number(-253), Shift(-253)),
        (weight(1), Number(-254), Fault),
        (weight(2), Number(-126), Shift(-252)),
        (weight(2), Number(-127), Fault),
        (weight(1), Number(253), Shift(253)),
        (weight(1), Number(254), Shift(253)),
        (weight(1), Number(252), Shift(252)),
        (weight(-1), Number(254), Fault),
        (reverse(1), Number(254), Fault),
        (reverse(-3), Number(5), Shift(15)),
        (reverse(3), Number(5), Shift(-15)),
        (weight(254), Number(i64::MIN), Fault),
        (weight(254), Number(i64::MAX), Shift(253)),
        (weight(-254), Number(i64::MIN), Shift(253)),
        (weight(7), Unknown, Shift(0)),
    ];
    for (weight, status, expected) in table {
        assert_eq!(weight.influence(status), expected, "{weight:?} {status:?}");
    }
}

#[test]
fn what_is_added_is_clamped_at_the_end_only() {
    let table: [(u8, &[i32], u8); 9] = [
        (100, &[], 100),
        (100, &[20, -5], 115),
        (100, &[-99], 1),
        (100, &[-100], 1),
        (100, &[-253, -253], 1),
        (100, &[154], 254),
        (100, &[155], 254),
        (254, &[253, -253], 254),
        (1, &[-253, 253], 1),
    ];
    for (configured, shifts, expected) in table {
        let tally =
            shifts.iter().fold(Tally::new(Priority::new(configured)), |tally, by| tally.with(Shift(*by)));
        assert_eq!(tally.priority(), Priority::new(expected), "{configured} {shifts:?}");
        assert_eq!(tally.faults, Faults::empty());
    }
}

#[test]
fn faults_are_collected_and_move_no_priority() {
    let fresh = Tally::new(Priority::new(100));
    assert_eq!(fresh.with(Fault).faults, Faults::TRACKED);
    assert_eq!(fresh.with(Awaited).faults, Faults::AWAITED);
    assert_eq!(fresh.with(Fault).with(Awaited).with(Fault).faults, Faults::TRACKED | Faults::AWAITED);
    assert_eq!(fresh.with(Fault).with(Shift(5)).priority(), Priority::new(105));
}

fn any_influence() -> impl Strategy<Value = Influence> {
    let status = prop_oneof![Just(Unknown), Just(Up), Just(Down), any::<i64>().prop_map(Number)];
    (-254_i16..=254, any::<bool>(), status)
        .prop_map(|(value, reverse, status)| Weight { value, reverse }.influence(status))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sum_leaves_the_range_and_no_order_matters(
        configured in 1_u8..=254,
        mut influences in proptest::collection::vec(any_influence(), 0..40),
    ) {
        let sum = |influences: &[Influence]| {
            influences.iter().fold(Tally::new(Priority::new(configured)), |tally, by| tally.with(*by))
        };
        let forwards = sum(&influences);
        prop_assert!((1..=254).contains(&forwards.priority().get()));
        prop_assert_eq!(forwards.faults.contains(Faults::TRACKED), influences.contains(&Fault));
        prop_assert_eq!(forwards.faults.contains(Faults::AWAITED), influences.contains(&Awaited));
        influences.reverse();
        prop_assert_eq!(sum(&influences), forwards);
    }

    /// An object that goes and comes back leaves nothing behind, and reversing changes the sign and nothing else.
    #[test]
    fn reversed_is_negated(value in prop_oneof![-254_i16..=-1, 1_i16..=254], up in any::<bool>()) {
        let status = if up { Up } else { Down };
        let (Shift(plain), Shift(reversed)) =
            (weight(value).influence(status), reverse(value).influence(status)) else { panic!("a fault") };
        prop_assert_eq!(plain, -reversed);
        prop_assert_eq!(plain != 0, (value > 0) == up);
    }
}
