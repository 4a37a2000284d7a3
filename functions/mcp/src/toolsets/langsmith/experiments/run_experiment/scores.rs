//! The scores of a result, in either of two forms.

use std::borrow::Cow;
use std::collections::BTreeSet;

use langsmith::RawObject;
use serde_json::value::RawValue;

use crate::json::depth::is_deep;
use crate::toolset::arguments::errors::{missing, wrong_value};
use crate::toolset::arguments::free_form::{Entries, entries, text};
use crate::toolset::arguments::no_nul_char::without_nul;
use crate::toolset::arguments::placeholders::{is_empty, names_nothing};
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::{ToolError, shorten_name};

/// The maximum number of scores of one result.
const MAX_SCORES: usize = 20;

/// The maximum length of a key at LangSmith, in characters.
const MAX_KEY: usize = 180;

const FORMS: &str = "an object of scores or an array of them";

/// One score.
#[derive(Debug)]
pub(super) struct Score {
    pub(super) key: String,
    /// A number or a boolean.
    pub(super) score: Option<Box<RawValue>>,
    /// A text, a number, a boolean or an object.
    pub(super) value: Option<Box<RawValue>>,
    pub(super) comment: Option<String>,
}

/// Takes `scores`: `{key: number, boolean or text}`, or a list of objects; or the text of either.
pub(super) fn parse(members: &mut Arguments<'_>) -> Result<Vec<Score>, ToolError> {
    let Some(raw) = members.raw_value("scores") else { return Ok(Vec::new()) };
    let json = match serde_json::from_str::<Cow<'_, str>>(raw.get()) {
        Ok(text) => {
            RawValue::from_string(text.trim().to_owned()).map_err(|_| wrong_value("scores", FORMS))?
        }
        Err(_) => raw.to_owned(),
    };
    without_nul("scores", &json)?;
    let scores = match json.get().bytes().next() {
        Some(b'{') if is_single(&json) => listed(members, &format!("[{}]", json.get()))?,
        Some(b'{') => by_key(members, &json)?,
        Some(b'[') => listed(members, json.get())?,
        _ => return Err(wrong_value("scores", FORMS)),
    };
    if scores.len() > MAX_SCORES {
        return Err(wrong_value("scores", &format!("at most {MAX_SCORES} entries long")));
    }
    let mut seen = BTreeSet::new();
    match scores.iter().find(|score| !seen.insert(&score.key)) {
        None => Ok(scores),
        Some(twice) => {
            Err(ToolError::invalid(format!("scores: the key {} appears twice.", shorten_name(&twice.key))))
        }
    }
}

/// The members of a score in the list form.
const MEMBERS: [&str; 4] = ["key", "score", "value", "comment"];

/// Whether an object is one score of the list form, even with unknown members. Read as keys, the members would be
/// recorded as several scores, and no tool could remove those again.
fn is_single(json: &RawValue) -> bool {
    let members: Option<RawObject> = serde_json::from_str(json.get()).ok();
    members.is_some_and(|members| {
        let has_text_key =
            members.iter().any(|(name, value)| name == "key" && Kind::of(value) == Some(Kind::Text));
        has_text_key && members.iter().any(|(name, _)| MEMBERS.contains(&name) && name != "key")
    })
}

fn by_key(members: &mut Arguments<'_>, json: &RawValue) -> Result<Vec<Score>, ToolError> {
    let by_key: RawObject =
        serde_json::from_str(json.get()).map_err(|_| wrong_value("scores", "an object of scores"))?;
    let mut scores = Vec::new();
    for (key, value) in by_key.iter().filter(|(_, value)| !is_empty(value)) {
        // As a category, it would replace an earlier number.
        if members.fills_in() && is_filled_in(value) {
            members.ignored.add(&format!("scores.{}", shorten_name(key)));
        } else {
            scores.push(plain(key, value)?);
        }
    }
    Ok(scores)
}

