//! A question as a form of the client (MCP, Elicitation, "Requested Schema"): a flat object of plain values. The schema
//! of a plain value becomes a form with one field.

use serde_json::{Map, Value, json};

use super::question::Question;

/// The field of a form for a plain value.
const ANSWER: &str = "answer";

/// The members of a field's schema that forms have.
const MEMBERS: [&str; 10] = [
    "type",
    "title",
    "description",
    "default",
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
    /// The fields that the answer must have, and that are null if they are left empty.
    nullable: Vec<String>,
}

impl Form {
    /// The form for a question; `None` if its schema is not flat. A question without a schema is answered by a text.
    pub(crate) fn of(question: &Question) -> Option<Self> {
        let Some(schema) = &question.schema else { return Some(Self::plain(&json!({"type": "string"}))) };
        if let Some((field, is_nullable)) = field(schema) {
            return Some(if is_nullable { Self::nullable(&field) } else { Self::plain(&field) });
        }
        if schema.get("type")? != "object" {
            return None;
        }
        let (mut fields, mut required, mut nullable) = (Map::new(), Vec::new(), Vec::new());
        let is_required = |name: &str| {
            let names = schema.get("required").and_then(Value::as_array);
            names.is_some_and(|names| names.iter().any(|one| one == name))
        };
        for (name, schema) in schema.get("properties")?.as_object()? {
            let (field, is_nullable) = field(schema)?;
            fields.insert(name.clone(), field);
            if is_required(name) {
                if is_nullable { &mut nullable } else { &mut required }.push(name.clone());
            }
        }
        let schema = json!({"type": "object", "properties": fields, "required": required});
        (!fields.is_empty()).then_some(Self { schema, is_plain: false, nullable })
    }

    fn plain(field: &Value) -> Self {
        let schema = json!({"type": "object", "properties": {ANSWER: field}, "required": [ANSWER]});
        Self { schema, is_plain: true, nullable: Vec::new() }
    }

    fn nullable(field: &Value) -> Self {
        let schema = json!({"type": "object", "properties": {ANSWER: field}, "required": []});
        Self { schema, is_plain: true, nullable: vec![ANSWER.to_owned()] }
    }

    /// The answer in a form that was filled in; `None` if its only field is missing.
    pub(crate) fn answer(&self, mut content: Map<String, Value>) -> Option<Value> {
        for name in &self.nullable {
            content.entry(name.clone()).or_insert(Value::Null);
        }
        if self.is_plain { content.remove(ANSWER) } else { Some(Value::Object(content)) }
    }
}

