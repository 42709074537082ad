//! Sets a keyword of a block and prints the file, everything else as it was.
//!
//! `cargo run -p kaconf --example edit -- FILE 'vrrp_instance VI_1' priority 150`; with an empty value the keyword is
//! removed; further heads of blocks go in front of the keyword, from the outermost inwards.

use std::error::Error;
use std::io::Write as _;

use kaconf::edit::Document;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [path, heads @ .., keyword, value] = &words[..] else {
        return Err("usage: edit FILE [HEAD]... KEYWORD VALUE".into());
    };
    let mut file = Document::new(std::fs::read(path)?);
    if value.is_empty() {
        file.remove(heads, keyword)?;
    } else {
        file.set(heads, keyword, value)?;
    }
    std::io::stdout().write_all(file.text())?;
    Ok(())
}
