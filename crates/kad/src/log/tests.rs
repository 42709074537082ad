use std::os::unix::net::UnixDatagram;
use std::path::Path;

use jiff::civil::datetime;

use super::clock::{Style, Written};
use super::*;
use crate::cli::Facility;

#[test]
fn a_time_is_written_as_users_know_it() {
    let at = datetime(2026, 11, 2, 4, 5, 6, 70_000_000);
    for (style, text) in [
        (Style::Syslog, "Nov  2 04:05:06"),
        (Style::Console, "Mon Nov  2 04:05:06 2026"),
        (Style::File, "Mon Nov 02 04:05:06.070000000 2026"),
    ] {
        assert_eq!(Written(at, style).to_string(), text);
    }
}

#[test]
fn idents_tell_processes_namespaces_and_instances_apart() {
    for (process, suffix, ident) in [
        (Process::Parent, "", "Keepalived"),
        (Process::Vrrp, "", "Keepalived_vrrp"),
        (Process::Parent, "_blue_east", "Keepalived_blue_east"),
        (Process::Vrrp, "_blue_east", "Keepalived_vrrp_blue_east"),
    ] {
        assert_eq!(names::ident(process, suffix), ident);
    }
}

#[test]
fn log_files_carry_the_process_before_the_extension() {
    for (base, process, suffix, path) in [
        ("keepalived.log", Process::Parent, "", "/tmp/keepalived.log"),
        ("keepalived.log", Process::Vrrp, "", "/tmp/keepalived_vrrp.log"),
        ("/var/log/ka.log", Process::Vrrp, "_blue", "/var/log/ka_vrrp_blue.log"),
        ("/var/log.d/ka", Process::Vrrp, "", "/var/log.d/ka_vrrp"),
    ] {
        assert_eq!(names::file(Path::new(base), Path::new("/tmp"), process, suffix), Path::new(path));
    }
}

/// Receives what a writer sends to a syslog of its own.
fn syslog(name: &str) -> (UnixDatagram, std::path::PathBuf) {
    let path = std::env::temp_dir().join(format!("kad-log-{}-{name}", std::process::id()));
    // Of a run that was killed, if at all.
    let _gone = std::fs::remove_file(&path);
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    (socket, path)
}

fn received(socket: &UnixDatagram) -> String {
    let mut octets = [0; 4096];
    let len = socket.recv(&mut octets).unwrap();
    String::from_utf8(octets[..len].to_vec()).unwrap()
}

#[test]
fn syslog_is_found_again_after_it_was_restarted() {
    let (first, path) = syslog("restart");
    let mut sink = writer::Syslog::new(&path, Facility(3));
    sink.send(b"one");
    assert_eq!(received(&first), "one");
    drop(first);
    sink.send(b"into nothing");
    let (second, path) = syslog("restart");
    sink.send(b"two");
    assert_eq!(received(&second), "two");
    std::fs::remove_file(path).unwrap();
}

#[test]
fn queued_lines_reach_syslog_in_order_with_ident_and_priority() {
    let (socket, path) = syslog("queue");
    let options = Options::read(&["kad".into(), "-Slocal0".into()]).unwrap();
    let queue = Queue::start(Writer::to_syslog(&options, Process::Vrrp, &path)).unwrap();
    queue.line(Severity::Warning, clock::now(), "one\ntwo");
    queue.rename("_blue");
    queue.line(Severity::Info, clock::now(), &"x".repeat(3 * MAX_LINE));
    queue.flush(Duration::from_secs(5));
    let (first, second) = (received(&socket), received(&socket));
    let pid = std::process::id();
    assert!(first.starts_with("<132>"), "{first}");
    assert!(first.ends_with(&format!(" Keepalived_vrrp[{pid}]: one#012two")), "{first}");
    assert!(second.starts_with("<134>"), "{second}");
    assert!(second.contains(&format!(" Keepalived_vrrp_blue[{pid}]: xxx")), "{second}");
    assert_eq!(second.matches('x').count(), MAX_LINE);
    std::fs::remove_file(path).unwrap();
}
