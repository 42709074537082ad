//! What explanations say, and that they fit a terminal.

use proptest::prelude::*;

use super::*;

#[test]
fn everything_is_explained_within_a_hundred_columns() {
    let keywords =
        keywords::all().iter().map(|keyword| (keyword.path().into_owned(), super::keyword(keyword)));
    let codes = Code::ALL.iter().map(|code| (code.id().to_owned(), super::code(*code)));
    let topics = topics().iter().map(|topic| (topic.name.to_owned(), super::topic(topic)));
    let mut count = 0;
    for (name, text) in keywords.chain(codes).chain(topics).chain([("all".into(), overview())]) {
        for line in text.lines() {
            // The grammar is not to be broken, and examples are what they are.
            assert!(line.chars().count() <= layout::WIDTH || line.starts_with("    "), "{name}: {line}");
            assert_eq!(line.trim_end(), line, "{name}");
        }
        assert!(
            text.ends_with('\n') && !text.contains("\n\n\n\n") && !text.contains("```"),
            "{name}:\n{text}"
        );
        count += 1;
    }
    assert!(count > 690);
}

#[test]
fn a_word_is_found_in_every_block_that_has_it() {
    let text = explain("priority").unwrap();
    assert!(text.starts_with("priority, in vrrp_instance\n"), "{text}");
    assert!(text.contains("priority, in vrrp_instance/virtual_routes"), "{text}");
    let one = explain("vrrp_instance/priority").unwrap();
    assert!(one.contains("    priority <INT 1..255>\n") && !one.contains("virtual_routes"), "{one}");
    assert_eq!(one, keyword(keywords::find("vrrp_instance", "priority").unwrap()));
    assert_eq!(explain("real_server/weight"), explain("virtual_server/real_server/weight"));
    assert_eq!(explain("root/include"), explain("include"));
}

#[test]
fn rows_that_say_the_same_are_said_once() {
    let text = explain("bindto").unwrap();
    assert_eq!(text.matches("Local address of connections.").count(), 1, "{text}");
    assert!(text.contains("TCP_CHECK"), "{text}");
}

#[test]
fn a_block_lists_its_keywords() {
    let text = block("vrrp_script").unwrap();
    assert!(text.contains("\nKeywords:\n") && text.contains("\n  init_fail  "), "{text}");
    assert_eq!(block("priority"), None);
    assert_eq!(block("vrrp_instance/auth_hmac"), explain("auth_hmac").ok());
}

#[test]
fn old_keywords_say_what_to_use() {
    for (word, advice) in [
        ("nb_get_retry", "Deprecated, with a complaint: use retry."),
        ("lvs_sync_daemon_interface", "use lvs_sync_daemon of global_defs."),
        ("vrrp_instance/linkbeat_use_polling", "use linkbeat_interfaces outside of all blocks."),
        ("vrrp_track_file", "Old: use track_file."),
    ] {
        let text = explain(word).unwrap();
        assert!(text.contains(advice), "{text}");
    }
}

#[test]
fn codes_and_topics_are_words_too() {
    assert_eq!(explain("k200").unwrap(), code(Code::UnknownKeyword));
    assert!(explain("K300").unwrap().contains("\nWrong:\n\n    vrrp_instance web {\n"));
    assert_eq!(explain("~SEQ"), explain("sequences"));
    for topic in topics() {
        assert!(explain(topic.name).is_ok(), "{}", topic.name);
    }
    assert!(topics().len() >= 8);
}

#[test]
fn what_is_unknown_is_guessed() {
    let error = explain("prioritty").unwrap_err();
    assert_eq!(error.to_string(), "nothing is known of 'prioritty', did you mean priority?");
    assert_eq!(explain("").unwrap_err().near, Vec::<String>::new());
    for word in ["/", "a/b", "vrrp_instance/", "vrrp_instance/xyz", "root/", "ro", "nstance"] {
        assert!(explain(word).is_err(), "{word}");
    }
}

proptest! {
    /// Words come from people and shells.
    #[test]
    fn no_word_is_too_much(word in "\\PC{0,90}|[a-z_/]{0,40}") {
        match explain(&word) {
            Ok(text) => prop_assert!(text.len() < 1 << 20),
            Err(unknown) => prop_assert!(unknown.near.len() <= 3),
        }
    }
}
