//! `push_prompt` with `dry_run`: it reads and checks like a push, reports the effect, and writes nothing.

use http::Method;
use langsmith_double::{FaultKind, Service};
use serde_json::{Value, json};

use crate::common::deployed;
use crate::prompts::push_prompt::chat;
use crate::support::Server;
use crate::writes::{api, inject, written};

fn dry(arguments: &Value) -> Value {
    let mut arguments = arguments.clone();
    arguments["dry_run"] = json!(true);
    arguments
}

/// The members that a push and its dry run have in common.
fn told(pushed: &Value) -> Vec<Value> {
    let names =
        ["status", "prompt_name", "parent_commit_hash", "updated", "kept", "dropped", "variables_gone"];
    names.iter().map(|name| pushed[*name].clone()).collect()
}

#[tokio::test]
async fn a_dry_run_says_what_the_push_does_then() {
    let server = deployed(Service::CLOUD).await;
    let manifest =
        api(&server, "/commits/-/triage-ticket/latest?include_model=true").await["manifest"].clone();
    for (arguments, status, kind) in [
        (
            json!({"prompt_name": "fresh", "template": "x {a}", "description": "d", "tags": ["t"]}),
            "created",
            "PromptTemplate",
        ),
        (
            json!({"prompt_name": "fresh", "template": "y {a}", "description": "e", "tags": ["u"]}),
            "committed",
            "PromptTemplate",
        ),
        (
            json!({"prompt_name": "fresh", "template": "y {a}", "is_public": true, "tags": ["u"]}),
            "unchanged",
            "PromptTemplate",
        ),
        (
            json!({"prompt_name": "fresh", "template": "z {a}", "is_public": false}),
            "committed",
            "PromptTemplate",
        ),
        (json!({"prompt_name": "grade-answer", "messages": chat("{a}")}), "committed", "StructuredPrompt"),
        (
            json!({"prompt_name": "grade-answer", "template": "{a}", "replace": true}),
            "committed",
            "PromptTemplate",
        ),
        (
            json!({"prompt_name": "triage-ticket", "manifest": manifest}),
            "unchanged",
            "RunnableSequence of ChatPromptTemplate",
        ),
        (
            json!({"prompt_name": "triage-ticket", "messages": chat("{a}")}),
            "committed",
            "RunnableSequence of ChatPromptTemplate",
        ),
    ] {
        server.langsmith().clear_requests();
        let said = server.call("push_prompt", dry(&arguments)).await;
        assert!(written(&server).is_empty(), "{arguments}");
        assert!(!server.langsmith().requests().is_empty(), "{arguments}");
        assert_eq!(
            (&said["dry_run"], &said["status"], &said["manifest_type"], said.get("refused")),
            (&json!(true), &json!(status), &json!(kind), None),
            "{arguments}"
        );
        let pushed = server.call("push_prompt", arguments.clone()).await;
        assert_eq!(told(&said), told(&pushed), "{arguments}");
        let is_known = status == "unchanged";
        assert_eq!(said.get("commit_hash"), Some(&pushed["commit_hash"]).filter(|_| is_known));
        let name = json!({"prompt_name": arguments["prompt_name"]});
        let read = server.call("get_prompt_by_name", name).await;
        assert_eq!(said["input_variables"], read["input_variables"]);
    }
}

#[tokio::test]
async fn a_dry_run_of_a_new_prompt_leaves_none() {
    let server = Server::start().await;
    let said = server.call("push_prompt", dry(&json!({"prompt_name": "fresh", "template": "{b} {a}"}))).await;
    let expected = json!({"status": "created", "prompt_name": "fresh", "dry_run": true, "manifest_type": "PromptTemplate",
        "input_variables": ["a", "b"]});
    assert_eq!(said, expected);
    assert!(written(&server).is_empty());
    assert_eq!(server.fail("get_prompt_by_name", json!({"prompt_name": "fresh"})).await["kind"], "not_found");
}

