//! Shared OAuth providers.

use e2e::World;
use langsmith_double::data::{ADA_KEY, ADA_WORKSPACE, GRACE_KEY};
use registry_tests::{Caller, PROVIDERS};
use reqwest::Method;
use serde_json::{Value, json};

fn github() -> Value {
    json!({ "name": "github", "client_id": "Iv1.0", "client_secret": "hunter2-secret", "issuer": "https://as.example.com" })
}

#[tokio::test]
async fn a_provider_never_shows_its_secret() {
    let world = World::start().await;
    let ada = Caller::new(&world, ADA_KEY);
    let made = ada.send(Method::POST, PROVIDERS, Some(&github())).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let body = made.json();
    assert_eq!(
        (&body["has_client_secret"], &body["issuer"]),
        (&json!(true), &json!("https://as.example.com"))
    );
    let listed = ada.get(PROVIDERS).await;
    assert_eq!(listed.json(), json!([body]));
    assert!(!made.text.contains("hunter2") && !listed.text.contains("hunter2"));
    let endpoints = json!({ "name": "two", "client_id": "c", "endpoints": {
        "authorization_endpoint": "https://as.example.com/a", "token_endpoint": "https://as.example.com/t" } });
    let made = ada.send(Method::POST, PROVIDERS, Some(&endpoints)).await.json();
    assert_eq!((&made["has_client_secret"], &made["endpoints"]), (&json!(false), &endpoints["endpoints"]));
    assert_eq!(ada.in_workspace(&ADA_WORKSPACE.to_string()).get(PROVIDERS).await.text, "[]");
}

#[tokio::test]
async fn mistakes_clashes_and_other_peoples_providers_are_refused() {
    let world = World::start().await;
    let ada = Caller::new(&world, ADA_KEY);
    let post = async |body: Value| ada.send(Method::POST, PROVIDERS, Some(&body)).await.status.as_u16();
    assert_eq!(post(github()).await, 201);
    assert_eq!(post(github()).await, 409);
    for (member, value, expected) in [
        ("name", json!(""), 400),
        ("client_id", json!(null), 400),
        ("issuer", json!("http://as.example.com"), 422),
        ("issuer", json!("https://127.0.0.1"), 422),
        ("client_id", json!("x".repeat(3000)), 422),
        ("client_secret", json!("x".repeat(3000)), 422),
        (
            "endpoints",
            json!({ "authorization_endpoint": "https://a.example.com", "token_endpoint": "https://a.example.com" }),
            422,
        ),
        ("endpoints", json!({}), 400),
    ] {
        let mut body = github();
        body["name"] = json!("other");
        body[member] = value;
        assert_eq!(post(body).await, expected, "{member}");
    }
    assert_eq!(post(json!({ "name": "other", "client_id": "c" })).await, 400);
    let grace = Caller::new(&world, GRACE_KEY);
    assert_eq!(grace.send(Method::POST, PROVIDERS, Some(&github())).await.status, 403);
    let id = ada.get(PROVIDERS).await.json()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("{PROVIDERS}/{id}");
    assert_eq!(grace.send(Method::DELETE, &path, None).await.status, 403);
    let elsewhere = ada.in_workspace("5a3e0000-0000-4000-8000-0000000000a2");
    assert_eq!(elsewhere.send(Method::DELETE, &path, None).await.status, 204, "as unknown as any other");
    let foreign =
        json!({ "name": "o", "url": "https://o.example.com", "auth_type": "oauth", "oauth_provider_id": id });
    assert_eq!(elsewhere.register(&foreign).await.status, 422, "another workspace's provider");
    assert_eq!(ada.register(&foreign).await.status, 201);
    for _ in 0..2 {
        assert_eq!(ada.send(Method::DELETE, &path, None).await.status, 204);
    }
    assert_eq!(ada.get(PROVIDERS).await.text, "[]");
    assert_eq!(post(github()).await, 201, "its name is free");
    assert_eq!(ada.send(Method::DELETE, &format!("{PROVIDERS}/x"), None).await.status, 404);
}
