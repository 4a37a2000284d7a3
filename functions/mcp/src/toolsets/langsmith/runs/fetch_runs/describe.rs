//! The entry of `fetch_runs` in `tools/list`.

use super::request::{DETAILS, RUN_TYPES};
use crate::toolset::Descriptor;
use crate::toolset::paging::PREVIEW;
use crate::toolset::schema::tool_schema::{
    Parameter, any, choice, choice_or_none, flag, input, integer, integer_or, objects, output, reader, text,
    text_or, texts,
};

const DESCRIPTION: &str = "Fetch runs (spans), newest first: of projects by project_name or project_id. A run is a step of a \
trace; is_root=true gives whole traces. Pass detail=summary unless you need inputs and outputs. For more, repeat \
the call with cursor = next_cursor of the answer, until all matching runs are read; page_number pages through the first \
`limit` runs only. Filters: and(eq(run_type, \"llm\"), gt(latency, 2)); fields: id, name, run_type, start_time, end_time, latency, \
total_tokens, error, tags, feedback_key, feedback_score, metadata_key, metadata_value, execution_order; operators: eq, neq, \
gt, gte, lt, lte, has, search, and, or, not. Give start_time: queries over at most 7 days have a higher rate limit.";

pub(super) fn descriptor() -> Descriptor {
    reader("fetch_runs", "Fetch runs", DESCRIPTION, input(&["limit"], parameters()), output(members()))
}

fn parameters() -> Vec<Parameter> {
    which().into_iter().chain(display_parameters()).collect()
}

/// The parameters that select the runs.
fn which() -> Vec<Parameter> {
    vec![
        ("project_name", texts("Name of the project, or several.")),
        ("project_id", texts("UUID of the project, or several: instead of project_name.")),
        ("limit", integer("How many runs to fetch at a time, 1 to 100.")),
        ("run_ids", texts("Only these runs: at most 100 UUIDs.")),
        ("trace_id", text("Only runs of this trace (UUID).")),
        ("run_type", choice_or_none(&RUN_TYPES, "Only runs of this type.")),
        ("error", flag("true: only failed runs; false: only others; empty: both.")),
        ("is_root", flag("true: only root runs; false: only others; empty: both.")),
        ("filter", text("Filter on the run.")),
        ("trace_filter", text("Filter on the root run of its trace.")),
        ("tree_filter", text("Filter on any run of its trace.")),
        ("start_time", text("Only runs started at or after this (ISO 8601).")),
        ("end_time", text("Only runs started before this (ISO 8601).")),
        ("order_by", text_or("-start_time", ORDER)),
        ("reference_example_id", text("Only runs on this dataset example (UUID).")),
    ]
}

/// The parameters of their display.
fn display_parameters() -> Vec<Parameter> {
    vec![
        ("cursor", text("next_cursor of the last answer. limit, detail, select and sizes may change.")),
        ("page_number", integer_or(1, "Which page of the first `limit` runs; not with cursor.")),
        ("detail", choice(&DETAILS, DETAIL)),
        (
            "select",
            texts("Only the id and these members of a run, for example [\"name\", \"latency\", \"url\"]."),
        ),
        ("max_chars_per_page", integer_or(25_000, "Size of a page in characters, at most 30000.")),
        ("preview_chars", integer_or(PREVIEW, "Longer texts are cut; 0 shows them whole.")),
    ]
}

const DETAIL: &str = "ids: id, trace_id, session_id, start_time. summary: the main members, no inputs and \
    outputs. \
preview (default): every member, long texts cut. full: uncut, as far as a page holds them.";

const ORDER: &str = "start_time (oldest first) or -start_time. end_time, latency, total_tokens, prompt_tokens, \
completion_tokens, total_cost, prompt_cost, completion_cost order only the newest `limit` runs; - means descending.";

fn members() -> Vec<Parameter> {
    let run = vec![
        ("trace_id", any("UUID of the root run.")),
        ("session_id", any("UUID of the project.")),
        ("latency", any("Seconds.")),
        ("total_cost", any("Dollars as decimal text.")),
    ];
    vec![
        ("runs", objects("The runs of this page.", run)),
        ("total_pages", integer("How many pages the fetched runs take.")),
        ("next_cursor", text("Present if there is more: pass it as cursor.")),
        ("_incomplete_message", text("Present when order_by left out older runs.")),
    ]
}
