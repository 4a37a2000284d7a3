use bytes::Bytes;
use serde_json::json;

use super::*;
use crate::recording::Asker;

const KEY: &str = "lsv2_pt_canary";

fn exchange(request: &Value, answer: &Value) -> Exchange {
    Exchange {
        step: "a step",
        asker: Asker::Product,
        method: "POST".to_owned(),
        path: "/api/v1/sessions".to_owned(),
        query: "sort_by=start_time&id=ada00000-0000-4000-8000-000000000001".to_owned(),
        request: Bytes::from(request.to_string()),
        answer: Answer::Received {
            status: 200,
            media_type: "application/json".to_owned(),
            body: Bytes::from(answer.to_string()),
        },
        is_early: false,
    }
}

fn redactor() -> Redactor {
    let said = json!({"run_type": "chain", "count": 17, "commit_hash": "0123456789abcdef"});
    let sent = json!({"name": "smoke-1", "score": 0.5, "metadata": {"purpose": "smoke"}});
    Redactor::new(Secret::new(KEY), &[exchange(&sent, &said)])
}

#[test]
fn what_the_smoke_sent_and_what_the_api_says_stays() {
    let seen = json!({"name": "smoke-1", "run_type": "chain", "score": 0.5, "metadata": {"purpose": "smoke"},
        "deleted": false, "end_time": null});
    assert_eq!(redactor().value(&seen, false), seen);
    assert_eq!(redactor().path("/api/v1/sessions"), "/api/v1/sessions");
    let query = redactor().query("sort_by=start_time&id=ada00000-0000-4000-8000-000000000002&name=Acme");
    let expected = [("sort_by", "start_time"), ("id", "<uuid>"), ("name", "<text>")];
    assert_eq!(query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn what_is_somebodys_becomes_its_kind() {
    let seen = json!({
        "id": "ada00000-0000-4000-8000-000000000009",
        "display_name": "Acme Corporation",
        "email": "ada@acme.example",
        "commit_hash": "0123456789abcdef",
        "count": 17,
        "share": 0.25,
        "page": "https://acme.example/o/ada00000-0000-4000-8000-000000000009",
        "metadata": {"acme_customer": 1, "purpose": ["Acme", "smoke"]},
        "groups": {"ada00000-0000-4000-8000-000000000009": 1.5},
        "Acme": true,
    });
    let expected = json!({
        "id": "<uuid>",
        "display_name": "<text>",
        "email": "<text>",
        "commit_hash": "<hash>",
        "count": "<integer>",
        "share": "<decimal>",
        "page": "<text>",
        "metadata": {"<name>": "<integer>", "purpose": ["<text>", "smoke"]},
        "groups": {"<name>": "<decimal>"},
        "<name>": true,
    });
    assert_eq!(redactor().value(&seen, false), expected);
    assert_eq!(redactor().path("/api/v1/repos/acme/prompt"), "/api/v1/<text>/<text>/<text>");
}

#[test]
fn the_key_stays_nowhere() {
    let redactor = redactor();
    let seen = json!({KEY: [KEY, format!("Bearer {KEY}")]});
    assert_eq!(redactor.value(&seen, false), json!({"<secret>": ["<secret>", "<secret>"]}));
    assert_eq!(redactor.without_key(&format!("no {KEY}!")), "no <secret>!");
    assert_eq!(redactor.query(&format!("a={KEY}"))[0].1, "<secret>");
}
