//! What a pool is made of.

use alloc::vec::Vec;

/// Number of a real server in its pool, in the order of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerNo(pub usize);

/// Number of a checker of its real server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckerNo(pub usize);

/// What a checker says of its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It serves.
    Up,
    /// It does not.
    Down,
}

/// A real server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerConfig {
    /// `weight`
    pub weight: u32,
    /// `inhibit_on_failure`: one that does not serve stays, with weight 0.
    pub inhibit_on_failure: bool,
    /// What is believed of it until each of its checkers has spoken; `alpha` is [`Verdict::Down`].
    pub checkers: Vec<Verdict>,
}

impl ServerConfig {
    /// A server without checkers: always alive.
    pub const fn new(weight: u32) -> Self {
        Self { weight, inhibit_on_failure: false, checkers: Vec::new() }
    }

    /// With these checkers.
    #[must_use]
    pub fn with_checkers(mut self, checkers: impl IntoIterator<Item = Verdict>) -> Self {
        self.checkers.extend(checkers);
        self
    }

    /// One that stays in the table when it fails.
    #[must_use]
    pub const fn inhibited(mut self) -> Self {
        self.inhibit_on_failure = true;
        self
    }
}

/// The server that serves when the others cannot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sorry {
    /// `sorry_server_inhibit`: it is always in the table, with weight 0 while it does not serve.
    pub inhibit: bool,
}

impl Sorry {
    /// One that is always in the table.
    pub const fn inhibited() -> Self {
        Self { inhibit: true }
    }
}

/// A virtual server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolConfig {
    /// Its real servers.
    pub servers: Vec<ServerConfig>,
    /// `quorum`: how much weight must be alive; 1.
    pub quorum: u32,
    /// `hysteresis`: how far beyond the quorum, either way, its state changes; less than the quorum.
    pub hysteresis: u32,
    /// `sorry_server`
    pub sorry: Option<Sorry>,
}

impl PoolConfig {
    /// A virtual server with keepalived's quorum, and without a sorry server.
    pub const fn new(servers: Vec<ServerConfig>) -> Self {
        Self { servers, quorum: 1, hysteresis: 0, sorry: None }
    }

    /// With another quorum.
    #[must_use]
    pub const fn with_quorum(mut self, quorum: u32, hysteresis: u32) -> Self {
        (self.quorum, self.hysteresis) = (quorum, hysteresis);
        self
    }

    /// With a sorry server.
    #[must_use]
    pub const fn with_sorry(mut self, sorry: Sorry) -> Self {
        self.sorry = Some(sorry);
        self
    }
}
