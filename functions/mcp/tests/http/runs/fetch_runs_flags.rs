//! `fetch_runs` on deployments that say which backends they have, that say nothing, or that cannot be asked.

use langsmith_double::{FaultKind, Service};
use serde_json::{Value, json};

use crate::common::{FIRST, SECOND, deployed, disturb, extended};
use crate::runs::fetch_runs_walks::ids;
use crate::scripted::{INFO, Reply, Scripted, flags, html, page, project, refused, status, text};

/// Runs of one project, given by its id, with a window, so that nothing else is asked.
fn arguments(more: &Value) -> Value {
    extended(json!({"project_id": project("p"), "limit": 5, "start_time": "2020-01-01"}), more)
}

async fn count(langsmith: &Scripted) -> usize {
    ids(&langsmith.server.call("fetch_runs", arguments(&json!({"detail": "ids"}))).await).len()
}

fn queries(langsmith: &Scripted) -> Vec<String> {
    langsmith.asked().into_iter().filter(|path| path.ends_with("/runs/query")).collect()
}

fn none(path: &str) -> [Reply; 1] {
    [page(path, [], None)]
}

/// A firewall refuses the first backend to one caller, and the second one has no store.
#[tokio::test]
async fn a_refusal_to_one_caller_and_a_page_without_runs_send_nobody_elsewhere() {
    for refusal in [404, 405, 410, 501] {
        let langsmith = Scripted::start().await;
        langsmith.answer(FIRST, [status(refusal), page(FIRST, 0..3, None)]);
        langsmith.answer(SECOND, none(SECOND));
        assert_eq!((count(&langsmith).await, queries(&langsmith)), (0, vec![FIRST.into(), SECOND.into()]));
        assert_eq!((count(&langsmith).await, queries(&langsmith)), (3, vec![FIRST.into()]), "{refusal}");
    }
}

#[tokio::test]
async fn flags_that_are_read_later_overrule_what_a_refusal_proved() {
    let langsmith = Scripted::start().await;
    langsmith.answer(INFO, [status(503), flags(true, true)]);
    langsmith.answer(FIRST, [status(405), page(FIRST, 0..3, None)]);
    langsmith.answer(SECOND, [page(SECOND, 0..2, None), page(SECOND, [], None)]);
    assert_eq!((count(&langsmith).await, queries(&langsmith)), (2, vec![FIRST.into(), SECOND.into()]));
    assert_eq!((count(&langsmith).await, queries(&langsmith)), (0, vec![SECOND.into()]));
    assert_eq!((count(&langsmith).await, queries(&langsmith)), (3, vec![FIRST.into()]));
}

/// Until its flags are read, nobody knows that this deployment has switched its first backend off.
#[tokio::test]
async fn a_description_that_cannot_be_read_is_read_again() {
    for unread in [
        status(302),
        status(401),
        status(403),
        html(403),
        status(408),
        status(429),
        status(503),
        html(200),
        text(200, r#"{"version":"1","instance_fl"#),
        text(200, "[]"),
    ] {
        let langsmith = Scripted::start().await;
        langsmith.answer(INFO, [unread.clone(), flags(false, true)]);
        langsmith.answer(FIRST, none(FIRST));
        langsmith.answer(SECOND, [page(SECOND, 0..3, None)]);
        assert_eq!(count(&langsmith).await, 0, "{unread:?}");
        assert_eq!(count(&langsmith).await, 3, "{unread:?}");
        langsmith.asked();
        assert_eq!((count(&langsmith).await, langsmith.asked()), (3, vec![SECOND.into()]), "{unread:?}");
    }
}

#[tokio::test]
async fn a_deployment_without_a_description_is_not_asked_for_one_again() {
    for older in [html(404), status(405), status(410), status(501), text(200, "{}")] {
        let langsmith = Scripted::start().await;
        langsmith.answer(INFO, [older.clone()]);
        langsmith.answer(FIRST, none(FIRST));
        count(&langsmith).await;
        langsmith.asked();
        assert_eq!((count(&langsmith).await, langsmith.asked()), (0, vec![FIRST.into()]), "{older:?}");
    }
}

async fn not_found(langsmith: &Scripted, order: &str) {
    let error = langsmith.server.fail("fetch_runs", arguments(&json!({"order_by": order}))).await;
    let expected = format!("Project {} not found. LangSmith says: Project not found", project("p"));
    assert_eq!((&error["error"], &error["kind"]), (&json!(expected), &json!("not_found")), "{order}");
}

#[tokio::test]
async fn a_project_that_is_gone_is_not_an_empty_one_in_either_order() {
    for (first, second) in [(true, true), (true, false)] {
        let langsmith = Scripted::start().await;
        langsmith.answer(INFO, [flags(first, second)]);
        langsmith.answer(FIRST, [refused(404, "Project not found")]);
        langsmith.answer(SECOND, none(SECOND));
        not_found(&langsmith, "start_time").await;
        not_found(&langsmith, "-start_time").await;
    }
}

#[tokio::test]
async fn no_error_of_the_other_backend_hides_that_a_project_is_gone() {
    for kind in [
        FaultKind::Status(400),
        FaultKind::Status(401),
        FaultKind::Status(403),
        FaultKind::Status(422),
        FaultKind::Status(500),
        FaultKind::RateLimited { retry_after_secs: Some(60) },
        FaultKind::Blocked,
        FaultKind::Html,
        FaultKind::Malformed,
    ] {
        let server = deployed(Service::DUAL).await;
        disturb(&server, SECOND, kind, None);
        for order in ["start_time", "-start_time"] {
            let error = server.fail("fetch_runs", arguments(&json!({"order_by": order}))).await;
            let expected = format!("Project {} not found", project("p"));
            assert!(error["error"].as_str().unwrap().starts_with(&expected), "{kind:?} {order}: {error}");
        }
    }
}
