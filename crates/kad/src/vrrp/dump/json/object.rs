//! JSON in the making: keys in the order they are given, slashes escaped as keepalived escapes them.

use std::fmt::Write;

/// A JSON object in the making.
#[derive(Default)]
pub(super) struct Object(String);

impl Object {
    fn key(&mut self, key: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        quote(&mut self.0, key);
        self.0.push(':');
    }

    pub(super) fn value(&mut self, key: &str, value: impl std::fmt::Display) {
        self.key(key);
        // Writing to a string does not fail.
        let _ = write!(self.0, "{value}");
    }

    pub(super) fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        quote(&mut self.0, text);
    }

    /// An array of strings; left out when empty.
    pub(super) fn list(&mut self, key: &str, items: impl Iterator<Item = String>) {
        let mut separator = '[';
        for item in items {
            if separator == '[' {
                self.key(key);
            }
            self.0.push(separator);
            quote(&mut self.0, &item);
            separator = ',';
        }
        if separator == ',' {
            self.0.push(']');
        }
    }

    pub(super) fn end(mut self) -> String {
        if self.0.is_empty() {
            self.0.push('{');
        }
        self.0.push('}');
        self.0
    }
}

/// A JSON string, its slashes escaped as keepalived escapes them.
fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' | '/' => out.extend(['\\', c]),
            c if c.is_control() => drop(write!(out, "\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        let mut out = String::new();
        quote(&mut out, "10.0.0.1/24 \"x\"\t\\");
        assert_eq!(out, r#""10.0.0.1\/24 \"x\"\u0009\\""#);
    }

    #[test]
    fn objects_and_lists() {
        let mut object = Object::default();
        object.text("a", "b");
        object.value("n", 1);
        object.list("none", std::iter::empty());
        object.list("some", ["x".to_owned(), "y".to_owned()].into_iter());
        assert_eq!(object.end(), r#"{"a":"b","n":1,"some":["x","y"]}"#);
    }
}
