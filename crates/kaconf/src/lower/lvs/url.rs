//! `url` of `HTTP_GET` and `SSL_GET`.

use super::draft_checker::{CheckDraft, Kind, UrlDraft};
use super::values;
use crate::code::Code;
use crate::expand::Statement;
use crate::lower::context::Context;
use crate::lower::reader::{Next, Progress, Reader};
use crate::lower::script_words::{self, Escapes};
use crate::model::{Regex, StatusCodes};
use crate::value;

/// Reads one keyword into a url.
type Setter = fn(&mut Context<'_>, &Statement, &mut UrlDraft);

/// The keywords, sorted by name; `tls_compliant` is one of `SSL_GET` only.
pub(super) const KEYWORDS: &[(&str, Setter)] = &[
    ("digest", digest),
    ("path", |c, s, draft| values::replace(c, s, &mut draft.path)),
    ("regex", regex),
    ("regex_max_offset", |c, s, draft| {
        // Without a number keepalived takes 0 all the same.
        draft.regex().max_offset = Some(offset(c, s));
    }),
    ("regex_min_offset", |c, s, draft| draft.regex().min_offset = offset(c, s)),
    ("regex_no_match", |_, _, draft| draft.regex().must_not_match = true),
    ("regex_options", regex_options),
    ("regex_stack", regex_stack),
    ("status_code", status_code),
    ("tls_compliant", |c, s, draft| {
        draft.tls_compliant = c.boolean("", s).unwrap_or(draft.tls_compliant);
    }),
    ("virtualhost", |c, s, draft| values::text(c, s, &mut draft.virtualhost)),
];

impl Reader<'_> {
    /// Reads a `url` block.
    pub(super) fn url(&mut self, statement: &mut Statement, check: &mut CheckDraft) {
        let Kind::Http(http) = &mut check.kind else { return };
        let at = statement.at(0);
        let mut draft = UrlDraft::default();
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(statement, &mut progress) {
            let word = statement.word(0);
            match KEYWORDS.binary_search_by(|(name, _)| name.as_bytes().cmp(word)) {
                Ok(index) if http.tls || word != b"tls_compliant" => {
                    KEYWORDS[index].1(&mut self.context, statement, &mut draft);
                }
                _ => self.unknown(statement, &format!("{}/url", check.checker.path)),
            }
        }
        if self.context.stopped {
            return;
        }
        if draft.path.is_none() {
            let message = "url has no path, leaving it out".to_owned();
            return self.context.report_at(at, Code::CheckerLeftOut, message);
        }
        self.regex_end(&mut draft, at);
        http.urls.push(draft);
    }

    fn regex_end(&mut self, draft: &mut UrlDraft, at: Option<crate::files::Location>) {
        let Some(pattern) = draft.pattern.take() else {
            if draft.regex.take().is_some() {
                let message = "regex settings without a regex, ignoring them".to_owned();
                self.context.report_at(at, Code::RegexSetting, message);
            }
            return;
        };
        let regex = draft.regex();
        regex.pattern = pattern;
        if let Some(max) = regex.max_offset.filter(|max| regex.min_offset > *max) {
            let message = format!(
                "regex_min_offset {} is more than regex_max_offset {max}, ignoring both",
                regex.min_offset
            );
            (regex.min_offset, regex.max_offset) = (0, None);
            self.context.report_at(at, Code::RegexSetting, message);
        }
    }
}

/// `digest`: 32 hexadecimal digits; the first one counts.
fn digest(context: &mut Context<'_>, statement: &Statement, draft: &mut UrlDraft) {
    let Some(word) = context.need(statement, 1) else { return };
    let problem = if draft.digest.is_some() {
        "comes after another one".to_owned()
    } else if word.len() != 32 {
        format!("has {} digits where an MD5 digest has 32", word.len())
    } else if let Some(digest) = md5(word) {
        draft.digest = Some(digest);
        return;
    } else {
        "is not hexadecimal".to_owned()
    };
    let code = if draft.digest.is_some() { Code::Repeated } else { Code::BadValue };
    context.report(statement, 1, code, format!("digest '{}' {problem}, ignoring it", statement.text(1)));
}

fn md5(word: &[u8]) -> Option<[u8; 16]> {
    let mut digest = [0; 16];
    for (to, pair) in digest.iter_mut().zip(word.chunks(2)) {
        for octet in pair {
            *to = *to << 4 | char::from(*octet).to_digit(16)? as u8;
        }
    }
    Some(digest)
}

