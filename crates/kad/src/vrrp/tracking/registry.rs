//! Who follows which tracker with which weight, and what is known of each tracker. Feeds no machine.

use std::collections::{BTreeMap, BTreeSet};

use kaconf::model::{self, InterfaceName, SyncGroup, Tracked, TrackedInterface, Tracking};
use vrrp_fsm::{Influence, Priority, Status, Tally, Weight};

use super::super::instance::InstanceId;
use super::TrackerKey;

/// One source of truth.
#[derive(Debug, Default)]
struct Tracker {
    status: Status,
    /// It came with a reload: who runs already does not stop until it has said its first word.
    lenient: bool,
    followers: Vec<InstanceId>,
}

/// One line of a `track_*` list.
#[derive(Debug)]
struct Link {
    key: TrackerKey,
    weight: Weight,
    /// What it did when it was last looked at.
    faulty: bool,
}

/// All trackers and all who follow them.
#[derive(Debug, Default)]
pub(in super::super) struct Trackers {
    known: BTreeMap<TrackerKey, Tracker>,
    links: Vec<Vec<Link>>,
    /// What the configuration has, followed or not.
    declared: BTreeSet<TrackerKey>,
}

impl Trackers {
    /// What is declared stays known, also while nobody follows it.
    pub(in super::super) fn declare(&mut self, declared: BTreeSet<TrackerKey>) {
        self.declared = declared;
    }

    /// Follows the configuration: statuses of what is still tracked or declared stay known.
    ///
    /// `started` is whether the instances run already: what is new then is awaited by nobody.
    pub(in super::super) fn align<'a>(
        &mut self,
        instances: impl Iterator<Item = &'a model::Instance>,
        groups: impl Iterator<Item = &'a SyncGroup>,
        needed: impl Fn(&model::Instance) -> Vec<InterfaceName>,
        started: bool,
    ) {
        let mut of_group: BTreeMap<&str, &SyncGroup> = BTreeMap::new();
        for group in groups {
            of_group.extend(group.members.iter().map(|member| (&**member, group)));
        }
        self.detach();
        let before: BTreeSet<TrackerKey> = self.known.keys().filter(|_| started).cloned().collect();
        for (number, instance) in instances.enumerate() {
            let mut links = links_of(instance, of_group.get(&*instance.name).copied(), needed(instance));
            for link in &mut links {
                let fresh = || Tracker { lenient: started, ..Tracker::default() };
                let tracker = self.known.entry(link.key.clone()).or_insert_with(fresh);
                tracker.followers.push(InstanceId::new(number));
                // What was a fault before has been said before.
                link.faulty =
                    before.contains(&link.key) && link.weight.influence(tracker.status) == Influence::Fault;
            }
            self.links.push(links);
        }
        let declared = &self.declared;
        self.known.retain(|key, tracker| !tracker.followers.is_empty() || declared.contains(key));
    }

    /// Nobody follows anything until the next [`Self::align`]: the instances are about to be renumbered.
    pub(in super::super) fn detach(&mut self) {
        for tracker in self.known.values_mut() {
            tracker.followers.clear();
        }
        self.links.clear();
    }

    /// Notes what is now known; gives who has to be told, nobody if it was known.
    pub(in super::super) fn set(&mut self, key: &TrackerKey, status: Status) -> Vec<InstanceId> {
        let tracker = self.known.entry(key.clone()).or_default();
        if tracker.status == status {
            return Vec::new();
        }
        tracker.status = status;
        tracker.followers.clone()
    }

    /// What is known of a tracker; [`Status::Unknown`] if nobody ever said anything.
    pub(in super::super) fn status(&self, key: &TrackerKey) -> Status {
        self.known.get(key).map_or(Status::Unknown, |tracker| tracker.status)
    }

    /// Who follows a tracker, and with which weight.
    pub(in super::super) fn followers(&self, key: &TrackerKey) -> impl Iterator<Item = (InstanceId, Weight)> {
        let followers = self.known.get(key).map_or(&[][..], |tracker| &tracker.followers);
        followers.iter().filter_map(move |id| {
            let link = self.links.get(id.index())?.iter().find(|link| link.key == *key)?;
            Some((*id, link.weight))
        })
    }

    /// Whether any instance follows it.
    pub(in super::super) fn is_followed(&self, key: &TrackerKey) -> bool {
        self.known.get(key).is_some_and(|tracker| !tracker.followers.is_empty())
    }

    /// All interfaces that are followed as trackers.
    pub(in super::super) fn interfaces(&self) -> impl Iterator<Item = &TrackerKey> {
        self.known.keys().filter(|key| key.kind == super::TrackerKind::Interface)
    }

    /// What an instance of this configured priority comes to.
    pub(in super::super) fn tally(&self, id: InstanceId, configured: Priority) -> Tally {
        let links = self.links.get(id.index()).map_or(&[][..], Vec::as_slice);
        links.iter().fold(Tally::new(configured), |tally, link| tally.with(self.influence(link)))
    }

    /// How many trackers an instance waits for.
    pub(in super::super) fn awaited(&self, id: InstanceId) -> usize {
        let links = self.links.get(id.index()).map_or(&[][..], Vec::as_slice);
        links.iter().filter(|link| self.influence(link) == Influence::Awaited).count()
    }

    /// The trackers that keep an instance from serving since this was last asked, with their status, and those that
    /// do so no longer.
    pub(in super::super) fn turned(&mut self, id: InstanceId) -> Vec<(TrackerKey, Status, bool)> {
        let Some(mut links) = self.links.get_mut(id.index()).map(std::mem::take) else { return Vec::new() };
        let mut turned = Vec::new();
        for link in &mut links {
            let faulty = self.influence(link) == Influence::Fault;
            if faulty != std::mem::replace(&mut link.faulty, faulty) {
                turned.push((link.key.clone(), self.status(&link.key), faulty));
            }
        }
        self.links[id.index()] = links;
        turned
    }

    fn influence(&self, link: &Link) -> Influence {
        let Some(tracker) = self.known.get(&link.key) else { return Influence::Shift(0) };
        match link.weight.influence(tracker.status) {
            Influence::Awaited if tracker.lenient => Influence::Shift(0),
            influence => influence,
        }
    }
}

