//! Common behaviour of the routes: who may call them, and the answers to a wrong method, type, size or body. The table
//! must have all of [`local::ROUTES`], so a new route cannot be added without a row.

use std::collections::BTreeSet;

use e2e::World;
use e2e::client::http;
use langsmith_double::data::ADA_KEY;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;

/// The kind of a route, which determines its behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A public document of this media type.
    Document(&'static str),
    /// Registration: open, JSON.
    Registration,
    /// An OAuth form.
    OAuthForm,
    /// `/mcp`, and the endpoint of an Agent Server.
    Mcp,
    /// A page for a browser, with its status without a query and a cookie.
    Page(u16),
    /// The action of one of our forms.
    Form,
    /// A page whose form has the page's own address; 404 without a sealed link.
    Question,
    /// The registry's JSON API, with its methods. It reads a body of any type as JSON.
    Api(&'static str),
}

const ROUTES: [(&str, Kind); 43] = [
    ("/", Kind::Page(200)),
    ("/health", Kind::Document("text/plain; charset=utf-8")),
    ("/.well-known/oauth-authorization-server", Kind::Document("application/json")),
    ("/.well-known/oauth-authorization-server/mcp", Kind::Document("application/json")),
    ("/.well-known/oauth-authorization-server/mcp/", Kind::Document("application/json")),
    ("/.well-known/oauth-protected-resource", Kind::Document("application/json")),
    ("/.well-known/oauth-protected-resource/mcp", Kind::Document("application/json")),
    ("/.well-known/oauth-protected-resource/mcp/", Kind::Document("application/json")),
    ("/.well-known/oauth-authorization-server/agents/{server}/mcp", Kind::Document("application/json")),
    ("/.well-known/oauth-authorization-server/agents/{server}/mcp/", Kind::Document("application/json")),
    ("/.well-known/oauth-protected-resource/agents/{server}/mcp", Kind::Document("application/json")),
    ("/.well-known/oauth-protected-resource/agents/{server}/mcp/", Kind::Document("application/json")),
    ("/register", Kind::Registration),
    ("/authorize", Kind::Page(400)),
    ("/authorize/answer/{link}", Kind::Page(400)),
    ("/authorize/callback", Kind::Page(400)),
    ("/authorize/consent", Kind::Form),
    ("/authorize/login/key", Kind::Form),
    ("/authorize/login/langsmith", Kind::Form),
    ("/authorize/logout", Kind::Form),
    ("/connections", Kind::Page(200)),
    ("/connections/connect", Kind::Form),
    ("/connections/disconnect", Kind::Form),
    ("/connections/end", Kind::Form),
    ("/connections/end-all", Kind::Form),
    ("/connections/logout", Kind::Form),
    ("/token", Kind::OAuthForm),
    ("/revoke", Kind::OAuthForm),
    ("/jwks.json", Kind::Document("application/json")),
    ("/mcp", Kind::Mcp),
    ("/mcp/", Kind::Mcp),
    ("/agents/answer/{link}", Kind::Question),
    ("/agents/{server}/mcp", Kind::Mcp),
    ("/agents/{server}/mcp/", Kind::Mcp),
    ("/v1/deepagents/openapi.json", Kind::Document("application/json")),
    ("/v1/deepagents/mcp-servers", Kind::Api("GET, HEAD, POST")),
    ("/v1/deepagents/mcp-servers/{id}", Kind::Api("GET, HEAD, PATCH, DELETE")),
    ("/v1/deepagents/mcp-servers/{id}/oauth-provider", Kind::Api("POST")),
    ("/v1/deepagents/auth-providers", Kind::Api("GET, HEAD, POST")),
    ("/v1/deepagents/auth-providers/{id}", Kind::Api("DELETE")),
    ("/v1/deepagents/mcp/tools", Kind::Api("GET, HEAD")),
    ("/api/v1/mcp/tools", Kind::Api("GET, HEAD, DELETE")),
    ("/api/v1/mcp/proxy", Kind::Api("GET, HEAD, POST")),
];

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

impl Kind {
    fn is_read(self) -> bool {
        matches!(self, Self::Document(_) | Self::Page(_))
    }

    fn is_for_browsers(self) -> bool {
        matches!(self, Self::Page(_) | Self::Form | Self::Question)
    }

    fn content_type(self) -> &'static str {
        if matches!(self, Self::Registration | Self::Mcp | Self::Api(_)) { JSON } else { FORM }
    }

    /// The maximum size of a body, in bytes.
    fn limit(self) -> Option<usize> {
        match self {
            // Its limits are tested with its errors, in `tests/registry`.
            Self::Document(_) | Self::Page(_) | Self::Api(_) => None,
            Self::Registration => Some(8 * 1024),
            Self::OAuthForm => Some(16 * 1024),
            Self::Form | Self::Question => Some(64 * 1024),
            Self::Mcp => Some(1024 * 1024),
        }
    }

    fn allow(self) -> &'static str {
        match self {
            Self::Document(_) | Self::Page(_) => "GET, HEAD",
            Self::Mcp => "POST, OPTIONS",
            Self::Question => "GET, HEAD, POST",
            Self::Api(allow) => allow,
            _ => "POST",
        }
    }
}

