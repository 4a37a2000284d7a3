//! The stack's own secrets, read at init by the functions that the template grants access to them:
//!
//! | Secret | Readers | Content |
//! |---|---|---|
//! | `ROOT_KEY_SECRET` | `/authorize`, `/token` | 43 or more random letters and digits, as Secrets Manager makes them |
//! | `LANGSMITH_CLIENT_SECRET_NAME` | `/authorize`, `/mcp` | what LangSmith showed when our OAuth client was registered there |
//! | `AGENT_KEY_SECRET` | `/mcp` | the same, for the handles of agents' runs |
//! | `SIGNING_KEYS_SECRET` | `/token`, the janitor | one private key per line ([`SigningKeys`]), the signing one first |

use aws_sdk_secretsmanager::Client;

use crate::aws_error::cause;
use crate::config::{Config, Misconfigured};
#[cfg(feature = "vault")]
use langsmith::oauth::UpstreamOAuth;
use oauth::keys::{RootKey, SigningKeys};
use primitives::secret::Secret;

/// Reads the stack's secrets.
#[derive(Clone, Debug)]
pub struct Secrets {
    client: Client,
}

impl Secrets {
    pub(super) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// `ROOT_KEY_SECRET`: the key that every symmetric key is derived from.
    pub async fn root_key(&self, config: &Config) -> Result<RootKey, Misconfigured> {
        self.random_text(config, "ROOT_KEY_SECRET").await
    }

    /// `AGENT_KEY_SECRET`: the key of handles of agents' runs. `/mcp` has no access to the stack's root key.
    pub async fn agent_key(&self, config: &Config) -> Result<RootKey, Misconfigured> {
        self.random_text(config, "AGENT_KEY_SECRET").await
    }

    async fn random_text(&self, config: &Config, variable: &'static str) -> Result<RootKey, Misconfigured> {
        let text = self.named_by(config, variable).await?;
        RootKey::from_random_text(text.expose()).map_err(|error| Misconfigured::new(variable, error))
    }

    /// `SIGNING_KEYS_SECRET`: the private keys of access tokens.
    pub async fn signing_keys(&self, config: &Config) -> Result<SigningKeys, Misconfigured> {
        let text = self.named_by(config, "SIGNING_KEYS_SECRET").await?;
        Ok(SigningKeys::from_text(text.expose())?)
    }

    /// Our OAuth client at LangSmith, with the secret named by `LANGSMITH_CLIENT_SECRET_NAME`, if it is set.
    #[cfg(feature = "vault")]
    pub async fn langsmith_client(&self, config: &Config) -> Result<UpstreamOAuth, Misconfigured> {
        const VARIABLE: &str = "LANGSMITH_CLIENT_SECRET_NAME";
        if config.get(VARIABLE).is_none() {
            return config.langsmith_client(None);
        }
        config.langsmith_client(Some(self.named_by(config, VARIABLE).await?))
    }

    /// The current version of the secret that a variable names.
    async fn named_by(&self, config: &Config, variable: &'static str) -> Result<Secret, Misconfigured> {
        let name = config.need(variable)?;
        let answer = self.client.get_secret_value().secret_id(name).send().await;
        let answer = answer.map_err(|error| {
            Misconfigured::new(variable, format!("the secret cannot be read: {}", cause(&error)))
        })?;
        let text =
            answer.secret_string.ok_or_else(|| Misconfigured::new(variable, "the secret is not text"))?;
        Ok(Secret::new(text))
    }
}
