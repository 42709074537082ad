//! Intervals that are not what was typed.

use vrrp_types::Version;

use super::{Context, Finding};
use crate::code::Code;

/// A fraction of a second asked of version 2.
pub(super) fn interval_of_version_2(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (instance, block) in context.instances().filter(|(instance, _)| instance.version == Version::V2) {
        let Some(at) = block.value("advert_int") else { continue };
        let typed =
            std::str::from_utf8(context.places.text(at)).ok().and_then(|text| text.parse::<f64>().ok());
        let Some(typed) = typed.filter(|typed| typed.fract() != 0.0 && *typed > 0.0) else { continue };
        let message = format!(
            "advert_int {typed} is {} s: VRRP version 2 knows whole seconds only",
            instance.advert_int
        );
        let finding = Finding::of(instance, Code::IntervalOfVersion2, Some(at), &message)
            .mend("write 'version 3' in the instance on every node: it counts hundredths of a second")
            .instead_of(Code::IntervalAdjusted, block.keyword("advert_int"));
        found.push(finding);
    }
}
