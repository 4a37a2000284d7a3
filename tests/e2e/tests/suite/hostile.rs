//! Input from attackers, broken proxies and careless clients in place of credentials, addresses and names.

use e2e::client::http;
use e2e::mcp::{bearer, call, headers, projects};
use e2e::{Answer, Choice, Login, World};
use langsmith_double::data::ADA_KEY;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A 401 with one full challenge and a JSON-RPC body.
fn assert_challenged(answer: &Answer, world: &World, error: Option<&str>) {
    assert_eq!(answer.status, 401, "{}", answer.body);
    assert_eq!(answer.headers.get_all("www-authenticate").iter().count(), 1);
    let challenge = answer.headers["www-authenticate"].to_str().unwrap();
    let metadata = world.at("/.well-known/oauth-protected-resource/mcp");
    assert!(challenge.starts_with("Bearer "), "{challenge}");
    assert!(challenge.contains(&format!("resource_metadata=\"{metadata}\"")), "{challenge}");
    assert!(
        challenge
            .contains("scope=\"langsmith:read langsmith:write langsmith:publish billing:read agents:run servers:use servers:manage\""),
        "{challenge}"
    );
    assert_eq!(challenge.contains("error="), error.is_some(), "{challenge}");
    assert!(error.is_none_or(|error| challenge.contains(&format!("error=\"{error}\""))), "{challenge}");
    assert_eq!(answer.body["jsonrpc"], "2.0", "{}", answer.body);
}

async fn list(world: &World, caller: HeaderMap) -> Answer {
    call(world.url(), caller, "list_projects", json!({ "limit": 1 })).await
}

async fn access(world: &World) -> String {
    world.client().await.connect(&world.browser(), Login::Key(ADA_KEY)).await.access
}

#[tokio::test]
async fn a_malformed_authorization_is_challenged_in_full() {
    let world = World::start().await;
    let token = access(&world).await;
    let long = format!("Bearer {}", "x".repeat(16_000));
    let values = [
        "Bearer",
        "Bearer ",
        "Bearer  ",
        "bearer",
        "Bearer,",
        "garbage",
        "Basic YTpi",
        "Token abc",
        "Bearer a b",
        "Bearer a.b.c",
        "Bearer ..",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Bearer null",
        &format!("Bearer {ADA_KEY}"),
        &format!("Basic {token}"),
        &format!("Bearer {token}x"),
        &format!("Bearer {token},"),
        &format!("Bearer {token} {token}"),
        &format!("Bearer{token}"),
        &format!("Bearer \"{token}\""),
        &token,
        &long,
    ];
    for value in values {
        let answer = list(&world, headers(&[("authorization", value)])).await;
        assert_challenged(&answer, &world, Some("invalid_token"));
    }
    let bytes = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_bytes(b"Bearer \xff\xfe").unwrap())]);
    assert_challenged(&list(&world, bytes).await, &world, Some("invalid_token"));
}

#[tokio::test]
async fn the_case_of_the_scheme_does_not_matter() {
    let world = World::start().await;
    let token = access(&world).await;
    for scheme in ["bearer", "BEARER", "bEaReR"] {
        let answer = list(&world, headers(&[("authorization", &format!("{scheme} {token}"))])).await;
        assert_eq!(answer.status, 200, "{scheme}");
    }
}

#[tokio::test]
async fn a_token_in_the_address_or_the_body_is_none() {
    let world = World::start().await;
    let token = access(&world).await;
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    for name in ["access_token", "token", "api_key", "x-api-key"] {
        for value in [token.as_str(), ADA_KEY] {
            let url = world.at(&format!("/mcp?{name}={value}"));
            let answer = e2e::client::answer(http().post(url).json(&message).send().await.unwrap()).await;
            assert_challenged(&answer, &world, None);
        }
    }
}

/// With two of them, the front door might check one and the server use the other (RFC 9110 section 5.3).
#[tokio::test]
async fn two_authorization_headers_are_refused() {
    let world = World::start().await;
    let token = access(&world).await;
    for (first, second) in [(token.as_str(), "other"), ("other", &token), (&token, &token)] {
        let mut caller = bearer(first);
        caller.append(AUTHORIZATION, format!("Bearer {second}").parse().unwrap());
        assert_challenged(&list(&world, caller).await, &world, Some("invalid_token"));
    }
}

