use std::io::ErrorKind;

use std::os::fd::AsFd;

use super::*;

fn ends() -> (ParentLink, ChildLink) {
    let (parent, child) = pair().unwrap();
    (parent, ChildLink::new(child))
}

fn bundle_of(config: &Config) -> Bundle {
    let bundle = Bundle::create().unwrap();
    Bundle::write(config.clone(), std::fs::File::from(bundle.try_clone().unwrap())).unwrap();
    bundle.seal().unwrap();
    bundle
}

fn sample() -> Config {
    let mut config = Config::default();
    config.global.instance = Some("blue".into());
    config.global.use_pid_dir = true;
    config.has_virtual_servers = true;
    config
}

#[test]
fn a_bundle_gives_back_the_model_and_the_part_of_the_parent() {
    let bundle = bundle_of(&sample());
    assert_eq!(*bundle.config().unwrap(), sample());
    let part = bundle.parent_part().unwrap();
    assert_eq!(part, ParentPart::of(&sample()));
    assert!(part.has_virtual_servers && part.use_pid_dir && part.instance.as_deref() == Some("blue"));
}

#[test]
fn a_sealed_bundle_cannot_be_written() {
    use std::os::unix::fs::FileExt;
    let bundle = bundle_of(&sample());
    let file = std::fs::File::from(bundle.try_clone().unwrap());
    assert_eq!(file.write_at(b"x", 0).unwrap_err().kind(), ErrorKind::PermissionDenied);
    assert_eq!(file.set_len(0).unwrap_err().kind(), ErrorKind::PermissionDenied);
}

#[test]
fn what_is_no_bundle_is_refused() {
    for octets in
        [&b""[..], b"kadconf1", b"otherone\0\0\0\0", b"kadconf1\xff\xff\xff\xff", b"kadconf1\x20\0\0\0ab"]
    {
        let bundle = Bundle::create().unwrap();
        std::io::Write::write_all(&mut std::fs::File::from(bundle.try_clone().unwrap()), octets).unwrap();
        assert!(bundle.parent_part().is_err(), "{octets:?}");
        assert!(bundle.config().is_err(), "{octets:?}");
    }
}

#[test]
fn a_configuration_travels_with_its_message() {
    let (parent, mut child) = ends();
    let bundle = bundle_of(&sample());
    parent.send(Order::Load, &[bundle.as_fd()]).unwrap();
    parent.send(Order::Ping(7), &[]).unwrap();
    let Some(ToChild::Load(config)) = child.recv().unwrap() else { panic!("no configuration") };
    assert_eq!(*config, sample());
    assert!(matches!(child.recv(), Ok(Some(ToChild::Ping(7)))));
    assert!(matches!(child.recv(), Ok(None)));
}

#[test]
fn a_reload_that_cannot_be_read_is_refused_and_a_load_ends_the_child() {
    let (parent, mut child) = ends();
    let empty = Bundle::create().unwrap();
    parent.send(Order::Reload, &[empty.as_fd()]).unwrap();
    assert!(matches!(child.recv(), Ok(None)));
    assert!(matches!(parent.recv(), Ok(Some(FromChild::Refused(_)))));
    parent.send(Order::Load, &[]).unwrap();
    assert_eq!(child.recv().unwrap_err().kind(), ErrorKind::InvalidData);
}

#[test]
fn answers_arrive_whole_and_a_long_reason_is_cut() {
    let (parent, child) = ends();
    let reloaded = FromChild::Reloaded { kept: 1, added: u32::MAX, removed: 3 };
    for message in [FromChild::Running, reloaded, FromChild::Pong(9)] {
        child.send(&message).unwrap();
        assert_eq!(parent.recv().unwrap(), Some(message));
    }
    child.send(&FromChild::Refused("\u{e9}".repeat(5000))).unwrap();
    let Some(FromChild::Refused(reason)) = parent.recv().unwrap() else { panic!("no refusal") };
    assert!(reason.len() <= MAX_REASON && reason.starts_with('\u{e9}'));
}

#[test]
fn the_end_of_one_side_is_seen_by_the_other() {
    let (parent, mut child) = ends();
    drop(parent);
    assert_eq!(child.recv().unwrap_err().kind(), ErrorKind::UnexpectedEof);
    let (parent, child) = ends();
    drop(child);
    assert_eq!(parent.recv().unwrap_err().kind(), ErrorKind::UnexpectedEof);
}

#[test]
fn a_child_that_does_not_read_never_blocks_its_parent() {
    let (parent, _child) = ends();
    let refused = (0..100_000).find_map(|n| parent.send(Order::Ping(n), &[]).err());
    assert_eq!(refused.unwrap().kind(), ErrorKind::WouldBlock);
}

proptest::proptest! {
    #[test]
    fn no_octets_panic_a_bundle(octets in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..600)) {
        let bundle = Bundle::create().unwrap();
        let mut file = std::fs::File::from(bundle.try_clone().unwrap());
        std::io::Write::write_all(&mut file, b"kadconf1\x08\0\0\0").unwrap();
        std::io::Write::write_all(&mut file, &octets).unwrap();
        let _parent = bundle.parent_part();
        let _config = bundle.config();
    }
}
