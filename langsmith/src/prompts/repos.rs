//! One prompt: its name and its details.

use http::Method;
use serde::{Deserialize, Serialize};
use url::form_urlencoded::byte_serialize;

use super::Prompt;
use crate::workspace_client::parse;
use crate::{Stored, UpstreamError, WorkspaceClient};

/// The full name of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromptName<'n> {
    /// The handle of its owner; `None` for the caller's workspace.
    pub owner: Option<&'n str>,
    /// Its name at that owner.
    pub name: &'n str,
}

/// The details to write of a prompt. Absent ones are not sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PromptDetails<'d> {
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'d str>,
    /// Free labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<&'d [String]>,
    /// Whether everybody can read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_public: Option<bool>,
}

#[derive(Serialize)]
struct Creation<'c> {
    repo_handle: &'c str,
    is_public: bool,
    description: &'c str,
    tags: &'c [String],
}

#[derive(Deserialize)]
struct Answer {
    repo: Prompt,
}

impl PromptName<'_> {
    /// Owner and name as two path segments; `-` stands for the caller's workspace.
    pub(super) fn path(self) -> String {
        format!("{}/{}", self.owner.map_or_else(|| "-".to_owned(), segment), segment(self.name))
    }
}

/// A text as one path segment. The names `.` and `..` cannot be encoded as one, and no prompt has them.
pub(super) fn segment(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

impl WorkspaceClient<'_> {
    /// The prompt of this name, or `None`.
    pub async fn prompt(&self, name: PromptName<'_>) -> Result<Option<Prompt>, UpstreamError> {
        match self.get::<Answer>(&format!("/api/v1/repos/{}", name.path()), &[]).await {
            Ok(answer) => Ok(Some(answer.repo)),
            Err(UpstreamError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Creates a prompt without commits in the caller's workspace, private unless `details` says otherwise. A conflict
    /// means that the name is taken.
    pub async fn create_prompt(
        &self,
        name: &str,
        details: &PromptDetails<'_>,
    ) -> Result<Stored<Prompt>, UpstreamError> {
        let body = Creation {
            repo_handle: name,
            is_public: details.is_public.unwrap_or(false),
            description: details.description.unwrap_or_default(),
            tags: details.tags.unwrap_or_default(),
        };
        // A name is unique: a second attempt creates nothing.
        let stored = self.store("/api/v1/repos", &body).await?;
        stored.try_map(|body| Ok(parse::<Answer>(&body)?.repo))
    }

    /// Updates the given details and leaves the others unchanged.
    pub async fn update_prompt(
        &self,
        name: PromptName<'_>,
        details: &PromptDetails<'_>,
    ) -> Result<Prompt, UpstreamError> {
        let path = format!("/api/v1/repos/{}", name.path());
        let body = self.write(&Method::PATCH, &path, details).await?;
        Ok(parse::<Answer>(&body)?.repo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_one_segment() {
        for (text, expected) in
            [("a-b_c.d", "a-b_c.d"), ("höf lich", "h%C3%B6f%20lich"), ("a/b?c#d+e", "a%2Fb%3Fc%23d%2Be")]
        {
            assert_eq!(segment(text), expected);
        }
        assert_eq!(PromptName { owner: None, name: "x" }.path(), "-/x");
        assert_eq!(PromptName { owner: Some("a b"), name: "x" }.path(), "a%20b/x");
    }

    #[test]
    fn only_given_details_are_written() {
        let details = PromptDetails { is_public: Some(false), ..PromptDetails::default() };
        assert_eq!(serde_json::to_string(&details).unwrap(), r#"{"is_public":false}"#);
    }
}
