//! Projects, experiments, datasets and prompts.

use langsmith_double::data::{ADA_KEY, ADA_WORKSPACE, GRACE_KEY, sample_id};
use langsmith_double::{Dataset, Options};
use reqwest::StatusCode;
use serde_json::Value;

use crate::client::{Probe, ok, texts};

#[tokio::test]
async fn limits_are_the_platforms() {
    let probe = Probe::start().await;
    for path in ["/sessions", "/datasets", "/repos"] {
        for bad in ["limit=101", "limit=0", "limit=x", "limit=-1", "offset=-1"] {
            let status = probe.status(&format!("{path}?{bad}"), ADA_KEY).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path}?{bad}");
        }
        assert_eq!(probe.status(&format!("{path}?limit=100"), ADA_KEY).await, StatusCode::OK);
    }
}

#[tokio::test]
async fn offset_paging_covers_every_project_once() {
    let probe = Probe::with(Options { data: Dataset::Bench, ..Options::default() }).await;
    let everything = texts(&probe.json("/sessions").await, "id");
    assert_eq!(everything.len(), 53);
    let mut pages = Vec::new();
    for page in 0..8 {
        pages.extend(texts(&probe.json(&format!("/sessions?limit=7&offset={}", page * 7)).await, "id"));
    }
    assert_eq!(pages, everything);
}

#[tokio::test]
async fn projects_are_found_by_name_and_kind() {
    let probe = Probe::start().await;
    let names = async |query: &str| texts(&probe.json(&format!("/sessions?{query}")).await, "name");
    assert_eq!(names("name=support-bot").await, ["support-bot"]);
    assert_eq!(names("name=SUPPORT").await, Vec::<String>::new());
    assert_eq!(names("name_contains=BASELINE").await, ["support-bot-baseline"]);
    assert!(!names("reference_free=True").await.contains(&"support-bot-rerank".to_owned()));
    let dataset = sample_id("dataset:support-questions");
    let experiments = names(&format!("reference_dataset={dataset}&sort_by=name&sort_by_desc=false")).await;
    assert_eq!(experiments, ["support-bot-baseline", "support-bot-rerank"]);
    assert!(names(&format!("reference_dataset={dataset}&reference_free=true")).await.is_empty());
    let id = sample_id("project:support-bot");
    assert_eq!(names(&format!("id={id}&id={}", sample_id("nothing"))).await, ["support-bot"]);
    assert_eq!(names("metadata=%7B%22team%22%3A%22science%22%7D").await, ["research-agent"]);
}

#[tokio::test]
async fn statistics_come_only_when_asked_for() {
    let probe = Probe::start().await;
    let plain = probe.json("/sessions?name=support-bot").await;
    assert_eq!(plain[0]["run_count"], Value::Null);
    assert_eq!(plain[0]["total_cost"], Value::Null);
    let full = probe.json("/sessions?name=support-bot&include_stats=True").await;
    assert_eq!(full[0]["run_count"], 20);
    assert_eq!(full[0]["feedback_stats"]["helpful"]["n"], 20);
    let cost =
        |key: &str| full[0][key].as_str().and_then(|text| text.parse::<f64>().ok()).expect("a decimal");
    assert!((cost("total_cost") - cost("prompt_cost") - cost("completion_cost")).abs() < 1e-12);
    let tokens = |key: &str| full[0][key].as_u64().expect("a number");
    assert_eq!(tokens("total_tokens"), tokens("prompt_tokens") + tokens("completion_tokens"));
    let keys = |session: &Value| session.as_object().map(|fields| fields.keys().cloned().collect::<Vec<_>>());
    assert_eq!(keys(&plain[0]), keys(&full[0]));
}

#[tokio::test]
async fn a_deployed_project_carries_its_deployment() {
    let probe = Probe::start().await;
    let project = probe.json("/sessions?name=research-agent").await;
    assert!(project[0]["extra"]["metadata"]["host"]["deployment_id"].is_string());
}

#[tokio::test]
async fn datasets_are_found_by_name() {
    let probe = Probe::start().await;
    let found = probe.json("/datasets?limit=1&name=support-questions").await;
    assert_eq!(found[0]["id"], sample_id("dataset:support-questions").to_string());
    assert_eq!(texts(&probe.json("/datasets?data_type=chat").await, "name"), ["chat-transcripts"]);
    let elsewhere = probe.get("/datasets", ADA_KEY).header("X-Tenant-Id", ADA_WORKSPACE.to_string());
    assert!(texts(&ok(elsewhere).await, "name").is_empty());
}

#[tokio::test]
async fn prompts_page_and_filter() {
    let probe = Probe::start().await;
    let first = probe.json("/repos?is_public=false&is_archived=false").await;
    assert_eq!(texts(&first["repos"], "id").len(), 20);
    let total = first["total"].as_u64().expect("a total");
    let rest = probe.json("/repos?is_public=false&is_archived=false&offset=20").await;
    let mut ids = [texts(&first["repos"], "id"), texts(&rest["repos"], "id")].concat();
    ids.sort();
    ids.dedup();
    assert_eq!(u64::try_from(ids.len()).ok(), Some(total));
    let handles =
        async |query: &str| texts(&probe.json(&format!("/repos?{query}")).await["repos"], "repo_handle");
    assert_eq!(handles("is_archived=true").await, ["support-agent-v1"]);
    assert_eq!(handles("query=nightly").await, ["summarise-report"]);
    assert_eq!(handles("query=nothing-like-it").await, Vec::<String>::new());
    let mut public = handles("is_public=true").await;
    public.sort();
    assert_eq!(public, ["rag-answer", "sql-writer"]);
    assert!(!handles("limit=100").await.contains(&"diary-helper".to_owned()));
    assert_eq!(probe.status("/repos?sort_field=colour", ADA_KEY).await, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn prompts_sort_both_ways() {
    let probe = Probe::start().await;
    let times = async |direction: &str| {
        let page = ok(probe
            .get(&format!("/repos?limit=100&sort_field=updated_at&sort_direction={direction}"), GRACE_KEY));
        texts(&page.await["repos"], "updated_at")
    };
    let descending = times("desc").await;
    assert!(descending.is_sorted_by(|left, right| left >= right));
    let mut ascending = times("asc").await;
    ascending.reverse();
    assert_eq!(ascending, descending);
}