/// A server that knows an Agent Server, which is down.
async fn world() -> World {
    let agent_servers = vec!["fixture=http://127.0.0.1:9;auth=none".to_owned()];
    World::with(e2e::Options { agent_servers, ..e2e::Options::default() }).await
}

/// The URL of a route.
fn at(world: &World, path: &str) -> String {
    world.at(&path.replace("{server}", "fixture"))
}

/// An answer with its raw bytes, since it may be a page or JSON.
struct Seen {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

async fn send(request: RequestBuilder) -> Seen {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Seen { status, headers, text: response.text().await.unwrap() }
}

impl Seen {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), JSON, "{}", self.text);
        serde_json::from_str(&self.text).unwrap()
    }

    /// Asserts the error format of this kind of route: JSON-RPC, OAuth, or a page with the request id.
    fn assert_error(&self, kind: Kind, what: &str) {
        if kind.is_for_browsers() {
            assert!(self.header("content-type").starts_with("text/html"), "{what}: {}", self.text);
            assert!(self.text.contains(self.header("x-request-id")), "{what}: {}", self.text);
            assert!(self.header("content-security-policy").contains("frame-ancestors 'none'"), "{what}");
            return;
        }
        let body = self.json();
        if kind == Kind::Mcp {
            assert_eq!(body["jsonrpc"], "2.0", "{what}: {body}");
            assert!(body["error"]["code"].is_i64() && body["error"]["message"].is_string(), "{what}: {body}");
        } else {
            assert!(body["error"].is_string() && body["error_description"].is_string(), "{what}: {body}");
            assert_eq!(self.header("cache-control"), "no-store", "{what}");
        }
    }
}

/// A POST that passes the authentication if there is one.
fn post(world: &World, path: &str) -> RequestBuilder {
    let request = http().post(at(world, path));
    if path.ends_with("/mcp") || path.ends_with("/mcp/") {
        request.header("x-api-key", ADA_KEY)
    } else {
        request
    }
}

fn with_body() -> impl Iterator<Item = (&'static str, Kind, usize)> {
    ROUTES.into_iter().filter_map(|(path, kind)| Some((path, kind, kind.limit()?)))
}

#[test]
fn every_route_has_its_row() {
    let served: BTreeSet<_> = local::ROUTES.into_iter().flatten().copied().collect();
    let described: BTreeSet<_> = ROUTES.into_iter().map(|(path, _)| path).collect();
    assert_eq!(served, described);
    assert_eq!(described.len(), ROUTES.len(), "a row is there twice");
}

