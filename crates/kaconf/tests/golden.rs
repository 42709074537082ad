//! Each `tests/conf/*.conf` gives the diagnostics and the model of the `.diag` file beside it.
//!
//! `UPDATE_EXPECT=1 cargo test -p kaconf --test golden` accepts what is given now.

use std::fmt::{Debug, Write as _};
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use kaconf::model::{Config, Global, Instance, NextHop, Route, RouteMetrics, Rule, VirtualAddress};
use kaconf::{FileSource, Loaded, Options, load, render};

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
    let global = changed(&loaded.config.global, &Global::default());
    if !global.is_empty() {
        let _ = writeln!(out, "global\n    {}", global.join("\n    "));
    }
    for line in static_shown(&loaded.config) {
        let _ = writeln!(out, "{line}");
    }
    for instance in &loaded.config.instances {
        let _ = writeln!(out, "{}", instance_shown(instance));
    }
    if loaded.config.has_virtual_servers {
        out.push_str("has virtual servers\n");
    }
    out
}

/// Only what differs from the defaults is worth reading; addresses read best as they are typed.
fn instance_shown(instance: &Instance) -> String {
    let template =
        Instance::new(&instance.name, instance.vrid, instance.family, Ipv4Addr::UNSPECIFIED.into());
    let mut bare = instance.clone();
    let addresses = std::mem::take(&mut bare.addresses);
    let excluded = std::mem::take(&mut bare.excluded);
    let routes = std::mem::take(&mut bare.routes);
    let rules = std::mem::take(&mut bare.rules);
    let mut lines = changed(&bare, &template);
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

fn address_shown(address: &VirtualAddress) -> String {
    let options = changed(address, &VirtualAddress::new(address.address));
    format!("{} {}", address.address, options.join(" ")).trim_end().to_owned()
}

fn static_shown(config: &Config) -> Vec<String> {
    let groups = config.track_groups.iter();
    let mut lines: Vec<_> =
        groups.map(|group| format!("track group {}: {}", group.name, group.instances.join(" "))).collect();
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
        let got = shown(&load(&options, &FileSource));
        let expected_file = file.with_extension("diag");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&expected_file, &got).unwrap();
        } else if fs::read_to_string(&expected_file).unwrap_or_default() != got {
            wrong.push(format!("{}:\n{got}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "UPDATE_EXPECT=1 accepts:\n{}", wrong.join("\n"));
}
