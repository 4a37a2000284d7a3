//! JSON Schemas from a caller. An obvious mistake is refused with its place; whether a schema makes sense is for
//! LangSmith to judge. The keywords of all drafts from 4 on are checked; others are left alone, as the drafts say,
//! unless there is nothing else: then somebody took an example for a schema. A schema that declares draft 3 is not
//! checked.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::toolset::ToolError;
use crate::toolset::arguments::errors::wrong_value;
use crate::toolset::arguments::free_form::object;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::errors::shorten_name;

/// The names of the types.
const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];

/// The declaration of draft 3, whose types and `required` differ.
const DRAFT_3: &str = "json-schema.org/draft-03/";

/// The prefix of extensions.
const EXTENSION: &str = "x-";

/// The kind of a keyword's value.
#[derive(Clone, Copy)]
enum Holds {
    Type,
    Schema,
    /// A schema, or a list of them (`items` before draft 2020-12).
    SchemaOrSchemas,
    Schemas,
    /// Schemas by name.
    Named,
    /// By name, schemas or lists of names (`dependencies` before draft 2019-09).
    NamedOrNames,
    Names,
    Text,
    List,
    Number,
    /// A number; a boolean in draft 4.
    NumberOrFlag,
    Count,
    Flag,
    Anything,
}

/// The keywords of all drafts from 4 on, and OpenAPI's.
const KEYWORDS: [(&str, Holds); 68] = {
    use Holds::{
        Anything, Count, Flag, List, Named, NamedOrNames, Names, Number, NumberOrFlag, Schema,
        SchemaOrSchemas, Schemas, Text, Type,
    };
    [
        ("type", Type),
        ("properties", Named),
        ("patternProperties", Named),
        ("dependentSchemas", Named),
        ("$defs", Named),
        ("definitions", Named),
        ("dependencies", NamedOrNames),
        ("dependentRequired", Anything),
        ("additionalProperties", Schema),
        ("unevaluatedProperties", Schema),
        ("propertyNames", Schema),
        ("items", SchemaOrSchemas),
        ("additionalItems", Schema),
        ("unevaluatedItems", Schema),
        ("contains", Schema),
        ("contentSchema", Schema),
        ("not", Schema),
        ("if", Schema),
        ("then", Schema),
        ("else", Schema),
        ("prefixItems", Schemas),
        ("allOf", Schemas),
        ("anyOf", Schemas),
        ("oneOf", Schemas),
        ("required", Names),
        ("enum", List),
        ("examples", List),
        ("const", Anything),
        ("default", Anything),
        ("example", Anything),
        ("nullable", Flag),
        ("discriminator", Anything),
        ("xml", Anything),
        ("externalDocs", Anything),
        ("title", Text),
        ("description", Text),
        ("format", Text),
        ("pattern", Text),
        ("contentEncoding", Text),
        ("contentMediaType", Text),
        ("$schema", Text),
        ("$id", Text),
        ("id", Text),
        ("$ref", Text),
        ("$dynamicRef", Text),
        ("$recursiveRef", Text),
        ("$anchor", Text),
        ("$dynamicAnchor", Text),
        ("$comment", Text),
        ("$recursiveAnchor", Flag),
        ("$vocabulary", Anything),
        ("minimum", Number),
        ("maximum", Number),
        ("multipleOf", Number),
        ("exclusiveMinimum", NumberOrFlag),
        ("exclusiveMaximum", NumberOrFlag),
        ("minLength", Count),
        ("maxLength", Count),
        ("minItems", Count),
        ("maxItems", Count),
        ("minContains", Count),
        ("maxContains", Count),
        ("minProperties", Count),
        ("maxProperties", Count),
        ("uniqueItems", Flag),
        ("deprecated", Flag),
        ("readOnly", Flag),
        ("writeOnly", Flag),
    ]
};

/// A wrong value in a schema: its place and the expected type.
struct Flaw {
    at: Vec<String>,
    expected: &'static str,
}

type Checked = Result<(), Flaw>;

