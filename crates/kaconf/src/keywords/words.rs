//! The words in a grammar that stand for themselves.

/// What a switch takes.
const BOOLEAN: [&str; 6] = ["true", "on", "yes", "false", "off", "no"];

/// The words of a grammar, without those that stand for a value (`<IFNAME>`).
pub(super) fn of(grammar: &'static str) -> Vec<&'static str> {
    if grammar == "<BOOL>?" {
        return BOOLEAN.to_vec();
    }
    let mut words: Vec<&'static str> = Vec::new();
    let mut rest = grammar;
    while let Some((fixed, value)) = rest.split_once('<') {
        add(&mut words, fixed);
        rest = value.split_once('>').map_or("", |(_, after)| after);
    }
    add(&mut words, rest);
    words
}

fn add(words: &mut Vec<&'static str>, fixed: &'static str) {
    let parts = fixed.split([' ', ',', '[', ']', '{', '}', '(', ')', '|', '/']);
    for word in parts.filter(|word| word.starts_with(|first: char| first.is_ascii_alphanumeric())) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{all, find};
    use super::*;

    #[test]
    fn words_are_what_stands_for_itself() {
        for (block, name, words) in [
            ("vrrp_instance", "state", &["MASTER", "BACKUP"][..]),
            ("vrrp_instance", "priority", &[]),
            ("vrrp_instance", "old_unicast_checksum", &["never"]),
            ("vrrp_instance/authentication", "auth_type", &["PASS", "AH"]),
            ("vrrp_instance/auth_hmac", "mode", &["enforce", "permissive", "receive-only"]),
            ("vrrp_instance/virtual_routes", "pref", &["low", "medium", "high"]),
            ("global_defs", "vrrp_strict", &BOOLEAN),
            ("global_defs", "vrrp_version", &["2", "3"]),
            ("global_defs", "include_check", &["read", "match", "wildcard_match", "brace_match"]),
            ("virtual_server/real_server/HTTP_GET", "http_protocol", &["1.0", "1.0C", "1.0c", "1.1"]),
            ("vrrp_instance", "unicast_peer", &["min_ttl", "max_ttl"]),
        ] {
            assert_eq!(find(block, name).map(|keyword| keyword.words()).as_deref(), Some(words), "{name}");
        }
    }

    #[test]
    fn no_placeholder_is_taken_for_a_word() {
        for keyword in all() {
            for word in keyword.words() {
                // The type of a DNS record is the only letter that stands for itself.
                let whole = word.len() > 1 || word.parse::<u8>().is_ok() || word == "A";
                assert!(whole && word != "..", "{}: {word}", keyword.path());
                assert!(!word.contains(['<', '>', ':']), "{}: {word}", keyword.path());
            }
        }
    }
}
