//! Differences between deployments: every mode, route by route.

use langsmith_double::data::{ADA_KEY, ORGANIZATION_KEY, SERVICE_KEY, TEAM_WORKSPACE, sample_id};
use langsmith_double::{Options, Service};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, send};

const ALL: [Service; 5] =
    [Service::LENIENT, Service::CH_ONLY, Service::DUAL, Service::SMITHDB_ONLY, Service::CLOUD];

async fn probe(service: Service) -> Probe {
    Probe::with(Options { service, ..Options::default() }).await
}

fn workspace(request: RequestBuilder) -> RequestBuilder {
    request.header("X-Tenant-Id", TEAM_WORKSPACE.to_string())
}

#[tokio::test]
async fn each_says_what_it_is() {
    for service in ALL {
        let flags = probe(service).await.json("/info").await["instance_flags"].clone();
        let says = [&flags["ch_query_enabled"], &flags["sdb_query_enabled"]];
        let expected = match service {
            Service::CH_ONLY => [json!(true), json!(false)],
            Service::SMITHDB_ONLY => [json!(false), json!(true)],
            Service::LENIENT => [Value::Null, Value::Null],
            _ => [json!(true), json!(true)],
        };
        assert_eq!(says, [&expected[0], &expected[1]], "{service:?}");
        for flag in ["dataset_examples_multipart_enabled", "gzip_body_enabled", "zstd_compression_enabled"] {
            assert_eq!(flags[flag], true, "{service:?}");
        }
    }
}

#[tokio::test]
async fn each_serves_its_own_way_of_reading_runs() {
    let (project, dataset) = (sample_id("project:support-bot"), sample_id("dataset:support-questions"));
    let run = sample_id("run:support-bot:0:0");
    let body = json!({"session": [project], "session_ids": [project]});
    let second_body = json!({"project_ids": [project], "experiment_ids": [project]});
    let first: [(Method, String); 4] = [
        (Method::GET, format!("/runs/{run}")),
        (Method::POST, "/runs/query".to_owned()),
        (Method::POST, "/runs/stats".to_owned()),
        (Method::POST, format!("/datasets/{dataset}/runs")),
    ];
    let second: [(Method, String); 4] = [
        (Method::GET, format!("/v2/runs/{run}?project_id={project}&selects=NAME")),
        (Method::POST, "/api/v2/runs/query".to_owned()),
        (Method::POST, format!("/v2/datasets/{dataset}/experiment-runs")),
        (Method::POST, format!("/api/v2/runs/{run}/share")),
    ];
    for service in ALL {
        let probe = probe(service).await;
        let has_first = service != Service::SMITHDB_ONLY;
        let has_second = service != Service::CH_ONLY;
        for (paths, served, body) in [(&first, has_first, &body), (&second, has_second, &second_body)] {
            for (method, path) in paths {
                let status = send(workspace(probe.write(method.clone(), path, body))).await.status();
                let expected = if served { StatusCode::OK } else { StatusCode::NOT_IMPLEMENTED };
                assert_eq!(status, expected, "{service:?} {method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn the_second_way_has_one_run_of_its_project() {
    let probe = Probe::start().await;
    let (run, project) = (sample_id("run:support-bot:0:1"), sample_id("project:support-bot"));
    let one =
        probe.json(&format!("/v2/runs/{run}?project_id={project}&selects=NAME&selects=PARENT_RUN_IDS")).await;
    assert_eq!(one["id"], json!(run));
    assert_eq!(one["parent_run_ids"], json!([sample_id("run:support-bot:0:0")]));
    assert_eq!(one["inputs"], Value::Null, "not selected");
    for (query, status) in [
        (format!("project_id={}", sample_id("project:nightly-summaries")), StatusCode::NOT_FOUND),
        ("selects=NAME".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        (format!("project_id={project}&selects=MOOD"), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let problem = answer(probe.get(&format!("/v2/runs/{run}?{query}"), ADA_KEY), status).await;
        assert_eq!(problem["status"], status.as_u16());
    }
}

#[tokio::test]
async fn scores_have_four_decimals_in_the_cloud() {
    let run = sample_id("run:support-bot:0:0");
    for service in ALL {
        let probe = probe(service).await;
        let is_cloud = service == Service::CLOUD;
        let mark = json!({"run_id": run, "key": "quality", "score": 0.123_456});
        let stored = ok(probe.write(Method::POST, "/feedback", &mark)).await;
        assert_eq!(stored["score"], if is_cloud { json!(0.1235) } else { json!(0.123_456) }, "{service:?}");
        let token =
            ok(probe.write(Method::POST, "/feedback/tokens", &json!({"run_id": run, "feedback_key": "k"})))
                .await;
        let left = probe.http.post(token["url"].as_str().expect("a link")).json(&json!({"score": 0.123_456}));
        ok(left).await;
        let listed = probe.json(&format!("/feedback?run={run}&key=k")).await;
        assert_eq!(listed[0]["score"], stored["score"], "{service:?}");
        let path = format!("/feedback/{}", stored["id"].as_str().expect("an id"));
        let change = send(probe.write(Method::PATCH, &path, &json!({"score": 0.765_432}))).await.status();
        let expected = if is_cloud { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        assert_eq!(change, expected, "{service:?}");
    }
}

#[tokio::test]
async fn the_organization_wants_its_own_key_in_the_cloud() {
    for service in ALL {
        let probe = probe(service).await;
        let expected = if service == Service::CLOUD { StatusCode::FORBIDDEN } else { StatusCode::OK };
        assert_eq!(probe.status("/orgs/current/info", SERVICE_KEY).await, expected, "{service:?}");
        let own = workspace(probe.get("/orgs/current/info", ORGANIZATION_KEY));
        assert_eq!(send(own).await.status(), StatusCode::OK, "{service:?}");
    }
}

#[tokio::test]
async fn a_commit_adds_its_type_to_the_tags_in_the_cloud() {
    for service in ALL {
        let probe = probe(service).await;
        let repo = json!({"repo_handle": "typed", "is_public": false, "tags": ["mine"]});
        ok(probe.write(Method::POST, "/repos/", &repo)).await;
        let manifest = json!({"lc": 1, "type": "constructor", "id": ["a", "PromptTemplate"], "kwargs": {}});
        let commit = probe.write(
            Method::POST,
            "/commits/-/typed",
            &json!({"manifest": manifest, "parent_commit": null}),
        );
        answer(commit, StatusCode::CREATED).await;
        let tags = probe.json("/repos/-/typed").await["repo"]["tags"].clone();
        let expected =
            if service == Service::CLOUD { json!(["mine", "PromptTemplate"]) } else { json!(["mine"]) };
        assert_eq!(tags, expected, "{service:?}");
    }
}

#[tokio::test]
async fn runs_of_long_ago_are_refused_in_the_cloud() {
    let run = json!({"id": sample_id("old run"), "name": "old", "run_type": "chain", "start_time": "2020-01-01T00:00:00Z"});
    for service in ALL {
        let probe = probe(service).await;
        let expected = match service {
            Service::CLOUD => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::ACCEPTED,
        };
        assert_eq!(send(probe.write(Method::POST, "/runs", &run)).await.status(), expected, "{service:?}");
    }
}
