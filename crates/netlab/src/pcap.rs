//! The pcap stream that tcpdump writes: a header of 24 octets, then records (draft-ietf-opsawg-pcap).
//!
//! Either byte order, microseconds or nanoseconds, Ethernet only.

use std::io::{self, Read};
use std::time::Duration;

use crate::LabError;

/// Magic number of a stream with microseconds.
const MICROSECONDS: u32 = 0xa1b2_c3d4;
/// Magic number of a stream with nanoseconds.
const NANOSECONDS: u32 = 0xa1b2_3c4d;
/// tcpdump's own limit for one record.
const RECORD_LIMIT: u32 = 262_144;

/// Reader of a pcap stream.
pub(crate) struct Pcap<R> {
    source: R,
    big_endian: bool,
    /// Nanoseconds in a unit of the fraction.
    unit: u32,
}

/// One record: time since the Unix epoch, and the frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) wall: Duration,
    pub(crate) bytes: Vec<u8>,
}

impl<R: Read> Pcap<R> {
    /// Reads the stream's header.
    pub(crate) fn open(mut source: R) -> Result<Self, LabError> {
        let mut header = [0; 24];
        source.read_exact(&mut header).map_err(LabError::io("read the head of a capture"))?;
        let [a, b, c, d, ..] = header;
        let magic = u32::from_le_bytes([a, b, c, d]);
        let (big_endian, unit) = match (magic, magic.swap_bytes()) {
            (MICROSECONDS, _) => (false, 1000),
            (NANOSECONDS, _) => (false, 1),
            (_, MICROSECONDS) => (true, 1000),
            (_, NANOSECONDS) => (true, 1),
            _ => return Err(LabError::PcapMagic(magic)),
        };
        Ok(Self { source, big_endian, unit })
    }

    /// The next record; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Record>> {
        let Some(secs) = self.first_word()? else { return Ok(None) };
        let fraction = self.word()?;
        let captured = self.word()?;
        let _on_the_wire = self.word()?;
        if captured > RECORD_LIMIT {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a record longer than any frame"));
        }
        let mut bytes = Vec::new();
        self.source.by_ref().take(captured.into()).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != u64::from(captured) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let wall = Duration::from_secs(secs.into())
            + Duration::from_nanos(u64::from(fraction) * u64::from(self.unit));
        Ok(Some(Record { wall, bytes }))
    }

    /// A word, or `None` if the stream ends before it.
    fn first_word(&mut self) -> io::Result<Option<u32>> {
        match self.word() {
            Ok(word) => Ok(Some(word)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn word(&mut self) -> io::Result<u32> {
        let mut word = [0; 4];
        self.source.read_exact(&mut word)?;
        Ok(if self.big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream of one record of three octets, its words in the order that `word` writes.
    fn stream(magic: u32, word: fn(u32) -> [u8; 4]) -> Vec<u8> {
        let words = [magic, 0x0004_0002, 0, 0, 262_144, 1, 1_700_000_000, 5000, 3, 60].map(word);
        [words.concat(), vec![1, 2, 3]].concat()
    }

    #[test]
    fn both_byte_orders_and_both_units() {
        let cases = [
            (stream(MICROSECONDS, u32::to_le_bytes), 5_000_000),
            (stream(MICROSECONDS, u32::to_be_bytes), 5_000_000),
            (stream(NANOSECONDS, u32::to_le_bytes), 5000),
            (stream(NANOSECONDS, u32::to_be_bytes), 5000),
        ];
        for (stream, nanos) in cases {
            let mut pcap = Pcap::open(&stream[..]).unwrap();
            let wall = Duration::new(1_700_000_000, nanos);
            assert_eq!(pcap.next().unwrap(), Some(Record { wall, bytes: vec![1, 2, 3] }));
            assert_eq!(pcap.next().unwrap(), None);
        }
    }

    #[test]
    fn broken_streams_are_refused() {
        let whole = stream(MICROSECONDS, u32::to_le_bytes);
        let mut lying = whole.clone();
        lying[32..36].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(Pcap::open(&[7; 24][..]), Err(LabError::PcapMagic(0x0707_0707))));
        assert!(matches!(Pcap::open(&whole[..20]), Err(LabError::Io { .. })));
        assert!(Pcap::open(&whole[..whole.len() - 1]).unwrap().next().is_err());
        assert!(Pcap::open(&lying[..]).unwrap().next().is_err());
    }
}
