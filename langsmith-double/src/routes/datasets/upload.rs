//! `POST /datasets/upload`: a dataset from a CSV file (RFC 4180). Description: a form with the file, the columns that
//! become inputs, outputs and metadata, and the other properties of a dataset. Assumed: every value is a string; a
//! missing column is refused with 422. The double does not accept JSONL.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::auth::Caller;
use crate::clock;
use crate::datasets::{Experiments, StoredExample, json as raw};
use crate::json::refused;
use crate::multipart::{Part, parts};
use crate::payload::Payload;
use crate::reply::{self, ApiError};
use crate::routes::datasets::dataset::NewDataset;
use crate::routes::examples::new_example::NewExample;
use crate::state::App;

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    payload: Payload,
) -> Result<Response, ApiError> {
    caller.may("datasets:create")?;
    let form = parts(&payload.headers, &payload.bytes)?;
    let file =
        form.iter().find(|part| part.name == "file").ok_or_else(|| refused("file", "Field required"))?;
    let table = Table::read(&to_text(&file.content))?;
    let examples = table.examples(&form)?;
    let new = dataset(&form, file)?;
    let workspace = caller.workspace.id;
    let (dataset, count) = app.world.datasets.write(clock::now(), |stock, at| {
        let dataset = new.stored(workspace, at)?;
        let stored = examples.into_iter().enumerate();
        let stored: Vec<StoredExample> = stored
            .map(|(position, new)| new.stored(&dataset, position, at))
            .collect::<Result<_, ApiError>>()?;
        let count = stored.len();
        stock.add_dataset(dataset.clone())?;
        stock.add_examples(stored, false)?;
        Ok::<_, ApiError>((dataset, count))
    })?;
    Ok(reply::value(StatusCode::OK, &dataset.wire(count, Experiments { count: 0, last: None })))
}

fn dataset(form: &[Part], file: &Part) -> Result<NewDataset, ApiError> {
    let mut members = Map::new();
    for name in ["id", "name", "description", "data_type"] {
        if let Some(part) = form.iter().find(|part| part.name == name) {
            members.insert(name.to_owned(), to_text(&part.content).into());
        }
    }
    for name in ["inputs_schema_definition", "outputs_schema_definition", "transformations"] {
        if let Some(part) = form.iter().find(|part| part.name == name) {
            members.insert(name.to_owned(), crate::json::body(&part.content)?);
        }
    }
    members.entry("name").or_insert_with(|| json!(file.file_name));
    serde_json::from_value(members.into()).map_err(|error| refused("body", &error.to_string()))
}

struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(text: &str) -> Result<Self, ApiError> {
        let mut rows = rows(text.trim_start_matches('\u{feff}')).into_iter();
        let columns = rows.next().ok_or_else(|| refused("file", "The file is empty"))?;
        let rows: Vec<Vec<String>> = rows.collect();
        match rows.iter().position(|row| row.len() != columns.len()) {
            None => Ok(Self { columns, rows }),
            Some(at) => Err(refused("file", &format!("Row {} has another number of columns", at + 2))),
        }
    }

    fn examples(&self, form: &[Part]) -> Result<Vec<NewExample>, ApiError> {
        let keys = |name: &str| -> Vec<String> {
            form.iter().filter(|part| part.name == name).map(|part| to_text(&part.content)).collect()
        };
        let (inputs, outputs, metadata) = (keys("input_keys"), keys("output_keys"), keys("metadata_keys"));
        if inputs.is_empty() {
            return Err(refused("input_keys", "Field required"));
        }
        let missing = |key: &&String| !self.columns.contains(key);
        if let Some(key) = inputs.iter().chain(&outputs).chain(&metadata).find(missing) {
            return Err(refused("input_keys", &format!("The file has no column {key:?}")));
        }
        let example = |row: &Vec<String>| NewExample {
            inputs: Some(raw(&self.members(row, &inputs).into())),
            outputs: (!outputs.is_empty()).then(|| raw(&self.members(row, &outputs).into())),
            metadata: Some(self.members(row, &metadata)),
            ..NewExample::default()
        };
        Ok(self.rows.iter().map(example).collect())
    }

    fn members(&self, row: &[String], keys: &[String]) -> Map<String, Value> {
        let cells = self.columns.iter().zip(row).filter(|(column, _)| keys.contains(column));
        cells.map(|(column, cell)| (column.clone(), cell.clone().into())).collect()
    }
}

fn to_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The rows of a CSV file. Cells may be in quotation marks, which are doubled within.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted && letters.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
    rows
}
