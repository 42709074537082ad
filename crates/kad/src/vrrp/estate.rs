//! What a predecessor left that the configuration says nothing of any more: it was killed, and its file was changed.
//!
//! Addresses, routes and rules bear keepalived's mark, so it can be told that they are of such a daemon, but not of
//! which one. So they are only taken away where no other is alive: whoever speaks VRRP in this network namespace has a
//! raw socket of that protocol.

use std::fs;

use tracing::{info, warn};
use vrrp_linux::{Address, AddressOp, NetlinkError, PROTOCOL_AH, PROTOCOL_VRRP};

use super::driver::Driver;
use super::kernel::is_marked;

/// The raw sockets of this network namespace (proc_pid_net(5)), IPv4 and IPv6.
const SOCKETS: [&str; 2] = ["/proc/self/net/raw", "/proc/self/net/raw6"];

impl Driver {
    /// Whether there are things of a dead daemon: addresses bear the mark, and nobody is there whose they could be. To
    /// be asked before this process opens sockets.
    pub(super) fn finds_an_estate(&self) -> bool {
        let mut addresses = self.interfaces.iter().flat_map(|interface| &interface.addresses);
        addresses.any(is_marked) && nobody_speaks_vrrp()
    }

    /// Removes marked addresses that nobody configured. Those of the configuration are removed with its instances, or
    /// taken over.
    pub(super) fn remove_unclaimed_addresses(&mut self) {
        let statics: Vec<_> =
            self.routing.statics.addresses.iter().map(|held| held.model.address.ip()).collect();
        let unclaimed = |address: &&Address| {
            let ip = address.ip();
            is_marked(address) && !self.virtuals.contains_key(&ip) && !statics.contains(&ip)
        };
        let operations: Vec<AddressOp> = self
            .interfaces
            .iter()
            // A VMAC's addresses go or stay with it.
            .filter(|interface| interface.link.stacked.is_none())
            .flat_map(|interface| interface.addresses.iter().filter(unclaimed))
            .cloned()
            .map(AddressOp::Remove)
            .collect();
        for (operation, outcome) in operations.iter().zip(self.kernel.change(&operations)) {
            let AddressOp::Remove(address) = operation else { continue };
            match outcome {
                Ok(()) => info!("removed {}, which a predecessor left", address.ip()),
                Err(NetlinkError::AddressNotThere | NetlinkError::NoInterface) => {}
                Err(error) => warn!("an address left by a predecessor could not be removed: {error}"),
            }
        }
    }
}

/// Whether nobody in this network namespace speaks VRRP; in doubt somebody does.
fn nobody_speaks_vrrp() -> bool {
    SOCKETS.iter().all(|file| match fs::read_to_string(file) {
        Ok(sockets) => !speaks(&sockets),
        // A kernel without the family.
        Err(error) => error.kind() == std::io::ErrorKind::NotFound && file.ends_with('6'),
    })
}

/// Whether a list of raw sockets has one that VRRP comes by. The protocol stands where other lists have the port.
fn speaks(sockets: &str) -> bool {
    let protocol = |line: &str| {
        let local = line.split_whitespace().nth(1)?;
        u8::from_str_radix(local.rsplit_once(':')?.1.trim_start_matches('0'), 16).ok()
    };
    sockets.lines().skip(1).filter_map(protocol).any(|found| [PROTOCOL_VRRP, PROTOCOL_AH].contains(&found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_speaks_has_a_socket_of_the_protocol() {
        let head = "  sl  local_address rem_address   st tx_queue rx_queue\n";
        for (lines, expected) in [
            ("", false),
            (" 132: 120000E0:0070 00000000:0000 07\n", true),
            ("   1: 00000000:0001 00000000:0000 07\n 132: 00000000:0070 00000000:0000 07\n", true),
            ("   1: 00000000:0001 00000000:0000 07\n 255: 00000000:00FF 00000000:0000 07\n", false),
            (" 51: 00000000:0033 00000000:0000 07\n", true),
            ("junk\n", false),
        ] {
            assert_eq!(speaks(&format!("{head}{lines}")), expected, "{lines}");
        }
    }
}
