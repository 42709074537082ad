//! What others are told of the daemon: SNMP and D-Bus.

use std::time::Duration;

/// SNMP, through AgentX.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Snmp {
    /// `snmp_socket`: where the master agent is; `None` is `unix:/var/agentx/master`.
    pub socket: Option<Box<str>>,
    /// `enable_traps`. Off.
    pub traps: bool,
    /// `enable_snmp_vrrp`: keepalived's own MIB, VRRP. Off.
    pub vrrp: bool,
    /// `enable_snmp_rfcv2`: RFC 2787. Off.
    pub rfc_v2: bool,
    /// `enable_snmp_rfcv3`: RFC 6527. Off.
    pub rfc_v3: bool,
    /// `enable_snmp_checker`: keepalived's own MIB, checkers. Off.
    pub checker: bool,
    /// `snmp_vs_stats_update_interval`: how old the figures of a virtual server may be; 5 s.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub virtual_server_interval: Duration,
    /// `snmp_rs_stats_update_interval`: the same of a real server; `None` is as of a virtual server.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds::option"))]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub real_server_interval: Option<Duration>,
}

impl Default for Snmp {
    fn default() -> Self {
        Self {
            socket: None,
            traps: false,
            vrrp: false,
            rfc_v2: false,
            rfc_v3: false,
            checker: false,
            virtual_server_interval: Duration::from_secs(5),
            real_server_interval: None,
        }
    }
}

/// D-Bus.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Dbus {
    /// `enable_dbus`. Off.
    pub enabled: bool,
    /// `dbus_service_name`; `None` is `org.keepalived.Vrrp1`.
    pub service_name: Option<Box<str>>,
    /// `dbus_no_interface_name`: stands for the interface of an instance without one; `None` is `none`.
    pub no_interface_name: Option<Box<str>>,
}
