//! Dump files on a signal: keepalived.data, keepalived.stats and keepalived.json, in the layouts that
//! exporters parse.
//!
//! The text is made here and now, so that it is consistent; a thread of its own writes it, so that a slow disk
//! delays no advert.

mod data;
mod json;
mod stats;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use tracing::{info, warn};

use super::driver::Driver;

/// Dumps that may wait for the disk.
const WAITING: usize = 16;

/// Lines of a dump that go to the log at a time.
const LINES: usize = 64;
/// How long the log may take for them.
const PATIENCE: Duration = Duration::from_secs(1);

/// Writes dumps one after the other, in the order they were asked for.
#[derive(Debug, Default)]
pub(super) struct Clerk(Option<SyncSender<Work>>);

/// A dump, and where it goes.
#[derive(Debug)]
enum Work {
    File(PathBuf, String),
    Log(String),
}

/// keepalived.data
pub(super) fn data(driver: &mut Driver) {
    info!("Printing VRRP data for process({}) on signal", std::process::id());
    let configured = driver.global.state_dump_file.as_deref();
    let place = path(driver, configured, "data");
    let text = data::render(driver);
    driver.clerk.write(place, text);
}

/// keepalived.stats; the counters begin anew afterwards if asked to.
pub(super) fn stats(driver: &mut Driver, clear: bool) {
    info!("Printing VRRP stats for process({}) on signal", std::process::id());
    let text = stats::render(&driver.instances);
    let place = path(driver, driver.global.stats_dump_file.as_deref(), "stats");
    driver.clerk.write(place, text);
    if clear {
        for instance in &mut driver.instances {
            instance.stats = super::stats::Stats::default();
        }
    }
}

/// keepalived.json
pub(super) fn json(driver: &mut Driver) {
    info!("Printing VRRP as json for process({}) on signal", std::process::id());
    let text = json::render(driver);
    let place = path(driver, driver.global.json_dump_file.as_deref(), "json");
    driver.clerk.write(place, text);
}

/// `-d`: the same as the data dump, in the log.
pub(super) fn log(driver: &mut Driver) {
    let text = data::render(driver);
    driver.clerk.take(Work::Log(text));
}

/// `config_save_dir`: how things stood before and after a reload (`pre`, `post`).
pub(super) fn keep(driver: &mut Driver, reload: u32, when: &str) {
    let Some(directory) = driver.global.reload.save_directory.clone() else { return };
    let name = format!("keepalived_vrrp.{}.{reload}.{when}", std::process::id());
    let text = data::render(driver);
    driver.clerk.write(directory.join(name), text);
}

fn path(driver: &Driver, configured: Option<&Path>, extension: &str) -> PathBuf {
    let global = &driver.global;
    let named = match global.data_use_instance {
        true => (driver.options.namespace_or(global.net_namespace.as_deref()), global.instance.as_deref()),
        false => (None, None),
    };
    crate::dump::path(configured, "", named, extension)
}

impl Clerk {
    fn write(&mut self, path: PathBuf, text: String) {
        self.take(Work::File(path, text));
    }

    fn take(&mut self, work: Work) {
        let desk = match self.0.take() {
            Some(desk) => desk,
            None => match hire() {
                Ok(desk) => desk,
                Err(error) => return warn!("cannot write a dump: {error}"),
            },
        };
        if desk.try_send(work).is_err() {
            warn!("cannot write a dump: those before it are not written yet");
        }
        self.0 = Some(desk);
    }
}

/// Starts the thread that writes; it ends with the process.
fn hire() -> std::io::Result<SyncSender<Work>> {
    let (desk, waiting) = sync_channel(WAITING);
    let clerk = move || waiting.into_iter().for_each(file_away);
    std::thread::Builder::new().name("dump".into()).spawn(clerk)?;
    Ok(desk)
}

fn file_away(work: Work) {
    match work {
        Work::File(path, text) => {
            if let Err(error) = crate::dump::replace(&path, |out| out.write_all(text.as_bytes())) {
                warn!("cannot write {}: {error}", path.display());
            }
        }
        // The log's queue is shorter than a dump may be.
        Work::Log(text) => text.lines().enumerate().for_each(|(number, line)| {
            info!("{line}");
            if number % LINES == LINES - 1 {
                crate::log::flush(PATIENCE);
            }
        }),
    }
}
