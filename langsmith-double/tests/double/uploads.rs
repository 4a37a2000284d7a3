//! Uploaded examples: multipart, one by one, from runs, and from a file.

use langsmith_double::data::{ADA_KEY, sample_id};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, send, texts};
use crate::form::{Form, send_form};

const FIRST: &str = "e2000000-0000-4000-8000-00000000000b";
const SECOND: &str = "e2000000-0000-4000-8000-00000000000a";

fn path(dataset: &str) -> String {
    format!("/v1/platform/datasets/{}/examples", sample_id(&format!("dataset:{dataset}")))
}

fn form() -> Form {
    Form::default()
        .json(FIRST, &json!({"metadata": {"k": 1}, "split": "test"}))
        .json(&format!("{FIRST}.inputs"), &json!({"messages": []}))
        .part(&format!("name=\"{FIRST}.attachment.a.txt\""), "text/plain; length=5", b"hello")
        .json(SECOND, &json!({}))
        .json(&format!("{SECOND}.inputs"), &json!({"messages": [1]}))
        .json(&format!("{SECOND}.outputs"), &json!({"answer": 2}))
}

async fn read(probe: &Probe, id: &str) -> Value {
    probe.json(&format!("/examples/{id}")).await
}

#[tokio::test]
async fn parts_make_examples_and_change_them() {
    let probe = Probe::start().await;
    let path = path("chat-transcripts");
    let created = answer(send_form(&probe, (Method::POST, &path), form().bytes()), StatusCode::CREATED).await;
    assert_eq!((&created["count"], &created["example_ids"]), (&json!(2), &json!([FIRST, SECOND])));
    let first = read(&probe, FIRST).await;
    assert_eq!(
        (&first["metadata"], &first["inputs"]),
        (&json!({"k": 1, "dataset_split": ["test"]}), &json!({"messages": []}))
    );
    assert_eq!(created["as_of"], first["modified_at"]);
    let link =
        first["attachment_urls"]["attachment.a.txt"]["presigned_url"].as_str().expect("a link").to_owned();
    assert_eq!(send(probe.http.get(link)).await.text().await.expect("a file"), "hello");
    assert_eq!(read(&probe, SECOND).await["outputs"]["answer"], 2);
    answer(send_form(&probe, (Method::POST, &path), form().bytes()), StatusCode::CONFLICT).await;

    let change = Form::default()
        .json(FIRST, &json!({"metadata": {"k": 2}}))
        .json(
            &format!("{FIRST}.attachments_operations"),
            &json!({"rename": {"a.txt": "b.txt"}, "retain": []}),
        )
        .part(&format!("name=\"{FIRST}.attachment.c.txt\""), "text/plain", b"c");
    answer(send_form(&probe, (Method::PATCH, &path), change.bytes()), StatusCode::CREATED).await;
    let changed = read(&probe, FIRST).await;
    assert_eq!(changed["metadata"], json!({"k": 2, "dataset_split": ["test"]}));
    let names: Vec<&String> = changed["attachment_urls"].as_object().expect("links").keys().collect();
    assert_eq!(names, ["attachment.b.txt", "attachment.c.txt"]);
}

#[tokio::test]
async fn parts_that_do_not_fit_leave_nothing() {
    let probe = Probe::start().await;
    let path = path("chat-transcripts");
    for (form, status) in [
        (form().json(&format!("{FIRST}.other"), &json!({})), StatusCode::UNPROCESSABLE_ENTITY),
        (form().json("x.inputs", &json!({})), StatusCode::UNPROCESSABLE_ENTITY),
        (form().json("e2000000-0000-4000-8000-00000000000c", &json!({})), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let refused = answer(send_form(&probe, (Method::POST, &path), form.bytes()), status).await;
        assert!(refused["error"].is_string());
    }
    let unknown = Form::default().json(FIRST, &json!({"metadata": {}}));
    answer(send_form(&probe, (Method::PATCH, &path), unknown.bytes()), StatusCode::NOT_FOUND).await;
    assert_eq!(probe.status(&format!("/examples/{FIRST}"), ADA_KEY).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_example_may_have_what_its_run_had() {
    let probe = Probe::start().await;
    let dataset = sample_id("dataset:chat-transcripts");
    let run = sample_id("run:support-bot:0:0");
    let whole = probe.json(&format!("/runs/{run}")).await;
    let body =
        json!({"dataset_id": dataset, "source_run_id": run, "use_source_run_io": true, "split": ["a", "b"]});
    let one = ok(probe.write(Method::POST, "/examples", &body)).await;
    assert_eq!((&one["inputs"], &one["outputs"]), (&whole["inputs"], &whole["outputs"]));
    assert_eq!((&one["source_run_id"], &one["metadata"]["dataset_split"]), (&json!(run), &json!(["a", "b"])));
    let many = ok(probe.write(Method::POST, "/examples/bulk", &json!([body]))).await;
    assert_eq!(many[0]["inputs"], whole["inputs"]);
    let gone =
        json!({"dataset_id": dataset, "source_run_id": sample_id("nothing"), "use_source_run_io": true});
    answer(probe.write(Method::POST, "/examples", &gone), StatusCode::NOT_FOUND).await;
    let bare = json!({"dataset_id": dataset});
    answer(probe.write(Method::POST, "/examples", &bare), StatusCode::UNPROCESSABLE_ENTITY).await;
}

#[tokio::test]
async fn a_file_makes_a_dataset() {
    let probe = Probe::start().await;
    let csv = "\u{feff}question,answer,topic\r\n\"a, \"\"quoted\"\"\nquestion\",one,x\r\nplain,two,y\n\n";
    let form = || {
        Form::default()
            .part("name=\"file\"; filename=\"table.csv\"", "text/csv", csv.as_bytes())
            .field("name", "from a file")
            .field("data_type", "kv")
            .field("output_keys", "answer")
            .field("metadata_keys", "topic")
    };
    let whole = form().field("input_keys", "question").bytes();
    let dataset = ok(send_form(&probe, (Method::POST, "/datasets/upload"), whole)).await;
    assert_eq!((&dataset["name"], &dataset["example_count"]), (&json!("from a file"), &json!(2)));
    let id = dataset["id"].as_str().expect("an id");
    let examples = probe.json(&format!("/examples?dataset={id}")).await;
    let mut questions: Vec<&str> = examples
        .as_array()
        .expect("examples")
        .iter()
        .filter_map(|one| one["inputs"]["question"].as_str())
        .collect();
    questions.sort_unstable();
    assert_eq!(questions, ["a, \"quoted\"\nquestion", "plain"]);
    assert_eq!(probe.json(&format!("/examples/count?dataset={id}")).await, json!(2));
    for missing in [form().bytes(), form().field("input_keys", "mood").bytes()] {
        let refused = send_form(&probe, (Method::POST, "/datasets/upload"), missing);
        answer(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    assert_eq!(texts(&probe.json("/datasets?name=from%20a%20file").await, "id"), [id]);
}
