//! The model goes to another process as octets and arrives as it was.
#![expect(clippy::unwrap_used, reason = "a test fails by its panic")]

use std::fs;
use std::path::{Path, PathBuf};

use kaconf::model::{Authentication, Broadcast, Config, Encap, Mode};
use kaconf::{FileSource, Matches, Options, ReadError, Source, load};

/// Files, and nothing else of this host: no script is left out because it is not here.
struct Files;

impl Source for Files {
    fn matches(&self, dir: &Path, pattern: &str) -> Result<Matches, ReadError> {
        FileSource.matches(dir, pattern)
    }

    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
        FileSource.read(path, limit)
    }
}

/// Every configuration of the golden tests, and what it comes to.
fn models() -> Vec<(PathBuf, Config)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conf");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "conf"));
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), load(&Options::new(path), &Files).config)).collect()
}

#[test]
fn every_model_arrives_as_it_was() {
    for (path, config) in models() {
        let octets = postcard::to_stdvec(&config).unwrap();
        let arrived: Config = postcard::from_bytes(&octets).unwrap();
        assert_eq!(arrived, config, "{}", path.display());
    }
}

#[test]
fn half_a_model_is_refused() {
    for (path, config) in models() {
        let octets = postcard::to_stdvec(&config).unwrap();
        for end in 0..octets.len() {
            let arrived = postcard::from_bytes::<Config>(&octets[..end]);
            assert!(arrived.is_err(), "{}: {end} of {} octets", path.display(), octets.len());
        }
    }
}

/// The first test proves only as much as the configurations hold.
#[test]
fn the_configurations_use_what_is_hard_to_carry() {
    let models = models();
    let instances = || models.iter().flat_map(|(_, config)| &config.instances);
    let lines = || instances().flat_map(|instance| instance.addresses.iter().chain(&instance.excluded));
    assert!(instances().any(|instance| matches!(instance.mode, Mode::Unicast { .. })));
    assert!(instances().any(|instance| matches!(instance.authentication, Authentication::Pass(_))));
    assert!(instances().any(|instance| instance.source.is_some_and(|source| source.is_ipv6())));
    assert!(instances().any(|instance| instance.timer_expired_backup.is_some()));
    assert!(lines().any(|line| matches!(line.broadcast, Broadcast::Address(_))));
    assert!(lines().any(|line| line.peer.is_some()));
    assert!(lines().any(|line| line.label.is_some() && line.device.is_some()));
    assert!(lines().any(|line| line.detect_duplicates && line.preferred_lifetime.is_none()));
    assert!(models.iter().any(|(_, config)| config.has_virtual_servers));
    let routes = || models.iter().flat_map(|(_, config)| &config.static_routes);
    assert!(routes().any(|route| matches!(route.encap, Some(Encap::Ip6(_)))));
    assert!(routes().any(|route| !route.next_hops.is_empty()));
    assert!(models.iter().any(|(_, config)| config.static_rules.iter().any(|rule| rule.mark.is_some())));
    assert!(models.iter().any(|(_, config)| !config.track_groups.is_empty()));
    assert!(instances().any(|instance| instance.vmac.is_some() && instance.vmac_addresses));
    assert!(instances().any(|instance| instance.auth_hmac.is_some()));
    assert!(instances().any(|instance| instance.notify.lower_priority.is_some()));
    assert!(instances().any(|instance| instance.tracking.files.iter().any(|file| file.weight.reverse)));
    assert!(
        models.iter().any(|(_, config)| config.track_scripts.iter().any(|script| script.timeout.is_some()))
    );
    assert!(
        models.iter().any(|(_, config)| config.garp_groups.iter().any(|group| group.gna_interval.is_some()))
    );
    assert!(models.iter().any(|(_, config)| config.bfds.iter().any(|bfd| bfd.source.is_some())));
    assert!(models.iter().any(|(_, config)| !config.virtual_servers.is_empty() && config.ssl.is_some()));
}
