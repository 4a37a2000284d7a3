//! The arguments of `update_examples`.

use std::collections::BTreeSet;

use langsmith::ExampleUpdate;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::toolset::ToolError;
use crate::toolset::arguments::errors::missing;
use crate::toolset::arguments::free_form::{Entries, entries, object_or_empty, splits, uuid, uuids};
use crate::toolset::arguments::placeholders::{EmptyForm, MayBeEmpty};
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::schema::tool_schema::{Parameter, names, object, text, texts};
use crate::toolsets::langsmith::datasets::create_dataset::additions::MAX_RUNS;
use crate::toolsets::langsmith::datasets::dataset_ref::{Both, DatasetRef};

/// The maximum number of changes in one call.
pub(super) const MAX_UPDATES: usize = 200;

/// The parsed call: the guide, or the write.
pub(crate) enum Request {
    /// The guide.
    Guide,
    /// Changes: at least one, and no example twice.
    Update(Vec<Update>),
    /// Examples made from runs: at least one.
    Add(DatasetRef, Vec<Uuid>),
}

/// A change of one example.
pub(crate) struct Update {
    pub(super) id: Uuid,
    values: Values,
}

/// The new values of an example; absent ones stay unchanged.
struct Values {
    inputs: Option<Box<RawValue>>,
    outputs: Option<Box<RawValue>>,
    metadata: Option<Box<RawValue>>,
    split: Option<Vec<String>>,
}

impl Update {
    /// The sent form of the update.
    pub(super) fn wire(&self) -> ExampleUpdate<'_> {
        ExampleUpdate {
            id: self.id,
            inputs: self.values.inputs.as_deref(),
            outputs: self.values.outputs.as_deref(),
            metadata: self.values.metadata.as_deref(),
            split: self.values.split.as_deref(),
        }
    }
}

impl Values {
    fn is_empty(&self) -> bool {
        self.inputs.is_none() && self.outputs.is_none() && self.metadata.is_none() && self.split.is_none()
    }
}

/// An empty value removes the stored one.
const MAY_BE_EMPTY: MayBeEmpty =
    &[("inputs", EmptyForm::Object), ("metadata", EmptyForm::Object), ("outputs", EmptyForm::Object)];

/// The same beside other new values: there, empty inputs are filled in, because an example without inputs is of no use.
const BESIDE_OTHERS: MayBeEmpty = &[("metadata", EmptyForm::Object), ("outputs", EmptyForm::Object)];

/// Takes the arguments.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
    arguments.set_may_be_empty(may_be_empty(arguments));
    let guide = arguments.say_nothing(&[]);
    let added = added(arguments)?;
    let many = entries(arguments, updates(&names(&members())), update)?;
    if !guide && added.is_none() && many.is_none() {
        return Ok(Request::Update(vec![update(arguments)?]));
    }
    let (id, alone) = id_and_values(arguments)?;
    // They could only belong to a single example, and none is named.
    arguments.ignored.take_back(&["inputs", "outputs", "metadata"]);
    let is_one = id.is_some() || !alone.is_empty();
    match (added, many) {
        (None, None) => Ok(Request::Guide),
        (Some((dataset, runs)), None) if !is_one => Ok(Request::Add(dataset, runs)),
        (None, Some(many)) if !is_one => distinct(many),
        _ => Err(ToolError::invalid(
            "Give only one of these in a call: updates, source_run_ids, or example_id with its new values.",
        )),
    }
}

fn updates<'m>(members: &'m [&'m str]) -> Entries<'m> {
    Entries { name: "updates", most: MAX_UPDATES, members, may_be_empty }
}

/// The source runs, and the dataset of the new examples.
fn added(arguments: &mut Arguments<'_>) -> Result<Option<(DatasetRef, Vec<Uuid>)>, ToolError> {
    let runs = uuids(arguments, ("source_run_ids", MAX_RUNS))?;
    let dataset = DatasetRef::parse(arguments, ("dataset_id", "dataset_name"))?
        .map_err(|Both| ToolError::invalid("Give either dataset_id or dataset_name, not both."))?;
    match (dataset, runs.is_empty()) {
        (None, true) => Ok(None),
        (Some(dataset), false) => Ok(Some((dataset, runs))),
        (None, false) => Err(ToolError::invalid(
            "source_run_ids need dataset_id or dataset_name: the dataset that the examples are added to.",
        )),
        (Some(_), true) => Err(ToolError::invalid(
            "dataset_id and dataset_name go with source_run_ids only: example_id alone identifies an example.",
        )),
    }
}

fn distinct(many: Vec<Update>) -> Result<Request, ToolError> {
    let mut seen = BTreeSet::new();
    match many.iter().find(|update| !seen.insert(update.id)) {
        None => Ok(Request::Update(many)),
        Some(twice) => Err(ToolError::invalid(format!("updates: example_id {} appears twice.", twice.id))),
    }
}

/// The members of one update.
pub(super) fn members() -> Vec<Parameter> {
    vec![
        ("example_id", text("UUID.")),
        ("inputs", object("New inputs.")),
        ("outputs", object("New outputs.")),
        ("metadata", object("New labels.")),
        ("split", texts("New splits.")),
    ]
}

/// A complete change of one example.
fn update(members: &mut Arguments<'_>) -> Result<Update, ToolError> {
    let (id, values) = id_and_values(members)?;
    let id = id.ok_or_else(|| missing("example_id"))?;
    if values.is_empty() {
        return Err(ToolError::invalid("Nothing to change: give inputs, outputs, metadata or split."));
    }
    Ok(Update { id, values })
}

/// The members of a change with a meaningful empty form.
fn may_be_empty(members: &Arguments<'_>) -> MayBeEmpty {
    let is_other = |name: &str| ["metadata", "outputs", "split"].contains(&name);
    let gives_others = members.remaining().any(|(name, value)| is_other(name) && value.get() != "null");
    if gives_others { BESIDE_OTHERS } else { MAY_BE_EMPTY }
}

fn id_and_values(members: &mut Arguments<'_>) -> Result<(Option<Uuid>, Values), ToolError> {
    let id = uuid(members, "example_id")?;
    let is_alone = may_be_empty(members) == MAY_BE_EMPTY;
    let inputs = object_or_empty(members, "inputs")?;
    if !is_alone && inputs.is_none() {
        members.ignored.set_beside("inputs");
    }
    let values = Values {
        inputs,
        outputs: object_or_empty(members, "outputs")?,
        metadata: object_or_empty(members, "metadata")?,
        split: splits(members)?,
    };
    Ok((id, values))
}
