//! What of an address line can only be judged once all of it is read.

use super::address_line::Line;
use super::context::Context;
use crate::code::Code;
use crate::model::{Broadcast, VirtualAddress};

impl Line<'_> {
    /// What can only be judged once the whole line is read.
    pub(super) fn finish(&self, context: &mut Context<'_>, new: &mut VirtualAddress, broadcast: Broadcast) {
        if broadcast != Broadcast::None && new.peer.is_some() {
            self.report(
                context,
                0,
                Code::Incompatible,
                "broadcast and peer exclude each other, ignoring the broadcast address",
            );
        } else if !matches!(broadcast, Broadcast::None | Broadcast::Address(_)) && new.address.prefix() > 30 {
            let message =
                format!("prefix length {} is too long for a broadcast address", new.address.prefix());
            self.report(context, 0, Code::Incompatible, &message);
        } else {
            new.broadcast = broadcast;
        }
        if new.address.is_ipv6() {
            if new.scope != 0 {
                let message = format!("IPv6 address {} takes no scope, ignoring it", self.line.text(0));
                self.report(context, 0, Code::FamilyMismatch, &message);
                new.scope = 0;
            }
            if new.label.take().is_some() {
                let message = format!("IPv6 address {} takes no label, ignoring it", self.line.text(0));
                self.report(context, 0, Code::FamilyMismatch, &message);
            }
            if !self.preferred {
                new.preferred_lifetime = (new.address.prefix() == 128).then_some(0);
            }
        }
    }
}
