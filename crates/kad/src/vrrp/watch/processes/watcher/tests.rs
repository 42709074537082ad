//! The thread, real processes, and what is posted of them: both ways of knowing.

use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use kaconf::model::TrackProcess;
use vrrp_linux::Poll;

use super::super::super::post::{Inbound, queue};
use super::*;

/// A program with a name that nobody else has, and the thread that watches it.
struct Bench {
    program: PathBuf,
    name: String,
    lists: Sender<List>,
    bell: Bell,
    posts: Inbound,
    number: u64,
}

impl Bench {
    fn new(name: &str, scan: bool) -> Self {
        let name = format!("k{name}{}", std::process::id());
        let program = std::env::temp_dir().join(&name);
        std::fs::copy("/bin/sleep", &program).unwrap();
        let (out, posts) = queue().unwrap();
        let bell = Bell::new().unwrap();
        let (lists, receiver) = channel();
        let mut watcher = Watcher::new(out, bell.clone(), None);
        if scan {
            watcher.way = Way::Scan(Scan::new(&watcher.census, clock::now()));
        }
        std::thread::spawn(move || watcher.live(&receiver));
        Self { program, name, lists, bell, posts, number: 0 }
    }

    fn model(&self) -> TrackProcess {
        let mut model = TrackProcess::new("t");
        model.process = self.name.as_str().into();
        model
    }

    /// Watches one; gives what is shown of it.
    fn watch(&mut self, model: TrackProcess) -> Arc<super::super::Gauge> {
        let gauge = Arc::default();
        self.number += 1;
        self.lists.send(List { number: self.number, tracked: vec![(model, Arc::clone(&gauge))] }).unwrap();
        self.bell.ring();
        gauge
    }

    fn start(&self, seconds: &str) -> Child {
        // As long as the program is written or was a moment ago, it cannot be executed.
        let mut command = Command::new(&self.program);
        command.arg(seconds);
        for _ in 0..1000 {
            match command.spawn() {
                Err(error) if error.raw_os_error() == Some(libc::ETXTBSY) => std::thread::yield_now(),
                started => return started.unwrap(),
            }
        }
        panic!("{} cannot be executed", self.program.display());
    }

    fn next(&self) -> Vec<Post> {
        let mut poll = Poll::new().unwrap();
        poll.add(&self.posts, 0).unwrap();
        let mut ready = Vec::new();
        poll.wait(Some(Duration::from_secs(20)), &mut ready).unwrap();
        assert!(!ready.is_empty(), "nothing was posted");
        self.posts.take()
    }

    fn says(&self, status: Status) {
        let mut posts = self.next();
        posts.retain(|post| !matches!(post, Post::Settled(_)));
        assert_eq!(posts, [Post::Seen(TrackerKey::process("t"), status)]);
    }

    fn settles(&self, status: Status) {
        let mut posts = Vec::new();
        while posts.last() != Some(&Post::Settled(self.number)) {
            posts.extend(self.next());
        }
        assert_eq!(posts[0], Post::Seen(TrackerKey::process("t"), status));
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _removed = std::fs::remove_file(&self.program);
    }
}

fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// One that runs already, a second one, and both end.
fn a_life(scan: bool) {
    let mut bench = Bench::new(if scan { "s" } else { "e" }, scan);
    let first = bench.start("1000");
    let gauge = bench.watch(bench.model());
    bench.settles(Status::Up);
    assert_eq!((gauge.count(), gauge.is_up()), (1, true));
    end(first);
    bench.says(Status::Down);
    let second = bench.start("1000");
    bench.says(Status::Up);
    end(second);
    bench.says(Status::Down);
    assert_eq!(gauge.count(), 0);
}

#[test]
fn processes_begin_and_end_as_the_kernel_tells_if_it_does() {
    a_life(false);
}

#[test]
fn processes_begin_and_end_where_nobody_tells() {
    a_life(true);
}

#[test]
fn a_command_line_is_told_from_another() {
    let mut bench = Bench::new("c", true);
    let mut model = bench.model();
    model.process = bench.program.to_str().unwrap().into();
    model.parameters = vec!["2000".into()];
    model.param_match = kaconf::model::ParamMatch::Exact;
    model.full_command = true;
    let other = bench.start("1000");
    bench.watch(model);
    bench.settles(Status::Down);
    let right = bench.start("2000");
    bench.says(Status::Up);
    end(other);
    end(right);
    bench.says(Status::Down);
}

#[test]
fn a_restart_within_the_delay_is_no_loss() {
    let mut bench = Bench::new("d", true);
    let mut model = bench.model();
    model.terminate_delay = Duration::from_secs(30);
    let first = bench.start("1000");
    let gauge = bench.watch(model.clone());
    bench.settles(Status::Up);
    end(first);
    assert!(netlab::poll_until(Duration::from_secs(10), || gauge.count() == 0));
    assert_eq!((gauge.is_up(), gauge.delays()), (true, (false, true)));
    let second = bench.start("1000");
    assert!(netlab::poll_until(Duration::from_secs(10), || gauge.count() == 1));
    assert_eq!((gauge.is_up(), gauge.delays()), (true, (false, false)));
    end(second);
}