/// Takes a schema. LangSmith would store `{"type": "text"}`, and then refuse every example.
pub(crate) fn schema(
    arguments: &mut Arguments<'_>,
    name: &'static str,
) -> Result<Option<Box<RawValue>>, ToolError> {
    let Some(schema) = object(arguments, name)? else { return Ok(None) };
    // Only halves of surrogate pairs and numbers beyond all types fail here.
    let members: Map<String, Value> = serde_json::from_str(schema.get())
        .map_err(|_| wrong_value(name, "JSON without broken characters and with numbers of usual size"))?;
    if members.get("$schema").and_then(Value::as_str).is_some_and(|draft| draft.contains(DRAFT_3)) {
        return Ok(Some(schema));
    }
    let is_own = |member: &String| holds(member).is_some() || member.starts_with(EXTENSION);
    if !members.keys().any(is_own) {
        let message = format!(
            "{name} is not a JSON Schema: none of its members is a keyword, such as type or properties."
        );
        return Err(ToolError::invalid(message));
    }
    each(&members).map(|()| Some(schema)).map_err(|flaw| {
        let place: Vec<String> = flaw.at.iter().rev().map(|step| shorten_name(step)).collect();
        let place = place.join(".");
        ToolError::invalid(format!(
            "{name} is not a JSON Schema: {} must be {}.",
            shorten_name(&place),
            flaw.expected
        ))
    })
}

fn holds(keyword: &str) -> Option<Holds> {
    KEYWORDS.iter().find(|(name, _)| *name == keyword).map(|(_, holds)| *holds)
}

/// Recursion is safe, because the nesting of the value is limited.
fn one(value: &Value) -> Checked {
    match value {
        Value::Bool(_) => Ok(()),
        Value::Object(members) => each(members),
        _ => Err(Flaw { at: Vec::new(), expected: "a schema, which is an object, true or false" }),
    }
}

fn each(members: &Map<String, Value>) -> Checked {
    members.iter().try_for_each(|(name, value)| match holds(name) {
        Some(holds) => at(name, member(holds, value)),
        None => Ok(()),
    })
}

fn member(holds: Holds, value: &Value) -> Checked {
    let must = |holds: bool, expected| if holds { Ok(()) } else { Err(Flaw { at: Vec::new(), expected }) };
    match (holds, value) {
        (Holds::Type, _) => must(
            is_type(value),
            "one of array, boolean, integer, null, number, object, string, or a list of them",
        ),
        (Holds::SchemaOrSchemas | Holds::Schemas, Value::Array(schemas)) => {
            schemas.iter().enumerate().try_for_each(|(index, schema)| at(&index.to_string(), one(schema)))
        }
        (Holds::Schema | Holds::SchemaOrSchemas, _) => one(value),
        (Holds::Schemas, _) => must(false, "a list of schemas"),
        (Holds::Named, Value::Object(schemas)) => {
            schemas.iter().try_for_each(|(name, schema)| at(name, one(schema)))
        }
        (Holds::NamedOrNames, Value::Object(members)) => members
            .iter()
            .filter(|(_, value)| !value.is_array())
            .try_for_each(|(name, schema)| at(name, one(schema))),
        (Holds::Named | Holds::NamedOrNames, _) => must(false, "an object"),
        (Holds::Names, _) => {
            must(value.as_array().is_some_and(|names| names.iter().all(Value::is_string)), "a list of names")
        }
        (Holds::Text, _) => must(value.is_string(), "a text"),
        (Holds::List, _) => must(value.is_array(), "a list"),
        (Holds::Number, _) => must(value.is_number(), "a number"),
        (Holds::NumberOrFlag, _) => must(value.is_number() || value.is_boolean(), "a number"),
        (Holds::Count, _) => must(
            value.as_f64().is_some_and(|number| number >= 0.0 && number.fract() == 0.0),
            "a whole number of at least 0",
        ),
        (Holds::Flag, _) => must(value.is_boolean(), "true or false"),
        (Holds::Anything, _) => Ok(()),
    }
}

fn at(step: &str, checked: Checked) -> Checked {
    checked.map_err(|mut flaw| {
        flaw.at.push(step.to_owned());
        flaw
    })
}

