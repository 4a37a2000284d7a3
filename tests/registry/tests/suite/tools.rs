//! The tools cache.

use std::time::Duration;

use e2e::{Options, World};
use futures_util::future::join_all;
use langsmith_double::data::{ADA_KEY, ADA_WORKSPACE, GRACE_KEY, SERVICE_KEY};
use registry_tests::upstream::{Era, Upstream, tool};
use registry_tests::{Answer, Caller, SERVERS, server};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const API: &str = "/api/v1/mcp/tools";
const DEEPAGENTS: &str = "/v1/deepagents/mcp/tools";

pub(crate) async fn world() -> World {
    World::with(Options {
        settings: Some(|settings| settings.allow_private_servers = true),
        ..Options::default()
    })
    .await
}

fn query(path: &str, url: &str, more: &str) -> String {
    format!("{path}?url={}{more}", url.replace(':', "%3A").replace('/', "%2F"))
}

pub(crate) async fn register(caller: &Caller<'_>, upstream: &Upstream, headers: Value) -> Value {
    let body = json!({ "name": upstream.url(), "url": upstream.url(), "headers": headers });
    let made = caller.register(&body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()
}

fn names(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    let tools = body["tools"].as_array().unwrap_or_else(|| panic!("{}: {}", answer.status, answer.text));
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_list_is_fetched_once_and_served_from_then_on() {
    let world = world().await;
    let ada = Caller::new(&world, ADA_KEY);
    for era in [Era::Modern, Era::Legacy] {
        let upstream = Upstream::start(era).await;
        upstream.behaviour().page = 1;
        register(&ada, &upstream, json!([])).await;
        let first = ada.get(&query(DEEPAGENTS, &upstream.url(), "")).await;
        assert_eq!(names(&first), ["one", "two"], "{era:?}");
        let body = first.json();
        assert_eq!((&body["cached"], &body["fetched_at"]), (&json!(false), &json!("2030-03-17T17:46:40Z")));
        assert_eq!(
            (&body["tools"][0]["x-kept"], &body["tools"][0]["description"]),
            (&json!(1), &json!("first"))
        );
        assert_eq!(body["tools"][0]["digest"].as_str().unwrap().len(), 43);
        assert!(body.get("stale").is_none());
        upstream.requests();
        for path in [DEEPAGENTS, API] {
            let again = ada.get(&query(path, &upstream.url(), "")).await;
            assert_eq!((&again.json()["cached"], names(&again).len()), (&json!(true), 2));
        }
        // Another spelling of the same server.
        let spelled = ada.get(&query(API, &format!("{}/", upstream.url()), "")).await;
        assert_eq!(spelled.json()["cached"], true);
        assert!(upstream.requests().is_empty());
    }
}

/// Names that need an escape in JSON, and names of ours.
#[tokio::test]
async fn members_with_odd_names_spoil_no_list() {
    let world = world().await;
    let (ada, upstream) = (Caller::new(&world, ADA_KEY), Upstream::start(Era::Modern).await);
    let mut odd = tool("odd", "tool");
    for name in ["a\"b", "a\\b", "a\u{1}b", "digest", "changed_since"] {
        odd[name] = json!("theirs");
    }
    upstream.behaviour().tools = vec![odd, tool("even", "tool")];
    register(&ada, &upstream, json!([])).await;
    for cached in [false, true] {
        let answer = ada.get(&query(DEEPAGENTS, &upstream.url(), "")).await;
        assert_eq!(
            (names(&answer), &answer.json()["cached"]),
            (vec!["odd".into(), "even".into()], &json!(cached))
        );
        let listed = answer.json()["tools"][0].clone();
        assert_eq!((&listed["a\"b"], &listed["a\u{1}b"]), (&json!("theirs"), &json!("theirs")));
        assert_ne!(listed["digest"], "theirs");
        assert!(listed.get("changed_since").is_none());
    }
}

#[tokio::test]
async fn the_stored_headers_are_sent_and_no_others() {
    let world = world().await;
    let (ada, grace) = (Caller::new(&world, ADA_KEY), Caller::new(&world, GRACE_KEY));
    let upstream = Upstream::start(Era::Legacy).await;
    upstream.behaviour().demands = Some(("x-key", "good"));
    let made = register(&ada, &upstream, json!([{ "key": "X-Key", "value": "bad" }])).await;
    let refused = ada.get(&query(DEEPAGENTS, &upstream.url(), "")).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (502, &json!("upstream_auth_failed")));
    let refused = ada.get(&query(API, &upstream.url(), "")).await;
    assert_eq!(refused.status, 502);
    assert!(refused.json()["detail"].is_string() && !refused.text.contains("bad"));
    let rotated = json!({ "headers": [{ "key": "X-Key", "value": "good" }] });
    assert_eq!(ada.send(Method::PATCH, &server(&made), Some(&rotated)).await.status, 200);
    assert_eq!(names(&grace.get(&query(API, &upstream.url(), "")).await), ["one", "two"]);
    for (_, headers, _) in upstream.requests() {
        assert!(headers.get("x-api-key").is_none() && headers.get("cookie").is_none(), "{headers:?}");
        assert!(headers.get("x-tenant-id").is_none() && headers.get("authorization").is_none());
    }
}

/// Fresh for two hours, then served for half an hour more to all but the one who fetches, then fetched by all.
#[tokio::test]
async fn a_list_ages() {
    let world = world().await;
    let ada = Caller::new(&world, ADA_KEY);
    let upstream = Upstream::start(Era::Modern).await;
    register(&ada, &upstream, json!([])).await;
    let get = async || ada.get(&query(DEEPAGENTS, &upstream.url(), "")).await.json();
    get().await;
    world.pass(Duration::from_mins(119));
    assert_eq!(get().await["cached"], true);
    world.pass(Duration::from_mins(1));
    assert_eq!(get().await["cached"], false);
    // The server decides, within limits.
    upstream.behaviour().ttl_ms = Some(0);
    world.pass(Duration::from_hours(3));
    assert_eq!(get().await["cached"], false);
    world.pass(Duration::from_secs(29));
    assert_eq!(get().await["cached"], true);
    world.pass(Duration::from_secs(1));
    assert_eq!(get().await["cached"], false);
}

#[tokio::test]
async fn the_last_good_list_is_served_when_the_server_fails() {
    let world = world().await;
    let ada = Caller::new(&world, ADA_KEY);
    let upstream = Upstream::start(Era::Modern).await;
    register(&ada, &upstream, json!([])).await;
    let get = async |more: &str| ada.get(&query(DEEPAGENTS, &upstream.url(), more)).await;
    upstream.behaviour().fails = Some(StatusCode::SERVICE_UNAVAILABLE);
    let failed = get("").await;
    assert_eq!((failed.status.as_u16(), &failed.json()["code"]), (502, &json!("upstream_failed")));
    upstream.behaviour().fails = None;
    assert_eq!(get("").await.json()["cached"], false, "a failure is not stored");
    upstream.behaviour().fails = Some(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(get("").await.json()["cached"], true);
    let refreshed = get("&force_refresh=true").await.json();
    assert_eq!((&refreshed["stale"], &refreshed["cached"]), (&json!(true), &json!(true)));
    world.pass(Duration::from_hours(5));
    assert_eq!(get("").await.json()["stale"], true);
    // A refused credential is no reason to show what it was good for.
    upstream.behaviour().fails = Some(StatusCode::UNAUTHORIZED);
    assert_eq!(get("").await.status, 502);
    // A list that breaks off is no list.
    upstream.behaviour().fails = None;
    upstream.behaviour().tools = (0..20).map(|number| tool(&number.to_string(), "x")).collect();
    upstream.behaviour().page = 10;
    assert_eq!(names(&get("").await).len(), 20);
}

#[tokio::test]
async fn a_refresh_asks_the_server_and_shows_what_changed() {
    let world = world().await;
    let ada = Caller::new(&world, ADA_KEY);
    let upstream = Upstream::start(Era::Modern).await;
    register(&ada, &upstream, json!([])).await;
    let get = async |more: &str| ada.get(&query(API, &upstream.url(), more)).await.json();
    let first = get("").await;
    upstream.behaviour().tools = vec![tool("one", "changed"), tool("two", "second"), tool("three", "new")];
    assert_eq!(get("").await["tools"], first["tools"]);
    world.pass(Duration::from_secs(1));
    let second = get("&force_refresh=true").await;
    assert_eq!(second["cached"], false);
    assert_ne!(second["tools"][0]["digest"], first["tools"][0]["digest"]);
    assert_eq!(second["tools"][0]["changed_since"], "2030-03-17T17:46:41.000000+00:00");
    assert!(
        second["tools"][1].get("changed_since").is_none()
            && second["tools"][2].get("changed_since").is_none()
    );
    assert_eq!(get("").await["tools"], second["tools"], "it was stored");
    let deleted = ada.send(Method::DELETE, &query(API, &upstream.url(), ""), None).await;
    assert_eq!((deleted.status.as_u16(), deleted.text.as_str()), (200, "null"));
    assert_eq!(get("").await["cached"], false);
}

/// A hundred concurrent misses are one handshake, also of several processes that share a database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_misses_share_a_handshake() {
    let world = world().await;
    let ada = Caller::new(&world, ADA_KEY);
    let upstream = Upstream::start(Era::Modern).await;
    register(&ada, &upstream, json!([{ "key": "X-A", "value": "b" }])).await;
    let path = query(API, &upstream.url(), "");
    let held = upstream.hold().await;
    let all = join_all((0..100).map(|_| ada.get(&path)));
    let (answers, ()) = tokio::join!(all, async {
        while upstream.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        drop(held);
    });
    assert!(answers.iter().all(|answer| names(answer).len() == 2));
    assert_eq!(upstream.lists(), 0, "no second handshake");
}

/// Every part of the key counts: with one left out, somebody would get another's list.
#[tokio::test]
async fn lists_do_not_mix() {
    let world = world().await;
    let (ada, own) = (Caller::new(&world, ADA_KEY), ADA_WORKSPACE.to_string());
    let upstream = Upstream::start(Era::Modern).await;
    upstream.behaviour().demands = Some(("x-key", "team"));
    register(&ada, &upstream, json!([{ "key": "X-Key", "value": "team" }])).await;
    assert_eq!(names(&ada.get(&query(API, &upstream.url(), "")).await).len(), 2);
    // The same URL in another workspace, with another credential.
    let elsewhere = ada.in_workspace(&own);
    assert_eq!(elsewhere.get(&query(DEEPAGENTS, &upstream.url(), "")).await.status, 404);
    register(&elsewhere, &upstream, json!([{ "key": "X-Key", "value": "own" }])).await;
    assert_eq!(elsewhere.get(&query(DEEPAGENTS, &upstream.url(), "")).await.status, 502);
    // Each person has a list of their own for a provider; a service key may name the person.
    let with_provider = query(API, &upstream.url(), "&oauth_provider_id=p");
    let cached = async |caller: Caller<'_>, path: &str| caller.get(path).await.json()["cached"].clone();
    let (grace, service) = (Caller::new(&world, GRACE_KEY), Caller::new(&world, SERVICE_KEY));
    assert_eq!(cached(ada, &with_provider).await, false);
    assert_eq!(cached(ada, &with_provider).await, true);
    assert_eq!(cached(grace, &with_provider).await, false);
    let grace_id = "97ace000-0000-4000-8000-000000000002";
    assert_eq!(cached(service, &with_provider).await, false);
    assert_eq!(cached(service, &format!("{with_provider}&ls_user_id={grace_id}")).await, true);
    assert_eq!(cached(ada, &format!("{with_provider}2&ls_user_id={grace_id}")).await, false);
    assert_eq!(cached(grace, &format!("{with_provider}2")).await, false, "a person's ls_user_id is ignored");
}

#[tokio::test]
async fn a_changed_server_has_no_cached_tools() {
    let world = world().await;
    let ada = Caller::new(&world, ADA_KEY);
    let (one, two) = (Upstream::start(Era::Modern).await, Upstream::start(Era::Modern).await);
    two.behaviour().tools = vec![tool("other", "x")];
    let made = register(&ada, &one, json!([])).await;
    let get = async |upstream: &Upstream| ada.get(&query(DEEPAGENTS, &upstream.url(), "")).await;
    assert_eq!(names(&get(&one).await).len(), 2);
    let change =
        async |body: Value| ada.send(Method::PATCH, &server(&made), Some(&body)).await.status.as_u16();
    assert_eq!(change(json!({ "headers": [{ "key": "X-A", "value": "b" }] })).await, 200);
    assert_eq!(get(&one).await.json()["cached"], false);
    assert_eq!(change(json!({ "url": two.url() })).await, 200);
    assert_eq!(get(&one).await.status, 404);
    assert_eq!(names(&get(&two).await), ["other"]);
    assert_eq!(ada.send(Method::DELETE, &server(&made), None).await.status, 204);
    assert_eq!(get(&two).await.status, 404);
    // Registered again, it is another server.
    register(&ada, &two, json!([])).await;
    assert_eq!(get(&two).await.json()["cached"], false);
}

#[tokio::test]
async fn a_manifest_counts_if_it_lists_tools_and_no_credential_is_stored() {
    let world = world().await;
    let ada = Caller::new(&world, ADA_KEY);
    let upstream = Upstream::start(Era::Modern).await;
    let card = json!({ "serverInfo": {}, "tools": [tool("from-card", "x")] });
    upstream.behaviour().documents.insert("/.well-known/mcp.json", card);
    let made = register(&ada, &upstream, json!([])).await;
    let get = async |more: &str| ada.get(&query(DEEPAGENTS, &upstream.url(), more)).await;
    assert_eq!(names(&get("").await), ["from-card"]);
    assert_eq!(upstream.lists(), 0);
    world.pass(Duration::from_secs(9));
    assert_eq!(names(&get("").await), ["from-card"]);
    world.pass(Duration::from_secs(1));
    assert_eq!(names(&get("").await), ["one", "two"], "the server's own list, whatever the document says");
    upstream.behaviour().documents.insert("/.well-known/mcp.json", json!({ "tools": ["dynamic"] }));
    assert_eq!(names(&get("").await), ["one", "two"]);
    upstream.behaviour().documents.insert("/mcp/server-card", json!({ "tools": [tool("card", "x")] }));
    upstream.requests();
    assert_eq!(names(&get("&force_refresh=1").await), ["one", "two"]);
    let headers = json!({ "headers": [{ "key": "X-A", "value": "b" }] });
    ada.send(Method::PATCH, &server(&made), Some(&headers)).await;
    assert_eq!(names(&get("").await), ["one", "two"]);
    assert!(upstream.requests().iter().all(|(name, _, _)| name == "POST"), "no document was read");
}

/// A server with OAuth shows its tools to nobody without a token, whatever it publishes.
#[tokio::test]
async fn no_document_stands_in_for_a_server_with_oauth() {
    let world = world().await;
    let (ada, upstream) = (Caller::new(&world, ADA_KEY), Upstream::start(Era::Modern).await);
    let card = json!({ "tools": [tool("from-card", "x")] });
    upstream.behaviour().documents.insert("/.well-known/mcp.json", card);
    upstream.behaviour().demands = Some(("authorization", "Bearer nobody's"));
    let body = json!({ "name": "oauth", "url": upstream.url(), "auth_type": "oauth",
        "oauth_mode": "per_user_dynamic_client" });
    assert_eq!(ada.register(&body).await.status, 201);
    let answer = ada.get(&query(DEEPAGENTS, &upstream.url(), "")).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (502, &json!("upstream_auth_failed")));
}

