//! Without root: everything but captures and FRR works for a user without any right.

use std::env;
use std::error::Error;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::{self, Command};
use std::time::Duration;

use netlab::peer::{PeerKind, Router, Spec};
use netlab::{Lab, LabError, Mark};
use vrrp_types::{Interval, Priority, Version, Vrid};

type Outcome = Result<(), Box<dyn Error>>;

const LONG: Duration = Duration::from_secs(20);
const SHARED: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 77, 0, 100));

fn spec(priority: u8) -> Spec {
    Spec {
        vrid: Vrid::new(51).expect("51 is a VRID"),
        priority: Priority::new(priority),
        version: Version::V3,
        interval: Interval::from_centis(10).expect("a tenth of a second is an interval"),
        addresses: vec![(SHARED, 24)],
        unicast: None,
        proof: None,
        vmac: false,
    }
}

/// One address on two hosts, seen from a client: the first election, a crash, a partition and its end.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn an_address_moves_between_two_hosts() -> Outcome {
    let lab = Lab::new("plain")?;
    let (alpha, beta) = (lab.host("alpha", &["10.77.0.1/24"])?, lab.host("beta", &["10.77.0.2/24"])?);
    let client = lab.client("client", &["10.77.0.9/24"])?;
    let pings = client.ping(SHARED, Duration::from_millis(10))?;
    let mut left = Router::start(&PeerKind::Keepalived, &alpha, &spec(200))?;
    let right = Router::start(&PeerKind::Keepalived, &beta, &spec(100))?;

    left.wait_active(LONG)?;
    right.wait_idle(LONG)?;
    client.wait_for_neighbour(SHARED, alpha.mac(), LONG)?;
    left.proc().kill_tree()?;
    right.wait_active(LONG)?;
    client.wait_for_neighbour(SHARED, beta.mac(), LONG)?;
    assert!(left.holds_all()? && right.holds_all()?, "a crashed router's kernel keeps the address");

    left.restart()?;
    left.proc().wait_for("Entering MASTER STATE", LONG)?;
    right.wait_idle(LONG)?;
    let mark = right.proc().mark();
    lab.partition(&[&alpha], &[&beta])?;
    right.proc().wait_for_after(mark, "Entering MASTER STATE", LONG)?;
    lab.heal()?;
    right.wait_idle(LONG)?;
    client.wait_for_neighbour(SHARED, alpha.mac(), LONG)?;

    pings.wait_for_answer(pings.mark(), LONG)?;
    left.proc().terminate(LONG)?;
    right.wait_active(LONG)?;
    right.proc().terminate(LONG)?;
    assert!(left.holds_none()? && right.holds_none()?);
    let summary = pings.finish()?;
    assert!(summary.answered > 0 && summary.sent > summary.answered, "{summary:?}");
    Ok(())
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn captures_say_that_they_need_root() -> Outcome {
    let lab = Lab::new("rights")?;
    let host = lab.host("alpha", &["10.77.0.1/24"])?;
    let capture = lab.capture(&host, "arp");
    match host.is_rootless() {
        true => assert!(matches!(capture, Err(LabError::NeedsRoot { peer: "tcpdump" })), "{capture:?}"),
        false => assert!(capture?.since(Mark::START).len() < 100),
    }
    Ok(())
}

/// The other tests of this file as a user without any right.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn all_this_needs_no_root() -> Outcome {
    // The test program may lie where nobody else may go.
    let folder = env::temp_dir().join(format!("netlab-plain-{}", process::id()));
    fs::create_dir(&folder)?;
    let program = folder.join("plain_user");
    let copied = fs::copy(env::current_exe()?, &program);
    let tests = ["an_address_moves_between_two_hosts", "captures_say_that_they_need_root"];
    let outputs = tests.map(|test| (test, as_nobody(&program, test).output()));
    fs::remove_dir_all(&folder)?;
    copied?;
    for (test, output) in outputs {
        let output = output?;
        let said = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("1 passed"), "{test}: {said}{complaint}");
    }
    Ok(())
}

/// One test of this file in a process of its own. Who runs the tests without root has no right to shed.
fn as_nobody(program: &Path, test: &str) -> Command {
    let mut command = match rustix::process::geteuid().is_root() {
        true => {
            let mut setpriv = Command::new("setpriv");
            setpriv.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
            setpriv
        }
        false => Command::new(program),
    };
    command.args(["--include-ignored", "--exact", test]).current_dir("/").env("TMPDIR", "/tmp");
    command
}
