use super::*;
use std::os::unix::fs::PermissionsExt;

use rustix::process::{WaitOptions, WaitStatus, waitpid};

fn ours() -> (u32, u32) {
    (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw())
}

fn end(launcher: &Launcher, command: &[&str]) -> (WaitStatus, Option<Hitch>) {
    let command: Vec<Box<str>> = command.iter().map(|word| Box::from(*word)).collect();
    let (uid, gid) = ours();
    let child = launcher.start(&Launch { command: &command, uid, gid }).unwrap();
    let (_, status) = waitpid(Some(child), WaitOptions::empty()).unwrap().unwrap();
    let hitch = launcher.hitch().map(|(pid, hitch)| {
        assert_eq!(pid, child.as_raw_nonzero().get());
        hitch
    });
    (status, hitch)
}

#[test]
fn a_program_gets_its_words_and_its_code_is_told() {
    let launcher = Launcher::new().unwrap();
    let (status, hitch) =
        end(&launcher, &["/bin/sh", "-c", "test \"$0 $1\" = \"a 'b'\" && exit 42", "a", "'b'"]);
    assert_eq!((status.exit_status(), hitch), (Some(42), None));
}

#[test]
fn it_leads_its_own_group_and_no_signal_is_ignored_or_blocked() {
    let launcher = Launcher::new().unwrap();
    let script = r#"
        group() { read -r _ _ _ _ g _ < /proc/$$/stat; test "$g" = $$; }
        group || exit 1
        while read -r key value; do
            # Signal 32 is the C library's own: no function of it sets that one back.
            case $key in SigBlk:|SigIgn:) test "${value%[08]???????}" = 00000000 || exit 2;; esac
            case $key in SigBlk:|SigIgn:) test "${value#?????????}" = 0000000 || exit 3;; esac
        done < /proc/$$/status
    "#;
    // A process that ignores SIGPIPE, as all Rust programs do.
    assert_eq!(end(&launcher, &["/bin/sh", "-c", script]).0.exit_status(), Some(0));
}

#[test]
fn what_cannot_run_is_told_and_ends_with_0() {
    let launcher = Launcher::new().unwrap();
    let (status, hitch) = end(&launcher, &["/nonexistent/program"]);
    assert_eq!(status.exit_status(), Some(0));
    assert_eq!(hitch, Some(Hitch::Execute(Errno(libc::ENOENT))));
}

#[test]
fn a_script_without_an_interpreter_is_run_by_the_shell_with_its_words_whole() {
    let path = std::env::temp_dir().join(format!("kad-launch-{}.sh", std::process::id()));
    std::fs::write(&path, "test \"$1\" = \"it's one word\" || exit 3\nexit 7\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let launcher = Launcher::new().unwrap();
    let (status, hitch) = end(&launcher, &[path.to_str().unwrap(), "it's one word"]);
    std::fs::remove_file(&path).unwrap();
    assert_eq!((status.exit_status(), hitch), (Some(7), Some(Hitch::ByShell)));
}

#[test]
fn a_redirection_asks_whether_a_file_can_be_opened() {
    let launcher = Launcher::new().unwrap();
    assert_eq!(end(&launcher, &["</dev/null"]).0.exit_status(), Some(0));
    assert_ne!(end(&launcher, &["</nonexistent"]).0.exit_status(), Some(0));
}

#[test]
fn users_and_groups_are_found_by_name() {
    assert_eq!(user_by_name("root").unwrap(), Some((0, 0)));
    assert_eq!(group_by_name("root").unwrap(), Some(0));
    assert_eq!(user_by_name("nobody at all").unwrap(), None);
    assert_eq!(group_by_name("nobody at all").unwrap(), None);
}
