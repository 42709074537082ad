//! How many octets the kernel may queue for this process: adverts, and what netlink says.

use kaconf::model::{Authentication, Global, RxBuffers};
use tracing::info;
use vrrp_types::Version;

use super::driver::Driver;
use super::instance::{Instance, InstanceId};
use super::interfaces::Interfaces;

/// Octets of the IPv4 header, of AH, of a VRRP header, and of a password.
const IPV4: usize = 20;
const AH: usize = 24;
const VRRP: usize = 8;
const PASSWORD: usize = 8;

/// What a receiving socket needs for the instances that listen to it: their own `kernel_rx_buf_size`, or what
/// `vrrp_rx_bufs_policy` gives each. `None` is the system's default, as long as that holds a few adverts of each.
pub(super) fn of_socket(
    listeners: &[InstanceId],
    instances: &[Instance],
    interfaces: &Interfaces,
    global: &Global,
) -> Option<u32> {
    let times = |octets: u32| global.rx_buffers_multiplier.saturating_mul(octets);
    let each = |id: &InstanceId| {
        let instance = &instances[id.index()];
        match (instance.model.rx_buffer, global.rx_buffers) {
            (Some(octets), _) | (None, RxBuffers::Octets(octets)) => octets,
            (None, RxBuffers::System) => 0,
            (None, RxBuffers::Advert) => times(advert(instance)),
            (None, RxBuffers::Mtu) => {
                let interface = instance.interface.and_then(|index| interfaces.get(index));
                times(interface.map_or(0, |interface| interface.link.mtu))
            }
        }
    };
    let octets = listeners.iter().map(each).fold(0, u32::saturating_add);
    if octets > 0 { Some(octets) } else { swarm(listeners.len()) }
}

/// Octets of an advert on the wire, from its IP header on.
fn advert(instance: &Instance) -> u32 {
    let model = &instance.model;
    let per_address = if model.family == vrrp_types::Family::V4 { 4 } else { 16 };
    let ip = if model.family == vrrp_types::Family::V4 { IPV4 } else { 0 };
    let password = if model.version == Version::V2 { PASSWORD } else { 0 };
    let header = if matches!(model.authentication, Authentication::Ah(_)) { AH } else { 0 };
    let octets = ip + header + VRRP + per_address * model.addresses.len() + password;
    u32::try_from(octets).unwrap_or(u32::MAX)
}

/// Octets that a socket needs so that a few adverts of each of many masters wait in it while the process is kept
/// from running; the system's default is enough for less than a hundred.
fn swarm(listeners: usize) -> Option<u32> {
    /// What the kernel counts for a short packet, times the adverts that make a master-down time.
    const OCTETS: usize = 3 * 1_024;
    (listeners > 64).then(|| u32::try_from(listeners.saturating_mul(OCTETS)).unwrap_or(u32::MAX))
}

impl Driver {
    /// `vrrp_netlink_cmd_rcv_bufs`, `vrrp_netlink_monitor_rcv_bufs`: for sockets that are open already.
    pub(super) fn size_netlink(&mut self) {
        let Global { netlink_command_buffer, netlink_monitor_buffer, .. } = self.global;
        let command = netlink_command_buffer.map(|(octets, _)| self.kernel.netlink().resize(octets));
        let monitor = netlink_monitor_buffer.map(|(octets, _)| self.monitor.resize(octets));
        for error in [command, monitor].into_iter().flatten().filter_map(Result::err) {
            info!("the receive buffer of a netlink socket cannot be set: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaconf::model;
    use vrrp_types::{Family, Vrid};

    fn instances(buffers: &[Option<u32>]) -> Vec<Instance> {
        let made = |(number, buffer): (usize, &Option<u32>)| {
            let vrid = Vrid::new(number as u8 + 1).unwrap();
            let mut model = model::Instance::new("V", vrid, Family::V4, [224, 0, 0, 18].into());
            model.rx_buffer = *buffer;
            Instance::new(model).unwrap()
        };
        buffers.iter().enumerate().map(made).collect()
    }

    fn size(buffers: &[Option<u32>], policy: RxBuffers) -> Option<u32> {
        let instances = instances(buffers);
        let listeners: Vec<_> = (0..instances.len()).map(InstanceId::new).collect();
        let mut global = Global::default();
        global.rx_buffers = policy;
        of_socket(&listeners, &instances, &Interfaces::default(), &global)
    }

    #[test]
    fn what_instances_ask_for_is_added_up() {
        for (buffers, policy, octets) in [
            (&[None, None][..], RxBuffers::System, None),
            (&[Some(1000), None], RxBuffers::System, Some(1000)),
            (&[Some(1000), Some(500)], RxBuffers::System, Some(1500)),
            (&[Some(1000), None], RxBuffers::Octets(200), Some(1200)),
            // 20 of IPv4, 8 of VRRP, 8 of a password, three times.
            (&[None, None], RxBuffers::Advert, Some(2 * 3 * 36)),
            (&[Some(u32::MAX), Some(1)], RxBuffers::System, Some(u32::MAX)),
            // No interface, no MTU.
            (&[None], RxBuffers::Mtu, None),
        ] {
            assert_eq!(size(buffers, policy), octets, "{buffers:?} {policy:?}");
        }
    }

    #[test]
    fn a_swarm_has_room_though_nobody_asked() {
        assert_eq!(size(&[None; 64], RxBuffers::System), None);
        assert_eq!(size(&[None; 100], RxBuffers::System), Some(100 * 3 * 1024));
    }
}
