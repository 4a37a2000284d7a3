//! The outcome of a write that LangSmith may receive twice.

use std::collections::BTreeSet;

use uuid::Uuid;

/// The outcome of a write that changes nothing when repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored<T = ()> {
    /// Everything is stored.
    All(T),
    /// LangSmith refused the write because of something that exists already. The rest may or may not be stored.
    Conflict(Conflict),
}

/// A refusal with 409 Conflict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conflict {
    /// Whether the existing objects may come from an earlier attempt of the same request, whose answer was lost.
    pub is_lost: bool,
    /// The ids named in the refusal. The hosted LangSmith seldom names any.
    pub named: BTreeSet<Uuid>,
}

impl<T> Stored<T> {
    /// Maps the answer with `read`.
    pub(crate) fn try_map<U, E>(self, read: impl FnOnce(T) -> Result<U, E>) -> Result<Stored<U>, E> {
        Ok(match self {
            Self::All(answer) => Stored::All(read(answer)?),
            Self::Conflict(conflict) => Stored::Conflict(conflict),
        })
    }
}

/// Every UUID in an answer, wherever it appears.
pub(crate) fn ids(body: &[u8]) -> BTreeSet<Uuid> {
    let words = body.split(|byte| !byte.is_ascii_hexdigit() && *byte != b'-');
    words.filter(|word| word.len() == 36).filter_map(|word| Uuid::try_parse_ascii(word).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_of_a_refusal_are_found_in_any_text() {
        let (one, other) = (Uuid::from_u128(1), Uuid::max());
        let text = format!(r#"{{"detail":"Key (id)=({one}) exists, and {other}; not {}"}}"#, "a".repeat(36));
        assert_eq!(ids(text.as_bytes()), BTreeSet::from([one, other]));
        assert!(ids(br#"{"error":"Conflict: payloads already received"}"#).is_empty());
    }
}
