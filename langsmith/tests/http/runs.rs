//! Runs through either backend, wherever the deployment has them, and texts in filters.

use langsmith::{Backend, RunQuery, filter};
use langsmith_double::data::{ADA_KEY, sample_id};
use langsmith_double::{FaultKind, Options, Service, start};

use crate::support::{client, double, inject, key};

fn projects() -> [String; 1] {
    [sample_id("project:support-bot").to_string()]
}

#[tokio::test]
async fn each_spelling_of_the_endpoint_has_its_own_place_for_later_versions() {
    let double = start(Options { runs_v1: false, ..Options::default() }).await.unwrap();
    let projects = projects();
    for (suffix, path) in [
        ("", "/v2/runs/query"),
        ("/", "/v2/runs/query"),
        ("/api", "/api/v2/runs/query"),
        ("/api/v1", "/api/v2/runs/query"),
    ] {
        let langsmith = client(&double, suffix);
        let ada = key(ADA_KEY);
        let query = RunQuery { projects: &projects, limit: 2, ..RunQuery::default() };
        let page = langsmith.caller(&ada, None).runs(&query).await.unwrap();
        assert_eq!((page.backend(), page.split().unwrap().runs.len()), (Backend::V2, 2));
        let mut requests = double.handle().requests().into_iter();
        let last = requests.rfind(|request| request.path.ends_with("/v2/runs/query")).unwrap();
        assert_eq!(last.path, path, "{suffix:?}");
    }
}

#[tokio::test]
async fn clones_of_a_client_remember_together() {
    let double = start(Options { runs_v1: false, ..Options::default() }).await.unwrap();
    let (first, projects, ada) = (client(&double, ""), projects(), key(ADA_KEY));
    let second = first.clone();
    let query = RunQuery { projects: &projects, limit: 1, ..RunQuery::default() };
    first.caller(&ada, None).runs(&query).await.unwrap();
    double.handle().clear_requests();
    second.caller(&ada, None).runs(&query).await.unwrap();
    assert_eq!(double.handle().requests().len(), 1);
}

/// The first API may go on answering while its store is switched off.
#[tokio::test]
async fn the_flags_that_a_process_read_at_its_start_choose_the_backend() {
    for (service, path) in
        [(Service::SMITHDB_ONLY, "/v2/runs/query"), (Service::CH_ONLY, "/api/v1/runs/query")]
    {
        let double = start(Options { service, ..Options::default() }).await.unwrap();
        let (langsmith, projects, ada) = (client(&double, ""), projects(), key(ADA_KEY));
        langsmith.warm().await.unwrap();
        double.handle().clear_requests();
        let query = RunQuery { projects: &projects, limit: 1, ..RunQuery::default() };
        langsmith.caller(&ada, None).runs(&query).await.unwrap();
        let asked = double.handle().requests().into_iter().map(|request| request.path);
        let asked: Vec<_> = asked.filter(|path| path.ends_with("/runs/query")).collect();
        assert_eq!(asked, [path]);
    }
}

/// What cannot be read says nothing.
#[tokio::test]
async fn an_odd_description_of_the_deployment_chooses_nothing() {
    let double = double().await;
    for kind in [FaultKind::Status(500), FaultKind::Malformed, FaultKind::Html] {
        let (langsmith, projects, ada) = (client(&double, ""), projects(), key(ADA_KEY));
        inject(&double, "/api/v1/info", kind, Some(1));
        let _outcome = langsmith.warm().await;
        let query = RunQuery { projects: &projects, limit: 1, ..RunQuery::default() };
        let page = langsmith.caller(&ada, None).runs(&query).await.unwrap();
        assert_eq!(page.backend(), Backend::V1);
    }
}

#[tokio::test]
async fn a_description_that_could_not_be_read_at_the_start_is_read_again() {
    for kind in [FaultKind::Status(429), FaultKind::Blocked, FaultKind::Html, FaultKind::Malformed] {
        let options = Options { service: Service::SMITHDB_ONLY, ..Options::default() };
        let double = start(options).await.unwrap();
        let (langsmith, projects, ada) = (client(&double, ""), projects(), key(ADA_KEY));
        inject(&double, "/api/v1/info", kind, Some(1));
        let _outcome = langsmith.warm().await;
        let query = RunQuery { projects: &projects, limit: 1, ..RunQuery::default() };
        langsmith.caller(&ada, None).runs(&query).await.unwrap();
        let asked = double.handle().requests().into_iter();
        assert_eq!(asked.filter(|request| request.path == "/api/v1/info").count(), 2, "{kind:?}");
    }
}

#[tokio::test]
async fn no_text_leaves_its_place_in_a_filter() {
    let (double, projects, ada) = (double().await, projects(), key(ADA_KEY));
    let langsmith = client(&double, "");
    let count = async |name: &str| {
        let filter = format!("eq(name, {})", filter::literal(name));
        let query = RunQuery { projects: &projects, filter: Some(&filter), ..RunQuery::default() };
        langsmith.caller(&ada, None).runs(&query).await.unwrap().split().unwrap().runs.len()
    };
    assert_eq!(count("SupportAgent").await, 20);
    for text in [
        "\"",
        "\\",
        "x\"), eq(name, \"SupportAgent",
        "SupportAgent\"), neq(name, \"",
        "\n\u{0}\u{7f}",
        "言 😀 \u{2028}",
    ] {
        assert_eq!(count(text).await, 0, "{text:?}");
    }
}
