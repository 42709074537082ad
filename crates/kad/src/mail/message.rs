//! The octets of a mail, as C keepalived writes them.

use std::fmt::Write as _;

use super::Settings;

/// What keepalived says where the host has no name.
pub(super) const NAMELESS: &str = "[unknown]";

/// The longest header or line that is written, octets.
const LONGEST: usize = 900;

/// Header and body, lines ended by CR LF, the last line without.
pub(super) fn octets(
    settings: &Settings,
    from: &str,
    host: Option<&str>,
    date: &str,
    subject: &str,
    body: &str,
) -> String {
    let router = settings.router.as_deref().or(host).unwrap_or(NAMELESS);
    let mut text = String::with_capacity(512);
    let _written = write!(
        text,
        "Date: {date}\r\nFrom: {}\r\nSubject: [{}] {}\r\nX-Mailer: Keepalived\r\nTo:",
        line(&header(from)),
        line(router),
        line(subject)
    );
    for (number, to) in settings.to.iter().enumerate() {
        let comma = if number == 0 { "" } else { ",\r\n" };
        let _written = write!(text, "{comma} {}", line(&header(to)));
    }
    let _written = write!(text, "\r\n\r\n{body}\r\n");
    text
}

/// Text of one line: what would end it, or end the string of C, is not in it.
fn line(text: &str) -> String {
    let safe: String = text.chars().filter(|char| !char.is_control()).collect();
    crate::text::cut(&safe, LONGEST).to_owned()
}

/// An address for a header: `some name <a@b>` is quoted where its name must be (RFC 5322 section 3.2.3).
fn header(typed: &str) -> String {
    let Some((name, address)) = typed.strip_suffix('>').and_then(|typed| typed.rsplit_once('<')) else {
        return typed.to_owned();
    };
    let bare = name.trim_end_matches([' ', '\t']);
    if !bare.contains(['(', ')', '<', '>', '[', ']', ':', ';', '@', '\\', ',', '.']) {
        return typed.to_owned();
    }
    let space = &name[bare.len()..];
    let quoted = bare.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{quoted}\"{space}<{address}>")
}

/// An address for the envelope, in its angle brackets.
pub(super) fn envelope(typed: &str) -> String {
    let inner = typed.strip_suffix('>').and_then(|typed| typed.rsplit_once('<'));
    let address = inner.map_or(typed, |(_, address)| address);
    format!("<{}>", line(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_name_is_taken_apart() {
        for (typed, in_header, on_envelope) in [
            ("root@localhost", "root@localhost", "<root@localhost>"),
            ("root", "root", "<root>"),
            ("ops team <ops@a.example>", "ops team <ops@a.example>", "<ops@a.example>"),
            ("ops.team <ops@a.example>", "\"ops.team\" <ops@a.example>", "<ops@a.example>"),
            ("<ops@a.example>", "<ops@a.example>", "<ops@a.example>"),
            ("broken@a.example>", "broken@a.example>", "<broken@a.example>>"),
            ("a@b\r\nDATA", "a@b\r\nDATA", "<a@bDATA>"),
        ] {
            assert_eq!(
                (header(typed).as_str(), envelope(typed).as_str()),
                (in_header, on_envelope),
                "{typed}"
            );
        }
    }

    #[test]
    fn nothing_typed_ends_a_header() {
        let settings = Settings {
            server: ("127.0.0.1".into(), 25),
            helo: None,
            from: None,
            to: vec!["a@b\r\nX: y".into(), "c@d".into()],
            timeout: std::time::Duration::from_secs(1),
            router: Some("r\n\nx".into()),
        };
        let text = octets(&settings, "e@f", None, "now", "S", "=> B <=");
        assert_eq!(
            text,
            "Date: now\r\nFrom: e@f\r\nSubject: [rx] S\r\nX-Mailer: Keepalived\r\nTo: a@bX: y,\r\n c@d\r\n\r\n\
             => B <=\r\n"
        );
    }
}
