//! Differences between deployments of LangSmith, each imitated by the double's modes: `/info` and the query backends,
//! and names whose objects were recreated.

use std::time::Duration;

use langsmith_double::data::{TEAM_WORKSPACE, sample_id};
use langsmith_double::{FaultKind, Options, Recorded, Service};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::common::{FIRST, SECOND, add, asked, deployed, disturb, extended};
use crate::runs::fetch_runs_walks::{ids, walk};
use crate::support::Server;
use crate::writes::api;

fn paths(requests: &[Recorded]) -> Vec<&str> {
    requests.iter().map(|request| request.path.as_str()).collect()
}

fn support_bot(more: &Value) -> Value {
    extended(json!({"project_name": "support-bot", "limit": 5}), more)
}

#[tokio::test]
async fn the_usual_call_asks_for_nothing_else() {
    for service in [Service::LENIENT, Service::CH_ONLY, Service::DUAL, Service::CLOUD] {
        let server = deployed(service).await;
        server.call("fetch_runs", support_bot(&json!({}))).await;
        let requests = asked(&server, "");
        assert_eq!(paths(&requests), ["/api/v1/sessions", FIRST], "{service:?}");
    }
}

#[tokio::test]
async fn without_the_first_backend_the_second_one_serves_every_tool() {
    let server = deployed(Service::SMITHDB_ONLY).await;
    assert_eq!(walk(&server, &support_bot(&json!({"limit": 50, "detail": "ids"}))).await.runs.len(), 100);
    let requests = asked(&server, "/runs/query");
    assert_eq!(paths(&requests)[..3], [FIRST, SECOND, SECOND]);
    let thread = json!({"thread_id": "long-chat", "project_name": "conversations", "page_number": 1});
    assert!(!server.call("get_thread_history", thread).await["result"].as_array().unwrap().is_empty());
    let example = sample_id("example:support-questions:0");
    let results = json!([{"example_id": example, "outputs": {"answer": "a"}, "scores": {"correct": true}}]);
    let arguments = json!({"experiment_name": "x", "dataset_name": "support-questions", "results": results, "close": true});
    for (recorded, existing) in [(1, 0), (0, 1)] {
        let report = server.call("run_experiment", arguments.clone()).await;
        let counts = (&report["runs_recorded"], &report["runs_existing"], &report["scores_existing"]);
        assert_eq!(counts, (&json!(recorded), &json!(existing), &json!(existing)), "{report}");
    }
    assert!(paths(&asked(&server, "/runs/query")).iter().all(|path| *path == SECOND));
}

#[tokio::test]
async fn a_query_of_the_second_backend_names_the_workspace_and_where_to_begin() {
    for bearer in ["ada", "ada-key"] {
        let server = deployed(Service::SMITHDB_ONLY).await;
        let query = async |more: Value| {
            let answer = server.call_as(bearer, "fetch_runs", support_bot(&more)).await.result();
            assert_eq!(answer["isError"], false, "{bearer}: {answer}");
            let request = asked(&server, SECOND).pop().unwrap();
            assert_eq!(request.x_tenant_id, Some(TEAM_WORKSPACE.to_string()), "{bearer}");
            serde_json::from_str::<Value>(&request.body).unwrap()
        };
        let body = query(json!({})).await;
        let project = api(&server, "/sessions?name=support-bot").await[0]["start_time"].clone();
        let moment = |text: &str| OffsetDateTime::parse(text, &Rfc3339).unwrap();
        let began = moment(&format!("{}Z", project.as_str().unwrap()));
        let since = moment(body["min_start_time"].as_str().unwrap());
        assert_eq!(began - since, time::Duration::DAY, "a run may be older than its project");
        let selects: Vec<&str> =
            body["selects"].as_array().unwrap().iter().map(|select| select.as_str().unwrap()).collect();
        assert_eq!(selects.iter().filter(|select| **select == "PARENT_RUN_IDS").count(), 1, "{selects:?}");
        let given = query(json!({"start_time": "2026-01-01"})).await;
        assert_eq!(given["min_start_time"], "2026-01-01T00:00:00.000000Z");
    }
}

