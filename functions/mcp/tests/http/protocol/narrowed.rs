//! Read-only and selected tools, by `X-MCP-Readonly`, `X-MCP-Toolsets` and `X-MCP-Tools`, and by the query of the URL.

use axum::body::Body;
use http::{Method, Request, Uri};
use oauth::scope::Scope;
use serde_json::{Value, json};
use shared::mcp::scopes::{TOOL_SCOPES, tool_scope};
use shared::mcp::toolsets::{TOOLSETS, tools_of};

use crate::support::{Answer, Server, bare, modern, post};

type Headers<'a> = &'a [(&'a str, &'a str)];

fn narrowed(mut request: Request<Body>, headers: Headers<'_>, query: &str) -> Request<Body> {
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().unwrap();
        request.headers_mut().append(name, value.parse().unwrap());
    }
    if !query.is_empty() {
        *request.uri_mut() = Uri::try_from(format!("/mcp?{query}")).unwrap();
    }
    request
}

/// A legacy request of `bearer` to `/mcp?query` with these headers.
async fn ask(server: &Server, bearer: &str, body: &Value, headers: Headers<'_>, query: &str) -> Answer {
    server.send(narrowed(post(bearer).body(body.to_string().into()).unwrap(), headers, query)).await
}

fn message(method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

fn call(tool: &str, arguments: &Value) -> Value {
    message("tools/call", &json!({"name": tool, "arguments": arguments}))
}

async fn list(server: &Server, headers: Headers<'_>, query: &str) -> Vec<Value> {
    let answer = ask(server, "ada", &message("tools/list", &json!({})), headers, query).await;
    answer.result()["tools"].as_array().unwrap().clone()
}

fn names(tools: &[Value]) -> Vec<&str> {
    tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

fn readers(tools: &[Value]) -> Vec<Value> {
    tools.iter().filter(|tool| tool["annotations"]["readOnlyHint"] == true).cloned().collect()
}

#[tokio::test]
async fn the_hints_of_the_tools_agree_with_their_scopes() {
    let server = Server::start().await;
    for tool in list(&server, &[], "").await {
        let writes = tool_scope(tool["name"].as_str().unwrap()) == Some(Scope::LangsmithWrite);
        assert_eq!(tool["annotations"]["readOnlyHint"], !writes, "{}", tool["name"]);
    }
}

#[tokio::test]
async fn every_listed_tool_belongs_to_exactly_one_toolset() {
    let server = Server::start().await;
    let all = list(&server, &[], "").await;
    let mut seen = Vec::new();
    for (toolset, tools) in TOOLSETS {
        let by_header = list(&server, &[("x-mcp-toolsets", toolset)], "").await;
        assert_eq!(list(&server, &[], &format!("toolsets={toolset}")).await, by_header);
        let mut expected = tools.to_vec();
        let mut found = names(&by_header);
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{toolset}");
        seen.extend(by_header);
    }
    let mut seen = names(&seen);
    let mut expected = names(&all);
    seen.sort_unstable();
    expected.sort_unstable();
    assert_eq!(seen, expected);
}

#[test]
fn the_page_for_users_has_every_toolset() {
    let page = include_str!("../../../../../docs/clients/select-tools.md");
    for (toolset, tools) in TOOLSETS {
        let row = format!("| `{toolset}` | `{}` |", tools.join("`, `"));
        assert!(page.contains(&row), "docs/clients/select-tools.md lacks the row {row}");
    }
}

#[tokio::test]
async fn a_read_only_list_has_the_tools_that_only_read() {
    let server = Server::start().await;
    let readers = readers(&list(&server, &[], "").await);
    assert!(!readers.is_empty());
    for (headers, query) in [
        (&[("x-mcp-readonly", "true")][..], ""),
        (&[("X-MCP-Readonly", "1")], ""),
        (&[("x-mcp-readonly", "true"), ("x-mcp-readonly", "true")], ""),
        (&[("x-mcp-readonly", "false")], "readonly=true"),
        (&[("x-mcp-readonly", "TRUE")], "readonly=false"),
        (&[], "readonly"),
        (&[], "readOnly=1"),
        (&[("x-mcp-toolsets", "all")], "read_only=true&utm=x"),
    ] {
        assert_eq!(list(&server, headers, query).await, readers, "{headers:?} {query}");
    }
    let request = narrowed(modern("tools/list", json!({}), &[]), &[("x-mcp-readonly", "true")], "");
    assert_eq!(server.send(request).await.result()["tools"], json!(readers));
}

#[tokio::test]
async fn toolsets_and_tools_add_up_and_the_two_ways_meet() {
    let server = Server::start().await;
    let both = [("x-mcp-toolsets", "runs, experiments"), ("x-mcp-tools", "push_prompt")];
    for (headers, query, expected) in [
        (&both[..], "", of(&["runs", "experiments"], &["push_prompt"], false)),
        (&both, "readonly", of(&["runs", "experiments"], &["push_prompt"], true)),
        (&both, "toolsets=runs,billing", of(&["runs"], &[], false)),
        (&both, "tools=push_prompt&tools=list_projects", of(&[], &["push_prompt"], false)),
        (&both, "toolsets=billing", of(&[], &[], false)),
    ] {
        assert_eq!(names(&list(&server, headers, query).await), expected, "{headers:?} {query}");
    }
}

/// These toolsets and tools, in the order of the list.
fn of(toolsets: &[&str], tools: &[&str], is_read_only: bool) -> Vec<&'static str> {
    let is_in = |tool: &str| {
        tools.contains(&tool) || toolsets.iter().any(|toolset| tools_of(toolset).unwrap().contains(&tool))
    };
    let allowed = |scope: Scope| !is_read_only || scope != Scope::LangsmithWrite;
    let all = TOOL_SCOPES.into_iter();
    all.filter(|(tool, scope)| is_in(tool) && allowed(*scope)).map(|(tool, _)| tool).collect()
}

#[tokio::test]
async fn who_selects_nothing_or_everything_gets_the_usual_answers() {
    let server = Server::start().await;
    let methods = [message("tools/list", &json!({})), message("initialize", &json!({}))];
    for (headers, query) in [
        (&[("x-mcp-readonly", ""), ("x-mcp-toolsets", " "), ("x-mcp-tools", ",")][..], ""),
        (&[("x-mcp-readonly", "false")], "readonly=0&toolsets=&tools="),
        (&[], "source=docs"),
    ] {
        for body in &methods {
            let usual = ask(&server, "ada", body, &[], "").await;
            assert_eq!(
                ask(&server, "ada", body, headers, query).await.body,
                usual.body,
                "{headers:?} {query}"
            );
        }
    }
    let usual = ask(&server, "ada", &methods[0], &[], "").await;
    for name in ["all", "default"] {
        let everything = ask(&server, "ada", &methods[0], &[("x-mcp-toolsets", name)], "").await;
        assert_eq!(everything.body, usual.body);
    }
}

#[tokio::test]
async fn a_tool_that_is_switched_off_says_so_and_asks_nobody() {
    let server = Server::start().await;
    let create = call("create_dataset", &json!({"dataset_name": "never"}));
    for (headers, query, reason) in [
        (&[("x-mcp-readonly", "true")][..], "", "read-only"),
        (&[], "readonly=true", "read-only"),
        (&[("x-mcp-toolsets", "runs")], "", "not among the tools"),
        (&[("x-mcp-tools", "fetch_runs")], "", "not among the tools"),
        (&[("x-mcp-tools", "create_dataset")], "toolsets=runs", "not among the tools"),
        (&[("x-mcp-tools", "create_dataset"), ("x-mcp-readonly", "true")], "", "read-only"),
    ] {
        for bearer in ["ada", "ada-key", "ada-reader"] {
            let answer = ask(&server, bearer, &create, headers, query).await;
            assert!(answer.headers.get("www-authenticate").is_none(), "no step-up: {answer:?}");
            let error = answer.tool_error();
            assert_eq!((&error["kind"], &error["retryable"]), (&json!("forbidden"), &json!(false)));
            let text = error["error"].as_str().unwrap();
            assert!(text.starts_with("create_dataset is switched off") && text.contains(reason), "{text}");
        }
    }
    let request = modern("tools/call", json!({"name": "push_prompt", "arguments": {}}), &[]);
    let request = narrowed(request, &[("x-mcp-readonly", "true")], "");
    assert_eq!(server.send(request).await.tool_error()["kind"], "forbidden");
    assert!(server.langsmith().requests().is_empty());
    let unknown =
        ask(&server, "ada", &call("no_such_tool", &json!({})), &[("x-mcp-readonly", "true")], "").await;
    assert_eq!(unknown.error(200), -32602);
}

#[tokio::test]
async fn what_is_left_works_as_usual() {
    let server = Server::start().await;
    let projects = call("list_projects", &json!({"limit": 1}));
    let usual = ask(&server, "ada", &projects, &[], "").await;
    for (headers, query) in [
        (&[("x-mcp-readonly", "true")][..], ""),
        (&[("x-mcp-tools", "list_projects")], "toolsets=projects&readonly"),
    ] {
        assert_eq!(ask(&server, "ada", &projects, headers, query).await.body, usual.body);
    }
    let create = call("create_dataset", &json!({"dataset_name": "selected"}));
    assert_eq!(
        ask(&server, "ada", &create, &[("x-mcp-tools", "create_dataset")], "").await.result()["isError"],
        false
    );
}

#[tokio::test]
async fn selecting_a_tool_gives_nobody_its_scope() {
    let server = Server::start().await;
    let create = call("create_dataset", &json!({"dataset_name": "never"}));
    for (headers, query) in [
        (&[("x-mcp-tools", "create_dataset")][..], ""),
        (&[("x-mcp-toolsets", "all"), ("x-mcp-readonly", "false")], "tools=create_dataset&readonly=false"),
    ] {
        let answer = ask(&server, "ada-reader", &create, headers, query).await;
        assert_eq!(answer.error(403), 403);
        assert!(answer.header("www-authenticate").contains("scope=\"langsmith:read langsmith:write\""));
    }
    assert!(server.langsmith().requests().is_empty());
}

#[tokio::test]
async fn a_batch_is_narrowed_as_one_message_is() {
    let server = Server::start().await;
    let batch = json!([
        message("tools/list", &json!({})),
        call("create_dataset", &json!({"dataset_name": "never"})),
        call("list_projects", &json!({"limit": 1})),
    ]);
    let read_only = [("x-mcp-readonly", "true")];
    let answer = ask(&server, "ada-reader", &batch, &read_only, "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let answers = answer.json();
    assert_eq!(answers[0]["result"]["tools"], json!(list(&server, &read_only, "").await));
    assert_eq!(answers[1]["result"]["structuredContent"]["kind"], "forbidden");
    assert_eq!(answers[2]["result"]["isError"], false);
    assert_eq!(ask(&server, "ada-reader", &batch, &[], "").await.error(403), 403);
}

#[tokio::test]
async fn unknown_names_are_refused_with_the_nearest() {
    let server = Server::start().await;
    let ping = message("ping", &json!({}));
    for (headers, query, told) in [
        (
            &[("x-mcp-toolsets", "run")][..],
            "",
            "unknown toolset: \"run\". Did you mean runs? Known toolsets: projects, runs,",
        ),
        (&[], "toolsets=Datasets", "Did you mean datasets?"),
        (&[("x-mcp-tools", "fetch_run")], "", "unknown tool: \"fetch_run\". Did you mean fetch_runs?"),
        (&[], "tools=x%22y", "unknown tool: \"x\"y\". Known tools: get_thread_history,"),
        (&[("x-mcp-tools", "zzz")], "readonly", &format!("{}.", TOOL_SCOPES[TOOL_SCOPES.len() - 1].0)),
    ] {
        let answer = ask(&server, "ada", &ping, headers, query).await;
        assert_eq!(answer.error(400), 400);
        let body = answer.json();
        let text = body["error"]["message"].as_str().unwrap();
        assert!(text.contains(told), "{told:?} is not in {text}");
    }
    let long = "fetch_runs,".repeat(300);
    for (headers, query) in
        [(&[("x-mcp-tools", long.as_str())][..], String::new()), (&[], format!("tools={long}"))]
    {
        assert_eq!(ask(&server, "ada", &ping, headers, &query).await.error(400), 400);
    }
    let nobody = ask(&server, "nobody", &ping, &[("x-mcp-tools", "zzz")], "").await;
    assert_eq!(nobody.error(401), 401, "who calls comes first");
}

#[tokio::test]
async fn the_instructions_recommend_no_tool_that_is_switched_off() {
    let server = Server::start().await;
    let all = list(&server, &[], "").await;
    let initialize = message("initialize", &json!({"protocolVersion": "2025-11-25"}));
    for (headers, on) in [
        (&[("x-mcp-readonly", "true")][..], names(&readers(&all))),
        (&[("x-mcp-toolsets", "billing")], vec!["get_billing_usage"]),
        (&[("x-mcp-tools", "fetch_runs")], vec!["fetch_runs"]),
    ] {
        let legacy = ask(&server, "ada", &initialize, headers, "").await.result()["instructions"].clone();
        let request = narrowed(modern("server/discover", json!({}), &[]), headers, "");
        let discovered = server.send(request).await.result();
        assert_eq!((&discovered["instructions"], &discovered["ttlMs"]), (&legacy, &json!(0)));
        let text = legacy.as_str().unwrap();
        assert!(text.contains(&format!("only these tools switched on: {}.", on.join(", "))), "{text}");
        for paragraph in text.split("\n\n") {
            let named: Vec<_> = names(&all).into_iter().filter(|tool| paragraph.contains(tool)).collect();
            assert!(named.is_empty() || named.iter().any(|tool| on.contains(tool)), "{paragraph}");
        }
    }
}

#[tokio::test]
async fn only_what_the_url_selects_may_be_kept() {
    let server = Server::start().await;
    for (headers, query, ttl) in [
        (&[][..], "", 300_000),
        (&[], "readonly=true", 300_000),
        (&[("x-mcp-readonly", "false")], "", 300_000),
        (&[("x-mcp-readonly", "true")], "", 0),
        (&[("x-mcp-tools", "fetch_runs")], "readonly", 0),
    ] {
        let request = narrowed(modern("tools/list", json!({}), &[]), headers, query);
        let list = server.send(request).await.result();
        assert_eq!(
            (&list["ttlMs"], &list["cacheScope"]),
            (&json!(ttl), &json!("private")),
            "{headers:?} {query}"
        );
        assert_eq!(list["resultType"], "complete");
        assert!(list["_meta"]["io.modelcontextprotocol/serverInfo"].is_object());
    }
}

#[tokio::test]
async fn a_page_may_send_the_headers() {
    let server = Server::start().await;
    let answer = server.send(bare(Method::OPTIONS).body(Body::empty()).unwrap()).await;
    let allowed = answer.header("access-control-allow-headers");
    for name in ["x-mcp-readonly", "x-mcp-toolsets", "x-mcp-tools"] {
        assert!(allowed.split(", ").any(|header| header == name), "{allowed}");
    }
}

#[tokio::test]
async fn a_challenge_leads_to_the_metadata_of_the_whole_url() {
    let server = Server::start().await;
    let ping = message("ping", &json!({}));
    for (query, ending) in [
        ("readonly=true&tools=a,b", "/mcp?readonly=true&tools=a,b\""),
        ("readonly", "/mcp?readonly\""),
        ("a|b", "/mcp\""),
    ] {
        let answer = ask(&server, "nobody", &ping, &[], query).await;
        let challenge = answer.header("www-authenticate");
        assert!(challenge.contains(&format!(".well-known/oauth-protected-resource{ending}")), "{challenge}");
    }
}
