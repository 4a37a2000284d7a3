//! An unreachable LangSmith: the start reports it and continues, and every request that needs LangSmith reports it,
//! with the host and the cause.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::process::{Process, command};

const SENTENCE: &str = "LangSmith cannot be reached";

fn with(endpoint: &str) -> tokio::process::Command {
    command(["--port", "0", "--data-dir", ":memory:", "--langsmith-endpoint", endpoint])
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A TLS server with an untrusted certificate.
async fn untrusted() -> SocketAddr {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        while let Ok((stream, _)) = listener.accept().await {
            let _refused = acceptor.accept(stream).await;
        }
    });
    address
}

/// A server that closes every connection.
async fn hanging_up() -> SocketAddr {
    let (listener, address) = listener().await;
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    address
}

#[tokio::test]
async fn the_start_warns_and_goes_on() {
    // A label of more than 63 characters is invalid on every network.
    let nameless = format!("{}.example", "x".repeat(64));
    let (free, closed) = listener().await;
    drop(free);
    let (untrusted, hanging_up) = (untrusted().await, hanging_up().await);
    for (endpoint, host, cause) in [
        (format!("http://{closed}"), closed.to_string(), "Connection refused"),
        (format!("http://{nameless}/api"), nameless.clone(), "failed to lookup address information"),
        (
            format!("https://localhost:{}", untrusted.port()),
            format!("localhost:{}", untrusted.port()),
            "invalid peer certificate: UnknownIssuer",
        ),
        // "connection closed" or "Connection reset", depending on the system.
        (format!("http://{hanging_up}"), hanging_up.to_string(), "onnection "),
    ] {
        let process = Process::start(with(&endpoint)).await;
        let line = process.logged(SENTENCE).await;
        assert!(line.contains("WARN") && line.contains(&format!("host={host}")), "{line}");
        assert!(line.contains(cause), "{cause}: {line}");
        let health = e2e::client::http().get(format!("{}/health", process.url())).send().await.unwrap();
        assert_eq!(health.status(), 200);
        let ended = process.end("TERM").await;
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
        assert!(!ended.stderr.contains("ERROR"), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn a_request_that_needs_it_tells_the_cause_too() {
    let double = langsmith_double::start(langsmith_double::Options::default()).await.unwrap();
    let host = double.url().trim_start_matches("http://").to_owned();
    let process = Process::start(with(&double.url())).await;
    double.stop().await;
    let call = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let asked = e2e::client::http().post(format!("{}/mcp", process.url()));
    let key = langsmith_double::data::ADA_KEY;
    assert_eq!(asked.header("x-api-key", key).json(&call).send().await.unwrap().status(), 503);
    // The start may have found it gone, too.
    let line = process.logged_with(&["path=/mcp}: ", SENTENCE]).await;
    assert!(line.contains(&format!("host={host}")) && line.contains("Connection refused"), "{line}");
    let ended = process.end("TERM").await;
    assert!(!ended.stderr.contains(key), "{}", ended.stderr);
}

#[tokio::test]
async fn a_langsmith_that_answers_is_not_mentioned() {
    let double = langsmith_double::start(langsmith_double::Options::default()).await.unwrap();
    let process = Process::start(with(&double.url())).await;
    while !double.handle().requests().iter().any(|request| request.path.ends_with("/info")) {
        tokio::task::yield_now().await;
    }
    let ended = process.end("TERM").await;
    assert!(!ended.stderr.contains("WARN"), "{}", ended.stderr);
}
