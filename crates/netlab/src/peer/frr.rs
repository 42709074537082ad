//! FRR's zebra and vrrpd.
//!
//! vrrpd moves no address: the operator puts the shared addresses on a macvlan that bears the virtual router's
//! Ethernet address, and vrrpd takes its carrier away (protodown) while it is not master.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{Spec, conf, daemon};
use crate::lab::ip;
use crate::{Host, LabError, Mac, Proc, tool};

/// What vrrpd does otherwise than RFC 9568, as seen in version 8.4.4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Quirks {
    /// It remains master when its link fails, and advertises at once when it comes back.
    pub(crate) resumes_at_once: bool,
    /// Its first advert as master comes an interval late: over IPv6 it finds the macvlan's address only after
    /// the carrier. A router of lower priority may take that for its absence.
    pub(crate) first_advert_late: bool,
    /// It announces itself once, while the macvlan may not carry yet.
    pub(crate) announcement_lost: bool,
}

pub(super) fn quirks(spec: &Spec) -> Quirks {
    Quirks { resumes_at_once: true, first_advert_late: !is_v4(spec), announcement_lost: true }
}

/// Where Debian puts FRR's daemons.
const FOLDER: &str = "/usr/lib/frr";
/// How long zebra may take to listen.
const START_TIMEOUT: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(super) struct Frr {
    host: Host,
    folder: PathBuf,
    vrrpd: Proc,
    _zebra: Proc,
}

impl Frr {
    pub(super) fn start(host: &Host, spec: &Spec) -> Result<Self, LabError> {
        check(host, spec)?;
        macvlan(host, spec)?;
        let folder = host.scratch("frr")?;
        daemon::write(&folder.join("vrrpd.conf"), &conf::frr(spec))?;
        daemon::write(&folder.join("zebra.conf"), "")?;
        let zebra = host.spawn("zebra", &command("zebra", &folder))?;
        let socket = folder.join("z.sock");
        if !crate::poll_until(START_TIMEOUT, || socket.exists() || !zebra.is_running()) || !zebra.is_running()
        {
            return Err(zebra.missing("its socket", START_TIMEOUT));
        }
        let vrrpd = host.spawn("vrrpd", &command("vrrpd", &folder))?;
        Ok(Self { host: host.clone(), folder, vrrpd, _zebra: zebra })
    }

    pub(super) fn restart(&mut self) -> Result<(), LabError> {
        self.vrrpd = self.host.spawn("vrrpd", &command("vrrpd", &self.folder))?;
        Ok(())
    }

    pub(super) fn proc(&self) -> &Proc {
        &self.vrrpd
    }
}

fn check(host: &Host, spec: &Spec) -> Result<(), LabError> {
    for daemon in ["zebra", "vrrpd"] {
        tool::find(Path::new(FOLDER).join(daemon))?;
    }
    let unsupported = |feature| Err(LabError::Unsupported { peer: "vrrpd", feature });
    match spec {
        Spec { unicast: Some(_), .. } => unsupported("unicast"),
        Spec { proof: Some(_), .. } => unsupported("authentication"),
        _ if host.is_rootless() => Err(LabError::NeedsRoot { peer: "vrrpd" }),
        _ => Ok(()),
    }
}

/// Name of the macvlan. vrrpd finds it by its Ethernet address.
pub(super) fn interface(spec: &Spec) -> String {
    let family = if is_v4(spec) { 4 } else { 6 };
    format!("vrrp{family}-{}", spec.vrid)
}

/// The virtual router's Ethernet address (RFC 9568 section 7.3).
pub(super) fn mac(spec: &Spec) -> Mac {
    Mac([0, 0, 0x5e, 0, if is_v4(spec) { 1 } else { 2 }, spec.vrid.get()])
}

fn is_v4(spec: &Spec) -> bool {
    spec.addresses.first().is_some_and(|(address, _)| address.is_ipv4())
}

/// The macvlan, without carrier until vrrpd gives it. `arp_ignore` keeps `eth0` from answering for its addresses.
fn macvlan(host: &Host, spec: &Spec) -> Result<(), LabError> {
    let (name, mac) = (interface(spec), mac(spec));
    let mut batch = format!(
        "link add {name} link eth0 address {mac} type macvlan mode bridge\n\
         link set {name} protodown on\n"
    );
    for (address, length) in &spec.addresses {
        let nodad = if matches!(address, IpAddr::V6(_)) { " nodad" } else { "" };
        batch.push_str(&format!("address add {address}/{length} dev {name}{nodad}\n"));
    }
    batch.push_str(&format!("link set {name} up\n"));
    ip(&host.inner.entry, &batch)?;
    host.run("sh", &["-c", "echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore"]).map(drop)
}

/// The daemon in a mount namespace of its own, because FRR keeps crash logs under process ids in /var/tmp, where
/// ours would meet each other's and those of a system's own FRR.
fn command(daemon: &str, folder: &Path) -> Command {
    const PRIVATE: &str = "mount -t tmpfs -o mode=1777 none /var/tmp && exec \"$@\"";
    const AS_IT_IS: &str = "exec \"$@\"";
    let script = if folder.starts_with("/var/tmp") { AS_IT_IS } else { PRIVATE };
    let file = |extension: &str| folder.join(format!("{daemon}.{extension}"));
    let mut command = Command::new("unshare");
    command.args(["--mount", "--", "sh", "-c", script, "sh"]).arg(Path::new(FOLDER).join(daemon));
    command.arg("-f").arg(file("conf")).arg("-i").arg(file("pid"));
    command.arg("-z").arg(folder.join("z.sock")).arg("--vty_socket").arg(folder);
    command.args(["-A", "127.0.0.1", "--log", "stdout"]);
    command
}
