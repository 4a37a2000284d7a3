//! Certificates.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use outbound::{ClientBuildError, GuardPolicy, GuardedClient, OutboundFailure, Resolver};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::server::{Answers, get, wide};

/// The port of a server with a certificate for `mcp.example.com`, and that certificate in PEM.
async fn server() -> (u16, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["mcp.example.com".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut head = [0; 1024];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
        }
    });
    let pem = STANDARD.encode(cert.der());
    (port, format!("-----BEGIN CERTIFICATE-----\n{pem}\n-----END CERTIFICATE-----\n"))
}

fn resolver() -> Arc<dyn Resolver> {
    Answers::new(&[&["127.0.0.1"]])
}

#[tokio::test]
async fn a_certificate_is_valid_for_its_host_and_a_trusted_authority() {
    let (port, pem) = server().await;
    let trusting =
        GuardedClient::with_root_certificates(GuardPolicy::PrivateAllowed, &resolver(), pem.as_bytes())
            .unwrap();
    let url = format!("https://mcp.example.com:{port}");
    let answer = trusting.send(get(&url), wide()).await.unwrap();
    assert_eq!(answer.whole().await.unwrap(), "ok");

    let other = format!("https://other.example.com:{port}");
    assert_eq!(trusting.send(get(&other), wide()).await.unwrap_err(), OutboundFailure::Tls);
    let plain = GuardedClient::new(GuardPolicy::PrivateAllowed, &resolver()).unwrap();
    assert_eq!(plain.send(get(&url), wide()).await.unwrap_err(), OutboundFailure::Tls);
}

#[tokio::test]
async fn a_server_without_tls_has_no_certificate() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://mcp.example.com:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        // What the client still sends is read, so that the answer is not lost to a reset.
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    let client = GuardedClient::new(GuardPolicy::PrivateAllowed, &resolver()).unwrap();
    assert_eq!(client.send(get(&url), wide()).await.unwrap_err(), OutboundFailure::Tls);
}

#[test]
fn root_certificates_are_pem() {
    for pem in ["", "no PEM", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"] {
        let built =
            GuardedClient::with_root_certificates(GuardPolicy::PublicHttps, &resolver(), pem.as_bytes());
        assert!(matches!(built, Err(ClientBuildError::NoCertificate)), "{pem}");
    }
}
