//! What is said of an advert that is refused, in keepalived's words where it has some.

use std::net::IpAddr;

use tracing::info;
use vrrp_types::Version;
use vrrp_wire::DecodeError;

/// What is complained of once: as a rule whatever is counted alike, but the three ways in which an authentication
/// header does not hold are not the same complaint.
pub(super) fn topic(refusal: DecodeError) -> &'static str {
    match refusal {
        DecodeError::Icv => "icv",
        DecodeError::Spi { .. } => "spi",
        DecodeError::Sequence { .. } => "sequence",
        other => other.counter().key(),
    }
}

/// Says why; false when the refusal is about something else.
pub(super) fn of_proof(name: &str, from: IpAddr, refusal: DecodeError) -> bool {
    match refusal {
        DecodeError::AuthenticationHeader => {
            info!("({name}) Received AH header but auth type not AH from {from}");
        }
        DecodeError::NoAuthenticationHeader => {
            info!("({name}) No AH header but auth type is AH from {from}");
        }
        DecodeError::InvalidAuthType(received) => {
            info!("({name}) Invalid auth type from {from}: {}", received.0);
        }
        DecodeError::AuthTypeMismatch { received, expected } => {
            info!("({name}) received a {} auth from {from}, expecting {}!", received.0, expected.0);
        }
        DecodeError::Icv => info!(
            "({name}) IPSEC-AH : invalid IPSEC HMAC-MD5 value. Due to fields mutation or bad password !"
        ),
        DecodeError::Spi { received, address } => {
            let [received, address] = [received, address].map(|number| u32::from_ne_bytes(number.octets()));
            info!("IPSEC AH : invalid IPSEC SPI value. {address} and expect {received}");
        }
        DecodeError::Sequence { received, last } => info!(
            "({name}) IPSEC-AH : sequence number {received} already processed. Packet dropped. Local({last})"
        ),
        DecodeError::TrailerMissing => info!("({name}) missing authentication trailer from {from}"),
        DecodeError::TrailerMalformed => info!("({name}) malformed authentication trailer from {from}"),
        DecodeError::TrailerKey(id) => info!("({name}) unknown authentication key id {id} from {from}"),
        DecodeError::TrailerMac => info!("({name}) invalid authentication HMAC from {from}"),
        DecodeError::TrailerStale { skew, window } => info!(
            "({name}) stale authentication trailer from {from}, clock skew {skew} sec exceeds window {window} sec"
        ),
        DecodeError::TrailerReplay => info!("({name}) replayed authentication trailer from {from}"),
        _ => return false,
    }
    true
}

/// Says what is wrong with the message. Lengths are keepalived's, which count `before` octets more.
pub(super) fn of_message(name: &str, from: IpAddr, refusal: DecodeError, version: Version, before: usize) {
    match refusal {
        DecodeError::AuthFailure => info!("({name}) received an invalid passwd from {from}!"),
        DecodeError::HopLimit { received, .. } => {
            info!("({name}) invalid TTL/HL from {from}. Received {received} and expect 255");
        }
        DecodeError::Version { received, expected } => {
            info!("({name}) wrong VRRP version from {from}. Received {received} and expect {expected}");
        }
        DecodeError::Checksum { .. } => info!("({name}) Invalid VRRPv{version} checksum from {from}"),
        DecodeError::AdvertInterval { received_secs, expected } => info!(
            "({name}) advertisement interval mismatch with {from} mine={expected} sec rcv'd={received_secs} sec"
        ),
        DecodeError::MessageLength { need, have } => {
            let how = if have > need { "long" } else { "short" };
            let (have, need) = (have + before, need + before);
            info!("({name}) vrrp packet from {from} too {how}, length {have} and expect {need}");
        }
        other => info!("({name}) dropped advert from {from}: {other}"),
    }
}
