use super::*;

#[test]
fn slips_in_a_block() {
    for (path, name, want) in [
        ("vrrp_instance", "prioritty", Some("priority")),
        ("vrrp_instance", "priorit", Some("priority")),
        ("vrrp_instance", "prioirty", Some("priority")),
        ("vrrp_instance", "Priority", Some("priority")),
        ("vrrp_instance", "prxority", Some("priority")),
        ("vrrp_instance", "preemtp_delay", Some("preempt_delay")),
        ("vrrp_instance", "lvs_sync_daemon_inteface", Some("lvs_sync_daemon_interface")),
        ("vrrp_instance", "virtual_ipadress", Some("virtual_ipaddress")),
        ("vrrp_instance", "track_interfaces", Some("track_interface")),
        ("vrrp_instance", "advert_interval", Some("advert_int")),
        ("vrrp_instance", "interface_name", Some("interface")),
        ("root", "bal_defs", Some("global_defs")),
        ("vrrp_instance", "track_vips", None),
        ("vrrp_instance", "virtualrouter_id", Some("virtual_router_id")),
        ("vrrp_instance", "xyzzy", None),
        ("vrrp_instance/authentication", "autp_pass", Some("auth_pass")),
        ("global_defs", "stmp_connect_timeout", Some("smtp_connect_timeout")),
        ("global_defs", "smtp_timeout", Some("smtp_connect_timeout")),
        ("global_defs", "email_notification", Some("notification_email")),
        ("virtual_server/real_server", "weigth", Some("weight")),
        ("root", "vvrp_script", Some("vrrp_script")),
        ("root", "vrrp-instance", Some("vrrp_instance")),
    ] {
        assert_eq!(suggest(path, name), want, "{path} {name}");
    }
}

#[test]
fn keywords_of_other_blocks_are_sent_there() {
    for (path, name, meant_name, blocks) in [
        ("root", "real_server", "real_server", &["virtual_server"][..]),
        ("root", "priority", "priority", &["vrrp_instance"]),
        ("vrrp_instance", "auth_pass", "auth_pass", &["vrrp_instance/authentication"]),
        ("vrrp_instance", "autp_pass", "auth_pass", &["vrrp_instance/authentication"]),
        ("virtual_server", "virtual_server_group", "virtual_server_group", &["root"]),
        ("global_defs", "vrrp_instance", "vrrp_instance", &["root"]),
    ] {
        let got = meant(path, name);
        assert_eq!(got, Some(Meant::Elsewhere(meant_name, blocks.to_vec())), "{path} {name}");
    }
}

#[test]
fn an_older_name_leads_to_the_one_of_today() {
    let blocks = ["TCP_CHECK", "SMTP_CHECK"].map(|check| format!("virtual_server/real_server/{check}"));
    for path in blocks {
        let retry = find(&path, "retry").map(Meant::Renamed);
        assert!(retry.is_some() && meant(&path, "nb_get_retry") == retry, "{path}");
    }
}

#[test]
fn values_of_closed_sets() {
    for (values, word, want) in [
        (&["MASTER", "BACKUP"][..], "master", Some("MASTER")),
        (&["MASTER", "BACKUP"], "Bakcup", Some("BACKUP")),
        (&["MASTER", "BACKUP"], "SLAVE", None),
        (&["rr", "wrr", "lc", "wlc", "lblc"], "wcl", Some("wlc")),
        (&["NAT", "DR", "TUN"], "Nat", Some("NAT")),
        (&["NAT", "DR", "TUN"], "dr", Some("DR")),
        (&["NAT", "DR", "TUN"], "TUNNEL", Some("TUN")),
        (&["PASS", "AH"], "pass", Some("PASS")),
        (&["PASS", "AH"], "PASSWORD", Some("PASS")),
        (&["true", "on", "yes"], "TRUE", Some("true")),
    ] {
        assert_eq!(suggest_value(values, word), want, "{word}");
    }
}

#[test]
fn the_table_says_which_values_there_are() {
    for (path, name, some) in [
        ("vrrp_instance", "state", "MASTER"),
        ("vrrp_instance/authentication", "auth_type", "PASS"),
        ("virtual_server", "lb_algo", "wlc"),
        ("virtual_server", "lvs_sched", "wlc"),
        ("virtual_server", "lb_kind", "NAT"),
    ] {
        assert!(find(path, name).is_some_and(|keyword| values_of(keyword).contains(&some)), "{name}");
    }
    assert!(find("vrrp_instance", "priority").is_some_and(|keyword| values_of(keyword).is_empty()));
}
