//! What a push answers.

use serde::Serialize;

use super::gone::Gone;
use super::names;
use super::plan::Plan;

/// What was done; or, of a dry run, what a push would do.
#[derive(Debug, Default, Serialize)]
pub(super) struct Pushed {
    pub(super) status: Status,
    pub(super) prompt_name: String,
    /// Unknown of a commit that is not made yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) commit_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent_commit_hash: Option<String>,
    /// The details that were written to a prompt that existed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) updated: Vec<&'static str>,
    /// The names that were given to the commit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) commit_tags: Vec<String>,
    /// What the new commit has from the one before, besides its messages or its text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) kept: Vec<String>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) kept_left_out: usize,
    /// What it has no longer.
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
    /// The same, with what stays and what goes, as far as an answer has room for it.
    pub(super) fn with(self, plan: &Plan) -> Self {
        Self {
            kept: names::shown(&plan.kept),
            kept_left_out: names::left_out(plan.kept.len()),
            dropped: names::shown(&plan.dropped),
            dropped_left_out: names::left_out(plan.dropped.len()),
            gone: plan.gone.clone(),
            ..self
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
pub(super) fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// What only a dry run says.
#[derive(Debug, Serialize)]
pub(super) struct DryRun {
    /// Always true.
    pub(super) dry_run: bool,
    /// The class of the prompt.
    pub(super) manifest_type: String,
    pub(super) input_variables: Vec<String>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) input_variables_left_out: usize,
    /// Why the push would be refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refused: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// There was no prompt of this name.
    Created,
    /// A commit was added to a prompt.
    Committed,
    /// The newest commit is this prompt already.
    #[default]
    Unchanged,
    /// Of a dry run: the push would be an error.
    Refused,
}
