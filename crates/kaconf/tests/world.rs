//! What a configuration means depends on the host: its interfaces, its files, its environment.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use kaconf::model::Mode;
use kaconf::{
    Code, ExitClass, Fatal, FileSource, InterfaceFacts, Loaded, Matches, Options, ReadError, Source, load,
    render,
};

const ETHERNET: InterfaceFacts = InterfaceFacts::Present { mtu: 1500, multicast: true, loopback: false };

/// A host in memory.
struct Host {
    files: HashMap<PathBuf, String>,
    interfaces: HashMap<&'static str, InterfaceFacts>,
}

impl Host {
    fn new(text: &str) -> Self {
        Self { files: HashMap::from([("main.conf".into(), text.to_owned())]), interfaces: HashMap::new() }
    }

    fn interface(mut self, name: &'static str, facts: InterfaceFacts) -> Self {
        self.interfaces.insert(name, facts);
        self
    }

    fn load(&self) -> Loaded {
        load(&Options::new("main.conf"), self)
    }
}

impl Source for Host {
    fn matches(&self, dir: &Path, pattern: &str) -> Result<Matches, ReadError> {
        let found = self.files.contains_key(&dir.join(pattern));
        Ok(Matches {
            paths: found.then(|| pattern.into()).into_iter().collect(),
            missing: !found,
            wildcard: false,
        })
    }

    fn read(&self, path: &Path, _: usize) -> Result<Vec<u8>, ReadError> {
        self.files.get(path).map(|text| text.clone().into_bytes()).ok_or(ReadError::NotPlain)
    }

    fn variable(&self, name: &str) -> Option<String> {
        (name == "PRIORITY").then(|| "42".to_owned())
    }

    fn interface(&self, name: &str) -> InterfaceFacts {
        self.interfaces.get(name).copied().unwrap_or(InterfaceFacts::Missing)
    }
}

