use proptest::prelude::*;

use super::*;

fn index(n: u32) -> Option<IfIndex> {
    IfIndex::new(n)
}

#[test]
fn names_are_laid_out_as_c_does() {
    let four = ip_name("224.0.0.18".parse().unwrap(), index(3));
    assert_eq!(four.as_slice(), [2, 0, 0, 0, 224, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0, 0]);

    let six = ip_name("ff02::12".parse().unwrap(), index(3));
    assert_eq!(six.as_slice().len(), 28);
    assert_eq!(six.as_slice()[..2], [10, 0]);
    assert_eq!(six.as_slice()[8..10], [0xff, 0x02]);
    assert_eq!(six.as_slice()[24..], [3, 0, 0, 0]);

    let link = link_name(IfIndex::new(3).unwrap(), 0x0806);
    assert_eq!(link.as_slice(), [17, 0, 8, 6, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn only_link_local_destinations_carry_a_scope() {
    for (destination, scope) in
        [("fe80::1", 3), ("ff02::12", 3), ("ff01::1", 3), ("ff05::12", 0), ("2001:db8::1", 0)]
    {
        let name = ip_name(destination.parse().unwrap(), index(3));
        assert_eq!(name.as_slice()[24], scope, "{destination}");
    }
}

#[test]
fn an_address_survives_its_name() {
    for address in ["10.1.0.1", "fe80::1", "2001:db8::100"] {
        let address: IpAddr = address.parse().unwrap();
        assert_eq!(read_ip_name(ip_name(address, None).as_slice()), Some(address));
    }
    assert_eq!(read_ip_name(link_name(IfIndex::new(1).unwrap(), 0x0806).as_slice()), None);
    assert_eq!(read_ip_name(&[2, 0, 0, 0, 10, 1]), None);
}

#[test]
fn what_is_said_of_the_egress_is_read_back() {
    let source: IpAddr = "fe80::1".parse().unwrap();
    let control = egress(source, index(7), 64);
    assert_eq!(control.as_slice().len(), 64);
    let read = read_control(control.as_slice());
    assert_eq!(read, Ingress { interface: index(7), destination: Some(source), hop_limit: Some(64) });

    // IPv4 has two addresses in the structure: the route's source on the way out, the header's on the way in.
    let control = egress("10.1.0.1".parse().unwrap(), None, 0);
    assert_eq!(control.as_slice().len(), 32);
    assert_eq!(control.as_slice()[20..24], [10, 1, 0, 1]);
    let unspecified = Some(Ipv4Addr::UNSPECIFIED.into());
    assert_eq!(
        read_control(control.as_slice()),
        Ingress { interface: None, destination: unspecified, hop_limit: None }
    );
}

proptest! {
    #[test]
    fn any_control_data_is_read_to_its_end(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        read_control(&octets);
        read_ip_name(&octets);
    }

    #[test]
    fn a_lying_length_ends_the_reading(len in any::<usize>(), tail in prop::collection::vec(any::<u8>(), 0..64)) {
        let mut control = len.to_ne_bytes().to_vec();
        control.extend(libc::IPPROTO_IPV6.to_ne_bytes());
        control.extend(libc::IPV6_PKTINFO.to_ne_bytes());
        control.extend(tail);
        let read = read_control(&control);
        if len > control.len() || len < CMSG_HEADER {
            prop_assert_eq!(read, Ingress::default());
        }
    }
}
