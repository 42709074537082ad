//! Did you mean: the keyword or value that was probably meant by a word that is none.

use super::distance::{SLIP, distance};
use super::{Keyword, Shape, Status, all, block, find};

/// What an unknown keyword was probably meant to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    /// A keyword of the same block.
    Here(&'static Keyword),
    /// A keyword of the same block that has this older name elsewhere.
    Renamed(&'static Keyword),
    /// This very word, or nearly, in other blocks; the likeliest first.
    Elsewhere(&'static str, Vec<&'static str>),
}

/// The likeliest order of blocks where a keyword could belong to several.
const USUAL: [&str; 8] = [
    "vrrp_instance",
    "virtual_server",
    "virtual_server/real_server",
    "global_defs",
    "vrrp_script",
    "vrrp_sync_group",
    "virtual_server/real_server/TCP_CHECK",
    "virtual_server/real_server/HTTP_GET",
];

/// The keyword of a block that was probably meant by one that does not exist.
pub fn suggest(path: &str, name: &str) -> Option<&'static str> {
    nearest_of(path, name).map(|(keyword, _)| keyword.name)
}

/// The value of a closed set that was probably meant.
pub fn suggest_value<'a>(values: &[&'a str], word: &str) -> Option<&'a str> {
    if let Some(value) = values.iter().find(|value| value.eq_ignore_ascii_case(word)) {
        return Some(value);
    }
    let near = values.iter().filter_map(|value| {
        let cost = distance(value.as_bytes(), word.as_bytes(), bound(value.len().max(word.len())))?;
        Some((cost, *value))
    });
    let nearest = near.min_by_key(|(cost, _)| *cost).map(|(_, value)| value);
    // A value that is written out, or cut short.
    nearest.or_else(|| {
        let mut begins = values.iter().filter(|value| {
            let len = value.len().min(word.len());
            len > 2 && value.as_bytes()[..len].eq_ignore_ascii_case(&word.as_bytes()[..len])
        });
        begins.next().copied().filter(|_| begins.next().is_none())
    })
}

/// The names that may have been meant by a word, the nearest first; none that is a slip further than that.
pub(crate) fn nearest<'a>(names: impl Iterator<Item = &'a str>, word: &str) -> Vec<&'a str> {
    let near = names.filter_map(|name| {
        let most = bound(name.len().max(word.len()));
        Some((distance(name.as_bytes(), word.as_bytes(), most)?, name))
    });
    let mut near: Vec<_> = near.collect();
    near.sort_unstable();
    near.dedup();
    let most = near.first().map_or(0, |(cost, _)| *cost + SLIP);
    near.into_iter().take_while(|(cost, _)| *cost < most).map(|(_, name)| name).collect()
}

/// What an unknown keyword was probably meant to be, this block's keywords before those of others.
pub(crate) fn meant(path: &str, name: &str) -> Option<Meant> {
    let near = nearest_of(path, name);
    let elsewhere = || {
        if let Some(newer) =
            all().iter().filter(|keyword| keyword.name == name).find_map(|old| newer(old, path))
        {
            return Some(Meant::Renamed(newer));
        }
        let found = homes(path, |keyword| keyword.name == name);
        (!found.is_empty()).then_some(())?;
        let name = all().iter().find(|keyword| keyword.name == name)?.name;
        Some(Meant::Elsewhere(name, found))
    };
    match near {
        Some((keyword, cost)) if cost <= SLIP + 3 => Some(Meant::Here(keyword)),
        near => elsewhere()
            .or(near.map(|(keyword, _)| Meant::Here(keyword)))
            .or_else(|| nearly_elsewhere(path, name)),
    }
}

/// The keyword of a block that is called today what an older keyword, of that block or another, was called.
pub(crate) fn newer(old: &Keyword, path: &str) -> Option<&'static Keyword> {
    find(path, old.replacement()?.name)
}

/// How much may be wrong with a word of so many letters: in a short one, little.
const fn bound(len: usize) -> u32 {
    match len {
        0..=2 => 1,
        3..=4 => SLIP,
        5..=8 => 2 * SLIP,
        9..=14 => 3 * SLIP,
        _ => 4 * SLIP,
    }
}

/// How far a keyword is from a word, if it is near enough to be meant.
fn near(keyword: &Keyword, name: &str, most: u32) -> Option<u32> {
    let cost = distance(keyword.name.as_bytes(), name.as_bytes(), most)?;
    // A slip leaves more of each part than it takes.
    let mut parts = keyword.name.split('_').zip(name.split(['_', '-']));
    let like = parts.clone().count() != name.split(['_', '-']).count()
        || keyword.name.matches('_').count() != name.matches(['_', '-']).count()
        || parts.all(|(own, typed)| {
            let most = SLIP * (own.len() as u32).div_ceil(3);
            distance(own.as_bytes(), typed.as_bytes(), most).is_some()
        });
    like.then_some(cost)
}

