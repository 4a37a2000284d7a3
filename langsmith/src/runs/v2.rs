//! `POST /v2/runs/query`. Differs in field names, capitals, a default time window of one day, and in having no order
//! but newest first.
//!
//! Its OpenAPI description requires the workspace beside an API key, and the window should begin with the project, as
//! in LangChain's own SDK. For a key without a workspace, that of the project is sent, which owns the runs, and if it
//! is unknown, the key's default workspace.

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use time::Duration;
use time::format_description::well_known::Rfc3339;

use super::{Order, Run, RunQuery};
use crate::json::long_list::bounded;
use crate::json::scan::{list_named, members};
use crate::projects::project_facts::ProjectFacts;
use crate::transport::body::borrowed;
use crate::{Received, UpstreamError, WorkspaceClient};

const PATH: &str = "/v2/runs/query";

/// Earlier than any run: the lower bound for runs of any age, and for a project whose start is unknown because
/// LangSmith does not list it. Without a lower bound the API would search the last day only.
const BEGINNING: &str = "1970-01-01T00:00:00Z";

/// The request body; absent parameters are not sent.
#[derive(Serialize)]
pub(super) struct Body<'q> {
    project_ids: &'q [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    ids: Option<&'q [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_examples: Option<&'q [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<&'q str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_filter: Option<&'q str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tree_filter: Option<&'q str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_root: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_error: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'q str>,
    min_start_time: Cow<'q, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_start_time: Option<Cow<'q, str>>,
    page_size: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'q str>,
    selects: Vec<String>,
}

impl<'q> Body<'q> {
    /// The body for the same query; an error for the order oldest first, which this API lacks.
    pub(super) fn new(query: &'q RunQuery<'q>) -> Result<Self, UpstreamError> {
        if query.order == Order::Asc {
            return Err(UpstreamError::Unsupported("lists runs newest first only: leave order_by out"));
        }
        Ok(Self {
            project_ids: query.projects,
            ids: query.ids,
            run_type: query.run_type.map(str::to_uppercase),
            reference_examples: query.reference_example,
            filter: query.filter,
            trace_filter: query.trace_filter,
            tree_filter: query.tree_filter,
            is_root: query.is_root,
            has_error: query.error,
            trace_id: query.trace,
            min_start_time: Cow::Borrowed(query.start_time.unwrap_or(BEGINNING)),
            max_start_time: query.end_time.map(Cow::Borrowed),
            page_size: query.limit,
            cursor: query.cursor.as_ref().and_then(|cursor| cursor.after.as_deref()),
            selects: selects(query.select),
        })
    }
}

impl WorkspaceClient<'_> {
    /// The second backend's answer to a query, and the lower bound for start times (RFC 3339), if one was derived.
    pub(super) async fn second_runs(
        &self,
        query: &RunQuery<'_>,
    ) -> Result<(Bytes, Option<String>), UpstreamError> {
        let mut body = Body::new(query)?;
        let needs_none = query.start_time.is_some() && self.workspace().is_some();
        let facts = if needs_none { ProjectFacts::default() } else { self.facts(query.projects).await };
        let since = facts.since.filter(|_| query.start_time.is_none() && !query.any_age);
        let since = since.and_then(|since| since.format(&Rfc3339).ok());
        if let Some(since) = &since {
            body.min_start_time = Cow::Owned(since.clone());
        }
        if query.ids.is_some() && query.end_time.is_none() {
            body.max_start_time = self.tomorrow();
        }
        let workspace = match (self.workspace(), facts.workspace) {
            (Some(_), _) => None,
            (None, Some(workspace)) => Some(workspace),
            (None, None) => self.own_workspace().await,
        };
        let caller = workspace.as_ref().map_or(*self, |workspace| self.in_workspace(workspace));
        let body = caller.post_query(PATH, &body).await?;
        Ok((body, since))
    }

    /// The upper bound for start times in a query by run ids. The default is the current time of LangSmith's clock, by
    /// which a run recorded just now may lie in the future.
    fn tomorrow(&self) -> Option<Cow<'static, str>> {
        self.now().checked_add(Duration::DAY)?.format(&Rfc3339).ok().map(Cow::Owned)
    }
}

/// This API's columns for these columns of the first one, without duplicates.
fn selects(columns: &[&str]) -> Vec<String> {
    let mut selects: Vec<String> = Vec::new();
    for select in columns.iter().flat_map(|column| selects_of(column)) {
        if !selects.contains(&select) {
            selects.push(select);
        }
    }
    selects
}

