//! Dump files on a signal: keepalived.data, keepalived.stats and keepalived.json, in the layouts that
//! exporters parse.
//!
//! The text is made here and now, so that it is consistent; a thread of its own writes it, so that a slow disk
//! delays no advert.

mod data;
mod json;
mod stats;

use std::path::{Path, PathBuf};

use tracing::{info, warn};

use super::driver::Driver;

/// keepalived.data
pub(super) fn data(driver: &Driver) {
    info!("Printing VRRP data for process({}) on signal", std::process::id());
    let configured = driver.global.state_dump_file.as_deref();
    write(path(driver, configured, "keepalived", "data"), data::render(driver));
}

/// keepalived.stats; the counters begin anew afterwards if asked to.
pub(super) fn stats(driver: &mut Driver, clear: bool) {
    info!("Printing VRRP stats for process({}) on signal", std::process::id());
    let text = stats::render(&driver.instances);
    write(path(driver, None, "keepalived", "stats"), text);
    if clear {
        for instance in &mut driver.instances {
            instance.stats = super::stats::Stats::default();
        }
    }
}

/// keepalived.json
pub(super) fn json(driver: &Driver) {
    info!("Printing VRRP as json for process({}) on signal", std::process::id());
    let text = json::render(driver);
    write(path(driver, None, "keepalived", "json"), text);
}

fn path(driver: &Driver, configured: Option<&Path>, base: &str, extension: &str) -> PathBuf {
    let global = &driver.global;
    let named = match global.data_use_instance {
        true => (
            driver.options.namespace.as_deref().or(global.net_namespace.as_deref()),
            global.instance.as_deref(),
        ),
        false => (None, None),
    };
    crate::dump::path(configured, base, named, extension)
}

fn write(path: PathBuf, text: String) {
    let shown = path.display().to_string();
    let writer = move || {
        if let Err(error) = crate::dump::replace(&path, |out| out.write_all(text.as_bytes())) {
            warn!("cannot write {}: {error}", path.display());
        }
    };
    if let Err(error) = std::thread::Builder::new().name("dump".into()).spawn(writer) {
        warn!("cannot write {shown}: {error}");
    }
}
