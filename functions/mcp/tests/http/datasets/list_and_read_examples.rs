//! `list_examples` and `read_example`.

use langsmith_double::data::{ADA_WORKSPACE, TEAM_WORKSPACE, sample_id};
use langsmith_double::{Dataset, FaultKind};
use serde_json::{Value, json};

use crate::common::{assert_in_order, disturb, question};
use crate::support::Server;

/// The numbers of the questions in a listing, in order.
fn numbers(listing: &Value) -> Vec<usize> {
    let examples = listing["examples"].as_array().unwrap();
    let number = |example: &Value| (0..6).find(|number| example["id"] == json!(question(*number))).unwrap();
    examples.iter().map(number).collect()
}

async fn questions(server: &Server, more: Value) -> Vec<usize> {
    let mut arguments = more;
    arguments["dataset_name"] = json!("support-questions");
    let mut found = numbers(&server.call("list_examples", arguments).await);
    found.sort_unstable();
    found
}

#[tokio::test]
async fn an_example_has_its_members_in_a_fixed_order() {
    let server = Server::start().await;
    let arguments = json!({"dataset_name": "support-questions", "limit": 1});
    let result = server.call_as("ada", "list_examples", arguments).await.result();
    let text = result["content"][0]["text"].as_str().unwrap();
    let order = [
        "{\"examples\":[{\"id\":",
        "\"dataset_id\":",
        "\"inputs\":",
        "\"outputs\":",
        "\"metadata\":",
        "\"created_at\":",
        "\"modified_at\":",
        "\"runs\":null",
        "\"source_run_id\":",
        "\"attachments\":{}}],",
        "\"next_offset\":1}",
    ];
    assert_in_order(text, &order);
    let example = &result["structuredContent"]["examples"][0];
    assert_eq!(example.as_object().unwrap().len(), 10);
    assert!(example["modified_at"].as_str().unwrap().ends_with("+00:00"));
    let read = server.call("read_example", json!({"example_id": example["id"]})).await;
    assert_eq!(&read["example"], example);
}

#[tokio::test]
async fn examples_are_filtered() {
    let server = Server::start().await;
    for (arguments, expected) in [
        (json!({}), &[0, 1, 2, 3, 4, 5][..]),
        (json!({"splits": "test"}), &[3, 4, 5]),
        (json!({"splits": ["train", "hard"]}), &[0, 1, 2, 5]),
        (json!({"splits": "[\"hard\"]"}), &[5]),
        (json!({"metadata": {"topic": "shipping"}}), &[1, 4]),
        (json!({"metadata": "{\"topic\": \"shipping\"}", "splits": null}), &[1, 4]),
        (json!({"filter": "exists(metadata, \"reviewed_by\")"}), &[0]),
        (json!({"query": "配送"}), &[5]),
        (json!({"example_ids": [question(2), question(4)]}), &[2, 4]),
        (json!({"example_ids": question(2)}), &[2]),
    ] {
        assert_eq!(questions(&server, arguments.clone()).await, expected, "{arguments}");
    }
    let by_ids = server.call("list_examples", json!({"example_ids": [question(1), question(5)]})).await;
    assert_eq!(numbers(&by_ids), [5, 1]);
}

#[tokio::test]
async fn the_id_of_a_dataset_goes_before_its_name() {
    let server = Server::start().await;
    let id = sample_id("dataset:support-questions").to_string();
    let arguments = json!({"dataset_id": id, "dataset_name": "chat-transcripts"});
    assert_eq!(numbers(&server.call("list_examples", arguments).await).len(), 6);
    assert_eq!(server.langsmith().requests().len(), 1);
}

#[tokio::test]
async fn a_name_is_looked_up_again_when_its_dataset_went_away() {
    let server = Server::start().await;
    assert_eq!(questions(&server, json!({})).await.len(), 6);
    disturb(&server, "/examples", FaultKind::Status(404), Some(1));
    let error = server.fail("list_examples", json!({"dataset_name": "support-questions"})).await;
    assert_eq!(error["kind"], "not_found");
    server.langsmith().clear_requests();
    assert_eq!(questions(&server, json!({})).await.len(), 6);
    let paths: Vec<String> = server.langsmith().requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/api/v1/datasets", "/api/v1/examples"]);
}

