//! What clients are told about `fetch_runs`.

use serde_json::json;

use super::request::{DETAILS, RUN_TYPES};
use crate::tools::Descriptor;
use crate::tools::schema::{
    Parameter, any, choice, flag, input, integer, integer_or, objects, output, reader, text, text_or, texts,
};

const DESCRIPTION: &str = "Fetch runs (spans) of one or several projects, newest first. A run is one \
step of a trace; runs with is_root=true are whole traces. To go on, repeat the call with the same arguments and cursor = \
next_cursor of the answer: that walks through all matching runs, and new ones shift nothing. page_number pages through \
the first `limit` runs only. Filters use LangSmith's query language, for example and(eq(run_type, \"llm\"), gt(latency, 2)); \
fields: id, name, run_type, start_time, end_time, latency, total_tokens, error, tags, feedback_key, feedback_score, \
metadata_key, metadata_value, execution_order; operators: eq, neq, gt, gte, lt, lte, has, search, and, or, not. Give \
start_time whenever you can: LangSmith allows many more queries over at most seven days.";

pub(super) fn descriptor() -> Descriptor {
    reader(
        "fetch_runs",
        "Fetch runs",
        DESCRIPTION,
        input(&["project_name", "limit"], parameters()),
        output(members()),
    )
}

fn parameters() -> Vec<Parameter> {
    which().into_iter().chain(shown()).collect()
}

/// What decides which runs there are.
fn which() -> Vec<Parameter> {
    vec![
        ("project_name", texts("Name of the project, or several names as a JSON array.")),
        ("limit", integer("How many runs to fetch at a time, 1 to 100.")),
        ("trace_id", text("Only runs of this trace (UUID).")),
        ("run_type", choice(&RUN_TYPES, "Only runs of this type.")),
        ("error", flag("true: only failed runs; false: only runs without an error.")),
        ("is_root", flag("true: only root runs; false: only runs below them.")),
        ("filter", text("Filter expression on the run itself.")),
        ("trace_filter", text("Filter expression on the root run of the run's trace.")),
        ("tree_filter", text("Filter expression on any run of the run's trace.")),
        ("start_time", text("Only runs that started at this time or later (ISO 8601).")),
        ("end_time", text("Only runs that started before this time (ISO 8601).")),
        ("order_by", text_or("-start_time", ORDER)),
        ("reference_example_id", text("Only runs on this dataset example (UUID).")),
    ]
}

/// What decides how much of them is shown.
fn shown() -> Vec<Parameter> {
    vec![
        (
            "cursor",
            text("next_cursor of the answer before. limit, sizes, detail and select may change on the way."),
        ),
        ("page_number", integer_or(1, "Which page of the first `limit` runs, from 1; not with cursor.")),
        (
            "detail",
            choice(
                &DETAILS,
                "ids: only id, trace_id, session_id, start_time. preview (default): long texts are cut. full: they are not, as \
                 far as a page holds them.",
            ),
        ),
        ("select", texts("Show only the id and these members, for example [\"name\", \"error\"].")),
        (
            "max_chars_per_page",
            integer_or(
                25_000,
                "Size of a page in characters, at most 30000. Below 3000 hardly one run fits.",
            ),
        ),
        (
            "preview_chars",
            integer_or(150, "Cut text values longer than this many characters; 0 shows them whole."),
        ),
    ]
}

const ORDER: &str = "start_time (oldest first) or -start_time (newest first). end_time, latency, total_tokens, \
prompt_tokens, completion_tokens, total_cost, prompt_cost and completion_cost order the newest `limit` runs among \
themselves; - means descending.";

fn members() -> Vec<Parameter> {
    let run = vec![
        ("id", text("UUID of the run.")),
        ("name", any("Name of the step.")),
        ("run_type", any("llm, chain, tool, retriever, embedding, prompt or parser.")),
        ("start_time", any("ISO 8601, UTC.")),
        ("end_time", any("ISO 8601, UTC; null while the run is going on.")),
        ("status", any("success, error or pending.")),
        ("error", any("Error text, or null.")),
        ("inputs", any("What the step received.")),
        ("outputs", any("What the step returned.")),
        ("trace_id", any("UUID of the root run.")),
        ("parent_run_id", any("UUID of the run above; null for a root run.")),
        ("session_id", any("UUID of the project.")),
        ("total_tokens", any("Tokens used.")),
        ("total_cost", any("Dollars as decimal text.")),
    ];
    vec![
        ("runs", objects("The runs of this page.", run)),
        ("page_number", integer("The page that was asked for; 1 with cursor.")),
        ("total_pages", integer("How many pages the fetched runs take, from this one on with a cursor.")),
        ("max_chars_per_page", integer("The page size that was used.")),
        ("preview_chars", integer("The text length that was used.")),
        ("next_cursor", text("Present when there is more: pass it as cursor.")),
        (
            "_truncated",
            json!({ "type": "boolean", "description": "Present when a run alone exceeds the page size." }),
        ),
        ("_truncated_message", text("What was done about it.")),
    ]
}
