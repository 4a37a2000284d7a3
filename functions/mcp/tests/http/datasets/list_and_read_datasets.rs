//! `list_datasets` and `read_dataset`.

use langsmith_double::data::{ADA_WORKSPACE, TEAM_WORKSPACE, sample_id};
use serde_json::{Value, json};

use crate::common::{assert_in_order, assert_mistakes, each};
use crate::support::Server;

fn dataset_id(name: &str) -> String {
    sample_id(&format!("dataset:{name}")).to_string()
}

fn names(listing: &Value) -> Vec<&str> {
    each(listing, "datasets", "name")
}

#[tokio::test]
async fn a_dataset_has_its_members_in_a_fixed_order() {
    let server = Server::start().await;
    let result = server.call_as("ada", "list_datasets", json!({"limit": 1})).await.result();
    let text = result["content"][0]["text"].as_str().unwrap();
    let order = [
        "{\"datasets\":[{\"id\":",
        "\"name\":",
        "\"inputs_schema_definition\":",
        "\"outputs_schema_definition\":",
        "\"description\":",
        "\"data_type\":",
        "\"example_count\":",
        "\"session_count\":",
        "\"created_at\":",
        "\"modified_at\":",
        "\"last_session_start_time\":",
        "}],",
        "\"next_offset\":1}",
    ];
    assert_in_order(text, &order);
    let dataset = &result["structuredContent"]["datasets"][0];
    assert_eq!(dataset.as_object().unwrap().len(), 11);
    assert_eq!(dataset["inputs_schema_definition"]["required"], json!(["question"]));
    assert_eq!((&dataset["example_count"], &dataset["session_count"]), (&json!(6), &json!(2)));
}

#[tokio::test]
async fn times_are_spelled_as_clients_know_them() {
    let server = Server::start().await;
    let listed = server.call("list_datasets", json!({"dataset_name": "support-questions"})).await;
    let read = server.call("read_dataset", json!({"dataset_name": "support-questions"})).await;
    let (listed, read) = (&listed["datasets"][0], &read["dataset"]);
    for time in [&listed["created_at"], &listed["modified_at"], &read["last_session_start_time"]] {
        assert!(time.as_str().unwrap().ends_with("+00:00"), "{time}");
    }
    let last = listed["last_session_start_time"].as_str().unwrap();
    assert_eq!(format!("{}+00:00", last.strip_suffix('Z').unwrap()), read["last_session_start_time"]);
    assert_eq!(listed["modified_at"], read["modified_at"]);
}

#[tokio::test]
async fn datasets_are_filtered() {
    let server = Server::start().await;
    let id = dataset_id("chat-transcripts");
    for arguments in [
        json!({"dataset_ids": id}),
        json!({"dataset_ids": [id]}),
        json!({"dataset_ids": format!("[\"{id}\"]")}),
        json!({"data_type": "chat"}),
        json!({"data_type": "CHAT", "dataset_ids": null}),
        json!({"dataset_name": "chat-transcripts"}),
        json!({"dataset_name_contains": "TRANSCRIPT"}),
        json!({"query": "transcript", "metadata": {"source": "sample"}}),
        json!({"query": "transcript", "metadata": "{\"source\": \"sample\"}"}),
    ] {
        let listing = server.call("list_datasets", arguments.clone()).await;
        assert_eq!(names(&listing), ["chat-transcripts"], "{arguments}");
    }
    let none = server.call("list_datasets", json!({"metadata": {"source": "elsewhere"}})).await;
    assert_eq!(none, json!({"datasets": [], "total_count": 0}));
}

#[tokio::test]
async fn datasets_are_paged_by_offset() {
    let server = Server::start().await;
    let all = server.call("list_datasets", json!({"limit": 1000})).await;
    assert_eq!(names(&all).len(), 3);
    assert_eq!((&all["total_count"], all.get("next_offset")), (&json!(3), None));
    for (offset, expected) in [(json!(1), 1..2), (json!("2"), 2..3), (json!(3), 3..3)] {
        let page = server.call("list_datasets", json!({"limit": "1", "offset": offset})).await;
        assert_eq!(names(&page), names(&all)[expected]);
    }
    let last = server.call("list_datasets", json!({"limit": 2, "offset": 2})).await;
    assert_eq!((&last["total_count"], last.get("next_offset")), (&json!(3), None));
}

#[tokio::test]
async fn one_request_answers_each_call() {
    let server = Server::start().await;
    let id = dataset_id("support-questions");
    server.call("list_datasets", json!({})).await;
    let everything = json!({"dataset_ids": [id], "data_type": "kv", "dataset_name": "a b", "dataset_name_contains": "a",
        "metadata": {"k": "v"}, "limit": 500, "offset": 2});
    server.call("list_datasets", everything).await;
    server.call("read_dataset", json!({"dataset_id": id})).await;
    server.call("read_dataset", json!({"dataset_name": "support-questions"})).await;
    let lines: Vec<_> =
        server.langsmith().requests().into_iter().map(|request| (request.path, request.query)).collect();
    let line = |path: &str, query: &str| (path.to_owned(), query.to_owned());
    assert_eq!(
        lines,
        [
            line("/api/v1/datasets", "limit=20&offset=0"),
            line(
                "/api/v1/datasets",
                &format!(
                    "limit=100&id={id}&data_type=kv&name=a+b&name_contains=a&metadata=%7B%22k%22%3A%22v%22%7D&offset=2"
                )
            ),
            line(&format!("/api/v1/datasets/{id}"), ""),
            line("/api/v1/datasets", "limit=1&name=support-questions"),
        ]
    );
}

