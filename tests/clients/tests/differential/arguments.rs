//! Random arguments of a call.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// A builder of arguments.
pub(crate) struct Arguments<'r> {
    rng: &'r mut Rng,
    members: Map<String, Value>,
}

impl<'r> Arguments<'r> {
    pub(crate) fn new(rng: &'r mut Rng) -> Self {
        Self { rng, members: Map::new() }
    }

    /// Adds a mandatory argument.
    pub(crate) fn always(mut self, name: &str, value: impl FnOnce(&mut Rng) -> Value) -> Self {
        let value = value(self.rng);
        self.members.insert(name.to_owned(), value);
        self
    }

    /// Adds an argument in `percent` of the calls.
    pub(crate) fn maybe(self, percent: u8, name: &str, value: impl FnOnce(&mut Rng) -> Value) -> Self {
        if self.rng.u8(0..100) < percent { self.always(name, value) } else { self }
    }

    /// Picks one item, for arguments that belong together.
    pub(crate) fn choose<'p, T>(&mut self, pool: &'p [T]) -> &'p T {
        &pool[self.rng.usize(0..pool.len())]
    }

    pub(crate) fn done(self) -> Value {
        Value::Object(self.members)
    }
}

/// One of the given texts.
pub(crate) fn one(pool: &[String]) -> impl FnOnce(&mut Rng) -> Value + '_ {
    move |rng| json!(pool[rng.usize(0..pool.len())])
}

/// One of the given static texts.
pub(crate) fn of(pool: &'static [&'static str]) -> impl FnOnce(&mut Rng) -> Value {
    move |rng| json!(pool[rng.usize(0..pool.len())])
}

/// One or several of the given texts, in the forms in which the standalone server takes a list.
pub(crate) fn some(pool: &[String]) -> impl FnOnce(&mut Rng) -> Value + '_ {
    move |rng| {
        if rng.bool() {
            return one(pool)(rng);
        }
        let count = rng.usize(1..=pool.len().min(3));
        let chosen: Vec<&String> = rng.choose_multiple(pool, count);
        json!(json!(chosen).to_string())
    }
}

/// `"true"` or `"false"`.
pub(crate) fn flag(rng: &mut Rng) -> Value {
    json!(if rng.bool() { "true" } else { "false" })
}

/// A number within these bounds.
pub(crate) fn number(from: i64, to: i64) -> impl FnOnce(&mut Rng) -> Value {
    move |rng| json!(rng.i64(from..=to))
}
