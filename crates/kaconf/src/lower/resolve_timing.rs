//! Once all is read: preemption, intervals, and what is sent on top of the periodic adverts.

use std::time::Duration;

use vrrp_types::{Interval, Priority, Version};

use super::draft::Draft;
use super::global::Defaults;
use super::reader::Reader;
use crate::code::Code;
use crate::model::{Garp, InitialState, Instance};

impl Reader<'_> {
    pub(super) fn preemption(&mut self, draft: &Draft, new: &mut Instance) {
        let mut nopreempt = draft.nopreempt;
        let mut delay = draft.preempt_delay;
        if nopreempt && new.priority.is_owner() {
            self.overridden(
                draft,
                "nopreempt",
                Code::Incompatible,
                "nopreempt is incompatible with priority 255, ignoring it",
            );
            nopreempt = false;
        }
        if new.state == InitialState::Master {
            if nopreempt {
                self.overridden(
                    draft,
                    "nopreempt",
                    Code::Incompatible,
                    "nopreempt has no effect beside state MASTER, ignoring it",
                );
                nopreempt = false;
            }
            if delay > 0 {
                self.overridden(
                    draft,
                    "preempt_delay",
                    Code::Incompatible,
                    "preempt_delay has no effect beside state MASTER, ignoring it",
                );
                delay = 0;
            }
        }
        if delay > 0 && new.strict {
            self.overridden(
                draft,
                "preempt_delay",
                Code::Strict,
                "preempt_delay is incompatible with strict mode, ignoring it",
            );
            delay = 0;
        }
        if delay > 0 && nopreempt {
            self.overridden(
                draft,
                "preempt_delay",
                Code::Incompatible,
                "preempt_delay is incompatible with nopreempt, ignoring it",
            );
            delay = 0;
        }
        new.preempt = !nopreempt;
        new.preempt_delay = Duration::from_micros(delay.into());
    }

    /// How long silence lasts before it is noticed, and what a stall of this host means.
    pub(super) fn patience(&mut self, draft: &Draft, new: &mut Instance) {
        new.down_timer_adverts = draft.down_timer_adverts.unwrap_or(self.defaults.down_timer_adverts);
        if new.strict && new.down_timer_adverts != 3 {
            self.overridden(
                draft,
                "down_timer_adverts",
                Code::Strict,
                "down_timer_adverts is incompatible with strict mode, using 3",
            );
            new.down_timer_adverts = 3;
        }
        if draft.timer_expired_backup.is_some() && new.preempt {
            self.overridden(
                draft,
                "timer_expired_backup",
                Code::Incompatible,
                "timer_expired_backup requires nopreempt, ignoring it",
            );
        } else {
            new.timer_expired_backup = draft.timer_expired_backup.map(Priority::new);
        }
    }

    pub(super) fn garp(&mut self, draft: &Draft, new: &mut Instance) {
        let (typed, global): (_, &Defaults) = (draft.garp, &self.defaults);
        let seconds = |secs: u32| Duration::from_secs(secs.into());
        let all_repeat = global.garp.repeat.unwrap_or(5);
        let all_delay = global.garp.delay.unwrap_or(5);
        let (lower_repeat, lower_delay) = if new.strict {
            (0, 0)
        } else {
            (
                global.garp.lower_prio_repeat.unwrap_or(all_repeat),
                global.garp.lower_prio_delay.unwrap_or(all_delay),
            )
        };
        new.garp = Garp {
            repeat: typed.repeat.unwrap_or(all_repeat),
            delay: seconds(typed.delay.unwrap_or(all_delay)),
            refresh: seconds(typed.refresh.or(global.garp.refresh).unwrap_or(0)),
            refresh_repeat: typed.refresh_repeat.or(global.garp.refresh_repeat).unwrap_or(1),
            lower_prio_repeat: typed.lower_prio_repeat.unwrap_or(lower_repeat),
            lower_prio_delay: seconds(typed.lower_prio_delay.unwrap_or(lower_delay)),
        };
        if new.strict && new.garp.lower_prio_repeat > 0 {
            self.overridden(
                draft,
                "garp_lower_prio_repeat",
                Code::Strict,
                "strict mode allows no repeated gratuitous ARP, setting garp_lower_prio_repeat 0",
            );
            new.garp.lower_prio_repeat = 0;
        }
        if new.strict && !new.garp.lower_prio_delay.is_zero() {
            self.overridden(
                draft,
                "garp_lower_prio_delay",
                Code::Strict,
                "strict mode allows no delay of a repeated gratuitous ARP, setting garp_lower_prio_delay 0",
            );
            new.garp.lower_prio_delay = Duration::ZERO;
        }
    }

    /// Which adverts are sent on top of the periodic ones, and which are ignored.
    pub(super) fn adverts(&mut self, draft: &Draft, new: &mut Instance) {
        let (strict, owner) = (new.strict, new.priority.is_owner());
        new.lower_prio_no_advert =
            draft.lower_prio_no_advert.unwrap_or(strict || self.defaults.lower_prio_no_advert);
        if strict && !new.lower_prio_no_advert {
            self.overridden(
                draft,
                "lower_prio_no_advert",
                Code::Strict,
                "strict mode requires lower_prio_no_advert, setting it",
            );
            new.lower_prio_no_advert = true;
        }
        new.higher_prio_send_advert =
            draft.higher_prio_send_advert.unwrap_or(!strict && self.defaults.higher_prio_send_advert);
        if strict && new.higher_prio_send_advert {
            self.overridden(
                draft,
                "higher_prio_send_advert",
                Code::Strict,
                "strict mode allows no higher_prio_send_advert, ignoring it",
            );
            new.higher_prio_send_advert = false;
        }
        new.owner_ignore_adverts = match draft.owner_ignore_adverts {
            Some(true) if !owner => {
                self.overridden(
                    draft,
                    "owner_ignore_adverts",
                    Code::Incompatible,
                    "owner_ignore_adverts is for priority 255, ignoring it",
                );
                false
            }
            Some(false) if owner => {
                self.overridden(
                    draft,
                    "owner_ignore_adverts",
                    Code::Strict,
                    "priority 255 requires owner_ignore_adverts once it is given, setting it",
                );
                true
            }
            Some(ignore) => ignore,
            None => owner && (strict || self.defaults.owner_ignore_adverts),
        };
    }

    /// Rounds the interval to what the version can say.
    pub(super) fn interval(&mut self, draft: &Draft, new: &mut Instance) {
        let Some(micros) = draft.advert_int else { return };
        let (unit, most) = match new.version {
            Version::V2 => (1_000_000, 255),
            Version::V3 => (10_000, u32::from(Interval::MAX_V3.centis())),
        };
        let rounded = (micros + unit / 2) / unit;
        let centis = rounded.clamp(1, most) * (unit / 10_000);
        let interval = Interval::from_centis(centis as u16).unwrap_or(Interval::DEFAULT);
        if rounded > most || !micros.is_multiple_of(unit) {
            let typed = f64::from(micros) / 1e6;
            let rule = match new.version {
                Version::V2 => "must be an integer, 1 to 255 s".to_owned(),
                Version::V3 => format!("must be in units of 10 ms, at most {} s", Interval::MAX_V3),
            };
            let message = format!(
                "{}VRRP version {} advertisement interval {typed} s {rule}, setting {interval} s",
                draft.owner(),
                new.version
            );
            self.context.report_at(draft.at("advert_int"), Code::IntervalAdjusted, message);
        }
        new.advert_int = interval;
    }
}
