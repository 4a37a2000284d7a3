//! `/v1/platform/datasets/{id}/examples`: examples as multipart forms, and `/v1/platform/datasets/examples/delete`.
//! Description: `{id}`, `{id}.inputs`, `{id}.outputs`, `{id}.attachments_operations`; a file is
//! `{id}.attachments.{name}` there and `{id}.attachment.{name}` in LangChain's SDK. An upload is atomic. Assumed: other
//! names are refused with 422.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::attachment::Attachment;
use crate::auth::Caller;
use crate::clock;
use crate::data::moment::zoned;
use crate::datasets::{AttachmentsOperations, ExampleUpdate, Json};
use crate::faults::Partly;
use crate::json::{body, refused};
use crate::multipart::{Part, parts};
use crate::payload::Payload;
use crate::reply::{self, ApiError};
use crate::routes::examples::example::{fill, next_versions, stored};
use crate::routes::examples::new_example::NewExample;
use crate::routes::lookup::change_dataset;
use crate::routes::runs::ingest::Refused;
use crate::state::App;

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    partly: Option<Extension<Partly>>,
    payload: Payload,
) -> Result<Response, Refused> {
    let drafts = drafts(&payload)?;
    let ids: Vec<Uuid> = drafts.iter().map(|(id, _)| *id).collect();
    let mut new: Vec<NewExample> =
        drafts.into_iter().map(|(id, draft)| draft.example(id)).collect::<Result<_, ApiError>>()?;
    fill(&app, &caller, &mut new)?;
    let at = change_dataset(&app, &caller, &id, |stock, id, at| {
        for example in &mut new {
            example.dataset_id = Some(id);
        }
        let examples = stored(stock, caller.workspace.id, new, at)?;
        stock.add_examples(examples, partly.is_some())?;
        Ok(at)
    })?;
    Ok(changed(&ids, at))
}

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    payload: Payload,
) -> Result<Response, Refused> {
    let drafts = drafts(&payload)?;
    let ids: Vec<Uuid> = drafts.iter().map(|(id, _)| *id).collect();
    let updates: Vec<ExampleUpdate> =
        drafts.into_iter().map(|(id, draft)| draft.update(id)).collect::<Result<_, ApiError>>()?;
    let at = change_dataset(&app, &caller, &id, |stock, dataset, at| {
        let updates = updates.into_iter().map(|update| ExampleUpdate { dataset_id: Some(dataset), ..update });
        let versions = next_versions(stock, caller.workspace.id, updates, at)?;
        stock.add_versions(versions);
        Ok(at)
    })?;
    Ok(changed(&ids, at))
}

/// `examples.DeleteExamplesRequest`.
#[derive(Deserialize)]
struct Deletion {
    example_ids: Vec<Uuid>,
    hard_delete: bool,
}

/// Removes the content of examples from every version (`hard_delete`), or the examples only from the newest state.
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, Refused> {
    caller.may("datasets:delete")?;
    let Deletion { example_ids, hard_delete } = body(&bytes)?;
    let workspace = caller.workspace.id;
    app.world.datasets.write(clock::now(), |stock, at| {
        example_ids.iter().try_for_each(|id| stock.example(workspace, *id).map(|_| ()))?;
        example_ids.iter().try_for_each(|id| {
            if hard_delete {
                stock.erase_example(workspace, *id)
            } else {
                stock.delete_example(workspace, *id, at)
            }
        })
    })?;
    Ok(reply::value(StatusCode::OK, &json!({"count": example_ids.len(), "example_ids": example_ids})))
}

/// `examples.ExamplesCreatedResponse`.
fn changed(ids: &[Uuid], at: OffsetDateTime) -> Response {
    reply::value(StatusCode::CREATED, &json!({"as_of": zoned(at), "count": ids.len(), "example_ids": ids}))
}

/// The parts of one example.
#[derive(Default)]
struct Draft {
    /// The position of the first part.
    position: usize,
    own: Option<Bytes>,
    inputs: Option<Json>,
    outputs: Option<Json>,
    operations: Option<AttachmentsOperations>,
    attachments: Vec<Attachment>,
}

/// The examples of a form, in the order of their first parts.
fn drafts(payload: &Payload) -> Result<Vec<(Uuid, Draft)>, ApiError> {
    let mut drafts: BTreeMap<Uuid, Draft> = BTreeMap::new();
    for part in parts(&payload.headers, &payload.bytes)? {
        let name = part.name.clone();
        let (id, field) = name.split_once('.').map_or((name.as_str(), None), |(id, field)| (id, Some(field)));
        let id = Uuid::try_parse(id).map_err(|_| refused(&name, "Input should be a valid UUID"))?;
        let position = drafts.len();
        drafts.entry(id).or_insert_with(|| Draft { position, ..Draft::default() }).add(field, part)?;
    }
    let mut drafts: Vec<(Uuid, Draft)> = drafts.into_iter().collect();
    drafts.sort_by_key(|(_, draft)| draft.position);
    Ok(drafts)
}

impl Draft {
    fn add(&mut self, field: Option<&str>, part: Part) -> Result<(), ApiError> {
        match field {
            None => self.own = Some(part.content),
            Some("inputs") => self.inputs = body(&part.content)?,
            Some("outputs") => self.outputs = body(&part.content)?,
            Some("attachments_operations") => self.operations = body(&part.content)?,
            Some(field) => {
                let file = field.strip_prefix("attachment.").or_else(|| field.strip_prefix("attachments."));
                let file = file.ok_or_else(|| refused(&part.name, "unknown part"))?.to_owned();
                self.attachments.push(Attachment::of(&file, part));
            }
        }
        Ok(())
    }

    fn own(&self, id: Uuid) -> Result<&[u8], ApiError> {
        self.own.as_deref().ok_or_else(|| refused(&id.to_string(), "Field required"))
    }

    fn example(self, id: Uuid) -> Result<NewExample, ApiError> {
        let own: NewExample = body(self.own(id)?)?;
        let (inputs, outputs) = (self.inputs.or(own.inputs), self.outputs.or(own.outputs));
        Ok(NewExample { id: Some(id), inputs, outputs, attachments: self.attachments, ..own })
    }

    fn update(self, id: Uuid) -> Result<ExampleUpdate, ApiError> {
        let own: ExampleUpdate = body(self.own(id)?)?;
        Ok(ExampleUpdate {
            id: Some(id),
            inputs: self.inputs.or(own.inputs),
            outputs: self.outputs.or(own.outputs),
            attachments_operations: self.operations.or(own.attachments_operations),
            attachments: self.attachments,
            ..own
        })
    }
}
