//! What is dumped about LVS reads back as it was, for configurations made of everything that may be said.

use std::path::{Path, PathBuf};

use kaconf::{Code, Matches, Options, ReadError, Source, dump, load};
use proptest::prelude::*;

/// One file in memory.
struct Memory(String);

impl Source for Memory {
    fn matches(&self, _: &Path, pattern: &str) -> Result<Matches, ReadError> {
        Ok(Matches { paths: vec![PathBuf::from(pattern)], missing: false, wildcard: false })
    }

    fn read(&self, _: &Path, _: usize) -> Result<Vec<u8>, ReadError> {
        Ok(self.0.clone().into_bytes())
    }
}

/// What checkers refer to; other parts of a dump say it again.
const NAMES: &str = "track_file F {\n file /tmp/f\n}\nbfd_instance B {\n neighbor_ip 10.9.9.9\n}\n";

const TIMES: &[&str] = &[
    "delay_loop 1.5",
    "delay_loop 10",
    "warmup 0",
    "delay_before_retry 0.25",
    "retry 2",
    "connect_timeout 3",
];

const SERVER: &[&str] = &[
    "ip_family inet",
    "inhibit_on_failure",
    "lb_algo sh",
    "lb_algo mh",
    "lvs_sched rr",
    "sh-port",
    "mh-fallback",
    "flag-3",
    "ops",
    "lb_kind DR",
    "lb_kind TUN type gue port 7 csum",
    "lvs_method NAT",
    "lb_kind TUN",
    "persistence_timeout",
    "persistence_timeout 50",
    "persistence_granularity 255.255.255.0",
    "persistence_granularity 64",
    "persistence_engine sip",
    "protocol TCP",
    "protocol UDP",
    "ha_suspend",
    "smtp_alert",
    "virtualhost v.example",
    "alpha",
    "omega",
    "quorum_up /bin/true",
    "quorum_down /bin/false root",
    "quorum 2",
    "quorum 9",
    "hysteresis 1",
    "weight 5",
    "sorry_server 10.0.0.9 8080",
    "sorry_server 10.0.0.9",
    "sorry_server fd00::9 80",
    "sorry_server_inhibit",
    "sorry_server_lvs_method TUN type gre csum",
];

const REAL: &[&str] = &[
    "weight 0",
    "weight 3",
    "lvs_method TUN type gre",
    "lvs_method DR",
    "uthreshold 9",
    "lthreshold 3",
    "inhibit_on_failure false",
    "inhibit_on_failure",
    "alpha on",
    "smtp_alert no",
    "virtualhost r.example",
    "notify_up /bin/true",
    "notify_down /bin/false root root",
];

const CHECK: &[&str] = &[
    "alpha",
    "alpha off",
    "log_all_failures",
    "connect_ip 10.1.1.1",
    "connect_ip fd00::7",
    "connect_port 8080",
    "bindto 10.2.2.2",
    "bind_port 99",
    "bind_if eth0",
    "fwmark 5",
    "fwmark 0",
    // Not every checker knows all of these.
    "virtualhost c.example",
    "http_protocol 1.0C",
    "enable_sni",
    "sni_name s.example",
    "fast_recovery",
    "tls_compliant",
    "helo_name h.example",
    "type MX",
    "name example.org",
    "payload 01 02ff",
    "require_reply",
    "require_reply 0xx1ff 7",
    "min_reply_length 3",
    "misc_timeout 7",
    "misc_dynamic",
    "user root",
    "weight -3 reverse",
    "host {\nconnect_port 25\n}",
    "host {\nconnect_ip 10.3.3.3\nretry 4\n}",
];

const URL: &[&str] = &[
    "digest 0123456789abcdef0123456789abcdef",
    "status_code 200 301-302 404",
    "virtualhost u.example",
    "tls_compliant",
    r#"regex "a b\\d\x41\'é""#,
    r"regex ^\\$",
    "regex_no_match",
    "regex_options utf caseless utf",
    "regex_min_offset 3",
    "regex_max_offset 9",
    "regex_max_offset 1",
    "regex_stack 10 20",
];

const MEMBERS: &[&str] = &[
    "10.0.0.1 80",
    "10.0.0.2",
    "10.0.1.1-10.0.1.9 80",
    "10.0.2.0/24 443",
    "fd00::1-ff 80",
    "fwmark 7",
    "fwmark 8 inet",
    "fwmark 9 inet6",
];

const SLIPS: &[&str] = &[
    "",
    "\n",
    "}\n",
    "{\n",
    "-1 ",
    "0\n",
    "99999999999 ",
    "x ",
    "é\n",
    "\"",
    "'\\ ",
    "\\\n",
    "$A ",
    "real_server ",
    "~SEQ(a,2) ",
];

fn some(of: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop::sample::select(of).prop_map(str::to_owned), 0..=most)
}

fn block(head: impl Into<String>, lines: Vec<String>) -> String {
    format!("{} {{\n{}\n}}", head.into(), lines.join("\n"))
}

