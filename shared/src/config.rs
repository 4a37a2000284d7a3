//! The configuration of a function on AWS: environment variables, each read and validated once, before the first
//! request. A missing or invalid one ends the process with one line that names the variable.
//!
//! A function reads what it uses; the template gives it no more than that.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tracing::Level;
use url::Url;

#[cfg(feature = "vault")]
use langsmith::oauth::{ClientSetting, ClientSettings, UpstreamOAuth};
use oauth::keys::KeyError;
use oauth::public_url::{PublicUrl, RESOURCE_PATH};
#[cfg(feature = "vault")]
use primitives::secret::Secret;

use crate::mcp::agent_servers::{AgentServerSettings, NotAnAgentServer};
use crate::web::origin;

/// A configuration error that prevents the start: the variable, and the problem.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {problem}")]
pub struct Misconfigured {
    variable: &'static str,
    problem: String,
}

impl Misconfigured {
    /// A variable and the problem with its value or with the resource that it names. Never the content of a secret.
    pub fn new(variable: &'static str, problem: impl fmt::Display) -> Self {
        Self { variable, problem: problem.to_string().replace(char::is_control, " ") }
    }
}

impl From<KeyError> for Misconfigured {
    fn from(error: KeyError) -> Self {
        let variable = match error {
            KeyError::MalformedSigningKey => "SIGNING_KEYS_SECRET",
            KeyError::MalformedRootKey | KeyError::Provider => "ROOT_KEY_SECRET",
        };
        Self::new(variable, error)
    }
}

/// Looks up the value of a variable.
type Variables = dyn Fn(&str) -> Option<String> + Send + Sync;

/// The variables of the process.
pub struct Config(Box<Variables>);

