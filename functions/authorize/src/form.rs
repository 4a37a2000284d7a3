//! The forms that our own pages submit.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use primitives::secret::Secret;
use shared::vault::Scheme;
use shared::web::body;
use shared::web::cookie::BrowserCookie;

use crate::error::AuthorizeError;
use crate::{App, ticket};

/// The maximum length of a form, in bytes; its ticket contains the list of workspaces.
const MAX_BODY: usize = 64 * 1024;

/// The button that was pressed on the consent page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Allow,
    Deny,
}

/// The fields of all our forms.
#[derive(Debug, Default)]
pub(crate) struct Form {
    pub(crate) ticket: String,
    pub(crate) api_key: Option<Secret>,
    /// A key or token for a server other than LangSmith.
    pub(crate) credential: Option<Secret>,
    /// How that server wants it.
    pub(crate) scheme: Option<Scheme>,
    pub(crate) decision: Option<Decision>,
    pub(crate) workspace: Option<String>,
    pub(crate) scopes: Vec<String>,
}

/// A form, verified to come from the browser for which its ticket was sealed.
pub(crate) struct Posted<T> {
    pub(crate) ticket: T,
    pub(crate) browser: BrowserCookie,
    pub(crate) form: Form,
}

impl<T: ticket::Content> FromRequest<Arc<App>> for Posted<T> {
    type Rejection = AuthorizeError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, AuthorizeError> {
        let (head, body) = request.into_parts();
        let form = Form::read(&head.headers, body).await?;
        let browser = BrowserCookie::read(&app.deps.public, &head.headers);
        let (ticket, browser) = ticket::open(&app.deps, browser, &form.ticket)?;
        Ok(Self { ticket, browser, form })
    }
}

impl Form {
    async fn read(headers: &HeaderMap, body: Body) -> Result<Self, AuthorizeError> {
        if !body::has_type(headers, "application/x-www-form-urlencoded") {
            return Err(AuthorizeError::WrongContentType);
        }
        let body = body::read(body, MAX_BODY).await?;
        let mut form = Self::default();
        for (name, value) in url::form_urlencoded::parse(&body) {
            let value = value.into_owned();
            match name.as_ref() {
                "ticket" => form.ticket = value,
                "api_key" => form.api_key = Some(Secret::new(pasted_key(&value))),
                "credential" => form.credential = Some(Secret::new(pasted_key(&value))),
                "scheme" => form.scheme = scheme(&value),
                "decision" => form.decision = decision(&value),
                "workspace" => form.workspace = Some(value),
                "scope" => form.scopes.push(value),
                _ => {}
            }
        }
        Ok(form)
    }
}

fn decision(value: &str) -> Option<Decision> {
    match value {
        "allow" => Some(Decision::Allow),
        "deny" => Some(Decision::Deny),
        _ => None,
    }
}

fn scheme(value: &str) -> Option<Scheme> {
    match value {
        "api_key" => Some(Scheme::ApiKey),
        "bearer" => Some(Scheme::Bearer),
        _ => None,
    }
}

/// The names of keys in files and headers, which people copy together with the key.
const KEY_NAMES: [&str; 4] = ["LANGSMITH_API_KEY", "LANGCHAIN_API_KEY", "LANGSMITH-API-KEY", "X-API-KEY"];

/// The bare key, without a preceding variable or header name and without surrounding quotes.
fn pasted_key(text: &str) -> &str {
    let text = text.trim();
    let text = text.strip_prefix("export ").unwrap_or(text).trim_start();
    let named = text.split_once(['=', ':']).filter(|(name, _)| {
        let name = unquoted(name.trim());
        KEY_NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
    });
    unquoted(named.map_or(text, |(_, value)| value).trim().trim_end_matches([',', ';']).trim_end())
}

fn unquoted(text: &str) -> &str {
    let inner = |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    ['"', '\'', '`'].into_iter().find_map(inner).unwrap_or(text).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_in_what_people_paste() {
        for text in [
            "lsv2_pt_a_b",
            "  lsv2_pt_a_b\n",
            "\"lsv2_pt_a_b\"",
            "'lsv2_pt_a_b'",
            "`lsv2_pt_a_b`",
            "LANGSMITH_API_KEY=lsv2_pt_a_b",
            "export LANGSMITH_API_KEY=\"lsv2_pt_a_b\"",
            "LANGCHAIN_API_KEY = 'lsv2_pt_a_b'",
            "X-Api-Key: lsv2_pt_a_b",
            "\"LANGSMITH_API_KEY\": \"lsv2_pt_a_b\",",
            "LANGSMITH_API_KEY: lsv2_pt_a_b;",
        ] {
            assert_eq!(pasted_key(text), "lsv2_pt_a_b", "{text}");
        }
    }

    #[test]
    fn nothing_else_is_cut() {
        for text in
            ["", "\"", "a=b", "OTHER_KEY=lsv2_pt_a", "\"lsv2_pt_a", "lsv2_pt_a'", "LANGSMITH_API_KEYS=x"]
        {
            assert_eq!(pasted_key(text), text);
        }
    }

    #[test]
    fn only_a_button_decides() {
        assert_eq!((decision("allow"), decision("deny")), (Some(Decision::Allow), Some(Decision::Deny)));
        for other in ["", "Allow", "allow ", "yes"] {
            assert_eq!(decision(other), None, "{other}");
        }
    }
}
