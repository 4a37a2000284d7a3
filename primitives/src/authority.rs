//! The authority of a URL (RFC 3986 section 3.2): host and port in human-readable form, and whether the host is this
//! machine.

use url::{Host, Position, Url};

/// The host of a URL and its port, unless that is the default port of the scheme.
pub fn authority(url: &Url) -> &str {
    &url[Position::BeforeHost..Position::AfterPort]
}

/// Whether a URL's host is this machine: `localhost`, `127.0.0.0/8` or `[::1]` (RFC 8252 sections 7.3 and 8.3).
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_port_and_a_user_are_left_out() {
        for (url, shown) in [
            ("https://api.smith.langchain.com/api/v1", "api.smith.langchain.com"),
            ("https://smith.example.com:443", "smith.example.com"),
            ("http://reader:hunter2@127.0.0.1:8123/?token=x", "127.0.0.1:8123"),
            ("http://[::1]:8123", "[::1]:8123"),
        ] {
            assert_eq!(authority(&Url::parse(url).unwrap()), shown);
        }
    }
}
