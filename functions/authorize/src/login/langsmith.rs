//! `POST /authorize/login/langsmith`: redirects the browser to LangSmith, where we are an OAuth client (PKCE S256,
//! `state` bound to the browser, `resource` for its API).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use langsmith::OAuthMetadata;
use oauth::grant::PURGE_DELAY;
use oauth::pkce::CodeChallenge;
use oauth::return_to::ReturnTo;
use primitives::secret::{Secret, sha256};
use shared::store::PendingLogin;
use shared::web::cookie::BrowserCookie;
use url::Url;

use super::upstream::{ClientIdError, NoClient};
use crate::error::{AuthorizeError, LoginFault};
use crate::form::Posted;
use crate::{App, redirect, ticket};

pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    Posted { ticket: login, browser, .. }: Posted<ticket::Login>,
) -> Result<Response, AuthorizeError> {
    let failed = |fault: LoginFault| AuthorizeError::Login(Box::new(login.return_to.clone()), fault);
    app.count_login(|throttles| &throttles.with_langsmith, &login.return_to)?;
    let metadata = app.upstream.metadata_for_login().await.map_err(|error| failed(error.into()))?;
    let metadata = metadata.ok_or_else(|| failed(LoginFault::SignInClosed))?;
    let client_id = app.upstream.client_id(&metadata).await.map_err(|error| match error {
        ClientIdError::Store(error) => error.into(),
        ClientIdError::NoClient(NoClient::Closed) => failed(LoginFault::SignInClosed),
        ClientIdError::NoClient(NoClient::Refused) => failed(LoginFault::ClientRefused),
        ClientIdError::NoClient(NoClient::Upstream(error)) => failed(error.into()),
    })?;
    let (state, verifier) = (login.state(), login.verifier());
    remember(&app, &browser, &state, &verifier, (login.return_to, &metadata.issuer, &client_id)).await?;
    let location = location(&app, &metadata, &client_id, &state, &verifier);
    Ok(redirect::see_other(location.as_str()))
}

/// The verifier is stored sealed: read access to the table does not suffice to complete the login.
async fn remember(
    app: &App,
    browser: &BrowserCookie,
    state: &Secret,
    verifier: &Secret,
    (return_to, issuer, client_id): (ReturnTo, &str, &str),
) -> Result<(), AuthorizeError> {
    let session_hash = sha256(format!("login/{}", state.expose()).as_bytes());
    let expires_at = app.deps.clock.now().plus(ticket::LIFE);
    let login = PendingLogin {
        verifier: app.deps.sessions.seal(&session_hash, &verifier.expose())?,
        session_hash,
        browser: browser.hash(),
        client_id: client_id.to_owned(),
        issuer: issuer.to_owned(),
        return_to,
        expires_at: expires_at.secs(),
        purge_at: expires_at.plus(PURGE_DELAY).secs(),
    };
    // A page whose login has come back from LangSmith cannot begin another: the two responses could be mixed up.
    if app.deps.store.sessions.begin(&login).await? {
        Ok(())
    } else {
        Err(AuthorizeError::Outdated(Box::new(login.return_to)))
    }
}

fn location(app: &App, metadata: &OAuthMetadata, client_id: &str, state: &Secret, verifier: &Secret) -> Url {
    let mut url = metadata.authorization_endpoint.clone();
    {
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", app.upstream.callback())
            .append_pair("state", state.expose())
            .append_pair("code_challenge_method", "S256");
        if let Ok(challenge) = CodeChallenge::of(verifier.expose()) {
            query.append_pair("code_challenge", challenge.as_str());
        }
        query
            .append_pair("scope", app.upstream.oauth().scopes())
            .append_pair("resource", app.upstream.oauth().resource(metadata));
    }
    url
}
