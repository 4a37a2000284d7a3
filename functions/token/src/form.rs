//! The form of a token request, size-limited and read once.

use axum::body::Body;
use axum::http::HeaderMap;
use oauth::public_url::PublicUrl;
use oauth::resource::{self, Resource};
use primitives::secret::Secret;
use shared::web::body;

use crate::error::TokenError;

/// The maximum length of a form, in bytes.
const MAX_BODY: usize = 16 * 1024;

/// The supported parameters. Unknown ones are ignored (RFC 6749 section 3.2).
#[derive(Debug, Default)]
pub(crate) struct Form {
    pub(crate) grant_type: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) code: Option<Secret>,
    pub(crate) code_verifier: Option<Secret>,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) refresh_token: Option<Secret>,
    pub(crate) token: Option<Secret>,
    pub(crate) scope: Option<String>,
    pub(crate) resources: Vec<String>,
}

impl Form {
    pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<Self, TokenError> {
        if !body::has_type(headers, "application/x-www-form-urlencoded") {
            return Err(TokenError::WrongContentType);
        }
        let body = body::read(body, MAX_BODY).await?;
        let mut form = Self::default();
        for (name, value) in url::form_urlencoded::parse(&body) {
            // Empty values count as absent (RFC 6749 section 3.2).
            if !value.is_empty() {
                form.set_parameter(&name, value.into_owned())?;
            }
        }
        Ok(form)
    }

    fn set_parameter(&mut self, name: &str, value: String) -> Result<(), TokenError> {
        match name {
            "grant_type" => once(&mut self.grant_type, value, "grant_type"),
            "client_id" => once(&mut self.client_id, value, "client_id"),
            "code" => once(&mut self.code, Secret::new(value), "code"),
            "code_verifier" => once(&mut self.code_verifier, Secret::new(value), "code_verifier"),
            "redirect_uri" => once(&mut self.redirect_uri, value, "redirect_uri"),
            "refresh_token" => once(&mut self.refresh_token, Secret::new(value), "refresh_token"),
            "token" => once(&mut self.token, Secret::new(value), "token"),
            "scope" => once(&mut self.scope, value, "scope"),
            // The one parameter that some clients repeat (RFC 8707 section 2 allows it).
            "resource" => {
                self.resources.push(value);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The resource that the token is for, if the client names one. A foreign one is refused before a code or token is
    /// consumed.
    pub(crate) fn resource(&self, public: &PublicUrl) -> Result<Option<Resource>, TokenError> {
        resource::requested(public, self.resources.iter().map(String::as_str))
            .map_err(|_| TokenError::ForeignResource)
    }
}

fn once<T>(slot: &mut Option<T>, value: T, name: &'static str) -> Result<(), TokenError> {
    if slot.is_some() {
        return Err(TokenError::Repeated(name));
    }
    *slot = Some(value);
    Ok(())
}
