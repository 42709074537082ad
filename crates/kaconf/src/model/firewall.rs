//! How packets to addresses that must not be reached are dropped: iptables, ipsets, nftables.

/// `vrrp_iptables`: the chains rules are put into.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Iptables {
    /// For what comes in; INPUT when the keyword stands alone.
    pub input: Box<str>,
    /// For what goes out; OUTPUT when the keyword stands alone, none when only the first chain is named.
    pub output: Option<Box<str>>,
}

/// `vrrp_ipsets`: sets that hold the addresses, so that a rule is one and not one an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Ipsets {
    /// With iptables, under names that begin with `keepalived`.
    #[default]
    Default,
    /// The keyword alone: none.
    Off,
    /// Under these names: addresses, IPv6 addresses, IPv6 addresses with an interface, IGMP, MLD, neighbour
    /// discovery. What was not typed is made of the first.
    Named(Box<[Box<str>; 6]>),
}

/// The firewall.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Firewall {
    /// `vrrp_iptables`; none is nftables.
    pub iptables: Option<Iptables>,
    /// `vrrp_ipsets`
    pub ipsets: Ipsets,
    /// `nftables`; none is the table `keepalived`, made when it is needed.
    pub nftables: Option<Box<str>>,
    /// `nftables_priority`: of the chains; -1.
    pub nftables_priority: i32,
    /// `nftables_ifindex`: rules name interfaces by number. Off.
    pub nftables_ifindex: bool,
    /// `nftables_counters`: rules count. Off.
    pub nftables_counters: bool,
    /// `nftables_ipvs`; none is the table `keepalived_ipvs`, made when it is needed.
    pub nftables_ipvs: Option<Box<str>>,
    /// `nftables_ipvs_priority`; -1.
    pub nftables_ipvs_priority: i32,
    /// `nftables_ipvs_start_fwmark`; 1000.
    pub nftables_ipvs_start_fwmark: u32,
    /// `namespace_with_ipsets`: ipsets in a network namespace though the kernel is old. Off.
    pub namespace_with_ipsets: bool,
}

impl Default for Firewall {
    fn default() -> Self {
        Self {
            iptables: None,
            ipsets: Ipsets::Default,
            nftables: None,
            nftables_priority: -1,
            nftables_ifindex: false,
            nftables_counters: false,
            nftables_ipvs: None,
            nftables_ipvs_priority: -1,
            nftables_ipvs_start_fwmark: 1000,
            namespace_with_ipsets: false,
        }
    }
}
