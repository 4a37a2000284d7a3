//! The proxy.

use langsmith_double::data::{ADA_KEY, ADA_WORKSPACE};
use registry_tests::Caller;
use registry_tests::upstream::{Era, Upstream};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::tools::{register, world};

const PROXY: &str = "/api/v1/mcp/proxy";

fn call() -> Value {
    json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": { "name": "one", "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28" } } })
}

#[tokio::test]
async fn a_call_goes_to_the_server_with_its_stored_headers() {
    let world = world().await;
    let ada = Caller::new(&world, ADA_KEY);
    let upstream = Upstream::start(Era::Modern).await;
    upstream.behaviour().demands = Some(("authorization", "Bearer stored"));
    register(&ada, &upstream, json!([{ "key": "Authorization", "value": "Bearer stored" }])).await;
    let asked = json!({ "url": upstream.url(), "method": "POST", "body": call(), "timeout": 120, "headers": {
        "Mcp-Method": "tools/call", "Authorization": "Bearer callers", "Cookie": "a=b", "X-Api-Key": "k",
        "X-Forwarded-For": "1.2.3.4", "Host": "other.example", "X-Trace": "t" } });
    let answer = ada.send(Method::POST, PROXY, Some(&asked)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json()["result"]["content"][0]["text"], "one");
    assert_eq!(answer.headers["x-proxy-timeout"], "25");
    assert!(answer.headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
    let (_, headers, message) = upstream.requests().pop().unwrap();
    assert_eq!(message, call());
    assert_eq!(
        (&headers["authorization"], &headers["x-trace"]),
        (&"Bearer stored".parse().unwrap(), &"t".parse().unwrap())
    );
    for name in ["cookie", "x-api-key", "x-forwarded-for", "x-tenant-id"] {
        assert!(headers.get(name).is_none(), "{name}");
    }
    assert!(!headers["host"].to_str().unwrap().contains("other"));
}

#[tokio::test]
async fn only_registered_urls_are_reached() {
    let world = world().await;
    let ada = Caller::new(&world, ADA_KEY);
    let upstream = Upstream::start(Era::Modern).await;
    let own = ADA_WORKSPACE.to_string();
    register(&ada.in_workspace(&own), &upstream, json!([])).await;
    let get =
        async |url: &str| ada.get(&format!("{PROXY}?url={}", url.replace('&', "%26"))).await.status.as_u16();
    assert_eq!(get(&upstream.url()).await, 404, "another workspace's");
    register(&ada, &upstream, json!([])).await;
    assert_eq!(get(&format!("{}/admin", upstream.url())).await, 404);
    assert_eq!(get(&format!("{}?a=b", upstream.url())).await, 404);
    assert_eq!(get("https://169.254.169.254/latest").await, 404);
    assert_eq!(get("ftp://example.com").await, 422);
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn the_servers_status_and_body_are_passed_on_but_no_redirect() {
    let world = world().await;
    let ada = Caller::new(&world, ADA_KEY);
    let upstream = Upstream::start(Era::Modern).await;
    register(&ada, &upstream, json!([])).await;
    let path = format!("{PROXY}?url={}", upstream.url());
    upstream.behaviour().fails = Some(StatusCode::IM_A_TEAPOT);
    assert_eq!(ada.get(&path).await.status, 418);
    upstream.behaviour().fails = None;
    let raw = |fields: Vec<(&'static str, String)>, body: &[u8]| {
        upstream.behaviour().raw = Some((fields, body.to_vec()));
    };
    raw(vec![("location", "https://example.com".to_owned())], b"");
    assert_eq!(ada.get(&path).await.status, 502);
    let page = vec![("content-type", "text/html".to_owned()), ("set-cookie", "session=1".to_owned())];
    raw(page, b"<script>1</script>");
    let answer = ada.get(&path).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, "<script>1</script>"));
    assert!(answer.headers.get("set-cookie").is_none());
    assert!(answer.headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    raw(Vec::new(), &vec![b'x'; 5 * 1024 * 1024]);
    assert_eq!(ada.get(&path).await.status, 502, "five megabytes");
}

#[tokio::test]
async fn requests_are_checked() {
    let world = world().await;
    let ada = Caller::new(&world, ADA_KEY);
    let upstream = Upstream::start(Era::Modern).await;
    register(&ada, &upstream, json!([])).await;
    let post = async |body: Value| ada.send(Method::POST, PROXY, Some(&body)).await;
    let missing = post(json!({})).await;
    assert_eq!(
        missing.text,
        r#"{"detail":[{"loc":["body","url"],"msg":"Field required","type":"missing"}]}"#
    );
    for body in [
        json!({ "url": upstream.url(), "method": "TRACE" }),
        json!({ "url": upstream.url(), "method": "CONNECT" }),
        json!({ "url": upstream.url(), "headers": { "X-A": "b\r\nHost: c" } }),
        json!({ "url": upstream.url(), "headers": { "X A": "b" } }),
        json!({ "url": upstream.url(), "timeout": "soon" }),
        json!({ "url": 1 }),
        json!([]),
    ] {
        assert_eq!(post(body.clone()).await.status, 422, "{body}");
    }
    for (asked, place) in [
        (post(json!({ "url": "http://8.8.8.8/" })).await, "body"),
        (ada.get(&format!("{PROXY}?url=http%3A%2F%2F8.8.8.8%2F")).await, "query"),
    ] {
        assert_eq!(asked.json()["detail"][0]["loc"], json!([place, "url"]), "{}", asked.text);
    }
    let large = json!({ "url": upstream.url(), "method": "POST", "body": "x".repeat(1_100_000) });
    assert_eq!(post(large).await.status, 413);
    assert_eq!(Caller::new(&world, "lsv2_pt_unknown").send(Method::POST, PROXY, None).await.status, 403);
    assert!(upstream.requests().is_empty());
}
