//! From received octets to what the machine hears, or to a named refusal.
//!
//! No allocation, and nothing is logged twice: whoever floods the link moves counters, not the disk.

mod refusals;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use kaconf::model::{Mode, OldUnicastChecksum};
use tracing::{info, trace};
use vrrp_fsm::{Heard, State};
use vrrp_linux::Datagram;
use vrrp_types::{Version, Vrid};
use vrrp_wire::{
    Advert, Arrival, AuthHeader, Authenticated, Checkpoint, ChecksumRule, Counter, DecodeError, GROUP_V4,
    Header, HopLimitRule, Ipv4Packet, Path, Protocol, Trailer,
};

use super::instance::{Instance, InstanceId};
use super::proof::Proof;
use super::receivers::Slot;

/// A datagram that names a virtual router.
pub(super) struct Addressed<'a> {
    pub(super) vrid: Vrid,
    pub(super) source: IpAddr,
    destination: Option<IpAddr>,
    content: Content<'a>,
}

/// What of a datagram an instance reads.
struct Parts<'a> {
    message: &'a [u8],
    arrival: Arrival,
    header: Option<Authenticated<'a>>,
    trailer: Option<&'a Trailer>,
}

enum Content<'a> {
    V4(Ipv4Packet<'a>),
    V6 { message: &'a [u8], arrival: Arrival },
}

/// Reads as much as is needed to know whom it is for. `None` is too broken to be anybody's.
pub(super) fn address<'a>(datagram: &Datagram<'a>) -> Option<Addressed<'a>> {
    if datagram.truncated {
        return None;
    }
    match datagram.source {
        IpAddr::V4(_) => {
            let packet = Ipv4Packet::parse(datagram.octets).ok()?;
            Some(Addressed {
                vrid: packet.vrid().ok()?,
                source: packet.source().into(),
                destination: Some(packet.destination().into()),
                content: Content::V4(packet),
            })
        }
        IpAddr::V6(source) => {
            let Some(IpAddr::V6(destination)) = datagram.destination else { return None };
            let arrival = Arrival { path: Path::V6 { source, destination }, hop_limit: datagram.hop_limit? };
            Some(Addressed {
                vrid: Header::peek(datagram.octets).ok()?.vrid()?,
                source: source.into(),
                destination: Some(destination.into()),
                content: Content::V6 { message: datagram.octets, arrival },
            })
        }
    }
}

