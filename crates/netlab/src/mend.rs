//! What the person at the machine can do when the kernel refuses namespaces.

use std::fs;

/// The settings that forbid user namespaces, the value that does, and the command that allows them.
const SWITCHES: [(&str, &str, &str); 3] = [
    ("kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    ("user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=10000"),
];

/// Advice that fits this machine's settings.
pub(crate) fn namespaces() -> String {
    advice(|name| fs::read_to_string(format!("/proc/sys/{name}")).ok())
}

fn advice(setting: impl Fn(&str) -> Option<String>) -> String {
    let to_set: Vec<&str> = SWITCHES
        .iter()
        .filter(|(name, forbids, _)| setting(name).is_some_and(|value| value.trim() == *forbids))
        .map(|(_, _, command)| *command)
        .collect();
    if to_set.is_empty() {
        return "run it as root; in a container, start that with the right to make namespaces \
                (docker run --privileged)"
            .to_owned();
    }
    format!("run it as root, or let users make namespaces: {}", to_set.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_names_the_setting_that_forbids() {
        let cases: [(&[(&str, &str)], &str); 4] = [
            (&[("kernel/unprivileged_userns_clone", "0\n")], "kernel.unprivileged_userns_clone=1"),
            (
                &[("kernel/apparmor_restrict_unprivileged_userns", "1\n")],
                "kernel.apparmor_restrict_unprivileged_userns=0",
            ),
            (&[("user/max_user_namespaces", "0\n")], "user.max_user_namespaces=10000"),
            (&[("user/max_user_namespaces", "96365\n")], "docker run --privileged"),
        ];
        for (settings, expected) in cases {
            let got = advice(|name| {
                settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            });
            assert!(got.contains(expected) && got.contains("as root"), "{settings:?}: {got}");
        }
    }
}
