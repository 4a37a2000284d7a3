//! The same call in the types of JSON. The standalone server takes texts for most things; a model that reads "boolean"
//! writes `true`.

use std::collections::BTreeMap;

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Arguments that may be absent, by tool.
pub(crate) type Optional = BTreeMap<String, Vec<String>>;

/// Arguments that are lists, and how they are called in one tool only.
const LISTS: [&str; 4] = ["dataset_ids", "example_ids", "splits", "fetch_runs project_name"];

/// Retells about half of the calls, and each of their arguments or not. What is absent may become `null`.
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
        // The other way round, which both take.
        Value::Number(number) => json!(number.to_string()),
        other => other.clone(),
    }
}
