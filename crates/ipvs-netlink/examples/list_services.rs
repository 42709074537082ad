//! Lists the virtual services of this host as `ipvsadm -Ln` does.

use std::process::ExitCode;

use ipvs_netlink::{DestinationEntry, Forwarding, Ipvs, IpvsError, ServiceEntry, ServiceFlags};

fn main() -> ExitCode {
    match list() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn list() -> Result<(), IpvsError> {
    let mut ipvs = Ipvs::open()?;
    let info = ipvs.info()?;
    let (major, minor, patch) = info.version;
    println!("IP Virtual Server version {major}.{minor}.{patch} (size={})", info.connection_table);
    println!("Prot LocalAddress:Port Scheduler Flags");
    println!("  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn");
    for entry in ipvs.all()? {
        println!("{}", service(&entry));
        for destination in &entry.destinations {
            println!("{}", server(destination));
        }
    }
    Ok(())
}

fn service(entry: &ServiceEntry) -> String {
    let service = &entry.service;
    let mut line = format!("{} {}", service.id, service.scheduler);
    if let Some(persistence) = service.persistence {
        line.push_str(&format!(" persistent {}", persistence.timeout.as_secs()));
        if !matches!(persistence.prefix, 32 | 128) {
            line.push_str(&format!(" mask /{}", persistence.prefix));
        }
    }
    if service.flags.contains(ServiceFlags::ONE_PACKET) {
        line.push_str(" ops");
    }
    line
}

fn server(entry: &DestinationEntry) -> String {
    let destination = &entry.destination;
    let forward = match destination.forwarding {
        Forwarding::Masquerade => "Masq",
        Forwarding::Local => "Local",
        Forwarding::Tunnel(_) => "Tunnel",
        Forwarding::DirectRoute => "Route",
        Forwarding::Bypass => "Bypass",
        _ => "?",
    };
    format!(
        "  -> {:<28} {forward:<7} {:<6} {:<10} {}",
        destination.address.to_string(),
        destination.weight.get(),
        entry.active,
        entry.inactive
    )
}
