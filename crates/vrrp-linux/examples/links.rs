//! Prints the links and addresses of this namespace, then each change until interrupted.

use std::io;

use rustix::event::{PollFd, PollFlags, poll};
use vrrp_linux::{Address, Event, Link, Monitor, Netlink};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut monitor = Monitor::open(None)?; // before the lists, so that no change falls between
    list()?;
    let mut events = Vec::new();
    loop {
        poll(&mut [PollFd::new(&monitor, PollFlags::IN)], None).map_err(io::Error::from)?;
        monitor.read(&mut events)?;
        for event in events.drain(..) {
            match event {
                Event::Link(link) => print_link("link", &link),
                Event::LinkGone { index, name } => println!("gone   {index} {name}"),
                Event::AddressAdded(address) => print_address("added", &address),
                Event::AddressRemoved(address) => print_address("removed", &address),
                Event::Overrun => list()?,
                // Nobody asked for them.
                Event::RouteAdded(_) | Event::RouteRemoved(_) | Event::RuleRemoved(_) => {}
            }
        }
    }
}

fn list() -> Result<(), Box<dyn std::error::Error>> {
    let mut netlink = Netlink::open()?;
    netlink.links()?.iter().for_each(|link| print_link("link", link));
    netlink.addresses()?.iter().for_each(|address| print_address("address", address));
    Ok(())
}

fn print_link(what: &str, link: &Link) {
    let state = if link.is_up() { "up" } else { "down" };
    let kind = link.kind.as_deref().unwrap_or("device");
    println!("{what:8} {} {} {kind} {state} mtu {} {:02x?}", link.index, link.name, link.mtu, link.mac);
}

fn print_address(what: &str, address: &Address) {
    println!("{what:8} {} on {} {:?}", address.network, address.interface, address.flags);
}
