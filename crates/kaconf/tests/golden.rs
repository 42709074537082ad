//! Each `tests/conf/*.conf` gives the diagnostics and the model of the `.diag` file beside it.
//!
//! `UPDATE_EXPECT=1 cargo test -p kaconf --test golden` accepts what is given now.

mod golden_lvs;

use std::fmt::{Debug, Write as _};
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use kaconf::model::{
    Bfd, Config, GarpGroup, Global, Instance, NextHop, Route, RouteMetrics, Rule, Script, SyncGroup,
    TrackFile, TrackProcess, TrackScript, Tracking, VirtualAddress, Weight,
};
use kaconf::{
    FileSource, Loaded, Lookup, Matches, Options, PathFacts, PathKind, ReadError, Source, UserFacts, load,
    render,
};

/// The files of this directory, on a host that is the same everywhere: what is below `/w`, and three users.
struct World;

/// Path, owner, group and mode: a directory has no dot in its name.
const PATHS: [(&str, u32, u32, u32); 12] = [
    ("/", 0, 0, 0o755),
    ("/w", 0, 0, 0o755),
    ("/w/ok.sh", 0, 0, 0o755),
    ("/w/plain.sh", 0, 0, 0o644),
    ("/w/group.sh", 0, 1000, 0o775),
    ("/w/theirs", 1000, 1000, 0o755),
    ("/w/theirs/x.sh", 0, 0, 0o755),
    ("/w/open", 0, 0, 0o777),
    ("/w/open/x.sh", 0, 0, 0o755),
    ("/w/closed", 0, 0, 0o700),
    ("/w/closed/x.sh", 0, 0, 0o755),
    ("/w/tool.sh", 0, 0, 0o755),
];

impl Source for World {
    fn matches(&self, dir: &Path, pattern: &str) -> Result<Matches, ReadError> {
        FileSource.matches(dir, pattern)
    }

    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
        FileSource.read(path, limit)
    }

    fn variable(&self, name: &str) -> Option<String> {
        if name == "PATH" { Some("/w/nowhere:/w".into()) } else { FileSource.variable(name) }
    }

    fn path(&self, path: &Path) -> Lookup<PathFacts> {
        let path = path.to_string_lossy();
        let path = &*path;
        if path == "/w/link" {
            let kind = PathKind::Link("theirs/../closed".into());
            return Lookup::Present(PathFacts { kind, uid: 0, gid: 0, mode: 0o777 });
        }
        let Some((path, uid, gid, mode)) = PATHS.into_iter().find(|row| row.0 == path) else {
            return if path.starts_with("/w/") { Lookup::Missing } else { Lookup::Unknown };
        };
        let kind = if path.contains('.') { PathKind::File } else { PathKind::Directory };
        Lookup::Present(PathFacts { kind, uid, gid, mode })
    }

    fn namespace(&self, name: &str) -> Lookup<()> {
        if name == "nowhere" { Lookup::Missing } else { Lookup::Unknown }
    }

    fn resolves(&self, host: &str) -> Lookup<()> {
        if host.ends_with(".invalid") { Lookup::Missing } else { Lookup::Unknown }
    }

    fn cpus(&self) -> Option<u16> {
        Some(4)
    }

    fn user(&self, name: &str) -> Lookup<UserFacts> {
        match name {
            "root" => Lookup::Present(UserFacts { uid: 0, gid: 0 }),
            "app" => Lookup::Present(UserFacts { uid: 1000, gid: 1000 }),
            _ => Lookup::Missing,
        }
    }

    fn group(&self, name: &str) -> Lookup<u32> {
        if name == "staff" { Lookup::Present(50) } else { Lookup::Missing }
    }
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conf")
}

/// What a configuration comes to, for people to read.
fn shown(loaded: &Loaded) -> String {
    let prefix = format!("{}/", directory().display());
    let mut out = format!("exit {}", loaded.exit_class().code());
    if let Some(fatal) = loaded.fatal() {
        let _ = write!(out, ", does not start: {fatal}");
    }
    out.push('\n');
    for diagnostic in &loaded.diagnostics {
        let text = render(diagnostic, &loaded.files).replace(&prefix, "");
        let _ = writeln!(out, "{:?} {} {text}", diagnostic.severity, diagnostic.code);
    }
    let defaults = settings(&Global::default());
    let mut global = settings(&loaded.config.global);
    global.retain(|setting| !defaults.contains(setting));
    if !global.is_empty() {
        let _ = writeln!(out, "global\n    {}", global.join("\n    "));
    }
    for line in watched_shown(&loaded.config).into_iter().chain(interfaces_shown(&loaded.config)) {
        let _ = writeln!(out, "{line}");
    }
    for group in &loaded.config.sync_groups {
        let _ = writeln!(out, "{}", group_shown(group));
    }
    for line in static_shown(&loaded.config) {
        let _ = writeln!(out, "{line}");
    }
    for instance in &loaded.config.instances {
        let _ = writeln!(out, "{}", instance_shown(instance));
    }
    out.push_str(&golden_lvs::shown(&loaded.config));
    out
}