/// This API's columns for one column of the first one: mostly the same name in capitals.
fn selects_of(column: &str) -> Vec<String> {
    match column {
        "session_id" => vec!["PROJECT_ID".into()],
        "parent_run_id" => vec!["PARENT_RUN_IDS".into()],
        "s3_urls" => vec!["ATTACHMENTS".into()],
        "in_dataset" => vec!["IS_IN_DATASET".into()],
        "serialized" => vec!["MANIFEST".into()],
        "extra" => vec!["EXTRA".into(), "METADATA".into()],
        "manifest_id" | "child_run_ids" => Vec::new(),
        same => vec![same.to_uppercase()],
    }
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, deserialize_with = "bounded::<_, Item<'_>, _>")]
    items: Vec<Run<'a>>,
    #[serde(default)]
    next_cursor: Option<String>,
}

macro_rules! item {
    ($($field:ident),*; $($own:ident),* $(,)?) => {
        /// A run as this API sends it: the first group of fields is shared with the first API, the rest is its own.
        #[derive(Default, Deserialize)]
        struct Item<'a> {
            $(#[serde(borrow, default)] $field: Option<Received<'a>>,)*
            $(#[serde(borrow, default)] $own: Option<Received<'a>>,)*
        }

        members!(Item: $($field,)* $($own),*);

        impl<'a> From<Item<'a>> for Run<'a> {
            fn from(item: Item<'a>) -> Self {
                Self { $($field: item.$field,)* ..own(&item) }
            }
        }
    };
}

item! {
    id, name, start_time, end_time, extra, error, events, inputs, outputs, reference_example_id, tags, feedback_stats,
    app_path, prompt_tokens, completion_tokens, total_tokens, first_token_time, total_cost, prompt_cost,
    completion_cost, parent_run_ids, trace_id, dotted_order, metadata, attachments;
    run_type, status, project_id, manifest, is_in_dataset, prompt_token_details, completion_token_details,
    prompt_cost_details, completion_cost_details,
}

/// The fields with other names or values in the first API.
fn own<'a>(item: &Item<'a>) -> Run<'a> {
    Run {
        run_type: item.run_type.map(lower),
        status: item.status.map(lower),
        session_id: item.project_id,
        serialized: item.manifest,
        in_dataset: item.is_in_dataset,
        parent_run_id: item.parent_run_ids.and_then(last),
        prompt_token_details: item.prompt_token_details.and_then(nested),
        completion_token_details: item.completion_token_details.and_then(nested),
        prompt_cost_details: item.prompt_cost_details.and_then(nested),
        completion_cost_details: item.completion_cost_details.and_then(nested),
        ..Run::default()
    }
}

/// The values that this API sends in capitals, and those of the first API.
const WORDS: [(&str, &str); 10] = [
    (r#""TOOL""#, r#""tool""#),
    (r#""CHAIN""#, r#""chain""#),
    (r#""LLM""#, r#""llm""#),
    (r#""RETRIEVER""#, r#""retriever""#),
    (r#""EMBEDDING""#, r#""embedding""#),
    (r#""PROMPT""#, r#""prompt""#),
    (r#""PARSER""#, r#""parser""#),
    (r#""SUCCESS""#, r#""success""#),
    (r#""ERROR""#, r#""error""#),
    (r#""PENDING""#, r#""pending""#),
];

fn lower(word: Received<'_>) -> Received<'_> {
    let known = WORDS.iter().find(|(capitals, _)| *capitals == word.get());
    known.and_then(|(_, lower)| serde_json::from_str(lower).ok()).unwrap_or(word)
}

/// The direct parent is the last of the ancestors.
fn last(ancestors: Received<'_>) -> Option<Received<'_>> {
    serde_json::from_str::<Vec<Received<'_>>>(ancestors.get()).ok()?.pop()
}

/// The details themselves, which are nested one level deeper in this API.
fn nested(details: Received<'_>) -> Option<Received<'_>> {
    #[derive(Deserialize)]
    struct Details<'a> {
        #[serde(borrow, default)]
        raw: Option<Received<'a>>,
    }
    serde_json::from_str::<Details<'_>>(details.get()).ok()?.raw
}

/// The runs of an answer, and the cursor of the next page.
pub(super) fn split(body: &[u8]) -> Result<(Vec<Run<'_>>, Option<String>), UpstreamError> {
    let (items, next) = if let Some((items, next)) = list_named::<Item<'_>, _>(body, "items", "next_cursor") {
        (items, next.map(|next| borrowed(next.get().as_bytes())).transpose()?)
    } else {
        let Answer { items, next_cursor } = borrowed(body)?;
        (items, next_cursor)
    };
    let next = next.filter(|next: &String| !next.is_empty());
    Ok((items, next))
}
