//! Prompts, which the API calls repos: `/api/v1/repos`, and their commits below `/api/v1/commits`.

mod commits;
mod repos;
mod tags;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use commits::{NewCommit, PromptCommit};
pub use repos::{PromptDetails, PromptName};

use super::{UpstreamError, WorkspaceClient};

/// Which prompts to list, most recently updated first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromptQuery<'q> {
    /// How many at most (1 to 100).
    pub limit: u32,
    /// How many to skip.
    pub offset: u32,
    /// Only prompts matching this search text.
    pub query: Option<&'q str>,
    /// Public prompts, or private ones.
    pub is_public: bool,
}

/// One page of prompts.
#[derive(Clone, Debug, Deserialize)]
pub struct PromptPage {
    /// The prompts of this page.
    #[serde(rename = "repos")]
    pub prompts: Vec<Prompt>,
    /// How many prompts match in all.
    pub total: u64,
}

/// A prompt, with the fields that a listing shows, in their order.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Prompt {
    /// Its name in its workspace.
    pub repo_handle: String,
    /// Free text.
    #[serde(default)]
    pub description: Option<String>,
    /// UUID.
    pub id: String,
    /// Whether everybody can read it.
    pub is_public: bool,
    /// Free labels.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The owner's handle; none for a private prompt.
    #[serde(default)]
    pub owner: Option<String>,
    /// `owner/name`, or the name alone.
    #[serde(default)]
    pub full_name: Option<String>,
    /// Number of likes.
    #[serde(default)]
    pub num_likes: Option<Box<RawValue>>,
    /// Number of downloads.
    #[serde(default)]
    pub num_downloads: Option<Box<RawValue>>,
    /// Number of views.
    #[serde(default)]
    pub num_views: Option<Box<RawValue>>,
    /// ISO 8601.
    #[serde(default)]
    pub created_at: Option<String>,
    /// ISO 8601.
    #[serde(default)]
    pub updated_at: Option<String>,
    /// The workspace of the prompt. Listings do not show it.
    #[serde(default, skip_serializing)]
    pub tenant_id: Option<String>,
}

impl WorkspaceClient<'_> {
    /// The prompts that match `query`.
    pub async fn prompts(&self, query: &PromptQuery<'_>) -> Result<PromptPage, UpstreamError> {
        let limit = query.limit.to_string();
        let offset = query.offset.to_string();
        let mut parameters = vec![
            ("limit", limit.as_str()),
            ("offset", offset.as_str()),
            ("is_public", if query.is_public { "true" } else { "false" }),
            ("is_archived", "false"),
            // Agents, skills and files are repos as well.
            ("repo_type", "prompt"),
            ("sort_field", "updated_at"),
            ("sort_direction", "desc"),
        ];
        parameters.extend(query.query.map(|text| ("query", text)));
        self.get("/api/v1/repos", &parameters).await
    }
}
