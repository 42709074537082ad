//! Talking to the SMTP server. Everything here may wait.

use std::sync::Arc;

use jiff::Zoned;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::SmtpConnection;
use lettre::transport::smtp::commands::Data;
use lettre::transport::smtp::extension::ClientId;
use tracing::{debug, info, warn};
use vrrp_linux::{canonical_name, user_name};

use super::message::{envelope, octets};
use super::{Mail, Settings};

/// RFC 5322 section 3.3.
const DATE: &str = "%a, %d %b %Y %H:%M:%S %z";

/// A server that is being talked to.
struct Line {
    settings: Arc<Settings>,
    connection: SmtpConnection,
    /// Whether it has taken a mail.
    proven: bool,
}

/// Delivers mail, as many as wait over one connection.
#[derive(Default)]
pub(super) struct Post {
    line: Option<Line>,
}

/// What could not be done, in keepalived's words.
#[derive(Debug, thiserror::Error)]
enum Undelivered {
    #[error("Timeout opening connection to remote SMTP server [{0}]:{1}.")]
    ConnectTimeout(Box<str>, u16),
    #[error("SMTP connection ERROR to [{0}]:{1}: {2}")]
    Connect(Box<str>, u16, Error),
    #[error("Timeout reading data to remote SMTP server [{0}]:{1}.")]
    Timeout(Box<str>, u16),
    #[error("Error processing {0} cmd on SMTP server [{1}]:{2}: {3}")]
    Refused(&'static str, Box<str>, u16, Error),
}

impl Undelivered {
    /// Whether the next mail would fare no better.
    fn is_of_the_server(&self) -> bool {
        !matches!(self, Self::Refused(..))
    }
}

impl Post {
    /// Sends a mail; false if its server is not there for it, nor for others.
    pub(super) fn deliver(&mut self, mail: &Mail) -> bool {
        // A connection that was used may have been closed by a server that takes one mail at a time.
        let retry = self.line.as_ref().is_some_and(|line| line.proven);
        let outcome = match self.attempt(mail) {
            Err(_) if retry => self.attempt(mail),
            outcome => outcome,
        };
        match outcome {
            Ok(()) => {
                debug!("SMTP alert successfully sent.");
                true
            }
            Err(error) => {
                warn!("{error}");
                !error.is_of_the_server()
            }
        }
    }

    fn attempt(&mut self, mail: &Mail) -> Result<(), Undelivered> {
        let settings = &mail.settings;
        let (host, port) = settings.server.clone();
        if self.line.as_ref().is_some_and(|line| !Arc::ptr_eq(&line.settings, settings)) {
            self.hang_up();
        }
        let name = canonical_name();
        let mut line = match self.line.take() {
            Some(line) => line,
            None => connect(settings, name.as_deref())?,
        };
        match talk(&mut line.connection, mail, name.as_deref()) {
            Ok(()) => {
                line.proven = true;
                self.line = Some(line);
                Ok(())
            }
            Err((command, error)) => {
                line.connection.abort();
                Err(if error.is_timeout() {
                    Undelivered::Timeout(host, port)
                } else {
                    Undelivered::Refused(command, host, port, error)
                })
            }
        }
    }

    /// Says good-bye to the server.
    pub(super) fn hang_up(&mut self) {
        if let Some(mut line) = self.line.take() {
            // It has all that there was.
            let _answer = line.connection.quit();
        }
    }
}

fn connect(settings: &Arc<Settings>, name: Option<&str>) -> Result<Line, Undelivered> {
    let (host, port) = settings.server.clone();
    let hello = settings.helo.as_deref().or(name).unwrap_or("localhost");
    let hello = ClientId::Domain(hello.to_owned());
    let timeout = Some(settings.timeout);
    match SmtpConnection::connect((&*host, port), timeout, &hello, None, None) {
        Ok(connection) => {
            info!("Remote SMTP server [{host}]:{port} connected.");
            Ok(Line { settings: Arc::clone(settings), connection, proven: false })
        }
        Err(error) if error.is_timeout() => Err(Undelivered::ConnectTimeout(host, port)),
        Err(error) => Err(Undelivered::Connect(host, port, error)),
    }
}

/// Hands one mail over.
fn talk(to: &mut SmtpConnection, mail: &Mail, name: Option<&str>) -> Result<(), (&'static str, Error)> {
    let settings = &mail.settings;
    let from = match &settings.from {
        Some(from) => from.to_string(),
        None => sender(name),
    };
    to.command(format!("MAIL FROM:{}\r\n", envelope(&from))).map_err(|error| ("MAIL", error))?;
    for recipient in &settings.to {
        to.command(format!("RCPT TO:{}\r\n", envelope(recipient))).map_err(|error| ("RCPT", error))?;
    }
    to.command(Data).map_err(|error| ("DATA", error))?;
    let date = Zoned::now().strftime(DATE).to_string();
    let text = octets(settings, &from, name, &date, &mail.subject, mail.body);
    to.message(text.as_bytes()).map_err(|error| ("BODY", error))?;
    Ok(())
}

/// The user of the process at its host.
fn sender(name: Option<&str>) -> String {
    let user = user_name(rustix::process::getuid().as_raw()).unwrap_or_else(|| "root".to_owned());
    format!("{user}@{}", name.unwrap_or("localhost"))
}
