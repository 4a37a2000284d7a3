//! The members of a run: the same ones in the same order for every run, as clients of the older server know them, and
//! some more for `select`. A member without its columns is null.

use langsmith::{Received, Run};

use super::around::{Around, latency};
use super::member_json::{Json, received};
use super::value::{attachments, cost, cost_details, dotted_order, extra, time, time_without_zone};

/// A member of a run.
pub(super) struct Member {
    /// Its key.
    pub(super) name: &'static str,
    /// Its source columns, by LangSmith's names.
    pub(super) columns: &'static [&'static str],
    form: Source,
}

/// The source of a member's value.
#[derive(Clone, Copy)]
enum Source {
    /// The run alone.
    Run(for<'a> fn(&Run<'a>) -> RunMemberForm<'a>),
    /// The run and its context.
    Around(for<'a> fn(&Run<'a>, &Around) -> RunMemberForm<'a>),
}

impl Member {
    /// The form of its value.
    pub(super) fn form<'a>(&self, run: &Run<'a>, around: &Around) -> RunMemberForm<'a> {
        match self.form {
            Source::Run(form) => form(run),
            Source::Around(form) => form(run, around),
        }
    }

    /// The member of this name.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        MEMBERS.iter().chain(&MORE).find(|member| member.name == name)
    }
}

/// The form of a member in the answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RunMemberForm<'a> {
    /// Whole: ids, paths, numbers and other short values.
    Exact(Json<'a>),
    /// With long texts cut: texts by users and models.
    Free(Json<'a>),
    /// Whole, or as a preview if the run does not fit otherwise: lists that can grow long.
    Listed(Json<'a>),
}

use RunMemberForm::{Exact, Free, Listed};

impl RunMemberForm<'_> {
    /// Whether the value is empty.
    pub(super) fn is_empty(&self) -> bool {
        let (Exact(json) | Free(json) | Listed(json)) = self;
        matches!(json.get(), "null" | "\"\"" | "{}" | "[]")
    }
}

const fn member(
    name: &'static str,
    columns: &'static [&'static str],
    form: for<'a> fn(&Run<'a>) -> RunMemberForm<'a>,
) -> Member {
    Member { name, columns, form: Source::Run(form) }
}

const fn placed(
    name: &'static str,
    columns: &'static [&'static str],
    form: for<'a> fn(&Run<'a>, &Around) -> RunMemberForm<'a>,
) -> Member {
    Member { name, columns, form: Source::Around(form) }
}

/// Every member of a run as clients of the older server know it.
pub(super) static MEMBERS: [Member; 37] = [
    member("id", &["id"], |run| Exact(received(run.id))),
    member("name", &["name"], |run| Free(received(run.name))),
    member("start_time", &["start_time"], |run| Exact(time(run.start_time))),
    member("run_type", &["run_type"], |run| Exact(received(run.run_type))),
    member("end_time", &["end_time"], |run| Exact(time(run.end_time))),
    member("extra", &["extra"], |run| Free(extra(run))),
    member("error", &["error"], |run| Free(received(run.error))),
    member("serialized", &["serialized"], |run| Free(received(run.serialized))),
    member("events", &["events"], |run| Free(received(run.events))),
    member("inputs", &["inputs"], |run| Free(received(run.inputs.or(Some(Received::EMPTY))))),
    member("outputs", &["outputs"], |run| Free(received(run.outputs))),
    member("reference_example_id", &["reference_example_id"], |run| {
        Exact(received(run.reference_example_id))
    }),
    member("parent_run_id", &["parent_run_id"], |run| Exact(received(run.parent_run_id))),
    member("tags", &["tags"], |run| Free(received(run.tags))),
    member("attachments", &["s3_urls"], |run| Listed(attachments(run))),
    member("session_id", &["session_id"], |run| Exact(received(run.session_id))),
    member("child_run_ids", &["child_run_ids"], |run| Listed(received(run.child_run_ids))),
    member("child_runs", &[], |_| Exact(received(None))),
    member("feedback_stats", &["feedback_stats"], |run| Free(received(run.feedback_stats))),
    member("app_path", &["app_path"], |run| Exact(received(run.app_path))),
    member("manifest_id", &["manifest_id"], |run| Exact(received(run.manifest_id))),
    member("status", &["status"], |run| Exact(received(run.status))),
    member("prompt_tokens", &["prompt_tokens"], |run| Exact(received(run.prompt_tokens))),
    member("completion_tokens", &["completion_tokens"], |run| Exact(received(run.completion_tokens))),
    member("total_tokens", &["total_tokens"], |run| Exact(received(run.total_tokens))),
    member("prompt_token_details", &["prompt_token_details"], |run| {
        Listed(received(run.prompt_token_details))
    }),
    member("completion_token_details", &["completion_token_details"], |run| {
        Listed(received(run.completion_token_details))
    }),
    member("first_token_time", &["first_token_time"], |run| Exact(time_without_zone(run.first_token_time))),
    member("total_cost", &["total_cost"], |run| Exact(cost(run.total_cost))),
    member("prompt_cost", &["prompt_cost"], |run| Exact(cost(run.prompt_cost))),
    member("completion_cost", &["completion_cost"], |run| Exact(cost(run.completion_cost))),
    member("prompt_cost_details", &["prompt_cost_details"], |run| {
        Listed(cost_details(run.prompt_cost_details))
    }),
    member("completion_cost_details", &["completion_cost_details"], |run| {
        Listed(cost_details(run.completion_cost_details))
    }),
    member("parent_run_ids", &["parent_run_ids"], |run| Listed(received(run.parent_run_ids))),
    member("trace_id", &["trace_id"], |run| Exact(received(run.trace_id.or(run.id)))),
    member("dotted_order", &["dotted_order", "parent_run_id", "start_time"], |run| Exact(dotted_order(run))),
    member("in_dataset", &["in_dataset"], |run| Exact(received(run.in_dataset))),
];

/// Further members for `select`.
pub(super) static MORE: [Member; 3] = [
    member("latency", &["start_time", "end_time"], |run| Exact(latency(run))),
    placed("project_name", &["session_id"], |run, around| Exact(around.project_name(run))),
    placed("url", &["app_path"], |run, around| Exact(around.url(run))),
];
