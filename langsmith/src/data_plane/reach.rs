//! The addresses that a data plane may have. Its URL comes from LangSmith: the rules protect this server's own network
//! from a compromised LangSmith or database behind it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The addresses allowed beside public ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reach {
    /// Loopback addresses: LangSmith itself is at one.
    pub(super) loopback: bool,
    /// Private networks: the operator allows them.
    pub(super) private: bool,
}

/// Cloud services for their own machines outside of link-local addresses: Alibaba's metadata service and Azure's
/// platform (their documentation, "Instance metadata" and "What is IP address 168.63.129.16").
const OF_CLOUDS_V4: [Ipv4Addr; 2] = [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16)];
/// Metadata services at private IPv6 addresses: Google's, Oracle's, Alibaba's and Scaleway's. EC2 has a whole prefix.
const OF_CLOUDS_V6: [Ipv6Addr; 4] = [
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe),
    Ipv6Addr::new(0xfd00, 0x100, 0, 0, 0, 0, 0x100, 0x200),
    Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),
];

/// The zone of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Zone {
    Public,
    /// Private networks (RFC 1918, RFC 4193) and those of carriers and overlay networks (RFC 6598).
    Private,
    Loopback,
    /// Metadata services of clouds, link-local or not, and addresses that are not those of a single machine.
    Never,
}

impl Reach {
    /// Whether a data plane may have this address.
    pub(super) fn allows(self, address: IpAddr) -> bool {
        match zone(address) {
            Zone::Public => true,
            Zone::Private => self.private,
            Zone::Loopback => self.loopback,
            Zone::Never => false,
        }
    }
}

fn zone(address: IpAddr) -> Zone {
    match address {
        IpAddr::V4(address) => zone_v4(address),
        IpAddr::V6(address) => embedded(address).map_or_else(|| zone_v6(address), zone_v4),
    }
}

fn zone_v4(address: Ipv4Addr) -> Zone {
    let [first, second, third, _] = address.octets();
    if OF_CLOUDS_V4.contains(&address) {
        return Zone::Never;
    }
    match (first, second, third) {
        (127, ..) => Zone::Loopback,
        (10, ..) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) => Zone::Private,
        // This network, link-local, protocol assignments, documentation, benchmarks, multicast and reserved (RFC 6890).
        (0 | 224..=255, ..)
        | (169, 254, _)
        | (192, 0, 0 | 2)
        | (198, 18 | 19, _)
        | (198, 51, 100)
        | (203, 0, 113) => Zone::Never,
        _ => Zone::Public,
    }
}

/// Public addresses lie in `2000::/3`, all but a few.
fn zone_v6(address: Ipv6Addr) -> Zone {
    let [first, second, ..] = address.segments();
    match first {
        _ if address.is_loopback() => Zone::Loopback,
        _ if OF_CLOUDS_V6.contains(&address) => Zone::Never,
        // EC2's services for its instances, the metadata service among them.
        0xfd00 if second == 0x0ec2 => Zone::Never,
        0xfc00..=0xfdff => Zone::Private,
        // Protocol assignments and documentation (RFC 6890, RFC 9637).
        0x2001 if second < 0x0200 || second == 0x0db8 => Zone::Never,
        0x3fff if second < 0x1000 => Zone::Never,
        0x2000..=0x3fff => Zone::Public,
        _ => Zone::Never,
    }
}

/// The IPv4 address that an IPv6 address embeds and leads to: mapped (RFC 4291 section 2.5.5.2), NAT64 (RFC 6052
/// section 2.1) and 6to4 (RFC 3056).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let of = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match segments {
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(loopback: bool, private: bool, text: &str) -> bool {
        Reach { loopback, private }.allows(text.parse().unwrap())
    }

    #[test]
    fn public_addresses_may_always_be_reached() {
        for text in [
            "8.8.8.8",
            "100.63.255.255",
            "172.32.0.1",
            "168.63.129.17",
            "2606:4700::1111",
            "64:ff9b::808:808",
            "2002:808:808::1",
        ] {
            assert!(allowed(false, false, text), "{text}");
        }
    }

    #[test]
    fn private_networks_and_this_machine_are_each_allowed_on_their_own() {
        for text in [
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "fd00::1",
            "fd20:ce::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
        ] {
            assert_eq!((allowed(true, false, text), allowed(false, true, text)), (false, true), "{text}");
        }
        for text in ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"] {
            assert_eq!((allowed(true, false, text), allowed(false, true, text)), (true, false), "{text}");
        }
    }

    #[test]
    fn what_is_no_other_machine_is_never_reached() {
        for text in [
            "0.0.0.0",
            "169.254.169.254",
            "192.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::169.254.169.254",
            "::ffff:169.254.169.254",
            "100.100.100.200",
            "::ffff:100.100.100.200",
            "168.63.129.16",
            "::ffff:168.63.129.16",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "fd20:ce::254",
            "fd00:c1::a9fe:a9fe",
            "fd00:100::100:200",
            "fd00:42::42",
            "64:ff9b:1::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "5f00::1",
        ] {
            assert!(!allowed(true, true, text), "{text}");
        }
    }
}
