//! `fifo_write_vrrp_states_on_reload`: what is as it was is said once more, for readers that a reload makes begin anew.

use vrrp_fsm::State;

use crate::vrrp::driver::Driver;
use crate::vrrp::instance::InstanceId;

/// What went on through a reload, and the state each was in: in the order of the configuration.
#[derive(Debug)]
pub(in crate::vrrp) struct Kept<'a> {
    rest: &'a [(InstanceId, State)],
}

impl<'a> Kept<'a> {
    pub(in crate::vrrp) fn new(kept: &'a [(InstanceId, State)]) -> Self {
        Self { rest: kept }
    }
}

impl Driver {
    /// Says to FIFOs in which states groups are, if that is wanted, where it is the one of before: the others have
    /// said it.
    pub(in crate::vrrp) fn repeat_groups(&mut self, before: &[State]) {
        if !self.global.fifos.states_on_reload {
            return;
        }
        for (group, before) in self.groups.iter().zip(before) {
            if group.machine.state() == *before {
                self.notices.repeat_group(&group.model, *before);
            }
        }
    }

    /// The same of the instances before `next`, or of all.
    pub(in crate::vrrp) fn repeat_instances(&mut self, kept: &mut Kept<'_>, next: Option<InstanceId>) {
        if !self.global.fifos.states_on_reload {
            return;
        }
        while let Some((&(id, before), rest)) = kept.rest.split_first()
            && next.is_none_or(|next| id < next)
        {
            kept.rest = rest;
            let instance = &self.instances[id.index()];
            if instance.machine.state() == before {
                self.notices.repeat(instance);
            }
        }
    }
}
