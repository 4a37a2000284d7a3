//! Every item is on exactly one page, pages keep to the budget, and an oversized item is shortened, not lost.

use std::ops::Range;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::json::copy::copy;

/// An item with an id and one free-form part.
#[derive(Clone, Debug)]
struct Sample {
    id: usize,
    part: String,
}

impl Sample {
    fn new(id: usize, part: &Value) -> Self {
        Self { id, part: part.to_string() }
    }
}

impl Item for Sample {
    fn write(&self, limits: Limits, sink: &mut impl Sink) {
        sink.ascii("{");
        sink.name("id", true);
        sink.ascii(&self.id.to_string());
        sink.name("part", false);
        limits.write_part(&self.part, sink);
        sink.ascii("}");
    }
}

fn request(number: i64, max_chars: i64, preview: i64) -> PageRequest {
    PageRequest { number, max_chars, preview }
}

fn read(items: &[Sample], request: &PageRequest) -> Value {
    serde_json::from_str(&page("items", items, request)).unwrap()
}

/// Consecutive ranges of items, each within the budget or of one item.
fn split(sizes: &[usize], budget: usize) -> Vec<Range<usize>> {
    let mut pages = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (index, size) in sizes.iter().enumerate() {
        if index > start && used + size > budget {
            pages.push(start..index);
            (start, used) = (index, 0);
        }
        used += size;
    }
    if start < sizes.len() {
        pages.push(start..sizes.len());
    }
    pages
}

fn size_of(json: &str) -> usize {
    Size::of(|size| copy(json, None, size))
}

fn ids(page: &Value) -> Vec<u64> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_u64().unwrap()).collect()
}

#[test]
fn a_page_that_does_not_exist_is_empty() {
    let items = [Sample::new(1, &json!("x"))];
    for number in [i64::MIN, -1, 0, 2, i64::MAX] {
        let page = read(&items, &request(number, 25_000, 150));
        assert_eq!(
            (&page["items"], &page["total_pages"], &page["page_number"]),
            (&json!([]), &json!(1), &json!(number))
        );
    }
    assert_eq!(read(&[], &request(1, 25_000, 150))["total_pages"], 0);
}

#[test]
fn the_budget_is_capped_and_echoed() {
    let page = read(&[], &request(1, 99_999, 150));
    assert_eq!((&page["max_chars_per_page"], &page["preview_chars"]), (&json!(30_000), &json!(150)));
}

#[test]
fn a_preview_shortens_texts_and_no_preview_leaves_them() {
    let items = [Sample::new(1, &json!("x".repeat(1000)))];
    let length =
        |preview| read(&items, &request(1, 25_000, preview))["items"][0]["part"].as_str().unwrap().len();
    assert!(length(10) < 100);
    assert_eq!([length(0), length(-1)], [1000, 1000]);
}

#[test]
fn only_a_possible_page_has_a_next_cursor() {
    let items = [Sample::new(1, &json!("x")), Sample::new(2, &json!("x"))];
    let next = |number| {
        let text =
            page_and_next("items", &items, &request(number, 25_000, 0), |through| Some(through.to_string()));
        serde_json::from_str::<Value>(&text).unwrap().get("next_cursor").cloned()
    };
    assert_eq!([next(-1), next(0), next(1)], [None, None, Some(json!("2"))]);
}

