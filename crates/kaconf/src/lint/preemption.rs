//! Who becomes master, and when: settings that do not go together with `state` and `priority`.

use super::{Context, Finding};
use crate::code::Code;
use crate::model::InitialState;

/// `state MASTER` with `nopreempt`.
pub(super) fn master_nopreempt(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (instance, block) in context.instances() {
        if instance.state != InitialState::Master || instance.priority.is_owner() {
            continue;
        }
        let Some(at) = block.last_of("nopreempt", "preempt") else { continue };
        let message = "nopreempt has no effect beside state MASTER";
        let finding = Finding::of(instance, Code::MasterNopreempt, Some(at), message)
            .note(block.value("state"), "the state that takes it away")
            .hint("keepalived drops nopreempt: whenever this node returns it takes the addresses back")
            .mend_at(
                "to stay with the present master write 'state BACKUP' on every node: \
                 the priority decides who begins",
                block.typed("state", "MASTER"),
                "BACKUP".to_owned(),
            )
            .instead_of(Code::Incompatible, block.keyword("nopreempt"));
        found.push(finding);
    }
}

/// `preempt_delay` that something else switches off.
pub(super) fn delay_ignored(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (instance, block) in context.instances() {
        let Some(at) = block.value("preempt_delay") else { continue };
        let is_zero = context.places.text(at).iter().all(|octet| matches!(octet, b'0' | b'.'));
        if is_zero || !instance.preempt_delay.is_zero() || instance.strict {
            continue;
        }
        let finding = |because| {
            let message = format!("preempt_delay has no effect beside {because}");
            Finding::of(instance, Code::DelayIgnored, Some(at), &message)
                .instead_of(Code::Incompatible, block.keyword("preempt_delay"))
        };
        if instance.state == InitialState::Master {
            found.push(finding("state MASTER").note(block.value("state"), "what switches it off").mend_at(
                "write 'state BACKUP': with the higher priority it becomes master all the same",
                block.typed("state", "MASTER"),
                "BACKUP".to_owned(),
            ));
        } else if !instance.preempt {
            found.push(
                finding("nopreempt")
                    .note(block.keyword("nopreempt"), "what switches it off")
                    .mend("a node that never preempts has nothing to delay: keep one of the two"),
            );
        }
    }
}

/// `state MASTER` and no `priority`.
pub(super) fn owner_by_omission(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (instance, block) in context.instances() {
        if !instance.priority.is_owner() || !block.is_known() || block.keyword("priority").is_some() {
            continue;
        }
        let message =
            "state MASTER without a priority makes this node the owner of the addresses, priority 255";
        let finding = Finding::of(instance, Code::OwnerByOmission, block.value_or_head("state"), message)
            .hint("an owner is master at once, and ignores nopreempt and every weight")
            .mend("say what is meant, for instance 'priority 150'");
        found.push(finding);
    }
}
