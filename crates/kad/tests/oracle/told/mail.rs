//! Mail, as a real SMTP server gets it from both.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use netlab::Proc;

use super::instance;
use crate::stage::{SOON, Stage, Who, both};
use crate::story::Play;
use crate::wire::difference;

const GLOBAL: &str = "global_defs {
    router_id r1
    notification_email {
        ops@a.example
        night@b.example
        plain
    }
    notification_email_from kad.alpha@a.example
    smtp_server 10.77.0.2 25
    smtp_helo_name alpha.a.example
    smtp_connect_timeout 5
    smtp_alert
    no_email_faults
}
";

/// An SMTP server on eve that keeps what it gets.
struct Server {
    mail: PathBuf,
    _server: Proc,
}

impl Server {
    fn start(stage: &Stage) -> Self {
        let mail = stage.eve.scratch("mail").unwrap().join("box");
        let mut command = Command::new("aiosmtpd");
        command.args(["-n", "-l", "10.77.0.2:25", "-c", "aiosmtpd.handlers.Mailbox"]).arg(&mail);
        let server = stage.eve.spawn("smtp", &command).unwrap();
        // It listens when somebody gets through to it.
        let greeted =
            || stage.eve.run("bash", &["-c", "exec 3<>/dev/tcp/10.77.0.2/25 && read -t 5 <&3"]).is_ok();
        assert!(netlab::poll_until(SOON, greeted), "the SMTP server does not answer");
        Self { mail, _server: server }
    }

    /// Its mail, each as text: the envelope first, without what is the time or the port.
    fn mail(&self) -> Vec<String> {
        let files = fs::read_dir(self.mail.join("new")).into_iter().flatten().flatten();
        let texts = files.map(|file| fs::read_to_string(file.path()).unwrap());
        let mut mail: Vec<String> = texts.map(|text| comparable(&text)).collect();
        mail.sort();
        mail
    }

    fn wait_for(&self, subject: &str, count: usize) {
        let found = || self.mail().iter().filter(|mail| mail.contains(subject)).count() >= count;
        assert!(netlab::poll_until(SOON, found), "no {count} mails {subject:?}: {:#?}", self.mail());
    }
}

fn comparable(text: &str) -> String {
    let varies = |line: &&str| line.starts_with("X-Peer:");
    let lines = text.lines().filter(|line| !varies(line)).map(|line| match line.split_once(": ") {
        // "Mon, 01 Mar 2021 09:44:08 +0000"
        Some(("Date", date)) => {
            assert!(date.len() == 31 && date.as_bytes()[3] == b',', "{date}");
            "Date: now".to_owned()
        }
        _ => line.to_owned(),
    });
    // 2.2.7 writes all recipients into one line, 2.4.3 and kad fold it.
    lines.collect::<Vec<_>>().join("\n").replace("\n ", " ")
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn mail_of_instances() {
    let (one, two) = (instance("V1", 51, ""), instance("V2", 52, "smtp_alert off"));
    // Nobody else is told.
    let conf: Vec<_> = [GLOBAL, &one, &two].iter().flat_map(|text| text.lines()).collect();
    let conf: String =
        conf.into_iter().filter(|line| !line.contains("@/")).map(|line| format!("{line}\n")).collect();
    let (c, mut k) = both(|stage| {
        let server = Server::start(stage);
        let mut play = Play::begin(stage, &conf);
        server.wait_for("V1 - Entering MASTER", 1);
        play.stage.alpha.link_down().unwrap();
        play.line("Entering FAULT STATE");
        play.stage.alpha.link_up().unwrap();
        server.wait_for("V1 - Entering MASTER", 2);
        let _story = play.end();
        if stage.who == Who::Kad {
            server.wait_for("V1 - Stopping", 1);
        }
        server.mail()
    });
    // keepalived hands this one to an event loop that ends.
    let last = k.iter().position(|mail| mail.contains("V1 - Stopping")).map(|place| k.remove(place)).unwrap();
    assert!(last.ends_with("\n\n=> VRRP Instance stopping <=\n"), "{last}");
    assert!(c == k, "mail\n{}", difference(&c, &k));
    // BACKUP and MASTER at start and after the fault, of which no mail tells.
    assert_eq!(k.len(), 4, "{k:#?}");
}
