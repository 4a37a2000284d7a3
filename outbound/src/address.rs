//! Which addresses are public, by the IANA special-purpose address registries (RFC 6890; the tables for IPv4 and IPv6
//! as of 2026) and the IANA allocation of IPv6 global unicast space.
//!
//! For IPv4 the special blocks are listed and the rest is public. For IPv6 it is the other way around: only
//! `2000::/3` is allocated as global unicast (RFC 4291 section 2.4), so everything else is refused, also what is
//! allocated in future.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The IPv4 blocks that are not public, with the length of their prefix.
const SPECIAL_V4: [(Ipv4Addr, u32); 16] = [
    // "This network", and the unspecified address (RFC 791 section 3.2).
    (Ipv4Addr::UNSPECIFIED, 8),
    // Private (RFC 1918).
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    // Shared by the customers of a carrier (RFC 6598); metadata of some clouds.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    // Loopback (RFC 1122 section 3.2.1.3).
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Link-local (RFC 3927), where most clouds have their metadata and credentials (169.254.169.254, 169.254.170.2).
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    // The host agent of Azure's machines: a public address by number that only the machine itself reaches.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    // Protocol assignments (RFC 6890 section 2.1).
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    // Documentation (RFC 5737).
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    // Relays to 6to4, deprecated (RFC 7526).
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    // Benchmarks (RFC 2544).
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    // Multicast (RFC 5771).
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    // Reserved (RFC 1112 section 4), and broadcast (RFC 919).
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The IPv6 global unicast space.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// The blocks within the global unicast space that are not public.
const SPECIAL_V6: [(Ipv6Addr, u32); 4] = [
    // Protocol assignments (RFC 2928): Teredo 2001::/32, benchmarks 2001:2::/48, ORCHID 2001:10::/28 and 2001:20::/28.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    // Documentation (RFC 3849, RFC 9637).
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
    // 6to4 leads through a relay to the IPv4 address within (RFC 3056); it is deprecated, and no server needs it.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
];

/// The translation of IPv4 for networks that have only IPv6 (RFC 6052 section 2.1).
const NAT64: (Ipv6Addr, u32) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Unique local addresses (RFC 4193).
const UNIQUE_LOCAL: (Ipv6Addr, u32) = (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7);

/// Services of clouds for their own machines, among them metadata and credentials, at unique local addresses: all of
/// EC2's (`fd00:ec2::254` and others), Google's, Oracle's, Alibaba's and Scaleway's.
const CLOUDS_V6: [(Ipv6Addr, u32); 5] = [
    (Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254), 128),
    (Ipv6Addr::new(0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe), 128),
    (Ipv6Addr::new(0xfd00, 0x100, 0, 0, 0, 0, 0x100, 0x200), 128),
    (Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42), 128),
];

/// Whether an address is one of the public Internet.
///
/// An IPv4 address that is written as IPv6 is judged as what it is: `::ffff:0:0/96` (RFC 4291 section 2.5.5.2), and
/// `64:ff9b::/96`, which the resolver of a network without IPv4 returns for a server without IPv6.
pub fn is_public(address: IpAddr) -> bool {
    match embedded(address) {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|block| contains_v4(*block, address)),
        IpAddr::V6(address) => {
            contains_v6(GLOBAL_V6, address) && !SPECIAL_V6.iter().any(|block| contains_v6(*block, address))
        }
    }
}

/// Whether an address is this machine or one of its private network: loopback, RFC 1918, RFC 4193. Link-local addresses
/// are not: metadata and credentials of a machine are there, and no server that one develops.
pub fn is_local(address: IpAddr) -> bool {
    match embedded(address) {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => {
            let is_of_a_cloud = CLOUDS_V6.iter().any(|block| contains_v6(*block, address));
            address.is_loopback() || (contains_v6(UNIQUE_LOCAL, address) && !is_of_a_cloud)
        }
    }
}

/// The IPv4 address to which packets to this address finally go, if that is known; otherwise the address itself.
fn embedded(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    if contains_v6(NAT64, v6) {
        let [.., a, b, c, d] = v6.octets();
        return IpAddr::V4(Ipv4Addr::new(a, b, c, d));
    }
    v6.to_ipv4_mapped().map_or(address, IpAddr::V4)
}

fn contains_v4((first, prefix): (Ipv4Addr, u32), address: Ipv4Addr) -> bool {
    (first.to_bits() ^ address.to_bits()).leading_zeros() >= prefix
}

fn contains_v6((first, prefix): (Ipv6Addr, u32), address: Ipv6Addr) -> bool {
    (first.to_bits() ^ address.to_bits()).leading_zeros() >= prefix
}

#[cfg(test)]
pub(crate) mod tests;
