//! The expected blocks are written as text and as in the registries, with their first and last address, so that a wrong
//! prefix in the tables shows.

use proptest::prelude::*;

use super::*;

/// The first and last address of every block that is not public.
pub(crate) const NOT_PUBLIC_V4: [(&str, &str); 16] = [
    ("0.0.0.0", "0.255.255.255"),
    ("10.0.0.0", "10.255.255.255"),
    ("100.64.0.0", "100.127.255.255"),
    ("127.0.0.0", "127.255.255.255"),
    ("168.63.129.16", "168.63.129.16"),
    ("169.254.0.0", "169.254.255.255"),
    ("172.16.0.0", "172.31.255.255"),
    ("192.0.0.0", "192.0.0.255"),
    ("192.0.2.0", "192.0.2.255"),
    ("192.88.99.0", "192.88.99.255"),
    ("192.168.0.0", "192.168.255.255"),
    ("198.18.0.0", "198.19.255.255"),
    ("198.51.100.0", "198.51.100.255"),
    ("203.0.113.0", "203.0.113.255"),
    ("224.0.0.0", "239.255.255.255"),
    ("240.0.0.0", "255.255.255.255"),
];

/// The same of IPv6, without the two blocks that embed a judged IPv4 address.
const NOT_PUBLIC_V6: [(&str, &str); 9] = [
    // Unspecified, loopback, IPv4-compatible.
    ("::", "::ffff:ffff"),
    ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"),
    // Discard-only (RFC 6666).
    ("100::", "100::ffff:ffff:ffff:ffff"),
    ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
    // Segment routing (RFC 9602).
    ("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    // Unique local, link-local, site-local (RFC 3879), multicast.
    ("fc00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
];

pub(crate) fn v4(text: &str) -> u32 {
    text.parse::<Ipv4Addr>().unwrap().to_bits()
}

fn v6(text: &str) -> u128 {
    text.parse::<Ipv6Addr>().unwrap().to_bits()
}

/// An IPv4 address in one of the blocks.
pub(crate) fn not_public_v4() -> impl Strategy<Value = Ipv4Addr> {
    let block = prop::sample::select(NOT_PUBLIC_V4.to_vec());
    block.prop_flat_map(|(first, last)| v4(first)..=v4(last)).prop_map(Ipv4Addr::from_bits)
}

/// An IPv4 address in none of them.
pub(crate) fn public_v4() -> impl Strategy<Value = Ipv4Addr> {
    any::<u32>()
        .prop_filter("in no block", |bits| {
            !NOT_PUBLIC_V4.iter().any(|(first, last)| (v4(first)..=v4(last)).contains(bits))
        })
        .prop_map(Ipv4Addr::from_bits)
}

pub(crate) fn not_public_v6() -> impl Strategy<Value = Ipv6Addr> {
    let block = prop::sample::select(NOT_PUBLIC_V6.to_vec());
    block.prop_flat_map(|(first, last)| v6(first)..=v6(last)).prop_map(Ipv6Addr::from_bits)
}

/// The IPv6 addresses that mean an IPv4 address.
pub(crate) fn embedding(address: Ipv4Addr) -> [Ipv6Addr; 2] {
    let nat64 = v6("64:ff9b::") | u128::from(address.to_bits());
    [address.to_ipv6_mapped(), Ipv6Addr::from_bits(nat64)]
}

fn public(address: impl Into<IpAddr>) -> bool {
    is_public(address.into())
}

#[test]
fn the_blocks_of_ipv4_end_where_the_registry_says() {
    let is_in_another =
        |bits| NOT_PUBLIC_V4.iter().any(|(first, last)| (v4(first)..=v4(last)).contains(&bits));
    for (first, last) in NOT_PUBLIC_V4 {
        for inside in [v4(first), v4(last), v4(first).midpoint(v4(last))] {
            assert!(!public(Ipv4Addr::from_bits(inside)), "{first}");
        }
        for outside in [v4(first).checked_sub(1), v4(last).checked_add(1)].into_iter().flatten() {
            assert_eq!(public(Ipv4Addr::from_bits(outside)), !is_in_another(outside), "{first}");
        }
    }
}

#[test]
fn the_blocks_of_ipv6_end_where_the_registry_says() {
    for (first, last) in NOT_PUBLIC_V6 {
        for inside in [v6(first), v6(last), v6(first).midpoint(v6(last))] {
            assert!(!public(Ipv6Addr::from_bits(inside)), "{first}");
        }
    }
    for edge in [
        "2001:200::",
        "2001:db7:ffff::1",
        "2001:db9::",
        "2001:ffff:ffff::1",
        "2003::",
        "3fff:1000::",
        "2000::1",
    ] {
        assert!(public(edge.parse::<Ipv6Addr>().unwrap()), "{edge}");
    }
    for edge in
        ["1fff:ffff::1", "4000::", "64:ff9b:0:0:0:1::", "::1:0:0:0", "::fffe:8.8.8.8", "::ffff:0:8.8.8.8"]
    {
        assert!(!public(edge.parse::<Ipv6Addr>().unwrap()), "{edge}");
    }
}

#[test]
fn servers_of_the_internet_are_public() {
    for text in [
        "8.8.8.8",
        "1.1.1.1",
        "172.217.0.1",
        "2606:4700::1111",
        "2a00:1450:4001:81b::200e",
        "2620:4f:8000::1",
    ] {
        assert!(is_public(text.parse().unwrap()), "{text}");
    }
}

#[test]
fn metadata_is_neither_public_nor_local() {
    for text in [
        "169.254.169.254",
        "169.254.170.2",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "100.100.100.200",
        "168.63.129.16",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fd00:c1::a9fe:a9fe",
        "fd00:100::100:200",
        "fd00:42::42",
        "fe80::a9fe:a9fe",
    ] {
        let address: IpAddr = text.parse().unwrap();
        assert!(!is_public(address) && !is_local(address), "{text}");
    }
}

#[test]
fn the_local_network_is_told_from_other_special_addresses() {
    for text in ["127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "fd12::1", "::ffff:10.0.0.1"] {
        assert!(is_local(text.parse().unwrap()), "{text}");
    }
    for text in [
        "8.8.8.8",
        "0.0.0.0",
        "::",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "fe80::1",
        "ff02::1",
        "2002:a00:1::",
    ] {
        assert!(!is_local(text.parse().unwrap()), "{text}");
    }
}

proptest! {
    #[test]
    fn no_address_of_a_special_block_is_public(a in not_public_v4(), b in not_public_v6()) {
        prop_assert!(!public(a) && !public(b));
        for embedding in embedding(a) {
            prop_assert!(!public(embedding));
        }
    }

    #[test]
    fn every_other_ipv4_address_is_public(address in public_v4()) {
        prop_assert!(public(address) && !is_local(address.into()));
        for embedding in embedding(address) {
            prop_assert!(public(embedding));
        }
    }

    #[test]
    fn nothing_is_public_and_local(bits: u128, low: u32) {
        for address in [IpAddr::V6(Ipv6Addr::from_bits(bits)), IpAddr::V4(Ipv4Addr::from_bits(low))] {
            prop_assert!(!(is_public(address) && is_local(address)));
        }
    }
}
