//! A dataset, with its members in the order that clients of the older server know.

use langsmith::{Dataset, WorkspaceClient};
use serde_json::value::{RawValue, to_raw_value};

use crate::json::sink::Sink;
use crate::toolset::paging::members::MemberForm;
use crate::toolset::paging::{Item, Limits, members};
use crate::toolset::schema::tool_schema::{Parameter, any, text};

/// The data types of datasets.
pub(crate) const DATA_TYPES: [&str; 3] = ["kv", "llm", "chat"];

/// A dataset in an answer. A listing and a single read spell the zone of its last experiment differently.
pub(crate) struct DatasetItem<'a> {
    dataset: Dataset<'a>,
    zone: &'static str,
    /// The URL of its page, if known.
    url: Option<Box<RawValue>>,
}

impl<'a> DatasetItem<'a> {
    pub(crate) fn new(caller: &WorkspaceClient<'_>, dataset: Dataset<'a>, zone: &'static str) -> Self {
        let text = |json: &RawValue| serde_json::from_str::<String>(json.get()).ok();
        let page = || caller.dataset_page(&text(dataset.tenant_id?)?, &text(dataset.id)?);
        let url = page().and_then(|url| to_raw_value(&url).ok());
        Self { dataset, zone, url }
    }
}

impl Item for DatasetItem<'_> {
    fn write(&self, limits: Limits, sink: &mut impl Sink) {
        use MemberForm::{Exact, Free, Time};
        let dataset = &self.dataset;
        let mut members = vec![
            ("id", Exact(Some(dataset.id))),
            ("name", Free(dataset.name)),
            ("inputs_schema_definition", Free(dataset.inputs_schema_definition)),
            ("outputs_schema_definition", Free(dataset.outputs_schema_definition)),
            ("description", Free(dataset.description)),
            ("data_type", Exact(dataset.data_type)),
            ("example_count", Exact(dataset.example_count)),
            ("session_count", Exact(dataset.session_count)),
            ("created_at", Time(dataset.created_at, "+00:00")),
            ("modified_at", Time(dataset.modified_at, "+00:00")),
            ("last_session_start_time", Time(dataset.last_session_start_time, self.zone)),
        ];
        members.extend(self.url.as_deref().map(|url| ("url", Exact(Some(url)))));
        members::write(&members, limits, sink);
    }
}

/// The output schema of a dataset.
pub(crate) fn schema() -> Vec<Parameter> {
    vec![
        ("inputs_schema_definition", any("JSON Schema or null; likewise outputs_schema_definition.")),
        ("session_count", any("Number of experiments.")),
        ("url", text("Its web page, if known.")),
    ]
}
