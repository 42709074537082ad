//! Targets for `kaconf`: no octet is lost, nothing panics, everything is bounded, and what comes out can be run.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ipnetwork::IpNetwork;
use kaconf::model::{Config, Instance, VirtualAddress};
use kaconf::syntax::{Node, Shape, lex, parse};
use kaconf::{
    Diagnostic, ExitClass, Fatal, InterfaceFacts, Loaded, Location, Matches, Options, ReadError, Source,
    load, render,
};
use vrrp_fsm::Machine;

/// The text as tokens and tree: `print(parse(x)) == x`, and the tree lies over the tokens without a gap that
/// matters.
pub fn conf_print(octets: &[u8]) {
    let mut at = 0;
    for token in lex(octets) {
        assert_eq!(token.start, at, "a gap or an overlap");
        assert!(token.end > token.start, "an empty token");
        at = token.end;
    }
    assert_eq!(at as usize, octets.len());
    let parsed = parse(octets.to_vec());
    assert_eq!(parsed.print(), octets);
    nest(parsed.nodes(), 0..parsed.tokens().len() as u32);
}

fn nest(nodes: &[Node], within: std::ops::Range<u32>) {
    let mut at = within.start;
    for node in nodes {
        assert!(at <= node.tokens.start && node.tokens.end <= within.end, "nodes follow each other");
        assert!(node.tokens.start <= node.head.start && node.head.end <= node.tokens.end);
        assert!(node.shape == Shape::Block || node.body.is_empty() && node.closed);
        nest(&node.body, node.head.end..node.tokens.end);
        at = node.tokens.end;
    }
}

/// A configuration of several files in one text: a line `=== NAME` begins the file NAME, what stands before
/// the first is `main.conf`.
pub fn conf_load(octets: &[u8]) {
    let options = options();
    let host = Host::new(octets);
    let loaded = load(&options, &host);
    let limits = &options.limits;
    assert!(host.opened.get() <= limits.files, "{} files opened", host.opened.get());
    assert!(loaded.files.octets() <= limits.octets);
    // The errors beyond the bound, and the line that says how many are left out.
    assert!(loaded.diagnostics.len() <= 2 * limits.diagnostics + 1);
    for diagnostic in &loaded.diagnostics {
        points_into_the_files(diagnostic, &loaded);
    }
    verdict(&loaded);
    runnable(&loaded.config);
    passes_between_processes(&loaded.config);
    same(&loaded, &load(&options, &host));
}

/// Small bounds, so that a fuzzer reaches them and never waits.
fn options() -> Options {
    let mut options = Options::new("main.conf");
    options.config_id = Some("node-a".into());
    options.random_seed = Some(1);
    options.limits.octets = 1 << 16;
    options.limits.files = 24;
    options.limits.depth = 6;
    options.limits.lines = 300;
    options.limits.definitions = 1 << 13;
    options.limits.diagnostics = 40;
    options
}

fn points_into_the_files(diagnostic: &Diagnostic, loaded: &Loaded) {
    let inside = |at: Location| {
        assert!(at.start <= at.end, "{diagnostic:?}");
        assert!(at.end as usize <= loaded.files.file(at.file).text().len(), "{diagnostic:?}");
    };
    diagnostic.at.into_iter().chain(diagnostic.notes.iter().filter_map(|note| note.at)).for_each(inside);
    assert!(!diagnostic.message.contains('\n'), "one line: {:?}", diagnostic.message);
    let lines = render(diagnostic, &loaded.files).lines().count();
    let told = 1 + diagnostic.notes.len() + diagnostic.helps.len();
    assert_eq!(lines, told, "a line each: {diagnostic:?}");
}

/// What keeps a daemon from starting does not pass a test, and the other way round.
fn verdict(loaded: &Loaded) {
    let exit = loaded.exit_class();
    match loaded.fatal() {
        Some(Fatal::MissingParameter) => assert_eq!(exit, ExitClass::MissingParameter),
        Some(Fatal::Configuration) => assert_ne!(exit, ExitClass::Clean),
        _ => assert_ne!(exit, ExitClass::MissingParameter),
    }
    if loaded.diagnostics.is_empty() {
        assert_eq!((exit, loaded.fatal()), (ExitClass::Clean, None));
    }
}

