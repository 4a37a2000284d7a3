//! `get_thread_history`: the messages of a conversation, oldest first, one page at a time.

mod archive;
mod conversation;
mod form;
mod identity;
mod messages;
mod read;
mod request;

use std::sync::Arc;

use langsmith::WorkspaceClient;
use serde_json::json;

use self::read::Thread;
use self::request::Request;
use super::since;
use crate::json::sink::Sink;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::paging::{Item, Limits, PREVIEW};
use crate::toolset::schema::tool_schema::{input, integer, integer_or, output, reader, text};
use crate::toolset::{CallError, CallResult, Descriptor, Output, ToolError, paging, shorten_name};
use crate::toolsets::langsmith::suggest::{naming_gone, project_id};
use crate::toolsets::langsmith::workspace_tool::WorkspaceTool;

pub(crate) struct GetThreadHistory;

const DESCRIPTION: &str = "Read the messages of one conversation thread, oldest first, without the history that its LLM runs \
repeat. Runs name their thread in the metadata session_id, conversation_id or thread_id. Read pages 1 to total_pages.";

impl WorkspaceTool for GetThreadHistory {
    type Request = Request;
    const TOO_LARGE_ADVICE: &'static str =
        "One LLM run of the thread is too large to be read: leave it out with start_time or end_time.";

    fn describe(&self) -> Descriptor {
        let parameters = vec![
            ("thread_id", text("Id of the thread.")),
            ("project_name", text("Exact name of its project.")),
            ("page_number", integer("Page to return, from 1.")),
            ("max_chars_per_page", integer_or(25_000, "Size of a page in characters, at most 30000.")),
            ("preview_chars", integer_or(PREVIEW, "Longer texts are cut; 0 shows them whole.")),
            ("start_time", text("Only runs started at or after this (ISO 8601).")),
            ("end_time", text("Only runs started before this (ISO 8601).")),
            ("cursor", text("next_cursor of an incomplete answer: reads older runs.")),
        ];
        let flag = |description: &str| json!({ "type": "boolean", "description": description });
        let members = vec![
            (
                "result",
                json!({ "type": "array", "items": {}, "description": "Messages as they were recorded." }),
            ),
            ("total_pages", integer("How many pages there are.")),
            ("_incomplete", flag("Older runs were left out.")),
            ("next_cursor", text("Pass it as cursor to read them.")),
        ];
        let input = input(&["thread_id", "project_name", "page_number"], parameters);
        reader("get_thread_history", "Read a conversation thread", DESCRIPTION, input, output(members))
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
        Request::parse(arguments)
    }

    async fn run(&self, caller: WorkspaceClient<'_>, request: Request) -> CallResult {
        let (thread_id, name) = (shorten_name(&request.thread), shorten_name(&request.project));
        let project = project_id(&caller, &request.project).await?;
        let thread = match Thread::read(&caller, project, &request).await {
            Ok(thread) => thread,
            Err(error) => return Err(naming_gone(&caller, error).await),
        };
        let complete = thread.next.is_none();
        if thread.is_empty() && complete {
            let looked = thread.since.as_deref().map(since::note).unwrap_or_default();
            return not_found(format!("No runs found for thread {thread_id} in project {name}{looked}"));
        }
        let messages: Vec<ShownMessage> = thread.messages().into_iter().map(ShownMessage).collect();
        if messages.is_empty() && complete {
            return not_found(format!("No messages found in the runs for thread {thread_id}"));
        }
        let mut page = paging::page("result", &messages, &request.page);
        if let Some(next) = &thread.next {
            tell_the_rest(&mut page, thread.len(), next);
        }
        Ok(Output::json(page))
    }
}

fn not_found(message: String) -> CallResult {
    Err(CallError::Tool(ToolError::not_found(message)))
}

/// Adds to a page the note about omitted calls, older than the `read` ones, and the way to them. `next` is base64url.
fn tell_the_rest(page: &mut String, read: usize, next: &str) {
    paging::add_members(
        page,
        format_args!(
            "\"_incomplete\":true,\"_incomplete_message\":\"Only {read} LLM runs of the thread were read. To read older \
             ones, repeat the call with page_number 1 and next_cursor as cursor.\",\"next_cursor\":\"{next}\""
        ),
    );
}

/// A message as it was recorded.
struct ShownMessage(Arc<str>);

impl Item for ShownMessage {
    fn write(&self, limits: Limits, sink: &mut impl Sink) {
        limits.write_part(&self.0, sink);
    }
}
