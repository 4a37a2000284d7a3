//! `push_prompt`: stores a prompt; without arguments, a guide.

mod changes;
mod commit_tags;
mod done;
mod dry_run;
mod gone;
mod hidden;
mod merge;
mod names;
mod plan;
mod push;
mod pushed;
mod request;
mod type_tags;

use langsmith::WorkspaceClient;
use oauth::scope::Scope;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use self::push::push;
use self::request::{Request, publishes};
use super::prompt_template::Language;
use crate::toolset::arguments::placeholders::defaults::Defaults;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::schema::tool_schema::{
    Effect, any, choice, flag, flag_or, input, object, output, text, texts, writer,
};
use crate::toolset::{CallResult, Descriptor, Output, ToolError};
use crate::toolsets::langsmith::workspace_tool::WorkspaceTool;

pub(crate) struct PushPrompt;

const DESCRIPTION: &str = "Store a prompt: creates it, or adds a commit if it changed. Needs prompt_name and one of messages, \
template, manifest. Without arguments, returns a guide. Safe to repeat.";

/// The guide, returned by a call without arguments.
const GUIDE: &str = include_str!("guide.md");

impl WorkspaceTool for PushPrompt {
    type Request = Request;
    const WRITES: bool = true;
    const DEFAULTS: Defaults = request::DEFAULTS;

    fn needs_besides(arguments: Option<&RawValue>) -> Option<Scope> {
        publishes(arguments).then_some(Scope::LangsmithPublish)
    }

    fn describe(&self) -> Descriptor {
        let public = "true shows it and its history to everybody; needs langsmith:publish. Default: private, or as it is.";
        let format = choice(
            &Language::NAMES,
            "Variables as {name} (f-string) or {{name}}. Default: as the stored template, else f-string.",
        );
        let parameters = vec![
            ("prompt_name", text("Name in the workspace.")),
            ("messages", messages()),
            ("template", text("A string prompt.")),
            ("manifest", object("A LangChain manifest, or a result of get_prompt_by_name.")),
            ("template_format", format),
            ("description", text("New description; \"\" clears it.")),
            ("tags", texts("New labels; [] clears them.")),
            ("commit_tags", texts("Tags for the commit, moved from others: read as NAME:TAG.")),
            ("is_public", flag(public)),
            ("parent_commit", text("Push only if the newest commit is this one (8 digits or more).")),
            ("replace", flag_or(false, "true: drop the prompt's other parts, such as a model.")),
            ("dry_run", flag_or(false, "true: write nothing, return what would change.")),
        ];
        let members = vec![
            ("result", text("The guide.")),
            ("status", text("created, committed or unchanged; dry_run: also refused.")),
            ("commit_hash", text("The commit that holds the prompt.")),
            ("parent_commit_hash", text("The commit before a new one.")),
            ("updated", any("Which details of an existing prompt were changed.")),
            ("variables_gone", any("Variables that it no longer has.")),
            ("url", text("Its web page, if known.")),
        ];
        let input = input(&[], parameters);
        writer(("push_prompt", "Push prompt"), Effect::Overwrites, DESCRIPTION, input, output(members))
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
        Request::read(arguments)
    }

    async fn run(&self, caller: WorkspaceClient<'_>, request: Request) -> CallResult {
        match request {
            Request::Guide => Ok(Output::document(GUIDE)),
            Request::Push(request) => Ok(Output::data(&push(&caller, &request).await?)),
        }
    }
}

fn content() -> Value {
    let part = json!({ "type": "object", "additionalProperties": true });
    let list = json!({ "type": "array", "items": part });
    let parts = "Template, or parts: {type: text, text}, {type: image_url, image_url: {url}}.";
    json!({ "anyOf": [{ "type": "string" }, list], "description": parts })
}

fn messages() -> Value {
    let message = json!({
        "type": "object",
        "properties": {
            "role": text("system, human, ai, any other word, or placeholder."),
            "content": content(),
            "variable_name": text("For a placeholder: the variable that holds messages."),
            "optional": { "type": "boolean", "description": "Whether it may be left out." },
            "fixed": { "type": "boolean", "description": "true: no template, braces are literal." },
        },
    });
    let description = "A chat prompt: role and content, or placeholder and variable_name.";
    json!({ "type": "array", "items": message, "description": description })
}
