use super::*;
use GuardPolicy::{PrivateAllowed, PublicHttps};

fn refused(text: &str, policy: GuardPolicy) -> Option<UrlRefused> {
    GuardedUrl::parse(text, policy).err()
}

#[test]
fn public_https_urls_are_accepted() {
    for text in [
        "https://mcp.example.com",
        "https://mcp.example.com:8443/mcp?workspace=1&x=@",
        "https://mcp.example.com/@scope/mcp",
        "https://8.8.8.8/mcp",
        "https://[2606:4700::1111]:8443/",
        "https://bücher.example/",
        "https://xn--bcher-kva.example/",
        "https://a_b.example.com",
        "https://localhost.example.com",
    ] {
        assert_eq!(refused(text, PublicHttps), None, "{text}");
        assert_eq!(refused(text, PrivateAllowed), None, "{text}");
    }
}

#[test]
fn a_url_in_another_form_is_refused_for_its_reason() {
    use UrlRefused as R;
    for (expected, texts) in [
        (
            R::Malformed,
            &[
                "",
                "mcp.example.com",
                "//mcp.example.com",
                "https:mcp.example.com",
                "https:/mcp.example.com",
                "https:///mcp.example.com",
                "https://",
                "https://?x",
                "https://:443",
                "https://mcp.example.com:0",
                "https://mcp.example.com:65536",
                "https://mcp.example.com:x",
                "https://mcp.example.com../",
                "https://mcp..example.com",
                "https://.example.com",
                "https://.",
                "https://1.2.3.4.5",
                "https://256.256.256.256",
                "https://1.2.3.08",
                "https://0x100000000",
                "https://[::1",
                "https://[::1]x",
                "https://[fe80::1%25eth0]",
                "https://[fe80::1%eth0]",
                "https://[v1.x]",
                "https://exa%20mple.com",
                "https://exa%00mple.com",
                "https://example.com%5c.evil.example",
                "https://<>.example.com",
                "1http://example.com",
            ][..],
        ),
        (
            R::NotHttps,
            &[
                "http://mcp.example.com",
                "HTTP://127.0.0.1",
                "ftp://x.example",
                "file://x.example/",
                "gopher://x.example",
            ],
        ),
        (
            R::UserInfo,
            &[
                "https://user@example.com",
                "https://user:word@example.com",
                "https://@example.com",
                "https://:@example.com",
                "https://8.8.8.8@127.0.0.1",
                "https://example.com%2f@127.0.0.1",
                "https://example.com:443@127.0.0.1?x",
            ],
        ),
        (R::Fragment, &["https://example.com#", "https://example.com/#x", "https://example.com#@127.0.0.1"]),
        (
            R::Character,
            &[
                " https://example.com",
                "https://example.com ",
                "https://exam\tple.com",
                "https://example.com/\r\nHost:x",
                "https://example.com/\0",
                "https://example.com\\@127.0.0.1",
                "https:\\\\example.com",
                "https://example.com/a\\b",
                "https://example.com/\u{a0}",
                "https://example.com/\u{2028}",
                "https://example.com/\u{85}",
            ],
        ),
    ] {
        for text in texts {
            assert_eq!(refused(text, PublicHttps), Some(expected), "{text}");
        }
    }
}

#[test]
fn every_private_host_is_refused() {
    use UrlRefused as R;
    for (expected, texts) in [
        (
            R::PrivateAddress,
            &[
                "https://127.0.0.1",
                "https://127.1",
                "https://2130706433",
                "https://0x7f000001",
                "https://0177.0.0.1",
                "https://127.0.0.1.",
                "https://%31%32%37.0.0.1",
                "https://①②⑦.0.0.1",
                "https://127。0。0。1",
                "https://0",
                "https://169.254.169.254/latest/meta-data/",
                "https://[::]",
                "https://[::1]:8443",
                "https://[::127.0.0.1]",
                "https://[::8.8.8.8]",
                "https://[::ffff:10.0.0.1]",
                "https://[64:ff9b::10.0.0.1]",
                "https://[64:ff9b:1::8.8.8.8]",
                "https://[2002:7f00:1::]",
                "https://[2001:0:7f00:1::]",
                "https://[fd00:ec2::254]",
                "https://[fe80::1]",
                "https://[fec0::1]",
            ][..],
        ),
        (
            R::LocalName,
            &[
                "https://localhost",
                "https://LOCALHOST.:8443/",
                "https://loc%61lhost",
                "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
                "https://mcp.localhost",
                "https://printer.local",
                "https://metadata.google.internal",
                "https://intranet/mcp",
                "https://mcp.home.arpa",
            ],
        ),
    ] {
        for text in texts {
            assert_eq!(refused(text, PublicHttps), Some(expected), "{text}");
        }
    }
}

