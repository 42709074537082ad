//! The life of a virtual server, told as stories and held to laws.

use lvs_pool::{CheckerNo, Event, Member, Pool, PoolConfig, ServerConfig, ServerNo, Sorry, Verdict, Who};
use proptest::prelude::*;

const CHECKER: CheckerNo = CheckerNo(0);

fn server(weight: u32) -> ServerConfig {
    ServerConfig::new(weight).with_checkers([Verdict::Up])
}

/// Members as `0:1 1:0 sorry:1`.
fn shown(pool: &Pool) -> String {
    let one = |member: &Member| match member.who {
        Who::Server(ServerNo(number)) => format!("{number}:{}", member.weight),
        Who::Sorry => format!("sorry:{}", member.weight),
    };
    pool.members().iter().map(one).collect::<Vec<_>>().join(" ")
}

fn down(pool: &mut Pool, number: usize) -> Vec<Event> {
    pool.checked(ServerNo(number), CHECKER, Verdict::Down)
}

fn up(pool: &mut Pool, number: usize) -> Vec<Event> {
    pool.checked(ServerNo(number), CHECKER, Verdict::Up)
}

#[test]
fn servers_come_and_go_one_by_one() {
    let (mut pool, events) = Pool::new(PoolConfig::new(vec![server(3), server(1)]));
    assert_eq!((events, shown(&pool)), (vec![], "0:3 1:1".into()));
    assert_eq!(down(&mut pool, 0), [Event::Down(ServerNo(0))]);
    assert_eq!(shown(&pool), "1:1");
    assert_eq!(down(&mut pool, 0), [], "it was down already");
    assert_eq!(up(&mut pool, 0), [Event::Up(ServerNo(0))]);
    assert_eq!(shown(&pool), "0:3 1:1");
}

#[test]
fn one_failing_checker_is_enough_and_all_must_be_well() {
    let two = ServerConfig::new(1).with_checkers([Verdict::Up, Verdict::Up]);
    let (mut pool, _) = Pool::new(PoolConfig::new(vec![two, server(1)]));
    let first = ServerNo(0);
    assert_eq!(pool.checked(first, CheckerNo(0), Verdict::Down), [Event::Down(first)]);
    assert_eq!(pool.checked(first, CheckerNo(1), Verdict::Down), []);
    assert_eq!(pool.checked(first, CheckerNo(0), Verdict::Up), []);
    assert_eq!(pool.checked(first, CheckerNo(1), Verdict::Up), [Event::Up(first)]);
}

#[test]
fn the_quorum_falls_below_and_rises_above_its_hysteresis() {
    let config = PoolConfig::new(vec![server(1); 5]).with_quorum(3, 1);
    let (mut pool, _) = Pool::new(config);
    assert!(pool.has_quorum());
    let mut told = Vec::new();
    for number in 0..4 {
        told.extend(down(&mut pool, number).into_iter().filter(|event| !matches!(event, Event::Down(_))));
    }
    assert_eq!(told, [Event::QuorumLost { threshold: 2, weight: 1 }]);
    for number in 0..4 {
        told.extend(up(&mut pool, number).into_iter().filter(|event| !matches!(event, Event::Up(_))));
    }
    assert_eq!(told[1..], [Event::QuorumGained { threshold: 4, weight: 4 }]);
}

#[test]
fn without_quorum_the_sorry_server_serves_alone() {
    let config = PoolConfig::new(vec![server(1), server(1)]).with_quorum(2, 0).with_sorry(Sorry::default());
    let (mut pool, _) = Pool::new(config);
    assert_eq!(shown(&pool), "0:1 1:1");
    assert_eq!(down(&mut pool, 0)[1..], [Event::QuorumLost { threshold: 2, weight: 1 }]);
    assert_eq!(shown(&pool), "sorry:1", "the other one is alive, and not enough");
    assert_eq!(down(&mut pool, 1), [Event::Down(ServerNo(1))]);
    up(&mut pool, 0);
    assert_eq!(shown(&pool), "sorry:1");
    assert_eq!(up(&mut pool, 1)[1..], [Event::QuorumGained { threshold: 2, weight: 2 }]);
    assert_eq!(shown(&pool), "0:1 1:1");
}

