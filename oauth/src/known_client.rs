//! A client of which we know enough to ask a person for consent, however we came to know it.

use primitives::ids::ClientId;

use crate::client::Client;
use crate::document::{ClientDocument, DocumentUrl};
use crate::redirect::RedirectUri;

/// A client, as an authorization request needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownClient {
    /// Its identifier.
    pub client_id: ClientId,
    /// Its self-chosen name; unverified.
    pub client_name: Option<String>,
    /// How we know it.
    pub origin: ClientOrigin,
    redirect_uris: Vec<String>,
}

/// How we know a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientOrigin {
    /// It registered.
    Registered {
        /// The home page that it claims; unverified.
        client_uri: Option<String>,
    },
    /// It has a document.
    Document {
        /// The document's host, with its port if that is not the scheme's own. It is verified: the document came from
        /// there.
        host: String,
    },
}

impl From<Client> for KnownClient {
    fn from(client: Client) -> Self {
        Self {
            client_id: client.client_id,
            client_name: client.client_name,
            origin: ClientOrigin::Registered { client_uri: client.client_uri },
            redirect_uris: client.redirect_uris,
        }
    }
}

impl KnownClient {
    /// The client that the document at `url` describes.
    pub fn of_document(url: &DocumentUrl, document: ClientDocument) -> Self {
        Self {
            client_id: url.id().clone(),
            client_name: Some(document.client_name),
            origin: ClientOrigin::Document { host: url.authority().to_owned() },
            redirect_uris: document.redirect_uris,
        }
    }

    /// The redirect URI of a request, if a known one covers it. A request without one means the only known one.
    pub fn redirect_uri(&self, requested: Option<&str>) -> Option<RedirectUri> {
        let Some(requested) = requested else {
            return match self.redirect_uris.as_slice() {
                [only] => RedirectUri::parse(only).ok(),
                _ => None,
            };
        };
        let requested = RedirectUri::parse(requested).ok()?;
        let covered = self
            .redirect_uris
            .iter()
            .filter_map(|text| RedirectUri::parse(text).ok())
            .any(|known| requested.is_covered_by(&known));
        covered.then_some(requested)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(uris: &[&str]) -> KnownClient {
        let url = DocumentUrl::parse(&ClientId::new("https://example.com/client")).unwrap();
        let redirect_uris = uris.iter().map(ToString::to_string).collect();
        KnownClient::of_document(&url, ClientDocument { client_name: "Example".to_owned(), redirect_uris })
    }

    #[test]
    fn the_random_port_of_a_document_without_ports_is_covered() {
        let client = known(&["http://localhost/callback", "http://127.0.0.1/callback"]);
        for port in ["", ":3118", ":50123"] {
            assert!(client.redirect_uri(Some(&format!("http://localhost{port}/callback"))).is_some());
        }
        for other in ["http://localhost/other", "http://[::1]/callback", "https://localhost/callback"] {
            assert!(client.redirect_uri(Some(other)).is_none(), "{other}");
        }
        assert!(client.redirect_uri(None).is_none());
    }

    #[test]
    fn the_only_redirect_uri_need_not_be_sent() {
        let client = known(&["https://example.com/cb"]);
        assert_eq!(client.redirect_uri(None).unwrap().as_str(), "https://example.com/cb");
        assert!(client.redirect_uri(Some("https://evil.example/cb")).is_none());
    }

    #[test]
    fn a_document_proves_its_host() {
        let client = known(&[]);
        assert_eq!(client.origin, ClientOrigin::Document { host: "example.com".to_owned() });
        assert_eq!(client.client_id.as_str(), "https://example.com/client");
    }
}
