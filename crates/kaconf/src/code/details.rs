//! What is to be said of a code: the files of `details`, and of `lint` for lints, a part headed `## K123 title` for each.
//!
//! A part has text, and where the fault can be typed an example that has it (`conf wrong`) and the same without it
//! (`conf right`).

use super::Code;
use crate::markdown;

/// In the order of the codes.
const TEXTS: [&str; 10] = [
    include_str!("details/text.md"),
    include_str!("details/structure.md"),
    include_str!("details/values.md"),
    include_str!("details/instances.md"),
    include_str!("details/virtual_servers.md"),
    include_str!("details/tracking.md"),
    include_str!("details/routing.md"),
    include_str!("details/scripts.md"),
    include_str!("../lint/details.md"),
    include_str!("details/rest.md"),
];

/// The parts of all texts: `K123 title`, and what is said.
fn parts() -> impl Iterator<Item = (&'static str, &'static str)> {
    TEXTS.into_iter().flat_map(|text| markdown::sections(text, "## ").into_iter().skip(1))
}

impl Code {
    /// What it means, what keepalived does then and how to mend it, in Markdown.
    pub fn details(self) -> &'static str {
        let named = |(heading, _): &(&str, &str)| heading.split(' ').next() == Some(self.id());
        parts().find(named).map_or("", |(_, text)| text)
    }

    /// A configuration with this fault, if it is one that can be typed.
    pub fn wrong_example(self) -> Option<&'static str> {
        markdown::example(self.details(), "conf wrong")
    }

    /// How it is written without the fault.
    pub fn right_example(self) -> Option<&'static str> {
        markdown::example(self.details(), "conf right")
    }

    /// The code of this name, in capitals or not.
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.id().eq_ignore_ascii_case(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_part_under_its_title_and_there_are_no_others() {
        let headings: Vec<_> = parts().map(|(heading, _)| heading.to_owned()).collect();
        let codes: Vec<_> = Code::ALL.iter().map(|code| format!("{} {}", code.id(), code.title())).collect();
        assert_eq!(headings, codes);
        assert!(parts().all(|(_, text)| text.len() > 80), "a part says next to nothing");
    }

    #[test]
    fn what_is_wrong_is_followed_by_what_is_right() {
        for code in Code::ALL {
            assert!(code.wrong_example().is_none() || code.right_example().is_some(), "{code}");
            assert_eq!(Code::of_id(&code.id().to_lowercase()), Some(*code));
        }
    }
}
