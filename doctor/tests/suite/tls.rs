//! The connection to the host: certificates, plain HTTP, names without an address, ports without a listener.

use doctor::{Options, Report, Verdict};
use langsmith::http_client;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::certificates::{FINE, Kind, Secured};
use crate::proxy::Proxy;
use crate::{finding, options, remarkable, report};

/// Examines a server with such a certificate; `trusted` adds its authority to the trusted ones.
async fn examined(kind: Kind, trusted: bool) -> Report {
    let (listener, authority) = Secured::bind(kind).await;
    let url = format!("https://localhost:{}", listener.port());
    let proxy = Proxy::on(listener, url).await;
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("authority.pem");
    std::fs::write(&file, authority).unwrap();
    let http = http_client(trusted.then_some(file.as_path())).unwrap();
    report(&proxy.url, &Options { http, ..options() }).await
}

/// The only finding that matters; all other checks depend on it.
fn only(report: &Report, check: &str) -> (String, String) {
    assert_eq!(report.exit_code(), 1, "{report}");
    assert_eq!(report.count(Verdict::Fault), 1, "{report}");
    let later = report.findings.iter().filter(|finding| finding.verdict == Verdict::Skipped);
    assert!(later.clone().count() >= 24, "{report}");
    assert!(later.into_iter().all(|finding| finding.seen == format!("because of \"{check}\"")), "{report}");
    let found = finding(report, check);
    (found.seen.clone(), found.fix.clone().unwrap())
}

#[tokio::test]
async fn a_trusted_certificate_is_fine() {
    let report = examined(FINE, true).await;
    assert_eq!(remarkable(&report), [("step-up challenge", Verdict::Skipped)], "{report}");
    assert!(finding(&report, "connection").seen.contains("the certificate is valid"), "{report}");
}

#[tokio::test]
async fn a_certificate_that_clients_refuse_is_named() {
    for (kind, trusted, words) in [
        (FINE, false, "UnknownIssuer"),
        (Kind { expires: 2021, ..FINE }, true, "expired"),
        (Kind { host: "other.example.com", ..FINE }, true, "not valid for name"),
    ] {
        let report = examined(kind, trusted).await;
        let (seen, fix) = only(&report, "connection");
        assert!(seen.contains(words), "{seen}");
        assert!(fix.contains("CertificateArn"), "{fix}");
    }
}

#[tokio::test]
async fn plain_http_to_a_public_host_is_refused_before_anything_is_sent() {
    let report = report("http://mcp.example.com/mcp", &options()).await;
    let (seen, fix) = only(&report, "connection");
    assert_eq!(seen, "plain http to a public host; nothing was sent");
    assert!(fix.contains("https"), "{fix}");
}

#[tokio::test]
async fn a_host_without_an_address_is_told() {
    // RFC 2606 reserves this name, so it never has an address.
    let report = report("https://mcp.invalid/mcp", &options()).await;
    let (seen, fix) = only(&report, "address");
    assert!(seen.contains("mcp.invalid does not resolve"), "{seen}");
    assert!(fix.contains("DnsTarget"), "{fix}");
}

#[tokio::test]
async fn a_port_without_a_listener_is_told() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let report = report(&format!("http://{free}/mcp"), &options()).await;
    let (seen, fix) = only(&report, "connection");
    assert!(seen.starts_with("no connection"), "{seen}");
    assert!(fix.contains("must be running"), "{fix}");
}