#[tokio::test]
async fn a_bad_bearer_is_not_saved_by_a_good_key() {
    let world = World::start().await;
    let caller = headers(&[("authorization", "Bearer nonsense"), ("x-api-key", ADA_KEY)]);
    assert_challenged(&list(&world, caller).await, &world, Some("invalid_token"));
}

#[tokio::test]
async fn tokens_are_not_taken_for_each_other() {
    let world = World::start().await;
    let client = world.client().await;
    let redirect = client.authorize(&world.browser(), Login::Key(ADA_KEY), &Choice::default()).await;
    let code = client.code(&redirect);
    assert_challenged(&list(&world, bearer(&code)).await, &world, Some("invalid_token"));
    assert_eq!(client.refresh(&code).await.error(), "invalid_grant");
    let tokens = client.exchange(&code).await.tokens();
    assert_challenged(&list(&world, bearer(&tokens.refresh)).await, &world, Some("invalid_token"));
    assert_eq!(client.refresh(&tokens.access).await.error(), "invalid_grant");
    assert_eq!(client.exchange(&tokens.refresh).await.error(), "invalid_grant");
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
    client.refresh(&tokens.refresh).await.tokens();
}

#[tokio::test]
async fn a_changed_token_is_garbage_and_harms_nobody() {
    let world = World::start().await;
    let client = world.client().await;
    let tokens = client.connect(&world.browser(), Login::Key(ADA_KEY)).await;
    for at in [6, tokens.refresh.len() / 2, tokens.refresh.len() - 2] {
        let changed = changed_at(&tokens.refresh, at);
        assert_eq!(client.refresh(&changed).await.error(), "invalid_grant");
        assert_eq!(client.revoke(&changed).await.status, 200);
    }
    let dot = tokens.access.find('.').unwrap();
    for at in [dot / 2, dot + 20, tokens.access.len() - 20] {
        let changed = changed_at(&tokens.access, at);
        assert_challenged(&list(&world, bearer(&changed)).await, &world, Some("invalid_token"));
    }
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
    client.refresh(&tokens.refresh).await.tokens();
}

fn changed_at(token: &str, at: usize) -> String {
    let swap = |c| if c == 'A' { 'B' } else { 'A' };
    token.chars().enumerate().map(|(index, c)| if index == at { swap(c) } else { c }).collect()
}

#[tokio::test]
async fn pages_of_other_origins_may_not_call() {
    let world = World::start().await;
    let token = access(&world).await;
    let from = |origin: &str| headers(&[("authorization", &format!("Bearer {token}")), ("origin", origin)]);
    for origin in
        ["http://evil.example", "https://localhost.evil.example", "null", "", "http://127.0.0.1.nip.io"]
    {
        let answer = list(&world, from(origin)).await;
        assert_eq!(answer.status, 403, "{origin}");
        assert_eq!(answer.body["jsonrpc"], "2.0");
        assert!(answer.headers.get("www-authenticate").is_none());
    }
    for origin in ["http://localhost:6274", "http://127.0.0.1:1", "http://[::1]:9", world.url()] {
        assert_eq!(list(&world, from(origin)).await.status, 200, "{origin}");
    }
    let mut two = from("http://localhost:6274");
    two.append("origin", HeaderValue::from_static("http://evil.example"));
    assert_eq!(list(&world, two).await.status, 403);
}

#[tokio::test]
async fn addresses_and_states_have_limits() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let with_state = |length: usize| {
        let mut parameters = client.parameters();
        parameters.insert("state", "s".repeat(length));
        client.authorize_url_with(&parameters)
    };
    let page = browser.open(&with_state(2048)).await.unwrap();
    let consent = browser.use_key(&page, ADA_KEY).await.unwrap();
    let redirect = browser.consent(&consent, &Choice::default()).await.unwrap_err();
    assert!(redirect.query_pairs().any(|(name, value)| name == "state" && value.len() == 2048));
    let redirect = browser.open(&with_state(2049)).await.unwrap_err();
    assert!(redirect.query_pairs().any(|(name, value)| name == "error" && value == "invalid_request"));
    // Beyond the maximum length of a URL, the HTTP library refuses; the server must survive.
    for length in [60_000, 1_000_000] {
        let head = format!("GET /authorize?client_id={} HTTP/1.1\r\nhost: x\r\n\r\n", "c".repeat(length));
        assert!(raw(&world, head.as_bytes()).await.starts_with("HTTP/1.1 4"), "{length}");
    }
    assert_eq!(http().get(world.at("/health")).send().await.unwrap().status(), 200);
}

