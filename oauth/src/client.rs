//! A registered client (RFC 7591). All clients are public: a program on a user's computer cannot keep a secret.

use std::time::Duration;

use primitives::clock::Timestamp;
use primitives::ids::ClientId;
use primitives::random::Random;
use serde::{Deserialize, Serialize};

use crate::redirect::{RedirectError, RedirectUri};
use crate::web_uri;

/// The lifetime of a client without a consent. Clients register once per connection, so unused ones pile up.
pub const UNUSED_LIFE: Duration = Duration::from_hours(90 * 24);

/// The maximum length of a stored name, in characters.
const MAX_NAME: usize = 200;

/// The supported members of a registration request. All others are ignored, as RFC 7591 section 2 demands; a wrong
/// `application_type` is not fatal (Cursor registers native URIs as `web`).
#[derive(Debug, Default, Deserialize)]
pub struct ClientMetadata {
    /// RFC 7591 `redirect_uris`.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// RFC 7591 `client_name`.
    pub client_name: Option<String>,
    /// RFC 7591 `client_uri`.
    pub client_uri: Option<String>,
    /// RFC 7591 `logo_uri`, checked but not stored: our pages load nothing from elsewhere.
    pub logo_uri: Option<String>,
    /// RFC 7591 `tos_uri`, checked but not stored.
    pub tos_uri: Option<String>,
    /// RFC 7591 `policy_uri`, checked but not stored.
    pub policy_uri: Option<String>,
    /// RFC 7591 `grant_types`.
    pub grant_types: Option<Vec<String>>,
    /// RFC 7591 `response_types`.
    pub response_types: Option<Vec<String>>,
    /// RFC 7591 `scope`.
    pub scope: Option<String>,
}

/// Why a registration is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationError {
    /// No redirect URI was sent.
    #[error("redirect_uris must name at least one URI")]
    NoRedirectUri,
    /// None of the redirect URIs is usable; the error describes the first one.
    #[error("no redirect URI can be used; the first one {0}")]
    UnusableRedirectUris(RedirectError),
    /// The client requests only grant types that we do not support.
    #[error("grant_types must include authorization_code")]
    UnsupportedGrantTypes,
    /// The client requests only response types that we do not support.
    #[error("response_types must include code")]
    UnsupportedResponseTypes,
    /// A member is not the URL of a web page.
    #[error("{0} must be an http or https URL")]
    NoWebPage(&'static str),
}

/// Metadata that passed the rules.
pub(crate) struct CheckedMetadata {
    pub(crate) client_name: Option<String>,
    pub(crate) client_uri: Option<String>,
    /// At least one.
    pub(crate) redirect_uris: Vec<String>,
}

impl ClientMetadata {
    /// Applies the rules for registrations and documents. A mixed list keeps its usable URIs: servers that refuse the
    /// whole list over one URI lock out Cursor and VS Code, which register several kinds at once.
    pub(crate) fn checked(self) -> Result<CheckedMetadata, RegistrationError> {
        if self.grant_types.is_some_and(|types| !types.iter().any(|name| name == "authorization_code")) {
            return Err(RegistrationError::UnsupportedGrantTypes);
        }
        if self.response_types.is_some_and(|types| !types.iter().any(|name| name == "code")) {
            return Err(RegistrationError::UnsupportedResponseTypes);
        }
        let client_uri = web_page("client_uri", self.client_uri)?;
        web_page("logo_uri", self.logo_uri)?;
        web_page("tos_uri", self.tos_uri)?;
        web_page("policy_uri", self.policy_uri)?;
        Ok(CheckedMetadata {
            client_name: self.client_name.as_deref().and_then(bounded),
            client_uri,
            redirect_uris: usable(&self.redirect_uris)?,
        })
    }
}

/// A client as stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Client {
    /// The client identifier, valid for this entry only.
    pub client_id: ClientId,
    /// Its self-chosen name; unverified, shown on the consent page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// Its home page; unverified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// The usable ones of the registered URIs.
    pub redirect_uris: Vec<String>,
    /// When it registered, seconds since the Unix epoch.
    pub created_at: u64,
    /// When it expires, seconds since the Unix epoch; a consent moves it past the grant's cap.
    pub expires_at: u64,
}

impl Client {
    /// Applies the registration rules.
    pub fn register(
        metadata: ClientMetadata,
        random: &dyn Random,
        now: Timestamp,
    ) -> Result<Self, RegistrationError> {
        let CheckedMetadata { client_name, client_uri, redirect_uris } = metadata.checked()?;
        let client = Self {
            client_id: ClientId::new(""),
            client_name,
            client_uri,
            redirect_uris,
            created_at: now.secs(),
            expires_at: now.plus(UNUSED_LIFE).secs(),
        };
        Ok(client.identified(random))
    }

    /// Whether the registration has not expired. This is compared here, because the store deletes late.
    pub const fn is_live(&self, now: Timestamp) -> bool {
        now.secs() < self.expires_at
    }
}

fn usable(uris: &[String]) -> Result<Vec<String>, RegistrationError> {
    let mut first_fault = None;
    let mut kept: Vec<String> = Vec::with_capacity(uris.len());
    for uri in uris {
        match RedirectUri::parse(uri) {
            Ok(_) if kept.contains(uri) => {}
            Ok(_) => kept.push(uri.clone()),
            Err(fault) => first_fault = first_fault.or(Some(fault)),
        }
    }
    match first_fault {
        _ if !kept.is_empty() => Ok(kept),
        Some(fault) => Err(RegistrationError::UnusableRedirectUris(fault)),
        None => Err(RegistrationError::NoRedirectUri),
    }
}

