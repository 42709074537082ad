//! One line of `virtual_ipaddress`, and interface names.

use std::fmt;
use std::net::Ipv4Addr;

use ipnetwork::IpNetwork;

/// Name of a network interface: 1 to 15 octets, no blank, no slash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InterfaceName(Box<str>);

impl InterfaceName {
    /// `None` for a name the kernel would not take (`dev_valid_name` of the kernel).
    pub fn new(name: &str) -> Option<Self> {
        let fits = (1..=15).contains(&name.len()) && name != "." && name != "..";
        let clean = !name.contains(|c: char| c == '/' || c == ':' || c.is_whitespace());
        (fits && clean).then(|| Self(name.into()))
    }

    /// The name as typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InterfaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Broadcast address of a virtual address (`brd`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Broadcast {
    /// None given.
    #[default]
    None,
    /// `brd +`: the host bits set.
    HostBitsSet,
    /// `brd -`: the host bits cleared.
    HostBitsCleared,
    /// As given.
    Address(Ipv4Addr),
}

/// One line of `virtual_ipaddress`, `virtual_ipaddress_excluded` or `static_ipaddress`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VirtualAddress {
    /// The address and its prefix length; /32 or /128 when none was typed. Host bits are kept.
    pub address: IpNetwork,
    /// `dev`; `None` is the interface of the instance.
    pub device: Option<InterfaceName>,
    /// `scope`, as the kernel numbers it (0 global, 253 link, 254 host). IPv4 only.
    pub scope: u8,
    /// `brd`, IPv4 only.
    pub broadcast: Broadcast,
    /// `label`, IPv4 only, at most 15 octets.
    pub label: Option<Box<str>>,
    /// `peer`: the other end of a point-to-point link.
    pub peer: Option<IpNetwork>,
    /// Duplicate address detection (IPv6): off, unless `-nodad` was typed (it toggles, as in keepalived).
    pub detect_duplicates: bool,
    /// `home`, IPv6 only.
    pub home: bool,
    /// `mngtmpaddr`, IPv6 only.
    pub manage_temporary: bool,
    /// `noprefixroute`
    pub no_prefix_route: bool,
    /// `autojoin`
    pub autojoin: bool,
    /// Whether the loss of the address is noticed: not with `no_track`.
    pub track: bool,
    /// `preferred_lft` in seconds; `None` is for ever. 0 for a bare IPv6 /128 when not given.
    pub preferred_lifetime: Option<u32>,
    /// `use_vmac` on this line.
    pub use_vmac: bool,
    /// `track_group`, static addresses only: whose instances follow it.
    pub track_group: Option<Box<str>>,
}

impl VirtualAddress {
    /// An address with nothing typed behind it.
    pub fn new(address: IpNetwork) -> Self {
        let bare_v6 = matches!(address, IpNetwork::V6(v6) if v6.prefix() == 128);
        Self {
            address,
            device: None,
            scope: 0,
            broadcast: Broadcast::None,
            label: None,
            peer: None,
            detect_duplicates: false,
            home: false,
            manage_temporary: false,
            no_prefix_route: false,
            autojoin: false,
            track: true,
            preferred_lifetime: bare_v6.then_some(0),
            use_vmac: false,
            track_group: None,
        }
    }
}
