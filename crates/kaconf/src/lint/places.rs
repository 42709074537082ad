//! Where a block of the model has its words. What the outline does not know has no place; nobody fails for
//! that.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::files::{Files, Location};
use crate::load::Loaded;
use crate::model::Instance;
use crate::outline::{Entry, Outline};
use crate::value;

/// The blocks of a configuration by keyword and name, so that each is found at once.
#[derive(Debug)]
pub(super) struct Places<'a> {
    outline: &'a Outline,
    files: &'a Files,
    blocks: HashMap<(&'static str, &'a str), u32>,
    /// The same blocks by the place of their names.
    heads: HashMap<Location, u32>,
}

impl<'a> Places<'a> {
    pub(super) fn new(loaded: &'a Loaded) -> Self {
        let mut blocks = HashMap::new();
        let mut heads = HashMap::new();
        for (index, entry) in loaded.outline.entries().iter().enumerate() {
            if entry.parent.is_some() {
                continue;
            }
            if let Some(keyword) = entry.keyword.filter(|keyword| keyword.shape.is_block()) {
                // The first of a name is the one that counts.
                blocks.entry((keyword.name, &*entry.name)).or_insert(index as u32);
                heads.insert(entry.value.unwrap_or(entry.at), index as u32);
            }
        }
        Self { outline: &loaded.outline, files: &loaded.files, blocks, heads }
    }

    /// A block at root level.
    pub(super) fn block(&self, keyword: &'static str, name: &'a str) -> Block<'_> {
        Block { places: self, index: self.blocks.get(&(keyword, name)).copied() }
    }

    /// The `vrrp_instance` block of an instance.
    pub(super) fn instance(&self, instance: &'a Instance) -> Block<'_> {
        self.block("vrrp_instance", &instance.name)
    }

    /// The block at root level whose name stands there.
    pub(super) fn block_at(&self, head: Location) -> Block<'_> {
        Block { places: self, index: self.heads.get(&head).copied() }
    }

    /// Every block at root level of a keyword, those of a repeated name too.
    pub(super) fn blocks_of(&self, keyword: &'static str) -> impl Iterator<Item = Block<'_>> {
        let is_it = move |entry: &Entry| {
            entry.parent.is_none() && entry.keyword.is_some_and(|known| known.name == keyword)
        };
        let entries = self.outline.entries().iter().enumerate();
        entries
            .filter(move |(_, entry)| is_it(entry))
            .map(|(index, _)| Block { places: self, index: Some(index as u32) })
    }

    /// Where a keyword of a block occurs first, in whichever of these blocks that is.
    pub(super) fn first_use(&self, block: &str, keyword: &str) -> Option<Location> {
        let is_it = |known: &&crate::keywords::Keyword| known.block == block && known.name == keyword;
        self.outline.uses().iter().find(|(known, _)| is_it(known)).map(|(_, at)| *at)
    }

    /// The octets of a place as they stand in their file.
    pub(super) fn text(&self, at: Location) -> &'a [u8] {
        let text = self.files.file(at.file).text();
        text.get(at.start as usize..at.end as usize).unwrap_or_default()
    }

    /// The first word on the line of a place.
    pub(super) fn start_of_line(&self, at: Location) -> &'a [u8] {
        let text = self.files.file(at.file).text().get(..at.end as usize).unwrap_or_default();
        let line = text.rsplit(|octet| *octet == b'\n').next().unwrap_or_default().trim_ascii_start();
        line.split(u8::is_ascii_whitespace).next().unwrap_or_default()
    }

    /// What follows a place on its line, the end of the line not included.
    pub(super) fn rest_of_line(&self, at: Location) -> &'a [u8] {
        let text = self.files.file(at.file).text().get(at.end as usize..).unwrap_or_default();
        text.split(|octet| *octet == b'\n').next().unwrap_or_default().trim_ascii_end()
    }
}

/// One block, or none: then it holds nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'p> {
    places: &'p Places<'p>,
    index: Option<u32>,
}

