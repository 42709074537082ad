//! What instances get where they say nothing themselves.

use vrrp_types::Version;

use super::{Garp, GarpExtra};

/// The defaults of `global_defs` for instances; they are applied to [`Instance`](super::Instance) already.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct VrrpDefaults {
    /// `vrrp_version`; 2. IPv6 is 3 unless an instance says 2.
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Version"))]
    pub version: Version,
    /// `vrrp_strict`. Off.
    pub strict: bool,
    /// `vrrp_garp_*`, `vrrp_min_garp`
    pub garp: Garp,
    /// `vrrp_garp_extra_if`: how often the other interfaces of a VMAC's instance get a gratuitous ARP. Off.
    pub garp_extra: Option<GarpExtra>,
    /// `vrrp_down_timer_adverts`: adverts that may be missed; 3.
    pub down_timer_adverts: u8,
    /// `vrrp_lower_prio_no_advert`. Off.
    pub lower_prio_no_advert: bool,
    /// `vrrp_higher_prio_send_advert`. Off.
    pub higher_prio_send_advert: bool,
    /// `vrrp_owner_ignore_adverts`. Off.
    pub owner_ignore_adverts: bool,
    /// `vrrp_check_unicast_src`. Off.
    pub check_unicast_src: bool,
    /// `vrrp_skip_check_adv_addr`. Off.
    pub skip_check_adv_addr: bool,
    /// `v3_checksum_as_v2`. Off.
    pub checksum_as_v2: bool,
}

impl Default for VrrpDefaults {
    fn default() -> Self {
        Self {
            version: Version::V2,
            strict: false,
            garp: Garp::default(),
            garp_extra: None,
            down_timer_adverts: 3,
            lower_prio_no_advert: false,
            higher_prio_send_advert: false,
            owner_ignore_adverts: false,
            check_unicast_src: false,
            skip_check_adv_addr: false,
            checksum_as_v2: false,
        }
    }
}
