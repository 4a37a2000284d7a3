//! The effort of checking a value against a schema, known before the check. A few hundred bytes can describe 2⁴⁰ steps
//! (`allOf` with the same definition twice, forty times over), or a chain of references that no stack holds.

use serde_json::Value;

use super::parts::{Part, Unusable, innermost_first, parts};

/// The largest schema that is used, in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// The most steps for one value, its members not counted.
const MAX_STEPS: u64 = 10_000;

/// The most steps for a value with all of its members.
const MAX_TOTAL: u64 = 20_000_000;

/// The most schemas that are checked inside of one another: the stack holds that many.
const MAX_NESTED: u64 = 512;

/// The effort that a schema takes.
pub(super) struct Effort {
    parts: Vec<Part>,
    /// The places of the parts, each after those that apply to the same value.
    order: Vec<usize>,
}

/// The steps for a value, and how many schemas are checked inside of one another.
#[derive(Clone, Copy, Default)]
struct Cost {
    steps: u64,
    nested: u64,
}

impl Effort {
    /// The effort of `schema`, if it can be used at all.
    pub(super) fn of(schema: &Value) -> Result<Self, Unusable> {
        if schema.to_string().len() > MAX_BYTES {
            return Err(Unusable::TooLarge);
        }
        let parts = parts(schema)?;
        let order = innermost_first(&parts).ok_or(Unusable::TooLarge)?;
        let effort = Self { parts, order };
        if effort.costs(0).iter().any(|cost| cost.steps > MAX_STEPS || cost.nested > MAX_NESTED) {
            return Err(Unusable::TooLarge);
        }
        Ok(effort)
    }

    /// Whether this value can be checked.
    pub(super) fn allows(&self, value: &Value) -> bool {
        let (levels, count) = extent(value);
        let cost = self.costs(levels).first().copied().unwrap_or_default();
        cost.nested <= MAX_NESTED && cost.steps.saturating_mul(count) <= MAX_TOTAL
    }

    /// The cost of each part on the way from a value with so many levels to one of its innermost values.
    fn costs(&self, levels: usize) -> Vec<Cost> {
        let mut costs = vec![Cost::default(); self.parts.len()];
        for _ in 0..=levels {
            let below = costs.clone();
            for place in &self.order {
                let Some(part) = self.parts.get(*place) else { continue };
                let cost = part.cost(&costs, &below);
                costs.get_mut(*place).into_iter().for_each(|place| *place = cost);
            }
        }
        costs
    }
}

impl Part {
    /// The cost of this part, from those of the parts for the same value and for the values below.
    fn cost(&self, here: &[Cost], below: &[Cost]) -> Cost {
        let of = |costs: &[Cost], place: &usize| costs.get(*place).copied().unwrap_or_default();
        let named = self.by_name.iter().map(|place| of(below, place)).fold(Cost::default(), Cost::either);
        let here = self.here.iter().map(|place| of(here, place));
        let below = self.below.iter().map(|place| of(below, place));
        let Cost { steps, nested } = here.chain(below).fold(named, Cost::both);
        Cost { steps: steps.saturating_add(self.words).saturating_add(1), nested: nested.saturating_add(1) }
    }
}

impl Cost {
    /// One of two schemas is checked.
    fn either(self, other: Self) -> Self {
        Self { steps: self.steps.max(other.steps), nested: self.nested.max(other.nested) }
    }

    /// One schema is checked after the other.
    fn both(self, other: Self) -> Self {
        Self { steps: self.steps.saturating_add(other.steps), nested: self.nested.max(other.nested) }
    }
}

/// The number of levels of a value, and of all values in it.
fn extent(value: &Value) -> (usize, u64) {
    let (mut levels, mut count) = (0, 0);
    let mut pending = vec![(value, 0)];
    while let Some((value, level)) = pending.pop() {
        (levels, count) = (levels.max(level), count + 1);
        match value {
            Value::Array(items) => pending.extend(items.iter().map(|item| (item, level + 1))),
            Value::Object(members) => pending.extend(members.values().map(|member| (member, level + 1))),
            _ => {}
        }
    }
    (levels, count)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    /// Definitions `0` to `count`, each made of the next one's reference; the whole schema refers to the first.
    fn chain(count: usize, link: impl Fn(Value) -> Value) -> Value {
        let to = |place: usize| json!({ "$ref": format!("#/$defs/{place}") });
        let mut definitions: Map<String, Value> =
            (0..count).map(|place| (place.to_string(), link(to(place + 1)))).collect();
        definitions.insert(count.to_string(), json!({"type": "integer"}));
        json!({"$defs": definitions, "$ref": "#/$defs/0"})
    }

    fn unusable(schema: &Value) -> Option<Unusable> {
        Effort::of(schema).err()
    }

    #[test]
    fn what_no_time_or_stack_suffices_for_is_not_used() {
        for schema in [
            chain(40, |next| json!({"allOf": [next.clone(), next]})),
            chain(40, |next| json!({"allOf": [next], "unevaluatedProperties": false})),
            chain(5_000, |next| next),
            json!({"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}]}}, "$ref": "#/$defs/a"}),
            json!({"enum": (0..10_001).collect::<Vec<_>>()}),
            json!({"description": "x".repeat(MAX_BYTES)}),
            json!({"allOf": (0..65).map(|_| json!({"pattern": "a"})).collect::<Vec<_>>()}),
        ] {
            assert_eq!(unusable(&schema), Some(Unusable::TooLarge), "{:.200}", schema.to_string());
        }
        for reference in ["#anchor", "https://a.example/", "other", "#/a%20b"] {
            assert_eq!(unusable(&json!({ "$ref": reference })), Some(Unusable::Elsewhere), "{reference}");
        }
        assert_eq!(unusable(&json!({"not": {"$dynamicRef": "#a"}})), Some(Unusable::Elsewhere));
    }

    #[test]
    fn what_people_write_is_used() {
        let fields: Map<String, Value> =
            (0..1_000).map(|place| (format!("field {place}"), json!({"type": "string"}))).collect();
        for schema in [
            json!(true),
            json!({}),
            json!({"properties": fields}),
            json!({"enum": (0..1_000).collect::<Vec<_>>()}),
            chain(10, |next| json!({"allOf": [next.clone(), next]})),
            chain(200, |next| json!({"properties": {"next": next}})),
            // A property of the name of a keyword is none.
            json!({"properties": {"$ref": {"type": "string"}, "pattern": {}}}),
        ] {
            assert_eq!(unusable(&schema), None, "{:.200}", schema.to_string());
        }
    }

    #[test]
    fn a_recursive_schema_is_as_costly_as_its_value_is_deep() {
        let deep = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!({ "next": inner }));
        let node =
            |next: Value| json!({"$defs": {"node": {"properties": {"next": next}}}, "$ref": "#/$defs/node"});
        let to = json!({"$ref": "#/$defs/node"});
        let line = Effort::of(&node(json!({"anyOf": [to, {"type": "null"}]}))).ok().unwrap();
        assert!(line.allows(&deep(100)) && !line.allows(&deep(1_000)));
        let bush = Effort::of(&node(json!({"allOf": [to, to]}))).ok().unwrap();
        assert!(bush.allows(&deep(10)) && !bush.allows(&deep(40)));
        assert_eq!(extent(&json!([{"a": [1]}, 2])), (3, 5));
    }
}
