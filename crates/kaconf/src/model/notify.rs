//! The scripts that run when an instance or a sync group changes its state.

use super::Script;

/// `notify` and its relatives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Notify {
    /// `notify`: runs at every change, and is told which one it was.
    pub any: Option<Box<Script>>,
    /// `notify_master`
    pub master: Option<Box<Script>>,
    /// `notify_backup`
    pub backup: Option<Box<Script>>,
    /// `notify_fault`
    pub fault: Option<Box<Script>>,
    /// `notify_stop`
    pub stop: Option<Box<Script>>,
    /// `notify_deleted`: the deletion of an instance by a reload is told as such, not as a fault. Instances only.
    pub tells_deletion: bool,
    /// The script of `notify_deleted`, if it has one.
    pub deleted: Option<Box<Script>>,
    /// `notify_master_rx_lower_pri`: a master heard an advert of lower priority. Instances only.
    pub lower_priority: Option<Box<Script>>,
}

impl Notify {
    /// Every script with its keyword, for a check that may take some away.
    pub fn scripts_mut(&mut self) -> impl Iterator<Item = (&'static str, &mut Option<Box<Script>>)> {
        [
            ("notify_backup", &mut self.backup),
            ("notify_master", &mut self.master),
            ("notify_fault", &mut self.fault),
            ("notify_stop", &mut self.stop),
            ("notify_deleted", &mut self.deleted),
            ("notify", &mut self.any),
            ("notify_master_rx_lower_pri", &mut self.lower_priority),
        ]
        .into_iter()
    }

    /// Every script with its keyword.
    pub fn scripts(&self) -> impl Iterator<Item = (&'static str, &Script)> {
        [
            ("notify_backup", &self.backup),
            ("notify_master", &self.master),
            ("notify_fault", &self.fault),
            ("notify_stop", &self.stop),
            ("notify_deleted", &self.deleted),
            ("notify", &self.any),
            ("notify_master_rx_lower_pri", &self.lower_priority),
        ]
        .into_iter()
        .filter_map(|(keyword, script)| script.as_deref().map(|script| (keyword, script)))
    }
}
