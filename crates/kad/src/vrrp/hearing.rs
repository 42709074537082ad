//! From a socket to the machines: every packet that waits is told to whoever it is for.
//!
//! What makes a packet an advert, and for whom, is `reception`.

use tracing::{info, warn};
use vrrp_fsm::{Input, Instant};
use vrrp_linux::{Datagram, RxBatch};

use super::driver::Driver;
use super::{clock, reception};

/// Receive batches of one socket in one turn: whoever floods the link does not keep the timers from running.
const BATCHES: usize = 16;

impl Driver {
    /// Hears what waits in one socket; gives how many packets it was.
    pub(super) fn receive(&mut self, number: usize, batch: &mut RxBatch) -> usize {
        let mut total = 0;
        for _ in 0..BATCHES {
            let Some(slot) = self.receivers.slot(number) else { return total };
            let received = match slot.receiver.recv(batch) {
                Ok(received) => received,
                Err(error) => {
                    warn!("adverts cannot be received: {error}");
                    return total;
                }
            };
            total += received;
            let now = clock::now();
            for datagram in batch.iter() {
                self.hear(number, &datagram, now);
            }
            if received < batch.slots() {
                break;
            }
        }
        total
    }

    fn hear(&mut self, number: usize, datagram: &Datagram<'_>, now: Instant) {
        let Some(advert) = reception::address(datagram) else { return };
        let listener = self.receivers.slot(number).and_then(|slot| advert.listener(slot, &self.instances));
        match listener {
            Some(id) => {
                if let Some(heard) = advert.hear(&mut self.instances[id.index()]) {
                    self.feed(id, now, Input::Advert(heard));
                }
            }
            None if self.global.log_unknown_vrids => {
                info!("Unknown VRID({}) received from {}. ignoring...", advert.vrid, advert.source);
            }
            None => {}
        }
    }
}
