//! sd_notify(3): telling systemd how it goes. Without NOTIFY_SOCKET it does nothing.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use rustix::time::{ClockId, clock_gettime};

/// The way to the service manager.
#[derive(Debug)]
pub(crate) struct Systemd {
    socket: Option<(UnixDatagram, SocketAddr)>,
}

impl Systemd {
    /// As the environment says.
    pub(crate) fn from_env() -> Self {
        let address = std::env::var_os("NOTIFY_SOCKET").and_then(|path| match path.as_bytes() {
            [b'@', name @ ..] => SocketAddr::from_abstract_name(name).ok(),
            _ => SocketAddr::from_pathname(&path).ok(),
        });
        Self { socket: address.and_then(|address| Some((UnixDatagram::unbound().ok()?, address))) }
    }

    /// It runs.
    pub(crate) fn ready(&self) {
        self.say(&format!("READY=1\nMAINPID={}", std::process::id()));
    }

    /// A reload begins; [`Self::ready`] ends it.
    pub(crate) fn reloading(&self) {
        let now = clock_gettime(ClockId::Monotonic);
        self.say(&format!("RELOADING=1\nMONOTONIC_USEC={}", now.tv_sec * 1_000_000 + now.tv_nsec / 1000));
    }

    /// It stops.
    pub(crate) fn stopping(&self) {
        self.say("STOPPING=1");
    }

    /// It could not start, or cannot go on; an errno.
    pub(crate) fn failed(&self, errno: i32) {
        self.say(&format!("ERRNO={errno}"));
    }

    fn say(&self, state: &str) {
        if let Some((socket, address)) = &self.socket {
            // Nobody to tell that nobody listens.
            let _sent = socket.send_to_addr(state.as_bytes(), address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_datagrams_as_the_manual_has_them() {
        let address = SocketAddr::from_abstract_name(format!("kad-notify-{}", std::process::id())).unwrap();
        let manager = UnixDatagram::bind_addr(&address).unwrap();
        let systemd = Systemd { socket: Some((UnixDatagram::unbound().unwrap(), address)) };
        let heard = || {
            let mut octets = [0; 200];
            let len = manager.recv(&mut octets).unwrap();
            String::from_utf8(octets[..len].to_vec()).unwrap()
        };
        systemd.ready();
        assert_eq!(heard(), format!("READY=1\nMAINPID={}", std::process::id()));
        systemd.reloading();
        let reloading = heard();
        let usec = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap();
        assert!(usec.parse::<u64>().unwrap() > 0);
        systemd.stopping();
        assert_eq!(heard(), "STOPPING=1");
        systemd.failed(22);
        assert_eq!(heard(), "ERRNO=22");
    }
}
