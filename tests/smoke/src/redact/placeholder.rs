//! Placeholders for texts, which keep the form visible.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

const ID: &str = "<uuid>";

/// The length of a UUID with hyphens.
const ID_LENGTH: usize = 36;

/// The minimum length of a hash.
const HASH_LENGTH: usize = 8;

/// The text with every UUID in it hidden.
pub(super) fn hidden_ids(text: &str) -> String {
    let mut hidden = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(id) = rest.get(..ID_LENGTH).filter(|id| Uuid::try_parse(id).is_ok()) {
            hidden.push_str(ID);
            rest = rest.strip_prefix(id).unwrap_or_default();
        } else {
            hidden.push(first);
            rest = rest.strip_prefix(first).unwrap_or_default();
        }
    }
    hidden
}

/// The placeholder for a text of its kind.
pub(super) fn placeholder(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else if Uuid::try_parse(text).is_ok() {
        ID.to_owned()
    } else if is_time(text) {
        let zeros = text.chars().map(|character| if character.is_ascii_digit() { '0' } else { character });
        format!("<time {}>", zeros.collect::<String>())
    } else if is_hash(text) {
        "<hash>".to_owned()
    } else if text.parse::<f64>().is_ok() {
        "<number as text>".to_owned()
    } else {
        "<text>".to_owned()
    }
}

/// Whether a text is more than an id, a time or a hash.
pub(super) fn is_word(text: &str) -> bool {
    Uuid::try_parse(text).is_err() && !is_time(text) && !is_hash(text)
}

/// Whether a text is a commit hash or the beginning of one.
fn is_hash(text: &str) -> bool {
    let is_hex = |character: char| character.is_ascii_digit() || ('a'..='f').contains(&character);
    text.len() >= HASH_LENGTH && text.chars().all(is_hex)
}

/// ISO 8601, with a zone or without.
fn is_time(text: &str) -> bool {
    let zoned = |text: &str| OffsetDateTime::parse(text, &Rfc3339).is_ok();
    zoned(text) || zoned(&format!("{text}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_shows_its_kind_only() {
        for (text, expected) in [
            ("ada00000-0000-4000-8000-000000000001", "<uuid>"),
            ("2026-11-21T10:00:00.123456", "<time 0000-00-00T00:00:00.000000>"),
            ("2026-11-21T10:00:00+00:00", "<time 0000-00-00T00:00:00+00:00>"),
            ("0a1b2c3d", "<hash>"),
            ("0.0012", "<number as text>"),
            ("ada@example.com", "<text>"),
            ("", ""),
        ] {
            assert_eq!(placeholder(text), expected, "{text}");
        }
    }

    #[test]
    fn ids_are_hidden_wherever_they_stand() {
        let id = "ada00000-0000-4000-8000-000000000001";
        assert_eq!(hidden_ids(&format!("eq(id, \"{id}\") ä {id}")), "eq(id, \"<uuid>\") ä <uuid>");
        assert_eq!(hidden_ids("ä"), "ä");
    }
}
