//! The client itself.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};

use crate::checked::CheckedResolver;
use crate::policy::{GuardPolicy, Reach};
use crate::response::MAX_HEAD;
use crate::{GuardedRequest, GuardedResponse, Limits, OutboundFailure, Resolver};

/// How long a host may take to accept a connection. The caller's deadline holds as well.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long an unused connection is kept. Short: a server is asked several times in a row and then not for hours, and a
/// connection stays with the address that was checked when it was made.
const POOL_IDLE: Duration = Duration::from_secs(10);
/// How many unused connections to one host are kept.
const POOL_SIZE: usize = 4;
/// The maximum number of header fields in an answer over HTTP/1.
const MAX_FIELDS: usize = 100;

/// Why no client could be built.
#[derive(Debug, thiserror::Error)]
pub enum ClientBuildError {
    /// The extra certificates are no PEM.
    #[error("the root certificates are no PEM")]
    NoCertificate,
    /// The TLS stack did not start, for example because the machine has no root certificates.
    #[error("the HTTP client cannot be built")]
    Build(#[source] reqwest::Error),
}

/// Sends requests to the URLs of users, within a policy.
///
/// It follows no redirects, ignores the proxy variables of the environment, keeps no cookies, and sends no `Referer`.
/// Cloning shares the connections.
#[derive(Clone)]
pub struct GuardedClient {
    policy: GuardPolicy,
    https: Client,
    /// Only where the policy allows http. The connector is not told the scheme, so that each has its own addresses.
    http: Option<Client>,
}

impl GuardedClient {
    /// A client that trusts the platform's root certificates.
    pub fn new(policy: GuardPolicy, resolver: &Arc<dyn Resolver>) -> Result<Self, ClientBuildError> {
        Self::build(policy, resolver, &[])
    }

    /// A client that also trusts the certificates in `pem` (one or more).
    pub fn with_root_certificates(
        policy: GuardPolicy,
        resolver: &Arc<dyn Resolver>,
        pem: &[u8],
    ) -> Result<Self, ClientBuildError> {
        match Certificate::from_pem_bundle(pem) {
            Ok(roots) if !roots.is_empty() => Self::build(policy, resolver, &roots),
            _ => Err(ClientBuildError::NoCertificate),
        }
    }

    fn build(
        policy: GuardPolicy,
        resolver: &Arc<dyn Resolver>,
        roots: &[Certificate],
    ) -> Result<Self, ClientBuildError> {
        let client = |reach, https_only| client(resolver, reach, https_only, roots);
        let http = policy.http().map(|reach| client(reach, false)).transpose();
        Ok(Self {
            policy,
            https: client(policy.https(), true).map_err(ClientBuildError::Build)?,
            http: http.map_err(ClientBuildError::Build)?,
        })
    }

    /// The policy that every request is checked against.
    pub const fn policy(&self) -> GuardPolicy {
        self.policy
    }

    /// The head of the answer, checked, and its body to be read. Dropping the answer closes the connection or its stream.
    pub async fn send(
        &self,
        request: GuardedRequest,
        limits: Limits,
    ) -> Result<GuardedResponse, OutboundFailure> {
        request.url.check(self.policy).map_err(OutboundFailure::Refused)?;
        let client = match (request.url.as_url().scheme(), &self.http) {
            ("http", Some(http)) => http,
            _ => &self.https,
        };
        let sent = client
            .request(request.method, request.url.as_url().clone())
            .headers(request.headers)
            .body(request.body)
            .send();
        let answer = limits.deadline.limit(sent).await.map_err(|_| OutboundFailure::Timeout)?;
        GuardedResponse::checked(answer.map_err(|error| OutboundFailure::of(&error))?, limits)
    }
}

impl fmt::Debug for GuardedClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GuardedClient({:?})", self.policy)
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that builds a client for the URLs of users")]
fn client(
    resolver: &Arc<dyn Resolver>,
    reach: Reach,
    https_only: bool,
    roots: &[Certificate],
) -> Result<Client, reqwest::Error> {
    Client::builder()
        .dns_resolver(Arc::new(CheckedResolver { inner: Arc::clone(resolver), reach }))
        .https_only(https_only)
        .redirect(Policy::none())
        .referer(false)
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(POOL_IDLE)
        .pool_max_idle_per_host(POOL_SIZE)
        .http1_max_headers(MAX_FIELDS)
        .http2_max_header_list_size(u32::try_from(MAX_HEAD).unwrap_or(u32::MAX))
        .tcp_nodelay(true)
        .tls_certs_merge(roots.iter().cloned())
        .user_agent(concat!("langsmith-remote-mcp/", env!("CARGO_PKG_VERSION")))
        .build()
}
