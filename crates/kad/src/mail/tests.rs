use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

use super::*;

const SOON: Duration = Duration::from_secs(10);

fn settings(port: u16) -> Settings {
    Settings {
        server: ("127.0.0.1".into(), port),
        helo: Some("alpha.example".into()),
        from: Some("kad.alpha <kad@alpha.example>".into()),
        to: vec!["ops@a.example".into(), "Night <night@a.example>".into()],
        timeout: SOON,
        router: Some("r1".into()),
    }
}

/// A server that says yes to all but what begins with `no`; what it hears, connection by connection.
fn server(no: &'static str) -> (u16, mpsc::Receiver<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (say, heard) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            if say.send(serve(stream.unwrap(), no)).is_err() {
                return;
            }
        }
    });
    (port, heard)
}

fn serve(mut stream: TcpStream, no: &str) -> Vec<String> {
    stream.write_all(b"220 test\r\n").unwrap();
    let mut heard = Vec::new();
    let mut in_message = false;
    for line in BufReader::new(stream.try_clone().unwrap()).lines() {
        let Ok(line) = line else { break };
        let answer = match &*line {
            "." => "250 taken",
            _ if in_message => "",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            line if line.starts_with(no) => "550 no",
            _ => "250 yes",
        };
        in_message = answer.starts_with("354") || in_message && line != ".";
        let over = line == "QUIT";
        heard.push(line);
        if !answer.is_empty() {
            stream.write_all(format!("{answer}\r\n").as_bytes()).unwrap();
        }
        if over {
            break;
        }
    }
    heard
}

/// Without the header whose value is the time.
fn timeless(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().filter(|line| !line.starts_with("Date: ")).collect()
}

#[test]
fn what_waits_leaves_over_one_connection() {
    let (port, heard) = server("never");
    let mut mailer = Mailer::new(settings(port));
    mailer.send("VRRP Instance V1 - Entering MASTER state".to_owned(), "=> first <=");
    mailer.send("VRRP Instance V1 - Stopping".to_owned(), "=> second <=");
    mailer.close(SOON);
    let talk = timeless(heard.recv_timeout(SOON).unwrap());
    let mail = |subject: &str, body: &str| {
        [
            "MAIL FROM:<kad@alpha.example>",
            "RCPT TO:<ops@a.example>",
            "RCPT TO:<night@a.example>",
            "DATA",
            "From: \"kad.alpha\" <kad@alpha.example>",
            &format!("Subject: [r1] VRRP Instance V1 - {subject}"),
            "X-Mailer: Keepalived",
            "To: ops@a.example,",
            " Night <night@a.example>",
            "",
            body,
            "",
            ".",
        ]
        .map(str::to_owned)
    };
    let mut want = vec!["EHLO alpha.example".to_owned()];
    want.extend(mail("Entering MASTER state", "=> first <="));
    // The second one may have found the connection closed after the first, if it was handed over late.
    let together = talk.len() > want.len() + 1;
    if together {
        want.extend(mail("Stopping", "=> second <="));
    }
    want.push("QUIT".to_owned());
    assert_eq!(talk, want);
    if !together {
        assert!(heard.recv_timeout(SOON).unwrap().contains(&"=> second <=".to_owned()));
    }
}

#[test]
fn a_recipient_that_is_refused_costs_that_mail_alone() {
    let (port, heard) = server("RCPT TO:<night");
    let mut mailer = Mailer::new(settings(port));
    mailer.send("one".to_owned(), "=> one <=");
    let talk = heard.recv_timeout(SOON).unwrap();
    assert_eq!(talk.last().map(String::as_str), Some("QUIT"));
    assert!(!talk.contains(&"DATA".to_owned()), "{talk:?}");
    let mut only = settings(port);
    only.to.pop();
    mailer.change(only);
    mailer.send("two".to_owned(), "=> two <=");
    assert!(heard.recv_timeout(SOON).unwrap().contains(&"=> two <=".to_owned()));
    mailer.close(SOON);
}

/// A server that accepts and says nothing: whoever has mail to send does not notice, and the end is bounded.
#[test]
fn a_silent_server_keeps_nobody_waiting() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut mailer = Mailer::new(settings(listener.local_addr().unwrap().port()));
    let start = crate::clock::now();
    for _ in 0..3 * WAITING {
        mailer.send("one".to_owned(), "=> one <=");
    }
    let lost = mailer.lost;
    mailer.close(Duration::from_millis(50));
    assert!(crate::clock::now() - start < SOON);
    // Those since the thread took one: before that it had said how many were lost.
    assert!((1..=2 * WAITING as u64).contains(&lost), "{lost}");
}

/// Where nobody listens, a mail is given up, and the next one is tried anew.
#[test]
fn after_a_server_that_is_not_there_the_next_mail_is_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let mut mailer = Mailer::new(settings(port));
    mailer.send("one".to_owned(), "=> one <=");
    let (port, heard) = server("never");
    mailer.change(settings(port));
    mailer.send("two".to_owned(), "=> two <=");
    mailer.close(SOON);
    assert!(heard.recv_timeout(SOON).unwrap().contains(&"=> two <=".to_owned()));
}
