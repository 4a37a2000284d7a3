//! A schema as a list of the schemas within it: what a schema refers to several times is in it once.

use std::collections::BTreeMap;

use serde_json::Value;

use super::subschemas::Subschemas;

/// The most patterns of a schema: each is compiled.
const MAX_PATTERNS: usize = 64;

/// Why a schema is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// It is too large, or takes too many steps: clients that check it themselves would fail as well.
    TooLarge,
    /// It has references whose effort is not known: to anchors, dynamic ones, to other documents.
    Elsewhere,
}

/// A schema, with the others that it applies, by their places in the list.
#[derive(Default)]
pub(super) struct Part {
    /// The number of words that a value is compared with.
    pub(super) words: u64,
    /// The schemas that apply to the same value.
    pub(super) here: Vec<usize>,
    /// Those of which at most one applies to a member or item.
    pub(super) by_name: Vec<usize>,
    /// Those of which several can apply to a member or item.
    pub(super) below: Vec<usize>,
}

/// The parts of `schema`, the whole one first.
pub(super) fn parts(schema: &Value) -> Result<Vec<Part>, Unusable> {
    let mut found =
        Found { schemas: vec![schema], places: BTreeMap::from([(std::ptr::from_ref(schema), 0)]) };
    let (mut parts, mut patterns) = (Vec::new(), 0);
    while let Some(part) = found.schemas.get(parts.len()) {
        let subschemas = Subschemas::of(part, schema).map_err(|_elsewhere| Unusable::Elsewhere)?;
        patterns += subschemas.patterns;
        parts.push(Part {
            words: u64::try_from(subschemas.words).unwrap_or(u64::MAX),
            here: found.places(&subschemas.here),
            by_name: found.places(&subschemas.by_name),
            below: found.places(&subschemas.below),
        });
    }
    if patterns > MAX_PATTERNS { Err(Unusable::TooLarge) } else { Ok(parts) }
}

/// The parts in an order in which each follows those that apply to the same value. `None` for a schema that applies
/// itself to the same value, whose check would have no end.
pub(super) fn innermost_first(parts: &[Part]) -> Option<Vec<usize>> {
    let mut marks = vec![Mark::New; parts.len()];
    let mut order = Vec::with_capacity(parts.len());
    for start in 0..parts.len() {
        let mut pending = vec![start];
        while let Some(at) = pending.last().copied() {
            match marks.get_mut(at)? {
                mark @ Mark::New => {
                    *mark = Mark::Open;
                    for inner in &parts.get(at)?.here {
                        match marks.get(*inner)? {
                            Mark::New => pending.push(*inner),
                            Mark::Open => return None,
                            Mark::Done => {}
                        }
                    }
                }
                mark => {
                    if *mark == Mark::Open {
                        *mark = Mark::Done;
                        order.push(at);
                    }
                    pending.pop();
                }
            }
        }
    }
    Some(order)
}

/// How far the search for the order is with a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    /// Those that apply to the same value are being visited.
    Open,
    Done,
}

/// The schemas found so far, and the place of each.
struct Found<'a> {
    schemas: Vec<&'a Value>,
    places: BTreeMap<*const Value, usize>,
}

impl<'a> Found<'a> {
    fn places(&mut self, schemas: &[&'a Value]) -> Vec<usize> {
        schemas.iter().map(|schema| self.place(schema)).collect()
    }

    fn place(&mut self, schema: &'a Value) -> usize {
        *self.places.entry(std::ptr::from_ref(schema)).or_insert_with(|| {
            self.schemas.push(schema);
            self.schemas.len() - 1
        })
    }
}