#[test]
fn who_is_inhibited_stays_with_weight_0() {
    let config = PoolConfig::new(vec![server(2).inhibited(), server(3)]).with_sorry(Sorry::inhibited());
    let (mut pool, _) = Pool::new(config);
    assert_eq!(shown(&pool), "0:2 1:3 sorry:0");
    down(&mut pool, 0);
    assert_eq!(shown(&pool), "0:0 1:3 sorry:0");
    down(&mut pool, 1);
    assert_eq!(shown(&pool), "0:0 sorry:1");
}

#[test]
fn alpha_is_down_until_a_checker_speaks() {
    let alpha = ServerConfig::new(1).with_checkers([Verdict::Down]);
    let (mut pool, events) = Pool::new(PoolConfig::new(vec![alpha.clone(), alpha.clone().inhibited()]));
    assert_eq!((events, shown(&pool)), (vec![], "1:0".into()), "nobody is told of what never was");
    let gained = Event::QuorumGained { threshold: 1, weight: 1 };
    assert_eq!(up(&mut pool, 0), [Event::Up(ServerNo(0)), gained]);

    let (pool, events) = Pool::new(PoolConfig::new(vec![alpha]).with_sorry(Sorry::default()));
    assert_eq!(events, [Event::BegunWithoutQuorum { threshold: 1, weight: 0 }]);
    assert_eq!(shown(&pool), "sorry:1");
}

#[test]
fn contributions_are_added_and_kept_within_bounds() {
    let (mut pool, _) = Pool::new(PoolConfig::new(vec![server(5), server(1)]));
    let first = ServerNo(0);
    for (more, from, to) in [(4, 5, 9), (-7, 9, 0), (i64::MAX, 0, i32::MAX as u32)] {
        assert_eq!(pool.contributed(first, CHECKER, more), [Event::Weight { server: first, from, to }]);
    }
    assert_eq!(pool.contributed(first, CHECKER, i64::MAX), []);
    assert_eq!(pool.effective_weight(first), i32::MAX as u32);
    // Alive and of no weight: it is in the table and gets nothing, and counts for no quorum.
    pool.contributed(first, CHECKER, i64::MIN);
    assert_eq!(shown(&pool), "0:0 1:1");
    assert_eq!(down(&mut pool, 1)[1..], [Event::QuorumLost { threshold: 1, weight: 0 }]);
}

#[test]
fn a_reload_keeps_what_was_known() {
    let (mut pool, _) = Pool::new(PoolConfig::new(vec![server(1), server(2)]));
    down(&mut pool, 1);
    // The second server comes first now, with another weight, and there is a new one.
    let config = PoolConfig::new(vec![server(7), server(1), server(4)]);
    let before = |server: ServerNo, checker| match server.0 {
        0 => Some((ServerNo(1), checker)),
        1 => Some((ServerNo(0), checker)),
        _ => None,
    };
    assert_eq!(pool.reconfigure(config, before), []);
    assert_eq!(shown(&pool), "1:1 2:4", "what failed is not taken back by a reload");
    assert_eq!(
        pool.reconfigure(PoolConfig::new(vec![server(1)]).with_quorum(2, 0), |_, _| None),
        [Event::QuorumLost { threshold: 2, weight: 1 }]
    );
}

#[test]
fn who_does_not_exist_changes_nothing() {
    let (mut pool, _) = Pool::new(PoolConfig::new(vec![server(1)]));
    assert_eq!(pool.checked(ServerNo(1), CHECKER, Verdict::Down), []);
    assert_eq!(pool.checked(ServerNo(0), CheckerNo(1), Verdict::Down), []);
    assert_eq!(pool.contributed(ServerNo(9), CHECKER, 1), []);
    assert!(!pool.is_alive(ServerNo(1)));
}