fn is_type(value: &Value) -> bool {
    let known = |value: &Value| value.as_str().is_some_and(|name| TYPES.contains(&name));
    match value {
        Value::Array(names) => !names.is_empty() && names.iter().all(known),
        one => known(one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_schema(json: &str) -> Result<Option<Box<RawValue>>, ToolError> {
        let json = format!(r#"{{"x":{json}}}"#);
        schema(&mut Arguments::parse(Some(serde_json::from_str(&json).unwrap())).unwrap(), "x")
    }

    #[test]
    fn a_schema_stays_as_it_came() {
        for json in [
            r#"{"type":["string","null"]}"#,
            r#"{"properties":{"type":{"enum":["text"]}},"additionalProperties":false}"#,
            r#"{"type":"array","items":{"type":"integer"}}"#,
            r#"{"items":[{"type":"integer"},true],"properties":{"a":true,"b":{"x-hint":{"type":"str"}}}}"#,
            r##"{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"type":"null"},{"const":{"type":"text"}}]}}}"##,
            r#"{"minimum":0.5,"exclusiveMinimum":true,"maxLength":5.0,"required":["a"],"default":{"required":"a"}}"#,
            r#"{"dependencies":{"a":["b"],"c":{"type":"object"}},"title":"properties"}"#,
            r#"{"minContains":1}"#,
            r#"{"maxContains":2}"#,
            r#"{"readOnly":true}"#,
            r#"{"writeOnly":false}"#,
            r#"{"x-origin":"y"}"#,
            r#"{"discriminator":{"propertyName":"kind"}}"#,
            r#"{"xml":{"name":"city"}}"#,
            r#"{"externalDocs":{"url":"https://example.com"}}"#,
            r#"{"$schema":"http://json-schema.org/draft-03/schema#","properties":{"a":{"type":"any","required":true}}}"#,
        ] {
            assert_eq!(parse_schema(json).unwrap().unwrap().get(), json);
        }
        assert!(parse_schema("null").unwrap().is_none() && parse_schema("{}").unwrap().is_none());
    }

    #[test]
    fn what_is_no_schema_is_named_with_its_place() {
        for (json, place) in [
            (r#"{"type":"text"}"#, "type must be one of array, "),
            (r#"{"type":5}"#, "type must be one of"),
            (r#"{"type":null}"#, "type must be one of"),
            (r#"{"type":[]}"#, "type must be one of"),
            (r#"{"type":["string",1]}"#, "type must be one of"),
            (r#"{"properties":{"a":{"type":"str"}}}"#, "properties.a.type must be one of"),
            (r#"{"items":{"items":{"type":{}}}}"#, "items.items.type must be one of"),
            (r#"{"properties":[]}"#, "properties must be an object."),
            (r#"{"properties":{"a":"string"}}"#, "properties.a must be a schema"),
            (r#"{"required":"a"}"#, "required must be a list of names."),
            (r#"{"properties":{"a":{"required":true}}}"#, "properties.a.required must be a list"),
            (r#"{"additionalProperties":{"type":"str"}}"#, "additionalProperties.type must be one of"),
            (r#"{"anyOf":[true,{"type":"text"}]}"#, "anyOf.1.type must be one of"),
            (r#"{"oneOf":{"type":"string"}}"#, "oneOf must be a list of schemas."),
            (r#"{"$defs":{"a":{"not":{"if":[]}}}}"#, "$defs.a.not.if must be a schema"),
            (r#"{"dependencies":{"a":5}}"#, "dependencies.a must be a schema"),
            (r#"{"enum":"a"}"#, "enum must be a list."),
            (r#"{"maxLength":-1}"#, "maxLength must be a whole number"),
            (r#"{"minimum":"1"}"#, "minimum must be a number."),
            (r#"{"uniqueItems":"yes"}"#, "uniqueItems must be true or false."),
            (r#"{"title":5}"#, "title must be a text."),
            (r#"{"minContains":-1}"#, "minContains must be a whole number"),
            (r#"{"readOnly":1}"#, "readOnly must be true or false."),
            (r#"{"$schema":"http://json-schema.org/draft-04/schema#","type":"any"}"#, "type must be one of"),
            (r#"{"hello":"world"}"#, "none of its members is a keyword"),
        ] {
            let error = parse_schema(json).unwrap_err();
            assert!(
                error.message.starts_with(&format!("x is not a JSON Schema: {place}")),
                "{json}: {error:?}"
            );
        }
        for json in [r#"{"title":"\ud800","type":"object"}"#, r#"{"minimum":1e999}"#] {
            assert!(parse_schema(json).unwrap_err().message.contains("broken characters"), "{json}");
        }
    }
}
