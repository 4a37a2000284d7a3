//! Registering, reading, changing and deleting servers.

use e2e::{Choice, Login, World};
use langsmith_double::data::{ADA_KEY, ADA_WORKSPACE, GRACE_KEY, TEAM_WORKSPACE};
use registry_tests::{Answer, Caller, PROVIDERS, SERVERS, server};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The documented example.
fn tavily() -> Value {
    json!({
        "name": "tavily",
        "url": "https://mcp.tavily.com/mcp/",
        "headers": [{ "key": "Authorization", "value": "Bearer tvly-0" }],
    })
}

fn assert_problem(answer: &Answer, status: u16, code: &str) {
    let body = answer.json();
    assert_eq!(answer.status, status, "{body}");
    assert_eq!(body["code"], code, "{body}");
    assert_eq!(body["type"], format!("https://docs.langchain.com/errors/{code}"));
    assert_eq!(body["status"], status);
    assert!(body["detail"].is_string() && body.as_object().unwrap().len() == 4, "{body}");
}

/// The members of the documented example, in its order and with its absent ones.
#[tokio::test]
async fn the_documented_example_is_answered_byte_by_byte() {
    let world = World::start().await;
    let ada = Caller::new(&world, ADA_KEY);
    let made = ada.register(&tavily()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let body = made.json();
    let (id, time) = (body["id"].as_str().unwrap(), body["created_at"].as_str().unwrap());
    let expected = format!(
        "{{\"id\":\"{id}\",\"tenant_id\":\"{TEAM_WORKSPACE}\",\"name\":\"tavily\",\"url\":\"https://mcp.tavily.com/mcp/\",\
         \"headers\":[{{\"key\":\"Authorization\",\"value\":\"Bearer tvly-0\"}}],\"auth_type\":\"\",\"oauth_mode\":\"\",\
         \"created_at\":\"{time}\",\"updated_at\":\"{time}\",\"mcp_vendor_id\":null,\"vendor_id\":null,\
         \"external_system_id\":null}}"
    );
    assert_eq!(made.text, expected);
    assert_eq!(time, "2030-03-17T17:46:40.000000+00:00");
    assert_eq!(made.headers["content-type"], "application/json");
    assert_eq!(ada.get(&server(&body)).await.text, expected);
    assert_eq!(ada.get(SERVERS).await.text, format!("[{expected}]"));
}

#[tokio::test]
async fn a_server_without_headers_has_an_empty_list() {
    let world = World::start().await;
    let ada = Caller::new(&world, ADA_KEY);
    let asked = json!({ "name": "plain", "url": "https://plain.example.com", "vendor_id": "v", "external_system_id": "x" });
    let body = ada.register(&asked).await.json();
    assert_eq!(body["headers"], json!([]));
    assert_eq!((&body["vendor_id"], &body["external_system_id"]), (&json!("v"), &json!("x")));
}

#[tokio::test]
async fn every_mistake_has_its_error() {
    let world = World::start().await;
    let ada = Caller::new(&world, ADA_KEY);
    let missing = ada.register(&json!({ "url": "https://a.example.com" })).await;
    assert_problem(&missing, 400, "missing_required_field");
    assert_eq!(missing.json()["detail"], "Set 'name' to a non-empty string: 'name' is required");
    for body in [json!({ "name": "a" }), json!({ "name": " ", "url": "https://a.example.com" })] {
        assert_problem(&ada.register(&body).await, 400, "missing_required_field");
    }
    for body in [
        json!([]),
        json!("text"),
        json!({ "name": 1, "url": "https://a.example.com" }),
        json!({ "name": null, "url": "https://a.example.com" }),
        json!({ "name": "a", "url": "https://a.example.com", "headers": {} }),
        json!({ "name": "a", "url": "https://a.example.com", "headers": null }),
        json!({ "name": "a", "url": "https://a.example.com", "headers": [{ "key": "X-A" }] }),
        json!({ "name": "a", "url": "https://a.example.com", "oauth_provider_id": "x" }),
        json!({ "name": "a", "url": "https://a.example.com", "auth_type": ["oauth"] }),
    ] {
        assert_problem(&ada.register(&body).await, 400, "invalid_request_body");
    }
    let wrong = |member: &str, value: Value| {
        let mut body = json!({ "name": "a", "url": "https://a.example.com" });
        body[member] = value;
        body
    };
    for body in [
        wrong("url", json!("http://a.example.com")),
        wrong("url", json!("https://127.0.0.1/mcp")),
        wrong("url", json!("https://localhost/mcp")),
        wrong("url", json!("https://2130706433/mcp")),
        wrong("url", json!("https://[::ffff:10.0.0.1]/mcp")),
        wrong("url", json!("https://169.254.169.254/latest")),
        wrong("url", json!("https://user:password@a.example.com")),
        wrong("url", json!("https://a.example.com\\@b.example.com")),
        wrong("url", json!("https://a.example.com/\u{0}")),
        wrong("url", json!("ftp://a.example.com")),
        wrong("url", json!("nothing")),
        wrong("name", json!("x".repeat(201))),
        wrong("name", json!("a\u{7}")),
        wrong("auth_type", json!("basic")),
        wrong("oauth_mode", json!("per_user_dynamic_client")),
        wrong("headers", json!([{ "key": "Host", "value": "x" }])),
        wrong("headers", json!([{ "key": "Transfer-Encoding", "value": "chunked" }])),
        wrong("headers", json!([{ "key": "X-A\r\nX-B", "value": "x" }])),
        wrong("headers", json!([{ "key": "X-A", "value": "x\r\nX-B: y" }])),
        wrong("headers", json!([{ "key": "X-A", "value": "\u{0}" }])),
        wrong("headers", json!(vec![json!({ "key": "X-A", "value": "x" }); 200])),
        wrong("headers", json!([{ "key": "X-A", "value": "x".repeat(100_000) }])),
        wrong("vendor_id", json!("x".repeat(201))),
    ] {
        assert_problem(&ada.register(&body).await, 422, "invalid_request");
    }
    let large =
        ada.register(&wrong("headers", json!([{ "key": "X-A", "value": "x".repeat(1_000_000) }]))).await;
    assert_problem(&large, 413, "invalid_request_body");
    assert_eq!(ada.get(SERVERS).await.text, "[]", "nothing was registered");
}

#[tokio::test]
async fn a_name_or_a_url_that_is_taken_is_a_conflict() {
    let world = World::start().await;
    let ada = Caller::new(&world, ADA_KEY);
    assert_eq!(ada.register(&tavily()).await.status, 201);
    let mut other = tavily();
    other["url"] = json!("https://other.example.com");
    assert_problem(&ada.register(&other).await, 409, "conflict");
    for spelling in ["https://mcp.tavily.com/mcp", "HTTPS://MCP.TAVILY.COM:443/mcp/"] {
        let other = json!({ "name": "other", "url": spelling });
        assert_problem(&ada.register(&other).await, 409, "conflict");
    }
    let second = ada.register(&json!({ "name": "Tavily", "url": "https://two.example.com" })).await.json();
    let body = json!({ "url": "https://mcp.tavily.com/mcp" });
    let moved = ada.send(Method::PATCH, &server(&second), Some(&body)).await;
    assert_problem(&moved, 409, "conflict");
}

#[tokio::test]
async fn a_change_replaces_what_is_sent_and_all_headers() {
    let world = World::start().await;
    let ada = Caller::new(&world, ADA_KEY);
    let made = ada.register(&tavily()).await.json();
    let patch = async |body: Value| ada.send(Method::PATCH, &server(&made), Some(&body)).await;
    world.pass(std::time::Duration::from_millis(1500));
    let rotated = patch(json!({ "headers": [{ "key": "X-Key", "value": "new" }] })).await.json();
    assert_eq!(rotated["headers"], json!([{ "key": "X-Key", "value": "new" }]));
    assert_eq!(rotated["created_at"], made["created_at"]);
    assert_eq!(rotated["updated_at"], "2030-03-17T17:46:41.500000+00:00");
    let moved = patch(json!({ "url": "https://new.example.com/mcp" })).await.json();
    assert_eq!(
        (&moved["url"], &moved["headers"]),
        (&json!("https://new.example.com/mcp"), &rotated["headers"])
    );
    let again = ada.register(&json!({ "name": "again", "url": "https://mcp.tavily.com/mcp" })).await;
    assert_eq!(again.status, 201, "the old URL is free");
    assert_eq!(patch(json!({ "headers": [] })).await.json()["headers"], json!([]));
    let same = patch(json!({ "name": "tavily", "vendor_id": "v" })).await;
    assert_problem(&same, 422, "invalid_request");
    assert_problem(&patch(json!({ "name": "other" })).await, 422, "invalid_request");
    assert_eq!(patch(json!({ "name": "tavily" })).await.status, 200, "what was read may be sent back");
    assert_problem(&patch(json!({ "url": "" })).await, 400, "missing_required_field");
    assert_problem(&patch(json!({ "url": null })).await, 400, "invalid_request_body");
    assert_problem(&patch(json!({ "url": "https://10.0.0.1" })).await, 422, "invalid_request");
}

#[tokio::test]
async fn the_modes_of_oauth_keep_what_belongs_to_them() {
    let world = World::start().await;
    let ada = Caller::new(&world, ADA_KEY);
    let provider = json!({ "name": "p", "client_id": "c", "issuer": "https://as.example.com" });
    let provider = ada.send(Method::POST, PROVIDERS, Some(&provider)).await.json()["id"].clone();
    let asked = json!({ "name": "o", "url": "https://o.example.com", "auth_type": "oauth",
        "oauth_mode": "legacy_shared_provider", "oauth_provider_id": provider });
    let made = ada.register(&asked).await.json();
    assert_eq!((&made["oauth_provider_id"], &made["can_invoke"]), (&provider, &json!(false)));
    assert!(made.get("headers").is_none(), "{made}");
    let provider_path = format!("{}/oauth-provider", server(&made));
    let told = ada.send(Method::POST, &provider_path, Some(&json!({}))).await;
    assert_eq!(told.text, format!("{{\"oauth_provider_id\":{provider}}}"));
    let patch = async |body: Value| ada.send(Method::PATCH, &server(&made), Some(&body)).await.json();
    let per_user = patch(json!({ "oauth_mode": "per_user_dynamic_client" })).await;
    assert!(per_user.get("oauth_provider_id").is_none(), "{per_user}");
    let headers = patch(json!({ "auth_type": "headers" })).await;
    assert_eq!((&headers["auth_type"], &headers["oauth_mode"]), (&json!("headers"), &json!("")));
    assert!(headers.get("can_invoke").is_none() && headers["headers"] == json!([]), "{headers}");
    assert_problem(&ada.send(Method::POST, &provider_path, None).await, 400, "invalid_request");
}

#[tokio::test]
async fn a_deletion_is_idempotent_and_leaves_nothing() {
    let world = World::start().await;
    let ada = Caller::new(&world, ADA_KEY);
    let made = ada.register(&tavily()).await.json();
    let delete = async |path: &str| ada.send(Method::DELETE, path, None).await;
    for _ in 0..2 {
        let deleted = delete(&server(&made)).await;
        assert_eq!((deleted.status.as_u16(), deleted.text.as_str()), (204, ""));
    }
    assert_eq!(delete(&format!("{SERVERS}/5b6f6a2b-2c95-4f0f-9c2b-7c3a3e4f8d11")).await.status, 204);
    assert_problem(&delete(&format!("{SERVERS}/nothing")).await, 404, "mcp_server_not_found");
    let gone = ada.get(&server(&made)).await;
    assert_problem(&gone, 404, "mcp_server_not_found");
    let late = ada.send(Method::PATCH, &server(&made), Some(&json!({ "headers": [] }))).await;
    assert_problem(&late, 404, "mcp_server_not_found");
    assert_eq!(ada.register(&tavily()).await.status, 201);
}

/// A foreign id is as unknown as one that does not exist: 403 would reveal that it does.
#[tokio::test]
async fn workspaces_and_people_do_not_mix() {
    let world = World::start().await;
    let (team, own) = (TEAM_WORKSPACE.to_string(), ADA_WORKSPACE.to_string());
    let ada = Caller::new(&world, ADA_KEY);
    let made = ada.register(&tavily()).await.json();
    assert_eq!(made["tenant_id"], team);
    let elsewhere = ada.in_workspace(&own);
    assert_eq!(elsewhere.get(SERVERS).await.text, "[]");
    assert_problem(&elsewhere.get(&server(&made)).await, 404, "mcp_server_not_found");
    let patch = elsewhere.send(Method::PATCH, &server(&made), Some(&json!({ "headers": [] }))).await;
    assert_problem(&patch, 404, "mcp_server_not_found");
    assert_eq!(elsewhere.send(Method::DELETE, &server(&made), None).await.status, 204);
    assert_eq!(elsewhere.register(&tavily()).await.status, 201, "names are a workspace's own");
    // Grace may read and invoke, and nothing else.
    let grace = Caller::new(&world, GRACE_KEY);
    assert_eq!(grace.get(&server(&made)).await.json()["headers"][0]["value"], "Bearer tvly-0");
    for (method, path) in
        [(Method::POST, SERVERS), (Method::PATCH, &server(&made)), (Method::DELETE, &server(&made))]
    {
        let refused = grace.send(method, path, Some(&tavily())).await;
        assert_eq!((refused.status.as_u16(), refused.text.as_str()), (403, "{\"error\":\"Forbidden\"}"));
    }
    let foreign = grace.in_workspace(&own).get(SERVERS).await;
    assert_eq!((foreign.status.as_u16(), foreign.text.as_str()), (403, "{\"error\":\"Forbidden\"}"));
    assert_eq!(ada.get(&server(&made)).await.status, 200, "nothing happened");
}

/// A token that passes on `servers:manage` alone cannot see headers. With another URL it could send them to itself.
#[tokio::test]
async fn who_cannot_see_the_headers_cannot_move_them() {
    let world = World::start().await;
    let ada = Caller::new(&world, ADA_KEY);
    let made = ada.register(&tavily()).await.json();
    let client = world.client().await;
    let scopes = Some(vec!["servers:manage".to_owned()]);
    let choice = Choice { workspace: Some(TEAM_WORKSPACE.to_string()), scopes, deny: false };
    let redirect = client.authorize(&world.browser(), Login::Key(ADA_KEY), &choice).await;
    let token = client.exchange(&client.code(&redirect)).await.tokens().access;
    let patch = async |body: Value| {
        let request = e2e::client::http().patch(world.at(&server(&made))).bearer_auth(&token).json(&body);
        registry_tests::answer(request).await
    };
    let moved = patch(json!({ "url": "https://mine.example.com" })).await;
    assert_eq!(moved.status, 403, "{}", moved.text);
    let same = patch(json!({ "url": "https://mcp.tavily.com/mcp" })).await;
    assert_eq!((same.status.as_u16(), same.json().get("headers")), (200, None));
    let replaced = patch(json!({ "url": "https://mine.example.com", "headers": [] })).await;
    assert_eq!(replaced.status, 200, "the headers are not those that were stored");
    assert_eq!(ada.get(&server(&made)).await.json()["headers"], json!([]));
}

/// Of a change and a deletion at once, each sees the other whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_at_once_leave_one_state() {
    let world = World::start().await;
    let ada = Caller::new(&world, ADA_KEY);
    for _ in 0..8 {
        let made = ada.register(&tavily()).await.json();
        let path = server(&made);
        let body = json!({ "url": "https://moved.example.com" });
        let change = ada.send(Method::PATCH, &path, Some(&body));
        let (patched, deleted) = tokio::join!(change, ada.send(Method::DELETE, &path, None));
        assert!(matches!(patched.status.as_u16(), 200 | 404), "{}", patched.text);
        assert_eq!(deleted.status, 204, "{}", deleted.text);
        assert_eq!(ada.get(SERVERS).await.text, "[]");
        for url in ["https://mcp.tavily.com/mcp", "https://moved.example.com"] {
            let free = ada.register(&json!({ "name": "free", "url": url })).await;
            assert_eq!(free.status, 201, "{}", free.text);
            assert_eq!(ada.send(Method::DELETE, &server(&free.json()), None).await.status, 204);
        }
    }
}
