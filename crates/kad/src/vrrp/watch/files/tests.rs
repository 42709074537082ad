//! The thread, real files, and what is posted of them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use super::super::post::{Inbound, queue};
use super::*;

/// A directory of its own, and the thread that watches a file in it.
struct Bench {
    directory: PathBuf,
    files: Files,
    posts: Inbound,
}

impl Bench {
    fn new(name: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("kad-files-{name}-{}", std::process::id()));
        let _left = fs::remove_dir_all(&directory);
        fs::create_dir(&directory).unwrap();
        let (out, posts) = queue().unwrap();
        Self { directory: directory.canonicalize().unwrap(), files: Files::start(out).unwrap(), posts }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn model(&self, name: &str) -> TrackFile {
        let mut model = TrackFile::new(name);
        model.path = self.path(name).to_str().unwrap().into();
        model
    }

    fn watch(&self, number: u64, names: &[&str]) {
        self.files.watch(number, names.iter().map(|name| self.model(name)).collect(), None);
    }

    /// What comes next, all of it that comes at once.
    fn next(&self) -> Vec<Post> {
        let mut poll = Poll::new().unwrap();
        poll.add(&self.posts, 0).unwrap();
        let mut ready = Vec::new();
        poll.wait(Some(Duration::from_secs(10)), &mut ready).unwrap();
        assert!(!ready.is_empty(), "nothing was posted");
        self.posts.take()
    }

    /// What is posted until the end is this.
    fn until(&self, end: &Post) -> Vec<Post> {
        let mut all = Vec::new();
        while all.last() != Some(end) {
            all.extend(self.next());
        }
        all
    }

    fn says(&self, name: &str, number: i64) {
        let seen = self.until(&seen(name, number));
        assert_eq!(seen, [self::seen(name, number)]);
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _removed = fs::remove_dir_all(&self.directory);
    }
}

fn seen(name: &str, number: i64) -> Post {
    Post::Seen(TrackerKey::file(name), Status::Number(number))
}

#[test]
fn a_bell_rung_for_nothing_ends_nothing() {
    let bench = Bench::new("bell");
    bench.watch(1, &["f"]);
    assert_eq!(bench.until(&Post::Settled(1)), [seen("f", 0), Post::Settled(1)]);
    bench.files.bell.ring();
    let path = bench.path("f");
    fs::write(&path, "5\n").unwrap();
    bench.says("f", 5);
    bench.watch(2, &["f"]);
    assert_eq!(bench.until(&Post::Settled(2)).last(), Some(&Post::Settled(2)));
}

#[test]
fn a_file_appears_changes_is_replaced_and_vanishes() {
    let bench = Bench::new("life");
    bench.watch(1, &["f"]);
    assert_eq!(bench.until(&Post::Settled(1)), [seen("f", 0), Post::Settled(1)]);
    let path = bench.path("f");
    fs::write(&path, "5\n").unwrap();
    bench.says("f", 5);
    fs::write(bench.path("new"), "-7").unwrap();
    fs::rename(bench.path("new"), &path).unwrap();
    bench.says("f", -7);
    // Not a number, and beyond: the first is 0, the second is nothing.
    fs::write(&path, "99999999999").unwrap();
    fs::write(&path, "off").unwrap();
    bench.says("f", 0);
    fs::write(&path, "3").unwrap();
    bench.says("f", 3);
    fs::rename(&path, bench.path("elsewhere")).unwrap();
    bench.says("f", 0);
    fs::write(&path, "3").unwrap();
    bench.says("f", 3);
    fs::remove_file(&path).unwrap();
    bench.says("f", 0);
}

#[test]
fn what_is_no_file_says_nothing_and_blocks_nobody() {
    let bench = Bench::new("fifo");
    rustix::fs::mknodat(rustix::fs::CWD, bench.path("fifo"), rustix::fs::FileType::Fifo, 0o600.into(), 0)
        .unwrap();
    fs::create_dir(bench.path("dir")).unwrap();
    fs::write(bench.path("f"), "1").unwrap();
    bench.watch(1, &["fifo", "dir", "f"]);
    let all = bench.until(&Post::Settled(1));
    assert_eq!(all, [seen("fifo", 0), seen("dir", 0), seen("f", 1), Post::Settled(1)]);
    // In place of a file.
    fs::rename(bench.path("fifo"), bench.path("f")).unwrap();
    bench.says("f", 0);
}

#[test]
fn a_new_list_repeats_nothing_that_is_known() {
    let bench = Bench::new("list");
    fs::write(bench.path("a"), "1").unwrap();
    fs::write(bench.path("b"), "2").unwrap();
    bench.watch(1, &["a"]);
    bench.until(&Post::Settled(1));
    bench.watch(2, &["b", "a"]);
    assert_eq!(bench.until(&Post::Settled(2)), [seen("b", 2), Post::Settled(2)]);
    fs::write(bench.path("a"), "4").unwrap();
    bench.says("a", 4);
    bench.watch(3, &["b"]);
    assert_eq!(bench.until(&Post::Settled(3)), [Post::Settled(3)]);
}

#[test]
fn a_directory_that_goes_and_comes_is_watched_again() {
    let bench = Bench::new("dir");
    let inner = bench.path("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("f"), "2").unwrap();
    let mut model = TrackFile::new("f");
    model.path = inner.join("f").to_str().unwrap().into();
    bench.files.watch(1, vec![model], None);
    bench.until(&Post::Settled(1));
    fs::rename(&inner, bench.path("away")).unwrap();
    bench.says("f", 0);
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("f"), "9").unwrap();
    bench.says("f", 9);
}

#[test]
fn a_file_is_initialised_when_it_is_not_there_or_to_be_overwritten() {
    let bench = Bench::new("init");
    for name in ["kept", "over"] {
        fs::write(bench.path(name), "1").unwrap();
    }
    let with = |name: &str, overwrite: bool| {
        let mut model = bench.model(name);
        model.init = Some(kaconf::model::InitFile { value: 42, overwrite });
        model
    };
    let files = vec![with("kept", false), with("over", true), with("new", false)];
    bench.files.watch(1, files, Some(0o137));
    let all = bench.until(&Post::Settled(1));
    assert_eq!(all, [seen("kept", 1), seen("over", 42), seen("new", 42), Post::Settled(1)]);
    assert_eq!(fs::read(bench.path("over")).unwrap(), b"42\n");
    let mode = fs::metadata(bench.path("new")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}
