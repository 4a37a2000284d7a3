//! Data that exceeds one answer.

use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::bulk;
use super::examples::{add, dataset, example};
use super::threads;
use super::world::World;
use crate::datasets::{StoredDataset, StoredExample, json};

const EXAMPLES: i32 = 2000;

/// Adds dataset `large` and the projects with many or large runs.
pub(crate) fn fill(world: &World, now: OffsetDateTime) {
    add_examples(world, now - Duration::days(30));
    threads::fill_large(world, now);
    bulk::fill(world, now);
}

/// 2000 examples, one a minute. Version `half` has the first 1000.
fn add_examples(world: &World, created: OffsetDateTime) {
    let mut dataset = dataset("large", "2000 examples of different size", created);
    dataset.tags.insert("half".to_owned(), created + Duration::minutes(i64::from(EXAMPLES / 2 - 1)));
    let examples = (0..EXAMPLES).map(|number| numbered(&dataset, number, created)).collect();
    add(world, dataset, examples);
}

fn numbered(dataset: &StoredDataset, number: i32, created: OffsetDateTime) -> StoredExample {
    let split = match number % 10 {
        0 => "validation",
        1 => "test",
        _ => "train",
    };
    let text = "Größe ".repeat(text_chars(number) / 6);
    let values = (json(&json!({"number": number, "text": text})), json(&json!({"even": number % 2 == 0})));
    let metadata = json!({"number": number, "dataset_split": [split]});
    let at = created + Duration::minutes(i64::from(number));
    example(dataset, usize::try_from(number).unwrap_or_default(), at, values, metadata)
}

/// Most texts are small. Of the hundred examples in the middle of the first half only a few fit into one answer, and
/// number 1000 does not fit even alone.
fn text_chars(number: i32) -> usize {
    match number {
        1000 => 400_000,
        500..600 => 20_000,
        _ => 300,
    }
}
