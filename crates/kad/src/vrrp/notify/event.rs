//! What happens to an instance or a group, in the words that scripts and FIFOs are told it with.

use std::fmt;

use vrrp_fsm::State;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vrrp) enum Told {
    Master,
    Backup,
    Fault,
    /// The process stops.
    Stop,
    /// A reload took it away.
    Deleted,
    /// A master heard an advert of lower priority.
    LowerPriority,
    /// The effective priority of a master changed.
    MasterPriority,
    /// The effective priority of one that is not master changed.
    BackupPriority,
}

impl Told {
    /// A state that was entered; the one before the start is no news.
    pub(in crate::vrrp) fn entered(state: State) -> Option<Self> {
        match state {
            State::Master => Some(Self::Master),
            State::Backup => Some(Self::Backup),
            State::Fault => Some(Self::Fault),
            State::Init => None,
        }
    }

    /// Whether `notify`, which is told what happened, is told this.
    pub(super) const fn is_for_any(self) -> bool {
        !matches!(self, Self::LowerPriority | Self::MasterPriority | Self::BackupPriority)
    }

    /// keepalived's word for it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Master => "MASTER",
            Self::Backup => "BACKUP",
            Self::Fault => "FAULT",
            Self::Stop => "STOP",
            Self::Deleted => "DELETED",
            Self::LowerPriority => "MASTER_RX_LOWER_PRI",
            Self::MasterPriority => "MASTER_PRIORITY",
            Self::BackupPriority => "BACKUP_PRIORITY",
        }
    }
}

/// Whom it happened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Instance,
    Group,
}

impl Kind {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Instance => "INSTANCE",
            Self::Group => "GROUP",
        }
    }
}

/// One line of a FIFO.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) told: Told,
    /// The effective priority; 0 for a group.
    pub(super) priority: u8,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, name, told, priority } = self;
        writeln!(f, "{} \"{name}\" {} {priority}", kind.word(), told.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_as_keepalived_writes_it() {
        let line = |kind, name, told, priority| Line { kind, name, told, priority }.to_string();
        for (got, want) in [
            (line(Kind::Instance, "V1", Told::Master, 100), "INSTANCE \"V1\" MASTER 100\n"),
            (line(Kind::Group, "G", Told::Fault, 0), "GROUP \"G\" FAULT 0\n"),
            (line(Kind::Instance, "V1", Told::Deleted, 1), "INSTANCE \"V1\" DELETED 1\n"),
            (
                line(Kind::Instance, "V1", Told::LowerPriority, 254),
                "INSTANCE \"V1\" MASTER_RX_LOWER_PRI 254\n",
            ),
            (line(Kind::Instance, "a b", Told::BackupPriority, 9), "INSTANCE \"a b\" BACKUP_PRIORITY 9\n"),
        ] {
            assert_eq!(got, want);
        }
    }
}