#[tokio::test]
async fn an_anonymous_caller_gets_what_the_route_is_for() {
    let world = world().await;
    for (path, kind) in ROUTES {
        match kind {
            Kind::Document(media_type) => {
                let seen = send(http().get(at(&world, path))).await;
                assert_eq!((seen.status.as_u16(), seen.header("content-type")), (200, media_type), "{path}");
                assert_eq!(seen.header("access-control-allow-origin"), "*", "{path}");
            }
            Kind::Page(status) => {
                let seen = send(http().get(at(&world, path))).await;
                assert_eq!(seen.status, status, "{path}");
                assert!(seen.header("content-type").starts_with("text/html"), "{path}");
                if status != 200 {
                    seen.assert_error(kind, path);
                }
            }
            // Without a ticket, which only our own pages contain, a form has no effect.
            Kind::Form | Kind::Question => {
                if kind == Kind::Question {
                    let seen = send(http().get(world.at(path))).await;
                    assert_eq!(seen.status, 404, "{path}");
                    seen.assert_error(kind, path);
                }
                let fields = [("decision", "allow"), ("api_key", ADA_KEY), ("workspace", "*")];
                let seen = send(http().post(at(&world, path)).form(&fields)).await;
                assert_eq!(seen.status, 400, "{path}");
                assert!(seen.headers.get("set-cookie").is_none() && seen.headers.get("location").is_none());
                seen.assert_error(kind, path);
            }
            Kind::OAuthForm => {
                let seen = send(http().post(at(&world, path)).form(&[("grant_type", "refresh_token")])).await;
                assert_eq!(
                    (seen.status.as_u16(), &seen.json()["error"]),
                    (400, &"invalid_request".into()),
                    "{path}"
                );
            }
            // Open by RFC 7591: a registration is worth nothing before a person consents.
            Kind::Registration => {
                let body = r#"{"redirect_uris":["https://app.example/cb"]}"#;
                let seen = send(http().post(at(&world, path)).header("content-type", JSON).body(body)).await;
                assert_eq!(seen.status, 201, "{path}");
            }
            Kind::Mcp => challenged(&world, path).await,
            Kind::Api(allow) => {
                for method in allow.split(", ") {
                    let method = Method::from_bytes(method.as_bytes()).unwrap();
                    let seen = send(http().request(method.clone(), at(&world, path)).body("{}")).await;
                    assert_eq!(
                        (seen.status.as_u16(), seen.header("www-authenticate")),
                        (401, "Bearer"),
                        "{path}"
                    );
                    if method != Method::HEAD {
                        assert_eq!(seen.json().as_object().unwrap().len(), 1, "{path}: {}", seen.text);
                    }
                }
            }
        }
    }
}

/// Every method gets the full challenge: clients probe with GET, and a 405 or a bare `Bearer` would end their login.
async fn challenged(world: &World, path: &str) {
    for method in ["POST", "GET", "DELETE", "PUT", "PATCH", "HEAD"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let seen = send(http().request(method.clone(), at(world, path))).await;
        assert_eq!(seen.status, 401, "{method}");
        let scopes = if path.starts_with("/agents/") {
            "agents:run"
        } else {
            "langsmith:read langsmith:write langsmith:publish billing:read agents:run servers:use servers:manage"
        };
        let metadata = at(world, &format!("/.well-known/oauth-protected-resource{path}"));
        let expected = format!("Bearer resource_metadata=\"{metadata}\", scope=\"{scopes}\"");
        assert_eq!(seen.header("www-authenticate"), expected, "{method}");
        assert_eq!(seen.headers.get_all("www-authenticate").iter().count(), 1);
        if method != Method::HEAD {
            seen.assert_error(Kind::Mcp, method.as_str());
        }
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let world = world().await;
    for (path, kind) in ROUTES {
        for name in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"] {
            if kind.allow().split(", ").any(|allowed| allowed == name) {
                continue;
            }
            let method = Method::from_bytes(name.as_bytes()).unwrap();
            let mut request = http().request(method, at(&world, path));
            if kind == Kind::Mcp {
                request = request.header("x-api-key", ADA_KEY);
            }
            let seen = send(request).await;
            assert_eq!((seen.status.as_u16(), seen.header("allow")), (405, kind.allow()), "{name} {path}");
            // People may open the steps of the login directly; the rest is for machines.
            let is_step =
                ["/authorize", "/connections", "/agents/answer"].iter().any(|step| path.starts_with(step));
            if !is_step {
                assert_eq!(seen.header("content-type"), JSON, "{name} {path}");
            } else if name != "HEAD" {
                seen.assert_error(kind, path);
                assert!(seen.text.contains("no page at this address"), "{name} {path}: {}", seen.text);
            }
        }
    }
}

