//! `reload_time_file`: whoever writes a time into a file has a reload then.
//!
//! The file and its directory are watched; what was read of it is a moment of the wall clock, looked at again every so
//! often, for that clock may be set.

mod moment;
mod watch;

use std::io::Read as _;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use moment::{Moment, MomentError};
use watch::{Seen, Watch};

/// The wall clock is looked at again after this.
const LOOK: Duration = Duration::from_secs(20);

/// Octets of the file that are read: a time and its end of line.
const OCTETS: u64 = 20;

/// A file that says when to reload.
#[derive(Debug)]
pub(super) struct Timetable {
    path: PathBuf,
    /// Every day, while no day is named.
    repeat: bool,
    watch: Watch,
    next: Option<Moment>,
}

impl Timetable {
    /// Watches a file; `None` if that cannot be, which is said.
    pub(super) fn watch(path: &Path, repeat: bool) -> Option<Self> {
        match Watch::new(path) {
            Ok(watch) => {
                let mut timetable = Self { path: path.into(), repeat, watch, next: None };
                timetable.read();
                Some(timetable)
            }
            Err(error) => {
                let directory = path.parent().unwrap_or(Path::new("/")).display();
                tracing::info!(
                    "Unable to monitor reload timer file directory {directory} - ignoring: {error}"
                );
                None
            }
        }
    }

    /// Whether it is one of this file and manner.
    pub(super) fn is_of(&self, path: &Path, repeat: bool) -> bool {
        (&*self.path, self.repeat) == (path, repeat)
    }

    /// Takes what happened to the file; false when nothing can happen to it any more.
    pub(super) fn heed(&mut self) -> bool {
        let path = &self.path;
        match self.watch.seen(path) {
            Seen::Nothing => {}
            Seen::Written => self.read(),
            Seen::Removed => self.cancel(),
            Seen::DirectoryGone => {
                self.cancel();
                tracing::info!("Directory of reload timer file has disappeared. Monitoring stopped.");
                return false;
            }
        }
        true
    }

    /// Whether it is time now; a time that does not come again goes with its file.
    pub(super) fn is_due(&mut self) -> bool {
        if self.next.is_none_or(|next| next.at > Timestamp::now()) {
            return false;
        }
        let dated = self.next.take().is_some_and(|next| next.dated);
        if self.repeat && !dated {
            self.read();
        } else if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::info!("cannot remove {}: {error}", self.path.display());
        }
        true
    }

    /// When to ask [`Self::is_due`] again.
    pub(super) fn deadline(&self, now: Instant) -> Option<Instant> {
        let wait = Timestamp::now().duration_until(self.next?.at);
        let wait = Duration::try_from(wait).unwrap_or(Duration::ZERO);
        Some(now + wait.min(LOOK))
    }

    fn read(&mut self) {
        let Ok(line) = first_line(&self.path) else { return self.cancel() };
        let local = TimeZone::try_system().unwrap_or(TimeZone::UTC);
        let moment = match Moment::read(&line, Timestamp::now(), &local) {
            Ok(moment) => moment,
            Err(error) => {
                tracing::info!("{error}");
                match error {
                    MomentError::Past(_) => tracing::info!("Reload date/time is in the past - ignoring"),
                    _ => tracing::info!("Invalid reload time '{line}' specified - ignoring"),
                }
                return self.cancel();
            }
        };
        let shown = |moment: Moment| local.to_datetime(moment.at).strftime("%Y-%m-%d %H:%M:%S").to_string();
        match self.next.replace(moment) {
            Some(before) if before.at == moment.at => {}
            Some(before) => {
                tracing::info!("Reload time updated from {} to {}", shown(before), shown(moment));
            }
            None => tracing::info!("Scheduling reload for {}", shown(moment)),
        }
    }

    fn cancel(&mut self) {
        if let Some(next) = self.next.take() {
            let local = TimeZone::try_system().unwrap_or(TimeZone::UTC);
            let shown = local.to_datetime(next.at).strftime("%Y-%m-%d %H:%M:%S");
            tracing::info!("Cancelling reload scheduled for {shown}");
        }
    }
}

impl AsFd for Timetable {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.watch.as_fd()
    }
}

/// The first line, as far as a time may be long.
fn first_line(path: &Path) -> std::io::Result<String> {
    let file = watch::open(path)?;
    let mut octets = Vec::new();
    file.take(OCTETS + 1).read_to_end(&mut octets)?;
    let line = octets.split(|octet| *octet == b'\n').next().unwrap_or_default();
    if line.is_empty() {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(String::from_utf8_lossy(line).into_owned())
}
