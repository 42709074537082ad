use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use super::*;

const SOON: Duration = Duration::from_secs(10);

impl Fifo {
    fn wait_until_opened(&self, limit: Duration) -> Option<bool> {
        self.opened.recv_timeout(limit).ok()
    }
}

fn path(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("kad-fifo-{name}-{}", std::process::id()));
    // Of an earlier process of that number.
    let _removed = std::fs::remove_file(&path);
    path
}

fn wake() -> OwnedFd {
    eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).unwrap()
}

/// Of whoever runs this: the user of scripts may not exist.
fn setting(path: &Path) -> Setting {
    Setting {
        path: path.to_owned(),
        owner: Who::of(Some("root"), None, &kaconf::model::Scripts::default()),
        of: "vrrp_",
    }
}

fn is_fifo(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_fifo())
}

fn reader(path: &Path) -> BufReader<File> {
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(libc::O_NONBLOCK);
    let file = options.open(path).unwrap();
    rustix::io::ioctl_fionbio(&file, false).unwrap();
    BufReader::new(file)
}

#[test]
fn it_is_made_written_to_and_removed() {
    let path = path("life");
    let mut fifo = Fifo::open(setting(&path), wake(), None).unwrap();
    assert_eq!(fifo.wait_until_opened(SOON), Some(true));
    let found = std::fs::symlink_metadata(&path).unwrap();
    assert!(is_fifo(&path) && found.mode() & 0o133 == 0, "{:o}", found.mode());
    let reader = reader(&path);
    fifo.write("one\n");
    fifo.write("two\n");
    fifo.close(SOON);
    assert_eq!(reader.lines().map(Result::unwrap).collect::<Vec<_>>(), ["one", "two"]);
    assert!(!path.exists());
}

#[test]
fn one_that_was_there_stays_and_what_is_no_fifo_is_not_touched() {
    let path = path("there");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &path,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    let fifo = Fifo::open(setting(&path), wake(), None).unwrap();
    assert_eq!(fifo.wait_until_opened(SOON), Some(true));
    fifo.close(SOON);
    assert!(is_fifo(&path));
    std::fs::remove_file(&path).unwrap();

    std::fs::write(&path, "precious").unwrap();
    let mut fifo = Fifo::open(setting(&path), wake(), None).unwrap();
    assert_eq!(fifo.wait_until_opened(SOON), Some(false));
    fifo.write("one\n");
    fifo.close(SOON);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_link_is_not_followed() {
    let (path, target) = (path("link"), path("target"));
    std::fs::write(&target, "precious").unwrap();
    std::os::unix::fs::symlink(&target, &path).unwrap();
    let fifo = Fifo::open(setting(&path), wake(), None).unwrap();
    assert_eq!(fifo.wait_until_opened(SOON), Some(false));
    fifo.close(SOON);
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "precious");
    std::fs::remove_file(&path).unwrap();
    std::fs::remove_file(&target).unwrap();
}

/// A line is written by no more than handing it over, however full the FIFO is; what is lost is the newest; and the
/// end does not wait for a reader.
#[test]
fn nobody_reads_and_nobody_waits() {
    let path = path("full");
    let mut fifo = Fifo::open(setting(&path), wake(), None).unwrap();
    assert_eq!(fifo.wait_until_opened(SOON), Some(true));
    let line = "x".repeat(99) + "\n";
    for _ in 0..20_000 {
        fifo.write(&line);
    }
    // The kernel keeps 64 KiB, the queue LINES: since the last of these found room, all were lost.
    assert!(fifo.lost > 0);
    fifo.close(SOON);
    assert!(!path.exists());
}

/// A reader that comes late finds all that was kept, without a gap, and then what comes next.
#[test]
fn a_late_reader_finds_what_was_kept() {
    let path = path("late");
    let mut fifo = Fifo::open(setting(&path), wake(), None).unwrap();
    assert_eq!(fifo.wait_until_opened(SOON), Some(true));
    for number in 0..3_000 {
        fifo.write(&format!("{number:099}\n"));
    }
    assert_eq!(fifo.lost, 0);
    let mut lines = reader(&path).lines();
    for number in 0..3_000 {
        assert_eq!(lines.next().unwrap().unwrap().parse::<u32>(), Ok(number));
    }
    fifo.close(SOON);
    assert!(lines.next().is_none());
}

#[test]
fn another_one_of_the_same_path_begins_when_the_first_has_ended() {
    let path = path("again");
    let first = Fifo::open(setting(&path), wake(), None).unwrap();
    assert_eq!(first.wait_until_opened(SOON), Some(true));
    let mut second = Fifo::open(setting(&path), wake(), Some(first)).unwrap();
    assert_eq!(second.wait_until_opened(SOON), Some(true));
    let mut lines = reader(&path).lines();
    second.write("one\n");
    assert_eq!(lines.next().unwrap().unwrap(), "one");
    second.close(SOON);
    assert!(!path.exists());
}
