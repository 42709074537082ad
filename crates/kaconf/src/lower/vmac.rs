//! `use_vmac`, `use_ipvlan` and what goes with them.

use ipnetwork::IpNetwork;
use vrrp_types::Family;

use super::context::Context;
use super::draft::Draft;
use super::reader::Reader;
use crate::code::Code;
use crate::expand::Statement;
use crate::files::Location;
use crate::model::{InterfaceName, IpvlanMode};
use crate::value;

/// The first octets of every virtual router's own address.
const VIRTUAL_ROUTER: [u8; 4] = [0x00, 0x00, 0x5e, 0x00];
/// A day.
const GARP_MAX: i64 = 86400;

/// The address of a VMAC as typed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mac {
    pub(super) octets: [u8; 6],
    /// The last octet was left out: it is the VRID.
    pub(super) ends_with_vrid: bool,
}

/// An interface of its own, as typed.
#[derive(Debug, Default)]
pub(super) struct VmacDraft {
    pub(super) macvlan: bool,
    pub(super) ipvlan: bool,
    /// Where the keyword that asked for it stands.
    pub(super) at: Option<Location>,
    pub(super) name: Option<InterfaceName>,
    pub(super) mac: Option<Mac>,
    pub(super) group: Option<u32>,
    pub(super) netlink_notify: bool,
    pub(super) xmit_base: bool,
    pub(super) address: Option<IpNetwork>,
    pub(super) mode: Option<IpvlanMode>,
    /// `use_vmac_addr`
    pub(super) addresses: bool,
    /// `garp_extra_if`, seconds.
    pub(super) garp_interval: Option<u32>,
    pub(super) garp_all: bool,
}

impl VmacDraft {
    /// Whether the instance gets an interface of its own.
    pub(super) const fn is_any(&self) -> bool {
        self.macvlan || self.ipvlan
    }

    /// The instance stays on its interface after all.
    pub(super) fn clear(&mut self) {
        (self.macvlan, self.ipvlan, self.name) = (false, false, None);
    }
}

