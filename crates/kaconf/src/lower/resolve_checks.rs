//! Once all is read: what keeps an instance from running, and what is odd about it.

use std::net::IpAddr;

use vrrp_types::{Family, Version};

use super::draft::{DeviceLine, Draft};
use super::reader::Reader;
use crate::code::Code;
use crate::diag::{Diagnostic, Severity};
use crate::model::{Authentication, DynamicInterfaces, HmacMode, Instance, InterfaceName, Mode};
use crate::source::InterfaceFacts;

/// MTU where nobody can say: Ethernet's.
const MTU_DEFAULT: u32 = 1500;
/// Octets of what `auth_hmac` adds to an advert.
const TRAILER: u32 = 28;
/// What an advert can count.
const ADDRESSES_MAX: u32 = 255;

impl Reader<'_> {
    /// Whether an instance names an interface that does not exist and cannot appear, be it on a line that is never
    /// used.
    pub(super) fn names_what_is_missing(&self, draft: &Draft) -> bool {
        let before = draft.interfaces_before.iter().map(|(name, _)| name);
        let tracked = draft.tracking.iter().flat_map(|tracking| &tracking.interfaces.list);
        let tracked = tracked.map(|tracked| &tracked.interface);
        let addresses = draft.addresses.carried.iter().chain(&draft.addresses.excluded);
        let devices = addresses.filter_map(|address| address.device.as_ref());
        let own = draft.interface.iter().chain(&draft.vrf);
        own.chain(before).chain(tracked).chain(devices).any(|name| !self.can_appear(name))
    }

    /// The least an instance needs: an identifier, and somewhere to send from.
    pub(super) fn can_run(&mut self, draft: &Draft) -> bool {
        let owner = draft.owner();
        if draft.vrid.is_none() {
            let message = format!("{owner}virtual_router_id is not set");
            self.context.report_at(draft.at("virtual_router_id"), Code::NoVrid, message);
            return false;
        }
        for (name, at) in &draft.interfaces_before {
            if !self.can_appear(name) {
                let message = format!("{owner}interface {name}, which is replaced by another, doesn't exist");
                self.context.report_at(*at, Code::TrackedMissing, message);
            }
        }
        match &draft.interface {
            Some(name) => self.interface_usable(draft, name, "interface"),
            None if !draft.unicast.configured => {
                let message =
                    format!("{owner}no interface: it must be set, except for unicast with unicast_src_ip");
                self.context.report_at(draft.at, Code::NoInterface, message);
                false
            }
            None if draft.vmac.macvlan => {
                let message = format!("{owner}cannot use a VMAC without an interface");
                self.context.report_at(draft.vmac.at, Code::NoInterface, message);
                false
            }
            None => self.source_usable(draft),
        }
    }

    /// Whether an interface exists, or may appear later.
    fn interface_usable(&mut self, draft: &Draft, name: &InterfaceName, keyword: &str) -> bool {
        let owner = draft.owner();
        match self.context.interface(name) {
            InterfaceFacts::Missing => {
                if self.config.global.dynamic_interfaces != DynamicInterfaces::Off {
                    return true;
                }
                let message = format!("{owner}interface {name} doesn't exist");
                self.context.report_at(draft.at(keyword), Code::InterfaceMissing, message);
                false
            }
            InterfaceFacts::Present { loopback: true, .. } => {
                let message = format!("{owner}cannot use a loopback interface ({name}) for vrrp");
                self.context.report_at(draft.at(keyword), Code::NoInterface, message);
                false
            }
            InterfaceFacts::Present { .. } | InterfaceFacts::Unknown => true,
        }
    }

    /// Without an interface, the source address must say it all.
    fn source_usable(&mut self, draft: &Draft) -> bool {
        let message = match draft.source {
            None => "unicast needs an interface or a unicast_src_ip",
            Some(IpAddr::V6(source)) if source.is_unicast_link_local() => {
                "without an interface a link-local address cannot be used"
            }
            Some(_) => return true,
        };
        self.context.report_at(draft.at, Code::NoSource, format!("{}{message}", draft.owner()));
        false
    }

    /// Whether the interface carries what the instance wants to send.
    pub(super) fn interface_fits(&mut self, draft: &Draft, new: &Instance) -> bool {
        let facts = new.interface.as_ref().map(|name| self.context.interface(name));
        let unicast = matches!(&new.mode, Mode::Unicast { peers, .. } if !peers.is_empty());
        let multicast = match facts {
            Some(InterfaceFacts::Present { multicast, .. }) => multicast,
            Some(InterfaceFacts::Unknown) => true,
            Some(InterfaceFacts::Missing) | None => false,
        };
        if new.strict && unicast && multicast {
            let message = format!("{}strict mode allows no unicast peers", draft.owner());
            self.context.report_at(draft.at, Code::StrictRefuses, message);
            return false;
        }
        if let (Some(name), Some(InterfaceFacts::Present { multicast: false, .. }), false) =
            (&new.interface, facts, unicast)
        {
            let message = format!("{}interface {name} has no multicast: use unicast_peer", draft.owner());
            self.context.report_at(draft.at("interface"), Code::Incompatible, message);
        }
        true
    }

    /// Moves the addresses over, as many of them to the advert as fit. False if there must be one and is none.
    pub(super) fn has_addresses(&mut self, draft: &mut Draft, new: &mut Instance) -> bool {
        let typed = std::mem::take(&mut draft.addresses);
        (new.addresses, new.excluded) = (typed.carried, typed.excluded);
        if !self.devices_exist(draft, new, &typed.with_device) {
            return false;
        }
        self.first_is_link_local(draft, new);
        self.excess_moves(draft, new);
        let mut none_meant = typed.none_meant;
        if none_meant && new.strict {
            let message = format!(
                "{}no_virtual_ipaddress and strict mode are incompatible, ignoring it",
                draft.owner()
            );
            self.context.report_at(draft.at("no_virtual_ipaddress"), Code::Strict, message);
            none_meant = false;
        }
        if none_meant || !new.addresses.is_empty() {
            return true;
        }
        let required = new.version == Version::V3 || new.strict;
        let must = if required { "required" } else { "sensible" };
        let message = format!("{}no VIP specified, at least one is {must}", draft.owner());
        let mut diagnostic = Diagnostic::new(Code::NoAddress, draft.at, message);
        if required {
            diagnostic.severity = Severity::Error;
        }
        self.context.sink.push(diagnostic);
        !required
    }

    /// Whether the devices named on address lines exist, or may appear later.
    fn devices_exist(&mut self, draft: &Draft, new: &Instance, lines: &[DeviceLine]) -> bool {
        if self.config.global.dynamic_interfaces != DynamicInterfaces::Off {
            return true;
        }
        let mut all = true;
        for line in lines {
            let list = if line.excluded { &new.excluded } else { &new.addresses };
            let Some(address) = list.get(line.index as usize) else { continue };
            let Some(name) = &address.device else { continue };
            if self.context.interface(name) == InterfaceFacts::Missing {
                let ip = address.address;
                let message = format!("{}interface {name} of address {ip} does not exist", draft.owner());
                self.context.report_at(line.at, Code::InterfaceMissing, message);
                all = false;
            }
        }
        all
    }

    fn first_is_link_local(&mut self, draft: &Draft, new: &Instance) {
        let Some(IpAddr::V6(first)) = new.addresses.first().map(|address| address.address.ip()) else {
            return;
        };
        if new.family != Family::V6
            || first.is_unicast_link_local()
            || matches!(new.mode, Mode::Unicast { .. })
        {
            return;
        }
        let (code, must) = if new.strict { (Code::Strict, "must") } else { (Code::Unusual, "should") };
        let message = format!("{}the first IPv6 VIP address {must} be link-local", draft.owner());
        self.context.report_at(draft.at, code, message);
    }

    /// What does not fit into an advert is held, but not carried.
    fn excess_moves(&mut self, draft: &Draft, new: &mut Instance) {
        let mtu = match new.interface.as_ref().map(|name| self.context.interface(name)) {
            Some(InterfaceFacts::Present { mtu, .. }) => mtu,
            _ => MTU_DEFAULT,
        };
        // Ethernet, IP and VRRP headers; version 2 over IPv4 carries 8 octets of authentication data, AH 24 more.
        let headers = match (new.family, new.version) {
            (Family::V6, _) => 14 + 40 + 8,
            (Family::V4, Version::V3) => 14 + 20 + 8,
            (Family::V4, Version::V2) if matches!(new.authentication, Authentication::Ah(_)) => {
                14 + 20 + 8 + 8 + 24
            }
            (Family::V4, Version::V2) => 14 + 20 + 8 + 8,
        };
        let trailer =
            new.auth_hmac.as_ref().filter(|hmac| hmac.mode != HmacMode::ReceiveOnly).map_or(0, |_| TRAILER);
        let room = mtu.saturating_sub(headers + trailer) / new.family.address_len() as u32;
        let most = room.min(ADDRESSES_MAX) as usize;
        if new.addresses.len() > most {
            let message = format!(
                "{}number of VIPs ({}) exceeds what an advert carries ({most}), excess moved to excluded VIPs",
                draft.owner(),
                new.addresses.len()
            );
            self.context.report_at(draft.at, Code::TooManyAddresses, message);
            new.excluded.extend(new.addresses.drain(most..));
        }
    }
}
