//! Random calls with a fixed seed.

use fastrand::Rng;
use serde_json::{Value, json};

use crate::arguments::{Arguments, flag, number, of, one, some};
use crate::pools::Pools;
use crate::retell::{Optional, retold};

/// A call of both servers.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) tool: &'static str,
    pub(crate) arguments: Value,
    /// The same arguments in the standalone server's types.
    pub(crate) plain: Value,
}

/// The tools, in the order of their calls.
pub(crate) const TOOLS: [&str; 15] = [
    "get_thread_history",
    "list_prompts",
    "get_prompt_by_name",
    "push_prompt",
    "fetch_runs",
    "list_projects",
    "list_datasets",
    "list_examples",
    "read_dataset",
    "read_example",
    "create_dataset",
    "update_examples",
    "list_experiments",
    "run_experiment",
    "get_billing_usage",
];

/// The tools for which the standalone server only returns a text.
pub(crate) const GUIDES: [&str; 4] = ["push_prompt", "create_dataset", "update_examples", "run_experiment"];

/// `each` random calls of every tool.
pub(crate) fn random(pools: &Pools, optional: &Optional, each: usize) -> Vec<Call> {
    let mut rng = Rng::with_seed(20_261_121);
    let mut teller = Rng::with_seed(20_261_122);
    let mut calls = Vec::new();
    for tool in TOOLS {
        let each = if GUIDES.contains(&tool) { 1 } else { each };
        for turn in 0..each {
            let plain = arguments((tool, turn), pools, Arguments::new(&mut rng));
            let arguments = retold(tool, &plain, &optional[tool], &mut teller);
            calls.push(Call { tool, arguments, plain });
        }
    }
    calls
}

const RUN_TYPES: &[&str] = &["llm", "chain", "tool", "retriever"];
const FILTERS: &[&str] = &[
    "eq(run_type, \"llm\")",
    "and(eq(run_type, \"chain\"), gt(latency, 1))",
    "has(tags, \"production\")",
    "gt(total_tokens, 100)",
    "search(\"refund\")",
];
const EXAMPLE_FILTERS: &[&str] = &["exists(metadata, \"source\")", "exists(metadata, \"no such\")"];
const PARTS: &[&str] = &["a", "support", "Support", "bot", "-", "é", "zzz"];
const METADATA: &[&str] = &["{\"source\": \"sample\"}", "{\"no\": \"such\"}"];
const MOMENTS: &[&str] = &["2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00", "2027-01-01T00:00:00"];
const VERSIONS: &[&str] = &["2026-01-01T00:00:00Z", "2027-01-01T00:00:00", "latest", "no-such-tag"];

