//! Runs that are hard to handle: megabytes, depth, odd characters, and page budgets too small for anything.

use langsmith_double::Dataset;
use serde_json::{Value, json};

use crate::common::extended;
use crate::deployment::Need;
use crate::runs::fetch_runs_walks::{Walked, ids, walk};
use crate::support::Server;

async fn large() -> Server {
    Server::needing_with_data(&[Need::FirstApi], Dataset::Large).await
}

#[tokio::test]
async fn ten_thousand_runs_are_walked_through_with_one_query_a_page() {
    let server = large().await;
    let arguments =
        json!({"project_name": "large", "limit": 100, "detail": "ids", "max_chars_per_page": 30_000});
    let Walked { runs, queries } = walk(&server, &arguments).await;
    assert_eq!(runs.len(), 10_000);
    let mut once = runs.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), 10_000);
    assert_eq!(queries.len(), 100);
    assert!(queries.iter().all(|queries| *queries == 1));
}

#[tokio::test]
async fn a_run_of_two_megabytes_comes_shortened_and_in_its_turn() {
    let server = large().await;
    let all = json!({"project_name": "heavy", "limit": 100, "detail": "ids", "max_chars_per_page": 30_000});
    let all = ids(&server.call("fetch_runs", all).await);
    for (detail, budget) in [("preview", 25_000), ("full", 30_000), ("full", 3_000), ("preview", 1)] {
        let arguments =
            json!({"project_name": "heavy", "limit": 8, "detail": detail, "max_chars_per_page": budget});
        assert_eq!(walk(&server, &arguments).await.runs, all, "{detail} {budget}");
    }
    let arguments = json!({"project_name": "heavy", "limit": 1, "detail": "full", "max_chars_per_page": 30_000,
        "filter": format!("eq(id, \"{}\")", all[10])});
    let page = server.call("fetch_runs", arguments).await;
    assert_eq!(page["_truncated"], true);
    let size = page["runs"].to_string().chars().count();
    assert!((25_000..30_000).contains(&size), "{size}");
}

#[tokio::test]
async fn a_run_that_langsmith_sends_in_more_than_8_mb_is_an_error_with_ways_out() {
    let server = large().await;
    let arguments = |more: Value| extended(json!({"project_name": "heaviest", "limit": 1}), &more);
    let first = server.call("fetch_runs", arguments(json!({}))).await;
    let cursor = &first["next_cursor"];
    let error = server.fail("fetch_runs", arguments(json!({"cursor": cursor}))).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("upstream"), &json!(false)));
    let message = error["error"].as_str().unwrap();
    assert!(message.contains("8 MB") && message.contains("limit") && message.contains("select"), "{message}");
    let step =
        server.call("fetch_runs", arguments(json!({"cursor": cursor, "select": ["name", "inputs"]}))).await;
    assert_eq!((ids(&step).len(), &step["runs"][0]["inputs"]), (1, &json!({})));
    let last = server.call("fetch_runs", arguments(json!({"cursor": step["next_cursor"]}))).await;
    assert_eq!((ids(&last).len(), last.get("next_cursor")), (1, None));
}

#[tokio::test]
async fn odd_values_are_answered_in_a_form_that_every_reader_takes() {
    let server = large().await;
    for more in [json!({"detail": "full"}), json!({}), json!({"detail": "full", "max_chars_per_page": 2500})]
    {
        let mut arguments = extended(json!({"project_name": "odd", "limit": 9}), &more);
        let mut count = 0;
        loop {
            // The answer is parsed by a parser with a limit of 128 levels.
            let page = server.call("fetch_runs", arguments.clone()).await;
            assert!(page.to_string().chars().count() < 70_000, "{}", page.to_string().chars().count());
            count += ids(&page).len();
            let Some(next) = page.get("next_cursor") else { break };
            arguments["cursor"] = next.clone();
        }
        assert_eq!(count, 9, "{more}");
    }
    let mut arguments = json!({"project_name": "odd", "limit": 1, "detail": "full", "select": "inputs", "order_by": "start_time"});
    let mut shown = String::new();
    for _ in 0..9 {
        let page = server.call("fetch_runs", arguments.clone()).await;
        shown += &page["runs"].to_string();
        arguments["cursor"] = page["next_cursor"].clone();
    }
    for part in ["[[[[\"[[", "a\\u0000b", "\u{fffd} and \u{fffd}", "שלום", "🇺🇳"] {
        assert!(shown.contains(part), "{part}: {shown:.300}");
    }
}

#[tokio::test]
async fn the_tiniest_page_still_has_one_run() {
    let server = Server::start().await;
    for budget in [1, 100, 1000] {
        let arguments = json!({"project_name": "support-bot", "limit": 3, "max_chars_per_page": budget, "detail": "full"});
        let page = server.call("fetch_runs", arguments).await;
        assert_eq!((ids(&page).len(), &page["_truncated"]), (1, &json!(true)), "{budget}");
        assert_eq!(page["total_pages"], 3);
        assert!(page.to_string().len() < 4000, "{budget}: {}", page.to_string().len());
        assert_eq!(page["runs"][0]["trace_id"].as_str().unwrap().len(), 36);
    }
    let sensible = json!({"project_name": "support-bot", "limit": 20, "max_chars_per_page": 3000});
    let Walked { queries, .. } = walk(&server, &sensible).await;
    assert!(queries.len() <= 100);
}
