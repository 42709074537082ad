//! Where keepalived's checker process is in the files, as far as it differs from its VRRP process.
//!
//! Each process passes over the blocks of the others by counting braces. Where a brace is missing, the checkers may
//! still be passing over a block that VRRP has left, and read nothing until it ends, or may have left one that VRRP
//! is still in. Blocks of the checkers themselves are not followed here: `lvs` reads those.

use crate::expand::Statement;

/// Blocks that mean nothing to the checkers.
const PASSED_OVER: &[&[u8]] = &[
    b"bfd_instance",
    b"garp_group",
    b"interface_up_down_delays",
    b"linkbeat_interfaces",
    b"static_ipaddress",
    b"static_routes",
    b"static_rules",
    b"track_group",
    b"vrrp_instance",
    b"vrrp_script",
    b"vrrp_sync_group",
    b"vrrp_track_process",
];

/// Asked of every statement, so nearly all of them are told by their length and two octets.
fn is_passed_over(word: &[u8]) -> bool {
    let may_be = match word {
        [first, second, rest @ ..] => {
            rest.len() >= 8
                && matches!(&[*first, *second], b"bf" | b"ga" | b"in" | b"li" | b"st" | b"tr" | b"vr")
        }
        _ => false,
    };
    may_be && PASSED_OVER.binary_search(&word).is_ok()
}

#[derive(Debug, Default)]
pub(super) struct CheckerView {
    /// How many braces were open before the block that is passed over.
    outside: Option<u32>,
    /// The next statement opens such a block, or there is none.
    due: bool,
}

impl CheckerView {
    /// Takes in the next statement; `depth` braces are open behind it.
    pub(super) fn see(&mut self, statement: &Statement, depth: u32) {
        let due = std::mem::take(&mut self.due);
        if statement.is_open() {
            self.outside = self.outside.or_else(|| due.then_some(depth.saturating_sub(1)));
        } else if statement.is_close() {
            self.outside = self.outside.filter(|outside| depth > *outside);
        } else {
            self.due = self.outside.is_none() && is_passed_over(statement.word(0));
        }
    }

    /// Whether it is as at the beginning.
    pub(super) const fn at_rest(&self) -> bool {
        self.outside.is_none() && !self.due
    }

    /// Whether the checkers read what stands here.
    pub(super) const fn reads(&self) -> bool {
        self.outside.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_recognised_and_nothing_else() {
        assert!(PASSED_OVER.is_sorted());
        assert!(PASSED_OVER.iter().all(|word| is_passed_over(word)));
        for word in ["virtual_server", "track_file", "track_groups", "vrrp", "v", ""] {
            assert!(!is_passed_over(word.as_bytes()), "{word}");
        }
    }
}
