//! `kad check` as a user or a CI job meets it: exit codes, formats, where files come from.
#![expect(clippy::unwrap_used, reason = "a test fails by its panic")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const CLEAN: &str = "global_defs {\n    router_id x\n}\n";
const WARNING: &str = "global_defs {\n    rooter_id x\n}\n";
const ERROR: &str = "vrrp_instance V {\n    interface eth0\n    virtual_router_id\n}\n";

/// A directory of a test alone, removed at its end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("kad-check-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        fs::write(self.0.join(name), text).unwrap();
        name.to_owned()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _removed = fs::remove_dir_all(&self.0);
    }
}

fn check(directory: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kad"))
        .args(["check", "--no-host"])
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who does not read it has ended.
    let _written = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn shown(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_exit_code_is_the_verdict() {
    let directory = Directory::new("codes");
    directory.file("clean", CLEAN);
    directory.file("warning", WARNING);
    directory.file("error", ERROR);
    for (arguments, code, summary) in [
        (&["clean"][..], 0, "nothing to complain about"),
        (&["clean", "clean"], 0, "nothing to complain about in 2 configurations"),
        (&["--strict", "clean"], 0, "nothing to complain about"),
        (&["warning"], 0, "1 warning; `kad explain K200` tells more"),
        (&["--strict", "warning"], 1, "1 warning; `kad explain K200` tells more"),
        (&["error"], 2, "1 error; `kad explain K205` tells more"),
        (&["clean", "error", "warning"], 2, "1 error, 1 warning; `kad explain K205` tells more"),
        (&["."], 2, "1 error; `kad explain K101` tells more"),
        (&["absent"], 2, "1 error; `kad explain K100` tells more"),
    ] {
        let output = check(&directory.0, arguments, "");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        assert_eq!(shown(&output).lines().last(), Some(summary), "{arguments:?}");
    }
    let help = check(&directory.0, &["--help"], "");
    assert_eq!((help.status.code(), shown(&help).contains("--strict")), (Some(0), true), "{help:?}");
}

#[test]
fn people_see_the_line_and_what_to_write() {
    let directory = Directory::new("people");
    directory.file("warning", WARNING);
    let text = shown(&check(&directory.0, &["warning"], ""));
    for line in [
        "warning[K200]: unknown keyword 'rooter_id'",
        " --> warning:2:5",
        "2 |     rooter_id x",
        "  |     ^^^^^^^^^",
        "help: did you mean 'router_id'?",
        "2 +     router_id x",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}\nis not in\n{text}");
    }
    assert!(!text.contains('\x1b'), "colours without a terminal");
    let colored = shown(&check(&directory.0, &["--color", "always", "warning"], ""));
    assert!(colored.contains("\x1b["), "{colored}");
}

#[test]
fn machines_are_served() {
    let directory = Directory::new("machines");
    directory.file("warning", WARNING);
    for (format, begins, holds) in [
        ("json", "{", "\"code\": \"K200\""),
        ("sarif", "{", "\"version\": \"2.1.0\""),
        (
            "github",
            "::warning title=K200,file=warning,line=2,endLine=2,col=5,endColumn=14::unknown keyword",
            "%0Ahelp: ",
        ),
    ] {
        let output = check(&directory.0, &["--format", format, "--strict", "warning"], "");
        let text = shown(&output);
        assert_eq!(output.status.code(), Some(1), "{format}");
        assert!(text.starts_with(begins) && text.contains(holds), "{format}: {text}");
    }
    assert_eq!(shown(&check(&directory.0, &["--format", "github", "-"], CLEAN)), "");
}

#[test]
fn standard_input_is_a_file_and_includes_start_here() {
    let directory = Directory::new("input");
    directory.file("part", WARNING);
    let output = check(&directory.0, &["--strict", "-"], "include part\nvrrp_instnace V {\n}\n");
    let text = shown(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("--> <stdin>:2:1") && text.contains("--> part:2:5"), "{text}");
    assert!(text.contains("the file is included here") && text.contains("--> <stdin>:1:1"), "{text}");
}

#[test]
fn what_two_files_include_is_complained_of_once() {
    let directory = Directory::new("once");
    directory.file("part", WARNING);
    directory.file("a", "include part\ninclude part\n");
    directory.file("b", "include part\n");
    let text = shown(&check(&directory.0, &["a", "b"], ""));
    assert_eq!(text.matches("unknown keyword").count(), 1, "{text}");
}

#[test]
fn lines_are_chosen_and_includes_judged_as_asked() {
    let directory = Directory::new("asked");
    directory.file("chosen", "@a rooter_id x\n@b global_defs {\n@b }\ninclude absent\n");
    for (arguments, code) in [
        (&["--config-id", "b", "--strict", "chosen"][..], 1),
        (&["-i", "b", "chosen"], 0),
        (&["-i", "b", "-e", "chosen"], 2),
        (&["-i", "a", "chosen"], 0),
    ] {
        let output = check(&directory.0, arguments, "");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        assert_eq!(shown(&output).contains("rooter_id"), arguments.contains(&"a"), "{arguments:?}");
    }
}

#[test]
fn a_name_with_brackets_is_a_name_and_a_pattern_where_there_is_no_such_file() {
    let directory = Directory::new("names");
    directory.file("n[1].conf", WARNING);
    directory.file("m1.conf", CLEAN);
    let literal = check(&directory.0, &["--strict", "n[1].conf"], "");
    assert!(literal.status.code() == Some(1) && shown(&literal).contains("--> n[1].conf:2:5"), "{literal:?}");
    assert_eq!(check(&directory.0, &["--strict", "m[1].conf"], "").status.code(), Some(0));
}

#[test]
fn an_interface_that_this_host_lacks_is_an_error_unless_the_files_are_for_another() {
    let directory = Directory::new("host");
    let name = "conf";
    directory.file(
        name,
        "vrrp_instance V {\n interface no-such-if0\n virtual_router_id 1\n virtual_ipaddress {\n 192.0.2.1\n }\n}\n",
    );
    assert_eq!(check(&directory.0, &[name], "").status.code(), Some(0));
    let here =
        Command::new(env!("CARGO_BIN_EXE_kad")).arg("check").arg(directory.0.join(name)).output().unwrap();
    assert_eq!(here.status.code(), Some(2), "{here:?}");
    assert!(shown(&here).contains("no-such-if0"), "{here:?}");
}

/// One node of a cluster.
fn node(priority: u8, advert_int: u8) -> String {
    format!(
        "vrrp_instance V {{\n    interface eth0\n    virtual_router_id 51\n    priority {priority}\n    \
         advert_int {advert_int}\n    virtual_ipaddress {{\n        192.0.2.1/24\n    }}\n}}\n"
    )
}

#[test]
fn the_nodes_of_a_cluster_are_held_against_each_other() {
    let directory = Directory::new("cluster");
    directory.file("a", &node(150, 1));
    directory.file("b", &node(100, 2));
    directory.file("c", &node(100, 1));
    for (arguments, code, words) in [
        (&["a", "b"][..], 0, &["nothing to complain about"][..]),
        (&["a", "c", "--cluster"], 0, &["nothing to complain about"]),
        (&["a", "b", "--cluster"], 2, &["error[K656]", "b:5:16", "a:5: 1 s there"]),
        (&["a", "a", "--cluster", "--strict"], 1, &["warning[K660]"]),
        (&["a", "b", "--cluster", "--format", "json"], 2, &["\"K656\"", "a:5: 1 s there"]),
    ] {
        let output = check(&directory.0, arguments, "");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        for word in words {
            assert!(shown(&output).contains(word), "{arguments:?} {word}: {}", shown(&output));
        }
    }
}

#[test]
fn lints_are_among_what_is_found() {
    let directory = Directory::new("lints");
    directory
        .file("lint", &node(150, 1).replace("    priority", "    state MASTER\n    nopreempt\n    priority"));
    let output = check(&directory.0, &["--strict", "lint"], "");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let shown = shown(&output);
    assert!(shown.contains("warning[K600]") && shown.contains("state BACKUP"), "{shown}");
    assert!(!shown.contains("K406"), "what the lint says better is not said twice: {shown}");
}
