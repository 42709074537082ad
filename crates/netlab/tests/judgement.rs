//! The scenario's judgement: a router that breaks one rule is caught by the rule it breaks.
//!
//! The culprits are C keepalived behind a script that changes a line of their configuration or robs their host of
//! something.

use std::env;
use std::error::Error;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process;

use netlab::LabError;
use netlab::peer::PeerKind;
use netlab::scenario::{Event, Protocol, ScenarioError, Side, failover};
use vrrp_types::Interval;

/// A program with keepalived's command line that runs a line of shell first. The configuration file is the sixth
/// argument.
struct Culprit {
    folder: PathBuf,
}

impl Culprit {
    fn new(name: &str, first: &str) -> Result<Self, Box<dyn Error>> {
        let folder = env::temp_dir().join(format!("netlab-{name}-{}", process::id()));
        fs::create_dir(&folder)?;
        let culprit = Self { folder };
        fs::write(culprit.program(), format!("#!/bin/sh -e\n{first}\nexec keepalived \"$@\"\n"))?;
        fs::set_permissions(culprit.program(), fs::Permissions::from_mode(0o755))?;
        Ok(culprit)
    }

    fn program(&self) -> PathBuf {
        self.folder.join("culprit")
    }

    fn kind(&self) -> PeerKind {
        PeerKind::Kad(self.program())
    }
}

impl Drop for Culprit {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn protocol() -> Protocol {
    Protocol::v3(Interval::from_centis(10).expect("a tenth of a second is an interval"))
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn an_honest_script_passes() -> Result<(), Box<dyn Error>> {
    let honest = Culprit::new("honest", "sed -i 's/priority/priority/' $6")?;
    failover(&honest.kind(), &PeerKind::Keepalived, &protocol())?;
    Ok(())
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn a_backup_that_waits_too_long_is_late() -> Result<(), Box<dyn Error>> {
    let slow = Culprit::new("slow", "sed -i 's/advert_int 0.1/advert_int 0.4/' $6")?;
    let error = failover(&slow.kind(), &slow.kind(), &protocol()).unwrap_err();
    let late =
        matches!(error, ScenarioError::Time { event: Event::Crash, waited, theory, .. } if waited > theory);
    assert!(late, "{error}");
    Ok(())
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn a_backup_that_does_not_wait_is_early() -> Result<(), Box<dyn Error>> {
    let hasty = Culprit::new("hasty", "sed -i 's/priority 100/priority 180/' $6")?;
    let error = failover(&PeerKind::Keepalived, &hasty.kind(), &protocol()).unwrap_err();
    // Its adverts say 180, so that nobody is heard with 100.
    assert!(matches!(error, ScenarioError::Lab { event: Event::Crash, .. }), "{error}");
    assert!(error.to_string().contains("Entering MASTER STATE"), "the error shows no log: {error}");

    let quick = Culprit::new("quick", "sed -i 's/advert_int 0.1/advert_int 0.05/' $6")?;
    let error = failover(&quick.kind(), &quick.kind(), &protocol()).unwrap_err();
    let early = matches!(error, ScenarioError::Time { waited, theory, .. } if waited < theory);
    assert!(early, "{error}");
    Ok(())
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn a_master_that_tells_nobody_is_silent() -> Result<(), Box<dyn Error>> {
    // Its gratuitous ARPs, which are broadcast, never leave the host; its answers do.
    let rule = r#"nft 'add table netdev gag; delete table netdev gag; add table netdev gag;
        add chain netdev gag out { type filter hook egress device "eth0" priority 0; };
        add rule netdev gag out ether daddr ff:ff:ff:ff:ff:ff ether type arp drop'"#;
    let silent = Culprit::new("silent", rule)?;
    let error = failover(&silent.kind(), &PeerKind::Keepalived, &protocol()).unwrap_err();
    assert!(matches!(error, ScenarioError::Client { .. }), "{error}");
    Ok(())
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn a_router_deaf_to_the_other_is_a_second_master() -> Result<(), Box<dyn Error>> {
    let deaf = Culprit::new("deaf", "sed -i 's/virtual_router_id 51/virtual_router_id 52/' $6")?;
    let error = failover(&PeerKind::Keepalived, &deaf.kind(), &protocol()).unwrap_err();
    let late = matches!(&error, ScenarioError::Lab { event: Event::Start, source: LabError::Timeout { what, .. } }
        if what.contains("gone from right"));
    let second = matches!(&error, ScenarioError::Addresses { event: Event::Start, side: Side::Right, .. });
    assert!(late || second, "{error}");
    Ok(())
}
