//! Against a real kernel, with `ipvsadm` as the witness. They empty the tables of their network namespace, so they run
//! in a guest kernel, one after the other.
#![expect(clippy::unwrap_used, reason = "a test fails by its panic")]

use std::net::SocketAddr;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipvs_netlink::{
    AsyncIpvs, DaemonRole, Destination, Family, Forwarding, FwMark, Ipvs, IpvsError, Op, Protocol, Scheduler,
    Service, ServiceFlags, ServiceId, SyncDaemon, Timeouts, Tunnel, TunnelFlags, TunnelKind, Weight,
};

/// One test at a time has the tables, and finds them empty.
fn alone() -> (MutexGuard<'static, ()>, Ipvs) {
    static ALONE: Mutex<()> = Mutex::new(());
    let guard = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut ipvs = Ipvs::open().unwrap();
    assert_eq!(ipvs.apply(&[Op::Flush]), [Ok(())]);
    (guard, ipvs)
}

/// What `ipvsadm` says, line by line in order.
fn witness(arguments: &[&str]) -> Vec<String> {
    let output = Command::new("ipvsadm").args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let mut lines: Vec<_> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| line.trim().to_owned()).collect();
    lines.sort();
    lines
}

fn at(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn web() -> ServiceId {
    ServiceId::address(Protocol::Tcp, at("127.0.0.9:80"))
}

fn all_done(outcomes: &[Result<(), IpvsError>]) {
    for (number, outcome) in outcomes.iter().enumerate() {
        assert_eq!(*outcome, Ok(()), "operation {number}");
    }
}

#[test]
#[ignore = "needs a kernel with IPVS: cargo xtask test --only guest"]
fn every_kind_of_service_and_destination_is_as_ipvsadm_sees_it() {
    let (_guard, mut ipvs) = alone();
    let v6 = ServiceId::address(Protocol::Udp, at("[::1]:53"));
    let mark = ServiceId::fwmark(Family::V4, FwMark::new(7).unwrap());
    let sctp = ServiceId::address(Protocol::Sctp, at("127.0.0.9:9"));
    let sticky = Service::new(web(), Scheduler::WRR).persistent(Duration::from_secs(50));
    let flagged = ServiceFlags::SCHEDULER_1 | ServiceFlags::SCHEDULER_2;
    let tunnel = |kind, port, flags| Forwarding::Tunnel(Tunnel { kind, port, flags });
    let gue = tunnel(TunnelKind::Gue, 6080, TunnelFlags::CHECKSUM);
    let gre = tunnel(TunnelKind::Gre, 0, TunnelFlags::empty());
    all_done(
        &ipvs.apply(&[
            Op::NewService(sticky),
            Op::NewDestination(web(), Destination::new(at("127.0.0.2:8080"), Forwarding::Masquerade)),
            Op::NewDestination(
                web(),
                Destination::new(at("127.0.0.3:80"), Forwarding::Tunnel(Tunnel::default()))
                    .with_weight(Weight::NONE)
                    .with_thresholds(9, 5),
            ),
            Op::NewDestination(web(), Destination::new(at("127.0.0.4:80"), gue)),
            Op::NewDestination(web(), Destination::new(at("127.0.0.5:80"), gre)),
            Op::NewService(Service::new(v6, Scheduler::SH).with_flags(flagged)),
            Op::NewDestination(v6, Destination::new(at("[::1]:53"), Forwarding::DirectRoute)),
            Op::NewService(Service::new(mark, Scheduler::MH)),
            Op::NewService(Service::new(sctp, Scheduler::RR).with_flags(ServiceFlags::empty())),
        ]),
    );
    let expected = [
        "-A -f 7 -s mh",
        "-A -t 127.0.0.9:80 -s wrr -p 50",
        "-A -u [::1]:53 -s sh -b sh-fallback,sh-port",
        "-A --sctp-service 127.0.0.9:9 -s rr",
        "-a -t 127.0.0.9:80 -r 127.0.0.2:8080 -m -w 1",
        "-a -t 127.0.0.9:80 -r 127.0.0.3:80 -i -w 0 --tun-type ipip",
        "-a -t 127.0.0.9:80 -r 127.0.0.4:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum",
        "-a -t 127.0.0.9:80 -r 127.0.0.5:80 -i -w 1 --tun-type gre --tun-nocsum",
        "-a -u [::1]:53 -r [::1]:53 -g -w 1",
    ];
    let mut expected = expected.map(str::to_owned);
    expected.sort();
    assert_eq!(witness(&["-Sn"]), expected);
    // Those it does not write down.
    let limited = ipvs.destinations(web()).unwrap();
    let limited = limited.iter().map(|entry| &entry.destination).find(|found| found.weight == Weight::NONE);
    assert_eq!(limited.map(|found| (found.upper_threshold, found.lower_threshold)), Some((9, 5)));
}

#[test]
#[ignore = "needs a kernel with IPVS: cargo xtask test --only guest"]
fn what_was_set_is_read_back() {
    let (_guard, mut ipvs) = alone();
    let services: Vec<_> = Scheduler::KNOWN
        .iter()
        .filter(|scheduler| **scheduler != Scheduler::TWOS)
        .zip(1..)
        .map(|(scheduler, port)| {
            let id = ServiceId::address(Protocol::Udp, SocketAddr::new(at("127.0.0.9:0").ip(), port));
            Service::new(id, scheduler.clone()).with_flags(ServiceFlags::ONE_PACKET)
        })
        .collect();
    all_done(&ipvs.apply(&services.iter().cloned().map(Op::NewService).collect::<Vec<_>>()));
    let mut found: Vec<_> = ipvs.services().unwrap().into_iter().map(|entry| entry.service).collect();
    found.sort_by_key(|service| service.id);
    assert_eq!(found, services);
}

#[test]
#[ignore = "needs a kernel with IPVS: cargo xtask test --only guest"]
fn each_operation_has_an_answer_of_its_own() {
    let (_guard, mut ipvs) = alone();
    let other = ServiceId::address(Protocol::Tcp, at("127.0.0.9:81"));
    let server = Destination::new(at("127.0.0.2:80"), Forwarding::Masquerade);
    let absent = Destination::new(at("127.0.0.3:80"), Forwarding::Masquerade);
    let multicast = Destination::new(at("224.0.0.1:80"), Forwarding::Masquerade);
    let outcomes = ipvs.apply(&[
        Op::NewService(Service::new(web(), Scheduler::RR)),
        Op::NewService(Service::new(web(), Scheduler::RR)),
        Op::DelService(other),
        Op::NewDestination(web(), server.clone()),
        Op::NewDestination(web(), server.clone()),
        Op::SetDestination(web(), absent.clone()),
        Op::NewDestination(web(), multicast),
        Op::NewService(Service::new(other, Scheduler::new("nonesuch").unwrap())),
        Op::SetDestination(web(), server.with_weight(Weight::new(7))),
    ]);
    use IpvsError as E;
    let expected = [
        Ok(()),
        Err(E::AlreadyExists),
        Err(E::NoSuchService),
        Ok(()),
        Err(E::AlreadyExists),
        Err(E::NotFound),
        Err(E::Invalid),
        Err(E::NotFound),
        Ok(()),
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(ipvs.destinations(web()).unwrap()[0].destination.weight, Weight::new(7));
    assert_eq!(ipvs.destinations(other), Ok(vec![]));
}

/// More operations than fit a datagram, answered more than a socket's room for answers holds.
#[test]
#[ignore = "needs a kernel with IPVS: cargo xtask test --only guest"]
fn thousands_of_operations_and_of_refusals() {
    let (_guard, mut ipvs) = alone();
    all_done(&ipvs.apply(&[Op::NewService(Service::new(web(), Scheduler::RR))]));
    let servers: Vec<_> = (0..2_500_u16)
        .map(|number| {
            let [high, low] = number.to_be_bytes();
            let address = SocketAddr::from(([127, 1, high, low], 80));
            Op::NewDestination(web(), Destination::new(address, Forwarding::Masquerade))
        })
        .collect();
    all_done(&ipvs.apply(&servers));
    assert!(ipvs.apply(&servers).iter().all(|outcome| *outcome == Err(IpvsError::AlreadyExists)));
    assert_eq!(ipvs.destinations(web()).unwrap().len(), servers.len());
}

#[test]
#[ignore = "needs a kernel with IPVS: cargo xtask test --only guest"]
fn timeouts_daemons_and_counters() {
    let (_guard, mut ipvs) = alone();
    let before = ipvs.timeouts().unwrap();
    let wanted =
        Timeouts { tcp: Duration::from_secs(700), tcp_fin: Duration::ZERO, udp: Duration::from_secs(200) };
    all_done(&ipvs.apply(&[Op::SetTimeouts(wanted)]));
    let now = ipvs.timeouts().unwrap();
    assert_eq!((now.tcp, now.tcp_fin, now.udp), (wanted.tcp, before.tcp_fin, wanted.udp));
    all_done(&ipvs.apply(&[Op::SetTimeouts(before)]));

    let mut daemon = SyncDaemon::new(DaemonRole::Backup, "lo", 42);
    daemon.port = Some(9000);
    all_done(&ipvs.apply(&[Op::NewDaemon(daemon)]));
    let found = ipvs.daemons().unwrap();
    assert_eq!((found.len(), found[0].role, found[0].sync_id), (1, DaemonRole::Backup, 42));
    assert_eq!((found[0].port, found[0].ttl), (Some(9000), Some(1)));
    assert!(witness(&["-l", "--daemon"])[0].starts_with("backup sync daemon (mcast=lo, syncid=42"));
    all_done(&ipvs.apply(&[Op::DelDaemon(DaemonRole::Backup, "lo".into(), 42)]));
    assert_eq!(ipvs.daemons().unwrap(), []);

    all_done(&ipvs.apply(&[Op::NewService(Service::new(web(), Scheduler::RR)), Op::Zero(Some(web()))]));
    all_done(&ipvs.apply(&[Op::Zero(None)]));
    assert_eq!(ipvs.info().unwrap().version, (1, 2, 1));
}

#[test]
#[ignore = "needs a kernel with IPVS: cargo xtask test --only guest"]
fn the_client_for_tasks_does_the_same() {
    let (_guard, mut ipvs) = alone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut tasks = AsyncIpvs::open().await.unwrap();
        let server = Destination::new(at("127.0.0.2:80"), Forwarding::Masquerade);
        let ops = [Op::NewService(Service::new(web(), Scheduler::RR)), Op::NewDestination(web(), server)];
        all_done(&tasks.apply(&ops).await);
        assert_eq!(tasks.apply(&ops[..1]).await, [Err(IpvsError::AlreadyExists)]);
        assert_eq!(tasks.services().await.unwrap(), ipvs.services().unwrap());
        assert_eq!(tasks.destinations(web()).await.unwrap(), ipvs.destinations(web()).unwrap());
        assert_eq!(tasks.timeouts().await.unwrap(), ipvs.timeouts().unwrap());
        assert_eq!(tasks.info().await.unwrap(), ipvs.info().unwrap());
        assert_eq!(tasks.daemons().await.unwrap(), []);
    });
}