/// The schema of a plain value or of a choice of several words, with what forms know of it, and whether the value may be
/// null, which no form has: then the field may be left empty.
fn field(schema: &Value) -> Option<(Value, bool)> {
    let (schema, is_nullable) = without_null(schema);
    let members = schema.as_object()?;
    let mut field: Map<String, Value> = members
        .iter()
        .filter(|(name, value)| MEMBERS.contains(&name.as_str()) && !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if let Some((keyword, choices)) = choices(&schema, "oneOf") {
        field.insert("type".to_owned(), "string".into());
        field.insert(keyword.to_owned(), choices);
        return Some((Value::Object(field), is_nullable));
    }
    if ["enum", "const", "oneOf", "anyOf"].iter().any(|keyword| members.contains_key(*keyword)) {
        return None;
    }
    match members.get("type")?.as_str()? {
        "string" => {
            let format = members.get("format").filter(|format| FORMATS.iter().any(|known| *format == known));
            field.extend(format.map(|format| ("format".to_owned(), format.clone())));
        }
        "number" | "integer" | "boolean" => {}
        "array" => {
            let (keyword, choices) = choices(members.get("items")?, "anyOf")?;
            let items = match keyword {
                "enum" => json!({"type": "string", "enum": choices}),
                titled => json!({ titled: choices }),
            };
            field.insert("items".to_owned(), items);
        }
        _ => return None,
    }
    Some((Value::Object(field), is_nullable))
}

/// The schema without its branch for null (Pydantic's `Optional`), and whether there was one.
fn without_null(schema: &Value) -> (Value, bool) {
    let is_null = |branch: &Value| branch.get("type").is_some_and(|of| of == "null");
    let (Some(branches), Some(members)) = (schema.get("anyOf").and_then(Value::as_array), schema.as_object())
    else {
        return (schema.clone(), false);
    };
    let others: Vec<&Value> = branches.iter().filter(|branch| !is_null(branch)).collect();
    if others.len() == branches.len() {
        return (schema.clone(), false);
    }
    let mut members = members.clone();
    match &others[..] {
        [only] => {
            members.remove("anyOf");
            for (name, value) in only.as_object().into_iter().flatten() {
                members.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        others => {
            members.insert("anyOf".to_owned(), json!(others));
        }
    }
    (Value::Object(members), true)
}

/// The words to choose from, as forms have them: the keyword `enum`, or `titled` if they have titles.
fn choices<'a>(schema: &Value, titled: &'a str) -> Option<(&'a str, Value)> {
    if let Some(words) = schema.get("enum") {
        return words.as_array()?.iter().all(Value::is_string).then(|| ("enum", words.clone()));
    }
    if let Some(word) = schema.get("const") {
        return word.is_string().then(|| ("enum", json!([word])));
    }
    let choice = |branch: &Value| {
        let word = branch.get("const")?.as_str()?;
        let title = branch.get("title").and_then(Value::as_str).unwrap_or(word);
        Some(json!({"const": word, "title": title}))
    };
    let branches = schema.get("oneOf").or_else(|| schema.get("anyOf"))?.as_array()?;
    let choices: Option<Vec<Value>> = branches.iter().map(choice).collect();
    choices.filter(|choices| !choices.is_empty()).map(|choices| (titled, choices.into()))
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
    fn words_may_have_titles() {
        let named = json!([{"const": "r", "title": "Red"}, {"const": "b"}]);
        let shown = json!([{"const": "r", "title": "Red"}, {"const": "b", "title": "b"}]);
        for (schema, field) in [
            (json!({"oneOf": named}), json!({"type": "string", "oneOf": shown})),
            (json!({"type": "string", "anyOf": named}), json!({"type": "string", "oneOf": shown})),
            (json!({"const": "approve", "type": "string"}), json!({"type": "string", "enum": ["approve"]})),
            (
                json!({"type": "array", "items": {"oneOf": named}, "default": ["r"]}),
                json!({"type": "array", "items": {"anyOf": shown}, "default": ["r"]}),
            ),
        ] {
            assert_eq!(form(Some(schema)).unwrap().schema["properties"]["answer"], field);
        }
    }

    #[test]
    fn what_may_be_null_may_be_left_empty() {
        let maybe =
            |schema: Value| json!({"anyOf": [schema, {"type": "null"}], "title": "T", "default": null});
        let schema = json!({
            "type": "object",
            "properties": {"a": maybe(json!({"type": "integer"})), "b": maybe(json!({"enum": ["x"]}))},
            "required": ["a"],
        });
        let found = form(Some(schema)).unwrap();
        let expected = json!({"a": {"type": "integer", "title": "T"}, "b": {"type": "string", "enum": ["x"], "title": "T"}});
        assert_eq!((&found.schema["properties"], &found.schema["required"]), (&expected, &json!([])));
        assert_eq!(found.answer(Map::new()), Some(json!({"a": null})));
        let plain = form(Some(maybe(json!({"type": "boolean"})))).unwrap();
        assert_eq!(plain.schema["required"], json!([]));
        assert_eq!(plain.answer(Map::new()), Some(Value::Null));
        let titled = json!({"anyOf": [{"const": "a"}, {"const": "b"}, {"type": "null"}]});
        assert!(form(Some(titled)).unwrap().schema["properties"]["answer"]["oneOf"].is_array());
        assert_eq!(form(Some(maybe(json!({"type": "object"})))), None);
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
