//! The same call with JSON types. The standalone server takes texts for most arguments; a model that reads "boolean"
//! writes `true`.

use std::collections::BTreeMap;

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Optional arguments, by tool.
pub(crate) type Optional = BTreeMap<String, Vec<String>>;

/// Arguments that are lists; with the tool's name if only in that tool.
const LISTS: [&str; 4] = ["dataset_ids", "example_ids", "splits", "fetch_runs project_name"];

/// Converts about half of the calls, and in these each argument at random. An absent argument may become `null`.
pub(crate) fn retold(tool: &str, plain: &Value, optional: &[String], rng: &mut Rng) -> Value {
    let plain = plain.as_object().unwrap();
    if rng.bool() {
        return json!(plain);
    }
    let mut arguments = Map::new();
    for (name, value) in plain {
        let value = if rng.bool() { in_json(tool, name, value) } else { value.clone() };
        arguments.insert(name.clone(), value);
    }
    for name in optional {
        if !plain.contains_key(name) && rng.u8(0..100) < 15 {
            arguments.insert(name.clone(), Value::Null);
        }
    }
    Value::Object(arguments)
}

fn in_json(tool: &str, name: &str, value: &Value) -> Value {
    let is_list = LISTS.contains(&name) || LISTS.contains(&format!("{tool} {name}").as_str());
    match value {
        Value::String(text) if ["true", "false"].contains(&text.as_str()) => json!(text == "true"),
        Value::String(text) if is_list => serde_json::from_str(text).unwrap_or_else(|_| json!([text])),
        Value::String(text) if name == "metadata" => serde_json::from_str(text).unwrap(),
        Value::String(text) if name == "offset" => json!(text.parse::<i64>().unwrap()),
        // The reverse, which both accept.
        Value::Number(number) => json!(number.to_string()),
        other => other.clone(),
    }
}
