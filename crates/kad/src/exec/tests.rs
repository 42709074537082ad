//! The runner is a thread here; everything else is as in the daemon.

use std::time::Duration;

use super::owner::pair;
use super::runner::Runner;
use super::runs::{End, Runs};
use super::*;

/// Longest wait.
const PATIENCE: Duration = Duration::from_secs(10);

fn exec() -> Exec {
    let (ours, theirs) = pair().unwrap();
    std::thread::spawn(move || Runner::new(theirs).and_then(Runner::live).unwrap());
    let mut exec = Exec::new(Manners::here()).unwrap();
    exec.attach(ours).unwrap();
    exec
}

fn shell(script: &str) -> Program {
    let command = ["/bin/sh", "-c", script].map(Box::from).to_vec();
    let user = std::env::var("USER").ok().filter(|_| !rustix::process::geteuid().is_root());
    let who = Who { user: Some(user.as_deref().unwrap_or("root").into()), ..Who::default() };
    Program { command, who }
}

fn watched(program: Program, limit: Option<Duration>) -> Run {
    Run { program, limit, class: Class::Watched }
}

/// The reports until so many runs have ended.
fn until_ended(exec: &mut Exec, count: usize) -> Vec<Report> {
    let mut poll = vrrp_linux::Poll::new().unwrap();
    poll.add(&*exec, 0).unwrap();
    let mut reports: Vec<Report> = Vec::new();
    let end = crate::clock::now() + PATIENCE;
    while reports.iter().filter(|report| matches!(report.news, News::Ended(_))).count() < count {
        let mut ready = Vec::new();
        poll.wait(Some(PATIENCE), &mut ready).unwrap();
        // A child of the runner that ends interrupts the wait: here it is a thread of this process.
        let late = ready.is_empty() && crate::clock::now() >= end;
        assert!(!late, "nothing more within {PATIENCE:?}: {} reports", reports.len());
        exec.hear(&mut reports);
    }
    reports
}

fn outcome(exec: &mut Exec, run: Run) -> Outcome {
    let id = exec.start(run).unwrap();
    match until_ended(exec, 1).last() {
        Some(Report { id: ended, news: News::Ended(outcome) }) if *ended == id => *outcome,
        other => panic!("{other:?}"),
    }
}

#[test]
fn how_it_ended_is_told() {
    let mut exec = exec();
    for (script, expected) in [
        ("exit 0", Outcome::Exited(0)),
        ("exit 3", Outcome::Exited(3)),
        ("kill -USR1 $$", Outcome::Signaled(10)),
    ] {
        assert_eq!(outcome(&mut exec, watched(shell(script), None)), expected, "{script}");
    }
    let missing = Program { command: vec!["/nonexistent".into()], who: shell("").who };
    assert_eq!(
        outcome(&mut exec, watched(missing, None)),
        Outcome::NotStarted(Refusal::Execute(libc::ENOENT))
    );
    let nobody = Who { user: Some("nobody at all".into()), ..Who::default() };
    let nobodys = Program { who: nobody, ..shell("exit 0") };
    assert_eq!(outcome(&mut exec, watched(nobodys, None)), Outcome::NotStarted(Refusal::NoUser));
    assert_eq!(exec.running(), 0);
}

#[test]
fn after_its_limit_it_ends_with_all_that_it_started() {
    let mut exec = exec();
    let path = std::env::temp_dir().join(format!("kad-exec-{}", std::process::id()));
    let fifo = path.to_str().unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    // The grandchild holds the FIFO open for as long as it lives.
    let script = format!("sleep 1000 > {fifo} & exec sleep 1000");
    let id = exec.start(watched(shell(&script), Some(Duration::from_millis(200)))).unwrap();
    let mut held = std::fs::File::open(&path).unwrap();
    let reports = until_ended(&mut exec, 1);
    assert_eq!(reports.last(), Some(&Report { id, news: News::Ended(Outcome::TimedOut) }));
    // Ends once nobody has the other end any more.
    assert_eq!(std::io::Read::read_to_end(&mut held, &mut Vec::new()).unwrap(), 0);
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn who_does_not_heed_sigterm_is_killed() {
    let mut exec = exec();
    let stubborn = shell("trap '' TERM; while :; do sleep 1; done");
    assert_eq!(outcome(&mut exec, watched(stubborn, Some(Duration::from_millis(100)))), Outcome::TimedOut);
}

#[test]
fn one_that_is_not_wanted_any_more_is_terminated() {
    let mut exec = exec();
    let id = exec.start(watched(shell("exec sleep 1000"), None)).unwrap();
    exec.terminate(id);
    let reports = until_ended(&mut exec, 1);
    assert_eq!(reports.last(), Some(&Report { id, news: News::Ended(Outcome::TimedOut) }));
}

#[test]
fn many_at_once_all_end_and_nothing_is_left() {
    let mut exec = exec();
    for _ in 0..500 {
        exec.start(watched(shell("exit 0"), None)).unwrap();
    }
    let reports = until_ended(&mut exec, 500);
    assert_eq!(reports.len(), 1000, "each starts and ends");
    assert!(
        reports
            .iter()
            .all(|report| matches!(report.news, News::Started(_) | News::Ended(Outcome::Exited(0))))
    );
    assert_eq!(exec.running(), 0);
    let children = std::fs::read_to_string("/proc/thread-self/children").unwrap();
    assert_eq!(children.trim(), "", "none is left");
}

#[test]
fn runs_of_a_runner_that_dies_are_lost_and_said_to_be() {
    let (ours, theirs) = pair().unwrap();
    let mut exec = Exec::new(Manners::here()).unwrap();
    exec.attach(ours).unwrap();
    let id = exec.start(watched(shell("exit 0"), None)).unwrap();
    drop(theirs);
    assert_eq!(until_ended(&mut exec, 1), [Report { id, news: News::Ended(Outcome::Lost) }]);
}

#[test]
fn a_command_longer_than_a_message_is_refused() {
    let mut exec = exec();
    let long = shell(&"x".repeat(100_000));
    assert!(matches!(exec.start(watched(long, None)), Err(ExecError::TooLong)));
    assert_eq!(outcome(&mut exec, watched(shell("exit 5"), None)), Outcome::Exited(5));
}

#[test]
fn what_was_watched_ends_when_its_owner_is_gone() {
    let mut exec = exec();
    let path = std::env::temp_dir().join(format!("kad-exec-gone-{}", std::process::id()));
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    // Deaf to SIGTERM, with a child that holds the FIFO open for as long as it lives.
    let script = format!("trap '' TERM; sleep 1000 > {} & wait", path.display());
    exec.start(watched(shell(&script), None)).unwrap();
    let mut held = std::fs::File::open(&path).unwrap();
    drop(exec);
    // Ends once nobody has the other end any more.
    assert_eq!(std::io::Read::read_to_end(&mut held, &mut Vec::new()).unwrap(), 0);
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn why_it_did_not_start_is_kept_until_it_has_ended() {
    let mut runs = Runs::default();
    let refusal = Refusal::Execute(libc::ENOENT);
    runs.add(7, RunId(1), Class::Free, None, crate::clock::now());
    runs.add(8, RunId(2), Class::Free, None, crate::clock::now());
    // Written when the children had just been looked at: its end is heard of the next time only.
    runs.note_refusal(7, refusal);
    assert_eq!(runs.end(8, End::Code(1)), Some((RunId(2), Outcome::Exited(1), false)));
    assert_eq!(runs.end(7, End::Code(1)), Some((RunId(1), Outcome::NotStarted(refusal), false)));
}
