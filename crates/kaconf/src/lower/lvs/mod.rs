//! LVS: `virtual_server`, `virtual_server_group`, `SSL`, and all that is in them.
//!
//! Reading goes keyword by keyword as keepalived's checker process does it; its other processes pass over these
//! blocks by their braces. What one keyword means for another is looked at once everything is read, in `resolve`.

mod checker;
mod checkers;
mod common;
mod draft;
mod draft_checker;
mod group;
mod http;
mod in_two;
mod reach;
mod real_server;
mod references;
mod resolve;
mod resolve_checker;
mod resolve_ports;
mod server_values;
mod smtp;
mod url;
mod values;
mod virtual_server;

use super::reader::{Next, Progress, Reader};
use crate::code::Code;
use crate::expand::Statement;
use crate::keywords;
use crate::model::Ssl;

pub(super) use draft::Drafts;

impl Reader<'_> {
    /// Reads a block of the root level that only the checker process acts on. True if a statement was read that is
    /// not part of it; `None` if the keyword is not one of these.
    pub(super) fn lvs_block(&mut self, statement: &mut Statement) -> Option<bool> {
        let outside = self.depth();
        let pending = self.lvs_keyword(statement)?;
        Some(self.pass_over_rest(statement, outside, pending))
    }

    fn lvs_keyword(&mut self, statement: &mut Statement) -> Option<bool> {
        let is_server = matches!(statement.word(0), b"virtual_server" | b"virtual_server_group");
        if is_server && !self.checkers.reads() {
            return Some(self.skip_block(statement));
        }
        self.config.has_virtual_servers |= is_server;
        match statement.word(0) {
            b"virtual_server" => Some(self.virtual_server(statement)),
            b"virtual_server_group" => Some(self.virtual_server_group(statement)),
            b"SSL" => Some(self.ssl(statement)),
            _ => None,
        }
    }

    /// What stands between the end of a block as the checker process sees it and the matching brace: the other
    /// processes pass over it, the checker process takes it for keywords of the root level.
    fn pass_over_rest(&mut self, statement: &mut Statement, outside: u32, mut pending: bool) -> bool {
        while self.depth() > outside && (pending || self.next(statement)) {
            pending = false;
            if statement.is_open() || statement.is_close() {
                continue;
            }
            if let Some(more) = self.lvs_keyword(statement) {
                pending = more;
                continue;
            }
            match keywords::find("root", &statement.text(0)) {
                None => self.unknown(statement, "root"),
                Some(keyword) if keyword.shape.is_block() => pending = self.skip_block(statement),
                Some(_) => {}
            }
        }
        pending
    }

    fn ssl(&mut self, statement: &mut Statement) -> bool {
        if self.config.ssl.is_some() {
            let message = "SSL was given before, this block replaces it".to_owned();
            self.context.report(statement, 0, Code::Repeated, message);
        }
        let mut ssl = Ssl::default();
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(statement, &mut progress) {
            let into = match statement.word(0) {
                b"ca" => &mut ssl.ca,
                b"certificate" => &mut ssl.certificate,
                b"key" => &mut ssl.key,
                b"password" => &mut ssl.password,
                _ => {
                    self.unknown(statement, "SSL");
                    continue;
                }
            };
            values::text(&mut self.context, statement, into);
        }
        self.config.ssl = Some(ssl);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{checker, common, real_server, url, virtual_server};
    use crate::keywords;

    /// Every keyword that is read, with its block.
    fn read() -> Vec<(String, &'static str)> {
        let mut all = Vec::new();
        let mut add = |block: &str, names: &mut dyn Iterator<Item = &'static str>| {
            all.extend(names.map(|name| (block.to_owned(), name)));
        };
        add("SSL", &mut ["ca", "certificate", "key", "password"].into_iter());
        add("virtual_server", &mut virtual_server::KEYWORDS.iter().map(|(name, _)| *name));
        add("virtual_server", &mut ["real_server"].into_iter());
        let real = "virtual_server/real_server";
        add(real, &mut real_server::KEYWORDS.iter().map(|(name, _)| *name));
        for kind in checker::CHECKERS {
            add(real, &mut [kind.name].into_iter());
            add(kind.path, &mut kind.keywords());
            let url_path = format!("{}/url", kind.path);
            match kind.name {
                "HTTP_GET" | "SSL_GET" => {
                    add(kind.path, &mut ["url"].into_iter());
                    let names = url::KEYWORDS.iter().map(|(name, _)| *name);
                    add(
                        &url_path,
                        &mut names.filter(|name| kind.name == "SSL_GET" || *name != "tls_compliant"),
                    );
                }
                "BFD_CHECK" => add(kind.path, &mut ["name"].into_iter()),
                "FILE_CHECK" => add(kind.path, &mut ["track_file"].into_iter()),
                "SMTP_CHECK" => {
                    add(kind.path, &mut ["host"].into_iter());
                    add(&format!("{}/host", kind.path), &mut common::names());
                }
                _ => {}
            }
        }
        all
    }

    #[test]
    fn the_table_and_what_is_read_are_the_same() {
        let mut read = read();
        read.sort();
        let blocks = keywords::all().iter().filter(|keyword| {
            keyword.block == "SSL" || keyword.block.split('/').next() == Some("virtual_server")
        });
        let mut table: Vec<_> = blocks.map(|keyword| (keyword.block.to_owned(), keyword.name)).collect();
        table.sort();
        let missing: Vec<_> = table.iter().filter(|row| !read.contains(row)).collect();
        let unknown: Vec<_> = read.iter().filter(|row| !table.contains(row)).collect();
        assert!(missing.is_empty() && unknown.is_empty(), "not read {missing:?}, not known {unknown:?}");
    }

    #[test]
    fn tables_are_in_order() {
        let sorted = |names: Vec<&str>| names.is_sorted_by(|a, b| a < b);
        assert!(sorted(virtual_server::KEYWORDS.iter().map(|(name, _)| *name).collect()));
        assert!(sorted(real_server::KEYWORDS.iter().map(|(name, _)| *name).collect()));
        assert!(sorted(url::KEYWORDS.iter().map(|(name, _)| *name).collect()));
        assert!(sorted(checker::CHECKERS.iter().map(|kind| kind.name).collect()));
    }
}
