//! `list_prompts`: the prompts of a workspace, most recently updated first.

use langsmith::{Prompt, PromptQuery, WorkspaceClient};
use serde::Serialize;

use crate::toolset::arguments::reader::Arguments;
use crate::toolset::paging::Total;
use crate::toolset::paging::serialized::Serialized;
use crate::toolset::schema::tool_schema::{any, flag_or, input, integer_or, output, reader, text};
use crate::toolset::{CallResult, Descriptor, Output, ToolError, paging};
use crate::toolsets::langsmith::workspace_tool::WorkspaceTool;

pub(crate) struct ListPrompts;

const DESCRIPTION: &str = "List prompts of the workspace, most recently updated first. is_public chooses between public and private prompts.";

impl WorkspaceTool for ListPrompts {
    type Request = Request;
    const TOO_LARGE_ADVICE: &'static str = "Ask for a smaller limit.";

    fn describe(&self) -> Descriptor {
        let parameters = vec![
            ("is_public", flag_or(false, "true: public prompts; false: private ones.")),
            ("limit", integer_or(20, "How many, at most 100.")),
            ("offset", integer_or(0, "How many to skip.")),
            ("query", text("Only prompts that mention this text.")),
        ];
        let prompt = vec![
            ("repo_handle", text("Name of the prompt.")),
            ("description", any("Free text, or null.")),
            ("id", text("UUID.")),
            ("owner", any("Handle of the owner; null for a private prompt.")),
            ("full_name", any("owner/name, or the name alone.")),
        ];
        let members = paging::list_members("prompts", "The prompts.", prompt);
        reader("list_prompts", "List prompts", DESCRIPTION, input(&[], parameters), output(members))
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
        let text = arguments.text("query")?;
        arguments.in_url.extend("query", &text);
        Ok(Request {
            is_public: arguments.boolean("is_public")?.unwrap_or(false),
            limit: arguments.limit()?.unwrap_or(20),
            offset: arguments.offset()?,
            text,
        })
    }

    async fn run(&self, caller: WorkspaceClient<'_>, request: Request) -> CallResult {
        let query = PromptQuery {
            is_public: request.is_public,
            limit: request.limit,
            offset: request.offset,
            query: request.text.as_deref(),
        };
        let page = caller.prompts(&query).await?;
        let prompts = Serialized::all(page.prompts.iter().map(|prompt| PromptItem::new(&caller, prompt)))?;
        let listing = paging::list_with(Total::Known(page.total), "prompts", &prompts, request.offset);
        Ok(Output::json(listing))
    }
}

/// A prompt and the URL of its page.
#[derive(Serialize)]
struct PromptItem<'p> {
    #[serde(flatten)]
    prompt: &'p Prompt,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl<'p> PromptItem<'p> {
    fn new(caller: &WorkspaceClient<'_>, prompt: &'p Prompt) -> Self {
        let workspace = prompt.tenant_id.as_deref();
        let url = workspace.and_then(|workspace| caller.prompt_page(workspace, &prompt.repo_handle));
        Self { prompt, url }
    }
}

/// The prompts to list.
pub(crate) struct Request {
    is_public: bool,
    limit: u32,
    offset: u32,
    text: Option<String>,
}
