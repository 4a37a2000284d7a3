//! Client identification. Every client is public, so there is no authentication: `client_id` in the form, or the user
//! name of an `Authorization: Basic` that some clients send although the registration told them `none`. The
//! password is ignored.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use oauth::document::ClientIdKind;
use primitives::ids::ClientId;
use shared::store::Store;

use crate::error::TokenError;
use crate::form::Form;

/// The client that a request names.
pub(crate) fn identify(headers: &HeaderMap, form: &Form) -> Option<ClientId> {
    form.client_id.clone().or_else(|| basic_user(headers)).map(ClientId::new)
}

/// RFC 6749 section 2.3.1: both halves are form-encoded before they are joined.
fn basic_user(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = STANDARD.decode(credentials.trim()).ok()?;
    let text = std::str::from_utf8(&decoded).ok()?;
    let (user, _) = text.split_once(':')?;
    let (user, _) = url::form_urlencoded::parse(user.as_bytes()).next()?;
    (!user.is_empty()).then(|| user.into_owned())
}

/// The error for a dead grant. The client is read on this path only: if it no longer exists, it must be told so, or it
/// would retry the login for ever with an unknown identifier. A client with a document cannot be forgotten here.
pub(crate) async fn dead_grant(
    store: &Store,
    client: &ClientId,
    now: primitives::clock::Timestamp,
) -> TokenError {
    if ClientIdKind::of(client) == ClientIdKind::Document {
        return TokenError::DeadGrant;
    }
    match store.clients.get(client).await {
        Ok(Some(found)) if found.is_live(now) => TokenError::DeadGrant,
        Ok(_) => TokenError::UnknownClient,
        Err(error) => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())])
    }

    #[test]
    fn the_form_comes_before_basic() {
        let basic = headers(&format!("Basic {}", STANDARD.encode("a%2Db:secret")));
        assert_eq!(identify(&basic, &Form::default()), Some(ClientId::new("a-b")));
        let form = Form { client_id: Some("c".into()), ..Form::default() };
        assert_eq!(identify(&basic, &form), Some(ClientId::new("c")));
    }

    #[test]
    fn other_schemes_and_garbage_name_nobody() {
        for value in ["Bearer abc", "Basic !!!", "Basic", "Basic OnNlY3JldA=="] {
            assert_eq!(identify(&headers(value), &Form::default()), None, "{value}");
        }
    }
}
