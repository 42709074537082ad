//! What routes, rules and static addresses take from the host: interfaces, VRFs, names of tables.

use std::cell::RefCell;
use std::path::Path;

use kaconf::model::RouteTable;
use kaconf::{
    Code, ExitClass, Fatal, InterfaceFacts, Loaded, Matches, Options, ReadError, RoutingDirs, RoutingNames,
    Source, load,
};

/// A host with one interface, one VRF and one table that has a name.
struct Host<'a> {
    text: &'a str,
    /// Which lists were asked for.
    asked: RefCell<Vec<RoutingNames>>,
}

impl<'a> Host<'a> {
    const fn new(text: &'a str) -> Self {
        Self { text, asked: RefCell::new(Vec::new()) }
    }
}

impl Source for Host<'_> {
    fn matches(&self, _: &Path, pattern: &str) -> Result<Matches, ReadError> {
        Ok(Matches { paths: vec![pattern.into()], missing: false, wildcard: false })
    }

    fn read(&self, _: &Path, _: usize) -> Result<Vec<u8>, ReadError> {
        Ok(self.text.into())
    }

    fn interface(&self, name: &str) -> InterfaceFacts {
        match name {
            "eth0" | "red" => InterfaceFacts::Present { mtu: 1500, multicast: true, loopback: false },
            _ => InterfaceFacts::Missing,
        }
    }

    fn interface_kind(&self, name: &str) -> Option<String> {
        Some(if name == "red" { "vrf" } else { "" }.to_owned())
    }

    fn routing_names(&self, list: RoutingNames, dirs: &RoutingDirs) -> Vec<(String, u32)> {
        assert_eq!(*dirs, RoutingDirs::default());
        self.asked.borrow_mut().push(list);
        match list {
            RoutingNames::Tables => vec![("uplink".to_owned(), 77)],
            RoutingNames::IpProtocols => vec![("sctp".to_owned(), 132)],
            RoutingNames::Groups => vec![("lan".to_owned(), 7)],
            _ => Vec::new(),
        }
    }
}

fn read(text: &str) -> Loaded {
    load(&Options::new("main.conf"), &Host::new(text))
}

