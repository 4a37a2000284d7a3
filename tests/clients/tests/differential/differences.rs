//! Where we mean to differ from the standalone server, and why. Whatever is not here is the same.

use serde_json::Value;

use crate::calls::Call;
use crate::compare::Found;
use crate::speak::Answer;

/// A difference with a reason.
pub(crate) struct Difference {
    pub(crate) reason: &'static str,
    /// Whether it explains what was found in the two answers to a call.
    pub(crate) explains: fn(&Call, &Found, &Answer, &Answer) -> bool,
}

/// All of them.
pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        reason: "the guides are our own texts, and tell how the tool itself writes",
        explains: |call, found, _, _| {
            found.path == "result"
                && is_text(found.theirs.as_ref())
                && is_text(found.ours.as_ref())
                && call.arguments == serde_json::json!({})
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
        explains: |call, found, _, _| {
            let scopes = ["dataset_id", "dataset_name", "example_ids"];
            call.tool == "list_examples"
                && found.path.is_empty()
                && scopes.iter().all(|scope| call.arguments.get(*scope).is_none())
        },
    },
    Difference {
        reason: "an unknown workspace is an error; theirs shows everybody's usage",
        explains: |call, found, _, ours| {
            call.tool == "get_billing_usage" && found.path.is_empty() && ours.content["kind"] == "not_found"
        },
    },
    Difference {
        reason: "the experiments on a dataset are listed; theirs also asks for what is on none, and finds nothing",
        explains: |call, found, _, _| {
            let by_dataset = ["reference_dataset_id", "reference_dataset_name"];
            call.tool == "list_projects"
                && found.path == "projects[]"
                && found.theirs.is_none()
                && by_dataset.iter().any(|name| call.arguments.get(*name).is_some())
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
        reason: "an answer that does not say everything has a cursor to go on from",
        explains: |_, found, _, _| found.path == "next_cursor" && found.theirs.is_none(),
    },
    Difference {
        reason: "pages of a limited size begin elsewhere, because what we leave whole takes room",
        explains: |call, found, theirs, ours| {
            let paged = [theirs, ours].iter().any(|answer| answer.content["total_pages"].as_u64() > Some(1));
            let (theirs, ours) = (ids(theirs), ids(ours));
            // The first page is the beginning of the same list.
            let first = call.arguments.get("page_number").is_none_or(|number| number == 1);
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
        reason: "a page below the first is refused; theirs is empty",
        explains: |call, found, _, ours| {
            call.arguments["page_number"] == 0 && found.path.is_empty() && ours.content["kind"] == "invalid"
        },
    },
    Difference {
        reason: "a thread id is escaped in the filter; theirs breaks at a quote",
        explains: |call, found, _, _| {
            let quoted = call.arguments["thread_id"].as_str().is_some_and(|id| id.contains('"'));
            call.tool == "get_thread_history" && found.path.is_empty() && quoted
        },
    },
    Difference {
        reason: "a page that is measured too large is not replaced by a preview of its beginning",
        explains: |_, found, _, _| found.path.starts_with("_truncated") && found.ours.is_none(),
    },
];

fn ids(answer: &Answer) -> Vec<&Value> {
    answer.content["runs"].as_array().into_iter().flatten().map(|run| &run["id"]).collect()
}

/// Whether ours are messages of theirs, in their order.
fn is_part(ours: &Answer, theirs: &Answer) -> bool {
    let messages = |answer: &Answer| answer.content["result"].as_array().cloned().unwrap_or_default();
    let (ours, theirs) = (messages(ours), messages(theirs));
    let mut rest = theirs.iter();
    !ours.is_empty() && ours.iter().all(|message| rest.any(|other| other == message))
}

fn is_text(value: Option<&Value>) -> bool {
    matches!(value, Some(Value::String(_)))
}

/// Whether theirs is a cut form of ours.
fn is_beginning(found: &Found) -> bool {
    let (Some(Value::String(theirs)), Some(Value::String(ours))) = (&found.theirs, &found.ours) else {
        return false;
    };
    theirs.split_once("… (+").is_some_and(|(kept, _)| ours.starts_with(kept))
}
