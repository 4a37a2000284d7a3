//! The target after a login: the consent page of a waiting app, or the person's own connections.

use serde::{Deserialize, Serialize};

use crate::request::AuthorizeRequest;

/// The path of the page on which people see and end their connections.
pub const CONNECTIONS_PATH: &str = "/connections";

/// The target of a login. A request is stored untagged, so that logins and forms from before the second target existed
/// can still be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnTo {
    /// The list of connections.
    Connections,
    /// The consent page of a client's request.
    #[serde(untagged)]
    Authorize(AuthorizeRequest),
}

impl ReturnTo {
    /// Its path on this server.
    pub fn path(&self) -> String {
        match self {
            Self::Connections => CONNECTIONS_PATH.to_owned(),
            Self::Authorize(request) => request.path(),
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

    fn request() -> AuthorizeRequest {
        AuthorizeRequest {
            client_id: ClientId::new("c"),
            redirect_uri: "https://c/cb".into(),
            state: None,
            challenge: "x".into(),
            scope: "langsmith:read".into(),
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
        assert_eq!(ReturnTo::Connections.path(), "/connections");
        assert_eq!(ReturnTo::from(request()).path(), request().path());
    }
}
