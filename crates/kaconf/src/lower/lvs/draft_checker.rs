//! Checkers while they are read: only what was typed, defaults come later.

use std::net::{IpAddr, SocketAddr};

use vrrp_types::Family;

use super::checker::CheckerType;
use super::draft::{Micros, Timing};
use crate::files::Location;
use crate::lower::script::Account;
use crate::model::{Binding, DnsRecord, FileWeight, HttpVersion, Regex, ReplyOctet, Script, UdpReply};

/// The connection of a checker as typed.
#[derive(Clone, Debug, Default)]
pub(super) struct ConnectionDraft {
    pub(super) ip: Option<IpAddr>,
    pub(super) port: Option<u16>,
    pub(super) timeout: Option<Micros>,
    pub(super) binding: Option<Box<Binding>>,
}

impl ConnectionDraft {
    /// Whether anything was said.
    pub(super) fn is_set(&self) -> bool {
        self.ip.is_some() || self.port.is_some() || self.timeout.is_some() || self.binding.is_some()
    }

    /// Whom it leads to, from the real server `address`.
    pub(super) fn target(&self, address: SocketAddr) -> SocketAddr {
        SocketAddr::new(self.ip.unwrap_or(address.ip()), self.port.unwrap_or(address.port()))
    }

    pub(super) fn binding(&mut self) -> &mut Binding {
        self.binding.get_or_insert_with(Box::default)
    }
}

/// A checker as typed.
#[derive(Debug)]
pub(super) struct CheckDraft {
    pub(super) checker: &'static CheckerType,
    pub(super) at: Option<Location>,
    pub(super) connection: ConnectionDraft,
    /// Of the real server, where `bindto` must be like it.
    pub(super) family: Option<Family>,
    pub(super) timing: Timing,
    pub(super) alpha: Option<bool>,
    pub(super) log_all_failures: bool,
    /// keepalived dropped it in the middle: what follows is recognised and not read.
    pub(super) dropped: bool,
    pub(super) kind: Kind,
}

/// What only one kind of checker has.
#[derive(Debug)]
pub(super) enum Kind {
    Tcp,
    Ping,
    Http(Box<HttpDraft>),
    Smtp(Box<SmtpDraft>),
    Dns(Box<DnsDraft>),
    Udp(Box<UdpDraft>),
    Misc(Box<MiscDraft>),
    File(Box<FileDraft>),
    Bfd(Option<Box<str>>),
}

/// `HTTP_GET`, `SSL_GET`
#[derive(Debug, Default)]
pub(super) struct HttpDraft {
    pub(super) tls: bool,
    pub(super) version: HttpVersion,
    pub(super) virtualhost: Option<Box<str>>,
    pub(super) enable_sni: bool,
    pub(super) sni_name: Option<Box<str>>,
    pub(super) fast_recovery: bool,
    pub(super) tls_compliant: bool,
    pub(super) urls: Vec<UrlDraft>,
}

/// `url`
#[derive(Debug, Default)]
pub(super) struct UrlDraft {
    pub(super) path: Option<Box<str>>,
    pub(super) digest: Option<[u8; 16]>,
    pub(super) status: Vec<std::ops::RangeInclusive<u16>>,
    pub(super) virtualhost: Option<Box<str>>,
    pub(super) tls_compliant: bool,
    /// The pattern, once there is one.
    pub(super) pattern: Option<Box<str>>,
    /// Everything else about it.
    pub(super) regex: Option<Box<Regex>>,
}

impl UrlDraft {
    pub(super) fn regex(&mut self) -> &mut Regex {
        self.regex.get_or_insert_with(|| Box::new(Regex::new("".into())))
    }
}

/// `SMTP_CHECK`
#[derive(Debug, Default)]
pub(super) struct SmtpDraft {
    pub(super) helo_name: Option<Box<str>>,
    pub(super) hosts: Vec<ConnectionDraft>,
}

/// `DNS_CHECK`
#[derive(Debug, Default)]
pub(super) struct DnsDraft {
    pub(super) record: DnsRecord,
    pub(super) name: Option<Box<str>>,
}

/// `UDP_CHECK`
#[derive(Debug)]
pub(super) struct UdpDraft {
    pub(super) payload: Option<Box<[u8]>>,
    pub(super) require_reply: bool,
    pub(super) reply: UdpReply,
}

impl Default for UdpDraft {
    fn default() -> Self {
        let pattern: Box<[ReplyOctet]> = Box::default();
        Self {
            payload: None,
            require_reply: false,
            reply: UdpReply { min_length: 0, max_length: 255, pattern },
        }
    }
}

/// `MISC_CHECK`
#[derive(Debug, Default)]
pub(super) struct MiscDraft {
    pub(super) script: Option<Box<Script>>,
    pub(super) user: Option<Account>,
    /// Nobody could run it, which was said where the user stood.
    pub(super) nobody: bool,
    /// Seconds; 0 is not given.
    pub(super) timeout: u32,
    pub(super) dynamic: bool,
}

/// `FILE_CHECK`
#[derive(Debug, Default)]
pub(super) struct FileDraft {
    pub(super) track_file: Option<Box<str>>,
    pub(super) weight: Option<FileWeight>,
}
