//! Names of this host and its users, as the system's data bases have them. Asking may take a while.

use crate::sys;

/// The name of a user, `None` if there is none.
#[doc(alias = "getpwuid")]
pub fn user_name(uid: u32) -> Option<String> {
    sys::user_name(uid)
}

/// The full name of this host, as name servers or `/etc/hosts` give it, `None` if they know none.
#[doc(alias = "getaddrinfo")]
pub fn canonical_name() -> Option<String> {
    sys::canonical_name(rustix::system::uname().nodename())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_has_a_name_and_nobody_of_that_number_has_one() {
        assert_eq!(user_name(0).as_deref(), Some("root"));
        assert_eq!(user_name(4_123_456_789), None);
    }

    #[test]
    fn the_full_name_of_the_local_host_is_what_the_files_say() {
        let name = sys::canonical_name(c"localhost");
        assert!(name.is_some_and(|name| name.contains("localhost")));
        assert_eq!(sys::canonical_name(c"no.such.host.invalid"), None);
    }
}
