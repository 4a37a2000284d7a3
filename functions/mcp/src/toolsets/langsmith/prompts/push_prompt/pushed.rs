//! The answer to a push.

use serde::Serialize;

use super::gone::{Gone, is_zero};
use super::names;
use super::plan::Plan;

/// The result of a push or, for a dry run, its preview.
#[derive(Debug, Default, Serialize)]
pub(super) struct Pushed {
    pub(super) status: Status,
    pub(super) prompt_name: String,
    /// Absent for a future commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) commit_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent_commit_hash: Option<String>,
    /// The changed details of an existing prompt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) updated: Vec<&'static str>,
    /// The names given to the commit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) commit_tags: Vec<String>,
    /// Kept parts of the previous commit, other than its messages or its text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) kept: Vec<String>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) kept_left_out: usize,
    /// Lost parts, and then the non-text members of replaced messages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) dropped: Vec<String>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) dropped_left_out: usize,
    #[serde(flatten)]
    pub(super) gone: Gone,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    #[serde(flatten)]
    pub(super) dry_run: Option<DryRun>,
}

impl Pushed {
    /// The same answer with the kept and the lost parts, as far as there is room.
    pub(super) fn with(self, plan: &Plan) -> Self {
        let dropped: Vec<&String> = plan.dropped.iter().chain(&plan.gone.members).collect();
        Self {
            kept: names::first_names(&plan.kept),
            kept_left_out: names::left_out(plan.kept.len()),
            dropped_left_out: names::left_out(dropped.len()),
            dropped: names::first_names(dropped),
            gone: plan.gone.clone(),
            ..self
        }
    }
}

/// Members of a dry run.
#[derive(Debug, Serialize)]
pub(super) struct DryRun {
    /// Always true.
    pub(super) dry_run: bool,
    /// The class of the prompt.
    pub(super) manifest_type: String,
    pub(super) input_variables: Vec<String>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) input_variables_left_out: usize,
    /// The reason for a refusal of the push.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refused: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// The prompt did not exist before.
    Created,
    /// A commit was added to a prompt.
    Committed,
    /// The newest commit already is this prompt.
    #[default]
    Unchanged,
    /// Of a dry run: the push would fail.
    Refused,
}
