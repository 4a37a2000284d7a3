//! The one HTTP client that all SDK clients share.

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};

/// The root certificates of AWS endpoints (Amazon Trust Services). Loading the system's hundred or more at every cold
/// start would take longer than everything else in it.
const ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

pub(super) fn client() -> SharedHttpClient {
    let roots = TrustStore::empty().with_pem_certificate(ROOTS);
    let builder = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
    match TlsContext::builder().with_trust_store(roots).build() {
        Ok(context) => builder.tls_context(context).build_https(),
        // The default context loads the system's roots: slower, but equivalent.
        Err(_) => builder.build_https(),
    }
}