impl Config {
    /// The environment variables of this process.
    pub fn of_process() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }

    /// Variables from a lookup function.
    pub fn new(variables: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Box::new(variables))
    }

    /// The value of a variable, unless it is absent or empty: a template cannot always leave out a variable
    /// conditionally.
    pub fn get(&self, variable: &str) -> Option<String> {
        (self.0)(variable).filter(|value| !value.is_empty())
    }

    /// The value of a required variable.
    pub fn need(&self, variable: &'static str) -> Result<String, Misconfigured> {
        self.get(variable).ok_or_else(|| Misconfigured::new(variable, "is missing"))
    }

    /// `STAGE`: the name of the deployment.
    pub fn stage(&self) -> Result<String, Misconfigured> {
        self.need("STAGE")
    }

    /// `LOG_LEVEL`: the log level of our own crates.
    pub fn log_level(&self) -> Result<Level, Misconfigured> {
        let Some(level) = self.get("LOG_LEVEL") else { return Ok(Level::INFO) };
        level
            .parse()
            .map_err(|_| Misconfigured::new("LOG_LEVEL", "must be error, warn, info, debug or trace"))
    }

    /// `PUBLIC_URL`, `RESOURCE_PATH` and `AGENTS`: the base of every URL that we publish, and whether there are resources
    /// of agents.
    pub fn public_url(&self) -> Result<PublicUrl, Misconfigured> {
        let public: PublicUrl = self.parsed("PUBLIC_URL")?;
        let path = self.get("RESOURCE_PATH").unwrap_or_else(|| RESOURCE_PATH.to_owned());
        let public =
            public.with_resource_path(&path).map_err(|error| Misconfigured::new("RESOURCE_PATH", error))?;
        Ok(if self.agents()? { public } else { public.without_agents() })
    }

    /// `AGENTS`: whether the deployment offers agents. If not, it has neither their tools nor their endpoints.
    fn agents(&self) -> Result<bool, Misconfigured> {
        self.switch("AGENTS", true)
    }

    /// `AWS_CALL_TIMEOUT_MS`: the timeout of a call to an AWS service, including all attempts; 100 to 20000. `usual`
    /// when it is absent. Only an emulator needs more than the default.
    pub fn call_timeout(&self, usual: Duration) -> Result<Duration, Misconfigured> {
        const VARIABLE: &str = "AWS_CALL_TIMEOUT_MS";
        let Some(text) = self.get(VARIABLE) else { return Ok(usual) };
        match text.parse() {
            Ok(millis @ 100..=20_000) => Ok(Duration::from_millis(millis)),
            _ => Err(Misconfigured::new(VARIABLE, "must be a number from 100 to 20000")),
        }
    }

    /// `TABLE_PREFIX`: the prefix of the tables' names.
    pub fn table_prefix(&self) -> Result<String, Misconfigured> {
        let prefix = self.need("TABLE_PREFIX")?;
        // DynamoDB's limits for names, less our longest suffix.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        if prefix.len() <= 240 && prefix.bytes().all(plain) {
            Ok(prefix)
        } else {
            Err(Misconfigured::new("TABLE_PREFIX", "is not the start of a table's name"))
        }
    }

    /// `LANGSMITH_ENDPOINT`: the LangSmith that this stack serves.
    pub fn langsmith_endpoint(&self) -> Result<Url, Misconfigured> {
        const VARIABLE: &str = "LANGSMITH_ENDPOINT";
        langsmith_endpoint(&self.need(VARIABLE)?).map_err(|problem| Misconfigured::new(VARIABLE, problem))
    }

    /// `LANGSMITH_CA_FILE`: additional certificate authorities for connections to LangSmith.
    pub fn langsmith_ca_file(&self) -> Option<PathBuf> {
        self.get("LANGSMITH_CA_FILE").map(PathBuf::from)
    }

    /// `LANGSMITH_CLIENT_ID`, `LANGSMITH_SCOPES`, `LANGSMITH_RESOURCE` and `LANGSMITH_SELF_REGISTRATION`: our OAuth
    /// client at that LangSmith. Its secret is stored separately; `LANGSMITH_CLIENT_SECRET_NAME` names it.
    #[cfg(feature = "vault")]
    pub fn langsmith_client(&self, secret: Option<Secret>) -> Result<UpstreamOAuth, Misconfigured> {
        let settings = ClientSettings {
            id: self.get("LANGSMITH_CLIENT_ID"),
            secret,
            scopes: self.get("LANGSMITH_SCOPES"),
            resource: self.get("LANGSMITH_RESOURCE"),
            self_registration: self.switch("LANGSMITH_SELF_REGISTRATION", false)?,
        };
        settings.check().map_err(|(setting, problem)| {
            let variable = match setting {
                ClientSetting::Id => "LANGSMITH_CLIENT_ID",
                ClientSetting::Secret => "LANGSMITH_CLIENT_SECRET_NAME",
                ClientSetting::Scopes => "LANGSMITH_SCOPES",
                ClientSetting::Resource => "LANGSMITH_RESOURCE",
                ClientSetting::SelfRegistration => "LANGSMITH_SELF_REGISTRATION",
            };
            Misconfigured::new(variable, problem)
        })
    }

    /// `ALLOWED_ORIGINS`: browser origins that may call the resource, comma-separated.
    pub fn allowed_origins(&self) -> Result<Vec<String>, Misconfigured> {
        let list = self.get("ALLOWED_ORIGINS").unwrap_or_default();
        let origins = list.split(',').map(str::trim).filter(|origin| !origin.is_empty());
        origins
            .map(|text| {
                origin::parse(text)
                    .map_err(|error| Misconfigured::new("ALLOWED_ORIGINS", format!("{text:?} {error}")))
            })
            .collect()
    }

    /// `API_KEY_HEADER`: whether the resource accepts a LangSmith key in place of a login.
    pub fn api_key_header(&self) -> Result<bool, Misconfigured> {
        self.switch("API_KEY_HEADER", true)
    }

    /// `CLIENT_ID_METADATA`: whether clients may identify themselves by the URL of a document, which is fetched.
    pub fn client_id_metadata(&self) -> Result<bool, Misconfigured> {
        self.switch("CLIENT_ID_METADATA", true)
    }

    fn switch(&self, variable: &'static str, usual: bool) -> Result<bool, Misconfigured> {
        match self.get(variable).as_deref() {
            None => Ok(usual),
            Some("on") => Ok(true),
            Some("off") => Ok(false),
            Some(_) => Err(Misconfigured::new(variable, "must be on or off")),
        }
    }

    /// `AGENT_SERVERS`: the Agent Servers of the deployment, comma-separated, unless it offers no agents. A function has
    /// none on its own machine.
    pub fn agent_servers(&self) -> Result<Vec<AgentServerSettings>, Misconfigured> {
        if !self.agents()? {
            return Ok(Vec::new());
        }
        let wrong = |error| Misconfigured::new("AGENT_SERVERS", error);
        let servers =
            AgentServerSettings::list(&self.get("AGENT_SERVERS").unwrap_or_default()).map_err(wrong)?;
        let is_plain = |server: &AgentServerSettings| server.address.scheme() != "https";
        if servers.iter().any(is_plain) { Err(wrong(NotAnAgentServer::NotHttps)) } else { Ok(servers) }
    }

    /// `AGENT_DISCOVERY`: whether each person's own deployments are Agent Servers, too, unless there are no agents.
    pub fn agent_discovery(&self) -> Result<bool, Misconfigured> {
        Ok(self.switch("AGENT_DISCOVERY", false)? && self.agents()?)
    }

    fn parsed<T: FromStr<Err: fmt::Display>>(&self, variable: &'static str) -> Result<T, Misconfigured> {
        self.need(variable)?.parse().map_err(|error: T::Err| Misconfigured::new(variable, error))
    }
}

/// The base URL of a LangSmith. It is printed and logged, so it must not contain a password or a token, and paths are
/// appended to it. The error describes the problem without the text.
pub fn langsmith_endpoint(text: &str) -> Result<Url, &'static str> {
    let usable = |url: &Url| {
        let web = matches!(url.scheme(), "http" | "https") && url.has_host();
        let no_user = url.username().is_empty() && url.password().is_none();
        web && no_user && url.query().is_none() && url.fragment().is_none()
    };
    let problem = "must be an absolute http or https URL without user name or password, query or fragment";
    Url::parse(text).ok().filter(usable).ok_or(problem)
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