/// What an instance tracks itself and what its group tracks for it. What both track counts once, with the weight of the
/// group unless the instance calls it indispensable.
fn links_of(instance: &model::Instance, group: Option<&SyncGroup>, needed: Vec<InterfaceName>) -> Vec<Link> {
    let mut links: Vec<Link> = all(&instance.tracking).collect();
    let own = instance.interface.as_ref().filter(|_| !instance.dont_track_primary);
    for link in group.into_iter().flat_map(|group| all(&group.tracking)) {
        if own.is_some_and(|own| link.key == TrackerKey::interface(own.as_str())) {
            continue;
        }
        match links.iter_mut().find(|known| known.key == link.key) {
            Some(known) if known.weight.value != 0 => known.weight = link.weight,
            Some(_) => {}
            None => links.push(link),
        }
    }
    // Not those that it follows anyway; what it tracks by itself has the weight that was typed.
    for name in needed {
        let key = TrackerKey::interface(name.as_str());
        if own != Some(&name) && links.iter().all(|known| known.key != key) {
            links.push(link(key, model::Weight::default()));
        }
    }
    links
}

/// All but the sessions of BFD: as long as nobody runs those, who followed one would wait for its first word for ever.
fn all(tracking: &Tracking) -> impl Iterator<Item = Link> {
    let interface =
        |line: &TrackedInterface| link(TrackerKey::interface(line.interface.as_str()), line.weight);
    let named = |key: fn(&str) -> TrackerKey| move |line: &Tracked| link(key(&line.name), line.weight);
    let interfaces = tracking.interfaces.iter().map(interface);
    interfaces
        .chain(tracking.scripts.iter().map(named(TrackerKey::script)))
        .chain(tracking.files.iter().map(named(TrackerKey::file)))
        .chain(tracking.processes.iter().map(named(TrackerKey::process)))
}

fn link(key: TrackerKey, weight: model::Weight) -> Link {
    Link { key, weight: Weight { value: weight.value, reverse: weight.reverse }, faulty: false }
}
