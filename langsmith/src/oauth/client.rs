//! Our OAuth client at LangSmith's authorization server, as the operator configures it.
//!
//! LangSmith limits self-registered clients to its own MCP resource, so access to its API needs a client that an
//! organization registered. A setting selects the kind of client; there is no fallback from one to another.

use primitives::secret::Secret;
use reqwest::Url;

use super::OAuthMetadata;

/// The scopes requested by default: the user's identity, and a refresh token.
pub const DEFAULT_SCOPES: &str = "openid email offline_access";

/// Maximum length of a client id or secret, in bytes.
const MAX_CREDENTIAL: usize = 512;
/// Maximum length of the list of scopes, in bytes.
const MAX_SCOPES: usize = 1000;
/// Maximum length of the resource, in bytes.
const MAX_RESOURCE: usize = 2000;

/// Our OAuth client at LangSmith.
#[derive(Clone, Debug)]
pub enum UpstreamClient {
    /// Registered by the operator's LangSmith organization.
    Registered(RegisteredClient),
    /// Registered by ourselves, and again when it is gone (RFC 7591). For a LangSmith that gives such clients access to
    /// its API.
    SelfRegistration,
    /// No client: users log in with API keys.
    None,
}

/// A client that an organization registered.
#[derive(Clone, Debug)]
pub struct RegisteredClient {
    /// Its `client_id`.
    pub id: String,
    /// Its `client_secret`, unless it is a public client.
    pub secret: Option<Secret>,
}

/// Our OAuth client and the scopes and resource that it requests.
#[derive(Clone, Debug)]
pub struct UpstreamOAuth {
    /// The kind of client.
    pub client: UpstreamClient,
    scopes: String,
    resource: Option<String>,
}

/// The settings as the operator wrote them.
#[derive(Debug, Default)]
pub struct ClientSettings {
    /// The client id.
    pub id: Option<String>,
    /// The client secret.
    pub secret: Option<Secret>,
    /// The scopes, separated by blanks.
    pub scopes: Option<String>,
    /// The resource; the issuer by default.
    pub resource: Option<String>,
    /// Whether we may register a client ourselves.
    pub self_registration: bool,
}

/// An unusable setting. The caller of `check` knows its name in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientSetting {
    /// The client id.
    Id,
    /// The client secret.
    Secret,
    /// The scopes.
    Scopes,
    /// The resource.
    Resource,
    /// Self-registration.
    SelfRegistration,
}

/// An unusable setting and its problem. Never contains a secret's content.
pub type Unusable = (ClientSetting, &'static str);

impl ClientSettings {
    /// Validates the settings, each and in combination.
    pub fn check(self) -> Result<UpstreamOAuth, Unusable> {
        let scopes = scopes(self.scopes.as_deref().unwrap_or(DEFAULT_SCOPES))?;
        let resource = self.resource.map(resource).transpose()?;
        let client = match (self.id, self.secret) {
            (Some(_), _) if self.self_registration => {
                return Err((
                    ClientSetting::SelfRegistration,
                    "a client id is set, too: choose one of the two",
                ));
            }
            (Some(id), secret) => UpstreamClient::Registered(registered(id, secret)?),
            (None, Some(_)) => return Err((ClientSetting::Secret, "has no effect without a client id")),
            (None, None) if self.self_registration => UpstreamClient::SelfRegistration,
            (None, None) => UpstreamClient::None,
        };
        Ok(UpstreamOAuth { client, scopes, resource })
    }
}

impl UpstreamOAuth {
    /// The requested scopes, separated by blanks.
    pub fn scopes(&self) -> &str {
        &self.scopes
    }

    /// The RFC 8707 `resource` of every request: the API, which LangSmith identifies by its issuer.
    pub fn resource<'a>(&'a self, metadata: &'a OAuthMetadata) -> &'a str {
        self.resource.as_deref().unwrap_or(&metadata.issuer)
    }

    /// The client authentication of the client with this id. A secret belongs to the client that it was issued for: a
    /// login made with another client is refreshed without one.
    pub fn authentication<'a>(
        &'a self,
        metadata: &'a OAuthMetadata,
        client_id: &'a str,
    ) -> ClientAuthentication<'a> {
        let secret = match &self.client {
            UpstreamClient::Registered(client) if client.id == client_id => client.secret.as_ref(),
            _ => None,
        };
        ClientAuthentication { client_id, secret, resource: self.resource(metadata) }
    }

    /// Whether this is the client that the operator configured, so that the operator has to fix a refusal of it.
    pub fn is_configured(&self, client_id: &str) -> bool {
        matches!(&self.client, UpstreamClient::Registered(client) if client.id == client_id)
    }
}

/// The client that calls the token endpoint, and the requested resource.
#[derive(Clone, Copy, Debug)]
pub struct ClientAuthentication<'a> {
    /// RFC 6749 `client_id`.
    pub client_id: &'a str,
    /// RFC 6749 `client_secret`, sent in the form.
    pub secret: Option<&'a Secret>,
    /// RFC 8707 `resource`.
    pub resource: &'a str,
}

fn registered(id: String, secret: Option<Secret>) -> Result<RegisteredClient, Unusable> {
    credential(ClientSetting::Id, &id)?;
    // A secret read from a file ends with the file's line break.
    let secret = secret.map(|secret| Secret::new(secret.expose().trim_end_matches(['\r', '\n'])));
    if let Some(secret) = &secret {
        credential(ClientSetting::Secret, secret.expose())?;
    }
    Ok(RegisteredClient { id, secret })
}

