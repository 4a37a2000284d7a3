//! Clients that identify themselves by the URL of a document (client ID metadata documents).

use std::io;
use std::net::IpAddr;
use std::num::NonZeroU16;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use e2e::browser::Page;
use e2e::client::{answer, http};
use e2e::documents::DocumentHost;
use e2e::mcp::{bearer, call, projects};
use e2e::{Choice, Login, OAuthClient, Options, World};
use futures_util::future::join_all;
use langsmith_double::data::{ADA_KEY, GRACE_KEY};
use local::{ClientIdMetadata, Settings};
use outbound::{Resolution, Resolver};
use primitives::ids::ClientId;
use reqwest::header::RETRY_AFTER;
use serde_json::{Value, json};
use shared::store::StoredDocument;

const SERVER: &str = "/.well-known/oauth-authorization-server";
const JSON: (&str, &str) = ("content-type", "application/json");

/// A server that also fetches documents from this machine, over http.
async fn world() -> World {
    with(|settings| settings.allow_private_servers = true).await
}

async fn with(settings: fn(&mut Settings)) -> World {
    World::with(Options { settings: Some(settings), ..Options::default() }).await
}

async fn login(world: &World, client: &OAuthClient) -> Page {
    world.browser().open(&client.authorize_url()).await.unwrap()
}

/// Without a usable document nobody is sent anywhere, and nothing can be allowed.
fn assert_refused(page: &Page, reason: &str) {
    assert_eq!(page.status, 400, "{reason}: {}", page.html);
    assert!(page.html.contains(reason), "{reason}: {}", page.html);
    assert!(!page.html.contains("<form") && !page.html.contains("7777"), "{}", page.html);
}

#[tokio::test]
async fn a_document_leads_to_tools_and_its_host_is_not_needed_afterwards() {
    let (world, host) = (world().await, DocumentHost::start().await);
    let metadata = answer(http().get(world.at(SERVER)).send().await.unwrap()).await;
    assert_eq!(metadata.body["client_id_metadata_document_supported"], true);

    let (client, browser) = (host.client(world.url()), world.browser());
    let page = browser.open(&client.authorize_url()).await.unwrap();
    let named = format!("<bdi>{}</bdi> “<bdi>Client with a document</bdi>”", host.authority());
    assert!(page.html.contains(&named), "{}", page.html);
    let consent = browser.use_key(&page, ADA_KEY).await.unwrap();
    let heading = consent.html.split("<h1>").nth(1).unwrap().split("</h1>").next().unwrap();
    let (of_host, of_name) = (heading.find("127.0.0.1"), heading.find("Client with a document"));
    assert!(of_host.is_some() && of_host < of_name, "{heading}");
    let redirect = browser.decide(&consent, &Choice::default()).await;
    host.stop();
    let tokens = client.exchange(&client.code(&redirect)).await.tokens();
    assert!(!projects(world.url(), &tokens.access).await.is_empty());

    let connections = browser.open(&world.at("/connections")).await.unwrap();
    assert!(connections.html.contains(&named), "{}", connections.html);

    world.pass(Duration::from_hours(24));
    let tokens = client.refresh(&tokens.refresh).await.tokens();
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
    assert_eq!(client.revoke(&tokens.refresh).await.status, 200);
    assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
    assert_eq!(host.fetches(), 1);
}

#[tokio::test]
async fn the_fetch_gives_nothing_away() {
    let (world, host) = (world().await, DocumentHost::start().await);
    let mut parameters = host.client(world.url()).parameters();
    parameters.insert("state", "very-private".to_owned());
    let url = host.client(world.url()).authorize_url_with(&parameters);
    world.browser().open(&url).await.unwrap();
    let [head] = host.requests().try_into().unwrap();
    assert!(head.starts_with("GET /client.json HTTP/1.1\r\n"), "{head}");
    for secret in ["very-private", "cookie", "authorization", "referer", "code_challenge"] {
        assert!(!head.to_ascii_lowercase().contains(secret), "{head}");
    }
}

#[tokio::test]
async fn where_it_is_switched_off_it_is_neither_offered_nor_done() {
    let host = DocumentHost::start().await;
    let world = with(|settings| {
        settings.allow_private_servers = true;
        settings.client_id_metadata = ClientIdMetadata::Off;
    })
    .await;
    let metadata = answer(http().get(world.at(SERVER)).send().await.unwrap()).await;
    assert_eq!(metadata.body.get("client_id_metadata_document_supported"), None);
    assert_refused(&login(&world, &host.client(world.url())).await, "This app is not registered here");
    assert_eq!(host.fetches(), 0);
}

