//! The socket against a kernel that the test plays: which answer is the verdict on a batch.

use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{RecvFlags, SendFlags, recv, send};

use super::super::message::messages;
use super::socket::tests::on;
use super::*;
use crate::Errno;

fn batch(requests: usize) -> NftBatch {
    let mut batch = NftBatch::new();
    for number in 0..requests {
        batch.add_table(&NftTable { family: NftFamily::V4, name: format!("t{number}") });
    }
    batch
}

/// Answers by place in the datagram: 0 is the beginning of the batch.
fn asked(requests: usize, answers: &[(u32, i32)]) -> (Result<(), NftError>, Vec<u16>) {
    let (near, far) = super::super::pair();
    set_socket_timeout(&near, Timeout::Recv, Some(std::time::Duration::from_millis(50))).unwrap();
    for (place, errno) in answers {
        let mut octets = 36_u32.to_ne_bytes().to_vec();
        octets.extend((libc::NLMSG_ERROR as u16).to_ne_bytes());
        octets.extend([0; 2]);
        octets.extend((1 + place).to_ne_bytes());
        octets.extend([0; 4]);
        octets.extend((-errno).to_ne_bytes());
        octets.extend([0; 16]);
        send(&far, &octets, SendFlags::empty()).unwrap();
    }
    let verdict = on(near).apply(&batch(requests));
    let mut room = vec![0; 4_096];
    let (len, _) = recv(&far, &mut *room, RecvFlags::empty()).unwrap();
    let kinds = messages(&room[..len]).map(|message| message.kind).collect();
    (verdict, kinds)
}

#[test]
fn the_first_refusal_is_the_verdict_and_the_last_answer_the_end() {
    for (answers, expected) in [
        (&[(3, 0)][..], Ok(())),
        (&[(2, libc::ENOENT), (3, 0)], Err(NftError::NotThere)),
        (&[(1, libc::EEXIST), (2, libc::ENOENT), (3, 0)], Err(NftError::Exists)),
        (&[(3, libc::EBUSY)], Err(NftError::Refused(Errno(libc::EBUSY)))),
        (&[(0, libc::EOPNOTSUPP)], Err(NftError::Unsupported)),
        (&[(0, libc::EPERM)], Err(NftError::NotPermitted)),
        (&[(77, libc::EPERM), (3, 0)], Ok(())),
        (&[(1, libc::ENOENT)], Err(NftError::Timeout)),
        (&[], Err(NftError::Timeout)),
    ] {
        let (verdict, kinds) = asked(3, answers);
        assert_eq!(verdict, expected, "{answers:?}");
        assert_eq!(kinds, [0x10, 0xa00, 0xa00, 0xa00, 0x11]);
    }
}