/// DynamoDB refuses keys of more than 2048 bytes; a made-up id must not look like a server error.
#[tokio::test]
async fn a_client_id_that_cannot_be_one_is_unknown() {
    let world = World::start().await;
    let client = world.client().await;
    for id in ["x".repeat(3000), "\0".to_owned(), "é".repeat(1100), " ".to_owned(), "a/b?c#d".to_owned()] {
        let mut parameters = client.parameters();
        parameters.insert("client_id", id.clone());
        let page = world.browser().open(&client.authorize_url_with(&parameters)).await.unwrap();
        assert_eq!(page.status, 400, "{id}");
        let fields = [("grant_type", "refresh_token"), ("client_id", id.as_str()), ("refresh_token", "x")];
        let answer = client.token(&fields).await;
        assert_eq!((answer.status.as_u16(), answer.error()), (401, "invalid_client"), "{id}");
    }
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_is_refused_before_it_comes() {
    let world = World::start().await;
    for (path, kind) in [
        ("/register", "application/json"),
        ("/token", "application/x-www-form-urlencoded"),
        ("/mcp", "application/json"),
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nx-api-key: {ADA_KEY}\r\ncontent-type: {kind}\r\n\
             content-length: 4000000000\r\n\r\n"
        );
        for begin in [0, 100_000] {
            let answer = raw(&world, &[head.as_bytes(), &vec![b'x'; begin]].concat()).await;
            assert!(answer.starts_with("HTTP/1.1 413"), "{path}: {answer}");
        }
    }
}

/// The answer to raw bytes, up to the end of the head.
async fn raw(world: &World, bytes: &[u8]) -> String {
    let address = world.url().trim_start_matches("http://");
    let (mut reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
    let bytes = bytes.to_vec();
    // The server may answer and close before it has read everything.
    let writing = tokio::spawn(async move { writer.write_all(&bytes).await.map(|()| writer) });
    let mut answer = Vec::new();
    let mut chunk = [0; 4096];
    while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
        match reader.read(&mut chunk).await {
            Ok(0) | Err(_) => break,
            Ok(length) => answer.extend_from_slice(&chunk[..length]),
        }
    }
    writing.abort();
    String::from_utf8_lossy(&answer).into_owned()
}

/// One connection of a client.
struct Connection(TcpStream);

impl Connection {
    async fn open(world: &World) -> Self {
        Self(TcpStream::connect(world.url().trim_start_matches("http://")).await.unwrap())
    }

    async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// The head of the next answer; its body is read and dropped.
    async fn answer(&mut self) -> String {
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(self.0.read_u8().await.unwrap_or_else(|error| {
                panic!("closed: {error}: {}", String::from_utf8_lossy(&answer));
            }));
        }
        let head = String::from_utf8(answer).unwrap().to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.0.read_exact(&mut body).await.unwrap();
        head
    }
}