fn codes(loaded: &Loaded) -> Vec<Code> {
    loaded.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

fn instance(lines: &str) -> String {
    format!(
        "vrrp_instance A {{\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {{\n 10.0.0.1\n }}\n {lines}\n}}\n"
    )
}

#[test]
fn interfaces_must_exist_unless_they_may_come_later() {
    let text = instance("");
    let dynamic = format!("global_defs {{\n dynamic_interfaces\n}}\n{text}");
    let device = instance("virtual_ipaddress_excluded {\n 10.0.0.2 dev eth9\n }");
    let loopback = InterfaceFacts::Present { mtu: 65_536, multicast: false, loopback: true };
    for (text, facts, wanted, instances) in [
        (&text, ETHERNET, &[][..], 1),
        (&text, InterfaceFacts::Unknown, &[], 1),
        (&text, InterfaceFacts::Missing, &[Code::InterfaceMissing], 0),
        (&dynamic, InterfaceFacts::Missing, &[], 1),
        (&text, loopback, &[Code::NoInterface], 0),
        (&device, ETHERNET, &[Code::InterfaceMissing], 0),
    ] {
        let loaded = Host::new(text).interface("eth0", facts).load();
        assert_eq!(
            (codes(&loaded).as_slice(), loaded.config.instances.len()),
            (wanted, instances),
            "{facts:?} {text}"
        );
        assert_eq!(loaded.fatal(), (instances == 0).then_some(Fatal::Configuration));
    }
}

#[test]
fn a_missing_device_is_shown_on_its_line() {
    let excluded = "virtual_ipaddress_excluded {\n 10.0.0.2\n 10.0.0.3 dev eth9\n }";
    let text = instance(excluded).replace("10.0.0.1\n", "10.0.0.1\n 10.0.0.4 dev eth8\n");
    let loaded = Host::new(&text).interface("eth0", ETHERNET).load();
    let shown: Vec<_> = loaded.diagnostics.iter().map(|found| render(found, &loaded.files)).collect();
    assert_eq!(
        shown,
        [
            "(main.conf: Line 6) (A) interface eth8 of address 10.0.0.4/32 does not exist",
            "(main.conf: Line 10) (A) interface eth9 of address 10.0.0.3/32 does not exist",
        ]
    );
}

#[test]
fn multicast_is_asked_of_the_interface() {
    let plain = InterfaceFacts::Present { mtu: 1500, multicast: false, loopback: false };
    let unicast = "unicast_peer {\n 10.0.0.2\n }";
    for (lines, facts, wanted, instances) in [
        ("", plain, Some(Code::Incompatible), 1),
        (unicast, plain, None, 1),
        (&format!("strict_mode\n {unicast}"), plain, None, 1),
        (&format!("strict_mode\n {unicast}"), ETHERNET, Some(Code::StrictRefuses), 0),
    ] {
        let loaded = Host::new(&instance(lines)).interface("eth0", facts).load();
        assert_eq!(loaded.diagnostics.first().map(|diagnostic| diagnostic.code), wanted, "{lines} {facts:?}");
        assert_eq!(loaded.config.instances.len(), instances, "{lines} {facts:?}");
    }
}

#[test]
fn an_advert_carries_what_fits_the_mtu_and_the_rest_is_held() {
    // Ethernet 14, IP 20 or 40, VRRP 8, version 2 over IPv4 8 more; then 4 or 16 octets an address.
    for (mtu, version, carried) in [(1500, 2, 255), (1500, 3, 255), (590, 2, 135), (590, 3, 137), (50, 2, 0)]
    {
        let text = format!(
            "vrrp_instance A {{\n interface eth0\n virtual_router_id 1\n version {version}\n no_virtual_ipaddress\n \
             virtual_ipaddress {{\n ~SEQ(i,0,1) ~SEQ(j,0,199) 10.0.${{i}}.$j\n }}\n}}\n"
        );
        let facts = InterfaceFacts::Present { mtu, multicast: true, loopback: false };
        let loaded = Host::new(&text).interface("eth0", facts).load();
        let instance = &loaded.config.instances[0];
        assert_eq!(
            (instance.addresses.len(), instance.excluded.len()),
            (carried, 400 - carried),
            "{mtu} {version}"
        );
        assert_eq!(codes(&loaded), [Code::TooManyAddresses]);
    }
}

#[test]
fn thousands_of_addresses_and_peers_are_told_apart() {
    let text = "vrrp_instance A {\n interface eth0\n virtual_router_id 1\n \
                unicast_peer {\n ~SEQ(i,1,60) ~SEQ(j,0,250) 10.1.${i}.$j\n 10.1.1.0\n }\n \
                virtual_ipaddress {\n 10.0.0.1\n }\n virtual_ipaddress_excluded {\n \
                ~SEQ(i,1,60) ~SEQ(j,0,250) 10.2.${i}.$j\n 10.2.60.250\n }\n}\n";
    let loaded = Host::new(text).interface("eth0", ETHERNET).load();
    assert_eq!(codes(&loaded), [Code::DuplicateAddress; 2]);
    let instance = &loaded.config.instances[0];
    assert_eq!(instance.excluded.len(), 60 * 251);
    assert!(matches!(&instance.mode, Mode::Unicast { peers, .. } if peers.len() == 60 * 251));
}

#[test]
fn the_environment_is_asked_through_the_source() {
    let loaded = Host::new(&instance("priority ${_ENV PRIORITY}")).interface("eth0", ETHERNET).load();
    assert_eq!(loaded.config.instances[0].priority.get(), 42);
}

#[test]
fn junk_behind_a_number_is_overlooked_but_in_a_test() {
    let host = Host::new(&instance("garp_master_delay 3s")).interface("eth0", ETHERNET);
    let delay = |options: &Options| load(options, &host).config.instances[0].garp.delay.as_secs();
    let mut options = Options::new("main.conf");
    assert_eq!(delay(&options), 3);
    options.test = true;
    assert_eq!(delay(&options), 5);
}

#[test]
fn a_missing_configuration_stops_a_start_and_not_a_test() {
    let mut options = Options::new("no-such-file.conf");
    let host = Host::new("");
    let loaded = load(&options, &host);
    assert_eq!((loaded.fatal(), loaded.exit_class()), (Some(Fatal::NoConfiguration), ExitClass::Clean));
    options.all_includes = true;
    assert_eq!(load(&options, &host).exit_class(), ExitClass::Bad);
}

#[test]
fn a_replaced_line_is_shown_unless_the_message_shows_it() {
    let loaded = Host::new("$A=foo\n$A bar\n$A\n").load();
    let shown: Vec<_> = loaded.diagnostics.iter().map(|found| render(found, &loaded.files)).collect();
    assert_eq!(
        shown,
        [
            "(main.conf: Line 2) unknown keyword 'foo'\n  with its names replaced the line reads 'foo bar'",
            "(main.conf: Line 3) unknown keyword 'foo'",
        ]
    );
}

/// A directory of files that goes away again.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path = std::env::temp_dir().join(format!("kaconf-{name}-{}", std::process::id()));
        fs::create_dir_all(path.join("sub")).expect("a directory for the test");
        for (file, text) in files {
            fs::write(path.join(file), text).expect("a file for the test");
        }
        Self(path)
    }

    fn load(&self, options: impl FnOnce(&mut Options)) -> Loaded {
        let mut read = Options::new(self.0.join("main.conf"));
        options(&mut read);
        load(&read, &FileSource)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn patterns_find_files_in_the_order_of_their_names() {
    let files = [
        ("main.conf", "global_defs {\n include sub/*.inc\n include {b,a}.inc\n}\n"),
        ("sub/2.inc", "router_id two\n"),
        ("sub/1.inc", "router_id one\ninclude ../z.inc\n"),
        ("sub/.hidden.inc", "router_id hidden\n"),
        ("z.inc", "smtp_helo_name ${_PWD}\n"),
        ("a.inc", "smtp_helo_name a\n"),
        ("b.inc", "vrrp_version 3\n"),
    ];
    let directory = Directory::new("order", &files);
    let loaded = directory.load(|_| {});
    let names: Vec<_> = loaded.files.iter().filter_map(|file| file.path().file_name()).collect();
    assert_eq!(names, ["main.conf", "1.inc", "z.inc", "2.inc", "b.inc", "a.inc"]);
    assert_eq!(loaded.config.global.router_id.as_deref(), Some("two"));
    assert_eq!(codes(&loaded), []);
}

#[test]
fn what_cannot_be_included_is_an_error_only_where_it_is_asked_for() {
    for (line, relaxed, strict) in [
        ("include none.inc", ExitClass::Clean, ExitClass::Refused),
        ("include none*.inc", ExitClass::Clean, ExitClass::Refused),
        ("include sub", ExitClass::Clean, ExitClass::Refused),
        ("include script.inc", ExitClass::Clean, ExitClass::Refused),
        ("include {none,plain}.inc", ExitClass::Clean, ExitClass::Refused),
        ("includer none.inc", ExitClass::Clean, ExitClass::Refused),
        ("includer script.inc", ExitClass::Refused, ExitClass::Refused),
        ("includem none.inc", ExitClass::Refused, ExitClass::Refused),
        ("includem none*.inc", ExitClass::Clean, ExitClass::Refused),
        ("includew none*.inc", ExitClass::Refused, ExitClass::Refused),
        ("includeb {none,plain}.inc", ExitClass::Refused, ExitClass::Refused),
        ("includea plain.inc", ExitClass::Clean, ExitClass::Clean),
    ] {
        let directory =
            Directory::new("strictness", &[("main.conf", line), ("script.inc", ""), ("plain.inc", "")]);
        fs::set_permissions(directory.0.join("script.inc"), fs::Permissions::from_mode(0o755))
            .expect("permissions");
        assert_eq!(directory.load(|_| {}).exit_class(), relaxed, "{line}");
        assert_eq!(directory.load(|options| options.all_includes = true).exit_class(), strict, "{line}");
        let checked = format!("global_defs {{\n include_check\n}}\n{line}");
        fs::write(directory.0.join("main.conf"), checked).expect("a file for the test");
        assert_eq!(directory.load(|_| {}).exit_class(), strict, "include_check, {line}");
    }
}

#[test]
fn include_check_holds_for_its_own_file_only() {
    let files =
        [("main.conf", "include a.inc\ninclude none.inc\n"), ("a.inc", "global_defs {\n include_check\n}\n")];
    let loaded = Directory::new("scope", &files).load(|_| {});
    assert_eq!((loaded.exit_class(), codes(&loaded)), (ExitClass::Clean, vec![Code::IncludeUnmatched]));
}

#[test]
fn an_executable_configuration_is_not_read() {
    let directory = Directory::new("executable", &[("main.conf", "nonsense\n")]);
    fs::set_permissions(directory.0.join("main.conf"), fs::Permissions::from_mode(0o755))
        .expect("permissions");
    let loaded = directory.load(|_| {});
    assert_eq!((loaded.fatal(), loaded.exit_class()), (Some(Fatal::NoConfiguration), ExitClass::Clean));
    assert_eq!(codes(&loaded), [Code::FileSkipped]);
    assert_eq!(directory.load(|options| options.all_includes = true).exit_class(), ExitClass::Bad);
}

#[test]
fn includes_look_at_so_many_names_and_no_more() {
    let dir = std::env::temp_dir().join(format!("kaconf-names-{}", std::process::id()));
    fs::create_dir_all(&dir).unwrap();
    // Every pattern goes round and round: a directory that holds itself under two names.
    for name in ["a", "b"] {
        std::os::unix::fs::symlink(".", dir.join(name)).unwrap();
    }
    for (name, text) in [
        ("wildcards", format!("include {}x\n", "*/".repeat(30))),
        ("many alternatives", format!("include {}\n", "{a,b}".repeat(10)).repeat(300)),
        ("too many alternatives", format!("include {}\n", "{a,b}".repeat(40)).repeat(300)),
    ] {
        fs::write(dir.join("main.conf"), text).unwrap();
        let loaded = load(&Options::new(dir.join("main.conf")), &FileSource);
        let limits = codes(&loaded).into_iter().filter(|&code| code == Code::Limit).count();
        assert_eq!(limits, 1, "{name}: {:?}", loaded.diagnostics.last());
        assert_eq!(loaded.exit_class(), ExitClass::Bad, "{name}");
    }
    fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn the_outline_says_where_each_value_was_typed() {
    let text =
        "vrrp_instance A {\n priority 5\n authentication {\n auth_pass x\n }\n nopreempt\n priority 7\n}\n";
    let loaded = Host::new(text).load();
    let typed = |at: kaconf::Location| &text[at.start as usize..at.end as usize];
    let outline = &loaded.outline;
    let block = outline.blocks("vrrp_instance", "A").next().unwrap();
    assert_eq!(outline.value_of(block, "priority").map(typed), Some("7"), "the last one counts");
    assert_eq!(outline.value_of(block, "nopreempt").map(typed), Some("nopreempt"), "it has no value");
    assert_eq!(outline.value_of(block, "auth_pass"), None, "it stands in a block of its own");
    let inner = outline.blocks("authentication", "").next().unwrap();
    assert_eq!(outline.value_of(inner, "auth_pass").map(typed), Some("x"));
    assert_eq!(outline.children(block).count(), 4);

    let mut options = Options::new("main.conf");
    options.outline = false;
    let loaded = load(&options, &Host::new(text));
    assert!(loaded.outline.entries().is_empty());
    assert!(loaded.outline.uses().iter().any(|(keyword, _)| keyword.name == "auth_pass"));
}