fn configs() -> impl Strategy<Value = PoolConfig> {
    let server = (0..4_u32, prop::collection::vec(prop::bool::ANY, 0..3), any::<bool>());
    let server = server.prop_map(|(weight, checkers, inhibit)| {
        let start = |up: bool| if up { Verdict::Up } else { Verdict::Down };
        let server = ServerConfig::new(weight).with_checkers(checkers.into_iter().map(start));
        if inhibit { server.inhibited() } else { server }
    });
    let sorry = prop::option::of(any::<bool>());
    (prop::collection::vec(server, 1..5), 1..6_u32, 0..3_u32, sorry).prop_map(
        |(servers, quorum, hysteresis, sorry)| {
            let config = PoolConfig::new(servers).with_quorum(quorum, hysteresis.min(quorum - 1));
            match sorry {
                Some(true) => config.with_sorry(Sorry::inhibited()),
                Some(false) => config.with_sorry(Sorry::default()),
                None => config,
            }
        },
    )
}

proptest! {
    /// However the checkers came to what they say, the pool is that of one that began with it; but for the quorum
    /// between its two thresholds, which remembers.
    #[test]
    fn the_way_does_not_matter(
        config in configs(),
        steps in prop::collection::vec((0..5_usize, 0..3_usize, any::<bool>(), -3..4_i64), 0..40),
    ) {
        let (mut pool, _) = Pool::new(config.clone());
        let mut last = config.clone();
        let mut contributions = vec![[0_i64; 3]; config.servers.len()];
        let mut quorum = pool.has_quorum();
        for (server, checker, is_up, more) in steps {
            let verdict = if is_up { Verdict::Up } else { Verdict::Down };
            let mut events = pool.checked(ServerNo(server), CheckerNo(checker), verdict);
            events.extend(pool.contributed(ServerNo(server), CheckerNo(checker), more));
            if let Some(slot) = last.servers.get_mut(server).and_then(|server| server.checkers.get_mut(checker)) {
                *slot = verdict;
                contributions[server][checker] = more;
            }
            for event in events {
                match event {
                    Event::QuorumGained { threshold, weight } => {
                        prop_assert!(!std::mem::replace(&mut quorum, true) && weight >= threshold);
                    }
                    Event::QuorumLost { threshold, weight } => {
                        prop_assert!(std::mem::replace(&mut quorum, false) && (weight == 0 || weight < threshold));
                    }
                    _ => {}
                }
            }
            prop_assert_eq!(quorum, pool.has_quorum());
        }
        let (mut fresh, _) = Pool::new(last);
        for (server, all) in contributions.iter().enumerate() {
            for (checker, more) in all.iter().enumerate() {
                fresh.contributed(ServerNo(server), CheckerNo(checker), *more);
            }
        }
        prop_assert_eq!(pool.weight(), fresh.weight());
        if pool.has_quorum() == fresh.has_quorum() {
            prop_assert_eq!(pool.members(), fresh.members());
        } else {
            let between = u64::from(config.quorum - config.hysteresis)..u64::from(config.quorum + config.hysteresis);
            prop_assert!(between.contains(&pool.weight()), "{} in {:?}", pool.weight(), between);
        }
    }

    /// Either the sorry server serves or real servers do, and whoever has weight is alive.
    #[test]
    fn nobody_serves_who_should_not(
        config in configs(),
        steps in prop::collection::vec((0..5_usize, 0..3_usize, any::<bool>()), 0..40),
    ) {
        let (mut pool, _) = Pool::new(config);
        for (server, checker, is_up) in steps {
            let verdict = if is_up { Verdict::Up } else { Verdict::Down };
            pool.checked(ServerNo(server), CheckerNo(checker), verdict);
            let serving: Vec<_> = pool.members().into_iter().filter(|member| member.weight > 0).collect();
            for member in &serving {
                match member.who {
                    Who::Sorry => prop_assert!(pool.is_sorry() && serving.len() == 1),
                    Who::Server(server) => prop_assert!(pool.is_alive(server) && !pool.is_sorry()),
                }
            }
        }
    }
}
