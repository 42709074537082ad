//! Two routers elect a master, the master dies, the other takes over: all of it without a socket or a clock.
//!
//! `cargo run -p vrrp-fsm --example election`

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use vrrp_fsm::{
    Action, Actions, Config, ConfigError, Heard, Input, Instant, Interval, Machine, Priority, Version,
};

/// A router, and whether it is alive.
struct Router {
    name: &'static str,
    address: IpAddr,
    machine: Machine,
    alive: bool,
}

impl Router {
    fn new(name: &'static str, host: u8, priority: u8) -> Result<Self, ConfigError> {
        let config = Config::new(Version::V3, Priority::new(priority), Interval::DEFAULT);
        let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, host));
        Ok(Self { name, address, machine: Machine::new(config)?, alive: true })
    }
}

/// What a driver would do with the actions: here, say them, and carry adverts to the others.
fn carry_out(routers: &mut [Router], from: usize, now: Instant, actions: &Actions) {
    let seconds = now.as_nanos() as f64 / 1e9;
    for action in actions {
        if !matches!(action, Action::Send(_)) {
            println!("{seconds:>8.3} s  {:<6} {action:?}", routers[from].name);
            continue;
        }
        let heard = Heard {
            source: routers[from].address,
            priority: routers[from].machine.priority(),
            interval: Interval::DEFAULT,
        };
        for to in (0..routers.len()).filter(|to| *to != from) {
            if routers[to].alive {
                let answer = routers[to].machine.step(now, Input::Advert(heard));
                carry_out(routers, to, now, &answer);
            }
        }
    }
}

/// Runs whoever is next, until the end.
fn run(routers: &mut [Router], end: Instant) {
    loop {
        let alive = routers.iter().enumerate().filter(|(_, router)| router.alive);
        let next = alive.filter_map(|(number, router)| Some((router.machine.deadline()?, number))).min();
        let Some((now, number)) = next.filter(|(now, _)| *now <= end) else { return };
        let actions = routers[number].machine.step(now, Input::Tick);
        carry_out(routers, number, now, &actions);
    }
}

fn main() -> Result<(), ConfigError> {
    let seconds = |seconds: u64| Instant::from_nanos(seconds * 1_000_000_000);
    let mut routers = [Router::new("alpha", 1, 200)?, Router::new("beta", 2, 100)?];
    for number in 0..routers.len() {
        let source = routers[number].address;
        let _ = routers[number].machine.step(seconds(0), Input::Source(Some(source)));
        let actions = routers[number].machine.step(seconds(0), Input::Start { hold: Duration::ZERO });
        carry_out(&mut routers, number, seconds(0), &actions);
    }
    run(&mut routers, seconds(10));
    println!("{:>8} s  alpha  dies", 10);
    routers[0].alive = false;
    run(&mut routers, seconds(20));
    Ok(())
}
