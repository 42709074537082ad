//! How the kernel picks a real server, and how a packet gets there.

/// `lb_algo`, `lvs_sched`: how the kernel picks a real server for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Scheduler {
    /// `rr`: in turn.
    Rr,
    /// `wrr`: in turn, by weight.
    Wrr,
    /// `lc`: fewest connections.
    Lc,
    /// `wlc`: fewest connections for its weight.
    Wlc,
    /// `lblc`: by destination, for caches.
    Lblc,
    /// `lblcr`: by destination, with replicas.
    Lblcr,
    /// `sh`: by a hash of the source.
    Sh,
    /// `mh`: by Google's Maglev hash.
    Mh,
    /// `dh`: by a hash of the destination.
    Dh,
    /// `fo`: the heaviest.
    Fo,
    /// `ovf`: the heaviest until it is full.
    Ovf,
    /// `sed`: shortest expected delay.
    Sed,
    /// `nq`: one that is idle, else the shortest expected delay.
    Nq,
    /// `twos`: the better of two picked at random.
    Twos,
}

impl Scheduler {
    /// Every scheduler keepalived knows.
    pub const ALL: &[Self] = &[
        Self::Rr,
        Self::Wrr,
        Self::Lc,
        Self::Wlc,
        Self::Lblc,
        Self::Lblcr,
        Self::Sh,
        Self::Mh,
        Self::Dh,
        Self::Fo,
        Self::Ovf,
        Self::Sed,
        Self::Nq,
        Self::Twos,
    ];

    /// The kernel's name of it, which is also the one that is typed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rr => "rr",
            Self::Wrr => "wrr",
            Self::Lc => "lc",
            Self::Wlc => "wlc",
            Self::Lblc => "lblc",
            Self::Lblcr => "lblcr",
            Self::Sh => "sh",
            Self::Mh => "mh",
            Self::Dh => "dh",
            Self::Fo => "fo",
            Self::Ovf => "ovf",
            Self::Sed => "sed",
            Self::Nq => "nq",
            Self::Twos => "twos",
        }
    }
}

/// Flags whose meaning is the scheduler's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SchedulerFlags {
    /// `flag-1`, `sh-fallback`, `mh-fallback`: another server when the hashed one is not available.
    pub flag_1: bool,
    /// `flag-2`, `sh-port`, `mh-port`: the source port is hashed too.
    pub flag_2: bool,
    /// `flag-3`
    pub flag_3: bool,
}

impl SchedulerFlags {
    /// None of them.
    pub const NONE: Self = Self { flag_1: false, flag_2: false, flag_3: false };
}

/// `lb_kind`, `lvs_method`: how packets get to a real server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Forwarding {
    /// `NAT`: addresses are rewritten.
    #[default]
    Nat,
    /// `DR`: sent to the real server's link address as they are.
    DirectRoute,
    /// `TUN`: wrapped into packets of their own.
    Tunnel(IpvsTunnel),
}

impl Forwarding {
    /// Whether packets keep their port: everything but NAT.
    pub const fn keeps_port(self) -> bool {
        !matches!(self, Self::Nat)
    }
}

/// `TUN type ...`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum IpvsTunnel {
    /// `ipip`
    #[default]
    Ipip,
    /// `gue port PORT`
    Gue {
        /// The port of the other end.
        port: u16,
        /// What is checked.
        checksum: TunnelChecksum,
    },
    /// `gre`
    Gre {
        /// What is checked; never left to the other end.
        checksum: TunnelChecksum,
    },
}

/// What protects the outer packet of a tunnel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TunnelChecksum {
    /// `nocsum`
    #[default]
    None,
    /// `csum`
    Full,
    /// `remcsum`: left to the other end.
    Remote,
}
