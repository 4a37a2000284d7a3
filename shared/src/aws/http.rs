//! The one HTTP client of all SDK clients.

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};

/// The certificate authorities that AWS signs its endpoints with (Amazon Trust Services). Reading the system's hundred
/// or more at every cold start takes longer than everything else that is done there.
const ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

pub(super) fn client() -> SharedHttpClient {
    let roots = TrustStore::empty().with_pem_certificate(ROOTS);
    let builder = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
    match TlsContext::builder().with_trust_store(roots).build() {
        Ok(context) => builder.tls_context(context).build_https(),
        // The default context reads the system's roots: slower, and as good.
        Err(_) => builder.build_https(),
    }
}