#[tokio::test]
async fn a_dataset_is_read_by_id_or_name() {
    let server = Server::start().await;
    let by_name = server.call("read_dataset", json!({"dataset_name": "support-questions"})).await;
    let id = dataset_id("support-questions");
    assert_eq!(by_name["dataset"]["id"], json!(id));
    assert_eq!(server.call("read_dataset", json!({"dataset_id": id})).await, by_name);
    for arguments in [json!({}), json!({"dataset_id": id, "dataset_name": "x"}), json!({"dataset_name": ""})]
    {
        let error = server.fail("read_dataset", arguments).await;
        assert_eq!(error["kind"], "invalid");
        assert_eq!(
            error["error"],
            "Error reading dataset: Exactly one argument in each of the following groups must be defined: dataset_name, dataset_id"
        );
    }
    let unknown = server.fail("read_dataset", json!({"dataset_name": "nope"})).await;
    assert_eq!(
        (&unknown["kind"], &unknown["error"]),
        (&json!("not_found"), &json!("Dataset nope not found"))
    );
    let unknown = server.fail("read_dataset", json!({"dataset_id": sample_id("nothing").to_string()})).await;
    assert_eq!(unknown["kind"], "not_found");
}

#[tokio::test]
async fn wrong_arguments_are_named() {
    assert_mistakes([
        ("list_datasets", json!({"dataset_ids": "x"}), "dataset_ids"),
        ("list_datasets", json!({"dataset_ids": "[\"x"}), "dataset_ids"),
        ("list_datasets", json!({"dataset_ids": [1]}), "dataset_ids"),
        ("list_datasets", json!({"dataset_ids": vec![dataset_id("x"); 101]}), "dataset_ids"),
        ("list_datasets", json!({"data_type": "csv"}), "data_type"),
        ("list_datasets", json!({"dataset_name": 5}), "dataset_name"),
        ("list_datasets", json!({"dataset_name": "x".repeat(2001)}), "dataset_name"),
        ("list_datasets", json!({"query": "a", "dataset_name_contains": "a"}), "query"),
        ("list_datasets", json!({"metadata": "k=v"}), "metadata"),
        ("list_datasets", json!({"metadata": "{\"k\":"}), "metadata"),
        ("list_datasets", json!({"metadata": ["k"]}), "metadata"),
        ("list_datasets", json!({"metadata": {"k": "x".repeat(3000)}}), "metadata"),
        ("list_datasets", json!({"limit": -1}), "limit"),
        ("list_datasets", json!({"limit": true}), "limit"),
        ("list_datasets", json!({"offset": -1}), "offset"),
        ("list_datasets", json!({"offset": 5_000_000_000_u64}), "offset"),
        ("list_datasets", json!({"name": "x"}), "name"),
        ("read_dataset", json!({"dataset_id": "not-a-uuid"}), "dataset_id"),
        ("read_dataset", json!({"dataset_name": {}}), "dataset_name"),
        ("read_dataset", json!({"dataset_name": "x".repeat(100_000)}), "dataset_name"),
    ])
    .await;
}

#[tokio::test]
async fn a_workspace_sees_only_its_own() {
    let server = Server::start().await;
    let id = dataset_id("support-questions");
    let (team, own) = (TEAM_WORKSPACE.to_string(), ADA_WORKSPACE.to_string());
    for _ in 0..3 {
        let listed = server.call_as("ada-everywhere", "list_datasets", json!({"workspace_id": team})).await;
        assert_eq!(names(&listed.result()["structuredContent"]).len(), 3);
        let listed = server.call_as("ada-everywhere", "list_datasets", json!({"workspace_id": own})).await;
        assert!(names(&listed.result()["structuredContent"]).is_empty());
        for arguments in [json!({"dataset_id": id}), json!({"dataset_name": "support-questions"})] {
            let mut there = arguments.clone();
            there["workspace_id"] = json!(own);
            let error = server.call_as("ada-everywhere", "read_dataset", there).await.tool_error();
            assert_eq!(error["kind"], "not_found");
            server.call_as("grace", "read_dataset", arguments).await.result();
        }
    }
    let error = server.call_as("grace", "list_datasets", json!({"workspace_id": own})).await.tool_error();
    assert_eq!(error["kind"], "forbidden");
    let error = server.call_as("limited", "list_datasets", json!({})).await.tool_error();
    assert_eq!(error["kind"], "forbidden");
}

#[tokio::test]
async fn a_dataset_says_where_its_page_is() {
    let server = Server::self_hosted().await;
    let page = |dataset: &Value| {
        let id = dataset["id"].as_str().unwrap();
        format!("{}/o/{TEAM_WORKSPACE}/datasets/{id}", server.pages())
    };
    let listed = server.call("list_datasets", json!({})).await["datasets"].take();
    assert_eq!(listed.as_array().map(Vec::len), Some(3));
    for dataset in listed.as_array().unwrap() {
        assert_eq!(dataset["url"], page(dataset), "{dataset}");
    }
    for arguments in
        [json!({"dataset_name": "support-questions"}), json!({"dataset_id": dataset_id("support-questions")})]
    {
        let read = server.call("read_dataset", arguments).await["dataset"].take();
        assert_eq!(read["url"], page(&read), "{read}");
    }
}
