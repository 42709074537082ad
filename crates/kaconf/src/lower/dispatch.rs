//! From a keyword to what reads it. The recorder has looked the keyword up already, so its number in the table of all
//! keywords leads there without another search: a configuration may have a million keywords.

use std::sync::OnceLock;

use crate::keywords;

/// Where the keywords of one block are in the table of what reads them.
pub(super) struct Dispatch {
    /// The block's path.
    block: &'static str,
    slots: OnceLock<Slots>,
}

struct Slots {
    /// The number of the block's first keyword.
    start: usize,
    /// For each of the block's keywords its place in the readers' table, if it is there.
    places: Vec<Option<u16>>,
}

impl Dispatch {
    pub(super) const fn new(block: &'static str) -> Self {
        Self { block, slots: OnceLock::new() }
    }

    /// The place in `readers` of a word that the recorder knows by `number`. Where the recorder was in another block
    /// than the reader, which happens once braces are missing, the word is searched for.
    pub(super) fn find<T>(
        &self,
        number: Option<usize>,
        word: &[u8],
        readers: &[T],
        name: impl Fn(&T) -> &'static str,
    ) -> Option<usize> {
        let search = |word: &[u8]| readers.binary_search_by(|reader| name(reader).as_bytes().cmp(word)).ok();
        let slots = self.slots.get_or_init(|| {
            let rows = keywords::block(self.block);
            let place = |row: &keywords::Keyword| search(row.name.as_bytes()).map(|place| place as u16);
            Slots {
                start: rows.first().map_or(0, keywords::number),
                places: rows.iter().map(place).collect(),
            }
        });
        let slot = number.and_then(|number| slots.places.get(number.checked_sub(slots.start)?));
        slot.map_or_else(|| search(word), |place| place.map(usize::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_leads_where_the_word_does() {
        const READERS: &[(&str, ())] = &[("priority", ()), ("state", ())];
        let dispatch = Dispatch::new("vrrp_instance");
        let find = |number, word: &str| dispatch.find(number, word.as_bytes(), READERS, |row| row.0);
        for row in keywords::block("vrrp_instance").iter().chain(keywords::block("bfd_instance")) {
            let wanted = READERS.iter().position(|reader| reader.0 == row.name);
            assert_eq!(find(Some(keywords::number(row)), row.name), wanted, "{}", row.name);
            assert_eq!(find(None, row.name), wanted, "{}", row.name);
        }
        assert_eq!(find(None, "stat"), None);
    }
}
