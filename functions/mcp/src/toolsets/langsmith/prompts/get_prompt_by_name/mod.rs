//! `get_prompt_by_name`: one prompt as people and models read it, with its messages.

mod message;
mod object;
mod prompt;
mod view;

use langsmith::{NamedKind, PromptCommit, PromptName, WorkspaceClient};
use serde_json::value::RawValue;

pub(crate) use self::message::{Message, unknown_variables};
pub(crate) use self::prompt::MAX_MESSAGES;
use self::prompt::Prompt;
use self::view::{MemberValue, View};
use super::prompt_id::PromptId;
use crate::json::object::ObjectText;
use crate::toolset::arguments::errors::missing;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::paging::alone;
use crate::toolset::schema::tool_schema::{any, flag_or, input, output, reader, text};
use crate::toolset::{CallResult, Descriptor, Output, ToolError};
use crate::toolsets::langsmith::suggest::meant;
use crate::toolsets::langsmith::workspace_tool::WorkspaceTool;

pub(crate) struct GetPromptByName;

const DESCRIPTION: &str = "Read a prompt: its messages or template, its variables, and which commit it is. For \
other kinds of prompt: the manifest.";

impl WorkspaceTool for GetPromptByName {
    type Request = Request;

    fn describe(&self) -> Descriptor {
        let name = "name, owner/name, or either with :commit (a commit hash of at least 8 digits, or a tag). Without a \
commit, the newest one; without an owner, a prompt of the workspace.";
        let parameters = vec![
            ("prompt_name", text(name)),
            ("include_model", flag_or(false, "true: also the model that the prompt was saved with.")),
        ];
        let members = vec![
            ("input_variables", any("Variables that need a value.")),
            ("partial_variables", any("Variables that already have a value.")),
            ("metadata", any("lc_hub_owner, lc_hub_repo and lc_hub_commit_hash: the source.")),
            (
                "messages",
                any("Chat prompts: role with template, content and fixed, or variable_name (placeholder)."),
            ),
            ("template", any("String prompts: the text.")),
            ("schema_", any("Structured prompts: the JSON Schema of the answer.")),
            ("manifest", any("Other kinds of prompt, as stored.")),
        ];
        reader(
            "get_prompt_by_name",
            "Read a prompt",
            DESCRIPTION,
            input(&["prompt_name"], parameters),
            output(members),
        )
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
        let name = arguments.text("prompt_name")?.ok_or_else(|| missing("prompt_name"))?;
        Ok(Request {
            prompt: PromptId::parse(&name)?,
            include_model: arguments.boolean("include_model")?.unwrap_or(false),
        })
    }

    async fn run(&self, caller: WorkspaceClient<'_>, request: Request) -> CallResult {
        let Request { prompt, include_model } = request;
        let commit = caller.prompt_commit(prompt.prompt(), prompt.commit(), include_model).await?;
        let Some(commit) = commit else { return Err(missing_prompt(&caller, &prompt).await.into()) };
        Ok(Output::json(answer(&commit, &prompt, include_model)))
    }
}

/// The error for a missing prompt. The names of other owners' prompts are not the caller's to see.
async fn missing_prompt(caller: &WorkspaceClient<'_>, prompt: &PromptId) -> ToolError {
    let missing = format!("Prompt {prompt} not found");
    let PromptName { owner: None, name } = prompt.prompt() else { return ToolError::not_found(missing) };
    let known = caller.first_names(NamedKind::Prompt).await;
    let hint = if known.iter().any(|known| known == name) {
        format!(". {name} exists, but has no commit or tag {}.", prompt.commit())
    } else {
        meant(name, &known)
    };
    ToolError::not_found(missing + &hint)
}

/// The prompt to read.
pub(crate) struct Request {
    prompt: PromptId,
    include_model: bool,
}

/// The answer for a commit.
pub(crate) fn answer(commit: &PromptCommit, id: &PromptId, include_model: bool) -> String {
    let name = id.prompt();
    let origin = ObjectText::start()
        .value("lc_hub_owner", &name.owner.unwrap_or("-"))
        .value("lc_hub_repo", &name.name)
        .value("lc_hub_commit_hash", &commit.commit_hash)
        .finish();
    let prompt = Prompt::read(&commit.manifest);
    let mut view = match &prompt {
        Some(prompt) => prompt.view(&origin),
        None => unknown(&commit.manifest, origin),
    };
    if include_model {
        view.add("model_provider", MemberValue::free(commit.model_provider.as_deref().map(RawValue::get)));
        view.add("model_config", MemberValue::free(commit.model_config.as_deref().map(RawValue::get)));
        view.add("model", MemberValue::free(prompt.as_ref().and_then(Prompt::model)));
    }
    alone(&view)
}

fn unknown(manifest: &RawValue, origin: String) -> View<'_> {
    let mut view = View::default();
    view.add("metadata", MemberValue::Exact(origin));
    view.add("manifest", MemberValue::free(Some(manifest.get())));
    view
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