#[tokio::test]
async fn a_dry_run_names_the_tags_that_a_commit_would_get() {
    let server = Server::start().await;
    let push = |template: &str, tags: Value| json!({"prompt_name": "fresh", "template": template, "commit_tags": tags});
    server.call("push_prompt", push("one", json!(["v1", "production"]))).await;
    server.call("push_prompt", push("two", json!(["v2"]))).await;
    server.langsmith().clear_requests();
    for (template, tags, new) in [
        ("two", json!(["v2", "production", "next"]), json!(["production", "next"])),
        ("two", json!(["v2"]), json!(null)),
        ("three", json!(["v2", "v3"]), json!(["v2", "v3"])),
    ] {
        let said = server.call("push_prompt", dry(&push(template, tags))).await;
        assert_eq!(said["commit_tags"], new, "{said}");
    }
    assert!(written(&server).is_empty());
    let tagged = server.call("get_prompt_by_name", json!({"prompt_name": "fresh:production"})).await;
    assert_eq!(tagged["template"], "one");
}

#[tokio::test]
async fn a_dry_run_refuses_what_the_push_would_refuse() {
    let server = Server::start().await;
    server.call("push_prompt", json!({"prompt_name": "fresh", "template": "x"})).await;
    server.langsmith().clear_requests();
    for arguments in [
        json!({"prompt_name": "fresh"}),
        json!({"prompt_name": "fresh", "template": "{"}),
        json!({"prompt_name": "fresh", "template": "x", "commit_tags": ["latest"]}),
        json!({"prompt_name": "fresh", "manifest": {"lc": 1}}),
        json!({"prompt_name": "fresh", "template": "y", "parent_commit": "0123456789"}),
        json!({"prompt_name": "other", "template": "y", "parent_commit": "0123456789"}),
    ] {
        let error = server.fail("push_prompt", dry(&arguments)).await;
        assert_eq!(error, server.fail("push_prompt", arguments.clone()).await, "{arguments}");
        assert_eq!(error["kind"], "invalid");
    }
    assert!(written(&server).is_empty());
    for fault in [FaultKind::Status(403), FaultKind::Status(500)] {
        inject(&server, (Method::GET, "/commits/"), (fault, None));
        let arguments = json!({"prompt_name": "fresh", "template": "y"});
        let error = server.fail("push_prompt", dry(&arguments)).await;
        assert_eq!(error, server.fail("push_prompt", arguments).await);
        server.langsmith().clear_faults();
    }
    assert!(written(&server).is_empty());
}

/// It stands for a push, so it needs the same scopes.
#[tokio::test]
async fn a_dry_run_needs_the_scopes_of_the_push() {
    let server = Server::start().await;
    let fresh = json!({"prompt_name": "fresh", "template": "x"});
    let answer = server.call_as("ada-reader", "push_prompt", dry(&fresh)).await;
    assert_eq!(answer.error(403), 403);
    assert!(answer.header("www-authenticate").contains("scope=\"langsmith:read langsmith:write\""));
    let mut public = dry(&fresh);
    public["is_public"] = json!(true);
    let answer = server.call_as("ada-writer", "push_prompt", public).await;
    assert_eq!(answer.json()["error"]["data"]["scope"], "langsmith:read langsmith:write langsmith:publish");
    assert!(server.langsmith().requests().is_empty());
    server.call_as("ada-writer", "push_prompt", dry(&fresh)).await.result();
    // A call with nothing else has nothing to try.
    for arguments in
        [json!({"dry_run": false}), json!({"dry_run": "False", "replace": false, "is_public": ""})]
    {
        let guide = server.call_as("ada-reader", "push_prompt", arguments).await.result();
        assert!(guide["structuredContent"]["result"].is_string(), "{guide}");
    }
    assert_eq!(
        server.fail("push_prompt", json!({"dry_run": true})).await["error"],
        "Missing argument: prompt_name"
    );
}
