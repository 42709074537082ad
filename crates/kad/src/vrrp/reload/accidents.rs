//! A file whose mistakes would cost what is running is not what anybody asked for.

use std::collections::HashMap;

use kaconf::model;

use crate::vrrp::addresses::Held;
use crate::vrrp::driver::Driver;
use crate::vrrp::start::StartError;

use super::identity::Identity;

impl Driver {
    /// Whoever breaks a line that names an instance or an address has not asked for its end. Findings that the
    /// running configuration had too are lived with.
    pub(super) fn refuse_accidents(
        &self,
        fresh: &[model::Instance],
        doubts: &[Box<str>],
    ) -> Result<(), StartError> {
        let Some(doubt) = doubts.iter().find(|doubt| !self.doubts.contains(doubt)) else { return Ok(()) };
        let found: HashMap<_, _> = fresh.iter().map(|new| (Identity::of(new), new)).collect();
        for old in &self.instances {
            let name = old.name();
            let loss = match found.get(&Identity::of(&old.model)) {
                None => format!("({name}) would be removed"),
                Some(new) => {
                    let lost = |held: &&Held| {
                        let ip = held.model.address.ip();
                        !new.addresses.iter().chain(&new.excluded).any(|line| line.address.ip() == ip)
                    };
                    match old.held.iter().find(lost) {
                        Some(held) => format!("({name}) would lose {}", held.model.address.ip()),
                        None => continue,
                    }
                }
            };
            return Err(StartError::Doubtful { loss, doubt: doubt.clone() });
        }
        Ok(())
    }
}