#[tokio::test]
async fn a_wrong_content_type_is_told() {
    let world = world().await;
    for (path, kind, _) in with_body() {
        for media_type in
            ["text/plain", "multipart/form-data; boundary=x", "application/jsonx", "", "application"]
        {
            let seen = send(post(&world, path).header("content-type", media_type).body("{}")).await;
            assert_eq!(seen.status, 415, "{path} {media_type}");
            seen.assert_error(kind, path);
        }
        let other = if kind.content_type() == JSON { FORM } else { JSON };
        assert_eq!(
            send(post(&world, path).header("content-type", other).body("{}")).await.status,
            415,
            "{path}"
        );
        assert_eq!(send(post(&world, path).body("{}")).await.status, 415, "{path} without a type");
        let shouted = format!("{}; charset=UTF-8", kind.content_type().to_uppercase());
        let seen = send(post(&world, path).header("content-type", shouted).body("{}")).await;
        assert_ne!(seen.status, 415, "{path}");
    }
}

#[tokio::test]
async fn a_body_may_be_as_large_as_stated_and_no_larger() {
    let world = world().await;
    for (path, kind, limit) in with_body() {
        let request = || post(&world, path).header("content-type", kind.content_type());
        let seen = send(request().body("x".repeat(limit + 1))).await;
        assert_eq!(seen.status, 413, "{path}");
        seen.assert_error(kind, path);
        assert_eq!(send(request().body("x".repeat(limit))).await.status, 400, "{path}");
    }
}

#[tokio::test]
async fn a_malformed_body_is_400_and_never_html_to_machines() {
    let world = world().await;
    for (path, kind) in [("/register", Kind::Registration), ("/mcp", Kind::Mcp)] {
        let deep = "[".repeat(10_000);
        let deep_object = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
        let bodies: [&[u8]; 14] = [
            b"",
            b"{",
            b"null",
            b"7",
            b"\"text\"",
            b"[]",
            b"{}",
            b"{\"redirect_uris\":",
            b"\x00",
            b"\xff\xfe{}",
            b"{\"redirect_uris\":[\"\xff\"],\"jsonrpc\":\"\xff\"}",
            b"{\"redirect_uris\":7,\"method\":7}",
            deep.as_bytes(),
            deep_object.as_bytes(),
        ];
        for body in bodies {
            if body.len() > kind.limit().unwrap() {
                continue;
            }
            let what = String::from_utf8_lossy(body.get(..40).unwrap_or(body)).into_owned();
            let seen = send(post(&world, path).header("content-type", JSON).body(body.to_vec())).await;
            assert_eq!(seen.status, 400, "{path} {what}");
            seen.assert_error(kind, &what);
        }
    }
    let deep = "[".repeat(8000);
    let seen = send(post(&world, "/register").header("content-type", JSON).body(deep)).await;
    assert_eq!((seen.status.as_u16(), &seen.json()["error"]), (400, &"invalid_client_metadata".into()));
    let hidden = format!(
        r#"{{"redirect_uris":["https://a.example/cb"],"x":{}}}"#,
        "[".repeat(4000) + &"]".repeat(4000)
    );
    let seen = send(post(&world, "/register").header("content-type", JSON).body(hidden)).await;
    assert_eq!(seen.status, 201, "a member that means nothing here is skipped, however deep");
}

#[tokio::test]
async fn forms_take_no_harm_from_bytes_that_are_no_text() {
    let world = world().await;
    let bodies: [&[u8]; 6] =
        [b"", b"%00=%00&\x00=\x00", b"\xff\xfe=\xff", b"client_id=%ff%fe&token=%00", b"&&&==&%", b"{}"];
    for (path, kind, _) in with_body().filter(|(_, kind, _)| kind.content_type() == FORM) {
        for body in bodies {
            let seen = send(post(&world, path).header("content-type", FORM).body(body.to_vec())).await;
            // RFC 7009 section 2.2: an unintelligible token gets the same answer as a revoked one.
            if path == "/revoke" && seen.status == 200 {
                assert!(seen.text.is_empty(), "{path} {body:?}");
                continue;
            }
            assert_eq!(seen.status, 400, "{path} {body:?}");
            seen.assert_error(kind, path);
        }
    }
}