/// A change of the server's headers does not hide a change of its tools.
#[tokio::test]
async fn tools_are_compared_across_a_change_of_the_server() {
    let world = world().await;
    let (ada, upstream) = (Caller::new(&world, ADA_KEY), Upstream::start(Era::Modern).await);
    let made = register(&ada, &upstream, json!([])).await;
    let get = async || ada.get(&query(DEEPAGENTS, &upstream.url(), "")).await.json();
    assert!(get().await["tools"][0].get("changed_since").is_none());
    let headers = json!({ "headers": [{ "key": "X-A", "value": "b" }] });
    assert_eq!(ada.send(Method::PATCH, &server(&made), Some(&headers)).await.status, 200);
    upstream.behaviour().tools = vec![tool("one", "another"), tool("two", "second")];
    let listed = get().await;
    assert_eq!((&listed["cached"], listed["tools"][0]["changed_since"].is_string()), (&json!(false), true));
    assert!(listed["tools"][1].get("changed_since").is_none());
}

#[tokio::test]
async fn a_url_that_is_not_registered_is_previewed_by_those_who_may_register_it() {
    let world = world().await;
    let (ada, grace) = (Caller::new(&world, ADA_KEY), Caller::new(&world, GRACE_KEY));
    let upstream = Upstream::start(Era::Modern).await;
    assert_eq!(names(&ada.get(&query(API, &upstream.url(), "")).await).len(), 2);
    assert_eq!(grace.get(&query(API, &upstream.url(), "")).await.status, 404);
    let unknown = ada.get(&query(DEEPAGENTS, &upstream.url(), "")).await;
    assert_eq!((unknown.status.as_u16(), &unknown.json()["code"]), (404, &json!("mcp_server_not_found")));
    register(&ada, &upstream, json!([])).await;
    assert_eq!(ada.get(&query(API, &upstream.url(), "")).await.json()["cached"], false);
}

