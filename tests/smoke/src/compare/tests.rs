use bytes::Bytes;
use primitives::clock::SystemClock;
use primitives::random::SystemRandom;
use primitives::secret::Secret;
use serde_json::{Value, json};

use super::*;
use crate::Names;

const STEP: &str = "a step";

fn answered(path: &str, (status, media_type): (u16, &str), body: &str) -> Exchange {
    Exchange {
        step: STEP,
        asker: Asker::Product,
        method: "GET".to_owned(),
        path: path.to_owned(),
        query: String::new(),
        request: Bytes::new(),
        answer: Answer::Received {
            status,
            media_type: media_type.to_owned(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        },
        is_early: false,
    }
}

fn sessions(body: &Value) -> Exchange {
    answered("/api/v1/sessions", (200, "application/json"), &body.to_string())
}

fn compared(double: &[Exchange], langsmith: &[Exchange]) -> Vec<Difference> {
    let redactor = Redactor::new(Secret::new("lsv2_pt_canary"), double);
    let leniency = Leniency { open_ended: BTreeSet::new(), done: BTreeSet::from([STEP]) };
    compare(double, langsmith, &redactor, &leniency)
}

/// The only difference: its place, both sides, and whether it counts.
fn only(differences: &[Difference]) -> (&str, &str, &str, bool) {
    let [Difference { place, double, langsmith, counts, .. }] = differences else {
        panic!("{differences:?}");
    };
    (place, double, langsmith, *counts)
}

#[test]
fn values_and_the_length_of_lists_do_not_differ() {
    let double = sessions(&json!([{"id": "a", "name": "x"}, {"id": "b", "name": null}]));
    for langsmith in
        [json!([{"id": "c", "name": null}, {"id": "d", "name": "y"}, {"id": "e", "name": "z"}]), json!([])]
    {
        assert_eq!(compared(std::slice::from_ref(&double), &[sessions(&langsmith)]), []);
    }
}

#[test]
fn a_member_that_is_read_counts_when_it_is_new_in_kind() {
    let double = [sessions(&json!([{"id": "a", "name": "x", "extra": {}, "run_count": 1}]))];
    for (langsmith, expected) in [
        (json!([{"id": 1, "name": "x", "extra": {}, "run_count": 1}]), ("[].id", "string", "integer", true)),
        (
            json!([{"id": "a", "name": null, "extra": {}, "run_count": 1}]),
            ("[].name", "string", "null", true),
        ),
        (json!([{"id": "a", "extra": {}, "run_count": 1}]), ("[].name", "string", "absent", true)),
        (
            json!([{"id": "a", "name": "x", "extra": {}, "run_count": 1}, {"id": "b", "extra": {}, "run_count": 1}]),
            ("[].name", "string", "absent or string", true),
        ),
        (
            json!([{"id": "a", "name": "x", "extra": {}, "run_count": "1"}]),
            ("[].run_count", "integer", "string", false),
        ),
        (
            json!([{"id": "a", "name": "x", "extra": {}, "run_count": 1, "more": true}]),
            ("[].more", "absent", "boolean", false),
        ),
    ] {
        let differences = compared(&double, &[sessions(&langsmith)]);
        assert_eq!(only(&differences), expected, "{langsmith}");
    }
}

#[test]
fn an_integer_is_a_decimal_and_not_the_other_way_round() {
    let stats = |average: &Value| {
        let body = json!({"run_count": 1, "feedback_stats": {"correct": {"n": 1, "avg": average}}});
        answered(
            "/api/v1/sessions/ada00000-0000-4000-8000-000000000001",
            (200, "application/json"),
            &body.to_string(),
        )
    };
    let (whole, half) = (stats(&json!(1)), stats(&json!(0.5)));
    let place = "feedback_stats.correct.avg";
    let differences = compared(std::slice::from_ref(&half), std::slice::from_ref(&whole));
    assert_eq!(only(&differences), (place, "decimal", "integer", false));
    assert_eq!(only(&compared(&[whole], &[half])), (place, "integer", "decimal", true));
}

#[test]
fn statuses_and_media_types_count() {
    let good = answered("/api/v1/sessions", (200, "application/json"), "[]");
    let page = answered("/api/v1/sessions", (200, "text/html"), "<html>");
    let refused = answered("/api/v1/sessions", (403, "application/json"), "{}");
    let differences = compared(std::slice::from_ref(&good), &[page]);
    assert_eq!(only(&differences), ("content type", "application/json", "text/html", true));
    let differences = compared(std::slice::from_ref(&good), &[refused]);
    assert_eq!(only(&differences), ("status", "200", "403", true));
}

#[test]
fn a_request_that_only_one_side_had_counts() {
    let (one, other) = (sessions(&json!([])), answered("/api/v1/info", (200, "application/json"), "{}"));
    let both = [one.clone(), other];
    assert_eq!(only(&compared(&both, &both[..1])), ("request", "200", "was not asked", true));
    assert_eq!(only(&compared(&both[..1], &both)), ("request", "was not asked", "200", true));
}

#[test]
fn what_was_repeated_is_compared_once() {
    let good = sessions(&json!([{"id": "a"}]));
    let busy = answered("/api/v1/sessions", (429, "application/json"), "{}");
    let early = Exchange { is_early: true, ..sessions(&json!({"other": true})) };
    assert_eq!(compared(std::slice::from_ref(&good), &[early, busy.clone(), good.clone()]), []);
    assert_eq!(compared(&[good], &[busy]).len(), 1);
}

/// The table matches the server: no request is missing, and every member occurs in an answer.
#[tokio::test]
async fn the_table_is_that_of_the_server() {
    let names = Names::new(&SystemClock, &SystemRandom);
    let pass = crate::rehearse(&names, false, std::pin::pin!(std::future::pending())).await.unwrap();
    let redactor = Redactor::new(Secret::new("lsv2_pt_canary"), &pass.exchanges);
    let mut seen = BTreeMap::<(&str, &str), BTreeSet<String>>::new();
    for exchange in pass.exchanges.iter().filter(|exchange| exchange.asker == Asker::Product) {
        let reads = reads_of(&exchange.method, &redactor.path(&exchange.path));
        let reads = reads.unwrap_or_else(|| panic!("{} {}", exchange.method, exchange.path));
        let places = seen.entry((reads.method, reads.path)).or_default();
        if let Answer::Received { status: 200..300, body, .. } = &exchange.answer
            && let Some(body) = json(body)
        {
            collect(String::new(), &Shape::of(&body, &redactor), places);
        }
    }
    let mut stale = Vec::new();
    for reads in reads::READ {
        // Needed only if the key is a person's, a bill has a single workspace, or some runs were refused.
        let elsewhere = [("GET", "/me/ls_user_id"), ("GET", "/workspaces/*"), ("POST", "/runs/batch")];
        if elsewhere.contains(&(reads.method, reads.path)) {
            continue;
        }
        let places = seen.get(&(reads.method, reads.path));
        let Some(places) = places else {
            stale.push(format!("no step asks {} {}", reads.method, reads.path));
            continue;
        };
        for member in reads.members {
            let is_there = places.iter().any(|place| reads::segments_match(member, place, '.'));
            if !is_there {
                stale.push(format!("{} {}: no answer has {member:?}", reads.method, reads.path));
            }
        }
    }
    assert_eq!(stale, [""; 0]);
}

fn collect(path: String, shape: &Shape, places: &mut BTreeSet<String>) {
    for (name, member) in &shape.members {
        let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        collect(below, member, places);
    }
    if let Some(elements) = &shape.elements {
        collect(format!("{path}[]"), elements, places);
    }
    places.insert(path);
}
