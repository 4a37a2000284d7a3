//! The intended differences from the standalone server, with their reasons. Everything else must be equal.

use serde_json::Value;

use crate::asked;
use crate::calls::Call;
use crate::compare::Found;
use crate::speak::Answer;

/// A difference with a reason.
pub(crate) struct Difference {
    pub(crate) reason: &'static str,
    /// Whether it explains a difference between the two answers to a call.
    pub(crate) explains: fn(&Call, &Found, &Answer, &Answer) -> bool,
}

/// All intended differences.
pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        reason: "the guides are our own texts, and tell how the tool itself writes",
        explains: |call, found, _, _| {
            found.path == "result"
                && is_text(found.theirs.as_ref())
                && is_text(found.ours.as_ref())
                && call.plain == serde_json::json!({})
        },
    },
    Difference {
        reason: "a dataset's schemas are shown; theirs are always null",
        explains: |_, found, _, _| {
            found.path.ends_with("puts_schema_definition") && found.theirs == Some(Value::Null)
        },
    },
    Difference {
        reason: "chat prompts keep their messages; theirs are empty, or the members of a Python object",
        explains: |call, found, _, ours| {
            let readable = |message: &Value| message["role"].is_string();
            call.tool == "get_prompt_by_name"
                && found.path.starts_with("messages[]")
                && ours.content["messages"].as_array().is_some_and(|messages| messages.iter().all(readable))
        },
    },
    Difference {
        reason: "a prompt that LangChain cannot load is shown as it is",
        explains: |call, found, _, ours| {
            call.tool == "get_prompt_by_name"
                && found.path.is_empty()
                && ours.content.get("manifest").is_some()
        },
    },
    Difference {
        reason: "a list of examples needs a dataset or ids, as both descriptions say; theirs asks for all there are",
        explains: |call, found, _, ours| {
            let scopes = ["dataset_id", "dataset_name", "example_ids"];
            call.tool == "list_examples"
                && asked::refused(found, ours, "invalid")
                && scopes.iter().all(|scope| call.plain.get(*scope).is_none())
        },
    },
    Difference {
        reason: "there is a further tool, list_workspaces",
        explains: |call, found, _, _| {
            let more = serde_json::json!({"id": "list_workspaces"});
            call.tool == "tools/list" && found.theirs.is_none() && found.ours == Some(more)
        },
    },
    Difference {
        reason: "before a name is said to be unknown, the names that there are are asked for once; the error suggests the nearest",
        explains: asked::suggestion,
    },
    Difference {
        reason: "where a version is not found, the thing itself is asked for, so that the error can name which of the two is missing",
        explains: |call, found, _, ours| {
            let is_look = ["request GET /datasets/", "request GET /examples/"]
                .iter()
                .any(|path| found.path.starts_with(path));
            ["list_examples", "read_example"].contains(&call.tool)
                && call.plain.get("as_of").is_some()
                && found.theirs.is_none()
                && is_look
                && ours.is_error()
        },
    },
    Difference {
        reason: "an unknown workspace is an error; theirs shows everybody's usage",
        explains: |call, found, _, ours| {
            let parts = ["", "request GET /orgs/current/billing/usage", "request GET /workspaces"];
            call.tool == "get_billing_usage"
                && parts.contains(&found.path.as_str())
                && asked::refused(found, ours, "not_found")
        },
    },
    Difference {
        reason: "the experiments on a dataset are listed; theirs also asks for what is on none, and finds nothing",
        explains: |call, found, _, _| {
            let by_dataset = ["reference_dataset_id", "reference_dataset_name"];
            call.tool == "list_projects"
                && found.path == "projects[]"
                && found.theirs.is_none()
                && by_dataset.iter().any(|name| call.plain.get(*name).is_some())
        },
    },
    Difference {
        reason: "ids, paths and orders are never cut, however small preview_chars is",
        explains: |call, found, _, _| {
            call.tool == "fetch_runs"
                && is_beginning(found)
                && ["runs[].app_path", "runs[].dotted_order"].contains(&found.path.as_str())
        },
    },
    Difference {
        reason: "a list's total_count says how many there are in all; theirs how many the answer holds",
        explains: |call, found, _, _| {
            let counted = ["list_projects", "list_datasets", "list_examples", "list_experiments"];
            found.path == "total_count" && counted.contains(&call.tool)
        },
    },
    Difference {
        reason: "a list that does not hold everything says where to go on; theirs does not",
        explains: |_, found, _, _| found.path == "next_offset" && found.theirs.is_none(),
    },
    Difference {
        reason: "more_info brings statistics of a project's runs; theirs are null",
        explains: |call, found, _, _| {
            let asked = found.path == "request GET /sessions.query.include_stats" && found.theirs.is_none();
            let filled =
                found.path.starts_with("projects[].") && found.theirs.as_ref().is_none_or(Value::is_null);
            call.tool == "list_projects" && call.plain["more_info"] == "true" && (asked || filled)
        },
    },
    Difference {
        reason: "only prompts are listed; theirs also lists agents, skills and files",
        explains: |call, found, _, _| {
            call.tool == "list_prompts"
                && found.path == "request GET /repos.query.repo_type"
                && found.ours == Some(Value::from("prompt"))
        },
    },
    Difference {
        reason: "an answer that does not say everything has a cursor to go on from",
        explains: |_, found, _, _| found.path == "next_cursor" && found.theirs.is_none(),
    },
    Difference {
        reason: "pages of a limited size begin elsewhere, because what we leave whole takes room",
        explains: |call, found, theirs, ours| {
            let paged = [theirs, ours].iter().any(|answer| answer.content["total_pages"].as_u64() > Some(1));
            let (theirs, ours) = (ids(theirs), ids(ours));
            // The first page is the beginning of the same list.
            let first = call.plain.get("page_number").is_none_or(|number| number == 1);
            let same = !first || theirs.starts_with(&ours) || ours.starts_with(&theirs);
            call.tool == "fetch_runs"
                && paged
                && same
                && ["runs[]", "total_pages"].contains(&found.path.as_str())
        },
    },
    Difference {
        reason: "a thread is shown without the history that every call repeats",
        explains: |call, found, theirs, ours| {
            call.tool == "get_thread_history"
                && (found.path.starts_with("result[]") || found.path == "total_pages")
                && (ours.content["total_pages"] != 1
                    || theirs.content["total_pages"] != 1
                    || is_part(ours, theirs))
        },
    },
    Difference {
        reason: "LangChain's lists of lists are read as messages, and its answers are shown",
        explains: |call, found, theirs, _| {
            let lists = theirs.content["result"].as_array().into_iter().flatten().any(Value::is_array);
            call.tool == "get_thread_history" && found.path.starts_with("result[]") && lists
        },
    },
    Difference {
        reason: "page 0 is the first page of fetch_runs, and refused where the number is required; theirs is empty",
        explains: |call, found, _, ours| {
            call.plain["page_number"] == 0
                && (call.tool == "fetch_runs" || asked::refused(found, ours, "invalid"))
        },
    },
    Difference {
        reason: "a thread id is escaped in the filter; theirs breaks at a quote",
        explains: asked::quoted_thread,
    },
    Difference {
        reason: "a page that is measured too large is not replaced by a preview of its beginning",
        explains: |_, found, _, _| found.path.starts_with("_truncated") && found.ours.is_none(),
    },
    Difference {
        reason: "a page is measured once; theirs once more and higher, and then all its texts are cut, ids as well",
        explains: |call, found, theirs, ours| {
            let cut_shorter =
                found.path.starts_with("runs[].") && is_beginning(found) && as_wanted(call, found);
            let (theirs, ours) = (ids(theirs), ids(ours));
            let cut_ids = found.path == "runs[]" && theirs.iter().zip(&ours).all(|(a, b)| is_cut_form(a, b));
            call.tool == "fetch_runs" && (cut_shorter || cut_ids)
        },
    },
    Difference {
        reason: "an answer with a run that is larger than a page says so, and shortens that run in another way",
        explains: |call, found, _, ours| {
            let told = found.path.starts_with("_truncated") && found.theirs.is_none();
            let (a, b) = (found.theirs.as_ref().and_then(kept), found.ours.as_ref().and_then(kept));
            let texts = a.zip(b).is_some_and(|(a, b)| a.starts_with(b) || b.starts_with(a));
            let shortened = found.path.starts_with("runs[].") && texts;
            call.tool == "fetch_runs"
                && ours.content["_truncated"] == true
                && ids(ours).len() == 1
                && (told || shortened)
        },
    },
    Difference { reason: "LangSmith is asked below /api/v1; theirs leaves that out", explains: asked::base },
    Difference {
        reason: "a boolean in a query is written as in JSON; theirs as in Python",
        explains: asked::boolean,
    },
    Difference {
        reason: "a time is sent with its time of day and its zone, which is UTC; theirs as it was given",
        explains: asked::time,
    },
    Difference {
        reason: "an API key is checked when it comes first; theirs finds out in the first call",
        explains: asked::key,
    },
    Difference {
        reason: "LangSmith's version is not asked for; theirs asks in every call",
        explains: asked::version,
    },
    Difference {
        reason: "no project is looked for to learn the workspace's id; no answer of theirs shows it",
        explains: asked::any_project,
    },
    Difference {
        reason: "the id of a project or dataset is remembered for half a minute; theirs looks the name up in every call",
        explains: asked::remembered,
    },
    Difference {
        reason: "a prompt is read anew in every call; theirs keeps it in its process",
        explains: asked::prompt,
    },
    Difference {
        reason: "an order is sent by the name that LangSmith knows; theirs sends order_by, which has no effect",
        explains: asked::order,
    },
    Difference {
        reason: "a thread asks for what its messages are made of; theirs for everything about its runs",
        explains: asked::columns_of_messages,
    },
    Difference {
        reason: "a thread is read beyond its last hundred runs; theirs is not",
        explains: asked::further_page,
    },
    Difference {
        reason: "beside a dataset, reference_free is not sent: the dataset says it",
        explains: asked::reference_free,
    },
    Difference { reason: "one dataset is read by its id without a limit", explains: asked::one_dataset },
    Difference {
        reason: "with attachments, all that is shown of an example is asked for by name",
        explains: asked::columns_of_examples,
    },
    Difference {
        reason: "attachments are not downloaded; theirs are before it answers",
        explains: asked::download,
    },
    Difference {
        reason: "lists, objects, numbers and booleans may come as JSON; theirs takes them as text only",
        explains: asked::in_json,
    },
    Difference {
        reason: "null means absent for every argument; theirs refuses it for many",
        explains: asked::null,
    },
    Difference {
        reason: "a flag that is neither true nor false is refused; theirs ignores it",
        explains: asked::odd_flag,
    },
    Difference { reason: "a version's tag works in read_example; theirs fails", explains: asked::tag },
    Difference {
        reason: "a limit above 100 counts as 100 for prompts, too; LangSmith refuses theirs",
        explains: asked::limit,
    },
];

