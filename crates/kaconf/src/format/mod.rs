//! The canonical layout of a configuration file.
//!
//! One statement a line, four blanks a level, a brace at the end of its head's line, comments kept. Where layout
//! is meaning, octets stay as they are: on lines that use or define a name, that end in a backslash, that are too
//! long or hold a NUL octet. `lines` says what a line may become, `print` puts it on paper. Nothing is
//! substituted, included or judged here.

mod lines;
mod plain;
mod print;
mod special;

use std::borrow::Cow;

use crate::syntax::BOM;

/// How long a line may be without its end: keepalived ignores what is longer.
const BODY_MAX: usize = crate::expand::LINE_MAX - 1;

/// Deeper levels are indented no further, so that the text cannot grow beyond proportion.
const LEVELS_MAX: usize = 16;

/// Blanks a level.
const LEVEL: usize = 4;

/// A line to be, or a brace that may join one.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece<'a> {
    /// An empty line. Kept where it may end a definition.
    Empty { kept: bool },
    /// A comment on a line of its own.
    Comment(&'a [u8]),
    /// Words that may be followed by a brace on a later line.
    Statement { words: Vec<u8>, comment: Option<&'a [u8]> },
    /// `{`
    Open { comment: Option<&'a [u8]> },
    /// `}`
    Close { comment: Option<&'a [u8]> },
    /// A line whose octets stay together.
    Fixed(Fixed<'a>),
    /// A line whose octets stay, blanks and line end included.
    Raw(&'a [u8]),
}

/// A line whose words stay on it, and what that means for the lines around.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fixed<'a> {
    text: Cow<'a, [u8]>,
    braces: Braces,
    kind: FixedKind<'a>,
}

/// What a fixed line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FixedKind<'a> {
    /// Its braces count.
    Line,
    /// `@ID ...`: its braces count for one of several configurations.
    Condition(&'a [u8]),
    /// The first line of a definition: its braces count inside the definition only.
    Definition,
    /// A further line of one.
    Continuation,
}

/// The braces of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Braces {
    /// It begins with one that closes.
    closes_first: bool,
    /// It ends with one that opens.
    opens_last: bool,
    /// How many more open than close.
    net: isize,
}

/// Lays a configuration file out afresh. Never fails, and takes time in proportion to the text.
///
/// The result reads as the text did: every comment is kept, [`load()`](crate::load()) gives an equal model and the
/// same diagnostics; only which block lacks its brace may be told differently, for that is told by how far lines are
/// indented. Formatting it again changes nothing. A byte order mark at the start is dropped, though
/// keepalived takes it for a part of the first word.
///
/// ```
/// let text = b"vrrp_instance VI_1\n{\n  priority   100 # soon more\n  virtual_ipaddress { 10.0.0.1 }\n}";
/// let want = "\
/// vrrp_instance VI_1 {
///     priority 100 # soon more
///     virtual_ipaddress {
///         10.0.0.1
///     }
/// }
/// ";
/// assert_eq!(kaconf::format(text), want.as_bytes());
/// ```
pub fn format(text: &[u8]) -> Vec<u8> {
    // Behind one mark, a second is a part of the first word: it stays, and so must the first.
    let text = text.strip_prefix(BOM).filter(|rest| !rest.starts_with(BOM)).unwrap_or(text);
    print::print(&lines::pieces(text))
}