/// RFC 6749 appendix A allows blanks in ids and secrets; no server issues them, and a pasted line break is common.
/// Brackets and quotes come from an example that was not filled in.
fn credential(setting: ClientSetting, text: &str) -> Result<(), Unusable> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"<>{}\"'`".contains(&byte);
    if text.is_empty() {
        Err((setting, "is empty"))
    } else if text.len() > MAX_CREDENTIAL {
        Err((setting, "is longer than 512 characters"))
    } else if text.bytes().all(plain) {
        Ok(())
    } else {
        Err((setting, "has a space, a quote, a bracket or another character that no LangSmith client has"))
    }
}

/// RFC 6749 section 3.3; joined by single blanks.
fn scopes(text: &str) -> Result<String, Unusable> {
    let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    let listed: Vec<_> = text.split_ascii_whitespace().collect();
    if listed.is_empty() || text.len() > MAX_SCOPES {
        return Err((
            ClientSetting::Scopes,
            "must name scopes, separated by spaces, in at most 1000 characters",
        ));
    }
    if !listed.iter().all(|scope| scope.bytes().all(allowed)) {
        return Err((ClientSetting::Scopes, "has a character that no scope has"));
    }
    Ok(listed.join(" "))
}

/// RFC 8707 section 2: an absolute URI without a fragment.
fn resource(text: String) -> Result<String, Unusable> {
    let usable = |url: &Url| {
        let web = matches!(url.scheme(), "http" | "https") && url.has_host();
        web && url.fragment().is_none() && url.username().is_empty() && url.password().is_none()
    };
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    if printable && text.len() <= MAX_RESOURCE && Url::parse(&text).ok().as_ref().is_some_and(usable) {
        Ok(text)
    } else {
        Err((ClientSetting::Resource, "must be an absolute http or https URL without fragment and password"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "every setting may be absent")]
    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn with_id(id: &str) -> ClientSettings {
        ClientSettings { id: text(id), ..ClientSettings::default() }
    }

    fn metadata() -> OAuthMetadata {
        OAuthMetadata {
            issuer: "https://api.smith.example".to_owned(),
            authorization_endpoint: Url::parse("https://api.smith.example/oauth/authorize").unwrap(),
            token_endpoint: Url::parse("https://api.smith.example/oauth/token").unwrap(),
            registration_endpoint: None,
            userinfo_endpoint: None,
        }
    }

    #[test]
    fn without_settings_there_is_no_client() {
        let upstream = ClientSettings::default().check().unwrap();
        assert!(matches!(upstream.client, UpstreamClient::None));
        assert_eq!(upstream.scopes(), "openid email offline_access");
        assert_eq!(upstream.resource(&metadata()), "https://api.smith.example");
    }

    #[test]
    fn a_secret_goes_with_its_own_client_only() {
        let settings = ClientSettings { secret: Some(Secret::new("s3cret")), ..with_id("ours") };
        let upstream = settings.check().unwrap();
        let metadata = metadata();
        assert!(upstream.authentication(&metadata, "ours").secret.is_some());
        assert!(upstream.authentication(&metadata, "earlier").secret.is_none());
        assert!(upstream.is_configured("ours") && !upstream.is_configured("earlier"));
        assert!(!format!("{upstream:?}").contains("s3cret"));
    }

    #[test]
    fn settings_that_contradict_each_other_are_refused() {
        let both = ClientSettings { self_registration: true, ..with_id("ours") };
        assert_eq!(both.check().unwrap_err().0, ClientSetting::SelfRegistration);
        let alone = ClientSettings { secret: Some(Secret::new("s")), ..ClientSettings::default() };
        assert_eq!(alone.check().unwrap_err().0, ClientSetting::Secret);
    }

    #[test]
    fn the_line_break_behind_a_secret_is_the_files() {
        let settings = ClientSettings { secret: Some(Secret::new("s3cret\r\n")), ..with_id("ours") };
        let upstream = settings.check().unwrap();
        let metadata = metadata();
        assert_eq!(upstream.authentication(&metadata, "ours").secret.unwrap().expose(), "s3cret");
    }

    #[test]
    fn odd_settings_are_refused_by_name() {
        let long = "x".repeat(513);
        for odd in ["", " ", "two words", "two\nlines", "<client-id>", "{id}", "\"id\"", "é", "\u{7f}", &long]
        {
            assert_eq!(with_id(odd).check().unwrap_err().0, ClientSetting::Id, "{odd:?}");
            let settings = ClientSettings { secret: Some(Secret::new(odd)), ..with_id("ours") };
            let (setting, problem) = settings.check().unwrap_err();
            assert_eq!(setting, ClientSetting::Secret, "{odd:?}");
            assert!(odd.trim().is_empty() || !problem.contains(odd));
        }
        for odd in ["", "  ", "a\"b", "a\\b", "é", &"x".repeat(1001)] {
            let settings = ClientSettings { scopes: text(odd), ..ClientSettings::default() };
            assert_eq!(settings.check().unwrap_err().0, ClientSetting::Scopes, "{odd:?}");
        }
        for odd in [
            "",
            "/api",
            "ftp://x.example",
            "https://",
            "https://x.example/#f",
            "https://u:p@x.example",
            "https://x.example/a b",
        ] {
            let settings = ClientSettings { resource: text(odd), ..ClientSettings::default() };
            assert_eq!(settings.check().unwrap_err().0, ClientSetting::Resource, "{odd:?}");
        }
    }

    #[test]
    fn scopes_and_resource_are_sent_as_they_were_set() {
        let settings = ClientSettings {
            scopes: text(" openid\temail "),
            resource: text("https://x.example/api/"),
            ..ClientSettings::default()
        };
        let upstream = settings.check().unwrap();
        assert_eq!(upstream.scopes(), "openid email");
        assert_eq!(upstream.resource(&metadata()), "https://x.example/api/");
    }
}
