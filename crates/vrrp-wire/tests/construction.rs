//! What cannot be said on the wire cannot be constructed.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{centis, vrid};
use vrrp_types::{Priority, Version};
use vrrp_wire::{Addresses, Advert, AdvertError, Auth, Password};

#[test]
fn what_cannot_be_said_cannot_be_constructed() {
    let (v4_list, v6_list) = (vec![[0; 4]; 256], [[0; 16]]);
    let new = |version, interval, addresses| {
        Advert::new(version, vrid(1), Priority::DEFAULT, centis(interval), addresses)
    };
    let one = Addresses::V4(&v4_list[..1]);
    let six = Addresses::V6(&v6_list);
    let pass = Auth::Pass(Password::new(b"1111"));
    assert_eq!(new(Version::V2, 150, one), Err(AdvertError::Fraction(centis(150))));
    assert_eq!(new(Version::V3, 4096, one), Err(AdvertError::TooLong(centis(4096))));
    assert!(new(Version::V3, 4095, one).is_ok());
    assert!(new(Version::V2, 25_500, one).is_ok());
    assert_eq!(new(Version::V3, 100, Addresses::V4(&v4_list)), Err(AdvertError::TooManyAddresses(256)));
    assert!(new(Version::V3, 100, Addresses::V4(&v4_list[..255])).is_ok());
    assert_eq!(new(Version::V3, 100, one).unwrap().with_auth(pass), Err(AdvertError::Auth));
    assert_eq!(new(Version::V3, 100, one).unwrap().with_auth(Auth::Ah), Err(AdvertError::Auth));
    assert_eq!(new(Version::V2, 100, six).unwrap().with_auth(Auth::Ah), Err(AdvertError::Auth));
    assert_eq!(new(Version::V2, 100, six).unwrap().with_auth(pass), Err(AdvertError::Auth));
    assert!(new(Version::V2, 100, one).unwrap().with_auth(pass).is_ok());
    assert!(new(Version::V3, 100, six).unwrap().with_auth(Auth::None).is_ok());
}

/// What `auth_pass` means on the wire: eight octets, cut or filled up.
#[test]
fn a_password_is_eight_octets() {
    for (text, octets) in
        [("", [0; 8]), ("1111", *b"1111\0\0\0\0"), ("12345678", *b"12345678"), ("123456789", *b"12345678")]
    {
        assert_eq!(Password::new(text.as_bytes()).octets(), octets, "{text}");
    }
    assert_eq!(Password::new(b"123456789"), Password::from(*b"12345678"));
    assert_ne!(Password::new(b"1234567"), Password::from(*b"12345678"));
}

#[test]
fn lists_of_different_families_share_nothing() {
    let (four, six) = ([[0; 4]], [[0; 16]]);
    let (four, six) = (Addresses::V4(&four), Addresses::V6(&six));
    assert_eq!(four.lacks(six), six.iter().next());
    assert!(!four.same_as(six) && !six.same_as(four));
    assert!(six.same_as(six) && six.contains(six.iter().next().unwrap()));
}

/// Addresses that stand twice do not make up for one that is missing.
#[test]
fn lists_of_the_same_length_may_differ_in_either_direction() {
    let (a, b) = ([10, 0, 0, 1], [10, 0, 0, 2]);
    let (doubled, both) = ([a, a], [b, a]);
    let (doubled, both) = (Addresses::V4(&doubled), Addresses::V4(&both));
    assert_eq!(both.lacks(doubled), None);
    assert_eq!(doubled.lacks(both), Some(b.into()));
    assert!(!both.same_as(doubled) && !doubled.same_as(both));
}
