//! `GET /authorize/callback`: LangSmith redirects the browser back with a code.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::Response;
use langsmith::{OAuthMetadata, OAuthTokenError, TokenSet, UpstreamError};
use primitives::random;
use primitives::secret::{Secret, sha256};
use shared::store::PendingLogin;
use shared::vault::{CredentialKind, OAuthTokens, Origin};
use shared::web::cookie::BrowserCookie;

use super::identity;
use super::open_session::open_session;
use crate::browser::Browser;
use crate::error::{AuthorizeError, LoginFault};
use crate::{App, run_to_completion};

/// The maximum length of a code that is forwarded, in bytes.
const MAX_CODE: usize = 4096;

pub(crate) async fn callback(
    State(app): State<Arc<App>>,
    Browser(cookie): Browser,
    answer: Answer,
) -> Result<Response, AuthorizeError> {
    // The code works once: a reload must not separate its exchange from opening the session.
    run_to_completion(async move { complete(&app, answer, cookie).await }).await
}

/// LangSmith's authorization response (RFC 6749 section 4.1.2).
#[derive(Default)]
pub(crate) struct Answer {
    state: Option<String>,
    code: Option<Secret>,
    issuer: Option<String>,
    /// Whether LangSmith refused our client rather than the person.
    refuses_client: bool,
}

impl FromRequestParts<Arc<App>> for Answer {
    type Rejection = Infallible;

    async fn from_request_parts(head: &mut Parts, _: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self::read(head.uri.query().unwrap_or_default()))
    }
}

impl Answer {
    fn read(query: &str) -> Self {
        let mut answer = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "state" => answer.state = Some(value.into_owned()),
                "code" if value.len() <= MAX_CODE => answer.code = Some(Secret::new(value)),
                "iss" => answer.issuer = Some(value.into_owned()),
                "error" => answer.refuses_client = is_about_client(&value),
                _ => {}
            }
        }
        answer
    }
}

/// Errors of RFC 6749 section 4.1.2.1 and RFC 8707 section 2 that a person cannot cause.
fn is_about_client(error: &str) -> bool {
    ["unauthorized_client", "invalid_scope", "invalid_target", "invalid_request", "unsupported_response_type"]
        .contains(&error)
}

async fn complete(
    app: &App,
    answer: Answer,
    cookie: Option<BrowserCookie>,
) -> Result<Response, AuthorizeError> {
    let (Some(state), Some(cookie)) = (answer.state, cookie) else {
        return Err(AuthorizeError::UnknownLogin);
    };
    let session_hash = sha256(format!("login/{state}").as_bytes());
    let attempt = random::token::<12>(app.deps.random.as_ref());
    let pending = app.deps.store.sessions.take_login(&session_hash, &cookie.hash(), &attempt).await?;
    let pending = pending.ok_or(AuthorizeError::UnknownLogin)?;
    if app.deps.clock.now().secs() >= pending.expires_at {
        return Err(AuthorizeError::Expired(Box::new(pending.return_to)));
    }
    let Some(code) = answer.code else {
        let fault = if answer.refuses_client && app.upstream.is_configured(&pending.client_id) {
            // Anybody can forge such a response, so it is not logged as an error of ours.
            tracing::warn!(
                client_id = pending.client_id,
                "a browser came back with an error about our OAuth client"
            );
            LoginFault::ClientRefusedByBrowser
        } else {
            LoginFault::Refused
        };
        return Err(AuthorizeError::Login(Box::new(pending.return_to), fault));
    };
    let (tokens, metadata) = exchange(app, &pending, &code, answer.issuer.as_deref()).await?;
    let preferred = tokens.workspace_id.clone();
    match identity::of_account(&app.deps, &metadata, &tokens.access_token).await {
        Ok((person, by)) => {
            let origin = Origin { issuer: metadata.issuer, client_id: pending.client_id };
            let mut tokens = OAuthTokens::issued(tokens, origin, app.deps.clock.now());
            tokens.identified_by = Some(by);
            open_session(&app.deps, pending.return_to, person, CredentialKind::OAuth(tokens), preferred).await
        }
        Err(error) => Err(AuthorizeError::Login(Box::new(pending.return_to), unidentified(error))),
    }
}

/// LangSmith has just issued this credential: if it refuses it, retrying would not help.
fn unidentified(error: UpstreamError) -> LoginFault {
    match error {
        UpstreamError::Unauthorized | UpstreamError::Forbidden | UpstreamError::WorkspaceRequired => {
            LoginFault::AccountRefused
        }
        error => LoginFault::Upstream(error),
    }
}

async fn exchange(
    app: &App,
    pending: &PendingLogin,
    code: &Secret,
    issuer: Option<&str>,
) -> Result<(TokenSet, OAuthMetadata), AuthorizeError> {
    let return_to = || Box::new(pending.return_to.clone());
    let upstream = |error| AuthorizeError::Login(return_to(), LoginFault::Upstream(error));
    let metadata = app.upstream.metadata().await.map_err(upstream)?;
    let metadata = metadata.ok_or_else(|| AuthorizeError::Login(return_to(), LoginFault::Refused))?;
    // RFC 9207 section 2.4: a code of another issuer must not be sent to this one. LangSmith may omit `iss`, so the
    // issuer at the beginning of the login counts, too.
    if pending.issuer != metadata.issuer || issuer.is_some_and(|issuer| issuer != metadata.issuer) {
        return Err(AuthorizeError::Login(return_to(), LoginFault::OtherIssuer));
    }
    let client = &pending.client_id;
    let verifier: String = app
        .deps
        .sessions
        .open(&pending.session_hash, &pending.verifier)
        .map_err(|_| AuthorizeError::UnknownLogin)?;
    let verifier = Secret::new(verifier);
    let callback = app.upstream.callback();
    let tokens = app
        .deps
        .langsmith
        .oauth_exchange(
            &metadata,
            app.upstream.authentication(&metadata, client),
            code.expose(),
            verifier.expose(),
            callback,
        )
        .await;
    match tokens {
        Ok(tokens) => Ok((tokens, metadata)),
        Err(OAuthTokenError::InvalidGrant) => Err(AuthorizeError::Login(return_to(), LoginFault::Refused)),
        Err(OAuthTokenError::InvalidClient) => {
            if app.upstream.report_refusal(client, "its id or secret is not accepted") {
                return Err(AuthorizeError::Login(return_to(), LoginFault::ClientRefused));
            }
            // The next attempt succeeds if LangSmith allows registration at all.
            if app.upstream.registers_itself()
                && app.upstream.register(&metadata, Some(client)).await.is_err()
            {
                tracing::warn!("LangSmith forgot our registration and takes no new one");
            }
            Err(AuthorizeError::Login(return_to(), LoginFault::Refused))
        }
        Err(OAuthTokenError::ClientNotAllowed) => {
            tracing::error!(client_id = client, "LangSmith does not let our OAuth client reach its API");
            Err(AuthorizeError::Login(return_to(), LoginFault::ClientRefused))
        }
        Err(OAuthTokenError::Upstream(error)) => Err(upstream(error)),
    }
}
