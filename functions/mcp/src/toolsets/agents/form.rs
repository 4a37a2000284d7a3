//! A question as a form of the client (MCP, Elicitation, "Requested Schema"): a flat object of plain values. The schema
//! of a plain value becomes a form with one field.

use serde_json::{Map, Value, json};

use super::question::Question;

/// The field of a form for a plain value.
const ANSWER: &str = "answer";

/// The members of a field's schema that forms have.
const MEMBERS: [&str; 11] = [
    "type",
    "title",
    "description",
    "default",
    "enum",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
];

/// The formats of texts that forms have.
const FORMATS: [&str; 4] = ["email", "uri", "date", "date-time"];

/// A form for one question.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Form {
    /// The `requestedSchema`.
    pub(crate) schema: Value,
    /// Whether the answer is the value of the form's only field.
    is_plain: bool,
}

impl Form {
    /// The form for a question; `None` if its schema is not flat. A question without a schema is answered by a text.
    pub(crate) fn of(question: &Question) -> Option<Self> {
        let Some(schema) = &question.schema else { return Some(Self::plain(&json!({"type": "string"}))) };
        if let Some(field) = field(schema) {
            return Some(Self::plain(&field));
        }
        if schema.get("type")? != "object" {
            return None;
        }
        let properties = schema.get("properties")?.as_object()?;
        let fields: Map<String, Value> = properties
            .iter()
            .map(|(name, schema)| Some((name.clone(), field(schema)?)))
            .collect::<Option<_>>()?;
        let required = schema.get("required").cloned().unwrap_or_else(|| json!([]));
        let schema = json!({"type": "object", "properties": fields, "required": required});
        (!fields.is_empty()).then_some(Self { schema, is_plain: false })
    }

    fn plain(field: &Value) -> Self {
        let schema = json!({"type": "object", "properties": {ANSWER: field}, "required": [ANSWER]});
        Self { schema, is_plain: true }
    }

    /// The answer in a form that was filled in; `None` if its only field is missing.
    pub(crate) fn answer(&self, mut content: Map<String, Value>) -> Option<Value> {
        if self.is_plain { content.remove(ANSWER) } else { Some(Value::Object(content)) }
    }
}

/// The schema of a plain value or of a choice of several words, with what forms know of it.
fn field(schema: &Value) -> Option<Value> {
    let members = schema.as_object()?;
    let mut field: Map<String, Value> = members
        .iter()
        .filter(|(name, _)| MEMBERS.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let are_words = |words: &Value| words.as_array().is_some_and(|words| words.iter().all(Value::is_string));
    if field.get("enum").is_some_and(|words| !are_words(words)) {
        return None;
    }
    if field.contains_key("enum") {
        field.entry("type").or_insert_with(|| "string".into());
    }
    match members.get("type").or_else(|| field.get("type"))?.as_str()? {
        "string" => {
            let format = members.get("format").filter(|format| FORMATS.iter().any(|known| *format == known));
            field.extend(format.map(|format| ("format".to_owned(), format.clone())));
        }
        "number" | "integer" | "boolean" => {}
        "array" => {
            let words = members.get("items")?.get("enum").filter(|words| are_words(words))?;
            field.insert("items".to_owned(), json!({"type": "string", "enum": words}));
        }
        _ => return None,
    }
    Some(Value::Object(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(schema: Option<Value>) -> Option<Form> {
        let (id, message) = ("i".to_owned(), "?".to_owned());
        Form::of(&Question { id, message, value: Value::Null, schema, url: None })
    }

    #[test]
    fn a_plain_value_is_the_only_field_of_its_form() {
        for (schema, field) in [
            (None, json!({"type": "string"})),
            (
                Some(json!({"type": "boolean", "title": "Go on"})),
                json!({"type": "boolean", "title": "Go on"}),
            ),
            (Some(json!({"type": "string", "format": "regex", "pattern": "a"})), json!({"type": "string"})),
            (Some(json!({"enum": ["a", "b"]})), json!({"type": "string", "enum": ["a", "b"]})),
            (
                Some(json!({"type": "array", "items": {"enum": ["a"]}, "uniqueItems": true})),
                json!({"type": "array", "items": {"type": "string", "enum": ["a"]}}),
            ),
        ] {
            let form = form(schema).unwrap();
            let expected = json!({"type": "object", "properties": {"answer": field}, "required": ["answer"]});
            assert_eq!(form.schema, expected);
            let content = std::iter::once(("answer".to_owned(), json!(false))).collect();
            assert_eq!((form.answer(content), form.answer(Map::new())), (Some(json!(false)), None));
        }
    }

    #[test]
    fn a_flat_object_is_a_form_and_another_is_not() {
        let schema = json!({
            "type": "object",
            "properties": {"to": {"type": "string", "format": "email"}, "copies": {"type": "integer", "minimum": 1}},
            "required": ["to"],
        });
        let found = form(Some(schema.clone())).unwrap();
        assert_eq!(found.schema, schema);
        let content: Map<String, Value> = std::iter::once(("to".to_owned(), json!("a@b.example"))).collect();
        assert_eq!(found.answer(content.clone()), Some(Value::Object(content)));
        for schema in [
            json!({"type": "object"}),
            json!({"type": "object", "properties": {}}),
            json!({"type": "object", "properties": {"a": {"type": "object"}}}),
            json!({"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}}),
            json!({"enum": [1, 2]}),
            json!({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
            json!({}),
        ] {
            assert_eq!(form(Some(schema.clone())), None, "{schema}");
        }
    }
}
