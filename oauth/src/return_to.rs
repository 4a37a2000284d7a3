//! The target after a login: the consent page of a waiting app, or the person's own connections.

use serde::{Deserialize, Serialize};

use crate::public_url::PublicUrl;
use crate::request::AuthorizeRequest;

/// The path of the page on which people see and end their connections.
pub const CONNECTIONS_PATH: &str = "/connections";

/// The path of the pages on which people answer agents' questions, before the sealed link.
pub const ANSWER_PATH: &str = "/agents/answer/";

/// The target of a login. A request is stored untagged, so that logins and forms from before the second target existed
/// can still be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnTo {
    /// The list of connections.
    Connections,
    /// The page on which an agent's question is answered.
    Answer(SealedLink),
    /// The consent page of a client's request.
    #[serde(untagged)]
    Authorize(AuthorizeRequest),
}

/// The sealed part of a link to such a page. What it seals is unknown here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct SealedLink(String);

/// A text cannot be a sealed link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no sealed link")]
pub struct NotALink;

impl SealedLink {
    /// The longest one, in bytes.
    pub const MAX: usize = 1_024;
}

impl TryFrom<String> for SealedLink {
    type Error = NotALink;

    fn try_from(text: String) -> Result<Self, NotALink> {
        let is_sealed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let fits = (1..=Self::MAX).contains(&text.len()) && text.bytes().all(is_sealed);
        if fits { Ok(Self(text)) } else { Err(NotALink) }
    }
}

impl ReturnTo {
    /// Its path on this server.
    pub fn path(&self, public: &PublicUrl) -> String {
        match self {
            Self::Connections => CONNECTIONS_PATH.to_owned(),
            Self::Answer(SealedLink(link)) => format!("{ANSWER_PATH}{link}"),
            Self::Authorize(request) => request.path(public),
        }
    }
}

impl From<AuthorizeRequest> for ReturnTo {
    fn from(request: AuthorizeRequest) -> Self {
        Self::Authorize(request)
    }
}

#[cfg(test)]
mod tests {
    use primitives::ids::ClientId;

    use super::*;
    use crate::resource::Resource;

    fn request() -> AuthorizeRequest {
        AuthorizeRequest {
            client_id: ClientId::new("c"),
            redirect_uri: "https://c/cb".into(),
            state: None,
            challenge: "x".into(),
            scope: "langsmith:read".into(),
            resource: Resource::MCP,
        }
    }

    #[test]
    fn a_request_is_stored_as_before() {
        let stored = serde_json::to_value(ReturnTo::from(request())).unwrap();
        assert_eq!(stored, serde_json::to_value(request()).unwrap());
        assert_eq!(serde_json::from_value::<ReturnTo>(stored).unwrap(), ReturnTo::Authorize(request()));
    }

    #[test]
    fn anything_else_is_refused() {
        for garbage in ["\"elsewhere\"", "{}", "null", "7"] {
            assert!(serde_json::from_str::<ReturnTo>(garbage).is_err(), "{garbage}");
        }
    }

    #[test]
    fn each_has_its_address() {
        let public: PublicUrl = "https://mcp.example.com".parse().unwrap();
        assert_eq!(ReturnTo::Connections.path(&public), "/connections");
        assert_eq!(ReturnTo::from(request()).path(&public), request().path(&public));
        let link = SealedLink::try_from("a-b_C7".to_owned()).unwrap();
        assert_eq!(ReturnTo::Answer(link).path(&public), "/agents/answer/a-b_C7");
    }

    #[test]
    fn a_link_leads_nowhere_else() {
        for text in ["", "a/b", "..", "a?b", "a#b", "a b", "é", &"a".repeat(1_025)] {
            assert_eq!(SealedLink::try_from(text.to_owned()), Err(NotALink), "{text}");
        }
        let stored = serde_json::to_string(&ReturnTo::Answer(SealedLink("x".into()))).unwrap();
        assert_eq!(stored, r#"{"answer":"x"}"#);
        assert!(serde_json::from_str::<ReturnTo>(&stored).is_ok());
        assert!(serde_json::from_str::<ReturnTo>(r#"{"answer":"/evil"}"#).is_err());
    }
}
