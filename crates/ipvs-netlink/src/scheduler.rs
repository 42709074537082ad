//! How a service chooses among its destinations.

use std::borrow::Cow;
use std::fmt;

/// `IP_VS_SCHEDNAME_MAXLEN`, its zero octet included.
const NAME_ROOM: usize = 16;

/// The name of a scheduler: a module `ip_vs_NAME` of the kernel.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scheduler(Cow<'static, str>);

macro_rules! known {
    ($($constant:ident $name:literal $help:literal;)*) => {
        impl Scheduler {
            $(#[doc = $help] pub const $constant: Self = Self(Cow::Borrowed($name));)*

            /// Every scheduler that a kernel may have by this library's knowledge.
            pub const KNOWN: &[Self] = &[$(Self::$constant),*];
        }
    };
}

known! {
    RR "rr" "Round robin.";
    WRR "wrr" "Weighted round robin.";
    LC "lc" "Least connections.";
    WLC "wlc" "Weighted least connections.";
    LBLC "lblc" "Locality-based least connections.";
    LBLCR "lblcr" "The same with replication.";
    DH "dh" "By a hash of the destination.";
    SH "sh" "By a hash of the source.";
    SED "sed" "Shortest expected delay.";
    NQ "nq" "Never queue.";
    FO "fo" "Weighted failover.";
    OVF "ovf" "Weighted overflow.";
    MH "mh" "Maglev hashing.";
    TWOS "twos" "Power of two choices.";
}

impl Scheduler {
    /// One by its name; `None` if no scheduler can be called so: empty, longer than 15 octets or with a zero.
    pub fn new(name: &str) -> Option<Self> {
        let fits = !name.is_empty() && name.len() < NAME_ROOM && !name.contains('\0');
        fits.then(|| Self(Cow::Owned(name.to_owned())))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scheduler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