#[tokio::test]
async fn versions_are_named_by_time_or_tag() {
    let server = Server::start().await;
    assert_eq!(questions(&server, json!({"as_of": "v1"})).await, [0, 1, 2, 3, 4]);
    assert_eq!(questions(&server, json!({"as_of": "latest"})).await.len(), 6);
    assert!(questions(&server, json!({"as_of": "2020-01-01"})).await.is_empty());
    let read = async |as_of: Value| {
        server.call("read_example", json!({"example_id": question(0), "as_of": as_of})).await["example"]
            .clone()
    };
    let (now, before) = (read(json!(null)).await, read(json!("v1")).await);
    assert_ne!(now["outputs"], before["outputs"]);
    assert_eq!(read(json!("latest")).await, now);
    assert_eq!(read(now["modified_at"].clone()).await, now);
    assert_eq!(read(before["modified_at"].clone()).await, before);
    for arguments in [
        json!({"example_id": question(0), "as_of": "no-such-tag"}),
        json!({"example_id": question(5), "as_of": "v1"}),
        json!({"example_id": question(0), "as_of": "2020-01-01T00:00:00Z"}),
        json!({"example_id": sample_id("nothing").to_string()}),
    ] {
        assert_eq!(server.fail("read_example", arguments.clone()).await["kind"], "not_found", "{arguments}");
    }
    let unknown = json!({"dataset_name": "support-questions", "as_of": "no-such-tag"});
    assert_eq!(server.fail("list_examples", unknown).await["kind"], "not_found");
}

#[tokio::test]
async fn attachments_are_links_and_stay_links() {
    let server = Server::start().await;
    let arguments = json!({"example_ids": question(1), "include_attachments": "true"});
    let listed = server.call("list_examples", arguments).await["examples"][0].clone();
    let attachments = listed["attachments"].as_object().unwrap();
    assert_eq!(attachments.keys().collect::<Vec<_>>(), ["map.svg", "price list.txt"]);
    let map = &attachments["map.svg"];
    assert_eq!((&map["reader"], &map["mime_type"]), (&json!([]), &json!("image/svg+xml")));
    assert!(map["presigned_url"].as_str().unwrap().starts_with(&server.double.url()));
    let read = server.call("read_example", json!({"example_id": question(1)})).await;
    assert_eq!(read["example"], listed);
    let plain = server.call("list_examples", json!({"example_ids": question(1)})).await;
    assert_eq!(plain["examples"][0]["attachments"], json!({}));
    let paths: Vec<String> = server.langsmith().requests().into_iter().map(|request| request.path).collect();
    assert!(paths.iter().all(|path| path.starts_with("/api/v1/examples")), "{paths:?}");
}

#[tokio::test]
async fn what_is_sent_upstream_is_in_order() {
    let server = Server::start().await;
    let (dataset, example) = (sample_id("dataset:support-questions").to_string(), question(1));
    server.call("list_examples", json!({"dataset_id": dataset})).await;
    let everything = json!({"dataset_name": "support-questions", "example_ids": [example], "filter": "exists(metadata,\"a\")",
        "metadata": {"k": "v"}, "splits": ["train", "test"], "inline_s3_urls": "false", "include_attachments": true,
        "as_of": "2026-01-01T02:00:00+02:00", "limit": 2, "offset": "3", "query": "x"});
    server.call("list_examples", everything).await;
    server.call("read_example", json!({"example_id": example, "as_of": "v1"})).await;
    let lines: Vec<_> =
        server.langsmith().requests().into_iter().map(|request| (request.path, request.query)).collect();
    let line = |path: &str, query: &str| (path.to_owned(), query.to_owned());
    let select = [
        "id",
        "dataset_id",
        "inputs",
        "outputs",
        "metadata",
        "created_at",
        "modified_at",
        "source_run_id",
        "attachment_urls",
    ];
    let select: Vec<String> = select.iter().map(|column| format!("select={column}")).collect();
    assert_eq!(
        lines,
        [
            line("/api/v1/examples", &format!("offset=0&inline_s3_urls=true&limit=10&dataset={dataset}")),
            line("/api/v1/datasets", "limit=1&name=support-questions"),
            line(
                "/api/v1/examples",
                &format!(
                    "offset=3&id={example}&as_of=2026-01-01T00%3A00%3A00%2B00%3A00&splits=train&splits=test\
                     &inline_s3_urls=false&limit=2&filter=exists%28metadata%2C%22a%22%29&metadata=%7B%22k%22%3A%22v%22%7D\
                     &full_text_contains=x&dataset={dataset}&{}",
                    select.join("&")
                )
            ),
            line(&format!("/api/v1/examples/{example}"), "as_of=v1"),
        ]
    );
}