/// The nearest keyword of a block and its cost; of two that are as near the current one, then the first.
fn nearest_of(path: &str, name: &str) -> Option<(&'static Keyword, u32)> {
    let nearest = block(path).iter().filter_map(|keyword| {
        Some((keyword, near(keyword, name, bound(keyword.name.len().max(name.len())))?))
    });
    let near = nearest.min_by_key(|(keyword, cost)| (*cost, keyword.status != Status::Current));
    near.or_else(|| {
        same_parts(path, name).or_else(|| longer_or_shorter(path, name)).map(|keyword| (keyword, 2 * SLIP))
    })
}

/// A keyword made of the same parts: in another order, or all but one of them.
fn same_parts(path: &str, name: &str) -> Option<&'static Keyword> {
    let parts: Vec<_> = name.split(['_', '-']).collect();
    if parts.len() < 2 || name.len() < 8 {
        return None;
    }
    let missing = |keyword: &'static Keyword| {
        let own: Vec<_> = keyword.name.split('_').collect();
        let shared = own.iter().filter(|part| parts.contains(part)).count();
        let others = own.len() + parts.len() - 2 * shared.min(parts.len());
        (shared >= 2 && others <= 1).then_some((others, keyword))
    };
    let found: Vec<_> = block(path).iter().filter_map(missing).collect();
    let least = found.iter().map(|(others, _)| *others).min()?;
    let mut nearest = found.iter().filter(|(others, _)| *others == least);
    nearest.next().map(|(_, keyword)| *keyword).filter(|_| nearest.next().is_none())
}

/// The only keyword that begins or ends as the word does, or the word as it: a name cut short, or written out.
fn longer_or_shorter(path: &str, name: &str) -> Option<&'static Keyword> {
    const LEAST: usize = 6;
    let alike =
        |long: &str, short: &str| short.len() >= LEAST && (long.starts_with(short) || long.ends_with(short));
    let mut found =
        block(path).iter().filter(|keyword| alike(keyword.name, name) || alike(name, keyword.name));
    found.next().filter(|_| found.next().is_none())
}

/// A word one slip (of a long word two) away from a keyword of another block.
fn nearly_elsewhere(path: &str, name: &str) -> Option<Meant> {
    let most = if name.len() < 9 { SLIP } else { 2 * SLIP };
    if name.len() < 5 {
        return None;
    }
    let found = all().iter().filter_map(|keyword| {
        let cost = near(keyword, name, most)?;
        is_place_of_keywords(keyword.block).then_some((cost, keyword.status != Status::Current, keyword.name))
    });
    let (_, _, nearest) = found.min()?;
    let found = homes(path, |keyword| keyword.name == nearest);
    (!found.is_empty()).then_some(Meant::Elsewhere(nearest, found))
}

/// The blocks that have a keyword, those inside of `path` or around it before others.
fn homes(path: &str, is_it: impl Fn(&Keyword) -> bool) -> Vec<&'static str> {
    let inside =
        |block: &str| path != "root" && block.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
    let around =
        |block: &str| block == "root" || path.strip_prefix(block).is_some_and(|rest| rest.starts_with('/'));
    let mut found: Vec<_> = all()
        .iter()
        .filter(|keyword| is_it(keyword) && keyword.block != path && is_place_of_keywords(keyword.block))
        .map(|keyword| keyword.block)
        .collect();
    found.sort_by_key(|block| {
        let kinship = if inside(block) {
            0
        } else if around(block) {
            1
        } else {
            2
        };
        let usual = USUAL.iter().position(|usual| usual == block).unwrap_or(USUAL.len());
        (kinship, usual, block.matches('/').count())
    });
    let related = found.iter().take_while(|block| inside(block) || around(block)).count();
    if related > 0 {
        found.truncate(related);
    }
    found
}

/// Whether a block has keywords: the words inside the lines of a block of lines are none.
fn is_place_of_keywords(path: &str) -> bool {
    let (outer, name) = path.rsplit_once('/').unwrap_or(("root", path));
    path == "root" || find(outer, name).is_some_and(|keyword| keyword.shape == Shape::Block)
}

/// The words a value may be, as far as a keyword's grammar lists them.
pub(crate) fn values_of(keyword: &Keyword) -> Vec<&'static str> {
    let grammar = match keyword.grammar.strip_prefix("as ") {
        Some(other) => {
            find(keyword.block, other).or_else(|| find("virtual_server", other)).map_or("", |k| k.grammar)
        }
        None => keyword.grammar,
    };
    let first = grammar.split([' ', '\t', '[', '<', '{']).next().unwrap_or_default();
    let words = first.split([',', '|']).filter(|word| !word.is_empty());
    let words: Vec<_> =
        words.filter(|word| word.bytes().all(|o| o.is_ascii_alphanumeric() || o == b'_')).collect();
    if words.len() > 1 { words } else { Vec::new() }
}

#[cfg(test)]
mod tests;
