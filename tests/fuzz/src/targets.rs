//! The targets, and what no bytes may change.

use std::collections::BTreeSet;

use kit::request;
use mcp_client::{AnswerForm, ToolList, read_page};
use oauth::redirect::RedirectUri;
use outbound::address::is_public;
use outbound::{GuardPolicy, GuardedUrl};
use serde_json::{Value, json};
use shared::mcp::scopes::TOOL_SCOPES;
use url::form_urlencoded::byte_serialize;
use url::{Host, Url};

use crate::server::{Answer, REDIRECT_URI, Server};

/// A parser of bytes from strangers.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, and that of its folder in the corpus.
    pub name: &'static str,
    /// Feeds it.
    ///
    /// # Panics
    /// When the answer breaks a promise.
    pub feed: fn(&Server, &[u8]),
}

/// Every target.
pub const TARGETS: [Target; 11] = [
    Target { name: "redirect_uri", feed: redirect_uri },
    Target { name: "registration", feed: registration },
    Target { name: "authorization_query", feed: authorization_query },
    Target { name: "token_form", feed: token_form },
    Target { name: "refresh_token", feed: refresh_token },
    Target { name: "cookie", feed: cookie },
    Target { name: "access_token", feed: access_token },
    Target { name: "message", feed: message },
    Target { name: "arguments", feed: arguments },
    Target { name: "guarded_url", feed: guarded_url },
    Target { name: "server_answer", feed: server_answer },
];

/// An API key that the double knows.
const KEY: &[u8] = b"lsv2_pt_demo";

/// The tools whose arguments are read. The first byte of an input is the place in this list: a new tool goes to its
/// end.
pub const TOOLS: [&str; TOOL_SCOPES.len()] = [
    "list_projects",
    "fetch_runs",
    "get_thread_history",
    "list_datasets",
    "read_dataset",
    "create_dataset",
    "list_examples",
    "read_example",
    "update_examples",
    "list_experiments",
    "run_experiment",
    "list_prompts",
    "get_prompt_by_name",
    "push_prompt",
    "get_billing_usage",
    "list_workspaces",
];

/// What is accepted reads the same again, and leads nowhere that runs a script or reads a file.
fn redirect_uri(_: &Server, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(uri) = RedirectUri::parse(text) else { return };
    assert_eq!(RedirectUri::parse(uri.as_str()).ok().as_ref().map(RedirectUri::as_str), Some(uri.as_str()));
    let scheme = uri.as_str().split(':').next().unwrap_or_default().to_ascii_lowercase();
    let never = ["javascript", "data", "vbscript", "file", "blob", "about", "view-source", "filesystem"];
    assert!(!never.contains(&scheme.as_str()), "{text}");
    // It is copied into a header as it is; where a page shows it, it is escaped.
    assert!(uri.as_str().bytes().all(|byte| byte.is_ascii_graphic()), "{text:?}");
    let _ = uri.destination();
}

fn registration(server: &Server, bytes: &[u8]) {
    let Some(answer) = server.post("/register", "application/json", &[], bytes.to_vec()) else { return };
    let body = as_json(&answer);
    match answer.status.as_u16() {
        201 => assert!(body["client_id"].is_string() && body.get("client_secret").is_none(), "{body}"),
        _ => assert!(answer.status.is_client_error() && body["error"].is_string(), "{answer:?}"),
    }
}

/// The browser is sent to the client's own redirect URI or shown a page of ours, and never anywhere else.
fn authorization_query(server: &Server, bytes: &[u8]) {
    let raw = String::from_utf8_lossy(bytes);
    let query: String =
        raw.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '#' | '"' | '<' | '>')).collect();
    let query = query.replace("CLIENT", &server.client_id);
    let Some(answer) = server.get(&format!("/authorize?{query}"), &[]) else { return };
    assert!(!answer.status.is_server_error(), "{answer:?}");
    let location = answer.header("location");
    let is_ours = location.is_empty() || (location.starts_with('/') && !location.starts_with("//"));
    assert!(is_ours || without_port(location) == without_port(REDIRECT_URI), "{location}");
}

/// A loopback redirect URI may have any port (RFC 8252 section 7.3); the query is the answer.
fn without_port(uri: &str) -> Option<String> {
    let mut uri = Url::parse(uri).ok()?;
    uri.set_port(None).ok()?;
    uri.set_query(None);
    Some(uri.into())
}

fn token_form(server: &Server, bytes: &[u8]) {
    let body = String::from_utf8_lossy(bytes).replace("CLIENT", &server.client_id);
    let Some(answer) = server.post("/token", "application/x-www-form-urlencoded", &[], body.into_bytes())
    else {
        return;
    };
    no_token(&answer);
}

fn refresh_token(server: &Server, bytes: &[u8]) {
    let token: String = byte_serialize(bytes).collect();
    for form in [
        format!("grant_type=refresh_token&client_id={}&refresh_token={token}", server.client_id),
        format!("grant_type=authorization_code&client_id={}&code_verifier=x&code={token}", server.client_id),
    ] {
        let answer = server.post("/token", "application/x-www-form-urlencoded", &[], form.into_bytes());
        no_token(&answer.unwrap());
    }
    let form = format!("token={token}&client_id={}", server.client_id).into_bytes();
    let answer = server.post("/revoke", "application/x-www-form-urlencoded", &[], form).unwrap();
    assert!(!answer.status.is_server_error(), "{answer:?}");
}

/// Nobody is logged in, whatever the cookies say.
fn cookie(server: &Server, bytes: &[u8]) {
    let value = [b"langsmith-mcp-loopback=", bytes].concat();
    for header in [bytes, &value] {
        let Some(answer) = server.get("/connections", &[("cookie", header)]) else { continue };
        assert!(!answer.status.is_server_error(), "{answer:?}");
        let page = String::from_utf8_lossy(&answer.body);
        assert!(!page.contains("/connections/end-all"), "{page}");
    }
}

