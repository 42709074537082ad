//! Exit codes, as keepalived's users and units know them.

use std::process::ExitCode;

/// How a process of the daemon ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// A clean end.
    Ok,
    /// It cannot go on, and would not after a restart either.
    Fatal,
    /// The configuration cannot be run.
    Config,
    /// A privilege is missing.
    MissingPermission,
    /// There is no configuration, or it cannot be read.
    NoConfig,
    /// A defect of the program.
    Program,
}

impl Exit {
    /// The number the starter sees.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Fatal => 1,
            Self::Config => 2,
            Self::MissingPermission => 4,
            Self::NoConfig => 6,
            Self::Program => 70,
        }
    }

    /// The error a child cannot be cured of by a restart, by its name in the log.
    pub(crate) const fn permanent(code: i32) -> Option<(&'static str, Self)> {
        match code {
            1 => Some(("FATAL", Self::Fatal)),
            2 => Some(("CONFIG", Self::Config)),
            4 => Some(("MISSING_PERMISSION", Self::MissingPermission)),
            _ => None,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_codes_are_permanent() {
        let permanent: Vec<i32> = (0..=255).filter(|&code| Exit::permanent(code).is_some()).collect();
        assert_eq!(permanent, [1, 2, 4]);
    }

    #[test]
    fn a_permanent_code_is_handed_on_unchanged() {
        for code in [1, 2, 4] {
            let (_, exit) = Exit::permanent(code).unwrap();
            assert_eq!(i32::from(exit.code()), code);
        }
    }
}