/// The settings of a structure, one line each, those of a structure in it behind its name.
fn settings(value: &impl Debug) -> Vec<String> {
    let mut settings: Vec<String> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut open = 0;
    for line in format!("{value:#?}").lines().map(str::trim) {
        let ends = line.starts_with([')', ']', '}']);
        if open > 0 {
            open = if ends { open - 1 } else { open + usize::from(line.ends_with(['(', '[', '{'])) };
            settings.last_mut().expect("something is open").push_str(line);
        } else if ends {
            path.pop();
        } else if let Some((name, value)) = line.split_once(": ") {
            if value.ends_with('{') && !value.starts_with("Some") {
                path.push(name.to_owned());
                continue;
            }
            open = usize::from(value.ends_with(['(', '[', '{']));
            let path: String = path.iter().map(|part| format!("{part}.")).collect();
            settings.push(format!("{path}{line}"));
        }
    }
    let tidy = |text: String| text.replace(",)", ")").replace(",]", "]").replace(",}", "}");
    settings.into_iter().map(|setting| tidy(setting).trim_end_matches(',').to_owned()).collect()
}

/// Only what differs from the defaults is worth reading; addresses read best as they are typed.
fn instance_shown(instance: &Instance) -> String {
    let template =
        Instance::new(&instance.name, instance.vrid, instance.family, Ipv4Addr::UNSPECIFIED.into());
    let mut bare = instance.clone();
    let addresses = std::mem::take(&mut bare.addresses);
    let excluded = std::mem::take(&mut bare.excluded);
    let tracking = std::mem::take(&mut bare.tracking);
    let notify = std::mem::take(&mut bare.notify);
    let routes = std::mem::take(&mut bare.routes);
    let rules = std::mem::take(&mut bare.rules);
    let mut lines = changed(&bare, &template);
    lines.extend(tracking_shown(&tracking));
    lines.extend(notify.tells_deletion.then(|| "notify_deleted".to_owned()));
    lines.extend(notify.scripts().map(|(keyword, script)| format!("{keyword} {}", script_shown(script))));
    lines.extend(addresses.iter().map(|address| format!("address {}", address_shown(address))));
    lines.extend(excluded.iter().map(|address| format!("excluded {}", address_shown(address))));
    lines.extend(routes.iter().map(|route| format!("route {}", route_shown(route))));
    lines.extend(rules.iter().map(|rule| format!("rule {}", rule_shown(rule))));
    format!(
        "instance {} vrid {} {}\n    {}",
        instance.name,
        instance.vrid,
        instance.family,
        lines.join("\n    ")
    )
}

fn weight_shown(weight: Weight) -> String {
    format!("{}{}", weight.value, if weight.reverse { " reverse" } else { "" })
}

fn script_shown(script: &Script) -> String {
    let names = [&script.user, &script.group].map(|name| name.as_deref().unwrap_or("-"));
    format!("{:?} as {}", script.command, names.join(":"))
}

fn tracking_shown(tracking: &Tracking) -> Vec<String> {
    let interfaces = tracking.interfaces.iter().map(|tracked| {
        format!("tracks interface {} weight {}", tracked.interface, weight_shown(tracked.weight))
    });
    let named = [
        ("script", &tracking.scripts),
        ("file", &tracking.files),
        ("process", &tracking.processes),
        ("bfd", &tracking.bfds),
    ];
    let named = named.into_iter().flat_map(|(kind, list)| {
        list.iter().map(move |tracked| {
            format!("tracks {kind} {} weight {}", tracked.name, weight_shown(tracked.weight))
        })
    });
    interfaces.chain(named).collect()
}

/// What can be tracked.
fn watched_shown(config: &Config) -> Vec<String> {
    let mut out = Vec::new();
    for script in &config.track_scripts {
        let mut bare = script.clone();
        let runs = bare.script.take().map_or_else(|| "nothing".to_owned(), |runs| script_shown(&runs));
        let rest = changed(&bare, &TrackScript::new(&script.name)).join(", ");
        out.push(format!("vrrp_script {} runs {runs} {rest}", script.name));
    }
    for process in &config.track_processes {
        let rest = changed(process, &TrackProcess::new(&process.name)).join(", ");
        out.push(format!("vrrp_track_process {} {rest}", process.name));
    }
    for file in &config.track_files {
        out.push(format!(
            "track_file {} {}",
            file.name,
            changed(file, &TrackFile::new(&file.name)).join(", ")
        ));
    }
    for bfd in &config.bfds {
        let rest = changed(bfd, &Bfd::new(&bfd.name, bfd.neighbor)).join(", ");
        out.push(format!("bfd_instance {} to {} {rest}", bfd.name, bfd.neighbor));
    }
    out.into_iter().map(|line| line.trim_end().to_owned()).collect()
}

