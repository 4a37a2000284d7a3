//! `POST /datasets/clone`: copies examples from one dataset to another. Description: all of them, or selected by
//! version, by splits or by their ids. Assumed: the answer is the copies.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use uuid::Uuid;

use crate::auth::Caller;
use crate::clock;
use crate::data::sample_id;
use crate::datasets::{AsOf, Columns, Splits, StoredExample, Version};
use crate::json::body;
use crate::reply::{self, ApiError};
use crate::state::App;

/// The source, the target and the selection of examples.
#[derive(Deserialize)]
struct Cloning {
    target_dataset_id: Uuid,
    source_dataset_id: Uuid,
    as_of: Option<String>,
    #[serde(default)]
    examples: Vec<Uuid>,
    split: Option<Splits>,
}

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    caller.may("datasets:update")?;
    let asked: Cloning = body(&bytes)?;
    let splits = asked.split.map(Splits::names).unwrap_or_default();
    let splits: Vec<&str> = splits.iter().map(String::as_str).collect();
    let target = asked.target_dataset_id;
    let copies = app.world.datasets.write(clock::now(), |stock, at| {
        stock.dataset(caller.workspace.id, target)?;
        let source = stock.dataset(caller.workspace.id, asked.source_dataset_id)?;
        let moment = source.resolve_as_of(&AsOf::parse(asked.as_of.as_deref()))?;
        let then = stock.examples(source.id).filter_map(|example| Some((example, example.at(moment)?)));
        let wanted = then.filter(|(example, version)| {
            (asked.examples.is_empty() || asked.examples.contains(&example.id))
                && (splits.is_empty() || version.is_in(&splits))
        });
        let copy = |(example, version): (&StoredExample, &Version)| StoredExample {
            id: sample_id(&format!("copy:{target}:{}:{at}", example.id)),
            dataset: target,
            created: at,
            source_run: example.source_run,
            versions: vec![Version { at, ..version.clone() }],
            deleted: None,
        };
        let copies: Vec<StoredExample> = wanted.map(copy).collect();
        stock.add_examples(copies.clone(), false)?;
        Ok::<_, ApiError>(copies)
    })?;
    let wire = |copy: &StoredExample| Some(copy.wire(copy.latest()?, Columns::ALL, &app.base));
    let wires: Vec<String> = copies.iter().filter_map(wire).collect();
    Ok(reply::raw(reply::array(wires.iter().map(String::as_str))))
}
