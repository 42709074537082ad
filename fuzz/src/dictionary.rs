//! The words of the language, for a fuzzer: `fuzz/dictionaries/keepalived.dict`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What is no keyword and still means something.
const SIGNS: &[&str] = &[
    "{",
    "}",
    "\"",
    "#",
    "!",
    "\\",
    "\\\n",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\u{feff}",
    "$A",
    "${A}",
    "$A=",
    "$A= \\\n",
    "${_RANDOM 1 3}",
    "${_ENV NODE}",
    "${_HASH}",
    "~SEQ(i,1,3) ",
    "~SEQx(i,0xa,0xc) ",
    "~LST(a,1,2) ",
    "~LST({a,b},{1,x},{2,y}) ",
    "@node-a ",
    "@^node-a ",
    "=== a\n",
    "include a\n",
    "10.0.0.1/24",
    "fe80::1",
    "239.0.0.1",
    "eth0",
    "MASTER",
    "BACKUP",
    "PASS",
    "on",
    "off",
    "true",
    "-1",
    "0.01",
    "255",
    "256",
    "4294967296",
];

/// The dictionary as libFuzzer reads it.
pub fn dictionary() -> String {
    let keywords: BTreeSet<_> = kaconf::keywords::all().iter().map(|keyword| keyword.name).collect();
    let mut text =
        String::from("# Made from the keyword table: UPDATE_EXPECT=1 cargo test --test dictionary\n");
    for word in SIGNS.iter().copied().chain(keywords) {
        text.push('"');
        for octet in word.bytes() {
            match octet {
                b'"' | b'\\' => {
                    text.push('\\');
                    text.push(char::from(octet));
                }
                b' '..=b'~' => text.push(char::from(octet)),
                _ => {
                    let _ = write!(text, "\\x{octet:02x}");
                }
            }
        }
        text.push_str("\"\n");
    }
    text
}