#[test]
fn members_are_added_at_the_end() {
    let mut answer = r#"{"a":1}"#.to_owned();
    add_members(&mut answer, format_args!(r#""b":{}"#, 2));
    assert_eq!(answer, r#"{"a":1,"b":2}"#);
}

#[test]
fn text_outside_ascii_counts_as_characters() {
    let text = "言".repeat(1000);
    let page = read(&[Sample::new(1, &json!([text, text]))], &request(1, 3000, 0));
    assert_eq!(page["items"][0]["part"][0], json!(text));
    assert_eq!(page.get("_truncated"), None);
}

#[test]
fn an_oversized_item_has_its_strings_cut_first() {
    let items = [Sample::new(1, &json!({"a": "x".repeat(5000), "b": "short"}))];
    let text = page("items", &items, &request(1, 1000, 0));
    let page: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&page["_truncated"], &page["items"][0]["part"]["b"]), (&json!(true), &json!("short")));
    let kept = page["items"][0]["part"]["a"].as_str().unwrap();
    assert!(kept.ends_with(" chars)") && kept.len() > 900, "{kept}");
}

#[test]
fn a_cut_that_was_estimated_too_long_is_corrected() {
    // Its beginning takes twice the room that its whole length suggests.
    let text = "\"".repeat(2_000) + &"x".repeat(8_000);
    let items = [Sample::new(1, &json!({"a": text, "b": "short"}))];
    let page = read(&items, &request(1, 1_000, 0));
    assert_eq!((&page["_truncated"], &page["items"][0]["part"]["b"]), (&json!(true), &json!("short")));
    let kept = page["items"][0]["part"]["a"].as_str().unwrap();
    assert!(kept.starts_with("\"\"\"\"") && kept.ends_with(" chars)") && kept.len() > 250, "{kept}");
}

#[test]
fn an_item_of_many_members_becomes_a_preview_of_the_same_type() {
    let object: Value = (0..2000)
        .map(|n| (format!("k{n}"), json!("v".repeat(150))))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let array: Value = (0..5000).collect::<Vec<_>>().into();
    for (part, path) in [(object, "/part/_truncated_preview"), (array, "/part/0")] {
        let page = read(&[Sample::new(7, &part)], &request(1, 2000, 150));
        assert_eq!(ids(&page), [7]);
        let preview = page["items"][0].pointer(path).unwrap().as_str().unwrap();
        assert!(preview.chars().count() > 1000 && preview.ends_with(" chars)"), "{preview}");
    }
}

fn any_items() -> impl Strategy<Value = Vec<Sample>> {
    let part = prop_oneof![
        "[a-z é言😀\"]{0,300}".prop_map(Value::from),
        prop::collection::vec("[a-zé\"\\\\]{0,60}", 0..20).prop_map(Value::from),
        prop::collection::btree_map("[a-z]{1,6}", "[a-z é言]{0,80}", 0..12).prop_map(|map| json!(map)),
    ];
    prop::collection::vec(part, 0..30)
        .prop_map(|parts| parts.iter().enumerate().map(|(id, part)| Sample::new(id, part)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn pages_cover_every_item_once_in_order(items in any_items(), max in -5_i64..2000, preview in -1_i64..100) {
        let total = read(&items, &request(1, max, preview))["total_pages"].as_i64().unwrap();
        let mut seen = Vec::new();
        for number in 1..=total {
            let page = read(&items, &request(number, max, preview));
            prop_assert!(!ids(&page).is_empty());
            seen.extend(ids(&page));
        }
        let all: Vec<u64> = (0..items.len() as u64).collect();
        prop_assert_eq!(seen, all);
    }

    #[test]
    fn a_page_is_filled_to_the_budget_or_has_one_item(items in any_items(), max in 0_i64..2000, preview in 0_i64..100) {
        let asked = request(1, max, preview);
        let sizes: Vec<usize> = items.iter().map(|item| size(item, asked.limits(), usize::MAX)).collect();
        let pages = split(&sizes, asked.budget());
        for (number, range) in (1..).zip(&pages) {
            let used: usize = sizes[range.clone()].iter().sum();
            prop_assert!(used <= asked.budget() || range.len() == 1);
            let asked = request(number, max, preview);
            let text = page_and_next("items", &items, &asked, |through| Some(through.to_string()));
            let page: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(ids(&page), (range.start as u64..range.end as u64).collect::<Vec<_>>());
            prop_assert_eq!(&page["next_cursor"], &json!(range.end.to_string()));
            prop_assert_eq!(&page["total_pages"], &json!(pages.len()));
            prop_assert_eq!(page.get("_truncated").is_some(), used > asked.budget());
        }
    }

    #[test]
    fn a_shortened_item_fits_unless_its_fixed_members_do_not(part in prop::collection::vec("[a-z é言😀\"]{0,200}", 1..40), budget in 100_usize..1500) {
        let item = Sample::new(1, &part.into());
        let limits = Limits { cut: None, part: None };
        if size(&item, limits, budget) > budget {
            let mut text = String::new();
            write_fitting(&item, limits, budget, &mut text);
            prop_assert!(size_of(&text) <= budget);
            prop_assert!(serde_json::from_str::<Value>(&text).is_ok());
        }
    }

    #[test]
    fn the_planned_size_is_the_size_of_the_text(items in any_items(), preview in 0_i64..100, part in prop::option::of(0_usize..200)) {
        for item in &items {
            let limits = Limits { part, ..request(1, 0, preview).limits() };
            let mut text = String::new();
            item.write(limits, &mut text);
            prop_assert_eq!(size(item, limits, usize::MAX), size_of(&text));
            let planned = size(item, limits, 100);
            prop_assert_eq!(planned > 100, size_of(&text) > 100);
        }
    }
}