#[tokio::test]
async fn wrong_arguments_are_named() {
    let server = Server::start().await;
    let with = |name: &str, value: Value| {
        let mut arguments = json!({"dataset_name": "support-questions"});
        arguments[name] = value;
        ("list_examples", arguments, name.to_owned())
    };
    let cases = [
        ("list_examples", json!({}), "dataset_id, dataset_name and example_ids".to_owned()),
        ("list_examples", json!({"dataset_name": " ", "example_ids": []}), "dataset_name".to_owned()),
        ("list_examples", json!({"limit": 3}), "example_ids".to_owned()),
        with("dataset_id", json!("x")),
        with("example_ids", json!("[\"x\"")),
        with("example_ids", json!(vec![question(1); 101])),
        with("filter", json!(["eq"])),
        with("filter", json!("x".repeat(2001))),
        with("query", json!({"a": 1})),
        with("metadata", json!("x")),
        with("metadata", json!("[1]")),
        with("splits", json!({"a": 1})),
        with("splits", json!(["x".repeat(201)])),
        with("splits", json!(vec!["x"; 21])),
        with("as_of", json!(5)),
        with("as_of", json!("x".repeat(300))),
        with("include_attachments", json!(1)),
        with("inline_s3_urls", json!(["true"])),
        with("limit", json!(-1)),
        with("limit", json!("many")),
        with("offset", json!("-1")),
        with("bogus", json!(1)),
        ("read_example", json!({}), "example_id".to_owned()),
        ("read_example", json!({"example_id": "x"}), "example_id".to_owned()),
        ("read_example", json!({"example_id": question(0), "as_of": {"a": 1}}), "as_of".to_owned()),
        ("read_example", json!({"example_id": question(0), "dataset": "x"}), "dataset".to_owned()),
    ];
    for (tool, arguments, name) in cases {
        let error = server.fail(tool, arguments).await;
        assert_eq!((&error["kind"], &error["retryable"]), (&json!("invalid"), &json!(false)), "{name}");
        assert!(error["error"].as_str().unwrap().contains(&name), "{name}: {error}");
    }
    assert!(server.langsmith().requests().is_empty());
    let unknown = server.fail("list_examples", json!({"dataset_name": "nope"})).await;
    assert_eq!(
        (&unknown["kind"], &unknown["error"]),
        (&json!("not_found"), &json!("Dataset nope not found"))
    );
    let refused = server.fail("list_examples", with("filter", json!("eq(what, 1)")).1).await;
    assert_eq!(refused["kind"], "invalid");
}

#[tokio::test]
async fn a_workspace_sees_only_its_own() {
    let server = Server::start().await;
    let (team, own) = (TEAM_WORKSPACE.to_string(), ADA_WORKSPACE.to_string());
    let by_name = json!({"dataset_name": "support-questions"});
    let by_id = json!({"dataset_id": sample_id("dataset:support-questions").to_string()});
    for _ in 0..3 {
        for arguments in [&by_name, &by_id] {
            for (workspace, found) in [(&team, true), (&own, false)] {
                let mut arguments = arguments.clone();
                arguments["workspace_id"] = json!(workspace);
                let answer = server.call_as("ada-everywhere", "list_examples", arguments).await.result();
                assert_eq!(answer["isError"], json!(!found), "{answer}");
            }
        }
        let arguments = json!({"example_ids": question(0), "workspace_id": own});
        let listed = server.call_as("ada-everywhere", "list_examples", arguments).await.result();
        assert_eq!(listed["structuredContent"], json!({"examples": [], "total_count": 0}));
        let arguments = json!({"example_id": question(0), "workspace_id": own});
        let error = server.call_as("ada-everywhere", "read_example", arguments).await.tool_error();
        assert_eq!(error["kind"], "not_found");
    }
    let error =
        server.call_as("limited", "read_example", json!({"example_id": question(0)})).await.tool_error();
    assert_eq!(error["kind"], "forbidden");
}

