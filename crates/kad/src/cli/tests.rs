use super::*;

fn read(words: &[&str]) -> Result<Options, clap::Error> {
    let arguments: Vec<OsString> =
        std::iter::once("kad").chain(words.iter().copied()).map(OsString::from).collect();
    Options::read(&arguments)
}

#[test]
fn bundles_and_joined_values_are_read_as_getopt_reads_them() {
    let options = read(&["-nlDDG", "-f/a.conf", "-p", "/p", "-r/r", "-Slocal3"]).unwrap();
    assert!(options.dont_fork && options.log_console && options.no_syslog);
    assert_eq!(options.log_detail, 2);
    assert_eq!(options.config_file, PathBuf::from("/a.conf"));
    assert_eq!(options.pid_file, Some("/p".into()));
    assert_eq!(options.vrrp_pid_file, Some("/r".into()));
    assert_eq!(options.log_facility, Facility(19));
}

#[test]
fn of_an_option_given_twice_the_last_counts() {
    let options =
        read(&["-n", "-n", "-l", "-l", "-D", "-D", "-f", "/a", "-f", "/b", "-S2", "-Slocal1"]).unwrap();
    assert!(options.dont_fork && options.log_console);
    assert_eq!((options.config_file, options.log_detail), (PathBuf::from("/b"), 2));
    assert_eq!(options.log_facility, Facility(17));
}

#[test]
fn an_optional_value_must_touch_its_option() {
    for (words, log, left) in [
        (&["-t"][..], Some(""), 0),
        (&["-t/tmp/log"], Some("/tmp/log"), 0),
        (&["-nt/tmp/log"], Some("/tmp/log"), 0),
        (&["--config-test=/tmp/log"], Some("/tmp/log"), 0),
        (&["-t", "/etc/keepalived/keepalived.conf"], Some(""), 1),
        (&["-n"], None, 0),
    ] {
        let options = read(words).unwrap();
        assert_eq!(options.config_test, log.map(OsString::from), "{words:?}");
        assert_eq!(options.unexpected.len(), left, "{words:?}");
    }
}

#[test]
fn a_log_file_has_a_default_name() {
    assert_eq!(read(&["-g"]).unwrap().log_file, Some("keepalived.log".into()));
    assert_eq!(read(&["-gx.log"]).unwrap().log_file, Some("x.log".into()));
    assert_eq!(read(&["-g", "-n"]).unwrap().log_file, Some("keepalived.log".into()));
    assert_eq!(read(&[]).unwrap().log_file, None);
}

#[test]
fn long_options_may_be_shortened() {
    assert!(read(&["--dont-f"]).unwrap().dont_fork);
    assert!(read(&["--dont"]).is_err(), "ambiguous");
    assert!(read(&["--no-such-option"]).is_err());
}

#[test]
fn facilities_and_masks() {
    for (word, code) in [("daemon", 3), ("user", 1), ("local0", 16), ("local7", 23), ("0", 16), ("7", 23)] {
        assert_eq!(facility(word), Ok(Facility(code)));
    }
    for word in ["8", "local8", "mail", "", "local"] {
        assert!(facility(word).is_err(), "{word}");
    }
    assert_eq!(octal("022"), Ok(0o22));
    assert!(octal("8").is_err() && octal("1000").is_err());
}

#[test]
fn the_demo_keeps_its_own_arguments() {
    let options = read(&["demo", "--keep", "-q"]).unwrap();
    let Some(Command::Demo { arguments }) = options.command else { panic!("{options:?}") };
    assert_eq!(arguments, ["--keep", "-q"]);
}

#[test]
fn help_names_every_option_of_keepalived() {
    use clap::CommandFactory;
    let help = Options::command().render_help().to_string();
    for word in [
        "-f, --use-file",
        "-P, --vrrp",
        "-C, --check",
        "-B, --no_bfd",
        "--all",
        "-l, --log-console",
        "-D, --log-detail",
        "-S, --log-facility",
        "-g, --log-file",
        "--flush-log-file",
        "-G, --no-syslog",
        "-u, --umask",
        "-X, --release-vips",
        "-V, --dont-release-vrrp",
        "-I, --dont-release-ipvs",
        "-R, --dont-respawn",
        "-n, --dont-fork",
        "-d, --dump-conf",
        "-p, --pid",
        "-r, --vrrp_pid",
        "-c, --checkers_pid",
        "-b, --bfd_pid",
        "-T, --genhash",
        "-a, --address-monitoring",
        "-x, --snmp",
        "-A, --snmp-agent-socket",
        "-s, --namespace",
        "-m, --core-dump",
        "-M, --core-dump-pattern",
        "-e, --all-config",
        "-i, --config-id",
        "--ignore-sigint",
        "--signum",
        "-t, --config-test",
        "-v, --version",
        "-h, --help",
    ] {
        assert!(help.contains(word), "{word} is missing from\n{help}");
    }
}
