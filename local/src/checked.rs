//! The settings that may be invalid, checked before anything is created.

use std::num::NonZeroU16;

use langsmith::oauth::UpstreamOAuth;
use langsmith::{HttpClientError, http_client};
use oauth::public_url::{PublicUrl, PublicUrlError};
use reqwest::Client;
use shared::config::langsmith_endpoint;
use shared::mcp::agent_servers::AgentServerSettings;
use shared::web::origin;
use url::Url;

use crate::settings::{ClientIdMetadata, SettingError};
use crate::{Settings, langsmith_client};

/// Validated settings.
pub(crate) struct Checked {
    /// `None` when it follows from the port.
    pub(crate) public: Option<PublicUrl>,
    /// `None` for `--demo`, whose LangSmith is not started yet.
    pub(crate) langsmith: Option<Url>,
    pub(crate) origins: Vec<String>,
    pub(crate) agent_servers: Vec<AgentServerSettings>,
    pub(crate) discover_agents: bool,
    pub(crate) allow_private_servers: bool,
    pub(crate) client_id_metadata: ClientIdMetadata,
    /// The certificate authorities of the operator, in PEM.
    pub(crate) authorities: Option<Vec<u8>>,
    pub(crate) logins_per_minute: NonZeroU16,
    /// The HTTP client for LangSmith.
    pub(crate) http: Client,
    /// Our OAuth client at LangSmith.
    pub(crate) upstream: UpstreamOAuth,
}

impl Checked {
    pub(crate) fn new(settings: &Settings) -> Result<Self, SettingError> {
        let public = settings.public_url.as_ref().map(|text| {
            text.parse().map_err(|error: PublicUrlError| settings.value_error("public-url", text, error))
        });
        let origins = settings.allow_origin.iter().map(|text| {
            origin::parse(text).map_err(|error| settings.value_error("allow-origin", text, error))
        });
        Ok(Self {
            public: public.transpose()?,
            langsmith: if settings.demo { None } else { Some(langsmith(settings)?) },
            origins: origins.collect::<Result<_, _>>()?,
            agent_servers: agent_servers(settings)?,
            discover_agents: settings.discover_agents,
            allow_private_servers: settings.allow_private_servers,
            client_id_metadata: settings.client_id_metadata,
            authorities: authorities(settings)?,
            logins_per_minute: settings.logins_per_minute,
            http: http(settings)?,
            upstream: langsmith_client::of(settings)?,
        })
    }
}

fn langsmith(settings: &Settings) -> Result<Url, SettingError> {
    let text = &settings.langsmith_endpoint;
    langsmith_endpoint(text).map_err(|problem| settings.value_error("langsmith-endpoint", text, problem))
}

fn agent_servers(settings: &Settings) -> Result<Vec<AgentServerSettings>, SettingError> {
    let text = settings.agent_server.join(",");
    AgentServerSettings::list(&text).map_err(|problem| settings.value_error("agent-server", &text, problem))
}

fn http(settings: &Settings) -> Result<Client, SettingError> {
    let file = settings.ca_file.as_deref();
    http_client(file).map_err(|error| {
        let problem = match error {
            HttpClientError::Unreadable(cause) => format!("cannot be read: {cause}"),
            other => other.to_string(),
        };
        settings.value_error("ca-file", &file.unwrap_or("".as_ref()).to_string_lossy(), problem)
    })
}

fn authorities(settings: &Settings) -> Result<Option<Vec<u8>>, SettingError> {
    let Some(file) = &settings.ca_file else { return Ok(None) };
    let read = std::fs::read(file).map(Some);
    read.map_err(|cause| {
        settings.value_error("ca-file", &file.to_string_lossy(), format!("cannot be read: {cause}"))
    })
}
