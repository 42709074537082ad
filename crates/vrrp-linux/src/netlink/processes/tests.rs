use super::*;
use proptest::prelude::*;

/// `struct nlmsghdr`, `struct cn_msg`, `struct proc_event`, as Linux 6.18 sends them on x86-64.
fn datagram(what: u32, ack: u32, data: &[u32]) -> Vec<u8> {
    let words = [76, 3, 0, 0, 1, 1, 7, ack, 40, what, 0];
    let mut octets: Vec<u8> = words.iter().flat_map(|word: &u32| word.to_ne_bytes()).collect();
    octets.extend(1_234_567u64.to_ne_bytes());
    octets.extend(data.iter().flat_map(|word| word.to_ne_bytes()));
    octets.resize(76, 0);
    octets
}

#[test]
fn what_the_kernel_says() {
    for (what, ack, data, event) in [
        (0, 1, &[0][..], Some(ProcessEvent::Listening)),
        (0, 1, &[13], None),
        (1, 0, &[10, 10, 11, 11], Some(ProcessEvent::Forked { parent: 10, child: 11 })),
        // A thread of its own process, and one that a thread forked.
        (1, 0, &[10, 10, 12, 10], None),
        (1, 0, &[12, 10, 13, 13], Some(ProcessEvent::Forked { parent: 10, child: 13 })),
        (2, 0, &[11, 11], Some(ProcessEvent::Executed(11))),
        (2, 0, &[12, 11], None),
        (4, 0, &[11, 11, 0, 0], None),
        (0x8000_0000, 0, &[11, 11, 256, 17], Some(ProcessEvent::Ended(11))),
        (0x8000_0000, 0, &[12, 11, 0, 0], None),
    ] {
        assert_eq!(parse(&datagram(what, ack, data)), event, "{what} {data:?}");
    }
    let name = u32::from_ne_bytes(*b"cron");
    let mut comm = [0; 16];
    comm[..4].copy_from_slice(b"cron");
    assert_eq!(parse(&datagram(0x200, 0, &[11, 11, name])), Some(ProcessEvent::Renamed(11, comm)));
}

#[test]
fn the_request_is_what_the_kernel_reads() {
    let words = [40u32, 3, 0, 0, 1, 1, 0, 0, 4, 1];
    let expected: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    assert_eq!(request(), Some(expected));
}

proptest! {
    #[test]
    fn nothing_panics(octets in proptest::collection::vec(any::<u8>(), 0..120)) {
        let _ = parse(&octets);
    }
}
