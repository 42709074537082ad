//! A command that the daemon runs: of a notify, a script that is tracked, a check.

/// A script value: `KEYWORD VALUE [USER [GROUP]]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Script {
    /// The program and its arguments; never empty.
    pub command: Vec<Box<str>>,
    /// Whom it runs as; `None` is `script_user`, or what keepalived falls back to.
    pub user: Option<Box<str>>,
    /// The group; `None` is the user's own.
    pub group: Option<Box<str>>,
}

impl Script {
    /// The program: a path, or a name that is searched in PATH.
    pub fn program(&self) -> &str {
        self.command.first().map_or("", |program| program)
    }
}
