//! A dry run of a push: everything is read and checked as for a real one, and nothing is written.

use langsmith::{Prompt, PromptCommit, PromptName, UpstreamError, WorkspaceClient};
use serde_json::Value;

use super::changes::Changes;
use super::merge::stored::{kwargs, prompt, type_name};
use super::names;
use super::plan::Plan;
use super::pushed::{DryRun, Pushed, Status};
use super::request::Push;

/// The preview of a push.
pub(super) async fn preview(
    caller: &WorkspaceClient<'_>,
    push: &Push,
    plan: Plan,
    stored: Option<&Prompt>,
    newest: Option<PromptCommit>,
) -> Result<Pushed, UpstreamError> {
    let refused = plan.loss(push);
    let status = match stored {
        _ if refused.is_some() => Status::Refused,
        None => Status::Created,
        Some(_) if plan.is_unchanged => Status::Unchanged,
        Some(_) => Status::Committed,
    };
    let newest = newest.map(|newest| newest.commit_hash);
    let (commit_hash, parent_commit_hash) = if plan.is_unchanged { (newest, None) } else { (None, newest) };
    // A refused push changes no detail and names no commit.
    let (updated, commit_tags) = if refused.is_some() {
        Default::default()
    } else {
        let updated = stored.map(|stored| Changes::of(push, stored, &plan.manifest).names());
        (updated.unwrap_or_default(), new_tags(caller, push, commit_hash.as_deref()).await?)
    };
    let variables = input_variables(&plan);
    let pushed = Pushed {
        status,
        prompt_name: push.name.clone(),
        updated,
        commit_tags,
        commit_hash,
        parent_commit_hash,
        dry_run: Some(DryRun {
            dry_run: true,
            manifest_type: type_name(&plan.manifest).unwrap_or_default(),
            input_variables: names::first_names(&variables),
            input_variables_left_out: names::left_out(variables.len()),
            refused,
        }),
        ..Pushed::default()
    };
    Ok(pushed.with(&plan))
}

/// The names not given to the commit yet.
async fn new_tags(
    caller: &WorkspaceClient<'_>,
    push: &Push,
    commit: Option<&str>,
) -> Result<Vec<String>, UpstreamError> {
    let Some(commit) = commit else { return Ok(push.commit_tags.clone()) };
    let name = PromptName { owner: None, name: &push.name };
    let mut new = Vec::new();
    for tag in &push.commit_tags {
        let tagged = caller.prompt_commit(name, tag, false).await?;
        if tagged.is_none_or(|tagged| tagged.commit_hash != commit) {
            new.push(tag.clone());
        }
    }
    Ok(new)
}

fn input_variables(plan: &Plan) -> Vec<&str> {
    let listed = kwargs(prompt(&plan.manifest)).and_then(|kwargs| kwargs.get("input_variables")?.as_array());
    listed.into_iter().flatten().filter_map(Value::as_str).collect()
}
