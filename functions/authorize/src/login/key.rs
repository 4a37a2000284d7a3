//! `POST /authorize/login/key`: login with an API key, for people who cannot use LangSmith's own login.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use langsmith::UpstreamError;
use shared::key_shape::may_be_key;
use shared::vault::CredentialKind;
use shared::web::request_id::RequestId;

use super::identity;
use super::open_session::open_session;
use super::page::page;
use crate::error::AuthorizeError;
use crate::form::Posted;
use crate::{App, ticket};

const REFUSED: &str = "LangSmith does not accept this key. Check that it is complete, still exists, and belongs to the \
    LangSmith named below.";
const FORBIDDEN: &str =
    "This key is valid, but lacks the permission to list workspaces. Use a key that has it.";
const ORGANIZATION: &str =
    "This key covers a whole organization. Use a personal key, or a service key of one workspace.";
const MALFORMED: &str =
    "This cannot be a LangSmith API key. Copy the whole key, without spaces, quotes or brackets.";

pub(crate) async fn login(
    State(app): State<Arc<App>>,
    Extension(id): Extension<RequestId>,
    Posted { ticket: login, form, .. }: Posted<ticket::Login>,
) -> Result<Response, AuthorizeError> {
    let again = async |notice| page(&app, &id, (&form.ticket, &login), Some(notice)).await;
    let Some(key) = form.api_key.filter(|key| may_be_key(key.expose())) else {
        return Ok(again(MALFORMED).await);
    };
    let fingerprint = key.fingerprint();
    if app.refused_keys.has(&fingerprint) {
        return Ok(again(REFUSED).await);
    }
    app.count_login(|throttles| &throttles.with_key, &login.return_to)?;
    match identity::of_key(&app.deps, &key).await {
        Ok(person) => {
            open_session(&app.deps, login.return_to, person, CredentialKind::ApiKey(key), None).await
        }
        Err(error) => match notice(&error) {
            // The same page with a notice and the same ticket: nothing has changed.
            Some(notice) => {
                // A key that lacks a permission may get it at any moment.
                if matches!(error, UpstreamError::Unauthorized) {
                    app.refused_keys.remember(fingerprint);
                }
                Ok(again(notice).await)
            }
            None => Err(AuthorizeError::Login(Box::new(login.return_to), error.into())),
        },
    }
}

/// The notice for an error that another key would fix.
const fn notice(error: &UpstreamError) -> Option<&'static str> {
    match error {
        UpstreamError::Unauthorized => Some(REFUSED),
        UpstreamError::Forbidden => Some(FORBIDDEN),
        UpstreamError::WorkspaceRequired => Some(ORGANIZATION),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_faults_of_the_key_are_told_as_such() {
        assert_eq!(notice(&UpstreamError::Unauthorized), Some(REFUSED));
        assert_eq!(notice(&UpstreamError::Forbidden), Some(FORBIDDEN));
        assert_eq!(notice(&UpstreamError::WorkspaceRequired), Some(ORGANIZATION));
        for error in [
            UpstreamError::RateLimited { retry_after: None },
            UpstreamError::Server { status: 500 },
            UpstreamError::NOT_FOUND,
            UpstreamError::Timeout,
            UpstreamError::Malformed,
        ] {
            assert_eq!(notice(&error), None, "{error}");
        }
    }
}
