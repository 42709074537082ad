//! The codes of diagnostics, and the classes keepalived sorts its messages into.

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

            /// `K` and three digits: 1xx files and text, 2xx structure, 3xx values, 4xx meaning, 9xx the rest.
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
