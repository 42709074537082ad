//! keepalived.data: what the process knows, as lines of `key = value` for people and their scripts, in the sections
//! and the order of keepalived 2.4.3.

mod addresses;
mod announcing;
mod groups;
mod instance;
mod interfaces;
mod notify;
mod sockets;
mod vmac;
mod watched;
mod when;

use std::fmt::{Result, Write};

use crate::dump::{Whose, global};
use crate::vrrp::driver::Driver;

pub(super) use addresses::address_lines;
use notify::Accounts;
use when::Clocks;

pub(super) fn render(driver: &Driver) -> String {
    let mut out = String::new();
    global(&mut out, &driver.global, Whose::Vrrp);
    let mut accounts = Accounts::default();
    // Writing to a string does not fail.
    let _infallible = announcing::delays(&mut out, driver)
        .and_then(|()| addresses::statics(&mut out, driver))
        .and_then(|()| topology(&mut out, driver, &mut accounts))
        .and_then(|()| sockets::section(&mut out, driver))
        .and_then(|()| groups::section(&mut out, driver, &mut accounts))
        .and_then(|()| watched::sections(&mut out, driver, &mut accounts))
        .and_then(|()| interfaces::section(&mut out, driver));
    out
}

fn topology(out: &mut String, driver: &Driver, accounts: &mut Accounts) -> Result {
    if driver.instances.is_empty() {
        return Ok(());
    }
    let clocks = Clocks::read();
    writeln!(out, "------< VRRP Topology >------")?;
    driver.ids().try_for_each(|id| instance::write(out, driver, id, &clocks, accounts))
}
