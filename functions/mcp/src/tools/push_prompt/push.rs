//! Stores a prompt. Each step looks at what is there, so that a call that is repeated after a lost answer goes on where the
//! first one ended: a name is taken once, details are written as they should be, and a commit that is there already is not
//! made again.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use shared::langsmith::{Caller, NewCommit, Prompt, PromptCommit, PromptDetails, PromptName, UpstreamError};

use super::manifest::is_same;
use super::request::Push;
use crate::tools::{CallError, ToolError};

/// What was done.
#[derive(Debug, Serialize)]
pub(super) struct Pushed {
    status: Status,
    prompt_name: String,
    commit_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_commit_hash: Option<String>,
    /// The details that were written to a prompt that existed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    updated: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// There was no prompt of this name.
    Created,
    /// A commit was added to a prompt.
    Committed,
    /// The newest commit is this prompt already.
    Unchanged,
}

/// A commit that holds the prompt.
struct Stored {
    hash: String,
    /// The one before it, if it is new.
    parent: Option<String>,
    is_new: bool,
}

pub(super) async fn push(caller: &Caller<'_>, push: &Push) -> Result<Pushed, CallError> {
    let name = PromptName { owner: None, name: &push.name };
    let manifest = to_raw_value(&push.manifest).map_err(|_| UpstreamError::Malformed)?;
    let (prompt, newest) = tokio::try_join!(caller.prompt(name), caller.prompt_commit(name, "latest", true))?;
    check_parent(push, &manifest, newest.as_ref())?;
    let existed = prompt.is_some();
    let (prompt, updated) = match prompt {
        Some(prompt) => update(caller, push, prompt).await?,
        None => create(caller, push).await?,
    };
    let stored = commit(caller, push, &manifest, newest).await?;
    let status = match (existed, stored.is_new) {
        (false, _) => Status::Created,
        (true, true) => Status::Committed,
        (true, false) => Status::Unchanged,
    };
    Ok(Pushed {
        status,
        prompt_name: push.name.clone(),
        url: url(caller, &prompt, &stored.hash),
        commit_hash: stored.hash,
        parent_commit_hash: stored.parent,
        updated,
    })
}

/// Refuses to go on from another commit than the caller has seen, before anything is written. The commit that the caller
/// wants to make may be the newest one already: the answer to the first call was lost.
fn check_parent(push: &Push, manifest: &RawValue, newest: Option<&PromptCommit>) -> Result<(), ToolError> {
    let Some(parent) = &push.parent else { return Ok(()) };
    match newest {
        Some(newest) if newest.commit_hash.starts_with(parent) => Ok(()),
        Some(newest) if is_same(&newest.manifest, &push.manifest, manifest.get().len()) => Ok(()),
        Some(newest) => Err(ToolError::invalid(format!(
            "parent_commit is not the newest commit, which is {}. Read it, then push on top of it.",
            newest.commit_hash
        ))),
        None => Err(ToolError::invalid("parent_commit names a commit, but the prompt has none.")),
    }
}

/// Creates the prompt. One that has come into being meanwhile is taken as it is: most likely by an attempt of this call
/// whose answer was lost.
async fn create(caller: &Caller<'_>, push: &Push) -> Result<(Prompt, Vec<&'static str>), CallError> {
    if let Some(prompt) = caller.create_prompt(&push.name, &details(push)).await? {
        return Ok((prompt, Vec::new()));
    }
    let name = PromptName { owner: None, name: &push.name };
    let Some(prompt) = caller.prompt(name).await? else {
        return Err(ToolError::invalid(
            "LangSmith says that prompt_name is taken, but does not show that prompt.",
        )
        .into());
    };
    let (prompt, _) = update(caller, push, prompt).await?;
    Ok((prompt, Vec::new()))
}

/// Writes the details that are given and differ. This comes before the commit, so that what becomes private is private
/// before anything is added to it.
async fn update(
    caller: &Caller<'_>,
    push: &Push,
    prompt: Prompt,
) -> Result<(Prompt, Vec<&'static str>), CallError> {
    let wanted = details(push);
    let current = prompt.description.as_deref().unwrap_or_default();
    let changes = PromptDetails {
        description: wanted.description.filter(|text| *text != current),
        tags: wanted.tags.filter(|tags| *tags != prompt.tags),
        is_public: wanted.is_public.filter(|public| *public != prompt.is_public),
    };
    let updated: Vec<&'static str> = [
        changes.description.map(|_| "description"),
        changes.tags.map(|_| "tags"),
        changes.is_public.map(|_| "is_public"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if updated.is_empty() {
        return Ok((prompt, updated));
    }
    let name = PromptName { owner: None, name: &push.name };
    Ok((caller.update_prompt(name, &changes).await?, updated))
}

fn details(push: &Push) -> PromptDetails<'_> {
    PromptDetails {
        description: push.description.as_deref(),
        tags: push.tags.as_deref(),
        is_public: push.is_public,
    }
}

/// Adds the commit, unless the newest one is the same.
async fn commit(
    caller: &Caller<'_>,
    push: &Push,
    manifest: &RawValue,
    newest: Option<PromptCommit>,
) -> Result<Stored, CallError> {
    let same = |commit: &PromptCommit| is_same(&commit.manifest, &push.manifest, manifest.get().len());
    let parent = match newest {
        Some(newest) if same(&newest) => {
            return Ok(Stored { hash: newest.commit_hash, parent: None, is_new: false });
        }
        newest => newest.map(|newest| newest.commit_hash),
    };
    let name = PromptName { owner: None, name: &push.name };
    let new = NewCommit { manifest, parent_commit: parent.as_deref() };
    if let Some(hash) = caller.create_prompt_commit(name, &new).await? {
        return Ok(Stored { hash, parent, is_new: true });
    }
    // Refused: what is the newest commit now tells why.
    match caller.prompt_commit(name, "latest", true).await? {
        // An earlier attempt was carried out, and its answer was lost.
        Some(newest) if same(&newest) => Ok(Stored { hash: newest.commit_hash, parent, is_new: true }),
        // Nobody else was there, so LangSmith sees no difference.
        Some(newest) if Some(&newest.commit_hash) == parent.as_ref() => {
            Ok(Stored { hash: newest.commit_hash, parent: None, is_new: false })
        }
        _ => Err(ToolError::invalid("Somebody else changed the prompt meanwhile. Read it again, then push.")
            .into()),
    }
}

/// The page of the commit, for people.
fn url(caller: &Caller<'_>, prompt: &Prompt, hash: &str) -> Option<String> {
    let (root, workspace) = (caller.web_root()?, prompt.tenant_id.as_ref()?);
    let short = hash.get(..8).unwrap_or(hash);
    Some(format!("{root}/prompts/{}/{short}?organizationId={workspace}", prompt.repo_handle))
}
