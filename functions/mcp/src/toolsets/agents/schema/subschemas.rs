//! The subschemas of a JSON Schema by what they apply to (JSON Schema 2020-12, Core, sections 10 and 11).

use serde_json::{Map, Value};

/// The subschemas of one schema.
#[derive(Default)]
pub(super) struct Subschemas<'a> {
    /// Those that apply to the same value.
    pub(super) here: Vec<&'a Value>,
    /// Those of properties: at most one of them applies to a member.
    pub(super) by_name: Vec<&'a Value>,
    /// Those of which several can apply to one member or item.
    pub(super) below: Vec<&'a Value>,
    /// The number of patterns.
    pub(super) patterns: usize,
    /// The number of words that a value is compared with.
    pub(super) words: usize,
}

/// A reference that is no JSON Pointer into the same document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Elsewhere;

impl<'a> Subschemas<'a> {
    /// The subschemas of `schema`, a part of the document `root`.
    pub(super) fn of(schema: &'a Value, root: &'a Value) -> Result<Self, Elsewhere> {
        let mut found = Self::default();
        let Some(members) = schema.as_object() else { return Ok(found) };
        for (keyword, value) in members {
            found.add(keyword, value, root)?;
        }
        // These look at everything else that applies to the value once more.
        if members.contains_key("unevaluatedProperties") || members.contains_key("unevaluatedItems") {
            found.here.extend_from_within(..);
        }
        Ok(found)
    }

    fn add(&mut self, keyword: &str, value: &'a Value, root: &'a Value) -> Result<(), Elsewhere> {
        match keyword {
            "$ref" => self.here.extend(target(value, root)?),
            "$dynamicRef" | "$recursiveRef" => return Err(Elsewhere),
            "allOf" | "anyOf" | "oneOf" => self.here.extend(value.as_array().into_iter().flatten()),
            "not" | "if" | "then" | "else" => self.here.push(value),
            "dependentSchemas" | "dependencies" => self.here.extend(members(value)),
            "properties" => self.by_name.extend(members(value)),
            "patternProperties" => {
                self.below.extend(members(value));
                self.patterns += value.as_object().map_or(0, Map::len);
            }
            "prefixItems" => self.by_name.extend(value.as_array().into_iter().flatten()),
            "items" if value.is_array() => self.by_name.extend(value.as_array().into_iter().flatten()),
            "items"
            | "additionalItems"
            | "contains"
            | "additionalProperties"
            | "propertyNames"
            | "unevaluatedItems"
            | "unevaluatedProperties" => self.below.push(value),
            "pattern" => self.patterns += 1,
            "enum" | "required" => self.words += value.as_array().map_or(0, Vec::len),
            _ => {}
        }
        Ok(())
    }
}

fn members(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_object().into_iter().flat_map(Map::values)
}

/// The schema that a reference means; nothing for one that leads nowhere, which the validator refuses.
fn target<'a>(reference: &Value, root: &'a Value) -> Result<Option<&'a Value>, Elsewhere> {
    let Some(pointer) = reference.as_str().and_then(|text| text.strip_prefix('#')) else {
        return Err(Elsewhere);
    };
    if pointer.contains('%') || !(pointer.is_empty() || pointer.starts_with('/')) {
        return Err(Elsewhere);
    }
    Ok(root.pointer(pointer))
}
