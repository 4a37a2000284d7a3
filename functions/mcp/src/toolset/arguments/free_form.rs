//! Values for storage: bounded, but not interpreted.

use std::ops::BitOr;

use serde_json::value::RawValue;
use uuid::Uuid;

use super::errors::wrong_value;
use super::placeholders::{MayBeEmpty, encoded, is_empty_entry, is_nothing};
use super::reader::Arguments;
use super::unknown::unknown_argument_or;
use crate::json::depth::{MAX_DEPTH, is_deep};
use crate::toolset::ToolError;

/// The largest entry of a list, in bytes. LangSmith takes more; this keeps each of our requests below 1 MB.
const MAX_ENTRY: usize = 900_000;

/// Takes a JSON object. An empty one counts as absent.
pub(crate) fn object(
    arguments: &mut Arguments<'_>,
    name: &'static str,
) -> Result<Option<Box<RawValue>>, ToolError> {
    let value = arguments.object(name)?;
    readable(name, value)
}

/// Takes a JSON object with a meaningful empty form: there is nothing, or nothing any more.
pub(crate) fn object_or_empty(
    arguments: &mut Arguments<'_>,
    name: &'static str,
) -> Result<Option<Box<RawValue>>, ToolError> {
    let value = arguments.object_or_empty(name)?;
    readable(name, value)
}

/// Refuses JSON of too many levels: it could be stored, but hardly any reader could read it back.
fn readable(name: &'static str, value: Option<Box<RawValue>>) -> Result<Option<Box<RawValue>>, ToolError> {
    match value.as_deref().map(|value| is_deep(value.get())) {
        Some(true) => Err(ToolError::invalid(format!("{name} nests deeper than {MAX_DEPTH} levels."))),
        _ => Ok(value),
    }
}

/// Takes a text of at most `most` characters.
pub(crate) fn text(
    arguments: &mut Arguments<'_>,
    name: &'static str,
    most: usize,
) -> Result<Option<String>, ToolError> {
    let text = arguments.text(name)?;
    if text.as_ref().is_some_and(|text| text.chars().count() > most) {
        return Err(wrong_value(name, &format!("at most {most} characters long")));
    }
    Ok(text)
}

/// Takes a name. Control characters are refused: no list shows them, and nobody types them in a search.
pub(crate) fn name(arguments: &mut Arguments<'_>, name: &'static str) -> Result<Option<String>, ToolError> {
    let text = arguments.short_text(name)?;
    text.map(|text| plain(name, text)).transpose()
}

/// Refuses a name with control characters.
pub(crate) fn plain(name: &'static str, text: String) -> Result<String, ToolError> {
    if text.contains(char::is_control) {
        return Err(wrong_value(name, "without control characters"));
    }
    Ok(text)
}

/// Takes the splits of an example. An empty list counts as absent: LangSmith does not promise to remove an example from
/// all splits.
pub(crate) fn splits(members: &mut Arguments<'_>) -> Result<Option<Vec<String>>, ToolError> {
    members.list("split")
}

/// Takes a UUID.
pub(crate) fn uuid(arguments: &mut Arguments<'_>, name: &'static str) -> Result<Option<Uuid>, ToolError> {
    let Some(text) = arguments.id(name)? else { return Ok(None) };
    Uuid::try_parse(&text).map(Some).map_err(|_| wrong_value(name, "a UUID"))
}

