//! The arguments of `create_dataset`.

use serde_json::value::RawValue;

use super::additions::{Additions, MAX_RUNS};
use super::entry::Entry;
use super::json_schema::schema;
use crate::toolset::ToolError;
use crate::toolset::arguments::errors::missing;
use crate::toolset::arguments::free_form::{Entries, entries, name, object, object_or_empty, splits, uuids};
use crate::toolset::arguments::placeholders::defaults::Defaults;
use crate::toolset::arguments::placeholders::{EmptyForm, MayBeEmpty};
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::schema::tool_schema::{self, Parameter, names};
use crate::toolsets::langsmith::datasets::dataset_item::DATA_TYPES;

/// The maximum number of examples in one call. A message has at most 1 MB anyway.
pub(super) const MAX_EXAMPLES: usize = 1000;

/// The default values of arguments.
pub(super) const DEFAULTS: Defaults = &[("data_type", "kv")];

/// The parsed call: the guide, or the write.
pub(crate) enum Request {
    /// The guide.
    Guide,
    /// A dataset with this name and these contents.
    Create(String, Contents),
}

/// The properties and examples of a dataset.
pub(crate) struct Contents {
    pub(super) description: Option<String>,
    pub(super) data_type: Option<&'static str>,
    pub(super) inputs_schema: Option<Box<RawValue>>,
    pub(super) outputs_schema: Option<Box<RawValue>>,
    pub(super) metadata: Option<Box<RawValue>>,
    pub(super) additions: Additions,
}

/// Takes the arguments.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Result<Request, ToolError> {
    // Nothing is lost by an empty one: there is nothing yet.
    arguments.set_may_be_empty(&[("description", EmptyForm::Text), ("metadata", EmptyForm::Object)]);
    let guide = arguments.say_nothing(DEFAULTS);
    let name = name(arguments, "dataset_name")?;
    // First, because a sign in an example decides whether the properties are meant.
    let examples = entries(arguments, examples(&names(&members())), entry)?.unwrap_or_default();
    let rest = Contents {
        description: arguments.text("description")?,
        data_type: arguments.choice("data_type", &DATA_TYPES)?,
        inputs_schema: schema(arguments, "inputs_schema")?,
        outputs_schema: schema(arguments, "outputs_schema")?,
        metadata: object(arguments, "metadata")?,
        additions: Additions { examples, runs: uuids(arguments, ("source_run_ids", MAX_RUNS))? },
    };
    match name {
        Some(name) => Ok(Request::Create(name, rest)),
        None if guide => Ok(Request::Guide),
        None => Err(missing("dataset_name")),
    }
}

fn examples<'m>(members: &'m [&'m str]) -> Entries<'m> {
    const MAY_BE_EMPTY: MayBeEmpty =
        &[("inputs", EmptyForm::Object), ("metadata", EmptyForm::Object), ("outputs", EmptyForm::Object)];
    Entries { name: "examples", most: MAX_EXAMPLES, members, may_be_empty: |_| MAY_BE_EMPTY }
}

/// The members of one example.
pub(super) fn members() -> Vec<Parameter> {
    vec![
        ("inputs", tool_schema::object("Inputs.")),
        ("outputs", tool_schema::object("Reference outputs.")),
        ("metadata", tool_schema::object("Labels.")),
        ("split", tool_schema::texts("Its splits.")),
    ]
}

fn entry(members: &mut Arguments<'_>) -> Result<Entry, ToolError> {
    Ok(Entry {
        inputs: object_or_empty(members, "inputs")?.ok_or_else(|| missing("inputs"))?,
        outputs: object_or_empty(members, "outputs")?,
        metadata: object(members, "metadata")?,
        split: splits(members)?,
    })
}
