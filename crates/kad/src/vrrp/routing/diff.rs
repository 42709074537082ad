//! From the lines that are set to those of a new configuration. Pure: it decides, others do.

use super::line::{Line, Placed, Sent};

/// What a reload comes to.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// The new lines, with what of them the kernel has.
    pub(super) placed: Vec<Placed>,
    /// What the kernel has and is no longer wanted.
    pub(super) gone: Vec<Sent>,
}

/// A line that the kernel could not tell from an old one stays as it is. One that is another way to the same place
/// takes the place of the old one, if it is clear of which. The others come and go.
pub(super) fn difference(old: Vec<Placed>, fresh: Vec<Line>) -> Difference {
    let mut old: Vec<Placed> = old.into_iter().filter(|old| old.sent.is_some()).collect();
    let mut placed: Vec<Placed> = fresh.into_iter().map(Placed::new).collect();
    for new in &mut placed {
        if let Some(at) = old.iter().position(|old| old.line.is_alike(&new.line)) {
            new.sent = old.swap_remove(at).sent;
        }
    }
    for at in 0..placed.len() {
        let line = &placed[at].line;
        let alone = placed.iter().filter(|other| other.line.is_rival(line)).count() == 1;
        let mut rivals = old.iter().enumerate().filter(|(_, old)| old.line.is_rival(line));
        if let (None, true, Some((rival, _)), None) = (&placed[at].sent, alone, rivals.next(), rivals.next())
        {
            placed[at].replaces = old.swap_remove(rival).sent;
        }
    }
    // Who has a line twice has it once in the kernel.
    let stays =
        |sent: &Sent| placed.iter().filter_map(|new| new.sent.as_ref()).any(|new| new.is_as_asked(sent));
    let mut gone: Vec<Sent> = Vec::new();
    for sent in old.into_iter().filter_map(|old| old.sent) {
        if !stays(&sent) && !gone.iter().any(|other| other.is_as_asked(&sent)) {
            gone.push(sent);
        }
    }
    Difference { placed, gone }
}
