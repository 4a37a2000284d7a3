//! The columns of a run. Description: `RunSelect`, in its order, and the default of `select`. Assumed: the id is always
//! included.

/// Every name that `select` accepts.
pub(crate) const COLUMNS: [&str; 60] = [
    "id",
    "name",
    "run_type",
    "start_time",
    "end_time",
    "status",
    "error",
    "extra",
    "events",
    "inputs",
    "inputs_preview",
    "inputs_s3_urls",
    "inputs_or_signed_url",
    "outputs",
    "outputs_preview",
    "outputs_s3_urls",
    "outputs_or_signed_url",
    "s3_urls",
    "error_or_signed_url",
    "events_or_signed_url",
    "extra_or_signed_url",
    "serialized_or_signed_url",
    "parent_run_id",
    "manifest_id",
    "manifest_s3_id",
    "manifest",
    "session_id",
    "serialized",
    "reference_example_id",
    "reference_dataset_id",
    "total_tokens",
    "prompt_tokens",
    "prompt_token_details",
    "completion_tokens",
    "completion_token_details",
    "total_cost",
    "prompt_cost",
    "prompt_cost_details",
    "completion_cost",
    "completion_cost_details",
    "price_model_id",
    "first_token_time",
    "trace_id",
    "dotted_order",
    "last_queued_at",
    "feedback_stats",
    "child_run_ids",
    "parent_run_ids",
    "tags",
    "in_dataset",
    "app_path",
    "share_token",
    "trace_tier",
    "trace_first_received_at",
    "ttl_seconds",
    "trace_upgrade",
    "thread_id",
    "trace_min_max_start_time",
    "messages",
    "inserted_at",
];

/// The columns left out by a query without `select`.
const NOT_BY_DEFAULT: [&str; 15] = [
    "inputs_preview",
    "inputs_s3_urls",
    "inputs_or_signed_url",
    "outputs_preview",
    "outputs_s3_urls",
    "outputs_or_signed_url",
    "s3_urls",
    "error_or_signed_url",
    "events_or_signed_url",
    "extra_or_signed_url",
    "serialized_or_signed_url",
    "child_run_ids",
    "trace_min_max_start_time",
    "messages",
    "inserted_at",
];

/// A set of columns, in the order of [`COLUMNS`]. It always includes the id, as on the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selection(Vec<usize>);

impl Selection {
    /// Parses `select`; the error is the first unknown name.
    pub(crate) fn parse(names: &[String]) -> Result<Self, &str> {
        let mut columns = vec![0];
        for name in names {
            let index = COLUMNS.iter().position(|column| column == name).ok_or(name.as_str())?;
            columns.push(index);
        }
        columns.sort_unstable();
        columns.dedup();
        Ok(Self(columns))
    }

    /// The columns of a query without `select`.
    pub(crate) fn by_default() -> Self {
        let included = |name: &&str| !NOT_BY_DEFAULT.contains(name);
        Self(COLUMNS.iter().enumerate().filter(|(_, name)| included(name)).map(|(index, _)| index).collect())
    }

    /// The columns of a query without `select`, but with previews in place of inputs and outputs.
    pub(crate) fn previews() -> Self {
        let mut indices = Self::by_default().0;
        for (whole, preview) in [("inputs", "inputs_preview"), ("outputs", "outputs_preview")] {
            let at = |name: &str| COLUMNS.iter().position(|column| *column == name);
            indices.retain(|index| Some(*index) != at(whole));
            indices.extend(at(preview));
        }
        indices.sort_unstable();
        Self(indices)
    }

    /// Every column.
    pub(crate) fn all() -> Self {
        Self((0..COLUMNS.len()).collect())
    }

    /// The positions in [`COLUMNS`].
    pub(crate) fn indices(&self) -> &[usize] {
        &self.0
    }
}
