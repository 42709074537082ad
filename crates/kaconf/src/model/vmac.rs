//! An interface of its own for an instance: `use_vmac`, `use_ipvlan`.

use std::time::Duration;

use ipnetwork::IpNetwork;

use super::InterfaceName;

/// The interface an instance gets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Vmac {
    /// Its name; `None` is the first free one of `vrrp.VRID`, `vrrp1.VRID`, ...
    pub name: Option<InterfaceName>,
    /// `group`: the kernel's group of interfaces.
    pub group: Option<u32>,
    /// Which kind of interface.
    pub kind: VmacKind,
}

/// Which kind of interface an instance gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum VmacKind {
    /// `use_vmac`: a private macvlan.
    Macvlan {
        /// Its address; `None` is the virtual router's, 00:00:5e:00:01:VRID or 00:00:5e:00:02:VRID.
        mac: Option<[u8; 6]>,
        /// `vmac_xmit_base`: adverts go out by the interface below.
        xmit_base: bool,
        /// `netlink_notify_msg`
        netlink_notify: bool,
    },
    /// `use_ipvlan`
    Ipvlan {
        /// The address adverts are sent from; there must be one for IPv4.
        address: Option<IpNetwork>,
        /// How packets pass between those on one interface.
        mode: IpvlanMode,
    },
}

/// How packets pass between ipvlans of one interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum IpvlanMode {
    /// `bridge`
    #[default]
    Bridge,
    /// `private`: not at all.
    Private,
    /// `vepa`: by the switch outside.
    Vepa,
}

/// `garp_extra_if`, `vrrp_garp_extra_if`: announcements that refresh what switches know of the VMAC, on interfaces that only hold addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GarpExtra {
    /// How often, up to 86,400 s; 0 is never.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub every: Duration,
    /// `all`: on interfaces that are no VMAC too.
    pub all: bool,
}
