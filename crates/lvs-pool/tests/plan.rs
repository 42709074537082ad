//! The laws of the way from one table to another.

use std::collections::BTreeMap;

use lvs_pool::{Change, Service, Table, plan};
use proptest::prelude::*;

type Small = Table<u8, u8, u8, u8>;

fn tables() -> impl Strategy<Value = Small> {
    let servers = prop::collection::btree_map(0..6_u8, 0..3_u8, 0..5);
    let service = (0..3_u8, servers).prop_map(|(settings, servers)| Service { settings, servers });
    prop::collection::btree_map(0..5_u8, service, 0..5)
}

/// Does one operation as the kernel would; an error if the kernel would refuse it.
fn apply(table: &mut Small, change: &Change<'_, u8, u8, u8, u8>) -> Result<(), String> {
    let refused = |why: &str| Err(format!("{change:?}: {why}"));
    let find = |table: &mut Small, id: &u8| table.remove(id);
    match change {
        Change::AddService(id, settings) => {
            let service = Service { settings: **settings, servers: BTreeMap::new() };
            if table.insert(**id, service).is_some() {
                return refused("there already");
            }
        }
        Change::SetService(id, settings) => match table.get_mut(id) {
            Some(service) => service.settings = **settings,
            None => return refused("not there"),
        },
        Change::RemoveService(id) => {
            if find(table, id).is_none() {
                return refused("not there");
            }
        }
        Change::AddServer(id, server, settings) => {
            let Some(service) = table.get_mut(id) else { return refused("no service") };
            if service.servers.insert(**server, **settings).is_some() {
                return refused("there already");
            }
        }
        Change::SetServer(id, server, settings) => {
            match table.get_mut(id).and_then(|service| service.servers.get_mut(server)) {
                Some(slot) => *slot = **settings,
                None => return refused("not there"),
            }
        }
        Change::RemoveServer(id, server) => {
            if table.get_mut(id).and_then(|service| service.servers.remove(server)).is_none() {
                return refused("not there");
            }
        }
    }
    Ok(())
}

/// How many operations no way can do without: one for each thing that differs, and none for the servers of a service
/// that goes.
fn least(now: &Small, wanted: &Small) -> usize {
    let gone = now.keys().filter(|id| !wanted.contains_key(id)).count();
    let rest: usize = wanted
        .iter()
        .map(|(id, service)| {
            let none = BTreeMap::new();
            let before = now.get(id);
            let had = before.map_or(&none, |before| &before.servers);
            let own = usize::from(before.is_none_or(|before| before.settings != service.settings));
            let differ =
                service.servers.iter().filter(|(server, settings)| had.get(server) != Some(settings));
            own + differ.count() + had.keys().filter(|server| !service.servers.contains_key(server)).count()
        })
        .sum();
    gone + rest
}

proptest! {
    #[test]
    fn it_leads_there_in_the_fewest_steps_and_no_service_is_empty_on_the_way(now in tables(), wanted in tables()) {
        let changes = plan(&now, &wanted);
        prop_assert_eq!(changes.len(), least(&now, &wanted));
        let mut table = now.clone();
        for change in &changes {
            apply(&mut table, change).map_err(TestCaseError::fail)?;
            for (id, service) in &table {
                let had = now.get(id).is_some_and(|before| !before.servers.is_empty());
                let will_have = wanted.get(id).is_some_and(|after| !after.servers.is_empty());
                prop_assert!(!(had && will_have && service.servers.is_empty()), "{} is empty after {:?}", id, change);
            }
        }
        prop_assert_eq!(table, wanted);
    }

    #[test]
    fn what_is_right_is_not_touched(table in tables()) {
        prop_assert_eq!(plan(&table, &table), []);
    }
}

#[test]
fn a_changed_weight_is_one_operation() {
    let service = |weight| Service { settings: "wrr", servers: BTreeMap::from([("a", 1), ("b", weight)]) };
    let now = Table::from([("web", service(1)), ("mail", service(1))]);
    let wanted = Table::from([("web", service(5)), ("mail", service(1))]);
    assert_eq!(plan(&now, &wanted), [Change::SetServer(&"web", &"b", &5)]);
}

#[test]
fn a_service_that_goes_takes_its_servers_along() {
    let now = Table::from([(7, Service { settings: (), servers: BTreeMap::from([(1, ()), (2, ())]) })]);
    assert_eq!(plan(&now, &Table::new()), [Change::RemoveService(&7)]);
}
