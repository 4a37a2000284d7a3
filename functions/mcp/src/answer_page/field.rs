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
    /// One of these, with whether it is chosen.
    One(Vec<(String, bool)>),
    /// Any of these, with whether they are chosen.
    Several(Vec<(String, bool)>),
    YesOrNo(Option<bool>),
    Json,
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
            Self {
                label: text("title").or_else(|| (name != "answer").then(|| name.clone())),
                hint: text("description"),
                control: Control::of(schema, &value, &entered),
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
    fn of(schema: &Value, value: &str, entered: &[&str]) -> Self {
        let words = |schema: Option<&Value>| -> Option<Vec<String>> {
            let words = schema?.get("enum")?.as_array()?;
            words.iter().map(|word| word.as_str().map(ToOwned::to_owned)).collect()
        };
        if let Some(words) = words(Some(schema)) {
            return Self::One(words.into_iter().map(|word| (word.clone(), word == value)).collect());
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("boolean") => Self::YesOrNo(value.parse().ok()),
            Some("number" | "integer") => Self::Number,
            Some("array") => {
                let words = words(schema.get("items")).unwrap_or_default();
                let chosen = |word: String| {
                    let is_chosen = entered.contains(&word.as_str());
                    (word, is_chosen)
                };
                Self::Several(words.into_iter().map(chosen).collect())
            }
            _ => Self::Text,
        }
    }
}

/// The content of the form for a flat object's schema. Empty fields that are not required are left out.
pub(super) fn content(prefix: &str, schema: &Value, submitted: &Submitted) -> Map<String, Value> {
    let fields = Field::all(prefix, schema, submitted);
    let value = |field: Field| {
        let name = field.name.strip_prefix(prefix)?.to_owned();
        let entered = submitted.values(&field.name);
        let first = entered.first().copied().unwrap_or_default();
        let value = match field.control {
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
