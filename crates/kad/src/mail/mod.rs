//! Mail about what happened, sent by a thread of its own.
//!
//! Whoever has something to tell hands it over and goes on. The thread asks name servers, connects and talks SMTP, and
//! may wait for all of that; meanwhile mail queues up, and beyond the bound it is lost, counted and said. What mail is
//! about is not known here, nor when one is due.

mod message;
mod post;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;
use std::{io, thread};

use kaconf::model::Global;
use tracing::warn;

use post::Post;

/// Mail that waits for its turn.
const WAITING: usize = 1024;

/// Stack of the thread, octets. Names are looked up on it.
const STACK: usize = 512 * 1024;

/// Who gets mail, from whom, and by which server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Host and port.
    server: (Box<str>, u16),
    helo: Option<Box<str>>,
    from: Option<Box<str>>,
    /// Never empty.
    to: Vec<Box<str>>,
    timeout: Duration,
    /// What stands in front of every subject; `None` is the name of the host.
    router: Option<Box<str>>,
}

impl Settings {
    /// `None` where nobody gets mail.
    pub(crate) fn of(global: &Global) -> Option<Self> {
        let mail = &global.mail;
        if mail.to.is_empty() {
            return None;
        }
        Some(Self {
            server: mail.server.clone()?,
            helo: mail.helo.clone(),
            from: mail.from.clone(),
            to: mail.to.clone(),
            timeout: mail.connect_timeout,
            router: global.router_id.clone(),
        })
    }
}

/// One mail.
#[derive(Clone, Debug)]
struct Mail {
    settings: Arc<Settings>,
    /// The subject, without the router in front.
    subject: Box<str>,
    body: &'static str,
}

/// The way to the thread.
#[derive(Debug)]
pub(crate) struct Mailer {
    settings: Arc<Settings>,
    queue: Option<SyncSender<Mail>>,
    ended: Option<Receiver<()>>,
    lost: u64,
}

impl Mailer {
    /// One whose thread begins with the first mail.
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings: Arc::new(settings), queue: None, ended: None, lost: 0 }
    }

    /// Mail goes by other settings from now on; what waits goes by those it was handed over with.
    pub(crate) fn change(&mut self, settings: Settings) {
        if *self.settings != settings {
            self.settings = Arc::new(settings);
        }
    }

    /// Sends a mail, or loses it.
    pub(crate) fn send(&mut self, subject: String, body: &'static str) {
        let mail = Mail { settings: Arc::clone(&self.settings), subject: subject.into(), body };
        let queue = match &self.queue {
            Some(queue) => queue,
            None => match self.start() {
                Ok(queue) => queue,
                Err(error) => return warn!("no mail is sent: {error}"),
            },
        };
        match queue.try_send(mail) {
            Ok(()) => self.mention_lost(),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                if self.lost == 0 {
                    warn!("{WAITING} mails wait for SMTP server {}, others are lost", self.settings.server.0);
                }
                self.lost += 1;
            }
        }
    }

    fn start(&mut self) -> io::Result<&SyncSender<Mail>> {
        let (queue, mails) = sync_channel(WAITING);
        let (say_ended, ended) = sync_channel(1);
        thread::Builder::new().name("mail".into()).stack_size(STACK).spawn(move || {
            deliver_all(&mails);
            let _told = say_ended.send(());
        })?;
        self.ended = Some(ended);
        Ok(self.queue.insert(queue))
    }

    fn mention_lost(&mut self) {
        if self.lost > 0 {
            warn!("{} mails were lost", self.lost);
            self.lost = 0;
        }
    }

    /// Waits until all mail is sent, no longer than `limit`.
    pub(crate) fn close(mut self, limit: Duration) {
        self.mention_lost();
        self.queue = None;
        if let Some(ended) = &self.ended {
            let _ended = ended.recv_timeout(limit);
        }
    }
}

/// The thread. A name server, a server that answers late, a timeout: all are waited for here, by nobody else.
fn deliver_all(mails: &Receiver<Mail>) {
    let mut post = Post::default();
    // Taken out of the queue while those for a server that is not there were, and for another one.
    let mut waiting: VecDeque<Mail> = VecDeque::new();
    loop {
        let mail = match waiting.pop_front().or_else(|| mails.try_recv().ok()) {
            Some(mail) => mail,
            None => {
                // A server that nobody has mail for is not kept waiting.
                post.hang_up();
                let Ok(mail) = mails.recv() else { return };
                mail
            }
        };
        if post.deliver(&mail) {
            continue;
        }
        // Those that wait for the same server would have met the same silence at the same time.
        waiting.extend(mails.try_iter());
        let before = waiting.len();
        waiting.retain(|other| other.settings != mail.settings);
        let given_up = before - waiting.len();
        if given_up > 0 {
            warn!("{given_up} more mails waited for it and are given up");
        }
    }
}

#[cfg(test)]
mod tests;