impl<'p> Block<'p> {
    fn entry(&self) -> Option<&'p Entry> {
        self.places.outline.entries().get(self.index? as usize)
    }

    /// Whether there is anything to look at: what is not typed in an unknown block may well be typed.
    pub(super) fn is_known(&self) -> bool {
        self.index.is_some()
    }

    /// The statements directly in it.
    fn children(&self) -> impl Iterator<Item = &'p Entry> + use<'p> {
        let outline = self.places.outline;
        self.index.into_iter().flat_map(move |index| outline.children(index))
    }

    /// The words that name it.
    pub(super) fn name(&self) -> &'p str {
        self.entry().map_or("", |entry| &entry.name)
    }

    /// The name of the block, or its keyword if it has none.
    pub(super) fn head(&self) -> Option<Location> {
        self.entry().map(|entry| entry.value.unwrap_or(entry.at))
    }

    /// A statement of this block; the last one of a keyword is the one that counts.
    fn last(&self, keyword: &str) -> Option<&'p Entry> {
        self.places.outline.last(self.index?, keyword)
    }

    /// Where a keyword stands.
    pub(super) fn keyword(&self, keyword: &str) -> Option<Location> {
        self.last(keyword).map(|entry| entry.at)
    }

    /// Where the value of a keyword stands; the keyword, if it has none.
    pub(super) fn value(&self, keyword: &str) -> Option<Location> {
        self.last(keyword).map(|entry| entry.value.unwrap_or(entry.at))
    }

    /// The value of a keyword, or what names the block: a place for what may be there by default.
    pub(super) fn value_or_head(&self, keyword: &str) -> Option<Location> {
        self.value(keyword).or_else(|| self.head())
    }

    /// Where the value of a keyword stands, if it was typed as it is read.
    pub(super) fn typed(&self, keyword: &str, value: &str) -> Option<Location> {
        self.value(keyword).filter(|at| self.places.text(*at) == value.as_bytes())
    }

    /// Which of two flags stands last, if one does: the place of `keyword` if it does.
    pub(super) fn last_of(&self, keyword: &str, other: &str) -> Option<Location> {
        let is_one =
            |entry: &&Entry| entry.keyword.is_some_and(|known| known.name == keyword || known.name == other);
        let last = self.children().filter(is_one).last()?;
        last.keyword.is_some_and(|known| known.name == keyword).then_some(last.at)
    }

    /// The block that a keyword of this one opens.
    pub(super) fn inner(&self, keyword: &str) -> Self {
        let found = self.last(keyword);
        let entries = self.places.outline.entries();
        let index = found.and_then(|found| {
            let from = self.index.map_or(0, |index| index as usize);
            entries
                .get(from..)?
                .iter()
                .position(|entry| std::ptr::eq(entry, found))
                .map(|at| (from + at) as u32)
        });
        Self { places: self.places, index }
    }

    /// The lines of a list in this block: their places, and their first words as they stand in the file.
    fn lines(&self, list: &str) -> impl Iterator<Item = (Location, &'p [u8])> + use<'p> {
        let places = self.places;
        self.inner(list).children().map(move |entry| (entry.at, places.text(entry.at)))
    }

    /// A line of a list by its first word; the list's keyword if no line was typed so.
    pub(super) fn line(&self, list: &str, word: &str) -> Option<Location> {
        let found = self.lines(list).find(|(_, text)| *text == word.as_bytes());
        found.map(|(at, _)| at).or_else(|| self.keyword(list))
    }

    /// A line of a list that begins with an address, whatever its prefix; the list's keyword if none was
    /// typed so.
    pub(super) fn address_line(&self, list: &str, address: IpAddr) -> Option<Location> {
        let found = self.lines(list).find(|(_, text)| value::host(text) == Some(address));
        found.map(|(at, _)| at).or_else(|| self.keyword(list))
    }

    /// The line of a virtual address, in whichever of the two lists it is.
    pub(super) fn virtual_address(&self, address: IpAddr) -> Option<Location> {
        let lists = ["virtual_ipaddress", "virtual_ipaddress_excluded"];
        let line = |list| self.address_line(list, address).filter(|at| Some(*at) != self.keyword(list));
        lists.into_iter().find_map(line).or_else(|| self.keyword(lists[0])).or_else(|| self.head())
    }
}