/// What is configured for interfaces.
fn interfaces_shown(config: &Config) -> Vec<String> {
    let garp = config.garp_groups.iter().map(|group| {
        let mut bare = group.clone();
        let names = std::mem::take(&mut bare.interfaces);
        let names: Vec<_> = names.iter().map(|name| name.as_str()).collect();
        format!("garp_group of {} {}", names.join(" "), changed(&bare, &GarpGroup::default()).join(", "))
    });
    let delays = config.interface_delays.iter().map(|delay| {
        format!("{} counts as down after {:?}, as up after {:?}", delay.interface, delay.down, delay.up)
    });
    let linkbeats = config
        .linkbeat_interfaces
        .iter()
        .map(|linkbeat| format!("{} is polled by {:?}", linkbeat.interface, linkbeat.method));
    garp.chain(delays).chain(linkbeats).collect()
}

fn group_shown(group: &SyncGroup) -> String {
    let mut bare = group.clone();
    let members = std::mem::take(&mut bare.members);
    let tracking = std::mem::take(&mut bare.tracking);
    let notify = std::mem::take(&mut bare.notify);
    let mut lines = vec![format!("sync group {}: {}", group.name, members.join(" "))];
    lines.extend(changed(&bare, &SyncGroup::new(&group.name)));
    lines.extend(tracking_shown(&tracking));
    lines.extend(notify.scripts().map(|(keyword, script)| format!("{keyword} {}", script_shown(script))));
    lines.join("\n    ")
}

fn address_shown(address: &VirtualAddress) -> String {
    let options = changed(address, &VirtualAddress::new(address.address));
    format!("{} {}", address.address, options.join(" ")).trim_end().to_owned()
}

fn static_shown(config: &Config) -> Vec<String> {
    let groups = config.track_groups.iter();
    let mut lines: Vec<_> =
        groups.map(|group| format!("track group {}: {}", group.name, group.members.join(" "))).collect();
    let addresses = config.static_addresses.iter();
    lines.extend(addresses.map(|address| format!("static address {}", address_shown(address))));
    lines.extend(config.static_routes.iter().map(|route| format!("static route {}", route_shown(route))));
    lines.extend(config.static_rules.iter().map(|rule| format!("static rule {}", rule_shown(rule))));
    lines
}

fn route_shown(route: &Route) -> String {
    let mut bare = route.clone();
    let metrics = changed(&std::mem::take(&mut bare.metrics), &RouteMetrics::default());
    let hops = std::mem::take(&mut bare.next_hops);
    let hops = hops.iter().map(|hop| format!("[{}]", changed(hop, &NextHop::default()).join(" "))).collect();
    let options = [changed(&bare, &Route::new(route.destination)), metrics, hops].concat();
    format!("{} {}", route.destination, options.join(" ")).trim_end().to_owned()
}

fn rule_shown(rule: &Rule) -> String {
    let options = changed(rule, &Rule::new(rule.family, rule.preference, rule.action));
    format!("{} {} {:?} {}", rule.preference, rule.family, rule.action, options.join(" "))
        .trim_end()
        .to_owned()
}

/// The fields of a value that differ from those of another, one line each.
fn changed<T: Debug>(value: &T, default: &T) -> Vec<String> {
    let defaults = fields(default);
    fields(value).into_iter().filter(|field| !defaults.contains(field)).collect()
}

/// The fields of a structure: the pretty form with its deeper lines joined.
fn fields(value: &impl Debug) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for line in format!("{value:#?}").lines().skip(1) {
        match line.strip_prefix("    ") {
            Some(field) if !field.starts_with([' ', ')', '}', ']']) => fields.push(field.to_owned()),
            Some(rest) => {
                if let Some(last) = fields.last_mut() {
                    last.push_str(rest.trim());
                }
            }
            None => {}
        }
    }
    fields
        .iter()
        .map(|field| field.trim_end_matches(',').replace(",)", ")").replace(",]", "]").replace(",}", "}"))
        .collect()
}

#[test]
fn configurations_give_what_is_written_beside_them() {
    let mut files: Vec<_> = fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "conf"))
        .collect();
    files.sort();
    assert!(files.len() > 20, "the configurations are missing");
    let mut wrong = Vec::new();
    for file in files {
        let mut options = Options::new(&file);
        options.test = true;
        options.config_id = Some("node-a".into());
        options.random_seed = Some(1);
        let got = shown(&load(&options, &World));
        let expected_file = file.with_extension("diag");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&expected_file, &got).unwrap();
        } else if fs::read_to_string(&expected_file).unwrap_or_default() != got {
            wrong.push(format!("{}:\n{got}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "UPDATE_EXPECT=1 accepts:\n{}", wrong.join("\n"));
}