#[tokio::test]
async fn a_refused_request_leaves_its_connection_whole() {
    let world = World::start().await;
    let key = format!("x-api-key: {ADA_KEY}\r\ncontent-type: application/json\r\n");
    let text = format!("x-api-key: {ADA_KEY}\r\ncontent-type: text/plain\r\n");
    let mut connection = Connection::open(&world).await;
    for (line, headers, status) in [
        ("POST /mcp", "content-type: application/json\r\n", 401),
        ("GET /mcp", "", 401),
        ("POST /mcp", &text, 415),
        ("POST /mcp", &format!("{key}accept: text/html\r\n"), 406),
        ("POST /mcp", &format!("{key}origin: http://evil.example\r\n"), 403),
        ("DELETE /mcp", &key, 405),
        ("POST /nowhere", &key, 404),
        ("OPTIONS /mcp", "", 204),
        ("POST /token", "content-type: text/plain\r\n", 415),
        ("PUT /token", "", 405),
        ("POST /revoke", "", 415),
        ("POST /register", "content-type: text/plain\r\n", 415),
        ("POST /authorize", "", 405),
        ("POST /authorize/consent", "content-type: text/plain\r\n", 415),
        ("POST /jwks.json", "", 405),
        ("POST /.well-known/oauth-protected-resource", "", 405),
        ("POST /", "", 405),
    ] {
        // Clients send head and body separately, and the refusal must not overtake the body.
        connection.send(&format!("{line} HTTP/1.1\r\nhost: x\r\n{headers}content-length: 2\r\n\r\n")).await;
        assert!(raw(&world, b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await.starts_with("HTTP/1.1 200"));
        connection.send("{}").await;
        let answer = connection.answer().await;
        assert!(answer.starts_with(&format!("http/1.1 {status} ")), "{line}: {answer}");
        assert!(!answer.contains("connection: close"), "{line}: {answer}");
        connection.send("GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert!(connection.answer().await.starts_with("http/1.1 200 "), "{line}");
    }
}

#[tokio::test]
async fn an_upload_is_invited_only_by_whom_it_may_reach() {
    let world = World::start().await;
    let head = |caller: &str| {
        format!(
            "POST /mcp HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{caller}content-length: 40\r\n\
             expect: 100-continue\r\n\r\n"
        )
    };
    let mut refused = Connection::open(&world).await;
    refused.send(&head("")).await;
    assert!(refused.answer().await.starts_with("http/1.1 401 "));
    let mut invited = Connection::open(&world).await;
    invited.send(&head(&format!("x-api-key: {ADA_KEY}\r\n"))).await;
    assert!(invited.answer().await.starts_with("http/1.1 100 "));
    invited.send(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#).await;
    assert!(invited.answer().await.starts_with("http/1.1 200 "));
}

#[tokio::test]
async fn a_hostile_name_is_text_on_the_pages() {
    let world = World::start().await;
    for name in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "{{ 7 * 7 }} ${7*7} '--",
        "</bdi></h1><form action=//evil.example>",
        "Claude\u{202e}\u{0}\r\nSet-Cookie: a=b",
        "&lt;b&gt;",
    ] {
        let uri = "http://127.0.0.1:7777/callback";
        let metadata = json!({ "redirect_uris": [uri], "client_name": name });
        let (client, _) = e2e::OAuthClient::register_as(world.url(), &metadata, uri).await;
        let browser = world.browser();
        let login = browser.open(&client.authorize_url()).await.unwrap();
        let consent = browser.use_key(&login, ADA_KEY).await.unwrap();
        for page in [&login, &consent] {
            assert_eq!(page.status, 200, "{name}");
            for harm in ["<script", "<img", "<form action=//", "\u{202e}", "\0", "javascript:"] {
                assert!(!page.html.contains(harm), "{name}: {}", page.html);
            }
            assert!(!page.headers["content-security-policy"].to_str().unwrap().contains("unsafe-inline"));
        }
        assert!(consent.has_form("/authorize/consent"), "{name}");
        let code = client.code(&browser.consent(&consent, &Choice::default()).await.unwrap_err());
        client.exchange(&code).await.tokens();
    }
}

#[tokio::test]
async fn our_addresses_come_from_the_settings_and_not_from_the_caller() {
    let world = World::start().await;
    for path in
        ["/.well-known/oauth-protected-resource", "/.well-known/oauth-authorization-server", "/", "/mcp"]
    {
        let forged = http()
            .get(world.at(path))
            .header("host", "evil.example")
            .header("x-forwarded-host", "evil.example")
            .header("x-forwarded-proto", "https")
            .header("forwarded", "host=evil.example;proto=https");
        let response = forged.send().await.unwrap();
        let head = format!("{:?}", response.headers());
        let text = response.text().await.unwrap();
        assert!(!text.contains("evil.example") && !head.contains("evil.example"), "{path}");
        assert!(text.contains(world.url()) || head.contains(world.url()), "{path}");
    }
}