fn checker() -> impl Strategy<Value = String> {
    let name = prop::sample::select(
        &[
            "TCP_CHECK",
            "HTTP_GET",
            "SSL_GET",
            "SSL_GET",
            "SMTP_CHECK",
            "DNS_CHECK",
            "UDP_CHECK",
            "PING_CHECK",
            "MISC_CHECK",
            "FILE_CHECK",
            "BFD_CHECK",
        ][..],
    );
    let urls = prop::collection::vec(some(URL, 4), 0..3);
    (name, some(TIMES, 2), some(CHECK, 5), urls).prop_map(|(name, times, own, urls)| {
        let mut lines = [times, own].concat();
        match name {
            "HTTP_GET" | "SSL_GET" => lines.extend(urls.into_iter().enumerate().map(|(index, mut url)| {
                url.push(format!("path /{index}"));
                block("url", url)
            })),
            "MISC_CHECK" => lines.push("misc_path /bin/true".to_owned()),
            "FILE_CHECK" => lines.push("track_file F".to_owned()),
            "BFD_CHECK" => lines.push("name B".to_owned()),
            _ => {}
        }
        block(name, lines)
    })
}

/// Real servers whose addresses cannot become equal by the port of the virtual server.
fn real_server(number: usize) -> impl Strategy<Value = String> {
    let address = prop::sample::select(&["10.0.0", "10.0.0", "10.0.0", "fd00:"][..]);
    let port = prop::sample::select(&["", "80", "80", "0", "8080"][..]);
    let checkers = prop::collection::vec(checker(), 0..3);
    (address, port, some(REAL, 4), some(TIMES, 1), checkers).prop_map(
        move |(address, port, own, times, checkers)| {
            let colon = if address.contains(':') { ":" } else { "." };
            block(format!("real_server {address}{colon}{number} {port}"), [own, times, checkers].concat())
        },
    )
}

fn virtual_server() -> impl Strategy<Value = String> {
    let id = prop::sample::select(
        &["10.0.0.1 80", "10.0.0.1", "fd00::1 80", "fwmark 3", "group G", "group H"][..],
    );
    let reals = (real_server(11), real_server(12), real_server(13), 1_usize..=3);
    let reals = reals.prop_map(|(a, b, c, len)| vec![a, b, c].into_iter().take(len).collect::<Vec<_>>());
    (id, some(SERVER, 12), some(TIMES, 2), reals).prop_map(|(id, own, times, reals)| {
        block(format!("virtual_server {id}"), [own, times, reals].concat())
    })
}

fn configuration() -> impl Strategy<Value = String> {
    let group = |name: &'static str| {
        some(MEMBERS, 3).prop_map(move |lines| block(format!("virtual_server_group {name}"), lines))
    };
    let ssl = some(&["ca /etc/ca", "certificate \"/etc/a b\"", "key /etc/key", "password secret"], 3);
    let ssl = prop::option::of(ssl.prop_map(|lines| block("SSL", lines)));
    let servers = prop::collection::vec(virtual_server(), 0..3);
    (group("G"), group("H"), ssl, servers).prop_map(|(g, h, ssl, servers)| {
        let parts: Vec<_> = [g, h].into_iter().chain(ssl).chain(servers).collect();
        format!("{NAMES}{}\n", parts.join("\n"))
    })
}

/// What a dump may still draw: it cannot be said otherwise.
fn inherent(code: Code) -> bool {
    matches!(
        code,
        Code::PortMismatch
            | Code::QuorumTooLarge
            | Code::HysteresisTooLarge
            | Code::NeverSucceeds
            | Code::SecurityOff
            | Code::DefaultUser
    )
}

proptest! {
    #[test]
    fn what_is_dumped_reads_back_as_it_was(text in configuration()) {
        let first = load(&Options::new("main.conf"), &Memory(text));
        let dumped = dump(&first.config);
        let again = load(&Options::new("main.conf"), &Memory(dumped.clone()));
        prop_assert_eq!(&again.config.virtual_server_groups, &first.config.virtual_server_groups, "{}", dumped);
        prop_assert_eq!(&again.config.virtual_servers, &first.config.virtual_servers, "{}", dumped);
        prop_assert_eq!(&again.config.ssl, &first.config.ssl);
        let complaints: Vec<_> = again.diagnostics.iter().filter(|found| !inherent(found.code)).collect();
        let sni_only = complaints.iter().all(|found| found.message.starts_with("sni_name"));
        prop_assert!(sni_only, "{:?}\n{}", complaints, dumped);
    }

    /// Words replaced anywhere: by braces, by nothing, by what is no value.
    #[test]
    fn nothing_panics_and_what_is_left_can_be_dumped(
        text in configuration(),
        slips in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(SLIPS)), 1..6),
    ) {
        let mut words: Vec<&str> = text.split_inclusive([' ', '\n']).collect();
        for (index, slip) in slips {
            words[index.index(text.split_inclusive([' ', '\n']).count())] = slip;
        }
        let loaded = load(&Options::new("main.conf"), &Memory(words.concat()));
        prop_assert!(loaded.config.virtual_servers.iter().all(|server| !server.real_servers.is_empty()));
        let again = load(&Options::new("main.conf"), &Memory(dump(&loaded.config)));
        prop_assert!(again.fatal().is_none(), "{:?}", again.diagnostics);
    }

    /// A dropped script takes its check along, and nothing else.
    #[test]
    fn scripts_are_kept_or_dropped(text in configuration()) {
        let mut config = load(&Options::new("main.conf"), &Memory(text)).config;
        let before = config.clone();
        let mut seen = 0;
        for server in &mut config.virtual_servers {
            server.retain_scripts(|_| { seen += 1; true });
        }
        prop_assert_eq!(&config, &before);
        for server in &mut config.virtual_servers {
            server.retain_scripts(|_| false);
        }
        prop_assert_eq!(config == before, seen == 0);
        prop_assert!(!dump(&config).contains("/bin/"));
    }
}
