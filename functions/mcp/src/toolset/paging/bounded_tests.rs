//! Every item is delivered once, answers keep to the budget, and each says where to go on.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::json::sink::Sink;

/// An item that is one free-form value.
struct Sample(String);

impl Item for Sample {
    fn write(&self, limits: Limits, sink: &mut impl Sink) {
        limits.write_part(&self.0, sink);
    }
}

fn samples(texts: &[&str]) -> Vec<Sample> {
    texts.iter().map(|text| Sample(json!(text).to_string())).collect()
}

fn read(budget: usize, total: Total, items: &[Sample], offset: u32) -> Value {
    serde_json::from_str(&list_within(budget, total, "items", items, offset)).unwrap()
}

#[test]
fn what_is_known_to_be_all_is_told_without_more_words() {
    let with = |total, texts: &[&str], offset| list_with(total, "items", &samples(texts), offset);
    assert_eq!(with(Total::Asked(5), &["a", "b"], 7), r#"{"items":["a","b"],"total_count":9}"#);
    assert_eq!(with(Total::Asked(5), &[], 0), r#"{"items":[],"total_count":0}"#);
    assert_eq!(with(Total::Asked(5), &[], 7), r#"{"items":[]}"#);
    assert_eq!(with(Total::Known(8), &["a"], 7), r#"{"items":["a"],"total_count":8}"#);
    assert_eq!(with(Total::Known(8), &[], 9), r#"{"items":[],"total_count":8}"#);
    assert_eq!(object("item", &Sample("{}".into())), r#"{"item":{}}"#);
}

#[test]
fn a_part_never_looks_like_all() {
    let items = samples(&["a", "b"]);
    let with = |total| list_with(total, "items", &items, 7);
    assert_eq!(with(Total::Asked(2)), r#"{"items":["a","b"],"next_offset":9}"#);
    assert_eq!(with(Total::Known(10)), r#"{"items":["a","b"],"total_count":10,"next_offset":9}"#);
    assert_eq!(with(Total::of(Some(9), 2)), r#"{"items":["a","b"],"total_count":9}"#);
    assert_eq!(Total::of(None, 2), Total::Asked(2));
    // An empty list is at its end, whatever total it has.
    assert_eq!(list_with(Total::Known(10), "items", &samples(&[]), 7), r#"{"items":[],"total_count":10}"#);
}

#[test]
fn what_does_not_fit_is_left_for_the_next_call() {
    let answer = read(10, Total::Asked(5), &samples(&["1234", "12", "1"]), 40);
    assert_eq!((&answer["items"], &answer["total_count"]), (&json!(["1234", "12"]), &json!(43)));
    assert_eq!((&answer["next_offset"], &answer["_truncated"]), (&json!(42), &json!(true)));
    assert!(answer["_truncated_message"].as_str().unwrap().contains("offset=42"));
    let answer = read(10, Total::Asked(3), &samples(&["1234", "12", "1"]), 40);
    assert_eq!((answer.get("total_count"), &answer["next_offset"]), (None, &json!(42)));
}

#[test]
fn an_item_that_exceeds_an_answer_alone_is_shortened() {
    let long = "x".repeat(500);
    let answer = read(100, Total::Asked(9), &samples(&[&long]), 0);
    assert!(answer["items"][0].as_str().unwrap().ends_with(" chars)"), "{answer}");
    assert_eq!((answer.get("next_offset"), &answer["_truncated"]), (None, &json!(true)));
    let answer = read(100, Total::Asked(9), &samples(&[&long, "a"]), 0);
    assert_eq!((&answer["total_count"], &answer["next_offset"]), (&json!(2), &json!(1)));
    let message = answer["_truncated_message"].as_str().unwrap();
    assert!(message.contains("shortened") && message.contains("offset=1"), "{message}");
    let answer = read(100, Total::Asked(9), &samples(&["a", &long]), 0);
    assert_eq!((&answer["items"], &answer["next_offset"]), (&json!(["a"]), &json!(1)));
}

#[test]
fn one_item_is_bounded_too() {
    let text = object("item", &Sample(json!("言".repeat(ALONE)).to_string()));
    assert!(text.chars().count() < ALONE + 200);
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["_truncated"], true);
}

#[test]
fn the_schema_of_a_list_has_the_members_of_its_answer() {
    let members = list_members("items", "Items.", vec![("id", integer("An id."))]);
    assert_eq!(
        members.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        ["items", "total_count", "next_offset"]
    );
}

#[test]
fn a_list_has_at_most_60_000_characters() {
    for texts in
        [vec!["é".repeat(90_000), "a".into()], vec!["é\"".repeat(290); 100], vec!["a".repeat(28_000); 4]]
    {
        let items: Vec<Sample> = texts.iter().map(|text| Sample(json!(text).to_string())).collect();
        let text = list_with(Total::Asked(100), "items", &items, u32::MAX - 200);
        let length = text.chars().count();
        assert!((50_000..=60_000).contains(&length), "{length}");
    }
}

proptest! {
    #[test]
    fn following_the_offsets_delivers_every_item_once(lengths in prop::collection::vec(0_usize..60, 0..30), budget in 5_usize..120, asked in 1_u32..12, told: bool) {
        let items: Vec<Sample> = lengths.iter().map(|length| Sample(json!("é".repeat(*length)).to_string())).collect();
        let (mut at, mut seen) = (0, 0);
        loop {
            let end = items.len().min(at + asked as usize);
            let told = told.then_some(items.len() as u64);
            let answer = read(budget, Total::of(told, asked), &items[at..end], u32::try_from(at).unwrap());
            let listed = answer["items"].as_array().unwrap();
            let used: usize = listed.iter().map(|item| item.to_string().chars().count()).sum();
            prop_assert!(used <= budget || listed.len() == 1);
            seen += listed.len();
            // A total, where there is one, is the true one.
            let total = answer["total_count"].as_u64();
            prop_assert!(total.is_none_or(|total| total == items.len() as u64), "{}", answer);
            match answer["next_offset"].as_u64() {
                None => break,
                Some(next) => at = usize::try_from(next).unwrap(),
            }
        }
        prop_assert_eq!(seen, items.len());
    }
}
