//! Checks JSON against a JSON Schema of an Agent Server, which does not check it itself.

use jsonschema::PatternOptions;
use serde_json::Value;

/// The maximum length of a problem's text, in characters.
const MAX: usize = 400;

/// A compiled schema.
pub(super) struct Validator(jsonschema::Validator);

impl Validator {
    /// The validator for `schema`; `None` if the schema is not one, or refers to others outside of itself: then the
    /// agent judges. Patterns are matched in linear time, whatever their author wrote.
    pub(super) fn new(schema: &Value) -> Option<Self> {
        let options = jsonschema::options().with_pattern_options(PatternOptions::regex());
        options.build(schema).inspect_err(|_| tracing::warn!("a JSON Schema cannot be used")).ok().map(Self)
    }

    /// The first problem of `value`, with its place.
    pub(super) fn check(&self, value: &Value) -> Result<(), String> {
        let Some(error) = self.0.iter_errors(value).next() else { return Ok(()) };
        let place = error.instance_path().to_string();
        let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
        Err(format!("{place}{error}").chars().take(MAX).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problem(schema: &Value, value: &Value) -> Option<String> {
        Validator::new(schema).unwrap().check(value).err()
    }

    #[test]
    fn the_first_problem_has_its_place() {
        let schema = json!({
            "type": "object",
            "$defs": {"Node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}, "n": {"type": "integer"}}}},
            "properties": {"first": {"$ref": "#/$defs/Node"}},
            "required": ["first"],
        });
        assert_eq!(problem(&schema, &json!({"first": {"next": {"n": 1}}})), None);
        let found = problem(&schema, &json!({"first": {"next": {"n": "1"}}})).unwrap();
        assert_eq!(found, r#"/first/next/n: "1" is not of type "integer""#);
        assert_eq!(problem(&schema, &json!({})).unwrap(), r#""first" is a required property"#);
    }

    #[test]
    fn a_problem_is_short() {
        let found = problem(&json!({"type": "integer"}), &json!("é".repeat(5_000))).unwrap();
        assert_eq!(found.chars().count(), MAX);
    }

    #[test]
    fn what_is_no_schema_judges_nothing() {
        for schema in [
            json!({"type": "nothing"}),
            json!({"$ref": "https://elsewhere.example/x"}),
            json!({"pattern": "(?=a)"}),
        ] {
            assert!(Validator::new(&schema).is_none(), "{schema}");
        }
    }

    #[test]
    fn a_slow_pattern_is_fast() {
        let schema = json!({"pattern": "^(a+)+$"});
        assert!(problem(&schema, &json!(format!("{}b", "a".repeat(100_000)))).is_some());
    }
}
