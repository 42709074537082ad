//! The text as it stands: tokens that lose no octet, and a tree that groups them.
//!
//! Nothing is substituted, included or judged here, and nothing fails. A formatter, an editor and the
//! preprocessor all see a line through the same lexer.

mod lex;
mod tree;

pub(crate) use lex::{BOM, Escapes, Refs, comment_start, hides_quote, lex_line, unescape};
pub use lex::{Kind, Token, lex};
pub use tree::{Node, Parse, Shape, parse};