/// A name server that knows LangSmith's name only, and its addresses.
struct Known(&'static [[u8; 4]]);

impl Resolver for Known {
    fn resolve(&self, name: &str) -> Resolution {
        let addresses = self.0.iter().map(|octets| IpAddr::from(*octets)).collect();
        let is_langsmith = name == "api.smith.langchain.com";
        Box::pin(
            async move { if is_langsmith { Ok(addresses) } else { Err(io::ErrorKind::NotFound.into()) } },
        )
    }
}

/// A client that prefers documents does not register when the server cannot fetch its document.
#[tokio::test]
async fn a_server_that_seems_to_have_no_way_out_does_not_offer_it() {
    let cases: [(&[[u8; 4]], bool); 4] = [
        (&[[8, 8, 8, 8], [9, 9, 9, 9]], true),
        (&[], false),
        (&[[10, 0, 0, 1]], false),
        (&[[8, 8, 8, 8], [10, 0, 0, 1]], false),
    ];
    for (addresses, is_offered) in cases {
        let settings: fn(&mut Settings) = |settings| {
            settings.demo = true;
            settings.client_id_metadata = ClientIdMetadata::Auto;
        };
        let resolver: Arc<dyn Resolver> = Arc::new(Known(addresses));
        let options = Options { settings: Some(settings), resolver: Some(resolver), ..Options::default() };
        let world = World::with(options).await;
        let metadata = answer(http().get(world.at(SERVER)).send().await.unwrap()).await;
        let offered = metadata.body.get("client_id_metadata_document_supported");
        assert_eq!(offered, is_offered.then_some(&Value::Bool(true)), "{addresses:?}");
    }
}

/// A changed document, and the words about it.
type Mistake = (fn(&mut Value), &'static str);

const MISTAKES: [Mistake; 12] = [
    (
        |document| document["client_id"] = json!("https://other.example/client.json"),
        "client_id is not the URL",
    ),
    (|document| drop(document.as_object_mut().unwrap().remove("client_id")), "client_id is not the URL"),
    (|document| document["client_id"] = json!(["x"]), "not a JSON object"),
    (|document| *document = json!([1]), "not a JSON object"),
    (|document| drop(document.as_object_mut().unwrap().remove("client_name")), "no client_name"),
    (|document| document["client_secret"] = json!("known to all"), "client_secret"),
    (|document| document["token_endpoint_auth_method"] = json!("client_secret_basic"), "auth_method"),
    (|document| drop(document.as_object_mut().unwrap().remove("redirect_uris")), "redirect_uris"),
    (|document| document["redirect_uris"] = json!(["http://evil.example/cb"]), "http"),
    (|document| document["redirect_uris"] = json!(["javascript:alert(1)"]), "belongs to browsers"),
    (|document| document["grant_types"] = json!(["client_credentials"]), "grant_types"),
    (|document| document["client_name"] = json!("x".repeat(6 * 1024)), "too large"),
];

#[tokio::test]
async fn a_document_that_cannot_be_used_is_refused_with_the_reason_and_not_remembered() {
    let (world, host) = (world().await, DocumentHost::start().await);
    let client = host.client(world.url());
    for (index, (change, reason)) in MISTAKES.into_iter().enumerate() {
        let mut document = host.document();
        change(&mut document);
        host.serve(&document);
        assert_refused(&login(&world, &client).await, reason);
        assert_eq!(host.fetches(), index + 1, "{reason}");
    }
    host.serve(&host.document());
    assert!(login(&world, &client).await.has_form("/authorize/login/key"));
}

#[tokio::test]
async fn an_answer_that_is_no_document_is_refused_with_the_reason() {
    let (world, host) = (world().await, DocumentHost::start().await);
    let client = host.client(world.url());
    let document = host.document();
    let location = host.id();
    for (status, headers, reason) in [
        (404, vec![JSON], "status 404"),
        (500, vec![JSON], "status 500"),
        (204, vec![JSON], "status 204"),
        (200, vec![("content-type", "text/html")], "not application/json"),
        (200, vec![], "not application/json"),
        (200, vec![JSON, ("content-encoding", "gzip")], "content encoding"),
        (302, vec![("location", location.as_str())], "redirect"),
        (307, vec![("location", "https://evil.example/client.json")], "redirect"),
    ] {
        host.serve_with(status, &headers, &document);
        assert_refused(&login(&world, &client).await, reason);
    }
    host.serve_bytes("nonsense\r\n\r\n".to_owned());
    assert_refused(&login(&world, &client).await, "the connection broke");
    host.stop();
    assert_refused(&login(&world, &client).await, "accepts no connection");
}

#[tokio::test]
async fn only_the_usable_redirect_uris_of_a_document_are_followed() {
    let (world, host) = (world().await, DocumentHost::start().await);
    let mut document = host.document();
    document["token_endpoint_auth_method"] = json!("private_key_jwt");
    document["jwks_uri"] = json!("https://keys.example/jwks");
    document["redirect_uris"] =
        json!(["http://evil.example/cb", "javascript:alert(1)", "http://127.0.0.1/callback"]);
    host.serve(&document);
    let client = host.client(world.url());
    assert!(login(&world, &client).await.has_form("/authorize/login/key"));
    for other in ["http://evil.example/cb", "http://127.0.0.1:7777/other", "https://app.example/callback"] {
        let page = login(&world, &client.clone().redirected_to(other)).await;
        assert_refused(&page, "The app did not register this address");
    }
    let at_another_port = client.redirected_to("http://127.0.0.1:50123/callback");
    let tokens = at_another_port.connect(&world.browser(), Login::Key(ADA_KEY)).await;
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
}

#[tokio::test]
async fn a_document_is_used_again_for_as_long_as_its_host_allows() {
    let (world, host) = (world().await, DocumentHost::start().await);
    let client = host.client(world.url());
    let open = async || world.way.rounds(login(&world, &client)).await.1;
    // The session of the browser is looked up beside the document; after the fetch, it is stored.
    assert_eq!((open().await, host.fetches()), (2, 1));
    assert_eq!((open().await, host.fetches()), (0, 1), "no cookie, and the document is in memory");
    world.pass(Duration::from_secs(59));
    assert_eq!((open().await, host.fetches()), (0, 1));
    world.pass(Duration::from_secs(1));
    assert_eq!((open().await, host.fetches()), (2, 2));

    world.pass(Duration::from_mins(1));
    for forbidden in ["no-store", "no-cache", "max-age=0", "private"] {
        host.serve_with(200, &[JSON, ("cache-control", forbidden)], &host.document());
        let before = host.fetches();
        open().await;
        open().await;
        assert_eq!(host.fetches(), before + 2, "{forbidden}");
    }
}

#[tokio::test]
async fn requests_at_the_same_time_share_a_fetch() {
    let (world, host) = (world().await, DocumentHost::start().await);
    let client = host.client(world.url());
    let gate = host.hold();
    let opened = join_all((0..20).map(|_| login(&world, &client)));
    let release = async {
        while host.fetches() == 0 {
            tokio::task::yield_now().await;
        }
        gate.add_permits(20);
    };
    let (pages, ()) = tokio::join!(opened, release);
    assert!(pages.iter().all(|page| page.has_form("/authorize/login/key")));
    assert_eq!(host.fetches(), 1);
}

/// A flood of made-up identifiers must not become a flood of requests to somebody else.
#[tokio::test]
async fn fetches_are_limited_and_known_clients_go_on() {
    let world = with(|settings| {
        settings.allow_private_servers = true;
        settings.logins_per_minute = NonZeroU16::new(2).unwrap();
    })
    .await;
    let (known, other) = (DocumentHost::start().await, DocumentHost::start().await);
    login(&world, &known.client(world.url())).await;
    other.serve_with(404, &[JSON], &Value::Null);
    assert_refused(&login(&world, &other.client(world.url())).await, "status 404");
    let page = login(&world, &other.client(world.url())).await;
    assert_eq!((page.status.as_u16(), &page.headers[RETRY_AFTER]), (429, &"30".parse().unwrap()));
    assert!(login(&world, &known.client(world.url())).await.has_form("/authorize/login/key"));
    assert!(login(&world, &world.client().await).await.has_form("/authorize/login/key"));
    assert_eq!((known.fetches(), other.fetches()), (1, 1));
    world.pass(Duration::from_secs(30));
    other.serve(&other.document());
    assert!(login(&world, &other.client(world.url())).await.has_form("/authorize/login/key"));
}

/// Every install of a client has the same identifier. That of one person on one computer says nothing about the others.
#[tokio::test]
async fn a_consent_and_its_end_concern_one_install() {
    let (world, host) = (world().await, DocumentHost::start().await);
    let client = host.client(world.url());
    let laptop = client.connect(&world.browser(), Login::Key(ADA_KEY)).await;
    let desktop = client.connect(&world.browser(), Login::Key(ADA_KEY)).await;
    let of_grace = client.connect(&world.browser(), Login::Key(GRACE_KEY)).await;
    let status = async |access: &str| {
        call(world.url(), bearer(access), "list_projects", json!({})).await.status.as_u16()
    };
    for tokens in [&laptop, &desktop, &of_grace] {
        assert_eq!(status(&tokens.access).await, 200);
    }
    assert_eq!(client.revoke(&desktop.refresh).await.status, 200);
    world.pass(Duration::from_secs(5));
    assert_eq!(status(&desktop.access).await, 401);
    assert_eq!(status(&laptop.access).await, 200);
    assert_eq!(status(&of_grace.access).await, 200);
    client.refresh(&laptop.refresh).await.tokens();
    client.refresh(&of_grace.refresh).await.tokens();
}

#[tokio::test]
async fn codes_and_tokens_belong_to_the_client_of_one_document() {
    let (world, host, other) = (world().await, DocumentHost::start().await, DocumentHost::start().await);
    let (client, stranger) = (host.client(world.url()), other.client(world.url()));
    let redirect = client.authorize(&world.browser(), Login::Key(ADA_KEY), &Choice::default()).await;
    let code = client.code(&redirect);
    assert_eq!(stranger.exchange(&code).await.error(), "invalid_grant");
    let tokens = client.connect(&world.browser(), Login::Key(ADA_KEY)).await;
    assert_eq!(stranger.refresh(&tokens.refresh).await.error(), "invalid_grant");
    client.refresh(&tokens.refresh).await.tokens();
}

/// What `/register` could have written under such a key must not become a document.
#[tokio::test]
async fn an_entry_that_we_did_not_seal_is_no_document() {
    let (world, host) = (world().await, DocumentHost::start().await);
    let client = host.client(world.url());
    login(&world, &client).await;
    let clients = world.way.store().clients;
    let id = ClientId::new(client.id.as_str());
    let sealed = clients.document(&id).await.unwrap().expect("the stored document");
    for forged in ["", "x", r#"{"document":{}}"#, &format!("{}x", &sealed[..sealed.len() - 1])] {
        let stored = StoredDocument { sealed: forged.to_owned(), purge_at: u64::MAX };
        clients.keep_document(&id, &stored).await.unwrap();
        world.pass(Duration::from_mins(1));
        let before = host.fetches();
        assert!(login(&world, &client).await.has_form("/authorize/login/key"));
        assert_eq!(host.fetches(), before + 1);
    }
    // Nor does the document of one client open as that of another one.
    let other = DocumentHost::start().await;
    let stored = StoredDocument { sealed, purge_at: u64::MAX };
    clients.keep_document(&ClientId::new(other.id()), &stored).await.unwrap();
    login(&world, &other.client(world.url())).await;
    assert_eq!(other.fetches(), 1);
}

#[tokio::test]
async fn the_store_may_fail_behind_a_document() {
    let (world, host) = (world().await, DocumentHost::start().await);
    let client = host.client(world.url());
    world.way.cut();
    let page = login(&world, &client).await;
    assert_eq!((page.status.as_u16(), host.fetches()), (503, 0));
    world.way.heal();
    assert!(login(&world, &client).await.has_form("/authorize/login/key"));
}

/// Every name leads to this machine.
#[derive(Default)]
struct Home(AtomicUsize, Mutex<Vec<String>>);

impl Resolver for Home {
    fn resolve(&self, name: &str) -> Resolution {
        self.0.fetch_add(1, Ordering::SeqCst);
        self.1.lock().unwrap().push(name.to_owned());
        Box::pin(async { io::Result::Ok(vec![IpAddr::from([127, 0, 0, 1])]) })
    }
}

#[tokio::test]
async fn no_identifier_leads_into_the_network_of_the_server() {
    let (host, resolver) = (DocumentHost::start().await, Arc::new(Home::default()));
    let world = World::with(Options { resolver: Some(resolver.clone()), ..Options::default() }).await;
    let port = host.id().split(':').nth(2).unwrap().split('/').next().unwrap().to_owned();
    for (id, reason) in [
        (host.id(), "must start with https://"),
        (format!("https://127.0.0.1:{port}/client.json"), "not a public one"),
        (format!("https://2130706433:{port}/client.json"), "address"),
        (format!("https://[::1]:{port}/client.json"), "not a public one"),
        (format!("https://[::ffff:169.254.169.254]:{port}/latest/"), "plain host name or address"),
        (format!("https://[::ffff:a9fe:a9fe]:{port}/latest/"), "not a public one"),
        (format!("https://localhost:{port}/client.json"), "local network"),
        (format!("https://client.example:{port}/client.json"), "not allowed"),
        ("https://client.example".to_owned(), "must have a path"),
        ("https://me@client.example/client.json".to_owned(), "user name"),
        ("https://client.example/a/../client.json".to_owned(), "segments"),
        ("https://client.example/%2e%2E/client.json".to_owned(), "segments"),
        ("https://client.example/client.json#x".to_owned(), "fragment"),
        ("https:client.example/client.json".to_owned(), "address"),
        ("file:///etc/passwd".to_owned(), "https://"),
        ("https://client.example/client.json\r\nx: y".to_owned(), "printable"),
        (format!("https://client.example/{}", "x".repeat(2048)), "2048"),
    ] {
        let client = OAuthClient::known(world.url(), &id, "http://127.0.0.1:7777/callback");
        assert_refused(&login(&world, &client).await, reason);
    }
    assert_eq!(host.fetches(), 0);
    assert_eq!(*resolver.1.lock().unwrap(), ["client.example"]);
}
