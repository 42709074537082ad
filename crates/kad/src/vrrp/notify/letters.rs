//! Mail about states: when one is due, and what it says.

use std::collections::HashMap;
use std::time::Duration;

use kaconf::model::Global;

use super::event::{Kind, Line, Told};
use crate::mail::{Mailer, Settings};

/// What of mail is configured, and what was last mailed.
#[derive(Debug)]
pub(super) struct Letters {
    mailer: Option<Mailer>,
    /// `no_email_faults`
    no_faults: bool,
    /// The state each was last mailed in: a FAULT that is not mailed does not make the state before it news.
    last: HashMap<(Kind, Box<str>), Told>,
}

impl Letters {
    pub(super) fn new(global: &Global) -> Self {
        let mailer = Settings::of(global).map(Mailer::new);
        Self { mailer, no_faults: global.mail.no_faults, last: HashMap::new() }
    }

    pub(super) fn change(&mut self, global: &Global) {
        self.no_faults = global.mail.no_faults;
        match (&mut self.mailer, Settings::of(global)) {
            (Some(mailer), Some(settings)) => mailer.change(settings),
            // What waits is sent all the same: the thread ends when it has nothing left.
            (mailer, settings) => *mailer = settings.map(Mailer::new),
        }
    }

    /// The mail that is due, if one is: what its subject says behind the router, and its body.
    pub(super) fn letter(&mut self, line: Line<'_>) -> Option<(String, &'static str)> {
        let Line { kind, name, told, .. } = line;
        if self.mailer.is_none() || self.no_faults && told == Told::Fault {
            return None;
        }
        let (what, body) = words(kind, told)?;
        let key = (kind, Box::from(name));
        let subject = match kind {
            Kind::Instance => format!("VRRP Instance {name} - {what}"),
            Kind::Group => format!("VRRP Group {name} - {what}"),
        };
        let news = if told == Told::Deleted {
            self.last.remove(&key) != Some(told)
        } else {
            self.last.insert(key, told) != Some(told)
        };
        news.then_some((subject, body))
    }

    pub(super) fn send(&mut self, subject: String, body: &'static str) {
        if let Some(mailer) = &mut self.mailer {
            mailer.send(subject, body);
        }
    }

    pub(super) fn close(&mut self, limit: Duration) {
        if let Some(mailer) = self.mailer.take() {
            mailer.close(limit);
        }
    }
}

/// What is said of an event; priorities are not mailed.
fn words(kind: Kind, told: Told) -> Option<(&'static str, &'static str)> {
    const NOT_OWNING: &str = "=> VRRP Instance is no longer owning VRRP VIPs <=";
    Some(match (kind, told) {
        (Kind::Instance, Told::Master) => {
            ("Entering MASTER state", "=> VRRP Instance is now owning VRRP VIPs <=")
        }
        (Kind::Instance, Told::Backup) => ("Entering BACKUP state", NOT_OWNING),
        (Kind::Instance, Told::Fault) => ("Entering FAULT state", NOT_OWNING),
        (Kind::Instance, Told::Stop) => ("Stopping", "=> VRRP Instance stopping <="),
        (Kind::Instance, Told::Deleted) => ("Deleted", "=> VRRP Deleted at reload <="),
        (Kind::Group, Told::Master) => {
            ("Entering MASTER state", "=> All VRRP group instances are now in MASTER state <=")
        }
        (Kind::Group, Told::Backup) => {
            ("Entering BACKUP state", "=> All VRRP group instances are now in BACKUP state <=")
        }
        (Kind::Group, Told::Fault) => {
            ("Entering FAULT state", "=> All VRRP group instances are now in FAULT state <=")
        }
        (Kind::Group, Told::Stop) => ("Stopping", "=> All VRRP group instances are now stopping <="),
        _ => return None,
    })
}
