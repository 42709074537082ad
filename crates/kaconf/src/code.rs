//! The codes of diagnostics, and the classes keepalived sorts its messages into.

mod details;

use std::fmt;

use crate::diag::Severity;

/// What keepalived counts a message as. The order is the order of weight: the heaviest class of a run decides
/// the exit code of `-t`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Class {
    /// Not a complaint.
    #[default]
    None,
    /// A file could not be read.
    FileNotFound,
    /// A fatal condition.
    Fatal,
    /// A pattern matched several files where one was expected.
    MultipleFiles,
    /// A keyword nobody knows.
    UnknownKeyword,
    /// `{` where no block begins.
    UnexpectedOpen,
    /// No `{` where a block begins.
    MissingOpen,
    /// `}` without `{`.
    ExtraClose,
    /// `{` without `}`.
    MissingClose,
    /// `"` without its end.
    UnmatchedQuote,
    /// A keyword without its value.
    MissingParameter,
    /// Not a number, or out of range.
    InvalidNumber,
    /// Anything else that is wrong.
    General,
    /// Not wrong, but hardly meant.
    Warning,
    /// An old spelling.
    Deprecated,
    /// A script that someone else could have written.
    Security,
}

macro_rules! codes {
    ($($name:ident $id:literal $severity:ident $class:ident $doc:literal;)*) => {
        /// Which rule a diagnostic is about. [`Code::id`] is stable: it can be documented, searched, filtered.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`", $id, "`: ", $doc)] $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// `K` and three digits: 1xx files and text, 2xx structure, 3xx values, 4xx meaning, 6xx what is allowed and hardly
            /// meant (65x between nodes), 9xx the rest.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// What it is about, in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $doc,)* }
            }

            /// The severity when nothing is known of the circumstances.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// The class keepalived gives such a message.
            pub const fn class(self) -> Class {
                match self { $(Self::$name => Class::$class,)* }
            }
        }
    };
}