/// No bytes are an access token or a key.
fn access_token(server: &Server, bytes: &[u8]) {
    let list = request("tools/list", &json!({})).to_string();
    let bearer = [b"Bearer ", bytes].concat();
    let sent = server.post("/mcp", "application/json", &[("authorization", &bearer)], list.into_bytes());
    let Some(answer) = sent else { return };
    assert_eq!(answer.status.as_u16(), 401, "{answer:?}");
    assert!(answer.header("www-authenticate").starts_with("Bearer "), "{answer:?}");
}

fn message(server: &Server, bytes: &[u8]) {
    let Some(answer) = server.post("/mcp", "application/json", &[("x-api-key", KEY)], bytes.to_vec()) else {
        return;
    };
    assert!(!answer.status.is_server_error(), "{answer:?}");
    if !answer.body.is_empty() {
        json_rpc(&as_json(&answer));
    }
}

/// The first byte chooses the tool, the rest is its arguments.
fn arguments(server: &Server, bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let Ok(arguments) = std::str::from_utf8(rest) else { return };
    let tool = TOOLS[usize::from(*first) % TOOLS.len()];
    let message = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}"#
    );
    let sent = server.post("/mcp", "application/json", &[("x-api-key", KEY)], message.into_bytes());
    let answer = sent.unwrap();
    assert!(!answer.status.is_server_error(), "{answer:?}");
    let body = as_json(&answer);
    json_rpc(&body);
    let kind = body.pointer("/result/structuredContent/kind").and_then(Value::as_str);
    assert_ne!(kind, Some("auth"), "{body}");
}

/// What is accepted reads the same again, is a public https URL without user, and has one canonical text.
fn guarded_url(_: &Server, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(guarded) = GuardedUrl::parse(text, GuardPolicy::PublicHttps) else { return };
    let url = guarded.as_url();
    assert_eq!(GuardedUrl::parse(url.as_str(), GuardPolicy::PublicHttps).as_ref(), Ok(&guarded), "{text:?}");
    assert!(url.scheme() == "https" && url.username().is_empty() && url.password().is_none(), "{text:?}");
    let is_allowed = match url.host().unwrap() {
        Host::Domain(name) => name.contains('.') && !name.ends_with('.') && !name.ends_with(".localhost"),
        Host::Ipv4(address) => is_public(address.into()),
        Host::Ipv6(address) => is_public(address.into()),
    };
    assert!(is_allowed, "{text:?}");
    let canonical = guarded.canonical();
    let again = GuardedUrl::parse(&canonical, GuardPolicy::PublicHttps).unwrap();
    assert_eq!(again.canonical(), canonical, "{text:?}");
}

/// The answer of a server that somebody registered is a list within the limits or refused, in whatever parts it arrives;
/// a message says the same in a stream.
fn server_answer(_: &Server, bytes: &[u8]) {
    let whole = read_page(AnswerForm::Events, &[bytes]);
    for size in [1, 2, 7] {
        let parts: Vec<_> = bytes.chunks(size).collect();
        let read = read_page(AnswerForm::Events, &parts);
        assert_eq!(format!("{read:?}"), format!("{whole:?}"), "in parts of {size}");
    }
    if let Ok(list) = &whole {
        tools(list, bytes);
    }
    let Ok(list) = read_page(AnswerForm::Json, &[bytes]) else { return };
    tools(&list, bytes);
    let lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r'));
    let stream: Vec<u8> = lines.flat_map(|line| [b"data: ", line, b"\n"]).flatten().copied().collect();
    let streamed = read_page(AnswerForm::Events, &[&stream, b"\n"]).unwrap();
    assert_eq!(names(&streamed), names(&list));
    assert_eq!((streamed.left_out, streamed.ttl), (list.left_out, list.ttl));
}

/// Each name is short and there once, and no more was kept than was sent.
fn tools(list: &ToolList, bytes: &[u8]) {
    let unique: BTreeSet<_> = names(list).into_iter().collect();
    assert!(unique.len() == list.tools.len() && unique.len() + list.left_out <= 10_000, "{list:?}");
    assert!(list.tools.iter().map(|tool| tool.json.get().len()).sum::<usize>() <= bytes.len(), "{list:?}");
    for tool in &list.tools {
        assert!((1..=128).contains(&tool.name.chars().count()), "{tool:?}");
        assert!(!tool.name.chars().any(char::is_control), "{tool:?}");
        // A number may be too large for a `Value`.
        if let Ok(json) = serde_json::from_str::<Value>(tool.json.get()) {
            assert!(json["name"] == tool.name && json["inputSchema"].is_object(), "{tool:?}");
        }
    }
}

fn names(list: &ToolList) -> Vec<&str> {
    list.tools.iter().map(|tool| tool.name.as_str()).collect()
}

fn no_token(answer: &Answer) {
    let body = as_json(answer);
    assert!(answer.status.is_client_error() && body["error"].is_string(), "{answer:?}");
    assert!(body.get("access_token").is_none() && body.get("refresh_token").is_none(), "{body}");
}

fn json_rpc(body: &Value) {
    let one = |answer: &Value| {
        assert_eq!(answer["jsonrpc"], "2.0", "{answer}");
        assert!(answer.get("result").is_some() != answer.get("error").is_some(), "{answer}");
    };
    match body {
        Value::Array(all) => all.iter().for_each(one),
        answer => one(answer),
    }
}

fn as_json(answer: &Answer) -> Value {
    assert!(answer.header("content-type").starts_with("application/json"), "{answer:?}");
    serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("not JSON: {answer:?}"))
}