#[tokio::test]
async fn preflights_are_answered_without_a_credential() {
    let world = world().await;
    // Clients probe for OpenID documents, too; without CORS a browser would hide even the 404.
    let unknown = [("/.well-known/openid-configuration", Kind::Document(JSON))];
    for (path, kind) in ROUTES.into_iter().chain(unknown) {
        let preflight = http()
            .request(Method::OPTIONS, at(&world, path))
            .header("origin", "https://app.example")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,mcp-protocol-version");
        let seen = send(preflight).await;
        assert!(seen.status.is_success(), "{path}: {}", seen.status);
        assert_eq!(seen.header("access-control-allow-origin"), "*", "{path}");
        for method in ["GET", "POST", "DELETE"] {
            assert!(seen.header("access-control-allow-methods").contains(method), "{path}");
        }
        let allowed = seen.header("access-control-allow-headers");
        for name in
            "authorization content-type accept mcp-protocol-version mcp-method mcp-name mcp-session-id \
                     last-event-id x-api-key"
                .split(' ')
        {
            assert!(allowed.split(", ").any(|allowed| allowed == name), "{path}: {allowed}");
        }
        assert!(seen.headers.get("access-control-allow-credentials").is_none(), "{path}");
        if kind.is_for_browsers() {
            continue;
        }
        let method = if kind.is_read() { Method::GET } else { Method::POST };
        let seen = send(http().request(method, at(&world, path))).await;
        assert_eq!(seen.header("access-control-allow-origin"), "*", "{path}");
        for name in ["www-authenticate", "mcp-protocol-version", "mcp-session-id"] {
            assert!(seen.header("access-control-expose-headers").contains(name), "{path}");
        }
    }
}

#[tokio::test]
async fn pages_with_a_cookie_are_readable_for_no_other_origin() {
    let world = world().await;
    for (path, _) in ROUTES.into_iter().filter(|(_, kind)| kind.is_for_browsers()) {
        for method in [Method::GET, Method::POST] {
            let request = http().request(method, at(&world, path)).header("origin", "https://evil.example");
            assert!(send(request).await.headers.get("access-control-allow-origin").is_none(), "{path}");
        }
    }
}

#[tokio::test]
async fn every_answer_has_a_request_id_of_its_own() {
    let world = world().await;
    let mut ids = BTreeSet::new();
    let paths = ROUTES.into_iter().map(|(path, _)| path).chain(["/nothing", "/mcp/x", "/%00", "//"]);
    for path in paths {
        for name in ["GET", "POST", "OPTIONS", "DELETE"] {
            let method = Method::from_bytes(name.as_bytes()).unwrap();
            let request =
                http().request(method, at(&world, path)).header("x-request-id", "the-caller-chose-this");
            let seen = send(request).await;
            let id = seen.header("x-request-id").to_owned();
            assert_eq!(seen.headers.get_all("x-request-id").iter().count(), 1, "{name} {path}");
            assert!(id.len() >= 8 && id != "the-caller-chose-this", "{name} {path}: {id}");
            assert!(ids.insert(id), "{name} {path}");
        }
    }
}

#[tokio::test]
async fn unknown_paths_are_404_in_json() {
    let world = world().await;
    let nothing =
        ["/nothing", "/mcp/x", "/.well-known/openid-configuration", "/.env", "/authorize/", "/token/x"];
    for path in nothing.into_iter().chain(["/%00", "/MCP", "/%2Fmcp", "/mcp%00"]) {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let seen = send(http().request(method, at(&world, path))).await;
            assert_eq!(seen.status, 404, "{path}");
            seen.assert_error(Kind::Document(JSON), path);
        }
    }
}

#[tokio::test]
async fn no_answer_invites_sniffing() {
    let world = world().await;
    for (path, kind) in ROUTES {
        let method = if kind.is_read() { Method::GET } else { Method::POST };
        let seen = send(http().request(method, at(&world, path))).await;
        assert_eq!(seen.header("x-content-type-options"), "nosniff", "{path}");
    }
}
