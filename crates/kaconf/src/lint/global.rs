//! Settings that reach nobody: mails without a server, a persistence of no time.

use super::{Context, Finding};
use crate::code::Code;

/// Receivers of mail, and no server to hand it to.
pub(super) fn mail_nowhere(context: &Context<'_>, found: &mut Vec<Finding>) {
    let places = &context.places;
    let Some(at) = places.first_use("global_defs", "notification_email") else { return };
    if places.first_use("global_defs", "smtp_server").is_some() {
        return;
    }
    let finding = Finding::new(Code::MailNowhere, Some(at), "no mail is sent: there is no smtp_server".to_owned())
        .hint("keepalived has no default for it and says nothing: write 'smtp_server 127.0.0.1', or the server's name");
    found.push(finding);
}

/// `persistence_timeout 0`
pub(super) fn persistence_zero(context: &Context<'_>, found: &mut Vec<Finding>) {
    for block in context.places.blocks_of("virtual_server") {
        let Some(at) = block.value("persistence_timeout") else { continue };
        if context.places.text(at).iter().any(|octet| *octet != b'0') {
            continue;
        }
        let message = format!("virtual server {}: persistence_timeout 0 is not a time", block.name());
        let finding = Finding::new(Code::PersistenceZero, Some(at), message)
            .hint("keepalived refuses the value: clients are not kept with their server")
            .hint("if that is meant leave the line out; 'persistence_timeout' alone is 360 s");
        found.push(finding);
    }
}
