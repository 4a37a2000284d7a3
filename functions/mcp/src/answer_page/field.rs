//! A field of the form, and the value that a person put into it.

use serde_json::{Map, Number, Value};

use super::submitted::Submitted;

/// What a person fills in.
#[derive(Debug, PartialEq)]
pub(super) struct Field {
    /// Its name in the form.
    pub(super) name: String,
    pub(super) label: Option<String>,
    pub(super) hint: Option<String>,
    pub(super) control: Control,
    pub(super) is_required: bool,
    /// What was entered before, or the default.
    pub(super) value: String,
}

/// The control of a field.
#[derive(Debug, PartialEq)]
pub(super) enum Control {
    Text,
    Number,
    /// One of these.
    One(Vec<Choice>),
    /// Any of these.
    Several(Vec<Choice>),
    YesOrNo(Option<bool>),
    Json,
}

/// A value to choose.
#[derive(Debug, PartialEq)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) title: String,
    pub(super) is_chosen: bool,
}

impl Field {
    /// The fields of a flat object's schema; their names begin with `prefix`.
    pub(super) fn all(prefix: &str, schema: &Value, submitted: &Submitted) -> Vec<Self> {
        let required = |name: &str| {
            schema
                .get("required")
                .and_then(Value::as_array)
                .is_some_and(|all| all.iter().any(|one| one == name))
        };
        let field = |(name, schema): (&String, &Value)| {
            let text = |member: &str| schema.get(member).and_then(Value::as_str).map(ToOwned::to_owned);
            let form_name = format!("{prefix}{name}");
            let entered = submitted.values(&form_name);
            let default = schema.get("default").map(|value| match value {
                Value::String(text) => text.clone(),
                value => value.to_string(),
            });
            let value = entered.first().map(|value| (*value).to_owned()).or(default).unwrap_or_default();
            // In a form that was sent, no choice is one, too.
            let chosen = if submitted.is_new() { defaults(schema) } else { entered };
            Self {
                label: text("title").or_else(|| (name != "answer").then(|| name.clone())),
                hint: text("description"),
                control: Control::of(schema, &value, &chosen),
                is_required: required(name),
                name: form_name,
                value,
            }
        };
        schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(field).collect()
    }

    /// A field for JSON.
    pub(super) fn json(name: String, label: &str, default: String, submitted: &Submitted) -> Self {
        let value = submitted.values(&name).first().map_or(default, |value| (*value).to_owned());
        let (label, control) = (Some(label.to_owned()), Control::Json);
        Self { name, label, hint: None, control, is_required: false, value }
    }
}

impl Control {
    fn of(schema: &Value, value: &str, chosen: &[&str]) -> Self {
        if let Some(choices) = choices(schema, &[value]) {
            return Self::One(choices);
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("boolean") => Self::YesOrNo(value.parse().ok()),
            Some("number" | "integer") => Self::Number,
            Some("array") => Self::Several(
                schema.get("items").and_then(|items| choices(items, chosen)).unwrap_or_default(),
            ),
            _ => Self::Text,
        }
    }
}

/// The values to choose from, in a schema as forms have them.
fn choices(schema: &Value, chosen: &[&str]) -> Option<Vec<Choice>> {
    let choice = |value: &str, title: &str| Choice {
        value: value.to_owned(),
        title: title.to_owned(),
        is_chosen: chosen.contains(&value),
    };
    if let Some(words) = schema.get("enum") {
        return words.as_array()?.iter().map(|word| word.as_str().map(|word| choice(word, word))).collect();
    }
    let titled =
        |branch: &Value| Some(choice(branch.get("const")?.as_str()?, branch.get("title")?.as_str()?));
    schema.get("oneOf").or_else(|| schema.get("anyOf"))?.as_array()?.iter().map(titled).collect()
}

/// The default of a choice of several words.
fn defaults(schema: &Value) -> Vec<&str> {
    schema.get("default").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The content of the form for a flat object's schema. Empty fields that are not required are left out, except a choice of
/// several words with a default: the person has taken that away.
pub(super) fn content(prefix: &str, schema: &Value, submitted: &Submitted) -> Map<String, Value> {
    let fields = Field::all(prefix, schema, submitted);
    let value = |field: Field| {
        let name = field.name.strip_prefix(prefix)?.to_owned();
        let entered = submitted.values(&field.name);
        let first = entered.first().copied().unwrap_or_default();
        let has_default = || {
            let schema = schema.get("properties").and_then(|fields| fields.get(&name));
            schema.is_some_and(|schema| !defaults(schema).is_empty())
        };
        let value = match field.control {
            Control::Several(_) if entered.is_empty() && !field.is_required && !has_default() => return None,
            Control::Several(_) => entered.iter().map(|value| Value::from(*value)).collect(),
            _ if first.is_empty() && !(field.is_required && field.control == Control::Text) => return None,
            Control::YesOrNo(_) => first.parse().map_or_else(|_| first.into(), Value::Bool),
            Control::Number => {
                first.trim().parse().map_or_else(|_| first.into(), |number: Number| number.into())
            }
            Control::Text | Control::One(_) | Control::Json => first.into(),
        };
        Some((name, value))
    };
    fields.into_iter().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        let days =
            json!({"anyOf": [{"const": "mon", "title": "Monday"}, {"const": "tue", "title": "Tuesday"}]});
        json!({
            "properties": {"days": {"type": "array", "items": days, "default": ["tue"]}},
            "required": [],
        })
    }

    #[test]
    fn a_choice_of_several_words_begins_with_its_default() {
        let shown = |form: &str| {
            let fields = Field::all("0.", &schema(), &Submitted::parse(form.as_bytes()));
            let Control::Several(choices) = &fields[0].control else { panic!("{fields:?}") };
            let shown = |choice: &Choice| (choice.title.clone(), choice.is_chosen);
            choices.iter().map(shown).collect::<Vec<_>>()
        };
        let days = |monday, tuesday| [("Monday".to_owned(), monday), ("Tuesday".to_owned(), tuesday)];
        assert_eq!(shown(""), days(false, true));
        assert_eq!(shown("ticket=t&0.days=mon"), days(true, false));
        assert_eq!(shown("ticket=t"), days(false, false));
    }

    #[test]
    fn a_choice_of_several_words_is_left_out_if_it_is_empty_without_a_default() {
        let with = |change: Value| {
            let mut schema = schema();
            for (name, value) in change.as_object().unwrap() {
                schema[name] = value.clone();
            }
            Value::Object(content("0.", &schema, &Submitted::parse(b"ticket=t")))
        };
        let days = json!({"days": {"type": "array", "items": {"enum": ["mon"]}}});
        assert_eq!(with(json!({ "properties": days })), json!({}));
        assert_eq!(with(json!({"properties": days, "required": ["days"]})), json!({"days": []}));
        assert_eq!(with(json!({})), json!({"days": []}));
    }
}
