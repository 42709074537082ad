use super::*;

fn options(words: &[&str]) -> Options {
    Options::read(&std::iter::once("kad").chain(words.iter().copied()).map(Into::into).collect::<Vec<_>>())
        .unwrap()
}

#[test]
fn names_are_those_keepalived_uses() {
    let part = |instance: Option<&str>, use_pid_dir, net_namespace: Option<&str>| ParentPart {
        instance: instance.map(Into::into),
        net_namespace: net_namespace.map(Into::into),
        use_pid_dir,
        ..ParentPart::default()
    };
    for (words, part, parent, vrrp) in [
        (&[][..], part(None, false, None), "/run/keepalived.pid", "/run/vrrp.pid"),
        (&[], part(None, true, None), "/run/keepalived/keepalived.pid", "/run/keepalived/vrrp.pid"),
        (&[], part(Some("a"), false, None), "/run/keepalived/keepalived_a.pid", "/run/keepalived/vrrp_a.pid"),
        (&[], part(None, false, Some("n")), "/run/keepalived/keepalived.pid", "/run/keepalived/vrrp.pid"),
        (&["-s", "n"], part(None, false, None), "/run/keepalived/keepalived.pid", "/run/keepalived/vrrp.pid"),
        (&["-p/p"], part(Some("a"), false, None), "/p", "/run/keepalived/vrrp_a.pid"),
        (&["-r", "/r"], part(None, false, None), "/run/keepalived.pid", "/r"),
    ] {
        let paths = Paths::new(&options(words), &part);
        assert_eq!((paths.parent, paths.vrrp), (parent.into(), vrrp.into()), "{words:?} {part:?}");
    }
}

/// A path of this test alone, with nothing there.
fn fresh(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("kad-pid-{}-{name}", std::process::id()));
    let _gone = std::fs::remove_file(&path);
    path
}

#[test]
fn a_file_is_taken_once_and_removed() {
    let path = fresh("once");
    let first = PidFile::take(&path).unwrap();
    first.write(4_000_000).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "4000000\n");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o644);
    assert!(matches!(PidFile::take(&path), Err(PidFileError::AlreadyRunning { .. })));
    first.remove();
    assert!(!path.exists());
}

#[test]
fn a_dead_predecessor_does_not_block() {
    let path = fresh("dead");
    for left in ["4194399\n", "1\n", "", "rubbish", "-1", "99999999999999999999"] {
        std::fs::write(&path, left).unwrap();
        let file = PidFile::take(&path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"", "{left}");
        drop(file);
    }
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_keepalived_that_locks_nothing_blocks_while_it_lives_and_not_as_a_zombie() {
    let path = fresh("old");
    // Any other program under the name will do: it is known by its name alone.
    let program = fresh("keepalived-dir");
    std::fs::create_dir_all(&program).unwrap();
    let program = program.join("keepalived");
    // Not copied by this process: a test beside this one may fork while the copy is open for writing.
    let copied = std::process::Command::new("cp").arg("/bin/sleep").arg(&program).status().unwrap();
    assert!(copied.success());
    let mut old = std::process::Command::new(&program).arg("60").spawn().unwrap();
    std::fs::write(&path, format!("{}\n", old.id())).unwrap();
    assert!(matches!(PidFile::take(&path), Err(PidFileError::AlreadyRunning { .. })));
    let ended = pidfd_open(Pid::from_raw(old.id().cast_signed()).unwrap(), PidfdFlags::empty()).unwrap();
    old.kill().unwrap();
    poll(&mut [PollFd::new(&ended, PollFlags::IN)], Some(&Timespec { tv_sec: 5, tv_nsec: 0 })).unwrap();
    // Not waited for yet, so a zombie.
    PidFile::take(&path).unwrap().remove();
    old.wait().unwrap();
    std::fs::remove_dir_all(program.parent().unwrap()).unwrap();
}

#[test]
fn a_link_is_not_followed_and_a_directory_is_no_pid_file() {
    let (path, target) = (fresh("link"), fresh("target"));
    std::os::unix::fs::symlink(&target, &path).unwrap();
    assert!(matches!(PidFile::take(&path), Err(PidFileError::Io { .. })));
    assert!(!target.exists());
    std::fs::remove_file(path).unwrap();
    assert!(PidFile::take(&std::env::temp_dir()).is_err());
}

#[test]
fn another_file_in_its_place_is_left_alone() {
    let path = fresh("other");
    let file = PidFile::take(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "another daemon's").unwrap();
    file.remove();
    assert!(path.exists());
    std::fs::remove_file(path).unwrap();
}
