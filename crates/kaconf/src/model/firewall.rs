//! How packets to addresses that must not be reached are dropped: iptables, ipsets, nftables.

/// `vrrp_iptables`: the chains rules are put into.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// Octets of the longest name the kernel has for a set, and of the longest that keepalived reads.
const SET_MAX: usize = 31;
const SET_TYPED_MAX: usize = 30;

impl Ipsets {
    /// The name of a set that was not typed: a given one with another end, cut to what the kernel has room for.
    pub(crate) fn derived(names: &[Box<str>; 6], index: usize) -> Box<str> {
        let (base, end) = match index {
            1 => (&*names[0], "6"),
            2 => (names[1].strip_suffix('6').unwrap_or(&names[1]), "_if6"),
            3 => (&*names[0], "_igmp"),
            4 => (&*names[0], "_mld"),
            _ => (&*names[0], "_nd"),
        };
        let mut len = base.len().min(SET_MAX - end.len());
        while !base.is_char_boundary(len) {
            len -= 1;
        }
        format!("{}{end}", &base[..len]).into()
    }

    /// The names that have to be typed: those behind them are made of them, and may be longer than can be typed.
    pub(crate) fn typed(names: &[Box<str>; 6]) -> &[Box<str>] {
        let made = |index: usize| index > 0 && names[index] == Self::derived(names, index);
        let count = if names.iter().any(|name| name.len() > SET_TYPED_MAX) {
            (0..names.len()).rfind(|&index| !made(index)).map_or(1, |index| index + 1)
        } else {
            names.len()
        };
        &names[..count]
    }
}

/// The firewall.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sets_are_made_of_the_first() {
        let long = "abcdefghijklmnopqrstuvwxyz0123";
        for (first, want) in [
            ("k", ["k6", "k_if6", "k_igmp", "k_mld", "k_nd"]),
            (
                long,
                [
                    "abcdefghijklmnopqrstuvwxyz01236",
                    "abcdefghijklmnopqrstuvwxyz0_if6",
                    "abcdefghijklmnopqrstuvwxyz_igmp",
                    "abcdefghijklmnopqrstuvwxyz0_mld",
                    "abcdefghijklmnopqrstuvwxyz01_nd",
                ],
            ),
        ] {
            let mut names: [Box<str>; 6] = Default::default();
            names[0] = first.into();
            for index in 1..6 {
                names[index] = Ipsets::derived(&names, index);
                assert_eq!(&*names[index], want[index - 1]);
            }
            assert_eq!(Ipsets::typed(&names).len(), if first == long { 1 } else { 6 });
        }
    }
}
