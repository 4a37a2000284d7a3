//! A credential as stored in the vault.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use langsmith::{Credential, ListedDataPlanes, TokenSet};
use primitives::clock::Timestamp;
use primitives::secret::Secret;

/// The result of a login.
#[derive(Clone, Debug)]
pub struct StoredCredential {
    /// The credential itself.
    pub kind: CredentialKind,
    /// The locations of its workspaces' data that LangSmith listed. They are stored beside the credential, under the
    /// same seal: whoever can change them decides where the credential is sent. Logins of an earlier version did not
    /// record them.
    pub data_planes: Option<ListedDataPlanes>,
}

/// A credential.
#[derive(Clone, Debug)]
pub enum CredentialKind {
    /// An API key.
    ApiKey(Secret),
    /// Tokens of LangSmith's authorization server.
    OAuth(OAuthTokens),
}

/// Tokens of LangSmith's authorization server, with their time and origin.
#[derive(Clone, Debug)]
pub struct OAuthTokens {
    /// The access token.
    pub access: Secret,
    /// The refresh token, which rotates.
    pub refresh: Option<Secret>,
    /// When they were issued.
    pub issued_at: Timestamp,
    /// The access token's lifetime, if the upstream stated it.
    pub life: Option<Duration>,
    /// The issuer, and its client for which they were issued: a refresh token is bound to both (RFC 6749 section 6).
    pub origin: Origin,
    /// How the login identified the person. Logins of an earlier version did not record it.
    pub identified_by: Option<IdentifiedBy>,
}

/// The source of a login's identity. The two sources may identify a person differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifiedBy {
    /// `GET /api/v1/me/ls_user_id`.
    LsUserId,
    /// The `sub` of `GET /userinfo`.
    Subject,
}

/// An authorization server, and our client id there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Its RFC 8414 issuer.
    pub issuer: String,
    /// Our client id there.
    pub client_id: String,
}

impl OAuthTokens {
    /// The tokens of a login.
    pub fn issued(answer: TokenSet, origin: Origin, now: Timestamp) -> Self {
        Self {
            access: answer.access_token,
            refresh: answer.refresh_token,
            issued_at: now,
            life: answer.expires_in,
            origin,
            identified_by: None,
        }
    }

    /// The tokens of a refresh. The response may omit the refresh token: the old one then stays valid (RFC 6749 section
    /// 6).
    #[must_use]
    pub fn renewed(&self, answer: TokenSet, now: Timestamp) -> Self {
        let mut renewed = Self::issued(answer, self.origin.clone(), now);
        renewed.identified_by = self.identified_by;
        renewed.refresh = renewed.refresh.or_else(|| self.refresh.clone());
        renewed
    }

    /// Whether the access token has expired.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.life.is_some_and(|life| now >= self.issued_at.plus(life))
    }

    /// Whether a refresh is due: at 80 % of the lifetime, while the old token still works.
    pub fn is_ageing(&self, now: Timestamp) -> bool {
        self.life.is_some_and(|life| now >= self.issued_at.plus(life.mul_f64(0.8)))
    }
}

impl StoredCredential {
    /// The credential to send upstream.
    pub fn upstream(&self) -> Credential {
        match &self.kind {
            CredentialKind::ApiKey(key) => Credential::ApiKey(key.clone()),
            CredentialKind::OAuth(tokens) => Credential::Bearer(tokens.access.clone()),
        }
    }

    /// The same login with the tokens of a refresh.
    #[must_use]
    pub fn renewed(&self, tokens: OAuthTokens) -> Self {
        Self { kind: CredentialKind::OAuth(tokens), data_planes: self.data_planes.clone() }
    }

    /// The tokens, unless it is an API key.
    pub const fn tokens(&self) -> Option<&OAuthTokens> {
        match &self.kind {
            CredentialKind::OAuth(tokens) => Some(tokens),
            CredentialKind::ApiKey(_) => None,
        }
    }

    /// The API key, unless it is tokens.
    pub const fn api_key(&self) -> Option<&Secret> {
        match &self.kind {
            CredentialKind::ApiKey(key) => Some(key),
            CredentialKind::OAuth(_) => None,
        }
    }
}

/// The plaintext that is sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Plain {
    #[serde(flatten)]
    kind: PlainKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data_planes: Option<ListedDataPlanes>,
}

/// The credential in the plaintext; zeroized as soon as it is sealed.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum PlainKind {
    ApiKey {
        key: String,
    },
    OAuth {
        access: String,
        refresh: Option<String>,
        issued_at: u64,
        life_ms: Option<u64>,
        issuer: String,
        client_id: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identified_by: Option<String>,
    },
}

impl IdentifiedBy {
    const fn name(self) -> &'static str {
        match self {
            Self::LsUserId => "ls_user_id",
            Self::Subject => "sub",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::LsUserId, Self::Subject].into_iter().find(|known| known.name() == name)
    }
}

impl Plain {
    pub(super) fn of(credential: &StoredCredential) -> Self {
        Self { kind: PlainKind::of(&credential.kind), data_planes: credential.data_planes.clone() }
    }

    pub(super) fn credential(self) -> StoredCredential {
        StoredCredential { kind: self.kind.credential(), data_planes: self.data_planes }
    }
}

impl PlainKind {
    fn of(credential: &CredentialKind) -> Self {
        match credential {
            CredentialKind::ApiKey(key) => Self::ApiKey { key: key.expose().to_owned() },
            CredentialKind::OAuth(tokens) => Self::OAuth {
                access: tokens.access.expose().to_owned(),
                refresh: tokens.refresh.as_ref().map(|token| token.expose().to_owned()),
                issued_at: tokens.issued_at.millis(),
                life_ms: tokens.life.map(|life| u64::try_from(life.as_millis()).unwrap_or(u64::MAX)),
                issuer: tokens.origin.issuer.clone(),
                client_id: tokens.origin.client_id.clone(),
                identified_by: tokens.identified_by.map(|known| known.name().to_owned()),
            },
        }
    }

    fn credential(&self) -> CredentialKind {
        match self {
            Self::ApiKey { key } => CredentialKind::ApiKey(Secret::new(key)),
            Self::OAuth { access, refresh, issued_at, life_ms, issuer, client_id, identified_by } => {
                CredentialKind::OAuth(OAuthTokens {
                    access: Secret::new(access),
                    refresh: refresh.as_ref().map(Secret::new),
                    issued_at: Timestamp::from_millis(*issued_at),
                    life: life_ms.map(Duration::from_millis),
                    origin: Origin { issuer: issuer.clone(), client_id: client_id.clone() },
                    identified_by: identified_by.as_deref().and_then(IdentifiedBy::from_name),
                })
            }
        }
    }
}
