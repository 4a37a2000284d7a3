//! Every item is delivered once, answers keep to the budget, and each says where to go on.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::tools::pagination::Sink;

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

fn read(budget: usize, items: &[Sample], offset: u32) -> Value {
    serde_json::from_str(&within(budget, Total::Listed, "items", items, offset)).unwrap()
}

#[test]
fn what_fits_is_told_without_more_words() {
    assert_eq!(list("items", &samples(&["a", "b"]), 7), r#"{"items":["a","b"],"total_count":2}"#);
    assert_eq!(list("items", &samples(&[]), 7), r#"{"items":[],"total_count":0}"#);
    let with = |total| list_with(total, "items", &samples(&["a"]), 0);
    assert_eq!(with(Total::Known(9)), r#"{"items":["a"],"total_count":9}"#);
    assert_eq!(with(Total::Untold), r#"{"items":["a"]}"#);
    assert_eq!(object("item", &Sample("{}".into())), r#"{"item":{}}"#);
}

#[test]
fn what_does_not_fit_is_left_for_the_next_call() {
    let answer = read(10, &samples(&["1234", "12", "1"]), 40);
    assert_eq!((&answer["items"], &answer["total_count"]), (&json!(["1234", "12"]), &json!(2)));
    assert_eq!((&answer["next_offset"], &answer["_truncated"]), (&json!(42), &json!(true)));
    assert!(answer["_truncated_message"].as_str().unwrap().contains("offset=42"));
}

#[test]
fn an_item_that_exceeds_an_answer_alone_is_shortened() {
    let long = "x".repeat(500);
    let answer = read(100, &samples(&[&long]), 0);
    assert!(answer["items"][0].as_str().unwrap().ends_with(" chars)"), "{answer}");
    assert_eq!((answer.get("next_offset"), &answer["_truncated"]), (None, &json!(true)));
    let answer = read(100, &samples(&[&long, "a"]), 0);
    assert_eq!((&answer["total_count"], &answer["next_offset"]), (&json!(1), &json!(1)));
    let message = answer["_truncated_message"].as_str().unwrap();
    assert!(message.contains("shortened") && message.contains("offset=1"), "{message}");
    let answer = read(100, &samples(&["a", &long]), 0);
    assert_eq!((&answer["items"], &answer["next_offset"]), (&json!(["a"]), &json!(1)));
}

#[test]
fn one_item_is_bounded_too() {
    let text = object("item", &Sample(json!("言".repeat(BUDGET)).to_string()));
    assert!(text.chars().count() < BUDGET + 200);
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["_truncated"], true);
}

proptest! {
    #[test]
    fn following_the_offsets_delivers_every_item_once(lengths in prop::collection::vec(0_usize..60, 0..30), budget in 5_usize..120) {
        let items: Vec<Sample> = lengths.iter().map(|length| Sample(json!("é".repeat(*length)).to_string())).collect();
        let (mut at, mut seen) = (0, 0);
        loop {
            let answer = read(budget, &items[at..], u32::try_from(at).unwrap());
            let listed = answer["items"].as_array().unwrap();
            prop_assert_eq!(answer["total_count"].as_u64(), Some(listed.len() as u64));
            let used: usize = listed.iter().map(|item| item.to_string().chars().count()).sum();
            prop_assert!(used <= budget || listed.len() == 1);
            seen += listed.len();
            match answer["next_offset"].as_u64() {
                None => break,
                Some(next) => at = usize::try_from(next).unwrap(),
            }
        }
        prop_assert_eq!(seen, items.len());
    }
}
