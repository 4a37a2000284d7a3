//! `list_prompts`: the prompts of a workspace, most recently updated first.

use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::value::RawValue;
use shared::langsmith::{Prompt, PromptQuery};
use shared::oauth::scope::Scope;

use super::args::Arguments;
use super::schema::{any, flag_or, input, integer, integer_or, objects, output, reader, text};
use super::{CallResult, Context, Descriptor, Output, Tool};

/// The tool.
pub(super) struct ListPrompts;

const DESCRIPTION: &str = "List prompts of the workspace, most recently updated first. is_public chooses between public and private prompts.";

impl Tool for ListPrompts {
    fn descriptor(&self) -> Descriptor {
        let parameters = vec![
            ("is_public", flag_or("false", "true: public prompts; false: private ones.")),
            ("limit", integer_or(20, "How many prompts to return at most, 1 to 100; more counts as 100.")),
            ("offset", integer_or(0, "How many prompts to skip, for reading past the first limit.")),
            ("query", text("Only prompts that mention this text.")),
        ];
        let prompt = vec![
            ("repo_handle", text("Name of the prompt.")),
            ("description", any("Free text, or null.")),
            ("id", text("UUID.")),
            ("owner", any("Handle of the owner; null for a private prompt.")),
            ("full_name", any("owner/name, or the name alone.")),
        ];
        let members = vec![
            ("prompts", objects("The prompts.", prompt)),
            ("total_count", integer("How many prompts match in all.")),
        ];
        reader("list_prompts", "List prompts", DESCRIPTION, input(&[], parameters), output(members))
    }

    fn scope(&self) -> Scope {
        Scope::LangsmithRead
    }

    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        arguments: Option<&'a RawValue>,
    ) -> BoxFuture<'a, CallResult> {
        Box::pin(run(context, arguments))
    }
}

async fn run(context: &Context<'_>, arguments: Option<&RawValue>) -> CallResult {
    let mut arguments = Arguments::parse(arguments)?;
    let text = arguments.text("query")?;
    let query = PromptQuery {
        is_public: arguments.boolean("is_public")?.unwrap_or(false),
        limit: arguments.limit()?.unwrap_or(20),
        offset: arguments.offset()?,
        query: text.as_deref(),
    };
    let workspace = context.workspace(arguments.workspace()?)?;
    arguments.finish()?;
    let page = context.caller(workspace.as_ref()).prompts(&query).await?;
    Ok(Output::data(&Listing { prompts: page.prompts, total_count: page.total }))
}

#[derive(Serialize)]
struct Listing {
    prompts: Vec<Prompt>,
    total_count: u64,
}
