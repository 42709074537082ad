//! The pure parts: what a reload comes to, who follows which interface, how lines are written.

use ipnetwork::IpNetwork;
use kaconf::model::{self, NextHop, Rule, RuleAction};
use proptest::prelude::*;
use vrrp_types::Family;

use super::diff::difference;
use super::line::{Line, Placed, Sent};
use super::line_text;
use crate::vrrp::interfaces::Interfaces;

fn net(text: &str) -> IpNetwork {
    text.parse().unwrap()
}

fn route(to: u8, metric: u32, gateway: u8, track: bool) -> Line {
    let mut route = model::Route::new(net(&format!("10.9.{to}.0/24")));
    route.metric = Some(metric);
    route.gateway = Some([10, 77, 0, gateway].into());
    route.track = track;
    Line::Route(Box::new(route))
}

fn rule(preference: u32, table: u32, track: bool) -> Line {
    let mut rule = Rule::new(Family::V4, preference, RuleAction::Table(table));
    rule.track = track;
    Line::Rule(Box::new(rule))
}

fn any_line() -> impl Strategy<Value = Line> {
    prop_oneof![
        (0..3_u8, 0..2_u32, 1..4_u8, any::<bool>())
            .prop_map(|(to, metric, gateway, track)| route(to, metric, gateway, track)),
        (100..103_u32, 1..3_u32, any::<bool>())
            .prop_map(|(preference, table, track)| rule(preference, table, track)),
    ]
}

/// A kernel that does what it is told, and counts.
#[derive(Debug, Default)]
struct Kernel {
    held: Vec<Sent>,
    touched: usize,
}

impl Kernel {
    fn remove(&mut self, sent: &Sent) {
        let at = self.held.iter().position(|held| held.is_as_asked(sent));
        self.held.swap_remove(at.expect("only what is there is removed"));
        self.touched += 1;
    }

    fn set(&mut self, placed: &mut Placed) {
        if placed.sent.is_some() {
            return;
        }
        let sent = placed.line.resolve(&Interfaces::default()).unwrap();
        if let Some(replaced) = placed.replaces.take() {
            self.remove(&replaced);
        }
        if !self.held.iter().any(|held| held.is_as_asked(&sent)) {
            self.held.push(sent.clone());
            self.touched += 1;
        }
        placed.sent = Some(sent);
    }

    fn reload(&mut self, old: Vec<Placed>, fresh: Vec<Line>) -> Vec<Placed> {
        let mut difference = difference(old, fresh);
        difference.gone.iter().for_each(|sent| self.remove(sent));
        difference.placed.iter_mut().for_each(|placed| self.set(placed));
        difference.placed
    }

    fn sorted(&self) -> Vec<String> {
        let mut lines: Vec<_> = self.held.iter().map(|sent| format!("{sent:?}")).collect();
        lines.sort();
        lines
    }
}

proptest! {
    #[test]
    fn any_reloads_end_where_a_fresh_start_does(
        configs in prop::collection::vec(prop::collection::vec(any_line(), 0..8), 1..8)
    ) {
        let (mut kernel, mut placed) = (Kernel::default(), Vec::new());
        for config in &configs {
            placed = kernel.reload(placed, config.clone());
        }
        let mut fresh = Kernel::default();
        fresh.reload(Vec::new(), configs.last().unwrap().clone());
        prop_assert_eq!(kernel.sorted(), fresh.sorted());
        // And once more: nothing is touched.
        let before = kernel.touched;
        kernel.reload(placed, configs.last().unwrap().clone());
        prop_assert_eq!(kernel.touched, before);
    }
}

#[test]
fn a_line_that_came_touches_no_other() {
    let mut kernel = Kernel::default();
    let one = vec![route(0, 1, 1, true), rule(100, 1, true)];
    let placed = kernel.reload(Vec::new(), one.clone());
    let more = [vec![route(1, 1, 1, true)], one].concat();
    let placed = kernel.reload(placed, more.clone());
    assert_eq!((kernel.touched, placed.len()), (3, 3));
    // Nor does what the kernel cannot see.
    kernel.reload(placed, vec![route(1, 1, 1, false), route(0, 1, 1, false), rule(100, 1, true)]);
    assert_eq!(kernel.touched, 3);
}

#[test]
fn another_way_to_the_same_place_takes_its_place() {
    let mut kernel = Kernel::default();
    let placed = kernel.reload(Vec::new(), vec![route(0, 1, 1, true), route(1, 1, 1, true)]);
    let difference = difference(placed, vec![route(0, 1, 2, true), route(1, 1, 1, true)]);
    assert_eq!(difference.gone, [], "there is a way at all times");
    assert!(difference.placed[0].replaces.is_some() && difference.placed[1].sent.is_some());
}

#[test]
fn lines_are_written_in_keepalived_s_words() {
    let text = |line| line_text(&Placed::new(line), None);
    let mut one = model::Route::new(net("10.9.0.0/24"));
    one.gateway = Some([10, 77, 0, 9].into());
    one.device = model::InterfaceName::new("eth0");
    (one.metric, one.tos, one.scope) = (Some(5), 4, Some(253));
    one.metrics.mtu = Some(model::Metric { value: 1400, locked: true });
    one.metrics.rtt = Some(model::Metric { value: 2400, locked: false });
    assert_eq!(
        text(Line::Route(Box::new(one))),
        "prepend 10.9.0.0/24 tos 4 via inet 10.77.0.9 dev eth0 proto 18 scope 253 metric 5 rtt 300ms mtu lock 1400"
    );
    let mut many = model::Route::new(net("::/0"));
    let mut hop = NextHop::default();
    (hop.gateway, hop.weight) = (Some("fd77::9".parse().unwrap()), 3);
    many.next_hops = vec![hop];
    many.track = false;
    assert_eq!(text(Line::Route(Box::new(many))), "prepend ::/0 nexthop via inet6 fd77::9 weight 3 no_track");
    let mut rule = Rule::new(Family::V4, 100, RuleAction::Table(1000));
    rule.from = Some(net("10.9.0.1/32"));
    rule.mark = Some(model::RuleMark { mark: 1, mask: Some(3) });
    assert_eq!(
        text(Line::Rule(Box::new(rule))),
        "from 10.9.0.1 priority 100 tos 0x0 fwmark 0x1/0x3 protocol 18 lookup 1000"
    );
}