fn ids(answer: &Answer) -> Vec<&Value> {
    answer.content["runs"].as_array().into_iter().flatten().map(|run| &run["id"]).collect()
}

/// Whether our messages are a subsequence of theirs.
fn is_part(ours: &Answer, theirs: &Answer) -> bool {
    let messages = |answer: &Answer| answer.content["result"].as_array().cloned().unwrap_or_default();
    let (ours, theirs) = (messages(ours), messages(theirs));
    let mut rest = theirs.iter();
    !ours.is_empty() && ours.iter().all(|message| rest.any(|other| same_but_cut(other, message)))
}

/// Whether two values are equal except for texts that only the standalone server cut.
fn same_but_cut(theirs: &Value, ours: &Value) -> bool {
    match (theirs, ours) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_but_cut(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same_but_cut(a, b)))
        }
        _ => theirs == ours || is_cut_form(theirs, ours),
    }
}

fn is_text(value: Option<&Value>) -> bool {
    matches!(value, Some(Value::String(_)))
}

/// Whether their text is a shortened form of ours.
fn is_beginning(found: &Found) -> bool {
    let (Some(theirs), Some(ours)) = (&found.theirs, &found.ours) else { return false };
    is_cut_form(theirs, ours)
}

fn is_cut_form(theirs: &Value, ours: &Value) -> bool {
    let (Some(kept), Some(theirs), Some(ours)) = (kept(theirs), theirs.as_str(), ours.as_str()) else {
        return false;
    };
    kept.len() < theirs.len() && ours.starts_with(kept)
}

/// A text without its truncation mark.
fn kept(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    Some(text.split_once("… (+").map_or(text, |(kept, _)| kept))
}

/// Whether our text is complete, or as long as requested.
fn as_wanted(call: &Call, found: &Found) -> bool {
    let preview = call.plain["preview_chars"].as_u64().unwrap_or(150);
    let Some(ours) = &found.ours else { return false };
    let length = kept(ours).map(|kept| kept.chars().count() as u64);
    kept(ours) == ours.as_str() || length == Some(preview)
}