impl Reader<'_> {
    /// `use_vmac [[name] NAME] [MAC] [netlink_notify_msg] [group N]`
    pub(super) fn use_vmac(&mut self, statement: &Statement, draft: &mut Draft) {
        draft.vmac.macvlan = true;
        draft.vmac.at = statement.at(0);
        let mut word = 1;
        while word < statement.len() && !self.context.stopped {
            match statement.word(word) {
                text if text.contains(&b':') => mac(&mut self.context, statement, word, draft),
                b"netlink_notify_msg" => draft.vmac.netlink_notify = true,
                b"group" => {
                    word += 1;
                    link_group(&mut self.context, statement, word, draft);
                }
                b"name" => {
                    word += 1;
                    self.vmac_name(statement, word, draft);
                }
                _ => self.vmac_name(statement, word, draft),
            }
            word += 1;
        }
    }

    /// `use_ipvlan [[name] NAME] [ADDRESS[/LEN]] [bridge|private|vepa] [group N]`
    pub(super) fn use_ipvlan(&mut self, statement: &Statement, draft: &mut Draft) {
        if draft.vmac.ipvlan {
            let message = format!("{}use_ipvlan already specified, ignoring this one", draft.owner());
            return self.context.report(statement, 0, Code::Repeated, message);
        }
        draft.vmac.ipvlan = true;
        draft.vmac.at = statement.at(0);
        let mut word = 1;
        while word < statement.len() && !self.context.stopped {
            match statement.word(word) {
                b"bridge" => ipvlan_mode(&mut self.context, statement, word, draft, IpvlanMode::Bridge),
                b"private" => ipvlan_mode(&mut self.context, statement, word, draft, IpvlanMode::Private),
                b"vepa" => ipvlan_mode(&mut self.context, statement, word, draft, IpvlanMode::Vepa),
                b"group" => {
                    word += 1;
                    link_group(&mut self.context, statement, word, draft);
                }
                b"name" => {
                    word += 1;
                    self.vmac_name(statement, word, draft);
                }
                text => match network(text) {
                    Some(address) => ipvlan_address(&mut self.context, statement, word, draft, address),
                    None => self.vmac_name(statement, word, draft),
                },
            }
            word += 1;
        }
    }

    /// The name of the new interface: the first one counts, and no other instance has it.
    fn vmac_name(&mut self, statement: &Statement, word: usize, draft: &mut Draft) {
        if self.context.need(statement, word).is_none() {
            return;
        }
        let (owner, text) = (draft.owner(), statement.text(word));
        let message = if draft.vmac.name.is_some() {
            format!("{owner}name of the VMAC already specified, ignoring {text}")
        } else {
            let Some(name) = self.context.interface_name(owner, statement, word) else { return };
            let wanted = if statement.word(0) == b"use_vmac" { "macvlan" } else { "ipvlan" };
            if let Some(other) = self.blocks.vmac_names.get(&name) {
                format!("{owner}instance {other} is already using {text}, ignoring the name")
            } else if self.context.source.interface_kind(name.as_str()).is_some_and(|kind| kind != wanted) {
                format!("{owner}interface {text} exists and is no {wanted}, ignoring the name")
            } else {
                return draft.vmac.name = Some(name);
            }
        };
        self.context.report(statement, word, Code::VmacName, message);
    }

    /// At the end of an instance: unicast and VMAC.
    pub(super) fn vmac_finished(&mut self, draft: &mut Draft) {
        if draft.unicast.configured && draft.vmac.is_any() {
            let at = draft.vmac.at;
            if draft.interface.is_none() {
                let message = format!(
                    "{}VMAC cannot be used with unicast and no interface, ignoring use_vmac",
                    draft.owner()
                );
                self.context.report_at(at, Code::Vmac, message);
                draft.vmac.clear();
            } else if !draft.vmac.xmit_base {
                let message =
                    format!("{}unicast with use_vmac needs vmac_xmit_base, setting it", draft.owner());
                self.context.report_at(at, Code::Vmac, message);
                draft.vmac.xmit_base = true;
            }
        }
        if let Some(name) = &draft.vmac.name {
            self.blocks.vmac_names.insert(name.clone(), draft.name.clone());
        }
    }
}

fn mac(context: &mut Context<'_>, statement: &Statement, word: usize, draft: &mut Draft) {
    let (owner, text) = (draft.owner(), statement.text(word));
    let message = match read_mac(statement.word(word)) {
        _ if draft.vmac.mac.is_some() => {
            format!("{owner}address of the VMAC already specified, ignoring {text}")
        }
        None => format!("{owner}invalid MAC address {text}, ignoring it: it has five or six octets"),
        Some(mac) if mac.octets[0] & 1 == 1 => format!("{owner}MAC address {text} is multicast, ignoring it"),
        Some(mac) if mac.octets[..4] == VIRTUAL_ROUTER && matches!(mac.octets[4], 1 | 2) => {
            format!("{owner}MAC address {text} belongs to virtual routers without it, ignoring it")
        }
        Some(mac) => return draft.vmac.mac = Some(mac),
    };
    context.report(statement, word, Code::BadMac, message);
}

/// Five octets, the VRID being the sixth, or six; keepalived overlooks what follows a sixth colon.
fn read_mac(text: &[u8]) -> Option<Mac> {
    let mut octets = [0; 6];
    let mut parts = text.split(|&octet| octet == b':');
    for (index, octet) in octets.iter_mut().enumerate() {
        let part = parts.next().unwrap_or_default();
        if index == 5 && part.is_empty() {
            return Some(Mac { octets, ends_with_vrid: true });
        }
        let digits = std::str::from_utf8(part).ok().filter(|part| (1..=2).contains(&part.len()))?;
        *octet = u8::from_str_radix(digits, 16).ok()?;
    }
    let clean = text.iter().all(|&octet| octet == b':' || octet.is_ascii_hexdigit());
    clean.then_some(Mac { octets, ends_with_vrid: false })
}

