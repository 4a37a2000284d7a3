//! Checks JSON against a JSON Schema of an Agent Server, which does not check it itself.

use jsonschema::PatternOptions;
use serde_json::Value;

use super::effort::Effort;

/// The maximum length of a problem's text, in characters.
const MAX: usize = 400;

/// The largest compiled pattern, in bytes.
const MAX_PATTERN: usize = 256 * 1024;

/// A compiled schema.
pub(in super::super) struct Validator {
    compiled: jsonschema::Validator,
    effort: Effort,
}

impl Validator {
    /// The validator for `schema`; `None` if the schema is not one, takes too much effort, or refers to others outside
    /// of itself: then the agent judges. Patterns are matched in linear time, whatever their author wrote.
    pub(in super::super) fn new(schema: &Value) -> Option<Self> {
        let patterns = PatternOptions::regex().size_limit(MAX_PATTERN);
        let Ok(effort) = Effort::of(schema) else {
            tracing::warn!("a JSON Schema takes too much effort, or refers to others");
            return None;
        };
        let compiled = jsonschema::options().with_pattern_options(patterns).build(schema);
        let compiled = compiled.inspect_err(|_| tracing::warn!("a JSON Schema cannot be used")).ok()?;
        Some(Self { compiled, effort })
    }

    /// The first problem of `value`, with its place.
    pub(in super::super) fn check(&self, value: &Value) -> Result<(), String> {
        if !self.effort.allows(value) {
            return Err("it is too large or too deep to be checked".to_owned());
        }
        self.compiled.validate(value).map_err(|error| {
            let place = error.instance_path().to_string();
            let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
            format!("{place}{error}").chars().take(MAX).collect()
        })
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

    #[test]
    fn the_stack_holds_the_deepest_check() {
        let node = json!({"anyOf": [{"type": "null"}, {"$ref": "#/$defs/node"}]});
        let schema = json!({"$defs": {"node": {"properties": {"next": node}}}, "$ref": "#/$defs/node"});
        // As deep as JSON is read at all.
        let deep = |inner: Value| (0..125).fold(inner, |inner, _| json!({ "next": inner }));
        assert_eq!(problem(&schema, &deep(json!(null))), None);
        let defined =
            (0..250).map(|place| (place.to_string(), json!({ "$ref": format!("#/$defs/{}", place + 1) })));
        let mut defined: serde_json::Map<String, Value> = defined.collect();
        defined.insert("250".to_owned(), json!({"type": "integer"}));
        let schema = json!({"$defs": defined, "$ref": "#/$defs/0"});
        assert_eq!(problem(&schema, &json!("a")).unwrap(), r#""a" is not of type "integer""#);
    }

    #[test]
    fn what_is_too_deep_is_refused_and_not_checked() {
        let next = json!({"allOf": [{"$ref": "#/$defs/node"}, {"$ref": "#/$defs/node"}]});
        let schema = json!({"$defs": {"node": {"properties": {"next": next}}}, "$ref": "#/$defs/node"});
        let deep = (0..100).fold(json!(null), |inner, _| json!({ "next": inner }));
        assert_eq!(problem(&schema, &deep).unwrap(), "it is too large or too deep to be checked");
    }
}