#[tokio::test]
async fn single_runs_and_a_trace_are_looked_for_since_their_project_too() {
    let server = deployed(Service::SMITHDB_ONLY).await;
    let page = server.call("fetch_runs", support_bot(&json!({"select": ["trace_id", "id"]}))).await;
    let since = |request: &Recorded| {
        serde_json::from_str::<Value>(&request.body).unwrap()["min_start_time"].as_str().unwrap().to_owned()
    };
    let usual = since(&asked(&server, SECOND)[0]);
    assert!(!usual.starts_with("1970"), "{usual}");
    let (run, trace) = (&page["runs"][0]["id"], &page["runs"][0]["trace_id"]);
    for more in [json!({"run_ids": [run]}), json!({"trace_id": trace})] {
        let found = ids(&server.call("fetch_runs", support_bot(&more)).await);
        assert!(found.contains(&run.as_str().unwrap().to_owned()), "{more}: {found:?}");
        assert_eq!(since(&asked(&server, SECOND)[0]), usual, "{more}");
    }
    let unknown = json!({"run_ids": [sample_id("nothing")]});
    let note = server.call("fetch_runs", support_bot(&unknown)).await["_note"].clone();
    assert!(note.as_str().unwrap().contains("give an earlier start_time"), "{note}");
}

#[tokio::test]
async fn a_key_in_an_unknown_project_names_its_own_workspace() {
    let server = deployed(Service::SMITHDB_ONLY).await;
    let unknown = json!({"project_id": sample_id("nothing"), "limit": 5});
    let queries = async |kind: &str| {
        let error = server.call_as("ada-key", "fetch_runs", unknown.clone()).await.tool_error();
        assert_eq!(error["kind"], kind, "{error}");
        let requests = asked(&server, "");
        let (settings, others): (Vec<_>, Vec<_>) =
            requests.into_iter().partition(|request| request.path.ends_with("/settings"));
        let query = others.into_iter().rfind(|request| request.path == SECOND).unwrap();
        (settings.len(), query.x_tenant_id)
    };
    let own = Some(TEAM_WORKSPACE.to_string());
    for expected in [1, 0] {
        assert_eq!(queries("not_found").await, (expected, own.clone()), "it is remembered");
    }
    // If LangSmith does not tell, the second API is tried nevertheless.
    server.clock.advance(Duration::from_mins(5));
    disturb(&server, "/settings", FaultKind::Status(500), None);
    assert_eq!(queries("forbidden").await, (1, None));
}

#[tokio::test]
async fn what_the_deployment_says_decides_what_no_run_proves() {
    let none = json!({"project_name": "empty-project"});
    let server = deployed(Service::SMITHDB_ONLY).await;
    disturb(&server, FIRST, FaultKind::Status(404), None);
    assert_eq!(ids(&server.call("fetch_runs", support_bot(&none)).await).len(), 0);
    assert_eq!(paths(&asked(&server, "/runs/query")), [FIRST, SECOND]);
    server.call("fetch_runs", support_bot(&none)).await;
    assert_eq!(paths(&asked(&server, "/runs/query")), [SECOND]);
}

#[tokio::test]
async fn a_backend_that_is_said_not_to_be_there_is_not_asked_for_a_missing_project() {
    let server = deployed(Service::CH_ONLY).await;
    disturb(&server, FIRST, FaultKind::Status(404), None);
    for expected in [vec![FIRST, SECOND], vec![FIRST], vec![FIRST]] {
        let error = server.fail("fetch_runs", support_bot(&json!({}))).await;
        assert_eq!(error["kind"], "not_found");
        assert_eq!(paths(&asked(&server, "/runs/query")), expected);
    }
    // An unambiguous status outweighs what LangSmith says of itself.
    server.langsmith().clear_faults();
    disturb(&server, FIRST, FaultKind::Status(501), None);
    server.fail("fetch_runs", support_bot(&json!({}))).await;
    assert_eq!(paths(&asked(&server, "/runs/query")), [FIRST, SECOND]);
}

#[tokio::test]
async fn what_the_deployment_says_is_read_once_in_ten_minutes_and_only_in_doubt() {
    let server = deployed(Service::SMITHDB_ONLY).await;
    for (minutes, expected) in [(0, 1), (0, 0), (9, 0), (1, 1)] {
        server.clock.advance(Duration::from_mins(minutes));
        server.call("fetch_runs", support_bot(&json!({}))).await;
        let read = asked(&server, "/info");
        assert_eq!(read.len(), expected, "{minutes}");
        assert!(read.iter().all(|request| request.caller.is_none() && !request.x_api_key));
    }
}

