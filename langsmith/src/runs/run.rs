//! A run, whose fields stay slices of the received bytes until they are needed.

use serde::Deserialize;

use crate::Received;
use crate::json::scan::members;

macro_rules! run {
    ($($field:ident),* $(,)?) => {
        /// A run. Each field is the JSON that LangSmith sent, and `None` when it was absent or null.
        #[derive(Clone, Copy, Debug, Default, Deserialize)]
        #[expect(missing_docs, reason = "the fields are LangSmith's, named as its API names them")]
        pub struct Run<'a> {
            $(#[serde(borrow, default)] pub $field: Option<Received<'a>>,)*
            /// The metadata, if sent beside `extra` and not in it.
            #[serde(skip)]
            pub metadata: Option<Received<'a>>,
            /// Attachment download links by name, if sent as such and not in `s3_urls`.
            #[serde(skip)]
            pub attachments: Option<Received<'a>>,
        }

        members!(Run: $($field),*);
    };
}

run! {
    id, name, start_time, run_type, end_time, extra, error, serialized, events, inputs, outputs, reference_example_id,
    parent_run_id, tags, s3_urls, session_id, child_run_ids, feedback_stats, app_path, manifest_id, status,
    prompt_tokens, completion_tokens, total_tokens, prompt_token_details, completion_token_details, first_token_time,
    total_cost, prompt_cost, completion_cost, prompt_cost_details, completion_cost_details, parent_run_ids, trace_id,
    dotted_order, in_dataset,
}
