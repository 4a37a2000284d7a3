//! Stores a prompt. Each step looks at the current state, so that a call repeated after a lost answer continues where
//! the first one ended: a name is taken once, details are set to their wanted values, and an existing commit is not
//! made again. The commit precedes the details, because it is the step that may be refused.

use langsmith::{NewCommit, Prompt, PromptCommit, PromptDetails, PromptName, Stored, WorkspaceClient};

use super::changes::Changes;
use super::commit_tags;
use super::done::Done;
use super::dry_run::preview;
use super::plan::Plan;
use super::pushed::{Pushed, Status};
use super::request::Push;
use super::type_tags::are_stored;
use crate::toolset::{CallError, ToolError};

/// A commit with the prompt.
struct HeldCommit {
    hash: String,
    /// The commit before it, if it is new.
    parent: Option<String>,
    is_new: bool,
}

/// Pushes, or previews the push.
pub(super) async fn push(caller: &WorkspaceClient<'_>, push: &Push) -> Result<Pushed, CallError> {
    let name = PromptName { owner: None, name: &push.name };
    let (prompt, newest) = tokio::try_join!(caller.prompt(name), caller.prompt_commit(name, "latest", true))?;
    let origin = match &push.origin {
        Some(origin) => Some(origin.commit(caller, name, newest.as_ref()).await?),
        None => None,
    };
    let plan = Plan::of(push, newest.as_ref(), origin.as_ref())?;
    plan.check_parent(push, newest.as_ref())?;
    if push.is_dry_run {
        return Ok(preview(caller, push, plan, prompt.as_ref(), newest).await?);
    }
    match plan.loss(push) {
        Some(loss) => Err(ToolError::invalid(loss).into()),
        None => store(caller, push, plan, prompt, newest).await,
    }
}

async fn store(
    caller: &WorkspaceClient<'_>,
    push: &Push,
    plan: Plan,
    prompt: Option<Prompt>,
    newest: Option<PromptCommit>,
) -> Result<Pushed, CallError> {
    let name = PromptName { owner: None, name: &push.name };
    let mut done = Done::default();
    let PushTarget { prompt, mut changes, existed } = match prompt {
        Some(prompt) => existing_target(push, &plan, prompt),
        None => create(caller, push, &plan, &mut done).await?,
    };
    if changes.hides {
        let private = PromptDetails { is_public: Some(false), ..PromptDetails::default() };
        caller.update_prompt(name, &private).await.map_err(|error| done.failed(error))?;
        done.add("the prompt was made private");
    }
    let held = commit(caller, name, &plan, newest).await.map_err(|error| done.failed(error))?;
    if held.is_new {
        done.add(format!("commit {} was added", held.hash));
    }
    if held.is_new && changes.has_tags() {
        let committed = caller.prompt(name).await.map_err(|error| done.failed(error))?;
        if let Some(prompt) = &committed {
            changes.retag(push, prompt, &plan.manifest);
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
    let pushed = Pushed {
        status,
        prompt_name: push.name.clone(),
        url: url(caller, &prompt, &held.hash),
        commit_tags: push.commit_tags.clone(),
        commit_hash: Some(held.hash),
        parent_commit_hash: held.parent,
        updated: if existed { changes.names() } else { Vec::new() },
        ..Pushed::default()
    };
    Ok(pushed.with(&plan))
}

/// The target of the push.
struct PushTarget<'p> {
    prompt: Prompt,
    changes: Changes<'p>,
    /// Whether it was made by somebody else.
    existed: bool,
}

fn existing_target<'p>(push: &'p Push, plan: &Plan, prompt: Prompt) -> PushTarget<'p> {
    let changes = Changes::of(push, &prompt, &plan.manifest);
    PushTarget { prompt, changes, existed: true }
}

/// Creates the prompt, private at first. A prompt that has appeared meanwhile is used unchanged: it comes from an
/// earlier attempt of this call with a lost answer, if there is one and the prompt equals this call's, and otherwise
/// from somebody else.
async fn create<'p>(
    caller: &WorkspaceClient<'_>,
    push: &'p Push,
    plan: &Plan,
    done: &mut Done,
) -> Result<PushTarget<'p>, CallError> {
    let details = PromptDetails {
        description: push.description.as_deref(),
        tags: push.tags.as_deref(),
        is_public: Some(false),
    };
    let is_lost = match caller.create_prompt(&push.name, &details).await? {
        Stored::Conflict(refusal) => refusal.is_lost,
        Stored::All(prompt) => {
            done.add("the prompt was created, private and empty");
            return Ok(PushTarget { prompt, changes: Changes::of_new(push), existed: false });
        }
    };
    let prompt = caller.prompt(PromptName { owner: None, name: &push.name }).await?;
    let taken = "LangSmith says that prompt_name is taken, but does not show that prompt. Try again, or \
        choose another prompt_name.";
    let prompt = prompt.ok_or_else(|| ToolError::invalid(taken))?;
    let own = is_lost
        && !prompt.is_public
        && prompt.description.as_deref().unwrap_or_default() == details.description.unwrap_or_default()
        && are_stored(details.tags.unwrap_or_default(), &prompt.tags, &plan.manifest);
    Ok(PushTarget { existed: !own, ..existing_target(push, plan, prompt) })
}

/// Adds the commit, unless the newest one is the same.
async fn commit(
    caller: &WorkspaceClient<'_>,
    name: PromptName<'_>,
    plan: &Plan,
    newest: Option<PromptCommit>,
) -> Result<HeldCommit, CallError> {
    let parent = match newest {
        Some(newest) if plan.is_unchanged => {
            return Ok(HeldCommit { hash: newest.commit_hash, parent: None, is_new: false });
        }
        newest => newest.map(|newest| newest.commit_hash),
    };
    let new = NewCommit { manifest: &plan.raw, parent_commit: parent.as_deref() };
    let is_lost = match caller.create_prompt_commit(name, &new).await? {
        Stored::Conflict(refusal) => refusal.is_lost,
        Stored::All(hash) => return Ok(HeldCommit { hash, parent, is_new: true }),
    };
    // Refused: the newest commit shows the reason.
    match caller.prompt_commit(name, "latest", true).await? {
        // An earlier attempt succeeded, and its answer was lost.
        Some(newest) if is_lost && plan.is_in(&newest) => {
            Ok(HeldCommit { hash: newest.commit_hash, parent, is_new: true })
        }
        // Somebody else made the same commit; or nobody did, and LangSmith sees no difference.
        Some(newest) if plan.is_in(&newest) || Some(&newest.commit_hash) == parent.as_ref() => {
            Ok(HeldCommit { hash: newest.commit_hash, parent: None, is_new: false })
        }
        _ => Err(ToolError::invalid(
            "Somebody else changed the prompt in the meantime. Read it again, then push.",
        )
        .into()),
    }
}

/// The URL of the commit's page.
fn url(caller: &WorkspaceClient<'_>, prompt: &Prompt, hash: &str) -> Option<String> {
    let (root, workspace) = (caller.web_root()?, prompt.tenant_id.as_ref()?);
    let short = hash.get(..8).unwrap_or(hash);
    Some(format!("{root}/prompts/{}/{short}?organizationId={workspace}", prompt.repo_handle))
}
