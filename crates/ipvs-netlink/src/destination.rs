//! Destinations: the real servers of a service.

use std::net::SocketAddr;

use bitflags::bitflags;

use crate::{Stats, Unknown};

/// How much of the load a destination is given: 0, none of what is new, to 2,147,483,647.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weight(u32);

impl Weight {
    /// Gives it nothing new.
    pub const NONE: Self = Self(0);

    /// Beyond the kernel's greatest it is the greatest.
    pub const fn new(weight: u32) -> Self {
        Self(if weight > i32::MAX as u32 { i32::MAX as u32 } else { weight })
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// How packets reach a destination (`IP_VS_CONN_F_FWD_MASK`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Forwarding {
    /// NAT: their address is changed there and back.
    Masquerade,
    /// They are taken in here: the address is this host's.
    Local,
    /// They are put into others.
    Tunnel(Tunnel),
    /// They go to its hardware address as they are.
    DirectRoute,
    /// They go where they would without IPVS.
    Bypass,
    /// One that this library has no name for.
    Other(u32),
}

/// What packets are put into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tunnel {
    /// In what.
    pub kind: TunnelKind,
    /// The port of [`TunnelKind::Gue`].
    pub port: u16,
    /// Checksums of [`TunnelKind::Gue`] and [`TunnelKind::Gre`].
    pub flags: TunnelFlags,
}

/// In what packets are put (`IP_VS_CONN_F_TUNNEL_TYPE_*`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TunnelKind {
    /// IP in IP.
    #[default]
    Ipip,
    /// Generic UDP encapsulation.
    Gue,
    /// Generic routing encapsulation.
    Gre,
    /// One that this library has no name for.
    Other(u8),
}

bitflags! {
    /// `IP_VS_TUNNEL_ENCAP_FLAG_*`
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct TunnelFlags: u16 {
        /// With a checksum.
        const CHECKSUM = 1;
        /// With a checksum that is made from the inner one.
        const REMOTE_CHECKSUM = 2;
        /// What a newer kernel knows.
        const _ = !0;
    }
}

/// A destination as it is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Destination {
    /// What it is known by in its service; port 0 behind a mark or with every port.
    pub address: SocketAddr,
    /// How packets reach it.
    pub forwarding: Forwarding,
    /// Its share.
    pub weight: Weight,
    /// Connections at which it is given no more; 0 is no limit.
    pub upper_threshold: u32,
    /// Connections below which it is given some again; 0 is three quarters of the upper.
    pub lower_threshold: u32,
    /// What the kernel said of it besides.
    pub unknown: Vec<Unknown>,
}

impl Destination {
    /// A destination of weight 1.
    pub const fn new(address: SocketAddr, forwarding: Forwarding) -> Self {
        Self {
            address,
            forwarding,
            weight: Weight(1),
            upper_threshold: 0,
            lower_threshold: 0,
            unknown: Vec::new(),
        }
    }

    /// With another weight.
    #[must_use]
    pub const fn with_weight(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }

    /// With limits of its connections.
    #[must_use]
    pub const fn with_thresholds(mut self, upper: u32, lower: u32) -> Self {
        (self.upper_threshold, self.lower_threshold) = (upper, lower);
        self
    }
}

/// A destination as the kernel lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DestinationEntry {
    /// How it is configured.
    pub destination: Destination,
    /// Connections that carry data.
    pub active: u32,
    /// Connections that are about to end, or are not of a kind that begins and ends.
    pub inactive: u32,
    /// Templates of persistence.
    pub persistent: u32,
    /// What it has done.
    pub stats: Stats,
}
