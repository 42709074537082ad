//! How an instance proves to others who it is, and has them prove it: `auth_type AH` and `auth_hmac`.
//!
//! What is on the wire is `vrrp_wire`'s; here are an instance's keys, its numbers, and whom it heard with which.
//! Nothing allocates once an instance is made, and nothing is kept over a restart, as with keepalived.

use std::net::IpAddr;
use std::num::{NonZeroU8, NonZeroU16};

use kaconf::model::{self, AntiReplay, AuthHmac, Authentication, HmacMode, Mode};
use tracing::info;
use vrrp_fsm::Event;
use vrrp_linux::{BatchFull, PROTOCOL_AH, PROTOCOL_VRRP, TxBatch, TxMeta};
use vrrp_types::Family;
use vrrp_wire::{
    Advert, AhKey, AhSequence, Authenticated, ChecksumRule, DecodeError, Freshness, Ipv4Header, Mark, Path,
    Senders, Stamper, Trailer, TrailerKey,
};

use super::clock;
use super::instance::Instance;

/// What stands beside the message, or nothing: none, and the password that is in the message itself.
#[derive(Debug)]
pub(super) enum Proof {
    None,
    Ah(Ah),
    Signed(Box<Signed>),
}

#[derive(Debug)]
pub(super) struct Ah {
    key: AhKey,
    sequence: AhSequence,
    /// Of the advert that leaves; all its packets have the same.
    number: u32,
}

#[derive(Debug)]
pub(super) struct Signed {
    keys: Box<[TrailerKey]>,
    /// The one that signs; none where nothing is to be signed.
    active: Option<TrailerKey>,
    /// Adverts without a trailer are not taken.
    demanded: bool,
    freshness: Freshness,
    stamper: Stamper,
    /// Of the advert that leaves; all its packets have the same.
    trailer: Option<Trailer>,
    heard: Heard,
    /// Seconds between the clocks, when the last advert taken was near the end of the window.
    skew: Option<i32>,
}

/// The last stamp of each sender.
#[derive(Debug)]
enum Heard {
    Peers(Box<[(IpAddr, Mark)]>),
    Group(Senders),
}

impl Proof {
    pub(super) fn of(model: &model::Instance) -> Self {
        match (&model.auth_hmac, model.authentication) {
            (Some(hmac), _) => Self::Signed(Box::new(Signed::of(hmac, &model.mode))),
            (None, Authentication::Ah(password)) => {
                Self::Ah(Ah { key: AhKey::new(password), sequence: AhSequence::new(), number: 0 })
            }
            (None, Authentication::None | Authentication::Pass(_)) => Self::None,
        }
    }