/// An empty value counts as absent: some clients send every member that they know.
fn web_page(name: &'static str, uri: Option<String>) -> Result<Option<String>, RegistrationError> {
    match uri.filter(|uri| !uri.is_empty()) {
        Some(uri) if !web_uri::is_web_page(&uri) => Err(RegistrationError::NoWebPage(name)),
        uri => Ok(uri),
    }
}

fn bounded(text: &str) -> Option<String> {
    let kept: String = text.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    (!kept.is_empty()).then_some(kept)
}

#[cfg(test)]
mod tests {
    use primitives::random::SystemRandom;

    use super::*;
    use crate::known_client::KnownClient;
    use crate::redirect::scheme::RefusedScheme;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    fn register(metadata: ClientMetadata) -> Result<Client, RegistrationError> {
        Client::register(metadata, &SystemRandom, NOW)
    }

    fn with_uris(uris: &[&str]) -> ClientMetadata {
        ClientMetadata {
            redirect_uris: uris.iter().map(ToString::to_string).collect(),
            ..ClientMetadata::default()
        }
    }

    #[test]
    fn a_mixed_list_keeps_what_is_usable() {
        let client = register(with_uris(&["http://example.com/cb", "http://localhost:1/cb"])).unwrap();
        assert_eq!(client.redirect_uris, ["http://localhost:1/cb"]);
    }

    #[test]
    fn a_list_without_a_usable_uri_is_refused() {
        assert_eq!(register(with_uris(&[])).unwrap_err(), RegistrationError::NoRedirectUri);
        assert_eq!(
            register(with_uris(&["javascript:alert(1)"])).unwrap_err(),
            RegistrationError::UnusableRedirectUris(RedirectError::Scheme(RefusedScheme::Browser))
        );
    }

    #[test]
    fn a_uri_that_is_named_twice_is_kept_once() {
        let client = register(with_uris(&["my-app:/a", "my-app:/a", "my-app:/b"])).unwrap();
        assert_eq!(client.redirect_uris, ["my-app:/a", "my-app:/b"]);
    }

    #[test]
    fn the_types_have_to_include_those_of_the_code_flow() {
        let types = |names: &[&str]| Some(names.iter().map(ToString::to_string).collect());
        let with = |grants, responses| {
            let metadata = with_uris(&["my-app:/a"]);
            register(ClientMetadata { grant_types: grants, response_types: responses, ..metadata }).map(drop)
        };
        assert_eq!(with(None, None), Ok(()));
        assert_eq!(with(types(&["refresh_token", "authorization_code"]), types(&["token", "code"])), Ok(()));
        assert_eq!(with(types(&["client_credentials"]), None), Err(RegistrationError::UnsupportedGrantTypes));
        assert_eq!(with(types(&[]), None), Err(RegistrationError::UnsupportedGrantTypes));
        assert_eq!(with(None, types(&["token"])), Err(RegistrationError::UnsupportedResponseTypes));
        assert_eq!(with(None, types(&[])), Err(RegistrationError::UnsupportedResponseTypes));
    }

    #[test]
    fn a_client_without_a_consent_lives_for_ninety_days() {
        let client = register(with_uris(&["my-app:/a"])).unwrap();
        let days = |days: u64| NOW.plus(Duration::from_hours(days * 24));
        assert_eq!((client.created_at, client.expires_at), (NOW.secs(), days(90).secs()));
        assert!(client.is_live(NOW) && client.is_live(Timestamp::from_secs(client.expires_at - 1)));
        assert!(!client.is_live(days(90)) && !client.is_live(days(91)));
    }

    #[test]
    fn a_random_port_of_vs_code_is_covered() {
        let client = register(with_uris(&[
            "https://vscode.dev/redirect",
            "https://insiders.vscode.dev/redirect",
            "http://127.0.0.1/",
            "http://127.0.0.1:33418/",
        ]))
        .map(KnownClient::from)
        .unwrap();
        assert!(client.redirect_uri(Some("http://127.0.0.1:50123/")).is_some());
        assert!(client.redirect_uri(Some("http://127.0.0.1:50123/other")).is_none());
        assert!(client.redirect_uri(None).is_none());
    }

    #[test]
    fn a_name_is_bounded_and_has_no_control_characters() {
        let metadata = ClientMetadata {
            client_name: Some(format!("a\u{0}\n{}", "b".repeat(500))),
            ..with_uris(&["my-app:/b"])
        };
        let name = register(metadata).unwrap().client_name.unwrap();
        assert_eq!(name.chars().count(), MAX_NAME);
        assert!(!name.contains(char::is_control));
    }

    #[test]
    fn its_pages_are_web_pages() {
        type Set = fn(&mut ClientMetadata, String);
        let with = |set: Set, uri: &str| {
            let mut metadata = with_uris(&["my-app:/b"]);
            set(&mut metadata, uri.to_owned());
            register(metadata)
        };
        let members: [(&str, Set); 4] = [
            ("client_uri", |metadata, uri| metadata.client_uri = Some(uri)),
            ("logo_uri", |metadata, uri| metadata.logo_uri = Some(uri)),
            ("tos_uri", |metadata, uri| metadata.tos_uri = Some(uri)),
            ("policy_uri", |metadata, uri| metadata.policy_uri = Some(uri)),
        ];
        for (name, set) in members {
            assert!(with(set, "https://example.com/x").is_ok() && with(set, "").is_ok(), "{name}");
            for bad in ["javascript:alert(1)", "cursor://x", "data:image/png,x", "x"] {
                assert_eq!(with(set, bad).unwrap_err(), RegistrationError::NoWebPage(name), "{bad}");
            }
        }
    }
}
