//! The shape of JSON: the members and the kinds of their values, without the values.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use crate::redact::{Redactor, is_open};

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Missing in some of the merged values.
    Absent,
    Null,
    Boolean,
    Integer,
    Decimal,
    String,
    Array,
    Object,
}

/// The shape of one value, or of several merged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) kinds: BTreeSet<Kind>,
    /// The members of the objects among them.
    pub(crate) members: BTreeMap<String, Self>,
    /// The merged elements of the lists among them; `None` while all lists were empty.
    pub(crate) elements: Option<Box<Self>>,
}

impl Shape {
    /// The shape of a value. Members with names chosen by people or programs are merged.
    pub(crate) fn of(value: &Value, redactor: &Redactor) -> Self {
        Self::of_part(value, redactor, false)
    }

    fn of_part(value: &Value, redactor: &Redactor, open: bool) -> Self {
        let mut shape = Self { kinds: BTreeSet::from([kind(value)]), ..Self::default() };
        match value {
            Value::Array(elements) => {
                let elements = elements.iter().map(|element| Self::of_part(element, redactor, open));
                shape.elements = elements.reduce(Self::merged).map(Box::new);
            }
            Value::Object(members) => {
                for (name, value) in members {
                    let member = Self::of_part(value, redactor, open || is_open(name));
                    let name = redactor.name(name, open);
                    let member = match shape.members.remove(&name) {
                        Some(other) => other.merged(member),
                        None => member,
                    };
                    shape.members.insert(name, member);
                }
            }
            _ => {}
        }
        shape
    }

    /// The merged shape of both.
    pub(crate) fn merged(mut self, other: Self) -> Self {
        let both_objects = self.is_object() && other.is_object();
        self.kinds.extend(other.kinds);
        let mut members = other.members;
        for (name, member) in &mut self.members {
            match members.remove(name) {
                Some(other) => *member = std::mem::take(member).merged(other),
                None if both_objects => drop(member.kinds.insert(Kind::Absent)),
                None => {}
            }
        }
        for (name, mut member) in members {
            if both_objects {
                member.kinds.insert(Kind::Absent);
            }
            self.members.insert(name, member);
        }
        self.elements = match (self.elements, other.elements) {
            (Some(one), Some(other)) => Some(Box::new(one.merged(*other))),
            (one, other) => one.or(other),
        };
        self
    }

    pub(crate) fn is_object(&self) -> bool {
        self.kinds.contains(&Kind::Object)
    }
}

fn kind(value: &Value) -> Kind {
    match value {
        Value::Null => Kind::Null,
        Value::Bool(_) => Kind::Boolean,
        Value::Number(number) if number.is_f64() => Kind::Decimal,
        Value::Number(_) => Kind::Integer,
        Value::String(_) => Kind::String,
        Value::Array(_) => Kind::Array,
        Value::Object(_) => Kind::Object,
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "absent",
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        })
    }
}
