//! What the command line answers without becoming a daemon.
#![expect(clippy::unwrap_used, reason = "a test fails by its panic")]

use std::process::{Command, Output};

fn kad(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kad")).args(arguments).output().unwrap()
}

#[test]
fn version_goes_to_standard_error_and_help_to_standard_output() {
    let version = kad(&["-v"]);
    assert_eq!(version.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&version.stderr).starts_with("kad v"), "{version:?}");
    let help = kad(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&help.stdout).contains("--dont-fork"), "{help:?}");
}

#[test]
fn a_wrong_option_ends_with_1() {
    for arguments in
        [&["--no-such"][..], &["-Z"], &["-f"], &["-S", "mail"], &["-u", "9"], &["--signum=KILL"], &["-T"]]
    {
        let output = kad(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?} says nothing");
    }
}

#[test]
fn signal_numbers_are_printed() {
    for (name, number) in [
        ("STOP", "15"),
        ("RELOAD", "1"),
        ("DATA", "10"),
        ("STATS", "12"),
        ("STATS_CLEAR", "63"),
        ("JSON", "36"),
    ] {
        let output = kad(&["--signum", name]);
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).trim()), (Some(0), number));
    }
}

#[test]
fn a_configuration_without_a_file_ends_with_6_in_the_foreground_and_in_the_background() {
    for arguments in [&["-n", "-G", "-f", "/no/such/file"][..], &["-G", "-f", "/no/such/file"]] {
        assert_eq!(kad(arguments).status.code(), Some(6), "{arguments:?}");
    }
}

#[test]
fn unexpected_arguments_are_named() {
    let output = kad(&["-t", "-f", "/no/such/file", "stray", "words"]);
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("Unexpected argument(s): stray words"),
        "{output:?}"
    );
}