fn arguments((tool, turn): (&str, usize), pools: &Pools, arguments: Arguments<'_>) -> Value {
    match tool {
        "get_thread_history" => thread(arguments, pools),
        "list_prompts" => arguments.maybe(60, "is_public", flag).maybe(60, "limit", number(1, 120)).done(),
        "get_prompt_by_name" => {
            // In turn, because every prompt is of a different kind.
            let name = &pools.prompts[turn % pools.prompts.len()];
            arguments.always("prompt_name", |_| json!(name)).done()
        }
        "fetch_runs" => runs(arguments, pools, turn),
        "list_projects" => arguments
            .maybe(60, "limit", number(1, 120))
            .maybe(30, "project_name", of(PARTS))
            .maybe(50, "more_info", flag)
            .maybe(15, "reference_dataset_id", one(&pools.dataset_ids))
            .maybe(15, "reference_dataset_name", one(&pools.datasets))
            .done(),
        "list_datasets" => arguments
            .maybe(30, "dataset_ids", some(&pools.dataset_ids))
            .maybe(20, "data_type", of(&["kv", "llm", "chat"]))
            .maybe(20, "dataset_name", one(&pools.datasets))
            .maybe(20, "dataset_name_contains", of(PARTS))
            .maybe(15, "metadata", of(METADATA))
            .maybe(40, "limit", number(1, 120))
            .done(),
        "list_examples" => examples(arguments, pools),
        "read_dataset" => arguments
            .maybe(60, "dataset_id", one(&pools.dataset_ids))
            .maybe(50, "dataset_name", one(&pools.datasets))
            .done(),
        "read_example" => {
            arguments.always("example_id", one(&pools.examples)).maybe(40, "as_of", of(VERSIONS)).done()
        }
        "list_experiments" => arguments
            .maybe(60, "reference_dataset_id", one(&pools.dataset_ids))
            .maybe(50, "reference_dataset_name", one(&pools.datasets))
            .maybe(40, "limit", number(1, 120))
            .maybe(20, "project_name", of(PARTS))
            .done(),
        "get_billing_usage" => arguments
            .always("starting_on", of(&["2026-01-01", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00+00:00"]))
            .always("ending_before", of(&["2026-12-01", "2027-01-01T00:00:00Z"]))
            .maybe(
                50,
                "workspace",
                of(&[
                    "Sample Workspace",
                    "sample workspace",
                    "Ada's Workspace",
                    "Nobody's",
                    "5a3e0000-0000-4000-8000-0000000000a2",
                    "5a3e0000-0000-4000-8000-000000000000",
                ]),
            )
            .maybe(30, "on_current_plan", flag)
            .done(),
        _ => json!({}),
    }
}

fn thread(mut arguments: Arguments<'_>, pools: &Pools) -> Value {
    let (thread, project) = arguments.choose(&pools.threads);
    pages(arguments)
        .always("thread_id", |_| json!(thread))
        .always("project_name", |_| json!(project))
        .always("page_number", number(0, 3))
        .done()
}

fn pages(arguments: Arguments<'_>) -> Arguments<'_> {
    arguments.maybe(40, "max_chars_per_page", number(4_000, 40_000)).maybe(
        40,
        "preview_chars",
        of_numbers(&[0, 40, 150, 1_000]),
    )
}

fn of_numbers(pool: &'static [i64]) -> impl FnOnce(&mut Rng) -> Value {
    move |rng| json!(pool[rng.usize(0..pool.len())])
}

fn runs(arguments: Arguments<'_>, pools: &Pools, turn: usize) -> Value {
    // First each project alone: among several with an unknown one, timing would decide which others are looked up
    // before the failure.
    let projects = pools.projects.get(turn).map_or(pools.projects.as_slice(), std::slice::from_ref);
    pages(arguments)
        .always("project_name", some(projects))
        .always("limit", number(1, 120))
        .maybe(40, "page_number", number(0, 5))
        .maybe(15, "trace_id", one(&pools.traces))
        .maybe(20, "run_type", of(RUN_TYPES))
        .maybe(20, "error", of(&["true", "false", "maybe"]))
        .maybe(30, "is_root", flag)
        .maybe(20, "filter", of(FILTERS))
        .maybe(10, "trace_filter", of(FILTERS))
        .maybe(10, "tree_filter", of(FILTERS))
        .maybe(10, "reference_example_id", one(&pools.examples))
        .maybe(10, "order_by", of(&["-start_time"]))
        .done()
}

fn examples(arguments: Arguments<'_>, pools: &Pools) -> Value {
    arguments
        .maybe(60, "dataset_id", one(&pools.dataset_ids))
        .maybe(30, "dataset_name", one(&pools.datasets))
        .maybe(30, "example_ids", some(&pools.examples))
        .maybe(15, "metadata", of(METADATA))
        .maybe(15, "splits", of(&["train", "test", "[\"train\",\"test\"]", "base"]))
        .maybe(15, "inline_s3_urls", flag)
        .maybe(20, "include_attachments", flag)
        .maybe(20, "as_of", of(MOMENTS))
        .maybe(50, "limit", number(1, 120))
        .maybe(30, "offset", of(&["0", "2", "50"]))
        .maybe(15, "filter", of(EXAMPLE_FILTERS))
        .done()
}
