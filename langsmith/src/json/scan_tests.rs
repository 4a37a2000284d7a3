//! A page is split as `serde_json` splits it, or not at all; one that `serde_json` rejects is never split.

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;

#[derive(Debug, Default, Deserialize)]
struct Thing<'a> {
    #[serde(borrow, default)]
    id: Option<Received<'a>>,
    #[serde(borrow, default)]
    inputs: Option<Received<'a>>,
}

members!(Thing: id, inputs);

fn things(page: &[u8]) -> Vec<Thing<'_>> {
    list::<Thing<'_>>(page).unwrap()
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    things: Vec<Thing<'a>>,
    #[serde(borrow, default)]
    next: Option<Received<'a>>,
}

fn split(page: &[u8]) -> Option<String> {
    let (things, next) = list_named::<Thing<'_>, Thing<'_>>(page, "things", "next")?;
    Some(format!("{things:?} {next:?}"))
}

fn expected(page: &[u8]) -> Option<String> {
    let Page { things, next } = serde_json::from_slice(page).ok()?;
    Some(format!("{things:?} {next:?}"))
}

/// Whether the page is split as `serde_json` splits it, or not at all.
fn agree(page: &[u8]) -> bool {
    split(page).is_none_or(|split| Some(split) == expected(page))
}

#[test]
fn pages_are_split() {
    for page in [
        r#"{"things":[]}"#,
        r#" { "things" : [ { } , { "id" : 1 , "other" : [ ] } ] , "next" : null , "more" : {} } "#,
        r#"{"next":"a\"b","things":[{"id":"\u00e9é\\","inputs":{"a":[1,-0.5e+3,true,false,null,"",{}]}},{"id":null}]}"#,
    ] {
        assert_eq!(split(page.as_bytes()), Some(expected(page.as_bytes()).unwrap()), "{page}");
    }
    let deep = format!(r#"{{"things":[{{"inputs":{}{}}}]}}"#, "[".repeat(9000), "]".repeat(9000));
    assert_eq!(split(deep.as_bytes()), expected(deep.as_bytes()));
    let things = things(br#"[{"id":"x"},{"inputs":{"a":" {\" "}}]"#);
    assert_eq!((things.len(), things[1].inputs.unwrap().get()), (2, r#"{"a":" {\" "}"#));
}

#[test]
fn white_space_at_the_end_of_a_page_is_usual() {
    let page = r#"{"things":[{"inputs":[1,2]}],"next":"x"}"#;
    for end in ["\n", "\r\n", " \t\n\n "] {
        assert_eq!(split(format!("{page}{end}").as_bytes()), split(page.as_bytes()), "{end:?}");
        let list = format!("[{{\"inputs\":[1,2]}}]{end}");
        assert_eq!(things(list.as_bytes())[0].inputs.unwrap().separators_if_plain(None), Some(1));
    }
    for end in ["\u{c}", "\u{b}", "\0", "\u{a0}", "\n\u{c}\n", "\n}"] {
        let page = format!("{page}{end}");
        assert_eq!((split(page.as_bytes()), expected(page.as_bytes())), (None, None), "{end:?}");
    }
}

#[test]
fn duplicates_are_not_split() {
    for (first, second) in [("1", "2"), ("1", "null"), ("null", "1"), ("null", "null")] {
        for page in [
            format!(r#"{{"things":[],"next":{first},"next":{second}}}"#),
            format!(r#"{{"things":[{{"id":{first},"inputs":3,"id":{second}}}]}}"#),
            format!(r#"{{"things":[{{}},{{"id":3,"inputs":{first},"inputs":{second}}}]}}"#),
        ] {
            assert_eq!((split(page.as_bytes()), expected(page.as_bytes())), (None, None), "{page}");
        }
    }
    for things in ["[]", "null"] {
        for page in
            [format!(r#"{{"things":{things},"things":[]}}"#), format!(r#"{{"things":[],"things":{things}}}"#)]
        {
            assert_eq!((split(page.as_bytes()), expected(page.as_bytes())), (None, None), "{page}");
        }
    }
}

#[test]
fn what_is_wrong_or_out_of_the_ordinary_is_not_split() {
    for page in [
        "",
        "{}",
        "[]",
        "null",
        r#"{"things":null}"#,
        r#"{"things":[1]}"#,
        r#"{"things":[[]]}"#,
        r#"{"things":[{}]"#,
        r#"{"things":[{}]},"#,
        r#"{"things":[{},]}"#,
        r#"{"things":[{"id":1,}]}"#,
        r#"{"things":[{"id" 1}]}"#,
        r#"{"things":[{id:1}]}"#,
        "{\"things\":[\n]}",
        "{\"things\":[{\"id\":\"\t\"}]}",
        r#"{"things":[{"\u0069d":1}]}"#,
    ] {
        assert_eq!(split(page.as_bytes()), None, "{page}");
    }
    for value in [
        "01",
        "-",
        "+1",
        ".5",
        "1.",
        "1.e3",
        "1e",
        "1e+",
        "--1",
        "0x1",
        "NaN",
        "tru",
        "True",
        "nul",
        "nulll",
        "'a'",
        "\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u123g\"",
        "[1 2]",
        "[1,]",
        "[,]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{1:2}",
        "[}",
        "{]",
        "[\"a\":1]",
        "1]",
        "\"a\"\"b\"",
        "",
    ] {
        let page = format!(r#"{{"things":[{{"inputs":{value}}}]}}"#);
        assert_eq!((split(page.as_bytes()), expected(page.as_bytes())), (None, None), "{page}");
    }
    assert_eq!(split(b"{\"things\":[{\"id\":\"\xff\"}]}"), None);
}

/// Values with such strings and such names.
fn json_with(
    text: impl Strategy<Value = String> + 'static,
    name: &'static str,
) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..6).prop_map(|map| json!(map)),
        ]
    })
}

fn any_json() -> impl Strategy<Value = Value> {
    let any_text = prop_oneof![".{0,40}", "[\"\\\\/é😀\u{2028} a-z]{0,40}"];
    let value = prop_oneof![json_with(any_text, ".{0,8}"), json_with("[a-z]{0,40}", "[a-z]{0,60}")];
    let levels = prop_oneof![3 => Just(0), 1 => PLAIN_LEVELS - 6..PLAIN_LEVELS + 3];
    (value, levels, any::<bool>()).prop_map(|(value, levels, is_list)| {
        let within =
            |value, level| if (level % 2 == 0) == is_list { json!([value]) } else { json!({"a": value}) };
        (0..levels).fold(value, within)
    })
}

/// Compact JSON with `spaces` before and after each token, in turn.
fn spaced(json: &str, spaces: &[&str]) -> String {
    let (mut spaces, mut in_string, mut is_escaped) = (spaces.iter().copied().cycle(), false, false);
    let mut text = String::new();
    for character in json.chars() {
        let is_token = !in_string && "{}[]:,".contains(character);
        let begins_or_ends = character == '"' && !is_escaped;
        if is_token || (begins_or_ends && !in_string) {
            text.extend(spaces.next());
        }
        text.push(character);
        if is_token || (begins_or_ends && in_string) {
            text.extend(spaces.next());
        }
        in_string ^= begins_or_ends;
        is_escaped = in_string && character == '\\' && !is_escaped;
    }
    text
}

/// The commas and colons of compact JSON outside of strings, the length of its longest string, and its depth, to which
/// an empty innermost object or array does not count.
fn counted(value: &Value) -> (usize, usize, usize) {
    let of_parts = |parts: Vec<(usize, usize, usize)>, per_part: usize| {
        let separators = parts.iter().map(|part| part.0 + per_part).sum::<usize>().saturating_sub(1);
        let most = |of: fn(&(usize, usize, usize)) -> usize| parts.iter().map(of).max().unwrap_or(0);
        (separators, most(|part| part.1), usize::from(!parts.is_empty()) + most(|part| part.2))
    };
    match value {
        Value::String(text) => (0, text.len(), 0),
        Value::Array(items) => of_parts(items.iter().map(counted).collect(), 1),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let (separators, longest, levels) = counted(value);
                (separators, longest.max(name.len()), levels)
            };
            of_parts(members.iter().map(member).collect(), 2)
        }
        _ => (0, 0, 0),
    }
}

#[test]
fn many_levels_are_not_plain() {
    for (levels, is_plain) in [(PLAIN_LEVELS, true), (PLAIN_LEVELS + 1, false)] {
        let page = format!("[{{\"id\":{}1{}}}]", "[".repeat(levels), "]".repeat(levels));
        let things = things(page.as_bytes());
        assert_eq!(things[0].id.unwrap().separators_if_plain(None).is_some(), is_plain);
    }
}

#[test]
fn white_space_between_parts_is_not_plain() {
    let things = things(br#"[{"id":[1, 2],"inputs":[1,2] }]"#);
    let separators = |value: Option<Received<'_>>| value.unwrap().separators_if_plain(None);
    assert_eq!((separators(things[0].id), separators(things[0].inputs)), (None, Some(1)));
}

fn members_of(names: &[&'static str]) -> impl Strategy<Value = Vec<(&'static str, String)>> + use<> {
    let value =
        prop_oneof![Just("null".to_owned()), Just("7".to_owned()), Just("{\"id\":null,\"id\":1}".to_owned())];
    prop::collection::vec((prop::sample::select(names.to_vec()), value), 0..4)
}

fn object(members: &[(&str, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

proptest! {
    #[test]
    fn what_is_counted_in_a_value_is_true(value in any_json(), other in any_json()) {
        let json = value.to_string();
        let page = json!([{"id": other, "inputs": value}]).to_string();
        let things = things(page.as_bytes());
        let Some(inputs) = things[0].inputs else {
            prop_assert!(value.is_null());
            return Ok(());
        };
        let (separators, longest, levels) = counted(&value);
        let is_plain = json.is_ascii() && !json.contains('\\') && levels <= PLAIN_LEVELS;
        prop_assert_eq!(inputs.get(), json);
        prop_assert_eq!(inputs.separators_if_plain(None), is_plain.then_some(separators));
        prop_assert_eq!(inputs.separators_if_plain(Some(longest)), is_plain.then_some(separators));
        if let Some(less) = longest.checked_sub(1) {
            prop_assert_eq!(inputs.separators_if_plain(Some(less)), None);
        }
    }

    #[test]
    fn a_page_is_split_as_serde_json_splits_it(values in prop::collection::vec((any_json(), any_json(), any_json()), 0..5), next in any_json(), spaces in prop::collection::vec(" {0,2}", 1..5)) {
        let things: Vec<Value> =
            values.iter().map(|(id, inputs, more)| json!({"id": id, "inputs": inputs, "x": more})).collect();
        let page = json!({"next": next, "things": things}).to_string();
        prop_assert_eq!(split(page.as_bytes()), Some(expected(page.as_bytes()).unwrap()));
        let with_spaces = spaced(&page, &spaces.iter().map(String::as_str).collect::<Vec<_>>());
        prop_assert_eq!(split(with_spaces.as_bytes()), Some(expected(with_spaces.as_bytes()).unwrap()));
        let with_any = spaced(&page, &["", " ", "\n", "\t", "\r"]);
        prop_assert!(agree(with_any.as_bytes()) && expected(with_any.as_bytes()).is_some());
    }

    /// Members in any order, more than once, and null.
    #[test]
    fn a_page_with_duplicates_is_split_exactly_if_serde_json_reads_it(
        of_page in members_of(&["things", "next", "more"]),
        of_things in prop::collection::vec(members_of(&["id", "inputs", "x"]), 0..3),
    ) {
        let things: Vec<String> = of_things.iter().map(|members| object(members)).collect();
        let things = format!("[{}]", things.join(","));
        let of_page: Vec<_> = of_page
            .into_iter()
            .map(|(name, value)| (name, if name == "things" { things.clone() } else { value }))
            .collect();
        let page = object(&of_page);
        prop_assert_eq!(split(page.as_bytes()), expected(page.as_bytes()), "{}", page);
    }

    #[test]
    fn a_damaged_page_is_never_split_where_serde_json_refuses_it(
        value in any_json(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![
            prop::sample::select(br#"{}[]",:\0123456789.eE+-tfnu "#.to_vec()), any::<u8>(),
        ], 0..3_u8), 1..4),
    ) {
        let mut page = json!({"things": [{"id": 7, "inputs": value}]}).to_string().into_bytes();
        for (at, byte, how) in damage {
            let at = at.index(page.len());
            match how {
                0 => page[at] = byte,
                1 => page.insert(at, byte),
                _ => drop(page.remove(at)),
            }
        }
        prop_assert!(agree(&page), "{}", String::from_utf8_lossy(&page));
    }
}
