//! The checkers of a real server: what is tried, how often, and what counts as alive.
//!
//! Every setting is resolved: what a checker did not say is the real server's, else the virtual server's, else
//! the default of its kind.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::{InterfaceName, Script, Url};

/// A checker.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Checker {
    /// `TCP_CHECK`: a connection is taken.
    Tcp(TcpCheck),
    /// `HTTP_GET`, `SSL_GET`: pages are what they should be.
    Http(HttpCheck),
    /// `SMTP_CHECK`: a mail server greets.
    Smtp(SmtpCheck),
    /// `DNS_CHECK`: a question is answered.
    Dns(DnsCheck),
    /// `UDP_CHECK`: a datagram is not refused, or answered.
    Udp(UdpCheck),
    /// `PING_CHECK`: an echo comes back.
    Ping(PingCheck),
    /// `MISC_CHECK`: a script says so.
    Misc(MiscCheck),
    /// `FILE_CHECK`: a file says so.
    File(FileCheck),
    /// `BFD_CHECK`: a BFD session is up.
    Bfd(BfdCheck),
}

/// When a checker runs, and when it believes what it sees.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Schedule {
    /// `delay_loop`: from one try to the next; 60 s.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub delay_loop: Duration,
    /// `warmup`: the first try comes at a random time within it; `delay_loop`.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub warmup: Duration,
    /// `delay_before_retry`: from a failed try to the next; 1 s, `HTTP_GET` and `SSL_GET` 3 s, `DNS_CHECK`
    /// `delay_loop`.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub delay_before_retry: Duration,
    /// `retry`: how many tries may fail before it counts; 1, `DNS_CHECK` 3, `MISC_CHECK` 0.
    pub retry: u32,
    /// `alpha`: down until the first success; off.
    pub alpha: bool,
    /// `log_all_failures`: this checker's, besides `checker_log_all_failures` of `global_defs`; off.
    pub log_all_failures: bool,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            delay_loop: Duration::from_secs(60),
            warmup: Duration::from_secs(60),
            delay_before_retry: Duration::from_secs(1),
            retry: 1,
            alpha: false,
            log_all_failures: false,
        }
    }
}

/// Whom a checker talks to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Connection {
    /// `connect_ip`, `connect_port`; the real server's address and port as typed there. So the port is 0 if a real
    /// server leaves its port to the virtual server and the checker has no `connect_port`, as in keepalived.
    pub target: SocketAddr,
    /// `connect_timeout`; 5 s.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub timeout: Duration,
    /// How the socket is bound, if at all.
    pub binding: Option<Box<Binding>>,
}

impl Connection {
    /// A plain connection.
    pub const fn new(target: SocketAddr) -> Self {
        Self { target, timeout: Duration::from_secs(5), binding: None }
    }
}

/// How the socket of a checker is bound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Binding {
    /// `bindto`
    pub address: Option<IpAddr>,
    /// `bind_port`; without `bindto` keepalived does not bind to it.
    pub port: Option<u16>,
    /// `bind_if`
    pub interface: Option<InterfaceName>,
    /// `fwmark` of what is sent; 0 is none.
    pub fwmark: u32,
}

/// `TCP_CHECK`
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TcpCheck {
    /// Whom it talks to.
    pub connection: Connection,
    /// When it runs.
    pub schedule: Schedule,
}

/// `HTTP_GET`, `SSL_GET`
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct HttpCheck {
    /// Whom it talks to.
    pub connection: Connection,
    /// When it runs.
    pub schedule: Schedule,
    /// Whether it is `SSL_GET`.
    pub tls: bool,
    /// `http_protocol`; 1.0.
    pub version: HttpVersion,
    /// `fast_recovery`: no waiting between pages until all of them were seen once.
    pub fast_recovery: bool,
    /// `url` blocks; at least one.
    pub urls: Vec<Url>,
}

/// `http_protocol`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum HttpVersion {
    /// `1.0`
    #[default]
    V1_0,
    /// `1.0C`: 1.0 with `Connection: close`.
    V1_0Close,
    /// `1.1`
    V1_1,
}

