//! What keepalived does with what is wrong, where the message itself does not say.

use crate::code::Code;
use crate::diag::Diagnostic;
use crate::files::Files;

/// A sentence for the codes whose messages only say what is wrong.
pub(super) fn outcome(diagnostic: &Diagnostic, files: &Files) -> Option<&'static str> {
    Some(match diagnostic.code {
        Code::UnknownKeyword if diagnostic.message.starts_with("unknown keyword '}'") => return None,
        Code::UnknownKeyword if opens_block(diagnostic, files) => {
            "keepalived ignores the word and reads the lines of its block as if they stood around it"
        }
        Code::UnknownKeyword => "keepalived ignores the line",
        Code::MissingOpen => "keepalived reads on as if the brace stood there",
        Code::ExtraClose => "keepalived ignores the brace; the block it should have closed ended earlier",
        Code::MissingClose => "keepalived takes everything up to the end of the file for a part of the block",
        Code::UnmatchedQuote => "keepalived drops the quote and what follows it on the line",
        Code::MissingParameter => "keepalived does not start with it",
        Code::Deprecated => "keepalived still does what it says",
        _ => return None,
    })
}

/// Whether a brace opens behind the word, on its line.
fn opens_block(diagnostic: &Diagnostic, files: &Files) -> bool {
    diagnostic.at.is_some_and(|at| {
        let text = files.file(at.file).text();
        let line = text.get(at.end as usize..files.line_range(at).end);
        line.is_some_and(|rest| rest.contains(&b'{'))
    })
}
