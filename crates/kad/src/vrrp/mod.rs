//! The VRRP process: one thread that owns all instances and never waits for anything but the next event.
//!
//! The order of a turn is the design: first everything that was received, then what the kernel and the parent
//! have to say, then the timers. A process that was not scheduled for a while so hears the adverts that waited
//! in its sockets before it concludes from the clock that nobody sent any.

mod addresses;
mod advert;
mod announcer;
mod buffers;
mod clock;
mod debounce;
mod driver;
mod dump;
mod estate;
mod firewall;
mod gather;
mod groups;
mod hearing;
mod instance;
mod interfaces;
mod journal;
mod kernel;
mod links;
mod notify;
mod outbox;
mod owed;
mod poll;
mod programs;
mod promote;
mod proof;
mod receivers;
mod reception;
mod reload;
mod routing;
mod start;
mod stats;
mod tracking;
mod vmac;
mod wakeups;
mod watch;
mod world;

use std::process::ExitCode;
use std::time::Duration;

use tracing::{error, info, warn};
use vrrp_fsm::Input;
use vrrp_linux::RxBatch;

use crate::exec::Manners;
use crate::exit::Exit;
use crate::ipc::{ChildLink, FromChild, ToChild};
use crate::role::{self, Child, Turns};
use crate::signals::{Signal, Signals};

use driver::Driver;
use gather::Gather;
use poll::{Poll, Ready};
use start::StartError;

/// Packets taken in one system call.
const PACKETS: usize = 16;
/// An advert of 255 IPv6 addresses, and some: only a jumbo frame carries it, but then it must be heard.
const LONGEST: usize = 4_352;
/// How long the process wants to run at a time: an advert takes microseconds, but at its moment.
const SLICE: Duration = Duration::from_micros(100);
/// A sleep that ends so much late is worth a word: others may have taken over meanwhile.
const STALL: Duration = Duration::from_millis(500);

/// Runs until told to stop.
pub(crate) fn run(child: Child) -> ExitCode {
    let Child { options, mut link, mut signals } = child;
    let outcome = first_model(&mut link, &mut signals).and_then(|config| match config {
        None => Ok(()),
        Some(config) => {
            let manners = Manners::here();
            role::adopt(&options, &config.global);
            let mut turns = Turns::new(Some(SLICE));
            let mut driver = start::start(options, *config, manners)?;
            turns.adopt(&driver.global.vrrp.scheduling, driver.global.auto_priority);
            if driver.options.dump_conf {
                dump::log(&mut driver);
            }
            Process { driver, link, signals, turns, reloads: 0, stopping: false }.run()
        }
    });
    match outcome {
        Ok(()) => Exit::Ok.into(),
        Err(error) => start::refuse(&error).into(),
    }
}

/// Waits for the model; `None` if the end comes first.
fn first_model(
    link: &mut ChildLink,
    signals: &mut Signals,
) -> Result<Option<Box<kaconf::model::Config>>, StartError> {
    let mut poll = Poll::new()?;
    poll.add(Ready::Link, &*link)?;
    poll.add(Ready::Signals, &*signals)?;
    let mut ready = Vec::new();
    loop {
        poll.wait(None, &mut ready)?;
        if signals.pending().any(|signal| matches!(signal, Signal::Stop)) {
            return Ok(None);
        }
        match link.recv() {
            Ok(Some(ToChild::Load(config))) => return Ok(Some(config)),
            Ok(Some(ToChild::Stop)) | Err(_) => return Ok(None),
            Ok(Some(ToChild::Ping(number))) => drop(link.send(&FromChild::Pong(number))),
            Ok(_) => {}
        }
    }
}

/// The event loop and what wakes it.
#[derive(Debug)]
struct Process {
    driver: Driver,
    link: ChildLink,
    signals: Signals,
    turns: Turns,
    /// How many configurations it was offered since it runs.
    reloads: u32,
    stopping: bool,
}

impl Process {
    fn run(mut self) -> Result<(), StartError> {
        let (mut poll, mut others) = self.register()?;
        let mut gather = Gather::default();
        let (mut ready, mut batch) = (Vec::new(), RxBatch::new(PACKETS, LONGEST));
        let _ = self.link.send(&FromChild::Running);
        self.driver.settle(clock::now());
        let ended = self.turns(&mut poll, &mut others, &mut gather, &mut ready, &mut batch);
        // Whatever ended it: nobody must go on believing that this host holds the addresses.
        self.driver.stop(clock::now());
        self.driver.take_leave();
        info!("Stopped");
        ended
    }

    /// Turn after turn, until told to stop.
    fn turns(
        &mut self,
        poll: &mut Poll,
        others: &mut Poll,
        gather: &mut Gather,
        ready: &mut Vec<Ready>,
        batch: &mut RxBatch,
    ) -> Result<(), StartError> {
        while !self.stopping {
            let before = clock::now();
            let idle = self.driver.idle_for(before).map(poll::nap);
            poll.wait(idle, ready)?;
            // Taken before anything is read: a timer due by now is judged knowing all that came by now.
            let now = clock::now();
            self.mention_stall(idle, now.saturating_since(before));
            let adverts = self.turn(poll, ready, batch)?;
            self.driver.tick(now);
            self.driver.settle(now);
            self.driver.look_at_what_is_watched(now);
            if let Some(pause) = gather.after(now, adverts) {
                let idle = self.driver.idle_for(clock::now());
                others.wait(Some(idle.map_or(pause, |idle| idle.min(pause))), ready)?;
            }
        }
        Ok(())
    }