/// `group N`: a number, or the one name that every host has.
fn link_group(context: &mut Context<'_>, statement: &Statement, word: usize, draft: &mut Draft) {
    let Some(text) = context.need(statement, word) else { return };
    match context.link_group(text) {
        Some(group) => draft.vmac.group = Some(group),
        None => {
            let message = format!("{}group {} not found, ignoring it", draft.owner(), statement.text(word));
            context.report(statement, word, Code::UnknownName, message);
        }
    }
}

fn specified_already(
    context: &mut Context<'_>,
    statement: &Statement,
    word: usize,
    draft: &Draft,
    what: &str,
) {
    let (owner, again) = (draft.owner(), statement.text(word));
    let message = format!("{owner}{what} of the ipvlan already specified, ignoring {again}");
    context.report(statement, word, Code::Repeated, message);
}

fn ipvlan_mode(
    context: &mut Context<'_>,
    statement: &Statement,
    word: usize,
    draft: &mut Draft,
    mode: IpvlanMode,
) {
    if draft.vmac.mode.is_some() {
        return specified_already(context, statement, word, draft, "type");
    }
    draft.vmac.mode = Some(mode);
}

fn network(text: &[u8]) -> Option<IpNetwork> {
    let slash = text.iter().position(|&octet| octet == b'/');
    let address = value::address(&text[..slash.unwrap_or(text.len())])?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let length = match slash {
        Some(slash) => value::number(&text[slash + 1..], 0, longest, false).value?,
        None => longest,
    };
    IpNetwork::new(address, length as u8).ok()
}

/// The address of an ipvlan: adverts are sent from it, unless another source was typed before.
fn ipvlan_address(
    context: &mut Context<'_>,
    statement: &Statement,
    word: usize,
    draft: &mut Draft,
    address: IpNetwork,
) {
    if draft.vmac.address.is_some() {
        return specified_already(context, statement, word, draft, "address");
    }
    let family = *draft.family.get_or_insert(Family::of(address.ip()));
    if family != Family::of(address.ip()) {
        let message = format!(
            "{}address {} of the ipvlan must be {family} as the instance is, ignoring it",
            draft.owner(),
            statement.text(word)
        );
        return context.report(statement, word, Code::FamilyMismatch, message);
    }
    draft.vmac.address = Some(address);
    draft.source.get_or_insert(address.ip());
}

/// `garp_extra_if [all] SECONDS`, and the name it had.
pub(super) fn garp_extra_if(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    if statement.word(0) == b"vmac_garp_intvl" {
        let message = format!("{}vmac_garp_intvl is deprecated: use garp_extra_if", draft.owner());
        context.report(statement, 0, Code::Deprecated, message);
    }
    let mut seconds = None;
    for word in 1..statement.len() {
        if statement.word(word) == b"all" {
            draft.vmac.garp_all = true;
            continue;
        }
        let what = format!("{}{}", draft.owner(), statement.text(0));
        seconds = context.lenient_at(&what, statement, word, 0, GARP_MAX, "ignoring it");
        if seconds.is_none() {
            return;
        }
    }
    let Some(seconds) = seconds else {
        let message = format!("{}{} without a time, ignoring it", draft.owner(), statement.text(0));
        return context.report(statement, 0, Code::BadValue, message);
    };
    draft.vmac.garp_interval = Some(seconds as u32);
}

/// `vrf NAME`: the first one counts, and none beside an interface.
pub(super) fn vrf(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    if context.need(statement, 1).is_none() {
        return;
    }
    let owner = draft.owner();
    let message = if let Some(interface) = &draft.interface {
        format!("{owner}vrf cannot be used beside interface {interface}, ignoring it")
    } else if let Some(vrf) = &draft.vrf {
        format!("{owner}vrf already specified as {vrf}, ignoring {}", statement.text(1))
    } else {
        draft.vrf = context.interface_needed(owner, statement, 1);
        return;
    };
    context.report(statement, 0, Code::Incompatible, message);
}
