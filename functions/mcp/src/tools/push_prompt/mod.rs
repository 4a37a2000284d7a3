//! `push_prompt`: explains itself without arguments, and with them stores a prompt.

mod changes;
mod commit_tags;
mod done;
mod manifest;
mod message;
mod push;
mod request;
mod type_tags;

use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::langsmith::Caller;
use shared::oauth::scope::Scope;

use self::push::push;
use self::request::{Request, publishes};
use super::args::Arguments;
use super::defaults::Defaults;
use super::prompt_template::Language;
use super::schema::{Effect, choice, flag, input, object, output, text, texts, writer};
use super::workspace_tool::WorkspaceTool;
use super::{CallResult, Descriptor, Output, ToolError};

/// The tool.
pub(super) struct PushPrompt;

const DESCRIPTION: &str = "Store a prompt: creates it, or adds a commit if it changed. Needs prompt_name and one of messages, \
template, manifest. is_public needs a scope of its own. Without arguments, returns a guide. Safe to repeat.";

/// What a call without arguments returns.
const GUIDE: &str = include_str!("guide.md");

impl WorkspaceTool for PushPrompt {
    type Request = Request;
    const WRITES: bool = true;
    const DEFAULTS: Defaults = request::DEFAULTS;

    fn needs_besides(arguments: Option<&RawValue>) -> Option<Scope> {
        publishes(arguments).then_some(Scope::LangsmithPublish)
    }

    fn describe(&self) -> Descriptor {
        let public = "true shows the prompt and its history to the whole world; needs langsmith:publish. Default: private, or as it is.";
        let format = choice(&Language::NAMES, "Variables as {name} (f-string, default) or {{name}}.");
        let parameters = vec![
            ("prompt_name", text("Name in the workspace.")),
            ("messages", messages()),
            ("template", text("A string prompt.")),
            ("manifest", object("A LangChain manifest: lc, type, id, kwargs.")),
            ("template_format", format),
            ("description", text("New description; \"\" clears it.")),
            ("tags", texts("New labels; [] clears them.")),
            (
                "commit_tags",
                texts("Names for the pushed commit: NAME:TAG finds it. Another commit loses them."),
            ),
            ("is_public", flag(public)),
            ("parent_commit", text("Push only if the newest commit is this one (8 digits or more).")),
        ];
        let members = vec![
            ("result", text("The guide.")),
            ("status", text("created, committed, or unchanged: the newest commit is the same.")),
            ("prompt_name", text("Name of the prompt.")),
            ("commit_hash", text("The commit that holds the prompt.")),
            ("parent_commit_hash", text("The commit before a new one.")),
            ("updated", texts("Which details of an existing prompt were changed.")),
            ("url", text("Its page, where known.")),
        ];
        let input = input(&[], parameters);
        writer(("push_prompt", "Push prompt"), Effect::Overwrites, DESCRIPTION, input, output(members))
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
        Request::read(arguments)
    }

    async fn run(&self, caller: Caller<'_>, request: Request) -> CallResult {
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
        },
    });
    let description = "A chat prompt: each has role and content, or role placeholder and variable_name.";
    json!({ "type": "array", "items": message, "description": description })
}
