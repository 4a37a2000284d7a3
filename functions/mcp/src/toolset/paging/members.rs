//! Writes an object of LangSmith's member by member, straight from the received bytes. A missing member is written as
//! null.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::json::copy::copy;
use crate::json::depth::{MAX_DEPTH, is_deep};
use crate::json::object::ObjectWriter;
use crate::json::sink::Sink;
use crate::toolset::iso;
use crate::toolset::paging::Limits;

/// The form in which a member is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MemberForm<'a> {
    /// Whole: ids, numbers and other short values.
    Exact(Option<&'a RawValue>),
    /// Texts by users and models: long strings are cut if the item must be shortened.
    Free(Option<&'a RawValue>),
    /// A time in UTC, with this spelling of its zone.
    Time(Option<&'a RawValue>, &'static str),
    /// JSON generated here, as long as its source.
    Own(&'a str),
}

/// Writes the object.
pub(crate) fn write(members: &[(&str, MemberForm<'_>)], limits: Limits, sink: &mut impl Sink) {
    let mut object = ObjectWriter::start(sink);
    for (name, form) in members {
        object.member(name, |sink| match form {
            MemberForm::Exact(value) => copy(json(*value), None, sink),
            MemberForm::Free(value) => write_free(json(*value), limits, sink),
            MemberForm::Time(value, zone) => write_time(*value, zone, sink),
            MemberForm::Own(json) => limits.write_part(json, sink),
        });
    }
    object.finish();
}

fn json(value: Option<&RawValue>) -> &str {
    value.map_or("null", RawValue::get)
}

/// A value that nests too deeply for readers becomes a preview. Its text is longer than the preview, because each level
/// takes two characters.
pub(crate) fn write_free(json: &str, limits: Limits, sink: &mut impl Sink) {
    let most = 2 * MAX_DEPTH;
    let part =
        if is_deep(json) { Some(limits.part.map_or(most, |part| part.min(most))) } else { limits.part };
    Limits { part, ..limits }.write_part(json, sink);
}

fn write_time(value: Option<&RawValue>, zone: &str, sink: &mut impl Sink) {
    match value.and_then(text).and_then(|time| iso::json_in_utc(&time, zone)) {
        Some(time) => copy(&time, None, sink),
        None => copy(json(value), None, sink),
    }
}

/// The text of a JSON string.
pub(crate) fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    text_of(value.get())
}

/// The same for validated JSON.
pub(crate) fn text_of(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') { serde_json::from_str(json).ok() } else { Some(inner.into()) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const WHOLE: Limits = Limits { cut: None, part: None };

    fn render(form: MemberForm<'_>, limits: Limits) -> Value {
        let mut text = String::new();
        write(&[("a", form), ("b", MemberForm::Own("{}"))], limits, &mut text);
        let mut value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["b"], json!({}));
        value["a"].take()
    }

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    #[test]
    fn times_are_in_utc() {
        for (json, zone, expected) in [
            (r#""2026-01-01T00:00:00.000000+00:00""#, "Z", json!("2026-01-01T00:00:00Z")),
            (r#""2026-01-01T00:00:00.5""#, "+00:00", json!("2026-01-01T00:00:00.500000+00:00")),
            (r#""soon \ud83d\ude00""#, "Z", json!("soon 😀")),
            (r#""\ud83d""#, "Z", json!("\u{fffd}")),
            ("7", "Z", json!(7)),
        ] {
            assert_eq!(render(MemberForm::Time(Some(&raw(json)), zone), WHOLE), expected, "{json}");
        }
        assert_eq!(render(MemberForm::Time(None, "Z"), WHOLE), Value::Null);
    }

    #[test]
    fn only_free_members_are_cut() {
        let text = raw(&format!("\"{}\"", "x".repeat(50)));
        let limits = Limits { cut: Some(10), part: None };
        assert_eq!(render(MemberForm::Exact(Some(&text)), limits), "x".repeat(50));
        assert_eq!(render(MemberForm::Free(Some(&text)), limits), format!("{}… (+40 chars)", "x".repeat(10)));
    }

    #[test]
    fn what_nests_too_deeply_becomes_a_preview() {
        let levels = MAX_DEPTH + 1;
        let deep = raw(&format!("{}{}", "[".repeat(levels), "]".repeat(levels)));
        let shown = render(MemberForm::Free(Some(&deep)), WHOLE);
        assert!(shown[0].as_str().unwrap().ends_with("(+2 chars)"), "{shown}");
        let level = raw(&format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH)));
        assert!(render(MemberForm::Free(Some(&level)), WHOLE)[0][0].is_array());
    }
}