/// A file of this test alone.
fn file(name: &str, text: &str) -> String {
    let path = std::env::temp_dir().join(format!("kad-cli-{}-{name}", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_configuration_test_ends_with_the_class_of_its_worst_message() {
    for (name, text, code) in [
        ("clean", "global_defs {\n router_id x\n}\n", 0),
        ("value", "vrrp_instance V {\n virtual_router_id\n}\n", 2),
        ("unknown", "global_defs {\n no_such_keyword\n}\n", 5),
    ] {
        let path = file(name, text);
        let output = kad(&["-t", "-f", &path]);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert_eq!(output.stderr.is_empty(), code == 0, "{output:?}");
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn messages_of_a_configuration_test_are_appended_to_its_log() {
    let (path, log) = (file("logged", "global_defs {\n no_such_keyword\n}\n"), file("log", "before\n"));
    let output = kad(&[&format!("-t{log}"), "-f", &path]);
    assert_eq!((output.status.code(), output.stderr.is_empty()), (Some(5), true), "{output:?}");
    let messages = std::fs::read_to_string(&log).unwrap();
    assert!(messages.starts_with("before\n(") && messages.contains("no_such_keyword"), "{messages}");
    for path in [path, log] {
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn the_log_of_a_configuration_test_is_not_written_through_a_link() {
    let (path, log) = (file("linked", "global_defs {\n}\n"), file("target", "before\n"));
    let link = format!("{log}-link");
    std::os::unix::fs::symlink(&log, &link).unwrap();
    let output = kad(&[&format!("--config-test={link}"), "-f", &path]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "before\n");
    for path in [path, log, link] {
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_mistyped_command_does_not_start_a_daemon() {
    for word in ["chek", "status", "dmeo"] {
        let output = kad(&[word]);
        assert_eq!(output.status.code(), Some(2), "{word}");
        assert!(
            String::from_utf8_lossy(&output.stderr).contains(&format!("unknown command '{word}'")),
            "{output:?}"
        );
    }
}

#[test]
fn a_verdict_that_nobody_can_hear_is_still_the_verdict() {
    for (arguments, code) in
        [(&["-v"][..], 0), (&["--signum=zz"], 1), (&["-t", "-e", "-f", "/no/such/file"], 4)]
    {
        let deaf = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let status = Command::new(env!("CARGO_BIN_EXE_kad")).args(arguments).stderr(deaf).status().unwrap();
        assert_eq!(status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn words_of_the_configuration_are_explained() {
    for (words, needles, code) in [
        (&[][..], &["vrrp_instance ", "sequences ", "kad explain WORD"][..], 0),
        (&["priority"], &["priority, in vrrp_instance\n", "vrrp_instance/virtual_rules"], 0),
        (&["vrrp_instance/priority"], &["priority <INT 1..255>"], 0),
        (&["K200", "-nodad"], &["K200 nobody knows this keyword\n", "duplicates of an IPv6 address"], 0),
        (&["prioritty", "preempt"], &["preempt, in vrrp_instance"], 2),
        (&["no_such_word_at_all"], &[], 2),
        (&["--help"], &["Usage: kad explain"], 0),
    ] {
        let output = kad(&[&["explain"], words].concat());
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {output:?}");
        assert!(needles.iter().all(|needle| text.contains(needle)), "{words:?}: {text}");
        assert_eq!(output.stderr.is_empty(), code == 0, "{words:?}: {output:?}");
    }
    let output = kad(&["explain", "prioritty"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean priority?"), "{output:?}");
}

#[test]
fn shells_are_told_the_command_line() {
    for shell in ["bash", "zsh", "fish"] {
        let output = kad(&["completions", shell]);
        let script = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{output:?}");
        assert!(script.contains("explain") && script.contains("config-test"), "{script}");
    }
}

#[test]
fn files_are_laid_out_in_place_and_only_if_they_need_it() {
    let directory = std::env::temp_dir().join(format!("kad-fmt-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let file = directory.join("a.conf");
    let name = file.to_str().unwrap();
    let read = || std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, "global_defs { router_id  a }").unwrap();

    let output = kad(&["fmt", "--check", name]);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        shown.contains("-global_defs { router_id  a }\n") && shown.contains("+    router_id a\n"),
        "{shown}"
    );
    assert_eq!(read(), "global_defs { router_id  a }", "--check writes nothing");

    let canonical = "global_defs {\n    router_id a\n}\n";
    assert_eq!(kad(&["fmt", "--stdout", name]).stdout, canonical.as_bytes());
    assert_eq!(read(), "global_defs { router_id  a }", "--stdout writes nothing");

    assert_eq!(kad(&["fmt", name]).status.code(), Some(0));
    assert_eq!(read(), canonical);
    let written = std::fs::metadata(&file).unwrap().modified().unwrap();
    assert_eq!(kad(&["fmt", name]).status.code(), Some(0));
    assert_eq!(std::fs::metadata(&file).unwrap().modified().unwrap(), written, "untouched");
    assert_eq!(kad(&["fmt", "--check", name]).status.code(), Some(0));

    let missing = directory.join("none.conf");
    let output = kad(&["fmt", "--check", missing.to_str().unwrap(), name]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("none.conf"), "{output:?}");
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn a_wrong_command_line_of_a_command_is_no_verdict() {
    for (arguments, code) in [
        (&["fmt", "--check", "--stdout"][..], 2),
        (&["fmt", "--no-such"], 2),
        (&["fmt", "--help"], 0),
        (&["check", "--no-such"], 2),
        (&["check", "--format", "xml"], 2),
        (&["check", "--color", "blue"], 2),
        (&["completions"], 2),
        (&["completions", "cmd.exe"], 2),
        (&["demo", "--no-such"], 2),
        (&["explain", "--no-such"], 2),
        (&["fmt", "/"], 2),
    ] {
        assert_eq!(kad(arguments).status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn a_dump_reads_back_to_itself() {
    let directory = std::env::temp_dir().join(format!("kad-dump-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let (file, again) = (directory.join("a.conf"), directory.join("b.conf"));
    let text = "$NET=10.0.0\nvrrp_instance A {\n interface eth0\n virtual_router_id 7\n \
                virtual_ipaddress {\n ~SEQ(i,1,2) ${NET}.$i\n }\n}\n";
    std::fs::write(&file, text).unwrap();

    let dumped = kad(&["dump", "--no-host", file.to_str().unwrap()]);
    assert!(dumped.status.success() && dumped.stderr.is_empty(), "{dumped:?}");
    let shown = String::from_utf8_lossy(&dumped.stdout).into_owned();
    for line in ["    priority 100\n", "        10.0.0.1/32\n        10.0.0.2/32\n", "    advert_int 1\n"] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    std::fs::write(&again, &dumped.stdout).unwrap();
    assert_eq!(kad(&["dump", "--no-host", again.to_str().unwrap()]).stdout, dumped.stdout);

    let json = kad(&["dump", "--no-host", "--format", "json", file.to_str().unwrap()]);
    let model: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(model["instances"][0]["addresses"][1]["address"], "10.0.0.2/32");

    std::fs::write(&file, "vrrp_instance A {\n priority\n}\n").unwrap();
    let stopped = kad(&["dump", "--no-host", file.to_str().unwrap()]);
    assert_eq!(stopped.status.code(), Some(2), "{stopped:?}");
    assert!(String::from_utf8_lossy(&stopped.stderr).contains("would not start"), "{stopped:?}");
    std::fs::remove_dir_all(&directory).unwrap();
}
