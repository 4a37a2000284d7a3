//! The places where two shapes differ.

use std::collections::BTreeSet;

use super::shape::{Kind, Shape};

/// A place where two shapes differ.
pub(super) struct Place {
    /// Such as `runs[].id`; empty for the root.
    pub(super) path: String,
    pub(super) double: BTreeSet<Kind>,
    pub(super) langsmith: BTreeSet<Kind>,
}

impl Place {
    /// Whether LangSmith has a kind here that the double never has, and that a reader of the double's would not expect.
    pub(super) fn is_new(&self) -> bool {
        let expected = |kind: &Kind| {
            // A reader of decimals can read integers.
            self.double.contains(kind) || (*kind == Kind::Integer && self.double.contains(&Kind::Decimal))
        };
        !self.langsmith.iter().all(expected)
    }
}

/// All differing places, outermost first. The contents of something that one side lacks are not listed.
pub(super) fn places(double: &Shape, langsmith: &Shape) -> Vec<Place> {
    let mut found = Vec::new();
    collect(String::new(), double, langsmith, &mut found);
    found
}

fn collect(path: String, double: &Shape, langsmith: &Shape, found: &mut Vec<Place>) {
    if double.is_object() && langsmith.is_object() {
        let names: BTreeSet<&String> = double.members.keys().chain(langsmith.members.keys()).collect();
        for name in names {
            let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match (double.members.get(name), langsmith.members.get(name)) {
                (Some(double), Some(langsmith)) => collect(below, double, langsmith, found),
                (one, other) => found.push(Place {
                    path: below,
                    double: kinds_or_absent(one),
                    langsmith: kinds_or_absent(other),
                }),
            }
        }
    }
    if let (Some(double), Some(langsmith)) = (&double.elements, &langsmith.elements) {
        collect(format!("{path}[]"), double, langsmith, found);
    }
    if double.kinds != langsmith.kinds {
        found.push(Place { path, double: double.kinds.clone(), langsmith: langsmith.kinds.clone() });
    }
}

fn kinds_or_absent(shape: Option<&Shape>) -> BTreeSet<Kind> {
    shape.map_or_else(|| BTreeSet::from([Kind::Absent]), |shape| shape.kinds.clone())
}