#[test]
fn development_also_allows_http_within_the_local_network() {
    for text in [
        "http://127.0.0.1:8123/mcp",
        "http://[::1]:8123",
        "http://192.168.0.9",
        "http://localhost:8123",
        "http://mcp",
        "https://localhost:8443",
        "https://10.0.0.1",
        "https://[fd00::1]",
    ] {
        assert_eq!(refused(text, PrivateAllowed), None, "{text}");
    }
    for text in ["http://8.8.8.8", "http://169.254.169.254", "http://0.0.0.0", "http://[2606:4700::1111]"] {
        assert_eq!(refused(text, PrivateAllowed), Some(UrlRefused::PlainHttp), "{text}");
    }
    for (text, expected) in [
        ("ftp://127.0.0.1", UrlRefused::NotHttps),
        ("http://user@127.0.0.1", UrlRefused::UserInfo),
        ("http://127.0.0.1#x", UrlRefused::Fragment),
        ("http://127.0.0.1\\", UrlRefused::Character),
    ] {
        assert_eq!(refused(text, PrivateAllowed), Some(expected), "{text}");
    }
}

#[test]
fn the_length_is_bounded_before_and_after_normalization() {
    let fits = format!("https://example.com/{}", "x".repeat(MAX_URL - 20));
    assert_eq!(refused(&fits, PublicHttps), None);
    assert_eq!(refused(&format!("{fits}x"), PublicHttps), Some(UrlRefused::TooLong));
    // Each character becomes six.
    let grows = format!("https://example.com/{}", "ü".repeat(400));
    assert!(grows.len() < MAX_URL);
    assert_eq!(refused(&grows, PublicHttps), Some(UrlRefused::TooLong));
}

#[test]
fn the_spellings_of_one_server_have_one_canonical_text() {
    for (texts, expected) in [
        (
            &[
                "https://Example.COM",
                "HTTPS://example.com:443/",
                "https://example.com.",
                "https://example.com/?",
                "https://example.com//",
            ][..],
            "https://example.com",
        ),
        (
            &["https://example.com/mcp/", "https://example.com/./mcp", "https://example.com/x/../mcp/?"],
            "https://example.com/mcp",
        ),
        (
            &[
                "https://example.com/mcp//?A=b",
                "https://example.com/mcp/?A=b",
                "https://example.com:443/mcp?A=b",
            ],
            "https://example.com/mcp?A=b",
        ),
        (&["https://bücher.example/MCP"], "https://xn--bcher-kva.example/MCP"),
        (&["https://example.com:8443"], "https://example.com:8443"),
        (&["https://134744072/"], "https://8.8.8.8"),
    ] {
        for text in texts {
            assert_eq!(GuardedUrl::parse(text, PublicHttps).unwrap().canonical(), expected, "{text}");
        }
    }
}

#[test]
fn another_path_is_at_the_same_host_and_has_no_query() {
    let url = GuardedUrl::parse("https://example.com:8443/mcp?key=1", PublicHttps).unwrap();
    assert_eq!(
        url.with_path("/.well-known/mcp.json").canonical(),
        "https://example.com:8443/.well-known/mcp.json"
    );
    assert_eq!(url.with_path("//evil.example/?x#y").host(), "example.com");
}

#[test]
fn neither_debug_nor_refusals_show_a_secret() {
    let url = GuardedUrl::parse("https://example.com/hunter2?key=hunter2", PublicHttps).unwrap();
    assert_eq!(format!("{url:?}"), "GuardedUrl(https://example.com)");
    let refused = GuardedUrl::parse("https://hunter2@example.com", PublicHttps).unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains("hunter2"));
}
