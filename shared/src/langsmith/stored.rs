//! What becomes of a write that LangSmith may get twice.

use std::collections::BTreeSet;

use uuid::Uuid;

/// What a write came to that changes nothing the second time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored<T = ()> {
    /// All of it is there now.
    All(T),
    /// LangSmith refuses it because of something that it has already. The rest may or may not be there.
    Conflict(Conflict),
}

/// A refusal with 409.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conflict {
    /// Whether an earlier attempt of the same request may have brought it, whose answer was lost.
    pub is_lost: bool,
    /// The ids that the refusal names. The hosted LangSmith seldom names any.
    pub named: BTreeSet<Uuid>,
}

impl<T> Stored<T> {
    /// The same with what `read` makes of the answer.
    pub(super) fn try_map<U, E>(self, read: impl FnOnce(T) -> Result<U, E>) -> Result<Stored<U>, E> {
        Ok(match self {
            Self::All(answer) => Stored::All(read(answer)?),
            Self::Conflict(conflict) => Stored::Conflict(conflict),
        })
    }
}

/// Every UUID in an answer, wherever it stands.
pub(super) fn ids(body: &[u8]) -> BTreeSet<Uuid> {
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
