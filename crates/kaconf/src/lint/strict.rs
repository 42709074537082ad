//! What `vrrp_strict` and `strict_mode` take away.

use super::{Block, Context, Finding};
use crate::code::Code;
use crate::files::Location;
use crate::model::{Accept, Instance, Mode};

/// Where strict mode comes from.
fn origin(context: &Context<'_>, block: Block<'_>) -> Option<Location> {
    block.keyword("strict_mode").or_else(|| context.places.first_use("global_defs", "vrrp_strict"))
}

/// The instances in strict mode.
fn strict<'c>(context: &'c Context<'_>) -> impl Iterator<Item = (&'c Instance, Block<'c>)> {
    context.instances().filter(|(instance, _)| instance.strict)
}

/// Strict mode drops authentication.
pub(super) fn authentication(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (instance, block) in strict(context) {
        let Some(at) = block.inner("authentication").value("auth_type") else { continue };
        let message = "strict mode drops authentication";
        let finding = Finding::of(instance, Code::StrictAuthentication, Some(at), message)
            .note(origin(context, block), "strict mode is switched on here")
            .hint("this node sends adverts without a password; nodes that are not strict hear none of them")
            .mend("remove strict mode, or the authentication block on every node")
            .instead_of(Code::Authentication, block.head());
        found.push(finding);
    }
}

/// Strict mode refuses unicast, as far as the interface could do multicast.
pub(super) fn unicast(context: &Context<'_>, found: &mut Vec<Finding>) {
    for refused in context.loaded.diagnostics.iter().filter(|found| found.code == Code::StrictRefuses) {
        let Some(block) = refused.at.map(|at| context.places.block_at(at)) else { continue };
        let Some(at) = block.keyword("unicast_peer") else { continue };
        let name = block.name();
        let message =
            format!("({name}) strict mode and unicast peers exclude each other: keepalived does not start");
        let finding = Finding::new(Code::StrictUnicast, Some(at), message)
            .note(origin(context, block), "strict mode is switched on here")
            .mend("remove it: the standard that strict mode keeps to knows multicast only");
        found.push(finding);
    }
    for (instance, block) in strict(context) {
        if matches!(&instance.mode, Mode::Unicast { peers, .. } if !peers.is_empty()) {
            let message = "strict mode with unicast peers works only while the interface has no multicast";
            let finding = Finding::of(instance, Code::StrictUnicast, block.keyword("unicast_peer"), message)
                .note(origin(context, block), "strict mode is switched on here")
                .mend("on any other interface keepalived does not start: remove strict mode");
            found.push(finding);
        }
    }
}

/// Strict mode closes the virtual addresses.
pub(super) fn closed(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut closed = strict(context).filter(|(instance, block)| {
        // Who typed it knows.
        instance.accept == Accept::OwnerOnly && block.is_known() && block.keyword("no_accept").is_none()
    });
    let Some((first, block)) = closed.next() else { return };
    let others = closed.count();
    let others = match others {
        0 => String::new(),
        1 => " and of one other instance".to_owned(),
        others => format!(" and of {others} other instances"),
    };
    let message = format!("strict mode drops all packets to the virtual addresses of {}{others}", first.name);
    let finding = Finding::new(Code::StrictClosed, origin(context, block), message)
        .hint("a firewall rule does it: the addresses answer no ping, and no service is reached by them")
        .mend("remove strict mode, or with 'version 3' write 'accept' in the instance");
    found.push(finding);
}
