//! Whether a URI's host is spelled unambiguously.
//!
//! URL parsers read `https:///h`, `https://%68`, `https://0x7f.1` and `https://127.1` as plain hosts. The consent page
//! shows the parsed host but the browser follows the text, so both must be the same.

use url::{Host, Url};

/// Longest DNS name and label (RFC 1035 section 2.3.4).
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// Whether the host of an http or https URL is a plain name or an address, in its usual spelling.
pub(crate) fn is_plain(text: &str, url: &Url) -> bool {
    let plain = match url.host() {
        Some(Host::Domain(name)) => is_name(name),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    };
    let spelled = authority(text).map(without_port).unwrap_or_default();
    plain && url.host_str().is_some_and(|host| host.eq_ignore_ascii_case(spelled))
}

/// The check for a private-use scheme, where the authority is optional: without one, there is no host to misread.
pub(super) fn is_plain_or_absent(text: &str) -> bool {
    authority(text).is_none_or(|authority| is_name(without_port(authority)))
}

/// The part between `//` and the path, query or fragment.
fn authority(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(':')?;
    let rest = rest.strip_prefix("//")?;
    rest.split(['/', '?', '#']).next()
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !host.ends_with(':') => host,
        _ => authority,
    }
}

fn is_name(name: &str) -> bool {
    name.len() <= MAX_NAME && name.split('.').all(is_label)
}

/// Letters, digits and hyphens, without a hyphen at either end (RFC 1123 section 2.1), and the underscore that some
/// networks use.
fn is_label(label: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=MAX_LABEL).contains(&label.len())
        && label.bytes().all(plain)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> bool {
        is_plain(text, &Url::parse(text).unwrap())
    }

    #[test]
    fn usual_hosts_are_plain() {
        for text in [
            "https://a/cb",
            "https://Example.com:8443/cb?x=1",
            "https://a_b.example.com",
            "https://xn--bcher-kva.example/",
            "https://192.0.2.1/cb",
            "http://127.0.0.1:0/",
            "http://[::1]:5000/cb",
            "http://localhost?x",
        ] {
            assert!(plain(text), "{text}");
        }
    }

    #[test]
    fn odd_ones_are_not() {
        for text in [
            "https:///evil.example/cb",
            "https:////evil.example/cb",
            "https://*.example.com/cb",
            "https://*/cb",
            "https://example.com./cb",
            "https://a..b/cb",
            "https://-a.example/cb",
            "https://a-.example/cb",
            "https://%65xample.com/cb",
            "https://0x7f.1/cb",
            "https://127.1/cb",
            "https://2130706433/cb",
            "http://[0:0:0:0:0:0:0:1]/cb",
            "https://a!b/cb",
            "https://a,b/cb",
            "https://(a)/cb",
        ] {
            if let Ok(url) = Url::parse(text) {
                assert!(!is_plain(text, &url), "{text}");
            }
        }
        assert!(!plain(&format!("https://{}.example/", "a".repeat(64))));
    }

    #[test]
    fn an_app_may_do_without_a_host_but_not_have_an_odd_one() {
        for text in [
            "com.example.app:/cb",
            "app:cb",
            "app://host/cb",
            "cursor://anysphere.cursor-mcp/cb",
            "app://h:8/cb",
        ] {
            assert!(is_plain_or_absent(text), "{text}");
        }
        for text in [
            "app://",
            "app:///cb",
            "app://*/cb",
            "app://*.h/cb",
            "app://a b",
            "app://%2a/cb",
            "app://a@h/cb",
            "app://:80/",
        ] {
            assert!(!is_plain_or_absent(text), "{text}");
        }
    }
}
