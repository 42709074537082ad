//! What is done to the two hosts, in its order, and what the protocol then gives.

use std::time::Duration;

use netlab::scenario::Protocol;

use super::cast::Side;

/// One thing that is done, after which one host must be master.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// kad starts on both hosts.
    Start,
    /// All processes of kad on alpha are killed.
    Crash,
    /// It starts again.
    AfterCrash,
    /// It is asked to stop.
    Stop,
    /// It starts again.
    AfterStop,
    /// Alpha's cable is pulled.
    Cut,
    /// It is plugged in again.
    Heal,
}

/// The moment from which the protocol counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Since {
    /// The new master began to listen: it said that it entered BACKUP.
    Backup,
    /// The last advert of the old master.
    LastAdvert,
    /// The old master's farewell, an advert of priority 0.
    Farewell,
}

impl Act {
    pub(super) const ALL: [Self; 7] =
        [Self::Start, Self::Crash, Self::AfterCrash, Self::Stop, Self::AfterStop, Self::Cut, Self::Heal];

    /// In the table.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Start => "first election",
            Self::Crash => "alpha's kad killed (-9)",
            Self::AfterCrash => "alpha back",
            Self::Stop => "alpha's kad stopped",
            Self::AfterStop => "alpha back",
            Self::Cut => "alpha's cable pulled",
            Self::Heal => "cable back in",
        }
    }

    /// In the timeline, above what comes of it.
    pub(super) const fn heading(self) -> &'static str {
        match self {
            Self::Start => "kad starts on both hosts",
            Self::Crash => "the master crashes: kill -9 for all of kad on alpha",
            Self::AfterCrash => "kad starts again on alpha, which has the higher priority",
            Self::Stop => "kad on alpha stops in good order (SIGTERM)",
            Self::AfterStop => "kad starts again on alpha",
            Self::Cut => "alpha's cable is pulled",
            Self::Heal => "the cable is plugged in again",
        }
    }

    /// Who must be master afterwards.
    pub(super) const fn master(self) -> Side {
        match self {
            Self::Start | Self::AfterCrash | Self::AfterStop | Self::Heal => Side::Alpha,
            Self::Crash | Self::Stop | Self::Cut => Side::Beta,
        }
    }

    /// Whether the other host gives the address up. After a crash its kernel keeps it.
    pub(super) const fn other_lets_go(self) -> bool {
        !matches!(self, Self::Crash)
    }

    /// Whether kad ends on alpha.
    pub(super) const fn ends_alpha(self) -> bool {
        matches!(self, Self::Crash | Self::Stop)
    }

    pub(super) const fn since(self) -> Since {
        match self {
            Self::Start | Self::AfterCrash | Self::AfterStop | Self::Heal => Since::Backup,
            Self::Crash | Self::Cut => Since::LastAdvert,
            Self::Stop => Since::Farewell,
        }
    }

    /// The time the protocol gives the new master: three intervals and its skew, after a farewell the skew alone
    /// (RFC 3768 section 6.1 and 6.4.2).
    pub(super) fn given(self) -> Duration {
        let protocol = Protocol::v2();
        let priority = self.master().priority();
        match self.since() {
            Since::Backup | Since::LastAdvert => protocol.master_down(priority),
            Since::Farewell => protocol.skew(priority),
        }
    }
}

impl Since {
    /// As in "0.648 s after …".
    pub(super) fn text(self, master: Side) -> String {
        let (new, old) = (master.name(), master.other().name());
        match self {
            Self::Backup => format!("after {new} began to listen"),
            Self::LastAdvert => format!("after the last advert of {old}"),
            Self::Farewell => format!("after {old}'s farewell"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_of_the_protocol() {
        let micros = |act: Act| act.given().as_micros();
        // 3 s + 156/256 s, 3 s + 166/256 s, 166/256 s.
        assert_eq!(micros(Act::Start), 3_609_375);
        assert_eq!(micros(Act::AfterCrash), 3_609_375);
        assert_eq!(micros(Act::Heal), 3_609_375);
        assert_eq!(micros(Act::Crash), 3_648_437);
        assert_eq!(micros(Act::Cut), 3_648_437);
        assert_eq!(micros(Act::Stop), 648_437);
    }

    #[test]
    fn the_address_moves_with_every_act_but_the_first() {
        for pair in Act::ALL.windows(2) {
            assert_ne!(pair[0].master(), pair[1].master(), "{pair:?}");
        }
    }
}
