//! `global_defs`: which keyword is read by what.

use std::time::Duration;

use vrrp_types::Version;

use super::draft::GarpDraft;
use super::reader::{Next, Progress, Reader};
use super::{global_firewall, global_scripts};
use crate::code::Code;
use crate::expand::Statement;
use crate::keywords;
use crate::model::{Garp, GarpExtra, VrrpDefaults};

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
    pub(super) garp_extra: Option<GarpExtra>,
    /// `vrrp_garp_extra_if all`, which a later line without it does not undo.
    pub(super) garp_all: bool,
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
            garp_extra: None,
            garp_all: false,
        }
    }
}

impl Defaults {
    /// What they come to once all is read.
    pub(super) fn settled(&self) -> VrrpDefaults {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let (repeat, delay) = (self.garp.repeat.unwrap_or(5), self.garp.delay.unwrap_or(5));
        let garp = Garp {
            repeat,
            delay: seconds(delay),
            refresh: seconds(self.garp.refresh.unwrap_or(0)),
            refresh_repeat: self.garp.refresh_repeat.unwrap_or(1),
            lower_prio_repeat: self.garp.lower_prio_repeat.unwrap_or(repeat),
            lower_prio_delay: seconds(self.garp.lower_prio_delay.unwrap_or(delay)),
        };
        VrrpDefaults {
            version: self.version,
            strict: self.strict,
            garp,
            garp_extra: self.garp_extra,
            down_timer_adverts: self.down_timer_adverts,
            lower_prio_no_advert: self.lower_prio_no_advert,
            higher_prio_send_advert: self.higher_prio_send_advert,
            owner_ignore_adverts: self.owner_ignore_adverts,
            check_unicast_src: self.check_unicast_src,
            skip_check_adv_addr: self.skip_check_adv_addr,
            checksum_as_v2: self.checksum_as_v2,
        }
    }
}

/// Reads one keyword of `global_defs`.
pub(super) type Setter = for<'a> fn(&mut Reader<'a>, &Statement);

/// The keywords that are read, a table for each matter, sorted by name.
pub(super) const TABLES: [&[(&str, Setter)]; 8] = [
    super::global_vrrp::KEYWORDS,
    super::global_process::KEYWORDS,
    super::global_mail::KEYWORDS,
    super::global_scripts::KEYWORDS,
    super::global_reload::KEYWORDS,
    super::global_ipvs::KEYWORDS,
    super::global_firewall::KEYWORDS,
    super::global_monitoring::KEYWORDS,
];

fn row(word: &[u8]) -> Option<&'static (&'static str, Setter)> {
    TABLES.iter().find_map(|table| {
        let index = table.binary_search_by(|(name, _)| name.as_bytes().cmp(word)).ok()?;
        Some(&table[index])
    })
}

impl Reader<'_> {
    /// Reads a `global_defs` block; there may be several.
    ///
    /// keepalived's parent reads it by its keywords, its children pass over its braces: what stands between
    /// the end that the parent sees and the matching brace is read by nobody.
    pub(super) fn global_defs(&mut self) {
        let outside = self.depth();
        self.expander.parent = true;
        self.global_keywords();
        self.parent_stopped = self.context.stopped;
        let mut statement = Statement::default();
        let mut pending = false;
        while pending || self.depth() > outside && self.next(&mut statement) {
            pending = false;
            match statement.word(0) {
                b"{" => {
                    let message = "unexpected '{', ignoring it".to_owned();
                    self.context.report(&statement, 0, Code::UnexpectedOpen, message);
                }
                b"}" => self.stray_close(&statement),
                // The parent passes over what its children should read, and they do not see it.
                _ if keywords::find("root", &statement.text(0)).is_some() => {
                    pending = self.skip_block(&mut statement);
                }
                _ => self.unknown(&statement, "root"),
            }
        }
        self.expander.parent = false;
    }

    fn global_keywords(&mut self) {
        let mut statement = Statement::default();
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(&mut statement, &mut progress) {
            if let Some((name, setter)) = row(statement.word(0)) {
                self.mark(name, &statement);
                setter(self, &statement);
            } else if statement.word(0) == b"notification_email" {
                self.notification_email(&mut statement);
            } else {
                self.unknown(&statement, "global_defs");
            }
        }
    }

    /// Remembers where a keyword was typed last.
    pub(super) fn mark(&mut self, keyword: &'static str, statement: &Statement) {
        if let Some(at) = statement.at(0) {
            self.places.insert(keyword, at);
        }
    }

    /// Once all is read: what keywords come to together.
    pub(super) fn settle_global(&mut self) {
        global_firewall::settle(self);
        global_scripts::settle(self);
        self.config.global.vrrp_defaults = self.defaults.settled();
    }

    fn notification_email(&mut self, statement: &mut Statement) {
        let head = std::mem::take(statement);
        let before = self.config.global.mail.to.len();
        self.lines(&head, |reader, line| {
            let addresses = (0..line.len()).map(|word| line.text(word).into());
            reader.config.global.mail.to.extend(addresses);
        });
        if self.config.global.mail.to.len() == before {
            self.context.report(&head, 0, Code::BadValue, "empty notification_email block".to_owned());
        }
    }
}
