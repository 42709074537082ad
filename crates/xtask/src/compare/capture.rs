//! The adverts on the wire with the kernel's own times, as tcpdump hands them on (draft-ietf-opsawg-pcap).

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::wait;
use super::world::{Side, World};
use crate::clock;

/// tcpdump starts in less.
const START: Duration = Duration::from_secs(20);
/// It writes what it still has in less.
const STOP: Duration = Duration::from_secs(20);
/// Magic number of a stream with nanoseconds, in this machine's byte order.
const NANOSECONDS: u32 = 0xa1b2_3c4d;
/// Octets of the "Linux cooked" header that stands for the link's.
const COOKED: usize = 16;
/// tcpdump is told to keep no more of a packet.
const SNAP: usize = 96;

/// One advert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Advert {
    /// Since the Unix epoch.
    pub(super) at: Duration,
    pub(super) source: Ipv4Addr,
    pub(super) vrid: u8,
    pub(super) priority: u8,
}

/// How soon adverts are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// Each at once: for few adverts.
    Live,
    /// By the end: for many, at the least cost.
    Later,
}

#[derive(Default)]
struct Log {
    adverts: Mutex<Vec<Advert>>,
    more: Condvar,
}

impl Log {
    fn lock(&self) -> MutexGuard<'_, Vec<Advert>> {
        self.adverts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was captured.
pub(super) struct Captured {
    pub(super) adverts: Vec<Advert>,
    /// Packets that the capture lost.
    pub(super) lost: u64,
}

/// A running capture, at the backup's interfaces: what reaches it and what it sends.
pub(super) struct Capture {
    child: Child,
    log: Arc<Log>,
    reader: JoinHandle<io::Result<()>>,
    words: PathBuf,
}

impl Capture {
    /// Captures from the moment this returns.
    pub(super) fn start(world: &World, pace: Pace) -> io::Result<Self> {
        let words = world.file("tcpdump.log");
        let mut command = world.command(Side::Backup, "tcpdump");
        command.args(["-i", "any", "-y", "LINUX_SLL", "-n", "-s", &SNAP.to_string(), "-B", "65536"]);
        command.args(["--time-stamp-precision=nano", "-w", "-"]);
        if pace == Pace::Live {
            command.args(["-U", "--immediate-mode"]);
        }
        command.arg("ip proto 112").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(&words)?);
        let mut child = command.spawn()?;
        let out = child.stdout.take().ok_or_else(|| io::Error::other("tcpdump has no output"))?;
        let log = Arc::new(Log::default());
        let filled = Arc::clone(&log);
        let reader = thread::spawn(move || read(BufReader::with_capacity(1 << 18, out), &filled));
        wait::until("tcpdump", START, || match child.try_wait()? {
            Some(_) => Err(io::Error::other(fs::read_to_string(&words)?)),
            None => Ok(fs::read_to_string(&words)?.contains("listening on").then_some(())),
        })?;
        Ok(Self { child, log, reader, words })
    }

    /// Waits until `look` finds something in what has come so far.
    pub(super) fn wait_for<R>(
        &self,
        what: &str,
        limit: Duration,
        mut look: impl FnMut(&[Advert]) -> Option<R>,
    ) -> io::Result<R> {
        let end = clock::now() + limit;
        let mut adverts = self.log.lock();
        loop {
            if let Some(found) = look(&adverts) {
                return Ok(found);
            }
            let left = end.saturating_duration_since(clock::now());
            if left.is_zero() {
                return Err(io::Error::new(io::ErrorKind::TimedOut, format!("{what}: not within {limit:?}")));
            }
            adverts = self.log.more.wait_timeout(adverts, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Forgets what has come so far.
    pub(super) fn clear(&self) {
        self.log.lock().clear();
    }

    /// Ends the capture: all adverts in order of arrival.
    pub(super) fn finish(mut self) -> io::Result<Captured> {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            kill_process(pid, Signal::INT)?;
        }
        wait::until("the end of tcpdump", STOP, || self.child.try_wait())?;
        self.reader.join().map_err(|_| io::Error::other("the reader of a capture panicked"))??;
        let lost = dropped(&fs::read_to_string(&self.words)?);
        let adverts = std::mem::take(&mut *self.log.lock());
        Ok(Captured { adverts, lost })
    }
}

/// The number in `12 packets dropped by kernel`.
fn dropped(words: &str) -> u64 {
    let line = words.lines().find(|line| line.contains("dropped by kernel"));
    line.and_then(|line| line.split(' ').next()?.parse().ok()).unwrap_or(0)
}

fn read(mut source: impl Read, log: &Log) -> io::Result<()> {
    let mut header = [0; 24];
    source.read_exact(&mut header)?;
    if word(&header) != NANOSECONDS {
        return Err(io::Error::other("the capture has no nanoseconds"));
    }
    let mut record = [0; 16];
    let mut packet = [0; SNAP];
    loop {
        match source.read_exact(&mut record) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            result => result?,
        }
        let at = Duration::new(word(&record).into(), word(&record[4..]));
        let kept = word(&record[8..]) as usize;
        let packet =
            packet.get_mut(..kept).ok_or_else(|| io::Error::other("a record longer than asked for"))?;
        source.read_exact(packet)?;
        if let Some(advert) = advert(at, packet) {
            log.lock().push(advert);
            log.more.notify_all();
        }
    }
}

fn word(octets: &[u8]) -> u32 {
    octets.first_chunk().map_or(0, |octets| u32::from_ne_bytes(*octets))
}

fn advert(at: Duration, packet: &[u8]) -> Option<Advert> {
    let ip = packet.get(COOKED..)?;
    let header = usize::from(ip.first()? & 0x0f) * 4;
    let source = Ipv4Addr::from(*ip.get(12..)?.first_chunk::<4>()?);
    Some(Advert { at, source, vrid: *ip.get(header + 1)?, priority: *ip.get(header + 2)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(packets: &[&[u8]]) -> Vec<u8> {
        let mut stream = NANOSECONDS.to_ne_bytes().to_vec();
        stream.resize(24, 0);
        for packet in packets {
            let length = u32::try_from(packet.len()).unwrap();
            stream.extend([7, 500, length, length].map(u32::to_ne_bytes).concat());
            stream.extend_from_slice(packet);
        }
        stream
    }

    fn packet() -> Vec<u8> {
        let mut packet = vec![0; COOKED];
        packet.extend([0x45, 0, 0, 32, 0, 0, 0, 0, 255, 112, 0, 0, 10, 200, 3, 1, 224, 0, 0, 18]);
        packet.extend([0x31, 51, 200, 1, 0, 1, 0, 0, 10, 0, 0, 9]);
        packet
    }

    #[test]
    fn adverts_are_read_with_their_times() {
        let log = Log::default();
        read(&stream(&[&packet(), &packet()[..30]])[..], &log).unwrap();
        let at = Duration::new(7, 500);
        let advert = Advert { at, source: Ipv4Addr::new(10, 200, 3, 1), vrid: 51, priority: 200 };
        assert_eq!(*log.lock(), [advert], "the truncated one has no VRID");
    }

    #[test]
    fn broken_streams_are_refused() {
        assert!(read(&[0; 24][..], &Log::default()).is_err());
        assert!(read(&stream(&[&[0; SNAP + 1]])[..], &Log::default()).is_err());
    }

    #[test]
    fn what_was_lost_is_counted() {
        let words = "10 packets captured\n12 packets received by filter\n3 packets dropped by kernel\n";
        assert_eq!((dropped(words), dropped("")), (3, 0));
    }
}
