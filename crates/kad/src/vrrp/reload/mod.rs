//! A new configuration for a running process: the difference, and nothing else.
//!
//! Instances are matched as keepalived matches them: by VRID, family, interface and manner of speaking, not by
//! name. One that matches keeps its state, timers and counters; what is new starts, what is gone stops.

mod accidents;
mod identity;
mod instances;

use kaconf::model::Config;

use crate::ipc::FromChild;

use super::clock;
use super::driver::Driver;
use super::firewall;
use super::instance::Instance;
use super::start::{StartError, check_interface};

impl Driver {
    /// Takes over a configuration. An error leaves everything as it was.
    pub(super) fn reload(&mut self, mut config: Config) -> Result<FromChild, StartError> {
        self.refuse_accidents(&config.instances, &config.doubts)?;
        let instances = std::mem::take(&mut config.instances);
        let mut fresh = Vec::with_capacity(instances.len());
        let dynamic =
            std::mem::replace(&mut self.global.dynamic_interfaces, config.global.dynamic_interfaces);
        for model in instances {
            let checked = check_interface(self, &model).and_then(|()| Ok(Instance::new(model)?));
            match checked {
                Ok(instance) => fresh.push(instance),
                Err(error) => {
                    self.global.dynamic_interfaces = dynamic;
                    return Err(error);
                }
            }
        }
        // Nothing fails from here on.
        self.declare_trackers(&mut config);
        self.declare_statics(&mut config);
        self.set_statics();
        let (global, doubts) = (config.global.clone(), std::mem::take(&mut config.doubts));
        let now = clock::now();
        self.announcer.set_spacing(&global, std::mem::take(&mut config.garp_groups));
        self.firewall.configure(&global.firewall);
        self.notices.change(&global, &mut self.exec);
        (self.global, self.doubts) = (global, doubts);
        self.size_netlink();
        let old = std::mem::take(&mut self.instances);
        let before = old.len();
        let kept = self.exchange(now, old, fresh);
        self.watch_what_is_tracked(&mut config, now, true);
        let total = self.instances.len();
        self.settle(now);
        self.firewall.tidy(&self.instances);
        firewall::decide(&mut self.global.firewall, &self.instances);
        Ok(kept_of(kept, total, before - kept))
    }
}

fn kept_of(kept: usize, total: usize, removed: usize) -> FromChild {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    FromChild::Reloaded { kept: count(kept), added: count(total - kept), removed: count(removed) }
}
