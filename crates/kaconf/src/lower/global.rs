//! `global_defs`: the keywords that VRRP and mail need.

use vrrp_types::Version;

use super::draft::GarpDraft;
use super::global_process as process;
use super::global_values as values;
use super::reader::{Next, Progress, Reader};
use crate::code::Code;
use crate::expand::Statement;
use crate::keywords::{self, Shape};

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
const U32_MAX: i64 = u32::MAX as i64;
const IGNORING: &str = "ignoring it";

/// What instances get where they say nothing themselves.
#[derive(Debug)]
pub(super) struct Defaults {
    pub(super) version: Version,
    pub(super) strict: bool,
    pub(super) garp: GarpDraft,
    pub(super) down_timer_adverts: u8,
    pub(super) lower_prio_no_advert: bool,
    pub(super) higher_prio_send_advert: bool,
    pub(super) owner_ignore_adverts: bool,
    pub(super) check_unicast_src: bool,
    pub(super) skip_check_adv_addr: bool,
    pub(super) checksum_as_v2: bool,
    /// `smtp_alert`
    pub(super) smtp_alert: Option<bool>,
    /// `smtp_alert_vrrp`
    pub(super) smtp_alert_vrrp: Option<bool>,
    /// `vrrp_notify_priority_changes`
    pub(super) notify_priority_changes: bool,
    /// `vrrp_garp_extra_if`: seconds, and `all`.
    pub(super) garp_extra: (u32, bool),
}

impl Defaults {
    /// Whether instances and groups send mail that say nothing of it.
    pub(super) fn vrrp_smtp_alert(&self) -> bool {
        self.smtp_alert_vrrp.or(self.smtp_alert).unwrap_or(false)
    }
}

impl Default for Defaults {
    fn default() -> Self {
        Self {
            version: Version::V2,
            strict: false,
            garp: GarpDraft::default(),
            down_timer_adverts: 3,
            lower_prio_no_advert: false,
            higher_prio_send_advert: false,
            owner_ignore_adverts: false,
            check_unicast_src: false,
            skip_check_adv_addr: false,
            checksum_as_v2: false,
            smtp_alert: None,
            smtp_alert_vrrp: None,
            notify_priority_changes: false,
            garp_extra: (0, false),
        }
    }
}

/// Reads one keyword of `global_defs`.
pub(super) type Setter = for<'a> fn(&mut Reader<'a>, &Statement);