/// `SMTP_CHECK`, or one `host` of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SmtpCheck {
    /// Whom it talks to.
    pub connection: Connection,
    /// When it runs.
    pub schedule: Schedule,
    /// `helo_name`; smtpchecker.keepalived.org.
    pub helo_name: Box<str>,
}

/// `DNS_CHECK`
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct DnsCheck {
    /// Whom it talks to.
    pub connection: Connection,
    /// When it runs.
    pub schedule: Schedule,
    /// `type` of the record that is asked for; SOA.
    pub record: DnsRecord,
    /// `name` that is asked for; the root.
    pub name: Box<str>,
}

/// `type` of `DNS_CHECK`; the numbers are those of DNS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum DnsRecord {
    /// An IPv4 address.
    A = 1,
    /// A name server.
    NS = 2,
    /// Another name.
    CNAME = 5,
    /// The start of a zone.
    #[default]
    SOA = 6,
    /// A mail server.
    MX = 15,
    /// Text.
    TXT = 16,
    /// An IPv6 address.
    AAAA = 28,
    /// A signature.
    RRSIG = 46,
    /// A key.
    DNSKEY = 48,
}

impl DnsRecord {
    /// Every type keepalived knows, with its name.
    pub const ALL: &[(&str, Self)] = &[
        ("A", Self::A),
        ("NS", Self::NS),
        ("CNAME", Self::CNAME),
        ("SOA", Self::SOA),
        ("MX", Self::MX),
        ("TXT", Self::TXT),
        ("AAAA", Self::AAAA),
        ("RRSIG", Self::RRSIG),
        ("DNSKEY", Self::DNSKEY),
    ];
}

/// `UDP_CHECK`
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct UdpCheck {
    /// Whom it talks to.
    pub connection: Connection,
    /// When it runs.
    pub schedule: Schedule,
    /// `payload`; `None` is keepalived's own 32 octets.
    pub payload: Option<Box<[u8]>>,
    /// `require_reply`: what must come back; `None` is nothing.
    pub reply: Option<Box<UdpReply>>,
}

/// What must come back to a `UDP_CHECK`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct UdpReply {
    /// `min_reply_length` in octets; 0.
    pub min_length: u16,
    /// `max_reply_length` in octets; 255.
    pub max_length: u16,
    /// How the reply begins; empty is anyhow.
    pub pattern: Box<[ReplyOctet]>,
}

/// One octet of `require_reply`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReplyOctet {
    /// What it must be; 0 in the bits that may be anything.
    pub value: u8,
    /// The bits that may be anything: `0x0f`, `0xf0` and `0xff` for digits that are `x`.
    pub any: u8,
}

/// `PING_CHECK`
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PingCheck {
    /// Whom it talks to; the port is of no use.
    pub connection: Connection,
    /// When it runs.
    pub schedule: Schedule,
}

/// `MISC_CHECK`
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct MiscCheck {
    /// When it runs.
    pub schedule: Schedule,
    /// `misc_path` and `user`.
    pub script: Box<Script>,
    /// `misc_timeout`: when a script that does not end is ended; `delay_loop`.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub timeout: Duration,
    /// `misc_dynamic`: the exit code changes the weight.
    pub dynamic: bool,
}

/// `FILE_CHECK`
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FileCheck {
    /// The name of a `track_file`.
    pub track_file: Box<str>,
    /// `weight`; `None` is that of the `track_file`.
    pub weight: Option<FileWeight>,
}

/// What the number in a file is multiplied with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FileWeight {
    /// -2147483647 to 2147483647; 0 makes the real server fail unless the file says 0.
    pub weight: i32,
    /// `reverse`: the other way round.
    pub reverse: bool,
}

/// `BFD_CHECK`
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BfdCheck {
    /// The name of a `bfd_instance`.
    pub name: Box<str>,
    /// `alpha`: down until the session is up.
    pub alpha: bool,
}
