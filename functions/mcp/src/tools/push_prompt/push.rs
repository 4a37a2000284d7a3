//! Stores a prompt. Each step looks at what is there, so that a call that is repeated after a lost answer goes on where the
//! first one ended: a name is taken once, details are written as they should be, and a commit that is there already is not
//! made again. The commit comes before the details, because it is what may be refused.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use shared::langsmith::{
    Caller, NewCommit, Prompt, PromptCommit, PromptDetails, PromptName, Stored, UpstreamError,
};

use super::changes::Changes;
use super::commit_tags;
use super::done::Done;
use super::manifest::is_same;
use super::request::Push;
use super::type_tags::are_stored;
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
    /// The names that were given to the commit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    commit_tags: Vec<String>,
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
struct Held {
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
    let mut done = Done::default();
    let Found { prompt, mut changes, existed } = match prompt {
        Some(prompt) => known(push, prompt),
        None => create(caller, push, &mut done).await?,
    };
    if changes.hides {
        let private = PromptDetails { is_public: Some(false), ..PromptDetails::default() };
        caller.update_prompt(name, &private).await.map_err(|error| done.failed(error))?;
        done.add("the prompt was made private");
    }
    let held = commit(caller, push, &manifest, newest).await.map_err(|error| done.failed(error))?;
    if held.is_new {
        done.add(format!("commit {} was added", held.hash));
    }
    if held.is_new && changes.has_tags() {
        let committed = caller.prompt(name).await.map_err(|error| done.failed(error))?;
        if let Some(prompt) = &committed {
            changes.retag(push, prompt);
        }
    }
    if let Some(rest) = changes.rest() {
        caller.update_prompt(name, &rest).await.map_err(|error| done.failed(error))?;
    }
    commit_tags::give(caller, name, &held.hash, &push.commit_tags)
        .await
        .map_err(|error| done.failed(error))?;
    let status = match (existed, held.is_new) {
        (false, _) => Status::Created,
        (true, true) => Status::Committed,
        (true, false) => Status::Unchanged,
    };
    Ok(Pushed {
        status,
        prompt_name: push.name.clone(),
        url: url(caller, &prompt, &held.hash),
        commit_tags: push.commit_tags.clone(),
        commit_hash: held.hash,
        parent_commit_hash: held.parent,
        updated: if existed { changes.names() } else { Vec::new() },
    })
}

/// The prompt that is pushed to.
struct Found<'p> {
    prompt: Prompt,
    changes: Changes<'p>,
    /// Whether somebody else made it.
    existed: bool,
}

fn known(push: &Push, prompt: Prompt) -> Found<'_> {
    let changes = Changes::of(push, &prompt);
    Found { prompt, changes, existed: true }
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

/// Creates the prompt, private at first. One that has come into being meanwhile is taken as it is: it was made by an attempt
/// of this call whose answer was lost, if there is one and it is what this call makes, and otherwise by somebody else.
async fn create<'p>(caller: &Caller<'_>, push: &'p Push, done: &mut Done) -> Result<Found<'p>, CallError> {
    let details = PromptDetails {
        description: push.description.as_deref(),
        tags: push.tags.as_deref(),
        is_public: Some(false),
    };
    let is_lost = match caller.create_prompt(&push.name, &details).await? {
        Stored::Conflict(refusal) => refusal.is_lost,
        Stored::All(prompt) => {
            done.add("the prompt was created, private and empty");
            return Ok(Found { prompt, changes: Changes::of_new(push), existed: false });
        }
    };
    let prompt = caller.prompt(PromptName { owner: None, name: &push.name }).await?;
    let taken = "LangSmith says that prompt_name is taken, but does not show that prompt.";
    let prompt = prompt.ok_or_else(|| ToolError::invalid(taken))?;
    let own = is_lost
        && !prompt.is_public
        && prompt.description.as_deref().unwrap_or_default() == details.description.unwrap_or_default()
        && are_stored(details.tags.unwrap_or_default(), &prompt.tags, &push.manifest);
    Ok(Found { existed: !own, ..known(push, prompt) })
}

/// Adds the commit, unless the newest one is the same.
async fn commit(
    caller: &Caller<'_>,
    push: &Push,
    manifest: &RawValue,
    newest: Option<PromptCommit>,
) -> Result<Held, CallError> {
    let same = |commit: &PromptCommit| is_same(&commit.manifest, &push.manifest, manifest.get().len());
    let parent = match newest {
        Some(newest) if same(&newest) => {
            return Ok(Held { hash: newest.commit_hash, parent: None, is_new: false });
        }
        newest => newest.map(|newest| newest.commit_hash),
    };
    let name = PromptName { owner: None, name: &push.name };
    let new = NewCommit { manifest, parent_commit: parent.as_deref() };
    let is_lost = match caller.create_prompt_commit(name, &new).await? {
        Stored::Conflict(refusal) => refusal.is_lost,
        Stored::All(hash) => return Ok(Held { hash, parent, is_new: true }),
    };
    // Refused: what is the newest commit now tells why.
    match caller.prompt_commit(name, "latest", true).await? {
        // An earlier attempt was carried out, and its answer was lost.
        Some(newest) if is_lost && same(&newest) => {
            Ok(Held { hash: newest.commit_hash, parent, is_new: true })
        }
        // Somebody else made the same commit; or nobody was there, so LangSmith sees no difference.
        Some(newest) if same(&newest) || Some(&newest.commit_hash) == parent.as_ref() => {
            Ok(Held { hash: newest.commit_hash, parent: None, is_new: false })
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