impl Addressed<'_> {
    /// Which of the listeners it is meant for. Where several share a VRID in one place, by group or by peer.
    pub(super) fn listener(&self, slot: &Slot, instances: &[Instance]) -> Option<InstanceId> {
        match slot.listeners(self.vrid) {
            [] => None,
            [(_, only)] => Some(*only),
            several => several.iter().map(|(_, id)| *id).find(|id| self.is_for(&instances[id.index()])),
        }
    }

    fn is_for(&self, instance: &Instance) -> bool {
        match &instance.model.mode {
            Mode::Multicast { group } => self.destination == Some(*group),
            Mode::Unicast { peers, .. } => {
                let to_us = instance.source.is_none() || self.destination == instance.source;
                to_us && peers.iter().any(|peer| peer.address == self.source)
            }
        }
    }

    /// What this instance is to read of it.
    fn parts(&self, proof: &Proof) -> Result<Parts<'_>, DecodeError> {
        let (octets, arrival, header) = match &self.content {
            Content::V4(packet) if proof.is_ah() => {
                let header = packet.authenticated()?;
                (header.message(), packet.arrival(), Some(header))
            }
            Content::V4(packet) => (packet.message()?, packet.arrival(), None),
            Content::V6 { message, arrival } => (*message, *arrival, None),
        };
        let (message, trailer) = proof.split(octets, arrival.path.family());
        Ok(Parts { message, arrival, header, trailer })
    }

    fn parse(&self, instance: &mut Instance) -> Result<Advert<'_>, DecodeError> {
        let Instance { policy, proof, .. } = &mut *instance;
        let Parts { message, arrival, header, trailer } = self.parts(proof)?;
        let read = Advert::parse_proved(message, &arrival, policy, |checkpoint| match checkpoint {
            Checkpoint::Version => proof.check_trailer(message, trailer, self.source),
            Checkpoint::AuthType => proof.check_header(header.as_ref()),
        });
        if !matches!(read, Err(DecodeError::Checksum { .. })) || !may_be_old_unicast(instance) {
            return read;
        }
        // A proof is good once; it was before the checksum was looked at.
        let mut policy = instance.policy;
        policy.checksum = ChecksumRule::Group(GROUP_V4);
        let read = Advert::parse(message, &arrival, &policy)?;
        info!("({}) Setting unicast VRRPv3 checksum to old version", instance.name());
        instance.policy.checksum = ChecksumRule::Group(GROUP_V4);
        instance.template.sum_as_multicast(GROUP_V4);
        Ok(read)
    }

    /// Whether a sender of trailers is none of the peers: it has no mark, and could be heard twice.
    fn is_stranger(&self, instance: &Instance) -> bool {
        let signed = || self.parts(&instance.proof).is_ok_and(|parts| parts.trailer.is_some());
        !instance.proof.admits(self.source) && signed()
    }

    /// What keepalived counts into the length of a packet, before the message.
    fn octets_before(&self) -> usize {
        match &self.content {
            Content::V4(packet) if packet.protocol() == Protocol::AH => packet.header_len() + AuthHeader::LEN,
            Content::V4(packet) => packet.header_len(),
            Content::V6 { .. } => 0,
        }
    }

    fn hop_limit(&self) -> u8 {
        match &self.content {
            Content::V4(packet) => packet.ttl(),
            Content::V6 { arrival, .. } => arrival.hop_limit,
        }
    }

    /// All checks, in the order of the RFC; what passes them is what the machine hears.
    pub(super) fn hear(&self, instance: &mut Instance) -> Option<Heard> {
        if matches!(instance.machine.state(), State::Init | State::Fault) {
            return None;
        }
        if self.is_stranger(instance) {
            self.name_stranger(instance);
            return None;
        }
        match self.parse(instance) {
            Ok(advert) => self.accept(instance, &advert),
            Err(refusal) => {
                self.refuse(instance, refusal);
                None
            }
        }
    }

    fn accept(&self, instance: &mut Instance, advert: &Advert<'_>) -> Option<Heard> {
        if instance.model.owner_ignore_adverts && instance.machine.priority().is_owner() {
            if instance.complain("owner") {
                info!(
                    "({}) Dropping packet(s) from {} since we are address owner",
                    instance.name(),
                    self.source
                );
            }
            return None;
        }
        instance.stats.adverts_received += 1;
        self.check_peer(instance)?;
        let known = instance.checked_sender.replace(self.source) == Some(self.source);
        if !known {
            instance.complained.clear();
        }
        self.check_addresses(instance, advert, known && instance.model.skip_check_adv_addr);
        if advert.priority().is_stop() {
            instance.stats.priority_zero_received += 1;
        }
        self.check_skew(instance);
        self.check_interval(instance, advert);
        Some(Heard { source: self.source, priority: advert.priority(), interval: advert.interval() })
    }

    /// Another list than ours is counted and told, but the advert counts: a router whose list was changed first
    /// must not make two masters.
    fn check_addresses(&self, instance: &mut Instance, advert: &Advert<'_>, only_count: bool) {
        let own = instance.template.addresses();
        let (expected, received) = (own.len(), advert.addresses().len());
        let missing = if only_count || expected != received { None } else { advert.addresses().lacks(own) };
        if expected == received && missing.is_none() {
            return;
        }
        instance.stats.refuse(Counter::AddressList);
        if instance.complain("addresses") {
            let (name, vrid, from) = (instance.name(), self.vrid, self.source);
            match missing {
                Some(ip) => info!(
                    "({name}) ip address associated with VRID {vrid} not present in advert from {from}: {ip}"
                ),
                None => info!("({name}) expected {expected} VIPs but received {received}"),
            }
        }
    }

    fn name_stranger(&self, instance: &mut Instance) {
        if instance.complain("peer") {
            info!("({}) unicast source address {} not a unicast peer", instance.name(), self.source);
        }
    }

    fn check_peer(&self, instance: &mut Instance) -> Option<()> {
        let Mode::Unicast { peers, check_source: true, .. } = &instance.model.mode else { return Some(()) };
        let Some(peer) = peers.iter().find(|peer| peer.address == self.source) else {
            self.name_stranger(instance);
            return None;
        };
        let Some((min, max)) = peer.ttl else { return Some(()) };
        match (HopLimitRule::Range { min, max }).check(self.hop_limit()) {
            Ok(()) => Some(()),
            Err(refusal) => {
                self.refuse(instance, refusal);
                None
            }
        }
    }

    /// Clocks that drift apart are told of before they are too far apart.
    fn check_skew(&self, instance: &mut Instance) {
        if let Some((skew, window)) = instance.proof.take_skew()
            && instance.complain("skew")
        {
            let (name, from) = (instance.name(), self.source);
            info!(
                "({name}) authentication clock skew {skew} sec from {from} approaching window {window} sec"
            );
        }
    }

    /// VRRPv3 follows its master's interval, so another one is only worth a word.
    fn check_interval(&self, instance: &mut Instance, advert: &Advert<'_>) {
        let (ours, theirs) = (instance.model.advert_int, advert.interval());
        if ours != theirs && instance.complain("interval") {
            info!(
                "({}) advertisement interval mismatch ours = {} centi-sec rcv'd={} centi-sec",
                instance.name(),
                ours.centis(),
                theirs.centis()
            );
        }
    }

    fn refuse(&self, instance: &mut Instance, refusal: DecodeError) {
        let counter = refusal.counter();
        instance.stats.refuse(counter);
        let (from, known) = (self.source, !instance.complain(refusals::topic(refusal)));
        let name = instance.name();
        if known {
            trace!("({name}) dropped advert from {from}: {refusal}");
            return;
        }
        if !refusals::of_proof(name, from, refusal) {
            refusals::of_message(name, from, refusal, instance.model.version, self.octets_before());
        }
    }
}

/// keepalived before 1.3.6 summed VRRPv3 unicast as if it went to the group.
pub(super) fn may_be_old_unicast(instance: &Instance) -> bool {
    let detects =
        matches!(instance.model.mode, Mode::Unicast { old_checksum: OldUnicastChecksum::Detect, .. });
    detects && instance.model.version == Version::V3 && instance.policy.checksum == ChecksumRule::Standard
}
