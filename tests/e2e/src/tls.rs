//! TLS in front of a server, for clients that insist on it.

use std::io::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use tempfile::NamedTempFile;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A terminator of TLS on a free port.
pub struct Tls {
    /// Its URL.
    pub url: String,
    /// The certificate that its clients have to trust, in PEM.
    pub authority: NamedTempFile,
}

/// Passes what comes over TLS on to the server at this URL.
pub async fn in_front_of(url: &str) -> Tls {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let (acceptor, listener) =
        (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let port = listener.local_addr().unwrap().port();
    let mut authority = NamedTempFile::new().unwrap();
    let der = STANDARD.encode(cert.der());
    write!(authority, "-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n").unwrap();
    let server = url.trim_start_matches("http://").replace("localhost", "127.0.0.1");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, server) = (acceptor.clone(), server.clone());
            tokio::spawn(async move {
                let mut outside = acceptor.accept(stream).await.unwrap();
                let mut inside = TcpStream::connect(server).await.unwrap();
                // Either side may end the connection.
                let _ended = copy_bidirectional(&mut outside, &mut inside).await;
            });
        }
    });
    Tls { url: format!("https://localhost:{port}"), authority }
}
