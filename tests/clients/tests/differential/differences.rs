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
        explains: |call, found, _, _| {
            call.tool == "get_prompt_by_name" && found.path.starts_with("messages[]")
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
        reason: "a list of examples without a dataset is refused; theirs asks for all and gets none",
        explains: |call, found, theirs, _| {
            call.tool == "list_examples" && found.path.is_empty() && theirs.content["total_count"] == 0
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
            call.tool == "fetch_runs" && paged && ["runs[]", "total_pages"].contains(&found.path.as_str())
        },
    },
    Difference {
        reason: "a thread is shown without the history that every call repeats",
        explains: |call, found, _, _| {
            call.tool == "get_thread_history"
                && (found.path.starts_with("result[]") || found.path == "total_pages")
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