codes! {
    NoConfiguration "K100" Error FileNotFound "there is no configuration file";
    FileSkipped "K101" Warning None "a file was not read";
    IncludeUnmatched "K102" Warning None "an include found nothing";
    SeveralFiles "K103" Warning MultipleFiles "the configuration is spread over files by a pattern";
    LineTooLong "K104" Warning General "a line is longer than keepalived reads";
    NulOctet "K105" Warning General "a line holds a NUL octet";
    UnmatchedQuote "K106" Warning UnmatchedQuote "a quote is not closed";
    BadSequence "K107" Warning General "~SEQ or ~LST cannot be read";
    ExpansionTooLong "K108" Warning None "a definition makes a line too long";
    Limit "K109" Error Fatal "a limit of the reader was reached";
    BadDefinitionUse "K110" Warning General "a predefined name was given what it cannot use";
    ByteOrderMark "K111" Warning UnknownKeyword "a file begins with a byte order mark";
    Lookalike "K120" Warning None "a character only looks like one of the language";
    ForeignSyntax "K121" Warning None "punctuation of another language";

    UnknownKeyword "K200" Warning UnknownKeyword "nobody knows this keyword";
    UnexpectedOpen "K201" Warning UnexpectedOpen "no block begins here";
    MissingOpen "K202" Warning MissingOpen "a block does not begin with a brace";
    ExtraClose "K203" Warning ExtraClose "a brace closes nothing";
    MissingClose "K204" Warning MissingClose "a block is not closed";
    MissingParameter "K205" Error MissingParameter "a keyword needs a value and has none";
    ExtraParameter "K206" Warning General "more was typed than is read";
    Deprecated "K207" Warning Deprecated "an old spelling";
    BadBlockName "K208" Warning General "a block needs one name";

    BadNumber "K300" Warning InvalidNumber "not a number that can be used here";
    BadBoolean "K301" Warning General "neither true nor false";
    BadAddress "K302" Warning General "not an address that can be used here";
    BadValue "K303" Warning General "not one of the values known here";
    Truncated "K304" Warning General "too long, and cut";
    Repeated "K305" Warning General "given more than once";
    Adjusted "K306" Warning General "replaced by the nearest value that works";
    Unusual "K307" Note None "allowed, but unusual";
    NamespaceMissing "K310" Warning None "the network namespace does not exist";
    HostUnknown "K311" Warning General "a host's name cannot be looked up";
    BadDirectory "K312" Warning General "a directory cannot be used";
    BadName "K313" Warning General "a name that the kernel does not take";
    OldForm "K314" Warning General "an older form of a value";
    FirewallChoice "K315" Warning None "two settings of the firewall exclude each other";
    FifoChoice "K316" Warning None "the same FIFO twice";

    DuplicateName "K400" Warning General "the name is taken";
    NoVrid "K401" Error General "an instance has no virtual_router_id";
    NoInterface "K402" Error General "an instance has no interface";
    NoAddress "K403" Warning Warning "an instance has no virtual address";
    FamilyMismatch "K404" Warning General "IPv4 and IPv6 do not mix here";
    DuplicateAddress "K405" Warning General "the address is there already";
    Incompatible "K406" Warning General "two settings exclude each other";
    Strict "K407" Warning General "strict mode overrides a setting";
    Authentication "K408" Warning General "authentication cannot be used as asked";
    IntervalAdjusted "K409" Warning General "the interval cannot be said in this version";
    UnicastWithoutPeers "K410" Warning Deprecated "unicast settings without a peer";
    DuplicateVrid "K411" Error General "two instances are the same virtual router";
    TooManyAddresses "K412" Warning General "more addresses than an advert carries";
    InterfaceMissing "K413" Error General "the interface does not exist";
    NoSource "K414" Error General "an instance has nowhere to send from";
    StrictRefuses "K415" Error General "strict mode refuses the instance";
    OwnInterface "K416" Warning General "an instance tracks its own interface by itself";
    UnknownName "K417" Warning General "something that does not exist is referred to";
    NoRealServer "K420" Warning General "a virtual server has no real server";
    NoProtocol "K421" Warning General "a virtual server has no protocol";
    NoScheduler "K422" Warning General "a virtual server has no scheduler";
    NoForwarding "K423" Warning General "nothing says how packets get to a real server";
    SchedulerFlag "K424" Warning General "a flag does not fit the scheduler";
    ProtocolOfMark "K425" Warning General "a firewall mark is of every protocol";
    PortNeedsPersistence "K426" Warning General "every port of an address needs persistence";
    PortMismatch "K427" Warning General "a port cannot be used without NAT";
    DuplicateRealServer "K428" Warning General "a real server is there already";
    QuorumTooLarge "K429" Warning General "a quorum that cannot be reached";
    HysteresisTooLarge "K430" Warning General "a hysteresis that is not below the quorum";
    SorryServer "K431" Warning General "a sorry server cannot be used as asked";
    GroupLeftOut "K432" Warning General "a virtual server group cannot be used";
    VirtualServerLeftOut "K433" Warning None "a virtual server does not fit its group";
    CheckerLeftOut "K434" Warning General "a checker lacks what it needs";
    NeverSucceeds "K435" Warning General "a check that cannot succeed";
    RegexSetting "K436" Warning None "a setting of a regex is not used";
    HostBlock "K437" Note None "an old form of saying several checks";
    BadWeight "K450" Warning General "a weight cannot be read as asked";
    TrackedTwice "K451" Warning General "something is tracked twice";
    WeightDropped "K452" Warning General "a weight that can have no effect is dropped";
    NoScript "K453" Warning General "a vrrp_script has no script";
    NoProcess "K454" Warning General "a vrrp_track_process has no process";
    NoFile "K455" Warning General "a track_file has no file that can be watched";
    NoMembers "K456" Warning General "a group has no members";
    OneMember "K457" Warning General "a sync group of one";
    TwoGroups "K458" Warning General "an instance is in two sync groups";
    NoNeighbor "K459" Warning General "a bfd_instance has no neighbour";
    NoInterval "K460" Warning General "a garp_group has no interval";
    SettingOfNoInterface "K461" Warning Fatal "a setting is for an interface that does not exist";
    BadMac "K462" Warning General "not an address that a VMAC can have";
    VmacName "K463" Warning General "the name of a VMAC cannot be used";
    Vmac "K464" Warning General "a setting cannot be used with or without a VMAC";
    BadKey "K465" Warning General "a key of auth_hmac cannot be used";
    NoKey "K466" Warning General "auth_hmac has no key to sign with";
    MixedOwners "K467" Warning General "a sync group of owners and others";
    UnusualNumber "K468" Warning General "a number is allowed, but makes no sense";
    TrackedMissing "K469" Warning General "an interface that does not exist is referred to";
    UnusedScript "K470" Note None "a vrrp_script is not tracked by anything";
    RouteWord "K480" Warning General "a word of a route or rule cannot be read";
    RouteValue "K481" Warning General "a value of a route or rule cannot be used";
    RouteFamily "K482" Warning General "a route or rule mixes IPv4 and IPv6";
    RouteName "K483" Warning General "a name that routing does not know";
    RoutePart "K484" Warning General "a part of a route or rule is left out";
    RouteProtocol "K485" Warning General "what is tracked is marked as keepalived's";
    RouteDestination "K486" Warning General "a route needs a destination";
    NextHops "K487" Warning General "next hops are not as typed";
    OldRouteForm "K488" Warning General "an old way to write a route";
    InetSkips "K489" Note None "inet and inet6 hide the word behind them";
    RuleAction "K490" Warning General "a rule needs one action that fits it";
    RulePreference "K491" Warning General "a rule needs a preference";
    RuleGoto "K492" Warning General "a rule can only go on to a later one";
    TrackGroup "K493" Warning General "a track_group cannot be used as asked";
    NoStaticInterface "K494" Error Fatal "a static address needs an interface";

    ScriptWords "K500" Warning None "a command that cannot be split into words as typed";
    ScriptUser "K501" Warning General "a script's user or group does not exist";
    ScriptMissing "K502" Warning None "a script cannot be found";
    ScriptNotExecutable "K503" Warning None "a script may not be executed";
    ScriptUnsafe "K504" Warning None "others can change a script that runs as root";
    ScriptLink "K505" Warning None "something else than a directory is in the path of a script";
    ScriptSearched "K506" Warning None "a script was searched in PATH";
    DefaultUser "K507" Warning None "there is no user to run scripts as";
    ScriptGlobal "K508" Warning General "a script of the daemon itself cannot be run";
    SecurityOff "K510" Warning Security "scripts are run without enable_script_security";

    MasterNopreempt "K600" Warning None "nopreempt beside state MASTER";
    DelayIgnored "K601" Warning None "a preempt_delay that something switches off";
    OwnerByOmission "K602" Warning None "an address owner because no priority was typed";
    PasswordCut "K603" Warning None "a password of more than eight characters";
    PasswordComment "K604" Warning None "a password that a comment character ends";
    StrictAuthentication "K605" Warning None "authentication in strict mode";
    StrictUnicast "K606" Warning None "unicast in strict mode";
    StrictClosed "K607" Warning None "strict mode closes the virtual addresses";
    IntervalOfVersion2 "K608" Warning None "a fraction of a second in version 2";
    VridTwice "K609" Warning None "a VRID used twice on an interface";
    AddressTwice "K610" Warning None "a virtual address on two interfaces";
    OwnPeer "K611" Warning None "a node that is its own peer";
    InterfaceAway "K612" Warning None "an interface that this host has not now";
    MailNowhere "K613" Warning None "mail and no server for it";
    MailToNobody "K614" Warning None "mail and nobody to receive it";
    PersistenceZero "K615" Warning None "a persistence of no time";
    ServerNowhere "K616" Warning None "a virtual server on an address that no instance has";
    WeightSwallowed "K617" Warning None "a weight that the bounds of the priority swallow";
    WeightNopreempt "K618" Warning None "weights beside nopreempt";
    Untracked "K619" Warning None "something to track that nobody tracks";
    ClusterAlone "K650" Warning None "a virtual router that one node alone has";
    ClusterVrid "K651" Error None "the same addresses under two VRIDs";
    ClusterUnheard "K652" Error None "nodes that do not hear each other";
    ClusterSource "K653" Error None "two nodes that send from one address";
    ClusterPeers "K654" Error None "unicast peers that leave out a node";
    ClusterVersion "K655" Error None "different versions of VRRP";
    ClusterInterval "K656" Warning None "different advert_int";
    ClusterAuthentication "K657" Error None "different authentication";
    ClusterChecksum "K658" Error None "different checksums";
    ClusterAddresses "K659" Warning None "different address lists";
    ClusterTie "K660" Warning None "two nodes of one priority";
    ClusterOwners "K661" Error None "two owners of the same addresses";
    ClusterPreemption "K662" Note None "nopreempt on a node that never takes over";
    ClusterWeight "K663" Warning None "weights that never change who is master";
    ClusterGroups "K664" Warning None "different sync groups";
    ClusterGroupSplit "K665" Warning None "a sync group that different nodes win";
    ClusterPrefix "K666" Note None "different prefix lengths of an address";

    NotActedOn "K900" Note None "known, and not acted on yet";
    MoreFindings "K999" Note None "there is more";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_sorted() {
        let ids: Vec<_> = Code::ALL.iter().map(|code| code.id()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
        assert!(ids.iter().all(|id| id.len() == 4 && id.starts_with('K')));
    }
}