/// Only values a daemon can run: the election machine takes every instance as it is.
fn runnable(config: &Config) {
    for instance in &config.instances {
        let Instance { version, priority, advert_int, down_timer_adverts, .. } = *instance;
        let machine = Machine::new(vrrp_fsm::Config::new(version, priority, advert_int));
        assert!(machine.is_ok(), "{}: {machine:?}", instance.name);
        assert_ne!(down_timer_adverts, 0, "{}", instance.name);
        assert!(instance.addresses.len() <= 255, "more than an advert can count");
        for VirtualAddress { address, peer, label, .. } in instance.addresses.iter().chain(&instance.excluded)
        {
            assert!(label.as_ref().is_none_or(|label| label.len() <= 15));
            let family = |network: &IpNetwork| network.is_ipv4();
            assert!(peer.as_ref().is_none_or(|peer| family(peer) == family(address)));
        }
        let carried = instance.addresses.iter().map(|line| vrrp_types::Family::of(line.address.ip()));
        assert!(
            carried.clone().all(|family| family == instance.family),
            "{}: of two families",
            instance.name
        );
    }
}

/// The model goes from one process to another as octets, and arrives as it was.
fn passes_between_processes(config: &Config) {
    let octets = postcard::to_stdvec(config).expect("a model is written");
    assert_eq!(&postcard::from_bytes::<Config>(&octets).expect("a model is read"), config);
}

/// Reading twice is reading once.
fn same(first: &Loaded, second: &Loaded) {
    assert_eq!(first.diagnostics, second.diagnostics);
    assert_eq!(first.config, second.config);
    assert_eq!((first.exit_class(), first.fatal()), (second.exit_class(), second.fatal()));
    let files = |loaded: &Loaded| -> Vec<_> {
        loaded.files.iter().map(|file| (file.path().to_owned(), file.text().to_vec())).collect()
    };
    assert_eq!(files(first), files(second));
}

/// A host in memory, and how often it was asked for a file.
pub(crate) struct Host {
    pub(crate) files: BTreeMap<PathBuf, Vec<u8>>,
    opened: Cell<usize>,
}

impl Host {
    pub(crate) fn new(octets: &[u8]) -> Self {
        let mut files = BTreeMap::new();
        let mut name = PathBuf::from("main.conf");
        let mut text = Vec::new();
        for line in octets.split_inclusive(|octet| *octet == b'\n') {
            match line.strip_prefix(b"=== ") {
                Some(next) => {
                    let next = String::from_utf8_lossy(next.trim_ascii()).into_owned();
                    files.insert(std::mem::replace(&mut name, next.into()), std::mem::take(&mut text));
                }
                None => text.extend_from_slice(line),
            }
        }
        files.insert(name, text);
        Self { files, opened: Cell::new(0) }
    }
}

impl Source for Host {
    /// A name, or `*` and an ending.
    fn matches(&self, dir: &Path, pattern: &str) -> Result<Matches, ReadError> {
        if pattern == "forbidden" {
            return Err(ReadError::Io("permission denied".to_owned()));
        }
        let Some(ending) = pattern.strip_prefix('*') else {
            let found = self.files.contains_key(&dir.join(pattern));
            let paths = found.then(|| pattern.into()).into_iter().collect();
            return Ok(Matches { paths, missing: !found, wildcard: false });
        };
        let ends = |path: &&PathBuf| path.to_str().is_some_and(|path| path.ends_with(ending));
        Ok(Matches {
            paths: self.files.keys().filter(ends).cloned().collect(),
            missing: false,
            wildcard: true,
        })
    }

    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
        self.opened.set(self.opened.get() + 1);
        let text = self.files.get(path).ok_or(ReadError::NotPlain)?;
        if text.len() > limit { Err(ReadError::TooLarge { limit }) } else { Ok(text.clone()) }
    }

    fn variable(&self, name: &str) -> Option<String> {
        (name == "NODE").then(|| "a".to_owned())
    }

    fn interface(&self, name: &str) -> InterfaceFacts {
        let present = |mtu, multicast, loopback| InterfaceFacts::Present { mtu, multicast, loopback };
        match name {
            "lo" => present(65_536, false, true),
            "tiny0" => present(68, true, false),
            "tun0" => present(1_400, false, false),
            "later0" => InterfaceFacts::Missing,
            name if name.starts_with("eth") => present(1_500, true, false),
            _ => InterfaceFacts::Unknown,
        }
    }
}
