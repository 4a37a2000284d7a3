//! The commits of a prompt: its versions.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::PromptName;
use super::repos::segment;
use crate::workspace_client::parse;
use crate::{Stored, UpstreamError, WorkspaceClient};

/// One commit of a prompt.
#[derive(Clone, Debug, Deserialize)]
pub struct PromptCommit {
    /// Hexadecimal digits.
    pub commit_hash: String,
    /// The prompt as LangChain's libraries serialize it, with the exact bytes that LangSmith sent.
    pub manifest: Box<RawValue>,
    /// The settings of the model that the prompt was saved with, if requested.
    #[serde(default)]
    pub model_config: Option<Box<RawValue>>,
    /// The provider of that model.
    #[serde(default)]
    pub model_provider: Option<Box<RawValue>>,
}

/// A commit to be created.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NewCommit<'c> {
    /// The prompt as LangChain's libraries serialize it.
    pub manifest: &'c RawValue,
    /// The newest commit so far; `None` for the first one.
    pub parent_commit: Option<&'c str>,
}

#[derive(Deserialize)]
struct Answer {
    commit: Created,
}

#[derive(Deserialize)]
struct Created {
    commit_hash: String,
}

impl WorkspaceClient<'_> {
    /// The commit that `commit` names (a hash of at least eight digits, a tag, or `latest`), or `None` when the prompt
    /// or the commit does not exist. `include_model` requests the model, too.
    pub async fn prompt_commit(
        &self,
        name: PromptName<'_>,
        commit: &str,
        include_model: bool,
    ) -> Result<Option<PromptCommit>, UpstreamError> {
        let path = format!("/api/v1/commits/{}/{}", name.path(), segment(commit));
        let query: &[_] = if include_model { &[("include_model", "true")] } else { &[] };
        match self.get(&path, query).await {
            Ok(commit) => Ok(Some(commit)),
            Err(UpstreamError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Creates a commit and returns its hash. A conflict means that nothing has changed, or that the parent is not the
    /// newest commit.
    pub async fn create_prompt_commit(
        &self,
        name: PromptName<'_>,
        commit: &NewCommit<'_>,
    ) -> Result<Stored<String>, UpstreamError> {
        let path = format!("/api/v1/commits/{}", name.path());
        // A parent has one child: a second attempt adds nothing.
        let stored = self.store(&path, commit).await?;
        stored.try_map(|body| Ok(parse::<Answer>(&body)?.commit.commit_hash))
    }
}
