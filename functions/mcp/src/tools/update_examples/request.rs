//! What is to be changed.

use std::collections::BTreeSet;

use serde_json::value::RawValue;
use shared::langsmith::ExampleUpdate;
use uuid::Uuid;

use crate::tools::ToolError;
use crate::tools::args::{Arguments, missing};
use crate::tools::free_form::{entries, object_or_empty, splits, uuid};

/// The most changes of one call.
pub(super) const MAX_UPDATES: usize = 200;

/// What a call wants.
pub(crate) enum Request {
    /// To be told how it is done.
    Guide,
    /// To have it done: at least one change, and no example twice.
    Update(Vec<Update>),
}

/// A change of one example.
pub(crate) struct Update {
    pub(super) id: Uuid,
    values: Values,
}

/// What an example holds from now on. What is absent stays.
struct Values {
    inputs: Option<Box<RawValue>>,
    outputs: Option<Box<RawValue>>,
    metadata: Option<Box<RawValue>>,
    split: Option<Vec<String>>,
}

impl Update {
    /// What is sent.
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

/// Takes the arguments.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
    if arguments.say_nothing(&[]) {
        take(arguments)?;
        entries(arguments, ("updates", MAX_UPDATES), update)?;
        return Ok(Request::Guide);
    }
    let Some(many) = entries(arguments, ("updates", MAX_UPDATES), update)? else {
        return Ok(Request::Update(vec![update(arguments)?]));
    };
    let (id, alone) = take(arguments)?;
    if id.is_some() || !alone.is_empty() {
        return Err(ToolError::invalid("updates cannot be given together with example_id or values for it."));
    }
    let mut seen = BTreeSet::new();
    match many.iter().find(|update| !seen.insert(update.id)) {
        None => Ok(Request::Update(many)),
        Some(twice) => Err(ToolError::invalid(format!("updates: example_id {} is there twice.", twice.id))),
    }
}

/// One change that is complete.
fn update(members: &mut Arguments<'_>) -> Result<Update, ToolError> {
    let (id, values) = take(members)?;
    let id = id.ok_or_else(|| missing("example_id"))?;
    if values.is_empty() {
        return Err(ToolError::invalid("Nothing to change: give inputs, outputs, metadata or split."));
    }
    Ok(Update { id, values })
}

fn take(members: &mut Arguments<'_>) -> Result<(Option<Uuid>, Values), ToolError> {
    let id = uuid(members, "example_id")?;
    let values = Values {
        inputs: object_or_empty(members, "inputs")?,
        outputs: object_or_empty(members, "outputs")?,
        metadata: object_or_empty(members, "metadata")?,
        split: splits(members)?,
    };
    Ok((id, values))
}