/// `status_code N[-M] ...`
fn status_code(context: &mut Context<'_>, statement: &Statement, draft: &mut UrlDraft) {
    for word in 1..statement.len() {
        let text = statement.word(word);
        let (min, max) = match text.iter().position(|octet| *octet == b'-') {
            Some(dash) => (&text[..dash], &text[dash + 1..]),
            None => (text, text),
        };
        let code = |text| {
            let (low, high) = (i64::from(*StatusCodes::RANGE.start()), i64::from(*StatusCodes::RANGE.end()));
            value::number(text, low, high, false).value.map(|code| code as u16)
        };
        match (code(min), code(max)) {
            (Some(min), Some(max)) if min <= max => draft.status.push(min..=max),
            _ => {
                let message = format!(
                    "status_code '{}' is not a code from 100 to 599, nor a range of them, ignoring it",
                    statement.text(word)
                );
                context.report(statement, word, Code::BadValue, message);
            }
        }
    }
}

/// `regex`: one word, quoted and escaped in ways of its own.
fn regex(context: &mut Context<'_>, statement: &Statement, draft: &mut UrlDraft) {
    let words = script_words::split(statement.line(), Escapes::Undone).unwrap_or_default();
    let [_, pattern] = &*words else {
        let message = "regex takes one pattern, quoted if it has blanks, ignoring it".to_owned();
        return context.report(statement, 1, Code::BadValue, message);
    };
    let pattern = pattern_text(pattern);
    if let Some(before) = &draft.pattern {
        let message = format!("regex was '{before}' before, '{pattern}' replaces it");
        context.report(statement, 1, Code::Repeated, message);
    }
    draft.pattern = Some(pattern);
}

/// A pattern as text: an octet that is none is left to the pattern as an escape of its own.
fn pattern_text(pattern: &[u8]) -> Box<str> {
    let mut text = String::with_capacity(pattern.len());
    for chunk in pattern.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|octet| format!("\\x{octet:02x}")));
    }
    text.into()
}

/// What keepalived does not know here it passes over in silence.
fn regex_options(context: &mut Context<'_>, statement: &Statement, draft: &mut UrlDraft) {
    for word in 1..statement.len() {
        let text = statement.text(word);
        let Some(option) = Regex::OPTIONS.iter().find(|option| **option == text) else {
            let message = format!("unknown regex_options '{text}', ignoring it");
            context.report(statement, word, Code::RegexSetting, message);
            continue;
        };
        let options = &mut draft.regex().options;
        if let Err(index) = options.binary_search_by(|other| (**other).cmp(option)) {
            options.insert(index, (*option).into());
        }
    }
}

/// A whole number behind a keyword of `regex`.
fn count(statement: &Statement, word: usize) -> Option<u64> {
    value::number(statement.word(word), 0, i64::MAX, false).value.map(|count| count as u64)
}

fn offset(context: &mut Context<'_>, statement: &Statement) -> u64 {
    let offset = (statement.len() == 2).then(|| count(statement, 1)).flatten();
    if offset.is_none() {
        let message = format!("{} takes one number of octets, using 0", statement.text(0));
        context.report(statement, statement.len().min(2) - 1, Code::RegexSetting, message);
    }
    offset.unwrap_or(0)
}

/// `regex_stack START MAX`
fn regex_stack(context: &mut Context<'_>, statement: &Statement, draft: &mut UrlDraft) {
    let sizes = (statement.len() == 3).then(|| count(statement, 1).zip(count(statement, 2))).flatten();
    match sizes.filter(|(start, max)| start <= max) {
        Some(sizes) => draft.regex().stack = Some(sizes),
        None => {
            let message = "regex_stack takes a first size and one not below it, ignoring it".to_owned();
            context.report(statement, 0, Code::RegexSetting, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::pattern_text;

    #[test]
    fn a_pattern_keeps_octets_that_are_no_text() {
        for (pattern, want) in [
            (&b"a\\d"[..], "a\\d"),
            ("\u{e9}".as_bytes(), "\u{e9}"),
            (b"\xff\xc3(", "\\xff\\xc3("),
            (b"", ""),
        ] {
            assert_eq!(&*pattern_text(pattern), want);
        }
    }
}
