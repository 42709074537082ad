//! Reading an advert: every check in the order of the RFC's receive rules, as keepalived runs them.
//!
//! What needs more than the packet and the receiver's policy is not here: whether the VRID is known, whether
//! the source is a configured peer, whether an address owner listens at all, whether the addresses are ours.

use vrrp_types::{Family, Interval, Version};
use zerocopy::FromBytes;

use crate::header::{ADVERTISEMENT, AUTH_DATA_LEN, Header};
use crate::{
    Addresses, Advert, Arrival, Auth, AuthRule, AuthType, DecodeError, DestinationRule, IntervalRule, Policy,
};

/// Where in the order of the checks a proof that is not in the message itself has its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checkpoint {
    /// Length, hop limit and version hold: the place of a [`Trailer`](crate::Trailer).
    Version,
    /// VRRPv2: the authentication type holds: the place of an authentication header.
    AuthType,
}

impl<'a> Advert<'a> {
    /// Reads a VRRP message, which starts at its header: [`Ipv4Packet::message`](crate::Ipv4Packet::message),
    /// or what an IPv6 raw socket delivers.
    ///
    /// The first rule that is broken is reported, in this order: length, hop limit, version, authentication,
    /// VRRPv2 interval, type, checksum, kind of destination. An empty address list is read (keepalived sends
    /// it with `no_virtual_ipaddress`, against RFC 9568 section 5.2.5).
    ///
    /// # Errors
    /// The [`DecodeError`] of that rule.
    pub fn parse(message: &'a [u8], arrival: &Arrival, policy: &Policy) -> Result<Self, DecodeError> {
        Self::parse_proved(message, arrival, policy, |_| Ok(()))
    }

    /// As [`parse`](Self::parse), with a proof in its place among the checks: `prove` is called once at each
    /// [`Checkpoint`] that is reached, and what it refuses is refused.
    ///
    /// # Errors
    /// As for [`parse`](Self::parse), and those of `prove`.
    pub fn parse_proved(
        message: &'a [u8],
        arrival: &Arrival,
        policy: &Policy,
        mut prove: impl FnMut(Checkpoint) -> Result<(), DecodeError>,
    ) -> Result<Self, DecodeError> {
        let header = Header::peek(message)?;
        let vrid = header.vrid().ok_or(DecodeError::VridZero)?;
        let (addresses, auth_data) = split_body(header, message, arrival.path.family())?;
        policy.hop_limit.check(arrival.hop_limit)?;
        if header.version() != Some(policy.version) {
            let received = header.version_number();
            return Err(DecodeError::Version { received, expected: policy.version });
        }
        prove(Checkpoint::Version)?;
        let auth = match policy.version {
            Version::V2 => {
                let auth = check_auth(policy.auth, header.auth_type(), auth_data)?;
                prove(Checkpoint::AuthType)?;
                check_interval(policy.interval, header.interval_secs())?;
                auth
            }
            Version::V3 => Auth::None,
        };
        if header.message_type() != ADVERTISEMENT {
            return Err(DecodeError::MessageType(header.message_type()));
        }
        if let Some(seed) = policy.checksum.seed(policy.version, &arrival.path, message.len())
            && seed.with(message).finish() != 0
        {
            return Err(DecodeError::Checksum { received: header.checksum() });
        }
        check_destination(policy.destination, arrival)?;
        let interval = match policy.version {
            Version::V2 => Interval::from_secs(header.interval_secs()),
            Version::V3 => Interval::from_centis(header.interval_centis()),
        };
        let interval = interval.ok_or(DecodeError::IntervalZero)?;
        Ok(Self { version: policy.version, vrid, priority: header.priority(), interval, auth, addresses })
    }
}

/// Addresses and authentication data, if the message is exactly as long as its own header says.
fn split_body<'a>(
    header: &Header,
    message: &'a [u8],
    family: Family,
) -> Result<(Addresses<'a>, &'a [u8]), DecodeError> {
    let need = header.message_len(family);
    let wrong = DecodeError::MessageLength { need, have: message.len() };
    if message.len() != need {
        return Err(wrong);
    }
    let (body, count) = (&message[Header::LEN..], usize::from(header.count()));
    match family {
        Family::V4 => <[[u8; 4]]>::ref_from_prefix_with_elems(body, count)
            .map(|(list, rest)| (Addresses::V4(list), rest))
            .map_err(|_| wrong),
        Family::V6 => <[[u8; 16]]>::ref_from_prefix_with_elems(body, count)
            .map(|(list, rest)| (Addresses::V6(list), rest))
            .map_err(|_| wrong),
    }
}

fn check_auth(rule: AuthRule, received: AuthType, data: &[u8]) -> Result<Auth, DecodeError> {
    if !received.is_known() {
        return Err(DecodeError::InvalidAuthType(received));
    }
    let expected = match rule {
        AuthRule::Exactly(auth) => auth.auth_type(),
        AuthRule::Any => received,
    };
    if received != expected {
        return Err(DecodeError::AuthTypeMismatch { received, expected });
    }
    match received {
        AuthType::NONE => return Ok(Auth::None),
        // As with a password, there is no place for it over IPv6.
        AuthType::AH if data.is_empty() => return Err(DecodeError::AuthFailure),
        AuthType::AH => return Ok(Auth::Ah),
        _ => {}
    }
    // Over IPv6 there are no such octets, so no password is ever right.
    let data = <[u8; AUTH_DATA_LEN]>::try_from(data).map_err(|_| DecodeError::AuthFailure)?;
    let auth = Auth::Pass(data.into());
    match rule {
        AuthRule::Exactly(own) if own != auth => Err(DecodeError::AuthFailure),
        AuthRule::Exactly(_) | AuthRule::Any => Ok(auth),
    }
}

fn check_interval(rule: IntervalRule, received_secs: u8) -> Result<(), DecodeError> {
    match rule {
        IntervalRule::Exactly(expected) if expected.whole_secs() != Some(received_secs) => {
            Err(DecodeError::AdvertInterval { received_secs, expected })
        }
        IntervalRule::Exactly(_) | IntervalRule::Any => Ok(()),
    }
}

fn check_destination(rule: DestinationRule, arrival: &Arrival) -> Result<(), DecodeError> {
    match (rule, arrival.path.destination().is_multicast()) {
        (DestinationRule::Multicast, false) => Err(DecodeError::Unicast),
        (DestinationRule::Unicast, true) => Err(DecodeError::Multicast),
        _ => Ok(()),
    }
}