fn codes(loaded: &Loaded) -> Vec<Code> {
    loaded.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn interfaces_must_exist_unless_they_may_come_later() {
    let instance =
        "vrrp_instance A {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n 10.0.0.1\n }\n";
    for block in [
        "static_ipaddress {\n 10.0.0.2/24 dev eth9\n}\n".to_owned(),
        "static_routes {\n 10.1.0.0/16 dev eth9\n}\n".to_owned(),
        "static_routes {\n 10.1.0.0/16 nexthop via 10.0.0.1 dev eth9\n}\n".to_owned(),
        "static_rules {\n iif eth9 table 100 preference 1\n}\n".to_owned(),
        format!("{instance} virtual_routes {{\n 10.1.0.0/16 oif eth9\n }}\n}}\n"),
        format!("{instance} virtual_rules {{\n oif eth9 table 100 preference 1\n }}\n}}\n"),
    ] {
        let loaded = read(&block);
        assert_eq!(codes(&loaded), [Code::InterfaceMissing], "{block}");
        assert_eq!(
            (loaded.fatal(), loaded.exit_class()),
            (Some(Fatal::Configuration), ExitClass::Complaints),
            "{block}"
        );
        // Wherever it stands.
        let dynamic = format!("{block}global_defs {{\n dynamic_interfaces\n}}\n");
        let loaded = read(&dynamic);
        assert_eq!((codes(&loaded), loaded.fatal()), (vec![], None), "{dynamic}");
    }
}

#[test]
fn a_name_that_no_interface_can_have_costs_the_line() {
    let block = "static_routes {\n 10.1.0.0/16 dev sixteen-octets-a\n 10.2.0.0/16 dev eth0\n}\n";
    let dynamic = format!("{block}global_defs {{\n dynamic_interfaces\n}}\n");
    for (text, code, fatal) in
        [(block, Code::InterfaceMissing, Some(Fatal::Configuration)), (&dynamic, Code::BadValue, None)]
    {
        let loaded = read(text);
        assert_eq!((codes(&loaded), loaded.fatal()), (vec![code], fatal), "{text}");
        assert_eq!(loaded.config.static_routes.len(), 1, "{text}");
    }
}

#[test]
fn a_static_address_goes_to_the_default_interface() {
    let block = "static_ipaddress {\n 10.0.0.2/24\n}\n";
    let loaded = read(block);
    let device = loaded.config.static_addresses[0].device.as_ref().map(ToString::to_string);
    assert_eq!((device.as_deref(), loaded.exit_class()), (Some("eth0"), ExitClass::Clean));
    let elsewhere = format!("{block}global_defs {{\n default_interface eth9\n}}\n");
    let loaded = read(&elsewhere);
    assert_eq!((codes(&loaded), loaded.exit_class()), (vec![Code::NoStaticInterface], ExitClass::Bad));
    assert_eq!(loaded.fatal(), Some(Fatal::Configuration));
}

#[test]
fn a_vrf_must_be_one() {
    let loaded =
        read("static_routes {\n 10.1.0.0/16 vrf red\n 10.1.0.0/16 vrf eth0\n 10.1.0.0/16 vrf eth9\n}\n");
    assert_eq!(codes(&loaded), [Code::RouteName; 2]);
    assert_eq!(loaded.fatal(), None);
    let tables: Vec<_> = loaded.config.static_routes.iter().map(|route| &route.table).collect();
    assert!(matches!(tables.as_slice(), [RouteTable::Vrf(name)] if name.as_str() == "red"), "{tables:?}");
}

#[test]
fn names_are_those_of_the_host() {
    let loaded = read(
        "static_routes {\n 10.1.0.0/16 table uplink\n 10.1.0.0/16 table downlink\n}\n\
         static_rules {\n ipproto sctp table uplink preference 1\n}\n",
    );
    assert_eq!(codes(&loaded), [Code::RouteName]);
    assert_eq!(loaded.config.static_routes[0].table, RouteTable::Id(77));
    assert_eq!(loaded.config.static_rules[0].ip_protocol, Some(132));
}

#[test]
fn a_line_that_ends_too_early_ends_the_reading() {
    for line in ["10.1.0.0/16 via", "10.1.0.0/16 via inet", "10.1.0.0/16 mtu lock", "to", "9"] {
        let loaded =
            read(&format!("static_routes {{\n {line}\n}}\nstatic_rules {{\n nop preference 1\n}}\n"));
        assert_eq!(codes(&loaded), [Code::MissingParameter], "{line}");
        assert_eq!(loaded.exit_class(), ExitClass::MissingParameter, "{line}");
        assert!(loaded.config.static_rules.is_empty(), "{line}");
    }
}

#[test]
fn a_list_of_names_is_asked_for_once() {
    let routes = " 10.1.0.0/16 dev eth0 table uplink scope link\n".repeat(1000);
    let text = format!("static_routes {{\n{routes}}}\n");
    let host = Host::new(&text);
    let loaded = load(&Options::new("main.conf"), &host);
    assert_eq!((codes(&loaded), loaded.config.static_routes.len()), (vec![], 1000));
    assert_eq!(*host.asked.borrow(), [RoutingNames::Tables, RoutingNames::Scopes]);
}

#[test]
fn the_group_of_a_vmac_is_a_number_or_a_name_of_the_host() {
    for (group, want) in
        [("lan", Some(7)), ("5", Some(5)), ("0x10", Some(16)), ("default", Some(0)), ("wan", None)]
    {
        let text = format!(
            "vrrp_instance A {{\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {{\n 10.0.0.1\n }}\n \
             use_vmac group {group}\n}}\n"
        );
        let loaded = read(&text);
        let vmac = loaded.config.instances[0].vmac.as_ref().expect("a VMAC");
        assert_eq!(vmac.group, want, "{group}");
    }
}
