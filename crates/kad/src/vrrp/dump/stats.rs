//! keepalived.stats: the counters of every instance.

use std::fmt::Write;

use vrrp_wire::Counter;

use crate::vrrp::instance::Instance;

pub(super) fn render(instances: &[Instance]) -> String {
    let mut out = String::new();
    for instance in instances {
        // Writing to a string does not fail.
        let _ = render_one(&mut out, instance);
    }
    out
}

fn render_one(out: &mut String, instance: &Instance) -> std::fmt::Result {
    let stats = &instance.stats;
    let refused = |counter| stats.refused(counter);
    writeln!(out, "VRRP Instance: {}", instance.name())?;
    writeln!(out, "  Advertisements:")?;
    writeln!(out, "    Received: {}", stats.adverts_received)?;
    writeln!(out, "    Sent: {}", stats.adverts_sent)?;
    writeln!(out, "  Became master: {}", stats.became_master)?;
    writeln!(out, "  Released master: {}", stats.released_master)?;
    writeln!(out, "  Packet Errors:")?;
    writeln!(out, "    Length: {}", refused(Counter::PacketLength))?;
    writeln!(out, "    TTL: {}", refused(Counter::Ttl))?;
    writeln!(out, "    Invalid Type: {}", refused(Counter::InvalidType))?;
    writeln!(out, "    Advertisement Interval: {}", refused(Counter::AdvertInterval))?;
    writeln!(out, "    Address List: {}", refused(Counter::AddressList))?;
    writeln!(out, "  Authentication Errors:")?;
    writeln!(out, "    Invalid Type: {}", refused(Counter::InvalidAuthType))?;
    writeln!(out, "    Type Mismatch: {}", refused(Counter::AuthTypeMismatch))?;
    writeln!(out, "    Failure: {}", refused(Counter::AuthFailure))?;
    writeln!(out, "  Authentication Extension Errors:")?;
    writeln!(out, "    Missing: {}", refused(Counter::TrailerMissing))?;
    writeln!(out, "    Malformed: {}", refused(Counter::TrailerMalformed))?;
    writeln!(out, "    Unknown Key: {}", refused(Counter::TrailerKey))?;
    writeln!(out, "    Invalid HMAC: {}", refused(Counter::TrailerMac))?;
    writeln!(out, "    Stale: {}", refused(Counter::TrailerStale))?;
    writeln!(out, "    Replay: {}", refused(Counter::TrailerReplay))?;
    writeln!(out, "  Priority Zero:")?;
    writeln!(out, "    Received: {}", stats.priority_zero_received)?;
    writeln!(out, "    Sent: {}", stats.priority_zero_sent)
}
