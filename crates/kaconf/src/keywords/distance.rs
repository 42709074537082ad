//! How far apart two words are: what a hand slips at costs little, what it hardly ever does costs more.

/// What one ordinary slip costs: a letter more, less or another.
pub(super) const SLIP: u32 = 10;
/// Two neighbours in each other's place: the commonest slip.
const SWAP: u32 = 8;
/// A letter typed twice, or once where there are two.
const DOUBLE: u32 = 7;
/// A letter's neighbour on the keyboard.
const NEIGHBOUR: u32 = 9;
/// The other case, or `-` for `_`.
const SHIFT: u32 = 1;
/// Words begin with what was meant: another first letter is less likely.
const FIRST: u32 = 3;

/// No word of the language is longer.
const WORD_MAX: usize = 48;

/// The cost of making `typed` of `meant` (Damerau-Levenshtein, each pair swapped once), if it is at most `bound`.
pub(super) fn distance(meant: &[u8], typed: &[u8], bound: u32) -> Option<u32> {
    if meant.len() > WORD_MAX || typed.len() > WORD_MAX {
        return None;
    }
    let least = meant.len().abs_diff(typed.len()) as u32 * DOUBLE;
    if least > bound {
        return None;
    }
    let mut rows = [[0_u32; WORD_MAX + 1]; 3];
    let mut total = 0;
    for (column, letter) in typed.iter().enumerate() {
        total += extra(typed, column, *letter);
        rows[0][column + 1] = total;
    }
    for (row, letter) in meant.iter().enumerate() {
        let (before, now, next) = (row.wrapping_add(2) % 3, row % 3, (row + 1) % 3);
        rows[next][0] = rows[now][0] + extra(meant, row, *letter);
        let mut best = rows[next][0];
        for (column, other) in typed.iter().enumerate() {
            let replaced = rows[now][column] + replacement(*letter, *other);
            let dropped = rows[now][column + 1] + extra(meant, row, *letter);
            let added = rows[next][column] + extra(typed, column, *other);
            let mut cost = replaced.min(dropped).min(added);
            if row > 0 && column > 0 && same(*letter, typed[column - 1]) && same(meant[row - 1], *other) {
                cost = cost.min(rows[before][column - 1] + SWAP);
            }
            rows[next][column + 1] = cost;
            best = best.min(cost);
        }
        if best > bound.saturating_add(SWAP) {
            return None;
        }
    }
    let first = match (meant.first(), typed.first()) {
        (Some(a), Some(b)) if !same(*a, *b) => FIRST,
        _ => 0,
    };
    let cost = rows[meant.len() % 3][typed.len()];
    (cost <= bound).then_some(cost + first)
}

/// The cost of a letter that only one of the words has.
fn extra(word: &[u8], at: usize, letter: u8) -> u32 {
    if at > 0 && same(word[at - 1], letter) { DOUBLE } else { SLIP }
}

const fn same(a: u8, b: u8) -> bool {
    a.eq_ignore_ascii_case(&b)
}

fn replacement(a: u8, b: u8) -> u32 {
    if a == b {
        0
    } else if same(a, b) || matches!((a, b), (b'-', b'_') | (b'_', b'-')) {
        SHIFT
    } else if neighbours(a.to_ascii_lowercase(), b.to_ascii_lowercase()) {
        NEIGHBOUR
    } else {
        SLIP
    }
}

/// Where the keys of letters and digits lie: keys side by side have places that differ by one, 0 is none.
const KEYS: [u8; 256] = {
    let rows: [&[u8]; 4] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm", b"1234567890"];
    let mut places = [0; 256];
    let (mut row, mut place) = (0, 1);
    while row < rows.len() {
        let mut key = 0;
        while key < rows[row].len() {
            places[rows[row][key] as usize] = place;
            (key, place) = (key + 1, place + 1);
        }
        // A gap, so that the ends of two rows are no neighbours.
        (row, place) = (row + 1, place + 1);
    }
    places
};

/// Whether two keys lie side by side.
const fn neighbours(a: u8, b: u8) -> bool {
    let (a, b) = (KEYS[a as usize], KEYS[b as usize]);
    a != 0 && b != 0 && a.abs_diff(b) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_have_their_price() {
        for (meant, typed, cost) in [
            ("weight", "weight", Some(0)),
            ("weight", "weigth", Some(SWAP)),
            ("weight", "weigt", Some(SLIP)),
            ("weight", "weigght", Some(DOUBLE)),
            ("weight", "Weight", Some(SHIFT)),
            ("weight", "qeight", Some(NEIGHBOUR + FIRST)),
            ("preempt_delay", "preempt-delay", Some(SHIFT)),
            ("weight", "wxxght", Some(2 * SLIP)),
            ("weight", "wxxxht", None),
            ("", "ab", Some(2 * SLIP)),
        ] {
            assert_eq!(distance(meant.as_bytes(), typed.as_bytes(), 2 * SLIP), cost, "{typed}");
        }
    }
}
