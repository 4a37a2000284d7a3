//! Examples: listing, reading of versions, creating and updating.

use langsmith_double::data::{ADA_KEY, ADA_WORKSPACE, GRACE_KEY, sample_id};
use langsmith_double::{Fault, FaultKind};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, send, texts};

fn question(number: usize) -> String {
    sample_id(&format!("example:support-questions:{number}")).to_string()
}

fn write(probe: &Probe, method: Method, path: &str, body: &Value) -> RequestBuilder {
    probe.http.request(method, probe.url(path)).header("X-API-Key", ADA_KEY).json(body)
}

async fn ids(probe: &Probe, query: &str) -> Vec<String> {
    let dataset = sample_id("dataset:support-questions");
    texts(&probe.json(&format!("/api/v1/examples?dataset={dataset}&{query}")).await, "id")
}

#[tokio::test]
async fn examples_are_filtered() {
    let probe = Probe::start().await;
    let hits = async |query: &str| {
        let mut found = ids(&probe, query).await;
        found.sort();
        found
    };
    let expected = |numbers: &[usize]| {
        let mut ids: Vec<String> = numbers.iter().map(|number| question(*number)).collect();
        ids.sort();
        ids
    };
    for (query, numbers) in [
        ("splits=test", &[3, 4, 5][..]),
        ("splits=train&splits=hard", &[0, 1, 2, 5]),
        ("metadata=%7B%22topic%22%3A%22shipping%22%7D", &[1, 4]),
        ("metadata=%7B%22dataset_split%22%3A%5B%22hard%22%5D%7D", &[5]),
        ("full_text_contains=PASSWORD", &[0]),
        ("full_text_contains=%E9%85%8D%E9%80%81", &[5]),
        ("filter=exists(metadata,\"reviewed_by\")", &[0]),
        ("filter=and(has(metadata,'{\"topic\":\"account\"}'),not(exists(metadata,\"reviewed_by\")))", &[3]),
        ("filter=or(search(\"warranty\"),search(\"discount\"))", &[3, 4]),
        ("as_of=v1", &[0, 1, 2, 3, 4]),
        ("as_of=2020-01-01", &[]),
    ] {
        assert_eq!(hits(query).await, expected(numbers), "{query}");
    }
    assert_eq!(hits(&format!("id={}&id={}", question(2), question(4))).await, expected(&[2, 4]));
}

