//! Which processes a `vrrp_track_process` means. Pure.

use kaconf::model::{ParamMatch, TrackProcess};

/// What is known of a process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// The kernel's short name, 15 octets at most; `None` if it was not looked at.
    pub(super) comm: Option<Vec<u8>>,
    /// The command line, each word ended by a zero; `None` if it was not looked at.
    pub(super) cmdline: Option<Vec<u8>>,
}

/// What a process must look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    process: Vec<u8>,
    /// As in a command line, each word ended by a zero.
    parameters: Vec<u8>,
    matching: ParamMatch,
    /// The command line is compared, and not the short name.
    pub(super) full_command: bool,
}

impl Pattern {
    pub(super) fn of(model: &TrackProcess) -> Self {
        let parameters = model.parameters.iter().flat_map(|word| word.bytes().chain([0])).collect();
        Self {
            process: model.process.as_bytes().to_vec(),
            parameters,
            matching: model.param_match,
            full_command: model.full_command,
        }
    }

    /// How much of a command line has to be read to tell it from all others.
    pub(super) fn length(&self) -> usize {
        self.process.len() + self.parameters.len() + 2
    }

    /// Whether it is one; `None` if what would tell was not looked at.
    pub(super) fn matches(&self, look: &Look) -> Option<bool> {
        if !self.full_command {
            return look.comm.as_ref().map(|comm| *comm == self.process);
        }
        let cmdline = look.cmdline.as_ref()?;
        let end = cmdline.iter().position(|octet| *octet == 0).unwrap_or(cmdline.len());
        let (name, rest) = cmdline.split_at(end);
        Some(name == self.process && self.parameters_match(rest.get(1..).unwrap_or_default()))
    }

    /// keepalived's `initial` lets the last parameter go on, its `partial` does not: the reverse of its manual.
    fn parameters_match(&self, given: &[u8]) -> bool {
        let own = &self.parameters;
        match self.matching {
            ParamMatch::None => true,
            ParamMatch::Exact => given == own,
            _ if given.len() < own.len() => false,
            ParamMatch::Partial => given.starts_with(own),
            ParamMatch::Initial => given.starts_with(own.strip_suffix(&[0]).unwrap_or(own)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(process: &str, parameters: &[&str], matching: ParamMatch) -> TrackProcess {
        let mut model = TrackProcess::new("t");
        model.process = process.into();
        model.parameters = parameters.iter().map(|word| Box::from(*word)).collect();
        model.param_match = matching;
        model.full_command = matching != ParamMatch::None;
        model
    }

    fn line(words: &[&str]) -> Look {
        let cmdline = words.iter().flat_map(|word| word.bytes().chain([0])).collect();
        Look { comm: Some(b"short".to_vec()), cmdline: Some(cmdline) }
    }

    #[test]
    fn parameters() {
        use ParamMatch::{Exact, Initial, Partial};
        for (own, matching, given, expected) in [
            (&["-a", "b"][..], Exact, &["p", "-a", "b"][..], true),
            (&["-a", "b"], Exact, &["p", "-a", "b", "c"], false),
            (&["-a", "b"], Exact, &["p", "-a"], false),
            (&["-a", "b"], Exact, &["q", "-a", "b"], false),
            (&[], Exact, &["p"], true),
            (&[], Exact, &["p", "x"], false),
            (&[], Initial, &["p", "x"], true),
            (&["-a"], Partial, &["p", "-a", "b"], true),
            (&["-a"], Partial, &["p", "-ab"], false),
            (&["-a"], Partial, &["p"], false),
            (&["-a"], Initial, &["p", "-a", "b"], true),
            (&["-a"], Initial, &["p", "-abc"], true),
            (&["-a"], Initial, &["p", "-b"], false),
        ] {
            let pattern = Pattern::of(&model("p", own, matching));
            assert_eq!(pattern.matches(&line(given)), Some(expected), "{own:?} {matching:?} {given:?}");
        }
    }

    #[test]
    fn the_short_name_or_the_path_as_it_was_typed() {
        let look = line(&["/usr/sbin/p"]);
        let mut named = model("short", &[], ParamMatch::None);
        assert_eq!(Pattern::of(&named).matches(&look), Some(true));
        named.full_command = true;
        assert_eq!(Pattern::of(&named).matches(&look), Some(false));
        named.process = "/usr/sbin/p".into();
        assert_eq!(Pattern::of(&named).matches(&look), Some(true));
    }

    #[test]
    fn what_was_not_looked_at_is_not_known() {
        let look = Look { comm: None, cmdline: Some(Vec::new()) };
        let mut named = model("p", &[], ParamMatch::None);
        assert_eq!(Pattern::of(&named).matches(&look), None);
        named.full_command = true;
        // A kernel thread or a zombie has no command line.
        assert_eq!(Pattern::of(&named).matches(&look), Some(false));
    }
}
