//! The tables, from the same file that the template includes, so that schema and code cannot drift apart.

use std::collections::BTreeMap;

use dynoxide::{Database, DynoxideError};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::StartError;

const FILE: &str = include_str!("../../../infra/tables.yaml");

#[derive(Deserialize)]
struct Resource {
    #[serde(rename = "Properties")]
    properties: Properties,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    table_name: TableName,
    billing_mode: String,
    attribute_definitions: Value,
    key_schema: Value,
    time_to_live_specification: Option<Value>,
}

#[derive(Deserialize)]
struct TableName {
    #[serde(rename = "Fn::Sub")]
    pattern: String,
}

/// Creates the missing tables, with names that start with `prefix`.
pub fn create(engine: &Database, prefix: &str) -> Result<(), StartError> {
    let resources: BTreeMap<String, Resource> =
        serde_norway::from_str(FILE).map_err(|error| StartError::Internal(error.to_string()))?;
    for resource in resources.values() {
        create_one(engine, &resource.properties, prefix)
            .map_err(|error| StartError::Database(error.to_string()))?;
    }
    Ok(())
}

fn create_one(engine: &Database, properties: &Properties, prefix: &str) -> Result<(), DynoxideError> {
    let name = properties.table_name.pattern.replace("${AWS::StackName}", prefix);
    let request = json!({
        "TableName": name,
        "BillingMode": properties.billing_mode,
        "AttributeDefinitions": properties.attribute_definitions,
        "KeySchema": properties.key_schema,
    });
    match engine.create_table(parse(request)?) {
        Ok(_) => {}
        // A process that was killed while creating the tables left the first ones.
        Err(DynoxideError::ResourceInUseException(_)) => return Ok(()),
        Err(error) => return Err(error),
    }
    let Some(time_to_live) = &properties.time_to_live_specification else { return Ok(()) };
    let request = json!({ "TableName": name, "TimeToLiveSpecification": time_to_live });
    engine.update_time_to_live(parse(request)?).map(drop)
}

fn parse<T: serde::de::DeserializeOwned>(request: Value) -> Result<T, DynoxideError> {
    serde_json::from_value(request).map_err(|error| DynoxideError::ValidationException(error.to_string()))
}
