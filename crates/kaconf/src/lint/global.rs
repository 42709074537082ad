//! Mail that reaches nobody.

use super::{Context, Finding};
use crate::code::Code;

/// Receivers of mail, and no server to hand it to.
pub(super) fn mail_nowhere(context: &Context<'_>, found: &mut Vec<Finding>) {
    let places = &context.places;
    let Some(at) = places.first_use("global_defs", "notification_email") else { return };
    if places.first_use("global_defs", "smtp_server").is_some() {
        return;
    }
    let message = "no mail is sent: there is no smtp_server".to_owned();
    let finding = Finding::new(Code::MailNowhere, Some(at), message)
        .mend("there is no default for it: write 'smtp_server 127.0.0.1', or the name of a server");
    found.push(finding);
}

/// Blocks whose `smtp_alert` asks for mail.
const ALERTING: [&str; 4] =
    ["vrrp_instance", "vrrp_sync_group", "virtual_server", "virtual_server/real_server"];

/// Mail that is asked for, and nobody to send it to.
pub(super) fn mail_to_nobody(context: &Context<'_>, found: &mut Vec<Finding>) {
    let places = &context.places;
    if places.first_use("global_defs", "notification_email").is_some() {
        return;
    }
    let Some(at) = ALERTING.iter().find_map(|block| places.first_use(block, "smtp_alert")) else { return };
    let word = places.rest_of_line(at).trim_ascii_start();
    if [&b"false"[..], b"off", b"no"].iter().any(|no| word.starts_with(no)) {
        return;
    }
    let message = "smtp_alert sends no mail: there is no notification_email".to_owned();
    let finding = Finding::new(Code::MailToNobody, Some(at), message)
        .mend("write the receivers into 'notification_email' in global_defs, and 'smtp_server'");
    found.push(finding);
}
