//! Mail that the daemon sends when something changes.

use std::time::Duration;

/// Who gets mail, and through which server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Mail {
    /// `notification_email`: the addresses, as typed; none is no mail.
    pub to: Vec<Box<str>>,
    /// `notification_email_from`; `None` is the user and the name of the host.
    pub from: Option<Box<str>>,
    /// `smtp_server`: host, or address, and port (25); none is no mail.
    pub server: Option<(Box<str>, u16)>,
    /// `smtp_helo_name`; `None` is the name of the host.
    pub helo: Option<Box<str>>,
    /// `smtp_connect_timeout`; 30 s.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub connect_timeout: Duration,
    /// `smtp_alert`: the default of everything that can send mail. `None` is real servers only.
    pub alert: Option<bool>,
    /// `smtp_alert_vrrp`: the default of instances and groups; `None` is [`Self::alert`].
    pub alert_vrrp: Option<bool>,
    /// `smtp_alert_checker`: the default of virtual and real servers; `None` is [`Self::alert`].
    pub alert_checker: Option<bool>,
    /// `no_email_faults`: no mail about FAULT. Off.
    pub no_faults: bool,
    /// `no_checker_emails`: no mail about a single checker, only about real servers. Off.
    pub no_checkers: bool,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            to: Vec::new(),
            from: None,
            server: None,
            helo: None,
            connect_timeout: Duration::from_secs(30),
            alert: None,
            alert_vrrp: None,
            alert_checker: None,
            no_faults: false,
            no_checkers: false,
        }
    }
}

impl Mail {
    /// Whether an instance or a group sends mail that says nothing of it itself.
    pub fn by_vrrp(&self) -> bool {
        self.alert_vrrp.or(self.alert).unwrap_or(false)
    }

    /// Whether virtual and real servers send mail that say nothing of it themselves; `None` is their own default.
    pub fn by_checkers(&self) -> Option<bool> {
        self.alert_checker.or(self.alert)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_vrrp_goes_before_what_is_said_of_all() {
        for (alert, alert_vrrp, want) in [
            (None, None, false),
            (Some(true), None, true),
            (Some(true), Some(false), false),
            (None, Some(true), true),
        ] {
            assert_eq!(Mail { alert, alert_vrrp, ..Mail::default() }.by_vrrp(), want);
        }
    }
}