/// The keywords that are read, sorted by name.
pub(super) const KEYWORDS: &[(&str, Setter)] = &[
    ("data_use_instance", |r, s| values::flag(r, s, |r, on| r.config.global.data_use_instance = on)),
    ("default_interface", values::default_interface),
    ("disable_local_igmp", |r, _| r.config.global.disable_local_igmp = true),
    ("dynamic_interfaces", values::dynamic_interfaces),
    ("include_check", values::include_check),
    ("json_dump_file", |r, s| r.config.global.json_dump_file = process::path(r, s)),
    ("json_version", process::json_version),
    ("log_unknown_vrids", |r, _| r.config.global.log_unknown_vrids = true),
    ("notification_email_from", process::email_from),
    ("process_name", |r, s| {
        if let Some(name) = process::name(r, s) {
            r.config.global.parent.name = Some(name);
        }
    }),
    ("process_names", |r, _| {
        r.config.global.process_names = true;
        r.config.global.vrrp.name = Some("keepalived_vrrp".into());
    }),
    ("random_seed", |r, s| {
        if let Some(seed) = r.context.strict("", s, 0, U32_MAX, IGNORING) {
            r.expander.seed(seed as u32);
        }
    }),
    ("router_id", process::router_id),
    ("smtp_connect_timeout", process::smtp_connect_timeout),
    ("smtp_helo_name", |r, s| {
        if s.len() > 1 {
            r.config.global.smtp_helo_name = Some(s.text(1).into());
        }
    }),
    ("smtp_server", process::smtp_server),
    ("state_dump_file", |r, s| r.config.global.state_dump_file = process::path(r, s)),
    ("stats_dump_file", |r, s| r.config.global.stats_dump_file = process::path(r, s)),
    ("umask", process::umask),
    ("v3_checksum_as_v2", |r, _| r.defaults.checksum_as_v2 = true),
    ("vrrp_check_unicast_src", |r, _| r.defaults.check_unicast_src = true),
    ("vrrp_cpu_affinity", process::cpu_affinity),
    ("vrrp_delay_after_boot", |r, s| {
        let now = r.config.global.delay_after_boot;
        r.config.global.delay_after_boot = values::delay(r, s, now);
    }),
    ("vrrp_down_timer_adverts", |r, s| {
        if let Some(adverts) = r.context.lenient("", s, 1, 100, IGNORING) {
            r.defaults.down_timer_adverts = adverts as u8;
        }
    }),
    ("vrrp_garp_interval", |r, s| {
        let now = r.config.global.garp_interval;
        r.config.global.garp_interval = values::interval(r, s).unwrap_or(now);
    }),
    ("vrrp_garp_lower_prio_delay", |r, s| {
        r.defaults.garp.lower_prio_delay =
            values::whole(r, s, U32_MAX / SECOND).or(r.defaults.garp.lower_prio_delay);
    }),
    ("vrrp_garp_lower_prio_repeat", |r, s| {
        r.defaults.garp.lower_prio_repeat =
            values::whole(r, s, i64::from(i32::MAX)).or(r.defaults.garp.lower_prio_repeat);
    }),
    ("vrrp_garp_master_delay", |r, s| {
        r.defaults.garp.delay = values::whole(r, s, U32_MAX / SECOND).or(r.defaults.garp.delay);
    }),
    ("vrrp_garp_master_refresh", |r, s| {
        let refresh = r.context.lenient("", s, 0, U32_MAX, "using none");
        r.defaults.garp.refresh = Some(refresh.unwrap_or(0) as u32);
    }),
    ("vrrp_garp_master_refresh_repeat", |r, s| {
        r.defaults.garp.refresh_repeat = values::repeat(r, s).or(r.defaults.garp.refresh_repeat);
    }),
    ("vrrp_garp_master_repeat", |r, s| {
        r.defaults.garp.repeat = values::repeat(r, s).or(r.defaults.garp.repeat)
    }),
    ("vrrp_gna_interval", |r, s| {
        let now = r.config.global.gna_interval;
        r.config.global.gna_interval = values::interval(r, s).unwrap_or(now);
    }),
    ("vrrp_higher_prio_send_advert", |r, s| {
        values::flag(r, s, |r, on| r.defaults.higher_prio_send_advert = on)
    }),
    ("vrrp_lower_prio_no_advert", |r, s| values::flag(r, s, |r, on| r.defaults.lower_prio_no_advert = on)),
    ("vrrp_mcast_group4", values::multicast_group),
    ("vrrp_mcast_group6", values::multicast_group),
    ("vrrp_min_garp", |r, s| values::flag(r, s, values::min_garp)),
    ("vrrp_netlink_cmd_rcv_bufs", process::netlink_buffer),
    ("vrrp_netlink_cmd_rcv_bufs_force", process::netlink_buffer_force),
    ("vrrp_netlink_monitor_rcv_bufs", process::netlink_buffer),
    ("vrrp_netlink_monitor_rcv_bufs_force", process::netlink_buffer_force),
    ("vrrp_no_swap", |r, _| r.config.global.vrrp.scheduling.no_swap = true),
    ("vrrp_owner_ignore_adverts", |r, s| values::flag(r, s, |r, on| r.defaults.owner_ignore_adverts = on)),
    ("vrrp_priority", process::nice),
    ("vrrp_process_name", |r, s| {
        if let Some(name) = process::name(r, s) {
            r.config.global.vrrp.name = Some(name);
        }
    }),
    ("vrrp_rlimit_rtime", process::realtime_limit),
    ("vrrp_rlimit_rttime", process::realtime_limit),
    ("vrrp_rt_priority", process::realtime),
    ("vrrp_rx_bufs_multiplier", |r, s| {
        if let Some(multiplier) = r.context.strict("", s, 1, U32_MAX, IGNORING) {
            r.config.global.rx_buffers_multiplier = multiplier as u32;
        }
    }),
    ("vrrp_rx_bufs_policy", values::rx_buffers),
    ("vrrp_skip_check_adv_addr", |r, s| values::flag(r, s, |r, on| r.defaults.skip_check_adv_addr = on)),
    ("vrrp_startup_delay", |r, s| {
        let now = r.config.global.startup_delay;
        r.config.global.startup_delay = values::delay(r, s, now);
    }),
    ("vrrp_strict", |r, s| values::flag(r, s, |r, on| r.defaults.strict = on)),
    ("vrrp_version", |r, s| match r.context.lenient("", s, 2, 3, IGNORING) {
        Some(2) => r.defaults.version = Version::V2,
        Some(_) => r.defaults.version = Version::V3,
        None => {}
    }),
];

impl Reader<'_> {
    /// Reads a `global_defs` block; there may be several.
    ///
    /// keepalived's parent reads it by its keywords, its children pass over its braces: what stands between
    /// the end that the parent sees and the matching brace is read by nobody.
    pub(super) fn global_defs(&mut self) {
        let outside = self.depth();
        self.expander.parent = true;
        self.global_keywords();
        let mut statement = Statement::default();
        while self.depth() > outside && self.next(&mut statement) {
            if !statement.is_open() && !statement.is_close() {
                self.unknown(&statement, "root");
            }
        }
        self.expander.parent = false;
    }

    fn global_keywords(&mut self) {
        let mut statement = Statement::default();
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(&mut statement, &mut progress) {
            let word = statement.word(0);
            if let Ok(index) = KEYWORDS.binary_search_by(|(name, _)| name.as_bytes().cmp(word)) {
                KEYWORDS[index].1(self, &statement);
            } else if word == b"notification_email" {
                self.notification_email(&mut statement);
            } else {
                self.other_global_keyword(&statement);
            }
        }
    }

    fn other_global_keyword(&mut self, statement: &Statement) {
        let name = statement.text(0).into_owned();
        let Some(keyword) = keywords::find("global_defs", &name) else {
            return self.unknown(statement, "global_defs");
        };
        self.deprecated(statement, keyword);
        if keyword.shape == Shape::Lines {
            self.lines(statement, |_, _| {});
        }
    }

    fn notification_email(&mut self, statement: &mut Statement) {
        let head = std::mem::take(statement);
        let before = self.config.global.notification_email.len();
        self.lines(&head, |reader, line| {
            let addresses = (0..line.len()).map(|word| line.text(word).into());
            reader.config.global.notification_email.extend(addresses);
        });
        if self.config.global.notification_email.len() == before {
            self.context.report(&head, 0, Code::BadValue, "empty notification_email block".to_owned());
        }
    }
}