fn plain(key: &str, value: &RawValue) -> Result<Score, ToolError> {
    let key = checked_key(key)?;
    let (score, value) = match Kind::of(value) {
        Some(Kind::Number | Kind::Boolean) => (Some(value.to_owned()), None),
        // As a category, it would replace an earlier number.
        Some(Kind::Text) => match plain_in(value) {
            Some(score) => (Some(score), None),
            None => (None, Some(value.to_owned())),
        },
        Some(Kind::Object) | None => {
            let name = shorten_name(&key);
            return Err(ToolError::invalid(format!("scores: {name} must be a number, a boolean or a text.")));
        }
    };
    Ok(Score { key, score, value, comment: None })
}

fn listed(members: &mut Arguments<'_>, json: &str) -> Result<Vec<Score>, ToolError> {
    let wrapped = format!(r#"{{"scores":{json}}}"#);
    let wrapped: Box<RawValue> =
        RawValue::from_string(wrapped).map_err(|_| wrong_value("scores", "an array of scores"))?;
    let mut arguments = Arguments::parse(Some(&wrapped))?;
    arguments.add_signs(members.signs());
    let list = Entries { name: "scores", most: MAX_SCORES, members: &MEMBERS, may_be_empty: |_| &[] };
    let scores = entries(&mut arguments, list, one);
    members.ignored.append(arguments.ignored);
    Ok(scores?.unwrap_or_default().into_iter().flatten().collect())
}

/// Takes one score; `None` if everything but its key is filled in.
fn one(members: &mut Arguments<'_>) -> Result<Option<Score>, ToolError> {
    let has_score = members.remaining().any(|(name, value)| name == "score" && value.get() != "null");
    let key = text(members, "key", MAX_KEY)?.ok_or_else(|| missing("key"))?;
    let score = members.raw_value("score").map(|score| plain_in(score).unwrap_or_else(|| score.to_owned()));
    let value = members.raw("value");
    if score.as_deref().is_some_and(|score| !matches!(Kind::of(score), Some(Kind::Number | Kind::Boolean))) {
        return Err(wrong_value("score", "a number or a boolean"));
    }
    if value.is_some_and(|value| Kind::of(value).is_none() || is_deep(value.get())) {
        return Err(wrong_value("value", "a text, a number, a boolean or an object"));
    }
    let comment = members.text("comment")?;
    // A number needs no category, and a category beside another filled-in member is filled in, too.
    let has_filler = comment.as_deref().is_some_and(names_nothing);
    let no_value = value.is_some_and(is_filled_in) && (has_score || has_filler || members.fills_in());
    let is_all = score.is_none() && value.is_none();
    let no_comment = has_filler && (no_value || is_all || members.fills_in());
    let value = match no_value {
        true if score.is_some() || has_filler => members.ignored.add_beside("value"),
        true => members.ignore("value"),
        false => value,
    };
    let comment = match no_comment {
        true if no_value || is_all => members.ignored.add_beside("comment"),
        true => members.ignore("comment"),
        false => comment,
    };
    match (&score, &value, &comment) {
        (None, None, None) if no_value || no_comment => Ok(None),
        (None, None, None) => Err(ToolError::invalid("It must have a score, a value or a comment.")),
        _ => Ok(Some(Score { key, score, value: value.map(ToOwned::to_owned), comment })),
    }
}

/// Whether a value is a word for nothing as a language prints it. In other letters, `none` is a usual category.
fn is_filled_in(value: &RawValue) -> bool {
    serde_json::from_str::<Cow<'_, str>>(value.get())
        .is_ok_and(|text| ["None", "null", "undefined"].contains(&text.trim()))
}

/// The number or boolean that a text holds.
fn plain_in(json: &RawValue) -> Option<Box<RawValue>> {
    let text: Cow<'_, str> = serde_json::from_str(json.get()).ok()?;
    let text = text.trim();
    // Python writes True and False.
    let text = if is_boolean(text) { text.to_ascii_lowercase() } else { text.to_owned() };
    let plain = RawValue::from_string(text).ok()?;
    matches!(Kind::of(&plain), Some(Kind::Number | Kind::Boolean)).then_some(plain)
}

fn is_boolean(text: &str) -> bool {
    ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn checked_key(key: &str) -> Result<String, ToolError> {
    if key.trim().is_empty() || key.chars().count() > MAX_KEY {
        return Err(ToolError::invalid(format!("scores: a key must have 1 to {MAX_KEY} characters.")));
    }
    Ok(key.to_owned())
}

/// The types of values accepted by LangSmith.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Boolean,
    Text,
    Object,
}

impl Kind {
    /// A number that no reader can represent, such as `1e999`, is none.
    fn of(json: &RawValue) -> Option<Self> {
        match json.get().bytes().next()? {
            b'"' => Some(Self::Text),
            b't' | b'f' => Some(Self::Boolean),
            b'{' => Some(Self::Object),
            b'-' | b'0'..=b'9' => json.get().parse().is_ok_and(f64::is_finite).then_some(Self::Number),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(scores: &str) -> Result<Vec<Score>, ToolError> {
        let json = format!(r#"{{"scores":{scores}}}"#);
        parse(&mut Arguments::parse(Some(serde_json::from_str(&json).unwrap())).unwrap())
    }

    fn shown(score: &Score) -> (&str, Option<&str>, Option<&str>, Option<&str>) {
        (
            &score.key,
            score.score.as_deref().map(RawValue::get),
            score.value.as_deref().map(RawValue::get),
            score.comment.as_deref(),
        )
    }

    #[test]
    fn both_forms_mean_the_same() {
        let plain = read(r#"{"a":1.50,"b":true,"c":"good","d":null}"#).unwrap();
        let listed =
            read(r#"[{"key":"a","score":1.50},{"key":"b","score":true},{"key":"c","value":"good"}]"#)
                .unwrap();
        let expected = [
            ("a", Some("1.50"), None, None),
            ("b", Some("true"), None, None),
            ("c", None, Some("\"good\""), None),
        ];
        assert_eq!(plain.iter().map(shown).collect::<Vec<_>>(), expected);
        assert_eq!(listed.iter().map(shown).collect::<Vec<_>>(), expected);
        let rich = read(r#"[{"key":"k","score":0,"value":{"why":"\ud800"},"comment":"c"}]"#).unwrap();
        assert_eq!(shown(&rich[0]), ("k", Some("0"), Some(r#"{"why":"\ud800"}"#), Some("c")));
        assert_eq!(read(r#""{\"a\":1.50}""#).unwrap()[0].key, "a");
        for text in
            [r#"{"a":" 1.50 ","c":"1e999"}"#, r#"[{"key":"a","score":"1.50"},{"key":"c","value":"5"}]"#]
        {
            let scores = read(text).unwrap();
            assert_eq!(shown(&scores[0]), ("a", Some("1.50"), None, None), "{text}");
            assert!(scores[1].score.is_none() && scores[1].value.is_some(), "{text}");
        }
        assert!(read("null").unwrap().is_empty() && read("{}").unwrap().is_empty());
    }

    #[test]
    fn one_score_of_the_list_form_is_one_score() {
        let single = read(r#"{"key":"correctness","score":0.8,"comment":"good"}"#).unwrap();
        assert_eq!(
            single.iter().map(shown).collect::<Vec<_>>(),
            [("correctness", Some("0.8"), None, Some("good"))]
        );
        let by_key = read(r#"{"score":0.8,"comment":"good"}"#).unwrap();
        assert_eq!(by_key.len(), 2);
        let by_key = read(r#"{"key":1,"score":0.8}"#).unwrap();
        assert_eq!(by_key.len(), 2);
    }

    #[test]
    fn booleans_may_be_text_and_placeholders_are_no_categories() {
        for text in
            [r#"{"a":"True","b":"","c":[]}"#, r#"[{"key":"a","score":" true ","value":"","comment":""}]"#]
        {
            let scores = read(text).unwrap();
            assert_eq!(
                scores.iter().map(shown).collect::<Vec<_>>(),
                [("a", Some("true"), None, None)],
                "{text}"
            );
        }
        // A word may be the name of a category.
        for word in [r#"{"a":"None"}"#, r#"[{"key":"a","value":"None"}]"#] {
            assert_eq!(shown(&read(word).unwrap()[0]), ("a", None, Some("\"None\""), None), "{word}");
        }
    }

    #[test]
    fn a_word_that_is_filled_in_replaces_no_score() {
        let read = |members: &str| {
            let json = serde_json::from_str(members).unwrap();
            let mut members = Arguments::parse(Some(json)).unwrap();
            let scores = parse(&mut members);
            (
                scores.map(|scores| scores.iter().filter(|score| score.value.is_some()).count()),
                members.ignored,
            )
        };
        let (elsewhere, beside) = ("because other arguments are placeholders, too", "beside other values");
        for (members, ignored, cause) in [
            (r#"{"scores":{"a":"None"},"start_time":""}"#, "scores.a", elsewhere),
            (
                r#"{"scores":[{"key":"a","value":"None","comment":"x"}],"start_time":""}"#,
                "scores[0].value",
                elsewhere,
            ),
            (r#"{"scores":[{"key":"a","score":0.8,"value":"None"}]}"#, "scores[0].value", beside),
            (
                r#"{"scores":{"key":"a","score":0.8,"value":"null","comment":"None"}}"#,
                "scores[0].value",
                beside,
            ),
            (
                r#"{"scores":[{"key":"a","score":"None","value":"None","comment":""}]}"#,
                "scores[0].value",
                elsewhere,
            ),
        ] {
            let (count, told) = read(members);
            assert_eq!(count, Ok(0), "{members}");
            let message = told.explain(ToolError::invalid("x")).message;
            assert!(message.contains(ignored) && message.contains(cause), "{members}: {message}");
        }
        // Nothing is left that could replace a number.
        for members in [
            r#"{"scores":[{"key":"a","score":"None","value":"None","comment":"None"}]}"#,
            r#"{"scores":[{"key":"a","score":"","value":"","comment":"None"}]}"#,
            r#"{"scores":[{"key":"a","score":null,"value":"None","comment":"None"}]}"#,
            r#"{"scores":[{"key":"a","score":null,"value":null,"comment":"None"}]}"#,
        ] {
            let json = serde_json::from_str(members).unwrap();
            assert_eq!(parse(&mut Arguments::parse(Some(json)).unwrap()).unwrap().len(), 0, "{members}");
        }
        // The name of a category, whatever is filled in beside it.
        for members in [
            r#"{"scores":[{"key":"severity","value":"none","comment":""}],"start_time":""}"#,
            r#"{"scores":{"severity":"none"},"start_time":""}"#,
            r#"{"scores":[{"key":"severity","score":0,"value":"none"}]}"#,
            r#"{"scores":[{"key":"severity","value":"None"}]}"#,
        ] {
            assert_eq!(read(members).0, Ok(1), "{members}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        let long = format!(r#"{{"{}":1}}"#, "k".repeat(181));
        let many: Vec<String> = (0..21).map(|key| format!(r#""{key}":1"#)).collect();
        let many = format!("{{{}}}", many.join(","));
        let deep = format!(r#"[{{"key":"k","value":{{"a":{}{}}}}}]"#, "[".repeat(5000), "]".repeat(5000));
        for (scores, name) in [
            ("5", "scores"),
            ("\"good\"", "scores"),
            (r#"{"a":[1]}"#, "a must be"),
            (r#"{"a":1e999}"#, "a must be"),
            (r#"{"a":1,"a":2}"#, "a appears twice"),
            (r#"{"":1}"#, "key"),
            (&long, "key"),
            (&many, "at most 20"),
            (r#"[{"score":1}]"#, "key"),
            (r#"[{"key":"a"}]"#, "scores[0]"),
            (r#"[{"key":"a","score":"good"}]"#, "score must be"),
            (r#"[{"key":"a","value":[1]}]"#, "value must be"),
            (r#"[{"key":"a","score":1,"bogus":1}]"#, "bogus"),
            (r#"{"key":"a","score":1,"bogus":1}"#, "bogus"),
            (r#"[{"key":"a","score":1},{"key":"a","score":2}]"#, "twice"),
            (&deep, "value must be"),
            (r#"{"a\u0000b":1}"#, "scores must be JSON without the character U+0000"),
            (r#""{\"a\":\"\\u0000\"}""#, "U+0000"),
            (r#"[{"key":"a","value":{"b":["\u0000"]}}]"#, "U+0000"),
        ] {
            let error = read(scores).unwrap_err();
            assert!(error.message.contains(name), "{scores}: {error:?}");
        }
    }
}
