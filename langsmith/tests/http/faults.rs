//! Late, large and missing answers.

use std::time::Duration;

use langsmith::{MAX_URL, UpstreamError};
use langsmith_double::FaultKind;
use langsmith_double::data::ADA_KEY;

use crate::support::{client, double, inject, key};

#[tokio::test]
async fn an_endless_answer_is_refused_before_its_end() {
    let double = double().await;
    inject(&double, "", FaultKind::Oversized(u64::MAX / 2), None);
    let langsmith = client(&double, "").with_budget(Duration::from_secs(20));
    assert_eq!(langsmith.caller(&key(ADA_KEY), None).workspaces().await, Err(UpstreamError::TooLarge));
    assert_eq!(double.handle().requests().len(), 1);
}

/// The limit applies to the whole URL, percent-encoded.
#[tokio::test]
async fn a_url_that_is_too_long_is_not_sent() {
    let double = double().await;
    let (langsmith, key) = (client(&double, ""), key(ADA_KEY));
    let length = |name: &str| {
        let url = format!("{}/api/v1/datasets?limit=1&name=", double.url());
        url.len() + 3 * 2 * name.chars().filter(|c| *c == 'é').count() + name.matches('x').count()
    };
    let fits = format!("{}é", "x".repeat(MAX_URL - length("é")));
    assert_eq!(length(&fits), MAX_URL);
    assert!(langsmith.caller(&key, None).dataset_named(&fits).await.is_ok());
    let error = langsmith.caller(&key, None).dataset_named(&format!("{fits}x")).await.map(drop);
    assert_eq!((error, double.handle().requests().len()), (Err(UpstreamError::UrlTooLong), 1));
}

#[tokio::test]
async fn an_answer_of_just_under_8_mib_is_read() {
    let double = double().await;
    inject(&double, "", FaultKind::Oversized(8 * 1024 * 1024 - 65_536), None);
    let langsmith = client(&double, "").with_budget(Duration::from_secs(20));
    assert_eq!(langsmith.caller(&key(ADA_KEY), None).workspaces().await, Ok(Vec::new()));
}

#[tokio::test]
async fn silence_costs_no_more_than_the_budget() {
    let double = double().await;
    inject(&double, "", FaultKind::Hang, None);
    let langsmith = client(&double, "").with_budget(Duration::from_millis(200));
    assert_eq!(langsmith.caller(&key(ADA_KEY), None).workspaces().await, Err(UpstreamError::Timeout));
    assert_eq!(double.handle().requests().len(), 1);
}

#[tokio::test]
async fn an_outage_that_passes_is_waited_out() {
    let double = double().await;
    let langsmith = client(&double, "");
    for kind in
        [FaultKind::Status(502), FaultKind::Drop, FaultKind::RateLimited { retry_after_secs: Some(0) }]
    {
        inject(&double, "/workspaces", kind, Some(2));
        assert!(langsmith.caller(&key(ADA_KEY), None).workspaces().await.is_ok(), "{kind:?}");
    }
}

#[tokio::test]
async fn a_refusal_by_a_firewall_is_not_one_by_langsmith() {
    let double = double().await;
    inject(&double, "", FaultKind::Blocked, Some(1));
    let langsmith = client(&double, "");
    assert_eq!(langsmith.caller(&key(ADA_KEY), None).ls_user_id().await, Err(UpstreamError::BLOCKED));
    assert_eq!(double.handle().requests().len(), 1, "the same request would be refused again");
}

#[tokio::test]
async fn a_rate_limit_that_says_nothing_is_as_long_as_a_window() {
    let double = double().await;
    inject(&double, "", FaultKind::RateLimited { retry_after_secs: None }, None);
    let langsmith = client(&double, "").with_budget(Duration::from_secs(1));
    let answer = langsmith.caller(&key(ADA_KEY), None).workspaces().await;
    assert_eq!(answer, Err(UpstreamError::RateLimited { retry_after: Some(Duration::from_secs(10)) }));
    assert_eq!(double.handle().requests().len(), 1, "there is no time for another attempt");
}

#[tokio::test]
async fn an_answer_of_another_shape_is_malformed() {
    let double = double().await;
    let langsmith = client(&double, "");
    for kind in [FaultKind::Malformed, FaultKind::Html, FaultKind::Status(302)] {
        inject(&double, "", kind, Some(1));
        let answer = langsmith.caller(&key(ADA_KEY), None).workspaces().await;
        assert_eq!(answer, Err(UpstreamError::Malformed), "{kind:?}");
    }
}
