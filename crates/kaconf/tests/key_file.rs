//! A key of `auth_hmac` in a file of its own: who may read it is part of the verdict.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use kaconf::{FileSource, Options, load};

#[test]
fn a_key_that_others_may_read_is_reported_and_used() {
    let directory = std::env::temp_dir().join(format!("kaconf-key-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let (key, file) = (directory.join("key"), directory.join("main.conf"));
    fs::write(&key, "0123456789012345678901234567890123456789\n").unwrap();
    let text = format!(
        "vrrp_instance A {{\n interface eth0\n virtual_router_id 1\n version 3\n virtual_ipaddress {{\n 10.0.0.1\n }}\n \
         auth_hmac {{\n key 1 file:{}\n active_key 1\n }}\n}}\n",
        key.display()
    );
    fs::write(&file, text).unwrap();
    for (mode, exit) in [(0o600, 0), (0o400, 0), (0o640, 6), (0o644, 6)] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        let loaded = load(&Options::new(&file), &FileSource);
        assert_eq!(loaded.exit_class().code(), exit, "{mode:o}: {:?}", loaded.diagnostics);
        assert!(loaded.config.instances[0].auth_hmac.is_some(), "{mode:o}");
    }
    fs::remove_dir_all(&directory).unwrap();
}
