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
