//! The list `unicast_peer` of a `vrrp_instance`.

use std::fmt::Display;

use vrrp_types::Family;

use super::draft::Draft;
use super::owner::Owner;
use super::reader::Reader;
use crate::code::Code;
use crate::expand::Statement;
use crate::model::UnicastPeer;
use crate::value;

impl Reader<'_> {
    /// `unicast_peer { ADDRESS [min_ttl N] [max_ttl N] ... }`
    pub(super) fn unicast_peers(&mut self, statement: &mut Statement, draft: &mut Draft) {
        draft.unicast.configured = true;
        self.lines(statement, |reader, line| reader.unicast_peer(line, draft));
    }

    fn unicast_peer(&mut self, line: &Statement, draft: &mut Draft) {
        let owner = Owner::of(&draft.name);
        let Some(address) = value::host(line.word(0)) else {
            let message = format!("{owner}malformed unicast peer address '{}', skipping it", line.text(0));
            return self.context.report(line, 0, Code::BadAddress, message);
        };
        let family = *draft.family.get_or_insert(Family::of(address));
        if family != Family::of(address) {
            let message =
                format!("{owner}unicast peer {address} must be {family} as the instance is, skipping it");
            return self.context.report(line, 0, Code::FamilyMismatch, message);
        }
        let ttl = self.peer_ttl(line, owner);
        draft.unicast.check_source |= ttl.is_some();
        if draft.unicast.known_peers.contains(&draft.unicast.peers, |peer| peer.address, &address) {
            let message = format!("{owner}{address} is a duplicate unicast_peer, ignoring it");
            return self.context.report(line, 0, Code::DuplicateAddress, message);
        }
        if let Some((min, max)) = ttl.filter(|(min, max)| min > max) {
            let message = format!(
                "{owner}{address}: min_ttl {min} exceeds max_ttl {max}, all packets will be discarded"
            );
            self.context.report(line, 0, Code::BadValue, message);
        }
        draft.unicast.peers.push(UnicastPeer { address, ttl });
    }

    /// The range of TTLs taken from a peer; `None` if none was typed.
    fn peer_ttl(&mut self, line: &Statement, owner: impl Display + Copy) -> Option<(u8, u8)> {
        let mut range = None;
        for word in (1..line.len()).step_by(2) {
            if word + 1 >= line.len() {
                let message = format!("{owner}{}: {} is missing a value", line.text(0), line.text(word));
                self.context.report(line, word, Code::BadValue, message);
                break;
            }
            let read = value::number(line.word(word + 1), 0, 255, false);
            let Some(ttl) = read.value.map(|ttl| ttl as u8) else {
                let message = format!(
                    "{owner}{} '{}' is not a number from 0 to 255, ignoring it",
                    line.text(word),
                    line.text(word + 1)
                );
                self.context.report(line, word + 1, Code::BadNumber, message);
                continue;
            };
            let (min, max) = range.unwrap_or((0, 255));
            range = match line.word(word) {
                b"min_ttl" => Some((ttl, max)),
                b"max_ttl" => Some((min, ttl)),
                _ => {
                    let message =
                        format!("{owner}{}: unknown unicast_peer option '{}'", line.text(0), line.text(word));
                    self.context.report(line, word, Code::BadValue, message);
                    break;
                }
            };
        }
        range
    }
}
