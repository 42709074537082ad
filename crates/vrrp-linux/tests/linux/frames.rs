//! What the packet socket puts on the cable.

use std::net::Ipv6Addr;

use vrrp_linux::{BatchFull, Frame, FrameBatch, FrameSender};

use crate::pair::{Capture, Pair, nowhere, readable_now};

const MAC: [u8; 6] = [0, 0, 0x5e, 0, 1, 51];

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn announcements_arrive_as_built_and_in_order() {
    let pair = Pair::new("fr");
    let mut capture = Capture::on(&pair.far);
    let address: Ipv6Addr = "2001:db8::100".parse().unwrap();
    let frames = [
        Frame::gratuitous_arp(MAC, [10, 1, 0, 100].into()),
        Frame::neighbour_advertisement(MAC, address, true),
        Frame::gratuitous_arp(MAC, [10, 1, 0, 101].into()),
    ];
    let sender = FrameSender::open().unwrap();
    let mut batch = FrameBatch::new(3);
    for _ in 0..2 {
        for frame in &frames {
            batch.push(pair.near.index, frame).unwrap();
        }
        assert_eq!(batch.push(pair.near.index, &frames[0]), Err(BatchFull));
        let report = sender.send(&mut batch);
        assert_eq!((report.sent, report.failures.len()), (3, 0), "{:?}", report.failures);
        for frame in &frames {
            assert_eq!(capture.next(|octets| octets[6..12] == MAC), frame.octets());
        }
    }
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn one_that_fails_holds_up_no_other() {
    let pair = Pair::new("frf");
    let mut capture = Capture::on(&pair.far);
    let sender = FrameSender::open().unwrap();
    let mut batch = FrameBatch::new(2);
    batch.reserve(3);
    for (interface, last) in [(nowhere(), 1), (pair.near.index, 2), (nowhere(), 3)] {
        batch.push(interface, &Frame::gratuitous_arp(MAC, [10, 1, 0, last].into())).unwrap();
    }
    let report = sender.send(&mut batch);
    let failed: Vec<_> = report.failures.iter().map(|failure| failure.index).collect();
    assert_eq!((report.sent, failed), (1, vec![0, 2]));
    assert_eq!(capture.next(|octets| octets[6..12] == MAC)[41], 2);
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn the_socket_hears_nothing() {
    let pair = Pair::new("frq");
    let mut capture = Capture::on(&pair.far);
    let [sender, bystander] = [(); 2].map(|()| FrameSender::open().unwrap());
    let mut batch = FrameBatch::new(1);
    batch.push(pair.near.index, &Frame::gratuitous_arp(MAC, [10, 1, 0, 1].into())).unwrap();
    assert_eq!(sender.send(&mut batch).sent, 1);
    capture.next(|octets| octets[6..12] == MAC);
    assert!(!readable_now(&sender) && !readable_now(&bystander));
}
