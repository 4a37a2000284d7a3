//! The `WWW-Authenticate` challenges of `/mcp` (RFC 6750 section 3, RFC 9728 section 5.1). Every 401 and 403 comes from
//! here: a bare `Bearer` on one forgotten branch is where logins in the field get stuck.

use http::HeaderValue;
use oauth::public_url::{PublicUrl, Spelling};
use oauth::scope::ScopeSet;

use crate::key_shape::NOT_A_KEY;

const INVALID: &str = "The access token or API key is not valid; log in again or check the key";

const KEY_AS_TOKEN: &str =
    "A LangSmith API key is not an access token; send it in the X-Api-Key header, or log in";

/// Why a request is challenged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// No credential, or an unreadable one: 401 without an error code (RFC 6750 section 3.1).
    Missing,
    /// A token that is malformed, expired, foreign or of an ended grant: 401.
    InvalidToken,
    /// A key header whose value is not a LangSmith key: 401.
    NotAKey,
    /// A LangSmith API key in place of a token: 401 that names the header for keys.
    KeyAsToken,
    /// A token that lacks scopes: 403, naming all that the operation needs, since clients request exactly those.
    InsufficientScope(ScopeSet),
}

/// The header value: one Bearer challenge on one line, every value quoted. It refers to the metadata of the spelling
/// that the request used: a client must refuse metadata of any other (RFC 9728 section 3.3).
pub fn challenge_header(public: &PublicUrl, spelling: Spelling<'_>, challenge: Challenge) -> HeaderValue {
    let error = match challenge {
        Challenge::Missing => String::new(),
        Challenge::InvalidToken => error("invalid_token", INVALID),
        Challenge::NotAKey => error("invalid_token", NOT_A_KEY),
        Challenge::KeyAsToken => error("invalid_token", KEY_AS_TOKEN),
        Challenge::InsufficientScope(_) => error("insufficient_scope", "The operation needs more scopes"),
    };
    let scope = match challenge {
        Challenge::InsufficientScope(scope) => scope,
        Challenge::Missing | Challenge::InvalidToken | Challenge::NotAKey | Challenge::KeyAsToken => {
            public.scopes()
        }
    };
    let metadata = public.join(&public.resource_metadata_path(spelling));
    let text = format!("Bearer {error}resource_metadata=\"{metadata}\", scope=\"{scope}\"");
    // An origin, a valid query and our own scope names are visible ASCII without quotation marks.
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("Bearer"))
}

fn error(code: &str, description: &str) -> String {
    format!("error=\"{code}\", error_description=\"{description}\", ")
}

#[cfg(test)]
mod tests {
    use oauth::scope::Scope;

    use super::*;
    use crate::mcp::toolsets::is_parameter;

    fn header(challenge: Challenge) -> String {
        let public = "https://mcp.example.com".parse().unwrap();
        challenge_header(&public, Spelling::PLAIN, challenge).to_str().unwrap().to_owned()
    }

    #[test]
    fn a_missing_token_is_challenged_without_an_error() {
        assert_eq!(
            header(Challenge::Missing),
            "Bearer resource_metadata=\"https://mcp.example.com/.well-known/oauth-protected-resource/mcp\", \
             scope=\"langsmith:read langsmith:write langsmith:publish billing:read agents:run servers:use servers:manage\""
        );
    }

    #[test]
    fn a_final_slash_leads_to_its_own_metadata() {
        let public = "https://mcp.example.com".parse().unwrap();
        let header = challenge_header(&public, Spelling::FINAL_SLASH, Challenge::Missing);
        assert!(header.to_str().unwrap().contains("oauth-protected-resource/mcp/\""), "{header:?}");
    }

    #[test]
    fn a_query_leads_to_its_own_metadata() {
        let public = "https://mcp.example.com".parse().unwrap();
        let spelling = Spelling::of("/mcp", Some("readonly=true"), is_parameter);
        let header = challenge_header(&public, spelling, Challenge::Missing);
        assert!(
            header.to_str().unwrap().contains("oauth-protected-resource/mcp?readonly=true\""),
            "{header:?}"
        );
    }

    #[test]
    fn errors_are_named() {
        assert!(header(Challenge::NotAKey).contains(NOT_A_KEY));
        assert!(header(Challenge::InvalidToken).starts_with("Bearer error=\"invalid_token\""));
        let key = header(Challenge::KeyAsToken);
        assert!(key.starts_with("Bearer error=\"invalid_token\"") && key.contains("X-Api-Key"), "{key}");
        let step_up = header(Challenge::InsufficientScope([Scope::BillingRead].into_iter().collect()));
        assert!(step_up.starts_with("Bearer error=\"insufficient_scope\""));
        assert!(step_up.ends_with("scope=\"billing:read\""));
    }
}
