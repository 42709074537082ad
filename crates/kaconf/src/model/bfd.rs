//! One `bfd_instance`.

use std::net::IpAddr;
use std::time::Duration;

use super::Weight;

/// A BFD session, every default resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Bfd {
    /// Its name, at most 31 octets.
    pub name: Box<str>,
    /// `neighbor_ip`
    pub neighbor: IpAddr,
    /// `source_ip`; `None` is any. Of the neighbour's family.
    pub source: Option<IpAddr>,
    /// `multihop`: RFC 5883, on port 4784.
    pub multihop: bool,
    /// `min_rx`: shortest interval of packets taken; 10 ms.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub min_rx: Duration,
    /// `min_tx`: shortest interval of packets sent; 10 ms.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub min_tx: Duration,
    /// `idle_tx`: interval while the session is down; 1 s.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub idle_tx: Duration,
    /// `multiplier`: packets missed until the session is down; 5.
    pub multiplier: u8,
    /// `passive`: waits until the neighbour speaks.
    pub passive: bool,
    /// `ttl`, `hoplimit`: of packets sent; 255 for IPv4, 64 for IPv6.
    pub ttl: u8,
    /// `max_hops`: hops a packet taken may have made; 0, -1 is any number.
    pub max_hops: i16,
    /// `weight`, -253 to 253; 0.
    pub weight: Weight,
    /// `vrrp`: the VRRP process is told of changes. On if neither is given.
    pub vrrp: bool,
    /// `checker`: the checkers are told.
    pub checker: bool,
}

impl Bfd {
    /// A session with keepalived's defaults.
    pub fn new(name: &str, neighbor: IpAddr) -> Self {
        Self {
            name: name.into(),
            neighbor,
            source: None,
            multihop: false,
            min_rx: Duration::from_millis(10),
            min_tx: Duration::from_millis(10),
            idle_tx: Duration::from_secs(1),
            multiplier: 5,
            passive: false,
            ttl: if neighbor.is_ipv4() { 255 } else { 64 },
            max_hops: 0,
            weight: Weight::default(),
            vrrp: true,
            checker: true,
        }
    }
}