    /// What wakes the process, and the same without the sockets that adverts come from.
    fn register(&mut self) -> Result<(Poll, Poll), StartError> {
        let (mut poll, mut others) = (Poll::new()?, Poll::new()?);
        for poll in [&mut poll, &mut others] {
            poll.add(Ready::Link, &self.link)?;
            poll.add(Ready::Signals, &self.signals)?;
            poll.add(Ready::Monitor, &self.driver.monitor)?;
            poll.add(Ready::Programs, &self.driver.exec)?;
            poll.add(Ready::Watchers, &self.driver.watch)?;
            poll.add(Ready::Notices, &self.driver.notices)?;
        }
        let open = self.driver.receivers.open_numbers();
        self.watch(&mut poll, open)?;
        Ok((poll, others))
    }

    /// Listens to sockets that were opened. One that is closed leaves the queue by itself.
    fn watch(&self, poll: &mut Poll, numbers: Vec<usize>) -> Result<(), StartError> {
        for number in numbers {
            if let Some(fd) = self.driver.receivers.fd(number) {
                poll.add(Ready::Receiver(number), fd)?;
            }
        }
        Ok(())
    }

    /// Hears everybody who has something to say; gives how many adverts there were.
    fn turn(&mut self, poll: &mut Poll, ready: &[Ready], batch: &mut RxBatch) -> Result<usize, StartError> {
        let mut adverts = 0;
        for ready in ready {
            if let Ready::Receiver(number) = *ready {
                adverts += self.driver.receive(number, batch);
            }
        }
        for ready in ready {
            match ready {
                Ready::Receiver(_) => {}
                Ready::Monitor => self.driver.hear_kernel(clock::now()),
                Ready::Link => self.hear_parent(),
                Ready::Signals => self.hear_signals(),
                Ready::Programs => self.driver.hear_programs(clock::now()),
                Ready::Watchers => self.driver.hear_watchers(clock::now()),
                Ready::Notices => self.driver.notices.rung(&mut self.driver.exec),
            }
        }
        if self.driver.vmacs.stale {
            self.driver.follow_interfaces(clock::now());
        }
        if self.driver.sockets_stale {
            let aligned = self.driver.align_sockets();
            for failure in aligned.failures {
                warn!("adverts cannot be received: {failure}");
            }
            self.watch(poll, aligned.opened)?;
        }
        Ok(adverts)
    }

    fn hear_parent(&mut self) {
        loop {
            match self.link.recv() {
                Ok(None) => return,
                Ok(Some(ToChild::Ping(number))) => drop(self.link.send(&FromChild::Pong(number))),
                Ok(Some(ToChild::Load(config) | ToChild::Reload(config))) => self.reload(*config),
                Ok(Some(ToChild::DumpData)) => self.obey(Signal::DumpData),
                Ok(Some(ToChild::DumpStats)) => self.obey(Signal::DumpStats),
                Ok(Some(ToChild::ClearStats)) => self.obey(Signal::ClearStats),
                Ok(Some(ToChild::DumpJson)) => self.obey(Signal::DumpJson),
                Ok(Some(ToChild::Stop)) => self.obey(Signal::Stop),
                Err(error) => {
                    // The parent is gone, and nobody would restart or reload this process.
                    info!("the parent process is gone: {error}");
                    return self.obey(Signal::Stop);
                }
            }
        }
    }

    fn hear_signals(&mut self) {
        let pending: Vec<Signal> = self.signals.pending().collect();
        pending.into_iter().for_each(|signal| self.obey(signal));
    }

    fn obey(&mut self, signal: Signal) {
        match signal {
            Signal::Stop => self.stopping = true,
            Signal::Reload => {}
            Signal::DumpData => dump::data(&mut self.driver),
            Signal::DumpStats => dump::stats(&mut self.driver, false),
            Signal::ClearStats => dump::stats(&mut self.driver, true),
            Signal::Overtime => {
                info!("VRRP process has used too much CPU time, vrrp_rlimit_rttime may need to be increased");
            }
            Signal::DumpJson => dump::json(&mut self.driver),
        }
    }

    fn reload(&mut self, config: kaconf::model::Config) {
        let now = clock::now();
        for id in self.driver.ids() {
            self.driver.feed(id, now, Input::BeforeReload);
        }
        self.driver.settle(now);
        self.turns.unlimit();
        self.reloads += 1;
        dump::keep(&mut self.driver, self.reloads, "pre");
        let answer = match self.driver.reload(config) {
            Ok(reloaded) => {
                let global = &self.driver.global;
                role::adopt(&self.driver.options, global);
                self.turns.adopt(&global.vrrp.scheduling, global.auto_priority);
                dump::keep(&mut self.driver, self.reloads, "post");
                if self.driver.options.dump_conf {
                    dump::log(&mut self.driver);
                }
                reloaded
            }
            Err(error) => {
                error!("{error}");
                FromChild::Refused(error.to_string())
            }
        };
        self.turns.limit();
        let _ = self.link.send(&answer);
    }

    fn mention_stall(&mut self, planned: Option<Duration>, slept: Duration) {
        let late = slept.saturating_sub(planned.unwrap_or(slept));
        self.turns.late(late);
        if late > STALL {
            warn!(
                "the process was not scheduled for {:.3} s: others may have taken over",
                late.as_secs_f64()
            );
        }
    }
}
