//! The demo's datasets with their examples.

use bytes::Bytes;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use super::ids::sample_id;
use super::people::TEAM_WORKSPACE;
use super::world::World;
use crate::attachment::Attachment;
use crate::datasets::{Json, StoredDataset, StoredExample, Tags, Version, json};

/// The questions of dataset `support-questions`, which the experiments answer.
pub(crate) const QUESTIONS: [&str; 6] = [
    "How do I reset my password?",
    "Which countries do you ship to?",
    "Puis-je payer en trois fois ?",
    "Is there a student discount?",
    "How long is the warranty?",
    "配送料はいくらですか？",
];

const ANSWERS: [&str; 6] = [
    "Open the login page and choose “Forgot password”.",
    "To all of Europe, and to Japan.",
    "Oui, à partir de 100 €.",
    "Yes, ten percent with a valid card.",
    "Two years.",
    "全国一律500円です。🚚",
];

/// Adds every dataset of the demo.
pub(crate) fn fill(world: &World, now: OffsetDateTime) {
    support_questions(world, now - Duration::days(12));
    chat_transcripts(world, now - Duration::days(5));
    odd_values(world, now - Duration::days(3));
}

/// A dataset of the team without schemas, metadata and tags.
pub(crate) fn dataset(name: &str, description: &str, created: OffsetDateTime) -> StoredDataset {
    StoredDataset {
        id: sample_id(&format!("dataset:{name}")),
        workspace: TEAM_WORKSPACE,
        name: name.to_owned(),
        description: Some(description.to_owned()),
        data_type: "kv",
        inputs_schema: Value::Null,
        outputs_schema: Value::Null,
        transformations: json!([]),
        metadata: json!({"source": "sample"}),
        externally_managed: false,
        created,
        modified: created,
        tags: Tags::new(),
    }
}

/// Example number `number` of a dataset, with one version.
pub(crate) fn example(
    dataset: &StoredDataset,
    number: usize,
    created: OffsetDateTime,
    (inputs, outputs): (Json, Json),
    metadata: Value,
) -> StoredExample {
    let metadata = match metadata {
        Value::Object(metadata) => metadata,
        _ => Map::new(),
    };
    let version = Version { at: created, inputs, outputs: Some(outputs), metadata, attachments: Vec::new() };
    StoredExample {
        id: sample_id(&format!("example:{}:{number}", dataset.name)),
        dataset: dataset.id,
        created,
        source_run: None,
        versions: vec![version],
        deleted: None,
    }
}

/// Adds a dataset with a new name and new ids.
pub(crate) fn add(world: &World, dataset: StoredDataset, examples: Vec<StoredExample>) {
    world.datasets.write(dataset.created, |stock, _| {
        // Names are unique in the sample data, so there is no conflict to report.
        let _ = stock.add_dataset(dataset).and_then(|()| stock.add_examples(examples, false));
    });
}

/// Version `v1` has five examples; later a sixth was added and the first got a better answer.
fn support_questions(world: &World, created: OffsetDateTime) {
    let mut dataset = dataset("support-questions", "Questions that customers ask often", created);
    dataset.inputs_schema =
        json!({"type": "object", "properties": {"question": {"type": "string"}}, "required": ["question"]});
    dataset.outputs_schema = json!({"type": "object", "properties": {"answer": {"type": "string"}}});
    dataset.tags.insert("v1".to_owned(), created + Duration::hours(1));
    let pairs = QUESTIONS.iter().zip(ANSWERS).enumerate();
    let mut examples: Vec<StoredExample> = pairs
        .map(|(number, (question, answer))| {
            let since = if number < 5 { Duration::ZERO } else { Duration::days(1) };
            let splits = match number {
                0..3 => json!(["train"]),
                3 | 4 => json!(["test"]),
                _ => json!(["test", "hard"]),
            };
            let metadata =
                json!({"topic": topic(number), "reviewed": number % 2 == 0, "dataset_split": splits});
            let values = (json(&json!({"question": question})), json(&json!({"answer": answer})));
            example(&dataset, number, created + since, values, metadata)
        })
        .collect();
    if let Some([first, second]) = examples.first_chunk_mut() {
        second.source_run = Some(sample_id("run:support-bot:0:0"));
        attach(second);
        improve(first, created + Duration::days(2));
    }
    add(world, dataset, examples);
}

fn topic(number: usize) -> &'static str {
    ["account", "shipping", "payment"].get(number % 3).copied().unwrap_or_default()
}

fn improve(example: &mut StoredExample, at: OffsetDateTime) {
    let Some(mut better) = example.latest().cloned() else { return };
    better.at = at;
    better.outputs =
        Some(json(&json!({"answer": "Choose “Forgot password” on the login page and follow the mail."})));
    better.metadata.insert("reviewed_by".to_owned(), json!("Grace"));
    example.versions.push(better);
}

fn attach(example: &mut StoredExample) {
    let files: [(&str, &'static str, &'static [u8]); 2] = [
        ("map.svg", "image/svg+xml", br#"<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>"#),
        ("price list.txt", "text/plain", b"Europe 5 EUR\nJapan 12 EUR\n"),
    ];
    for version in &mut example.versions {
        version.attachments = files
            .iter()
            .map(|(name, mime_type, content)| Attachment {
                name: (*name).to_owned(),
                mime_type: (*mime_type).to_owned(),
                content: Bytes::from_static(content),
            })
            .collect();
    }
}

fn chat_transcripts(world: &World, created: OffsetDateTime) {
    let mut dataset = dataset("chat-transcripts", "Whole conversations, with consent", created);
    dataset.data_type = "chat";
    let examples = (0..3).map(|number| {
        let messages = json!({"input": [
            {"type": "system", "data": {"content": "You help customers of a small shop."}},
            {"type": "human", "data": {"content": QUESTIONS.get(number)}},
        ]});
        let answer = json!({"output": {"type": "ai", "data": {"content": ANSWERS.get(number)}}});
        example(
            &dataset,
            number,
            created,
            (json(&messages), json(&answer)),
            json!({"dataset_split": ["base"]}),
        )
    });
    let examples = examples.collect();
    add(world, dataset, examples);
}

/// The nesting depth of the deepest value of `odd-values`.
const DEPTH: usize = 5000;

/// Valid JSON that few readers expect.
fn odd_values(world: &World, created: OffsetDateTime) {
    let dataset = dataset("odd-values", "Values that few readers expect", created);
    let inputs = [
        format!(r#"{{"deep":{}{}}}"#, "[".repeat(DEPTH), "]".repeat(DEPTH)),
        r#"{"text":"before\u0000after"}"#.to_owned(),
        r#"{"text":"half \ud83d, other half \ude00","\ud800":1}"#.to_owned(),
        r#"{"float":1e400,"integer":123456789012345678901234567890,"empty":{"":[]}}"#.to_owned(),
    ];
    let examples = inputs.into_iter().enumerate().map(|(number, inputs)| {
        let inputs = RawValue::from_string(inputs).unwrap_or_default();
        example(&dataset, number, created, (inputs, json(&json!({}))), json!({"dataset_split": ["base"]}))
    });
    let examples = examples.collect();
    add(world, dataset, examples);
}
