//! `update_examples`: changes one or several examples, or makes examples from runs; without arguments, a guide.

mod add;
mod request;

use std::collections::{BTreeMap, BTreeSet};

use langsmith::{ExampleUpdate, UpstreamError, WorkspaceClient};
use serde::Serialize;
use uuid::Uuid;

use self::request::{MAX_UPDATES, Request, Update};
use super::example_lookup::find_examples;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::names::first_few;
use crate::toolset::schema::entry::entries;
use crate::toolset::schema::tool_schema::{Effect, any, input, integer, object, output, text, texts, writer};
use crate::toolset::{CallError, CallResult, Descriptor, Output, ToolError};
use crate::toolsets::langsmith::partial;
use crate::toolsets::langsmith::workspace_tool::WorkspaceTool;

pub(crate) struct UpdateExamples;

const GUIDE: &str = include_str!("guide.md");

const DESCRIPTION: &str = "Change examples: one by example_id, or many by updates. Omitted values stay; \
    given ones \
replace the old. Without arguments: a guide.";

impl WorkspaceTool for UpdateExamples {
    type Request = Request;
    const WRITES: bool = true;

    fn describe(&self) -> Descriptor {
        let parameters = vec![
            ("example_id", text("UUID of the one example to change.")),
            ("inputs", object("Its new inputs.")),
            ("outputs", object("Its new reference outputs.")),
            ("metadata", object("Its new labels.")),
            ("split", texts("Its new splits, instead of the old ones.")),
            ("updates", entries("Or changes to several examples.", MAX_UPDATES, request::members())),
            ("source_run_ids", texts("Or runs to add to a dataset as examples, at most 100.")),
            ("dataset_id", text("UUID of the dataset for source_run_ids.")),
            ("dataset_name", text("Or its name.")),
        ];
        let members = vec![
            ("updated", integer("How many examples were changed.")),
            ("example_ids", any("UUIDs of the call's examples, in order.")),
            ("result", text("The guide, without arguments.")),
        ];
        let names = ("update_examples", "Update examples");
        writer(names, Effect::Overwrites, DESCRIPTION, input(&[], parameters), output(members))
    }

    fn parse(&self, arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
        request::parse(arguments)
    }

    async fn run(&self, caller: WorkspaceClient<'_>, request: Request) -> CallResult {
        match request {
            Request::Guide => Ok(Output::document(GUIDE)),
            Request::Update(updates) => {
                change(&caller, &updates).await?;
                let example_ids: Vec<Uuid> = updates.iter().map(|update| update.id).collect();
                Ok(Output::data(&Report { updated: example_ids.len(), example_ids, added: None }))
            }
            Request::Add(dataset, runs) => {
                let filled = add::add(&caller, dataset, runs).await?;
                let added = Added { examples_created: filled.created, examples_existing: filled.existing };
                Ok(Output::data(&Report { updated: 0, example_ids: filled.ids, added: Some(added) }))
            }
        }
    }
}

#[derive(Serialize)]
struct Report {
    updated: usize,
    example_ids: Vec<Uuid>,
    #[serde(flatten)]
    added: Option<Added>,
}

#[derive(Serialize)]
struct Added {
    examples_created: usize,
    examples_existing: usize,
}

/// Changes all examples, after a check that each exists. The examples of one dataset change in one request.
async fn change(caller: &WorkspaceClient<'_>, updates: &[Update]) -> Result<(), CallError> {
    let by_dataset = sorted(caller, updates).await?;
    let (count, mut done) = (by_dataset.len(), 0);
    for (dataset, part) in by_dataset {
        if let Err(error) = caller.update_examples(&part).await {
            return Err(if count == 1 { error.into() } else { unfinished(&error, dataset, done) });
        }
        done += part.len();
    }
    Ok(())
}

async fn sorted<'u>(
    caller: &WorkspaceClient<'_>,
    updates: &'u [Update],
) -> Result<BTreeMap<Uuid, Vec<ExampleUpdate<'u>>>, CallError> {
    let ids: Vec<Uuid> = updates.iter().map(|update| update.id).collect();
    let known = find_examples(caller, &ids, None).await?;
    let mut by_dataset: BTreeMap<Uuid, Vec<ExampleUpdate<'u>>> = BTreeMap::new();
    let mut unknown = BTreeSet::new();
    for update in updates {
        match known.get(&update.id) {
            Some(example) => by_dataset.entry(example.dataset).or_default().push(update.wire()),
            None => {
                unknown.insert(update.id);
            }
        }
    }
    if unknown.is_empty() {
        return Ok(by_dataset);
    }
    let message = format!("Example {} not found. Nothing was changed.", first_few(&unknown));
    Err(ToolError::not_found(message).into())
}

fn unfinished(error: &UpstreamError, dataset: Uuid, done: usize) -> CallError {
    let done = format!(
        "{done} examples of other datasets were changed; those of dataset {dataset} and of the datasets after \
         it may not have been. Call again with the same arguments: the result is the same."
    );
    partial::after(error, &done)
}
