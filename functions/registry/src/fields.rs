//! Request bodies: JSON of the documented types, and then of the documented meaning. A wrong type is another error than a
//! wrong meaning, so the two are told apart.

use axum::body::Body;
use primitives::secret::Secret;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use shared::servers::{CredentialHeader, CredentialHeaders};
use shared::web::body;
use uuid::Uuid;

use crate::error::RegistryError;

/// The maximum length of a body, in bytes: the headers of a server, in JSON's longest spelling, and the rest.
const MAX_BODY: usize = 256 * 1024;
/// The maximum length of an identifier of a catalog or of the caller's, in characters.
const MAX_TEXT: usize = 200;

/// The body of `POST /mcp-servers`.
#[derive(Deserialize)]
pub(crate) struct NewServer {
    #[serde(default, deserialize_with = "present")]
    pub(crate) name: Option<String>,
    #[serde(flatten)]
    pub(crate) settings: Settings,
    #[serde(default, deserialize_with = "present")]
    pub(crate) vendor_id: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) external_system_id: Option<String>,
}

/// The members of both bodies, each of them only if it was sent.
#[derive(Deserialize)]
pub(crate) struct Settings {
    #[serde(default, deserialize_with = "present")]
    pub(crate) url: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) headers: Option<Vec<HeaderField>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) auth_type: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) oauth_mode: Option<String>,
    #[serde(default)]
    pub(crate) oauth_provider_id: ProviderField,
}

/// The provider that was sent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum ProviderField {
    /// None was sent.
    #[default]
    Absent,
    /// `null`, which clears it.
    Null,
    /// A provider.
    Id(Uuid),
}

impl<'de> Deserialize<'de> for ProviderField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Option::<String>::deserialize(deserializer)? {
            None => Ok(Self::Null),
            Some(text) => uuid(&text).map(Self::Id).ok_or_else(|| serde::de::Error::custom("not a UUID")),
        }
    }
}

impl ProviderField {
    /// The provider after a change.
    pub(crate) const fn or(self, kept: Option<Uuid>) -> Option<Uuid> {
        match self {
            Self::Absent => kept,
            Self::Null => None,
            Self::Id(id) => Some(id),
        }
    }
}

/// A header in the wire format.
#[derive(Deserialize)]
pub(crate) struct HeaderField {
    key: String,
    value: SecretText,
}

/// A text that is a secret from the first moment.
pub(crate) struct SecretText(Secret);

impl SecretText {
    pub(crate) fn into_secret(self) -> Secret {
        self.0
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}

impl Settings {
    /// The headers, if any were sent.
    pub(crate) fn take_headers(&mut self) -> Result<Option<CredentialHeaders>, RegistryError> {
        let Some(headers) = self.headers.take() else { return Ok(None) };
        let headers = headers
            .into_iter()
            .map(|HeaderField { key, value }| CredentialHeader { name: key, value: value.0 });
        Ok(Some(CredentialHeaders::checked(headers.collect())?))
    }
}

/// Reads a body of this schema.
pub(crate) async fn read<T: DeserializeOwned>(body: Body) -> Result<T, RegistryError> {
    let bytes = body::read(body, MAX_BODY).await?;
    serde_json::from_slice(&bytes).map_err(|_| RegistryError::NotTheSchema)
}

/// A required text.
pub(crate) fn required(name: &'static str, text: Option<String>) -> Result<String, RegistryError> {
    text.filter(|text| !text.trim().is_empty()).ok_or(RegistryError::Required(name))
}

/// An optional identifier; an empty one is none.
pub(crate) fn identifier(name: &'static str, text: Option<String>) -> Result<Option<String>, RegistryError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.chars().count() > MAX_TEXT || text.chars().any(char::is_control) {
        return Err(RegistryError::Text(name, MAX_TEXT));
    }
    Ok(Some(text))
}

/// A member that was sent; `null` is one of another type.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A UUID with hyphens.
pub(crate) fn uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|_| text.len() == 36)
}