#[tokio::test]
async fn a_full_answer_says_where_to_go_on() {
    let server = Server::with_data(Dataset::Large).await;
    let (mut offset, mut found) = (1390_u64, Vec::new());
    loop {
        let arguments = json!({"dataset_name": "large", "limit": 120, "offset": offset});
        let result = server.call_as("ada", "list_examples", arguments).await.result();
        assert!(result["content"][0]["text"].as_str().unwrap().chars().count() <= 60_000);
        let page = &result["structuredContent"];
        let examples = page["examples"].as_array().unwrap();
        found.extend(examples.iter().map(|example| example["inputs"]["number"].as_u64().unwrap()));
        let Some(next) = page["next_offset"].as_u64() else { break };
        assert_eq!(next, offset + examples.len() as u64);
        if examples.len() < 100 {
            assert!(page["_truncated_message"].as_str().unwrap().contains(&format!("offset={next}")));
        }
        offset = next;
    }
    let expected: Vec<u64> = (0..610).rev().collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn an_example_too_large_for_an_answer_is_shortened() {
    let server = Server::with_data(Dataset::Large).await;
    let id = sample_id("example:large:1000").to_string();
    let read = server.call("read_example", json!({"example_id": id})).await;
    let listed =
        server.call("list_examples", json!({"dataset_name": "large", "limit": 2, "offset": 999})).await;
    for (answer, example, least) in
        [(&read, &read["example"], 190_000), (&listed, &listed["examples"][0], 55_000)]
    {
        assert_eq!((&example["id"], &answer["_truncated"]), (&json!(id), &json!(true)));
        assert_eq!((&example["inputs"]["number"], &example["outputs"]["even"]), (&json!(1000), &json!(true)));
        let text = example["inputs"]["text"].as_str().unwrap();
        assert!(text.chars().count() > least && text.ends_with(" chars)"));
    }
    assert_eq!((listed["examples"].as_array().unwrap().len(), &listed["next_offset"]), (1, &json!(1000)));
}

fn odd(number: usize) -> String {
    sample_id(&format!("example:odd-values:{number}")).to_string()
}

#[tokio::test]
async fn odd_values_can_be_read_by_strict_readers() {
    let server = Server::start().await;
    let ids = [odd(0), odd(1), odd(2)];
    let listing = server.call("list_examples", json!({ "example_ids": ids })).await;
    let examples = listing["examples"].as_array().unwrap();
    let inputs = |number: usize| {
        &examples.iter().find(|example| example["id"] == json!(odd(number))).unwrap()["inputs"]
    };
    assert!(inputs(0)["_truncated_preview"].as_str().unwrap().starts_with("{\"deep\":[[[["));
    assert_eq!(inputs(1)["text"], "before\u{0}after");
    assert_eq!(inputs(2)["text"], "half \u{fffd}, other half \u{fffd}");
    assert_eq!(inputs(2)["\u{fffd}"], 1);
    for number in [0, 1, 2] {
        let read = server.call("read_example", json!({ "example_id": odd(number) })).await;
        assert_eq!(&read["example"]["inputs"], inputs(number));
    }
}

#[tokio::test]
async fn numbers_keep_every_digit() {
    let server = Server::start().await;
    let answer = server.call_as("ada", "read_example", json!({ "example_id": odd(3) })).await;
    let text = String::from_utf8(answer.body).unwrap();
    let inputs = r#""inputs":{"float":1e400,"integer":123456789012345678901234567890,"empty":{"":[]}}"#;
    assert!(text.contains(inputs), "{text}");
}

#[tokio::test]
async fn a_time_with_a_mistake_is_no_tag() {
    let server = Server::start().await;
    for as_of in ["2026-13-45", "9999-12-31T23:59:59-23:00"] {
        for (tool, name, value) in [
            ("list_examples", "dataset_name", "support-questions".to_owned()),
            ("read_example", "example_id", question(0)),
        ] {
            let error = server.fail(tool, json!({name: value, "as_of": as_of})).await;
            assert_eq!(error["kind"], "invalid", "{tool} {as_of}");
            assert!(error["error"].as_str().unwrap().starts_with("as_of must be a tag or"), "{error}");
        }
    }
    assert!(server.langsmith().requests().is_empty());
}
