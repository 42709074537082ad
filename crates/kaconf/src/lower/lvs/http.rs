//! `HTTP_GET` and `SSL_GET`: the keywords beside their `url` blocks.

use super::checker::Setter;
use super::common;
use super::draft_checker::{CheckDraft, HttpDraft, Kind};
use super::values;
use crate::code::{Class, Code};
use crate::diag::Diagnostic;
use crate::expand::Statement;
use crate::lower::context::Context;
use crate::model::HttpVersion;

pub(super) const HTTP: &[(&str, Setter)] = &[
    ("enable_sni", |c, s, draft| flag(c, s, draft, |http| &mut http.enable_sni)),
    ("fast_recovery", |c, s, draft| flag(c, s, draft, |http| &mut http.fast_recovery)),
    ("http_protocol", protocol),
    ("nb_get_retry", nb_get_retry),
    ("sni_name", sni_name),
    ("virtualhost", virtualhost),
];

pub(super) const SSL: &[(&str, Setter)] = &[
    ("enable_sni", |c, s, draft| flag(c, s, draft, |http| &mut http.enable_sni)),
    ("fast_recovery", |c, s, draft| flag(c, s, draft, |http| &mut http.fast_recovery)),
    ("http_protocol", protocol),
    ("nb_get_retry", nb_get_retry),
    ("sni_name", sni_name),
    ("tls_compliant", |c, s, draft| flag(c, s, draft, |http| &mut http.tls_compliant)),
    ("virtualhost", virtualhost),
];

/// A checker of which nothing has been read.
pub(super) fn empty(tls: bool) -> Kind {
    Kind::Http(Box::new(HttpDraft { tls, ..HttpDraft::default() }))
}

fn flag(
    context: &mut Context<'_>,
    statement: &Statement,
    draft: &mut CheckDraft,
    of: fn(&mut HttpDraft) -> &mut bool,
) {
    let Kind::Http(http) = &mut draft.kind else { return };
    if let Some(on) = context.boolean("", statement) {
        *of(http) = on;
    }
}

fn protocol(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft) {
    let Kind::Http(http) = &mut draft.kind else { return };
    http.version = match statement.word(1) {
        b"1.0" => HttpVersion::V1_0,
        b"1.0C" | b"1.0c" => HttpVersion::V1_0Close,
        b"1.1" => HttpVersion::V1_1,
        _ => {
            let message = format!(
                "unknown http_protocol '{}', ignoring it: 1.0, 1.0C and 1.1 are known",
                if statement.len() < 2 { "".into() } else { statement.text(1) }
            );
            return context.report(statement, 1, Code::BadValue, message);
        }
    };
}

fn nb_get_retry(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft) {
    let message = "'nb_get_retry' is deprecated: use retry".to_owned();
    context.report(statement, 0, Code::Deprecated, message);
    common::retry(context, statement, draft);
}

fn virtualhost(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft) {
    if let Kind::Http(http) = &mut draft.kind {
        values::text(context, statement, &mut http.virtualhost);
    }
}

/// `sni_name [NAME]`: younger than the keepalived whose behaviour this is, which complains of it.
fn sni_name(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft) {
    let Kind::Http(http) = &mut draft.kind else { return };
    http.enable_sni = true;
    if statement.len() > 1 {
        http.sni_name = Some(statement.text(1).into());
    }
    let message = "sni_name is not known to keepalived 2.4.3, which ignores it".to_owned();
    let mut diagnostic = Diagnostic::new(Code::Unusual, statement.at(0), message);
    diagnostic.class = Class::UnknownKeyword;
    context.sink.push(statement.explain(diagnostic));
}