#[tokio::test]
async fn a_deployment_that_says_nothing_sensible_fails_no_call() {
    for kind in [
        FaultKind::Status(403),
        FaultKind::Status(404),
        FaultKind::Status(500),
        FaultKind::RateLimited { retry_after_secs: Some(30) },
        FaultKind::Drop,
        FaultKind::Hang,
        FaultKind::Malformed,
        FaultKind::Html,
        FaultKind::Oversized(9 * 1024 * 1024),
    ] {
        let server = deployed(Service::SMITHDB_ONLY).await;
        disturb(&server, "/info", kind, None);
        for expected in [vec![FIRST, SECOND], vec![SECOND]] {
            assert_eq!(ids(&server.call("fetch_runs", support_bot(&json!({}))).await).len(), 5, "{kind:?}");
            assert_eq!(paths(&asked(&server, "/runs/query")), expected, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn the_lookup_of_a_name_tells_where_its_project_began() {
    let server = deployed(Service::SMITHDB_ONLY).await;
    server.call("fetch_runs", support_bot(&json!({}))).await;
    asked(&server, "");
    server.clock.advance(Duration::from_secs(31));
    server.call("fetch_runs", support_bot(&json!({}))).await;
    assert_eq!(paths(&asked(&server, "")), ["/api/v1/sessions", SECOND]);
}

#[tokio::test]
async fn a_project_that_was_made_anew_is_found_by_its_name() {
    for service in [Service::LENIENT, Service::SMITHDB_ONLY] {
        let server = deployed(service).await;
        let runs = ids(&server.call("fetch_runs", support_bot(&json!({}))).await);
        let new = server.langsmith().remake_project("support-bot").unwrap();
        asked(&server, "");
        let page = server.call("fetch_runs", support_bot(&json!({}))).await;
        assert_eq!((&ids(&page), &page["runs"][0]["session_id"]), (&runs, &json!(new)), "{service:?}");
        assert_eq!(ids(&server.call("fetch_runs", support_bot(&json!({}))).await), runs, "{service:?}");
        assert_eq!(asked(&server, "/sessions").len(), 1, "{service:?}: once for both");
    }
}

#[tokio::test]
async fn a_thread_of_a_project_that_was_made_anew_is_read_to_its_end() {
    let server = deployed(Service::LENIENT).await;
    let thread = json!({"thread_id": "long-chat", "project_name": "conversations", "page_number": 1});
    let before = server.call("get_thread_history", thread.clone()).await;
    server.langsmith().remake_project("conversations").unwrap();
    assert_eq!(server.call("get_thread_history", thread).await, before);
}

#[tokio::test]
async fn a_dataset_that_was_made_anew_is_found_by_its_name() {
    let server = deployed(Service::LENIENT).await;
    let examples = async || server.call("list_examples", json!({"dataset_name": "support-questions"})).await;
    let before = examples().await["examples"].as_array().unwrap().len();
    let new = server.langsmith().remake_dataset("support-questions").unwrap();
    let after = examples().await;
    assert_eq!(after["examples"].as_array().unwrap().len(), before);
    assert_eq!(after["examples"][0]["dataset_id"], json!(new));
}

#[tokio::test]
async fn an_experiment_is_opened_on_the_dataset_that_has_the_name_now() {
    let server = deployed(Service::LENIENT).await;
    server.call("list_examples", json!({"dataset_name": "support-questions"})).await;
    let new = server.langsmith().remake_dataset("support-questions").unwrap();
    let example = sample_id("example:support-questions:0");
    let results = json!([{"example_id": example, "outputs": {"answer": "a"}}]);
    let arguments = json!({"experiment_name": "x", "dataset_name": "support-questions", "results": results});
    let report = server.call("run_experiment", arguments).await;
    assert_eq!((&report["dataset_id"], &report["runs_recorded"]), (&json!(new), &json!(1)));
}

#[tokio::test]
async fn experiments_are_those_on_the_dataset_that_has_the_name_now() {
    for (tool, list) in [("list_experiments", "experiments"), ("list_projects", "projects")] {
        let server = deployed(Service::LENIENT).await;
        let listed = async || {
            let on = json!({"reference_dataset_name": "chat-transcripts"});
            server.call(tool, on).await[list].take()
        };
        assert_eq!(listed().await, json!([]), "{tool}: the name is remembered, and nothing is on it");
        let new = server.langsmith().remake_dataset("chat-transcripts").unwrap();
        let experiment = json!({"name": "on-the-new-one", "reference_dataset_id": new});
        add(&server, TEAM_WORKSPACE, &[("/sessions", experiment)]).await;
        assert_eq!(listed().await[0]["name"], "on-the-new-one", "{tool}");
    }
}

#[tokio::test]
async fn nothing_is_said_to_be_empty_before_its_name_was_looked_up_again() {
    let server = deployed(Service::LENIENT).await;
    let none = json!({"filter": "eq(name, \"no such run\")"});
    for (lookups, expected) in [(1, "a new name"), (1, "a remembered one")] {
        server.call("fetch_runs", support_bot(&none)).await;
        let requests = asked(&server, "");
        let found = requests.iter().filter(|request| request.path.ends_with("/sessions")).count();
        let others = requests.iter().filter(|request| !request.path.ends_with("/info")).count();
        assert_eq!((found, others), (lookups, 2), "{expected}: {:?}", paths(&requests));
    }
    server.call("fetch_runs", support_bot(&json!({}))).await;
    assert_eq!(paths(&asked(&server, "")), [FIRST], "runs need no second look");
}

#[tokio::test]
async fn who_finds_nothing_is_told_from_when_on_was_looked() {
    let server = deployed(Service::SMITHDB_ONLY).await;
    let none = json!({"filter": "eq(name, \"no such run\")"});
    let page = server.call("fetch_runs", support_bot(&none)).await;
    let body: Value = serde_json::from_str(&asked(&server, SECOND).pop().unwrap().body).unwrap();
    let since = body["min_start_time"].as_str().unwrap();
    let told = page["_note"].as_str().unwrap();
    assert!(told.contains(since) && told.contains("give an earlier start_time"), "{told}");
    let mut given = none.clone();
    given["start_time"] = json!("2020-01-01");
    assert_eq!(server.call("fetch_runs", support_bot(&given)).await.get("_note"), None);
    assert_eq!(server.call("fetch_runs", support_bot(&json!({}))).await.get("_note"), None);
    let thread = json!({"thread_id": "nobody", "project_name": "conversations", "page_number": 1});
    let error = server.fail("get_thread_history", thread.clone()).await;
    assert!(error["error"].as_str().unwrap().contains("give an earlier start_time"), "{error}");
    // The first backend searches everything.
    let first = deployed(Service::CH_ONLY).await;
    assert_eq!(first.call("fetch_runs", support_bot(&none)).await.get("_note"), None);
    assert!(
        !first.fail("get_thread_history", thread).await["error"].as_str().unwrap().contains("start_time")
    );
}

#[tokio::test]
async fn runs_of_a_project_that_was_made_anew_have_its_name_and_a_cursor_of_it() {
    for service in [Service::LENIENT, Service::SMITHDB_ONLY] {
        let server = deployed(service).await;
        let summary = support_bot(&json!({"detail": "summary"}));
        let before = server.call("fetch_runs", summary.clone()).await;
        assert_eq!(before["runs"][0]["project_name"], "support-bot");
        server.langsmith().remake_project("support-bot").unwrap();
        let page = server.call("fetch_runs", summary.clone()).await;
        assert_eq!((ids(&page), &page["runs"][0]["project_name"]), (ids(&before), &json!("support-bot")));
        let mut next = summary.clone();
        next["cursor"] = page["next_cursor"].clone();
        let second = server.call("fetch_runs", next).await;
        assert!(!second["runs"].as_array().unwrap().is_empty() && ids(&second) != ids(&page), "{service:?}");
    }
}

#[tokio::test]
async fn a_cursor_of_the_new_project_is_taken_where_memory_has_the_old_one() {
    let options = || Options { service: Service::LENIENT, ..Options::default() };
    let one = Server::with_langsmith(options()).await;
    let summary = support_bot(&json!({"detail": "ids"}));
    one.call("fetch_runs", summary.clone()).await;
    let other = Server::before(&one.double.url()).await;
    one.langsmith().remake_project("support-bot").unwrap();
    let page = other.call("fetch_runs", summary.clone()).await;
    let mut next = summary;
    next["cursor"] = page["next_cursor"].clone();
    let second = one.call("fetch_runs", next).await;
    assert!(!second["runs"].as_array().unwrap().is_empty() && ids(&second) != ids(&page));
}