#[tokio::test]
async fn parameters_are_refused_in_the_form_of_each_api() {
    let world = World::start().await;
    let ada = Caller::new(&world, ADA_KEY);
    let missing = ada.get(API).await;
    assert_eq!(missing.status, 422);
    assert_eq!(
        missing.text,
        r#"{"detail":[{"loc":["query","url"],"msg":"Field required","type":"missing"}]}"#
    );
    let bad = ada.get(&query(API, "http://10.0.0.1", "&force_refresh=maybe")).await;
    assert_eq!((bad.status.as_u16(), &bad.json()["detail"][0]["type"]), (422, &json!("bool_parsing")));
    let private = ada.get(&query(API, "https://10.0.0.1", "")).await;
    assert_eq!(
        (private.status.as_u16(), &private.json()["detail"][0]["loc"]),
        (422, &json!(["query", "url"]))
    );
    let bad = ada.get(DEEPAGENTS).await;
    assert_eq!((bad.status.as_u16(), &bad.json()["code"]), (400, &json!("invalid_request")));
    for path in [API, DEEPAGENTS] {
        let anonymous = registry_tests::answer(e2e::client::http().get(world.at(path))).await;
        assert_eq!(anonymous.status, 401);
    }
    assert_eq!(Caller::new(&world, "lsv2_pt_unknown").get(API).await.text, r#"{"detail":"Forbidden"}"#);
    // A host that does not resolve is accepted at registration and refused at use.
    let body = json!({ "name": "gone", "url": "https://nothing.invalid/mcp" });
    assert_eq!(ada.register(&body).await.status, 201);
    assert_eq!(ada.get(&query(DEEPAGENTS, "https://nothing.invalid/mcp", "")).await.status, 502);
}

#[tokio::test]
async fn hostile_answers_are_a_502_and_nothing_is_stored() {
    let world = world().await;
    let ada = Caller::new(&world, ADA_KEY);
    let upstream = Upstream::start(Era::Modern).await;
    register(&ada, &upstream, json!([{ "key": "X-A", "value": "b" }])).await;
    let get = async || ada.get(&query(DEEPAGENTS, &upstream.url(), "")).await;
    let raw = |fields: Vec<(&'static str, String)>, body: Vec<u8>| {
        upstream.behaviour().raw = Some((fields, body));
    };
    let json_type = || ("content-type", "application/json".to_owned());
    raw(vec![("location", upstream.url())], Vec::new());
    assert_eq!(get().await.status, 502, "a redirect loop");
    raw(vec![json_type(), ("content-encoding", "gzip".to_owned())], vec![0x1f, 0x8b]);
    assert_eq!(get().await.status, 502, "compressed");
    raw(vec![json_type()], vec![b'x'; 9 * 1024 * 1024]);
    assert_eq!(get().await.status, 502, "nine megabytes");
    raw(vec![json_type(), ("x-long", "x".repeat(40_000))], b"{}".to_vec());
    assert_eq!(get().await.status, 502, "long headers");
    for body in ["", "[]", "{}", "null", "<html>", "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":{}}}"]
    {
        raw(vec![json_type()], body.as_bytes().to_vec());
        assert_eq!(get().await.status, 502, "{body}");
    }
    upstream.behaviour().raw = None;
    upstream.behaviour().tools = (0..10_001).map(|number| tool(&number.to_string(), "")).collect();
    upstream.behaviour().page = 5000;
    let many = get().await;
    assert!(many.status == 502 && many.text.contains("too many tools"), "{}", many.text);
    upstream.behaviour().page = 1;
    let pages = get().await;
    assert!(pages.status == 502 && pages.text.contains("too many pages"), "{}", pages.text);
    upstream.behaviour().page = 100;
    let noise = |seed: usize| -> String {
        (0..3000).map(|at| (seed * 7919 + at * at * 104_729).to_string()).collect()
    };
    upstream.behaviour().tools = (0..60).map(|seed| tool(&seed.to_string(), &noise(seed))).collect();
    let large = get().await;
    assert!(large.status == 502 && large.text.contains("compressed"), "{}", large.text);
    upstream.behaviour().tools =
        vec![tool("one", ""), json!({ "name": "deep", "inputSchema": deep() }), tool("one", "again")];
    assert_eq!(names(&get().await), ["one"]);
    assert_eq!(ada.get(SERVERS).await.status, 200);
}

fn deep() -> Value {
    (0..80).fold(json!({}), |inner, _| json!({ "x": inner }))
}