    /// A reload: the new keys, the old numbers. Who was heard stays heard.
    pub(super) fn go_on_from(&mut self, old: Self) {
        match (self, old) {
            (Self::Ah(new), Self::Ah(old)) => new.sequence = old.sequence,
            (Self::Signed(new), Self::Signed(old)) => {
                new.stamper = old.stamper;
                match (&mut new.heard, old.heard) {
                    (Heard::Group(new), Heard::Group(old)) => *new = old,
                    (Heard::Peers(new), Heard::Peers(old)) => {
                        for (peer, mark) in new {
                            let known = old.iter().find(|(known, _)| known == peer);
                            *mark = known.map_or(Mark::new(), |(_, mark)| *mark);
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// The IP protocol it is spoken in.
    pub(super) const fn protocol(&self) -> u8 {
        match self {
            Self::Ah(_) => PROTOCOL_AH,
            Self::None | Self::Signed(_) => PROTOCOL_VRRP,
        }
    }

    pub(super) const fn is_ah(&self) -> bool {
        matches!(self, Self::Ah(_))
    }

    /// A new advert leaves.
    pub(super) fn begin(&mut self, advert: &Advert<'_>, source: IpAddr) {
        match self {
            Self::None => {}
            Self::Ah(ah) => ah.number = ah.sequence.next(),
            Self::Signed(signed) => {
                let Signed { active: Some(key), stamper, freshness, trailer, .. } = &mut **signed else {
                    return;
                };
                let stamp = stamper.next(clock::wall_stamp(), *freshness);
                *trailer = Some(advert.sign(source, key, stamp));
            }
        }
    }

    /// Writes the packet to one of the destinations.
    pub(super) fn push_v4(
        &self,
        batch: &mut TxBatch,
        meta: &TxMeta,
        advert: &Advert<'_>,
        ip: &Ipv4Header,
        rule: ChecksumRule,
    ) -> Result<(), BatchFull> {
        match self {
            Self::Ah(ah) => batch.push(meta, advert.ah_len(), |octets| {
                advert.emit_ah(octets, ip, rule, &ah.key, ah.number);
            }),
            Self::None | Self::Signed(_) => {
                let length = advert.ipv4_len() + self.trailer_len();
                batch.push(meta, length, |octets| {
                    let (header, payload) = octets.split_at_mut(Ipv4Header::LEN);
                    ip.emit(header, payload.len());
                    self.emit(payload, advert, &ip.path(), rule);
                })
            }
        }
    }

    /// Writes the message to one of the destinations; the kernel sums it, trailer and all.
    pub(super) fn push_v6(
        &self,
        batch: &mut TxBatch,
        meta: &TxMeta,
        advert: &Advert<'_>,
        path: &Path,
    ) -> Result<(), BatchFull> {
        batch.push(meta, advert.wire_len() + self.trailer_len(), |octets| {
            self.emit(octets, advert, path, ChecksumRule::Skip);
        })
    }

    fn emit(&self, octets: &mut [u8], advert: &Advert<'_>, path: &Path, rule: ChecksumRule) {
        let (message, tail) = octets.split_at_mut(advert.wire_len());
        advert.emit(message, path, rule);
        if let Some(trailer) = self.trailer() {
            tail.copy_from_slice(trailer.as_octets());
        }
    }

    fn trailer(&self) -> Option<&Trailer> {
        if let Self::Signed(signed) = self { signed.trailer.as_ref() } else { None }
    }

    fn trailer_len(&self) -> usize {
        if self.trailer().is_some() { Trailer::LEN } else { 0 }
    }

    /// The message of what came, and its trailer if there may be one.
    pub(super) fn split<'a>(&self, octets: &'a [u8], family: Family) -> (&'a [u8], Option<&'a Trailer>) {
        if let Self::Signed(_) = self { Trailer::split(octets, family) } else { (octets, None) }
    }

    /// Whether a sender of trailers may be heard at all: unicast knows its peers, and has a mark for each.
    pub(super) fn admits(&self, source: IpAddr) -> bool {
        let Self::Signed(signed) = self else { return true };
        match &signed.heard {
            Heard::Peers(peers) => peers.iter().any(|(peer, _)| *peer == source),
            Heard::Group(_) => true,
        }
    }

    /// Whether the trailer that came, or did not, lets the message be believed.
    pub(super) fn check_trailer(
        &mut self,
        message: &[u8],
        trailer: Option<&Trailer>,
        source: IpAddr,
    ) -> Result<(), DecodeError> {
        if let Self::Signed(signed) = self { signed.check(message, trailer, source) } else { Ok(()) }
    }

    /// Whether the authentication header that came lets the message be believed.
    pub(super) fn check_header(&mut self, packet: Option<&Authenticated<'_>>) -> Result<(), DecodeError> {
        let (Self::Ah(ah), Some(packet)) = (self, packet) else { return Ok(()) };
        packet.verify(&ah.key).and_then(|number| ah.sequence.hear(number))
    }

    /// How far apart the clocks are, once, when the advert just taken was near the end of the window.
    pub(super) fn take_skew(&mut self) -> Option<(i32, u16)> {
        let Self::Signed(signed) = self else { return None };
        let Freshness::Window(window) = signed.freshness else { return None };
        Some((signed.skew.take()?, window.get()))
    }

    /// The instance becomes master.
    pub(super) const fn begin_term(&mut self) {
        if let Self::Ah(ah) = self {
            ah.sequence.begin_term();
        }
    }
}

/// A master that hears one that must yield skips a number before it answers, as keepalived does.
pub(super) fn follow(instance: &mut Instance, event: Event) {
    if let (Proof::Ah(ah), Event::LowerPriorityHeard(_)) = (&mut instance.proof, event) {
        ah.sequence.outbid();
        info!("({}) IPSEC-AH : Syncing seq_num - Increment seq", instance.name());
    }
}

impl Signed {
    fn of(model: &AuthHmac, mode: &Mode) -> Self {
        let key = |key: &model::HmacKey| Some(TrailerKey::new(NonZeroU8::new(key.id)?, &key.secret));
        let keys: Box<[_]> = model.keys.iter().filter_map(key).collect();
        let active = keys.iter().find(|key| key.id().get() == model.active_key);
        Self {
            active: active.filter(|_| model.mode != HmacMode::ReceiveOnly).cloned(),
            demanded: model.mode == HmacMode::Enforce,
            freshness: match model.anti_replay {
                AntiReplay::Time { window } => {
                    let seconds = u16::try_from(window.as_secs()).unwrap_or(u16::MAX);
                    Freshness::Window(NonZeroU16::new(seconds).unwrap_or(NonZeroU16::MIN))
                }
                AntiReplay::Monotonic { .. } => Freshness::Growth,
            },
            stamper: Stamper::new(),
            trailer: None,
            heard: match mode {
                Mode::Multicast { .. } => Heard::Group(Senders::new()),
                Mode::Unicast { peers, .. } => {
                    Heard::Peers(peers.iter().map(|peer| (peer.address, Mark::new())).collect())
                }
            },
            skew: None,
            keys,
        }
    }

    fn check(
        &mut self,
        message: &[u8],
        trailer: Option<&Trailer>,
        source: IpAddr,
    ) -> Result<(), DecodeError> {
        let Some(trailer) = trailer else {
            return if self.demanded { Err(DecodeError::TrailerMissing) } else { Ok(()) };
        };
        let now = clock::wall_stamp();
        let stamp = trailer.verify(message, source, &self.keys, self.freshness, now)?;
        let mark = match &mut self.heard {
            Heard::Group(senders) => Some(senders.mark(source)),
            Heard::Peers(peers) => peers.iter_mut().find(|(peer, _)| *peer == source).map(|(_, mark)| mark),
        };
        // Nobody but a peer comes this far, see `admits`.
        if let Some(mark) = mark {
            mark.accept(stamp, now, self.freshness)?;
        }
        let skew = now.seconds_since(stamp);
        let near = |window: NonZeroU16| skew.unsigned_abs() > u32::from(window.get() / 2);
        self.skew = matches!(self.freshness, Freshness::Window(window) if near(window)).then_some(skew);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