#[tokio::test]
async fn wrong_queries_are_refused() {
    let probe = Probe::start().await;
    for (query, status) in [
        ("limit=101", 422),
        ("offset=-1", 422),
        ("id=x", 422),
        ("select=colour", 422),
        ("metadata=x", 422),
        ("order=colour", 422),
        ("inline_s3_urls=perhaps", 422),
        ("filter=eq(name,\"x\")", 400),
        ("filter=what", 400),
        ("as_of=no-such-tag", 404),
    ] {
        let dataset = sample_id("dataset:support-questions");
        let actual = probe.status(&format!("/examples?dataset={dataset}&{query}"), ADA_KEY).await;
        assert_eq!(actual.as_u16(), status, "{query}");
    }
    let nowhere = format!("/examples?dataset={}", sample_id("nothing"));
    assert_eq!(probe.status(&nowhere, ADA_KEY).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn examples_are_ordered_and_selected() {
    let probe = Probe::start().await;
    assert_eq!(ids(&probe, "limit=2").await, [question(0), question(5)], "changed last, then created last");
    assert_eq!(ids(&probe, "limit=1&order=recently_created").await, [question(5)]);
    assert!(ids(&probe, "order=id").await.is_sorted());
    let random = ids(&probe, "order=random&random_seed=1").await;
    assert_eq!(random, ids(&probe, "order=random&random_seed=1").await);
    assert_ne!(random, ids(&probe, "order=random&random_seed=2").await);
    let only = format!("/examples?id={}", question(1));
    let plain = probe.json(&only).await;
    assert_eq!(
        (&plain[0]["attachment_urls"], &plain[0]["outputs"]["answer"].is_string()),
        (&Value::Null, &true)
    );
    let selected = probe.json(&format!("{only}&select=attachment_urls")).await;
    assert!(selected[0]["attachment_urls"].is_object());
    assert_eq!((&selected[0]["outputs"], &selected[0]["metadata"]), (&Value::Null, &Value::Null));
    assert!(selected[0]["inputs"]["question"].is_string());
}

#[tokio::test]
async fn an_example_keeps_its_versions() {
    let probe = Probe::start().await;
    let path = format!("/examples/{}", question(0));
    let (latest, first) = (probe.json(&path).await, probe.json(&format!("{path}?as_of=v1")).await);
    assert_ne!(latest["outputs"], first["outputs"]);
    assert_eq!(probe.json(&format!("{path}?as_of=latest")).await, latest);
    assert_eq!((&first["created_at"], &first["modified_at"]), (&latest["created_at"], &first["created_at"]));
    let moment = latest["modified_at"].as_str().expect("a time").replace('+', "%2B");
    assert_eq!(probe.json(&format!("{path}?as_of={moment}")).await, latest);
    for (as_of, id) in [("v1", 5), ("2020-01-01T00:00:00Z", 0), ("no-such-tag", 0)] {
        let status = probe.status(&format!("/examples/{}?as_of={as_of}", question(id)), ADA_KEY).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{as_of}");
    }
}

#[tokio::test]
async fn created_examples_are_there_all_or_none() {
    let probe = Probe::start().await;
    let dataset = sample_id("dataset:support-questions");
    let (one, two) = (sample_id("new:1"), sample_id("new:2"));
    let entry = |id| json!({"dataset_id": dataset, "id": id, "inputs": {"question": "?"}, "outputs": {"answer": "!"}});
    let bulk = |body: Value| write(&probe, Method::POST, "/examples/bulk", &body);
    let repeated = json!([entry(one), entry(one)]);
    answer(bulk(repeated), StatusCode::CONFLICT).await;
    let misfit = json!([entry(one), {"dataset_id": dataset, "inputs": {"question": 5}}]);
    let refusal = answer(bulk(misfit), StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(refusal["detail"][0]["msg"].as_str().expect("a text").contains("question"), "{refusal}");
    assert_eq!(probe.status(&format!("/examples/{one}"), ADA_KEY).await, StatusCode::NOT_FOUND);
    let mut with_split = entry(two);
    with_split["split"] = json!(["train", "new"]);
    let made =
        ok(bulk(json!([entry(one), with_split, {"dataset_id": dataset, "inputs": {"question": "x"}}]))).await;
    assert_eq!(texts(&made, "id")[..2], [one.to_string(), two.to_string()]);
    assert_eq!(made[0]["metadata"], json!({"dataset_split": ["base"]}));
    assert_eq!(probe.json(&format!("/examples/{two}")).await, made[1]);
    assert_eq!(ids(&probe, "splits=new").await, [two.to_string()]);
    assert_eq!(probe.json(&format!("/datasets/{dataset}")).await["example_count"], 9);
    answer(bulk(json!([entry(two)])), StatusCode::CONFLICT).await;
    answer(bulk(json!([{"dataset_id": sample_id("nothing"), "inputs": {}}])), StatusCode::NOT_FOUND).await;
    for bad in [json!([{"dataset_id": dataset}]), json!([{"dataset_id": dataset, "inputs": []}]), json!({})] {
        answer(bulk(bad), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
}

#[tokio::test]
async fn an_example_is_copied_from_a_run_on_demand() {
    let probe = Probe::start().await;
    let dataset = sample_id("dataset:support-questions");
    let query = json!({"session": [sample_id("project:support-bot")], "is_root": true, "limit": 1});
    let run = ok(probe.query(ADA_KEY, &query)).await["runs"][0].clone();
    let plain = ok(write(&probe, Method::POST, "/datasets", &json!({"name": "copies"}))).await["id"].clone();
    let entry = |dataset: &Value, run: &Value| json!([{"dataset_id": dataset, "source_run_id": run, "use_source_run_io": true}]);
    let bulk = |body: Value| write(&probe, Method::POST, "/examples/bulk", &body);
    let made = ok(bulk(entry(&plain, &run["id"]))).await;
    assert_eq!((&made[0]["inputs"], &made[0]["outputs"]), (&run["inputs"], &run["outputs"]));
    assert_eq!(made[0]["source_run_id"], run["id"]);
    answer(bulk(entry(&plain, &json!(sample_id("no run")))), StatusCode::NOT_FOUND).await;
    answer(bulk(entry(&plain, &Value::Null)), StatusCode::UNPROCESSABLE_ENTITY).await;
    // Without `use_source_run_io` the run is only a reference.
    let marked = json!([{"dataset_id": dataset, "source_run_id": run["id"], "inputs": {"question": "?"}}]);
    assert_eq!(ok(bulk(marked)).await[0]["inputs"], json!({"question": "?"}));
}

#[tokio::test]
async fn an_update_changes_only_what_it_names() {
    let probe = Probe::start().await;
    let path = format!("/examples/{}", question(2));
    let before = probe.json(&path).await;
    ok(write(&probe, Method::PATCH, &path, &json!({"outputs": {"answer": "Oui."}, "inputs": null}))).await;
    let after = probe.json(&path).await;
    assert_eq!((&after["inputs"], &after["metadata"]), (&before["inputs"], &before["metadata"]));
    assert_eq!(after["outputs"], json!({"answer": "Oui."}));
    assert!(after["modified_at"].as_str() > before["modified_at"].as_str());
    let moment = before["modified_at"].as_str().expect("a time").replace('+', "%2B");
    assert_eq!(probe.json(&format!("{path}?as_of={moment}")).await, before);
    ok(write(&probe, Method::PATCH, &path, &json!({"metadata": {"a": 1}}))).await;
    assert_eq!(probe.json(&path).await["metadata"], json!({"a": 1, "dataset_split": ["train"]}));
    ok(write(&probe, Method::PATCH, &path, &json!({"split": "test"}))).await;
    assert_eq!(probe.json(&path).await["metadata"], json!({"a": 1, "dataset_split": ["test"]}));
}

#[tokio::test]
async fn attachments_are_kept_renamed_or_dropped() {
    let probe = Probe::start().await;
    let path = format!("/examples/{}", question(1));
    let operations = json!({"attachments_operations": {"rename": {"map.svg": "world.svg"}, "retain": []}});
    ok(write(&probe, Method::PATCH, &path, &operations)).await;
    let example = probe.json(&path).await;
    let names: Vec<&String> = example["attachment_urls"].as_object().expect("links").keys().collect();
    assert_eq!(names, ["attachment.world.svg"]);
}

#[tokio::test]
async fn several_updates_happen_together_or_not_at_all() {
    let probe = Probe::start().await;
    let bulk = |body: Value| write(&probe, Method::PATCH, "/api/v1/examples/bulk", &body);
    let change = |id: String| json!({"id": id, "split": ["moved"]});
    let unknown = json!([change(question(0)), change(sample_id("nothing").to_string())]);
    answer(bulk(unknown), StatusCode::NOT_FOUND).await;
    answer(bulk(json!([change(question(0)), change(question(0))])), StatusCode::UNPROCESSABLE_ENTITY).await;
    answer(bulk(json!([change(question(0)), {"split": "x"}])), StatusCode::UNPROCESSABLE_ENTITY).await;
    let misfit = json!([change(question(0)), {"id": question(1), "inputs": {}}]);
    answer(bulk(misfit), StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(ids(&probe, "splits=moved").await.is_empty());
    ok(bulk(json!([change(question(0)), change(question(1))]))).await;
    assert_eq!(ids(&probe, "splits=moved").await.len(), 2);
    for bad in [
        json!({"id": question(0), "overwrite": true}),
        json!({"id": question(0), "dataset_id": sample_id("dataset:odd-values")}),
    ] {
        answer(bulk(json!([bad])), StatusCode::BAD_REQUEST).await;
    }
}

#[tokio::test]
async fn examples_belong_to_one_workspace() {
    let probe = Probe::start().await;
    let elsewhere = |request: RequestBuilder| request.header("X-Tenant-Id", ADA_WORKSPACE.to_string());
    let path = format!("/examples/{}", question(0));
    answer(elsewhere(probe.get(&path, ADA_KEY)), StatusCode::NOT_FOUND).await;
    let change = write(&probe, Method::PATCH, &path, &json!({"split": "x"}));
    answer(elsewhere(change), StatusCode::NOT_FOUND).await;
    let dataset = sample_id("dataset:support-questions");
    let list = probe.get(&format!("/examples?dataset={dataset}"), ADA_KEY);
    answer(elsewhere(list), StatusCode::NOT_FOUND).await;
    assert_eq!(ok(elsewhere(probe.get("/examples", ADA_KEY))).await, json!([]));
    for method in [Method::POST, Method::PATCH] {
        let request = probe.http.request(method, probe.url("/examples/bulk")).header("X-API-Key", GRACE_KEY);
        assert_eq!(send(request.json(&json!([]))).await.status(), StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn odd_values_come_as_they_are() {
    let probe = Probe::start().await;
    let dataset = sample_id("dataset:odd-values");
    let text =
        send(probe.get(&format!("/examples?dataset={dataset}"), ADA_KEY)).await.text().await.expect("a body");
    for part in [&"[".repeat(5000), r"before\u0000after", r"half \ud83d,", r#""\ud800":1"#, "1e400"] {
        assert!(text.contains(part), "{}", part.chars().take(40).collect::<String>());
    }
    let deep = format!(r#"{{"inputs":{{"a":{}{}}}}}"#, "[".repeat(3000), "]".repeat(3000));
    let path = format!("/examples/{}", sample_id("example:odd-values:1"));
    let change = probe.http.patch(probe.url(&path)).header("X-API-Key", ADA_KEY).body(deep);
    assert_eq!(send(change).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_deleted_example_is_gone_and_keeps_its_id() {
    let probe = Probe::start().await;
    let path = format!("/api/v1/examples/{}", question(2));
    answer(probe.http.delete(probe.url(&path)).header("X-API-Key", GRACE_KEY), StatusCode::FORBIDDEN).await;
    ok(probe.http.delete(probe.url(&path)).header("X-API-Key", ADA_KEY)).await;
    assert_eq!(probe.status(&path, ADA_KEY).await, StatusCode::NOT_FOUND);
    assert!(!ids(&probe, "limit=100").await.contains(&question(2)));
    let dataset = sample_id("dataset:support-questions");
    let again = json!([{"id": question(2), "dataset_id": dataset, "inputs": {"question": "?"}}]);
    answer(write(&probe, Method::POST, "/api/v1/examples/bulk", &again), StatusCode::CONFLICT).await;
    answer(probe.http.delete(probe.url(&path)).header("X-API-Key", ADA_KEY), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn a_batch_may_be_refused_and_stored_in_part() {
    let probe = Probe::start().await;
    let dataset = sample_id("dataset:support-questions");
    let new = sample_id("another example");
    let both = json!([
        {"id": question(0), "dataset_id": dataset, "inputs": {"question": "old"}},
        {"id": new, "dataset_id": dataset, "inputs": {"question": "new"}},
    ]);
    let refused =
        async || answer(write(&probe, Method::POST, "/examples/bulk", &both), StatusCode::CONFLICT).await;
    let names = |body: &Value, id: &str| body["detail"].as_str().is_some_and(|text| text.contains(id));
    let path = format!("/examples/{new}");
    assert!(names(&refused().await, &question(0)));
    assert_eq!(probe.status(&path, ADA_KEY).await, StatusCode::NOT_FOUND, "all or nothing");
    let kind = FaultKind::PartlyStored;
    probe.double.handle().inject(Fault {
        method: None,
        path_contains: "/bulk".to_owned(),
        kind,
        times: Some(1),
    });
    let body = refused().await;
    assert!(names(&body, &question(0)) && !names(&body, &new.to_string()), "{body}");
    assert_eq!(probe.json(&path).await["inputs"], json!({"question": "new"}));
}