/// Takes at most `most` UUIDs, each once: a JSON array, its text, or one bare UUID.
pub(crate) fn uuids(
    arguments: &mut Arguments<'_>,
    (name, most): (&'static str, usize),
) -> Result<Vec<Uuid>, ToolError> {
    let mut ids: Vec<Uuid> = Vec::new();
    for id in arguments.id_list(name, most)? {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// The objects of a list argument.
pub(crate) struct Entries<'m> {
    pub(crate) name: &'static str,
    /// The maximum number of entries.
    pub(crate) most: usize,
    /// The names of an entry's members.
    pub(crate) members: &'m [&'m str],
    /// The members with a meaningful empty form.
    pub(crate) may_be_empty: fn(&Arguments<'_>) -> MayBeEmpty,
}

/// Takes a list of objects, each read like the arguments of a call. An empty list counts as absent, and so do
/// placeholders among the entries. An error names the place of the entry. A sign in any entry counts for the whole
/// call, also for the arguments taken after this list.
pub(crate) fn entries<T>(
    arguments: &mut Arguments<'_>,
    Entries { name, most, members, may_be_empty }: Entries<'_>,
    read: impl Fn(&mut Arguments<'_>) -> Result<T, ToolError>,
) -> Result<Option<Vec<T>>, ToolError> {
    let Some(items) = arguments.array(name, most)? else { return Ok(None) };
    let items = items.into_iter().enumerate().filter(|(_, item)| !is_empty_entry(item) && !is_nothing(item));
    let items: Vec<(usize, Box<RawValue>)> = items.map(|(at, item)| (at, encoded::entry(item))).collect();
    let parsed: Vec<_> = items.iter().map(|(_, item)| members_of(item, may_be_empty)).collect();
    let signs = parsed.iter().flatten().map(Arguments::signs).fold(arguments.signs(), BitOr::bitor);
    arguments.add_signs(signs);
    let mut taken = Vec::with_capacity(items.len());
    for ((at, item), parsed) in items.iter().zip(parsed) {
        let entry = parsed.and_then(|parsed| parsed.read_entry(signs, &read));
        let (entry, ignored) = entry.map_err(|error| {
            let mut error = unknown_argument_or(error, Some(item), members);
            error.message = format!("{name}[{at}]: {}", error.message);
            error
        })?;
        arguments.ignored.add_entry(&format!("{name}[{at}]"), ignored);
        taken.push(entry);
    }
    Ok(Some(taken))
}

fn members_of(
    item: &RawValue,
    may_be_empty: fn(&Arguments<'_>) -> MayBeEmpty,
) -> Result<Arguments<'_>, ToolError> {
    if !item.get().starts_with('{') {
        return Err(ToolError::invalid("It must be a JSON object."));
    }
    if item.get().len() > MAX_ENTRY {
        return Err(ToolError::invalid(format!("It is larger than {MAX_ENTRY} bytes.")));
    }
    let mut members = Arguments::parse(Some(item))?;
    members.set_may_be_empty(may_be_empty(&members));
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolset::arguments::errors::missing;
    use crate::toolset::arguments::placeholders::EmptyForm;
    use crate::toolset::arguments::reader::with;

    fn list<'m>(members: &'m [&'m str]) -> Entries<'m> {
        const MAY_BE_EMPTY: MayBeEmpty = &[("inputs", EmptyForm::Object), ("outputs", EmptyForm::Object)];
        Entries { name: "list", most: 3, members, may_be_empty: |_| MAY_BE_EMPTY }
    }

    fn names(json: &str) -> Result<Option<Vec<Option<String>>>, ToolError> {
        with(json, |arguments| entries(arguments, list(&["name"]), |entry| text(entry, "name", 5)))
    }

    #[test]
    fn odd_values_stay_as_they_came() {
        let json = r#"{"x":{"a":"\ud83d","n":1e400}}"#;
        let value = with(json, |arguments| object(arguments, "x")).unwrap().unwrap();
        assert_eq!(value.get(), r#"{"a":"\ud83d","n":1e400}"#);
    }

    #[test]
    fn names_are_of_limited_length_and_plain() {
        let take = |json: &str| with(json, |arguments| name(arguments, "x"));
        assert_eq!(take(r#"{"x":"a b 言"}"#), Ok(Some("a b 言".to_owned())));
        assert_eq!(take(r#"{"x":" "}"#), Ok(None));
        let long = |length| format!(r#"{{"x":"{}"}}"#, "言".repeat(length));
        assert!(take(&long(2000)).is_ok());
        assert_eq!(take(&long(2001)), Err(ToolError::invalid("x must be at most 2000 characters long.")));
        for json in [r#"{"x":"a\u0007"}"#, r#"{"x":"a\nb"}"#, r#"{"x":"\u009f"}"#] {
            assert_eq!(
                take(json),
                Err(ToolError::invalid("x must be without control characters.")),
                "{json}"
            );
        }
    }

    #[test]
    fn an_example_is_in_a_split() {
        let take = |json: &str| with(json, splits);
        assert_eq!(take("{}"), Ok(None));
        assert_eq!(take(r#"{"split":null}"#), Ok(None));
        assert_eq!(take(r#"{"split":"a"}"#), Ok(Some(vec!["a".to_owned()])));
        assert_eq!(take(r#"{"split":"[\"a\"]"}"#), Ok(Some(vec!["a".to_owned()])));
        for json in [r#"{"split":[]}"#, r#"{"split":"[]"}"#, r#"{"split":""}"#, r#"{"split":[" "]}"#] {
            assert_eq!(take(json), Ok(None), "{json}");
        }
    }

    #[test]
    fn deep_nesting_is_named() {
        for levels in [MAX_DEPTH, 200_000] {
            let deep = format!(r#"{{"x":{{"a":{}{}}}}}"#, "[".repeat(levels), "]".repeat(levels));
            let error = with(&deep, |arguments| object(arguments, "x")).unwrap_err();
            assert_eq!(error, ToolError::invalid("x nests deeper than 100 levels."));
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        assert_eq!(
            names(r#"{"list":[{"name":"a"},{"name":null}]}"#),
            Ok(Some(vec![Some("a".to_owned()), None]))
        );
        for none in [
            "{}",
            r#"{"list":[]}"#,
            r#"{"list":""}"#,
            r#"{"list":{}}"#,
            r#"{"list":[""]}"#,
            r#"{"list":["None",null]}"#,
            r#"{"list":"[\"\",[]]"}"#,
        ] {
            assert_eq!(names(none), Ok(None), "{none}");
        }
        assert_eq!(
            names(r#"{"list":["{\"name\":\"a\"}",{"name":"b"}]}"#),
            Ok(Some(vec![Some("a".to_owned()), Some("b".to_owned())]))
        );
        assert_eq!(
            names(r#"{"list":[null,{"name":"a"},"","None"]}"#),
            Err(ToolError::invalid("list must be at most 3 entries long."))
        );
        assert_eq!(names(r#"{"list":[null,{"name":"a"},"None"]}"#), Ok(Some(vec![Some("a".to_owned())])));
        for (json, message) in [
            (r#"{"list":[{},"{"]}"#, "list[1]: It must be a JSON object."),
            (r#"{"list":["a"]}"#, "list[0]: It must be a JSON object."),
            (
                r#"{"list":[{},"{\"nane\":1}"]}"#,
                "list[1]: Unknown argument: nane. Did you mean name? Known arguments: name.",
            ),
            (r#"{"list":[null,1]}"#, "list[1]: It must be a JSON object."),
            (r#"{"list":[{"name":5}]}"#, "list[0]: name must be a string."),
            (r#"{"list":[{"name":"123456"}]}"#, "list[0]: name must be at most 5 characters long."),
            (
                r#"{"list":[{"nane":1}]}"#,
                "list[0]: Unknown argument: nane. Did you mean name? Known arguments: name.",
            ),
            (
                r#"{"list":[{"name":5,"nane":1}]}"#,
                "list[0]: Unknown argument: nane. Did you mean name? Known arguments: name.",
            ),
            (
                r#"{"list":[{"toolCallId":1}]}"#,
                "list[0]: Unknown argument: toolCallId. Known arguments: name.",
            ),
            (r#"{"list":[{},{},{},{}]}"#, "list must be at most 3 entries long."),
        ] {
            assert_eq!(names(json), Err(ToolError::invalid(message)), "{json}");
        }
        let large = format!(r#"{{"list":[{{"name":"{}"}}]}}"#, "x".repeat(MAX_ENTRY));
        assert_eq!(names(&large), Err(ToolError::invalid("list[0]: It is larger than 900000 bytes.")));
    }

    #[test]
    fn an_entry_is_read_as_its_call_is_meant() {
        let outputs = |json: &str| {
            with(json, |call| {
                entries(call, list(&["inputs", "metadata", "outputs", "split"]), |entry| {
                    let _others =
                        (object_or_empty(entry, "inputs")?, object(entry, "metadata")?, splits(entry)?);
                    object_or_empty(entry, "outputs")
                })
            })
            .map(|found| found.map(|all| all.into_iter().flatten().count()))
        };
        for (json, count) in [
            (r#"{"list":[{"outputs":{}}]}"#, 1),
            (r#"{"list":[{"outputs":{}}],"metadata":{}}"#, 0),
            (r#"{"list":[{"outputs":{}}],"close":""}"#, 0),
            (r#"{"list":[{"outputs":{}}],"metadata":""}"#, 0),
            (r#"{"list":[{"outputs":{}},{"inputs":{"a":1},"metadata":{}}]}"#, 0),
            (r#"{"list":[{"outputs":{}},{"inputs":{}}]}"#, 1),
            (r#"{"list":[{"outputs":{}},{"inputs":{"a":1},"split":"None"}]}"#, 0),
            (r#"{"list":[{"outputs":{}}],"description":"None"}"#, 0),
            (r#"{"list":[{"outputs":{"a":{}}}],"close":""}"#, 1),
        ] {
            assert_eq!(outputs(json), Ok(Some(count)), "{json}");
        }
    }

    #[test]
    fn a_required_member_may_not_be_empty() {
        let required = |entry: &mut Arguments<'_>| text(entry, "name", 5)?.ok_or_else(|| missing("name"));
        let read = |json: &str| with(json, |call| entries(call, list(&["name"]), required));
        for (json, message) in [
            (r#"{"list":[{"name":"a"},{"name":" "}]}"#, "list[1]: name is empty, but required."),
            (r#"{"list":[{"name":null}]}"#, "list[0]: Missing argument: name"),
        ] {
            assert_eq!(read(json), Err(ToolError::invalid(message)), "{json}");
        }
    }
}
