//! Tags of a prompt's commits: `/api/v1/repos/{owner}/{repo}/tags`. The labels of a prompt are something else.

use http::Method;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::PromptName;
use super::repos::segment;
use crate::{Stored, UpstreamError, WorkspaceClient};

#[derive(Serialize)]
struct NewTag<'t> {
    tag_name: &'t str,
    commit_id: Uuid,
}

#[derive(Serialize)]
struct Moved {
    commit_id: Uuid,
}

#[derive(Deserialize)]
struct Listing {
    commits: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    id: Uuid,
    commit_hash: String,
}

impl WorkspaceClient<'_> {
    /// The id of one of the five newest commits of a prompt, by its full hash.
    pub async fn prompt_commit_id(
        &self,
        name: PromptName<'_>,
        hash: &str,
    ) -> Result<Option<Uuid>, UpstreamError> {
        // Each listed commit carries its manifest, so only a few are listed: the one just created is the first.
        let query = [("limit", "5"), ("offset", "0")];
        let listing: Listing = self.get(&format!("/api/v1/commits/{}", name.path()), &query).await?;
        Ok(listing.commits.into_iter().find(|commit| commit.commit_hash == hash).map(|commit| commit.id))
    }

    /// Tags a commit. A tag that another commit of the prompt has is moved.
    pub async fn tag_prompt_commit(
        &self,
        name: PromptName<'_>,
        commit_id: Uuid,
        tag: &str,
    ) -> Result<(), UpstreamError> {
        let path = format!("/api/v1/repos/{}/tags", name.path());
        match self.store(&path, &NewTag { tag_name: tag, commit_id }).await? {
            Stored::All(_) => Ok(()),
            Stored::Conflict(_) => {
                let path = format!("{path}/{}", segment(tag));
                self.write(&Method::PATCH, &path, &Moved { commit_id }).await.map(drop)
            }
        }
    }
}
