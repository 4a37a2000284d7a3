//! Replays of requests by clients in the field: their registrations, redirect URIs, spellings and omissions. Each test
//! represents somebody who could not connect elsewhere.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::browser::Page;
use e2e::client::{VERIFIER, answer, http};
use e2e::mcp::{bearer, call, projects};
use e2e::{Answer, Browser, Choice, Login, OAuthClient, Tokens, World};
use langsmith_double::data::ADA_KEY;
use serde_json::{Value, json};
use url::Url;

const CALLBACK: &str = "http://127.0.0.1:7777/callback";

/// Opens an authorization request, logs in if necessary, allows, and returns the redirect.
async fn allow(browser: &Browser, url: &str) -> Url {
    let page = browser.open(url).await.unwrap();
    let consent = if page.has_form("/authorize/consent") {
        page
    } else {
        browser.use_key(&page, ADA_KEY).await.unwrap()
    };
    browser.decide(&consent, &Choice::default()).await
}

/// The complete flow to a tool result and a refresh, with one redirect URI. The redirect keeps the client's exact
/// spelling.
async fn connects_at(world: &World, client: &OAuthClient, redirect_uri: &str) {
    let client = client.clone().redirected_to(redirect_uri);
    let redirect = allow(&world.browser(), &client.authorize_url()).await;
    assert_eq!(redirect.as_str().split('?').next(), Some(redirect_uri));
    let tokens = client.exchange(&client.code(&redirect)).await.tokens();
    works(world, &tokens).await;
    works(world, &client.refresh(&tokens.refresh).await.tokens()).await;
}

async fn works(world: &World, tokens: &Tokens) {
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
}

async fn status_at_mcp(world: &World, tokens: &Tokens) -> u16 {
    call(world.url(), bearer(&tokens.access), "list_projects", json!({})).await.status.as_u16()
}

async fn registered(world: &World, metadata: Value) -> (OAuthClient, Value) {
    OAuthClient::register_as(world.url(), &metadata, CALLBACK).await
}

fn query(url: &Url) -> BTreeMap<String, String> {
    url.query_pairs().into_owned().collect()
}

/// An error redirected to the client: with its state, and with `iss` (RFC 9207 section 2).
fn assert_told(world: &World, redirect: &Url, error: &str) {
    assert!(redirect.as_str().starts_with(CALLBACK), "{redirect}");
    let query = query(redirect);
    assert_eq!(query["error"], error, "{redirect}");
    assert_eq!(query["state"], "a state & more");
    assert_eq!(query["iss"], world.url());
    assert!(!query.contains_key("code"));
}

fn assert_page(page: &Page, status: u16) {
    assert_eq!(page.status, status, "{}", page.html);
    assert!(page.html.contains(page.headers["x-request-id"].to_str().unwrap()));
    assert!(!page.html.contains("<form"), "{}", page.html);
}

fn assert_error(answer: &Answer, status: u16, error: &str) {
    assert_eq!((answer.status.as_u16(), answer.error()), (status, error), "{}", answer.body);
}

async fn exchange_with(client: &OAuthClient, code: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("grant_type", "authorization_code"), ("code", code), ("code_verifier", VERIFIER)];
    fields.extend_from_slice(more);
    client.token(&fields).await
}

#[tokio::test]
async fn the_documents_agree_byte_for_byte() {
    let world = World::start().await;
    let mut documents = Vec::new();
    for name in ["oauth-protected-resource", "oauth-authorization-server"] {
        let mut texts = Vec::new();
        for path in [format!("/.well-known/{name}"), format!("/.well-known/{name}/mcp")] {
            for version in ["", "2024-11-05", "2025-11-25", "2026-07-28", "9999-99-99", "nonsense"] {
                let request = http().get(world.at(&path)).header("mcp-protocol-version", version);
                let response = request.send().await.unwrap();
                assert_eq!(response.status(), 200, "{path} {version}");
                texts.push(response.text().await.unwrap());
            }
        }
        assert!(texts.iter().all(|text| *text == texts[0]), "{name}");
        documents.push(serde_json::from_str::<Value>(&texts[0]).unwrap());
    }
    let (resource, server) = (&documents[0], &documents[1]);
    assert_eq!(resource["resource"], world.at("/mcp"));
    assert_eq!(resource["authorization_servers"], json!([world.url()]));
    assert_eq!(server["issuer"], world.url());
    for (name, path) in [
        ("authorization_endpoint", "/authorize"),
        ("token_endpoint", "/token"),
        ("registration_endpoint", "/register"),
        ("revocation_endpoint", "/revoke"),
        ("jwks_uri", "/jwks.json"),
    ] {
        assert_eq!(server[name], world.at(path), "{name}");
    }
    assert_eq!(server["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(server["response_types_supported"], json!(["code"]));
    assert_eq!(server["grant_types_supported"], json!(["authorization_code", "refresh_token"]));
    assert_eq!(server["token_endpoint_auth_methods_supported"], json!(["none"]));
    assert_eq!(server["authorization_response_iss_parameter_supported"], true);
    assert_eq!(server["client_id_metadata_document_supported"], true);
    // Clients that request offline access look for it at the authorization server; it is not a scope of the resource.
    let mut scopes = resource["scopes_supported"].as_array().unwrap().clone();
    assert_eq!(
        scopes,
        [
            "langsmith:read",
            "langsmith:write",
            "langsmith:publish",
            "billing:read",
            "agents:run",
            "servers:use",
            "servers:manage"
        ]
    );
    scopes.push(json!("offline_access"));
    assert_eq!(server["scopes_supported"].as_array().unwrap(), &scopes);
    assert_eq!(server["protected_resources"], json!([world.at("/mcp"), world.at("/mcp/")]));
}

/// All spellings of our resource seen in the field; the empty list is Codex, whose refresh leaves it out.
fn spellings(world: &World) -> Vec<Vec<String>> {
    let shouted = world.at("/mcp").replace("localhost", "LOCALHOST").replace("http:", "HTTP:");
    vec![
        vec![],
        vec![world.at("/mcp")],
        vec![world.at("/mcp"), world.at("/mcp")],
        vec![world.at("/mcp/")],
        vec![world.at("")],
        vec![world.at("/")],
        vec![shouted],
        vec![String::new()],
    ]
}

#[tokio::test]
async fn every_spelling_of_the_resource_connects() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let mut parameters = client.parameters();
    parameters.remove("resource");
    for values in spellings(&world) {
        let mut url = Url::parse(&client.authorize_url_with(&parameters)).unwrap();
        url.query_pairs_mut().extend_pairs(values.iter().map(|value| ("resource", value)));
        let code = client.code(&allow(&browser, url.as_str()).await);
        let resources: Vec<_> = values.iter().map(|value| ("resource", value.as_str())).collect();
        let identity = [&[("client_id", client.id.as_str())], resources.as_slice()].concat();
        let tokens = exchange_with(&client, &code, &identity).await.tokens();
        works(&world, &tokens).await;
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh.as_str())];
        works(&world, &client.token(&[&refresh, identity.as_slice()].concat()).await.tokens()).await;
    }
}

#[tokio::test]
async fn a_foreign_resource_is_refused_and_burns_nothing() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let foreign = [
        "https://evil.example/mcp",
        "nonsense",
        &world.at("/other"),
        &world.at("/mcp#a"),
        "http://localhost/mcp",
    ];
    for value in foreign {
        let mut parameters = client.parameters();
        parameters.insert("resource", value.to_owned());
        let redirect = browser.open(&client.authorize_url_with(&parameters)).await.unwrap_err();
        assert_told(&world, &redirect, "invalid_target");
    }
    let redirect =
        browser.open(&format!("{}&resource=https://evil.example", client.authorize_url())).await.unwrap_err();
    assert_told(&world, &redirect, "invalid_target");

    let code = client.code(&allow(&browser, &client.authorize_url()).await);
    for value in foreign {
        let fields = [("client_id", client.id.as_str()), ("resource", value)];
        assert_error(&exchange_with(&client, &code, &fields).await, 400, "invalid_target");
    }
    let tokens = client.exchange(&code).await.tokens();
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", client.id.as_str()),
        ("refresh_token", tokens.refresh.as_str()),
        ("resource", "https://evil.example/mcp"),
    ];
    assert_error(&client.token(&fields).await, 400, "invalid_target");
    works(&world, &client.refresh(&tokens.refresh).await.tokens()).await;
}

#[tokio::test]
async fn cursor_connects_at_each_of_its_three_uris() {
    let world = World::start().await;
    let uris = [
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "https://www.cursor.com/agents/mcp/oauth/callback",
        "http://localhost:8787/callback",
    ];
    let metadata = json!({
        "client_name": "Cursor",
        "redirect_uris": uris,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "application_type": "web",
    });
    let (client, answer) = registered(&world, metadata).await;
    assert_eq!(answer["redirect_uris"], json!(uris));
    for uri in uris {
        connects_at(&world, &client, uri).await;
    }
}

#[tokio::test]
async fn vs_code_connects_at_each_of_its_four_uris_and_at_a_random_port() {
    let world = World::start().await;
    let uris = [
        "https://vscode.dev/redirect",
        "https://insiders.vscode.dev/redirect",
        "http://127.0.0.1/",
        "http://127.0.0.1:33418/",
    ];
    let metadata = json!({
        "client_name": "Visual Studio Code",
        "client_uri": "https://code.visualstudio.com",
        "redirect_uris": uris,
        "grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
        "token_endpoint_auth_method": "none",
        "application_type": "native",
    });
    let (client, answer) = registered(&world, metadata).await;
    assert_eq!(answer["redirect_uris"], json!(uris));
    for uri in uris.into_iter().chain(["http://127.0.0.1:51234/"]) {
        connects_at(&world, &client, uri).await;
    }
}

#[tokio::test]
async fn a_loopback_port_floats_and_nothing_else_does() {
    let world = World::start().await;
    for host in ["localhost", "127.0.0.1", "[::1]"] {
        let metadata = json!({ "redirect_uris": [format!("http://{host}:3118/callback")] });
        let (client, _) = registered(&world, metadata).await;
        for uri in [format!("http://{host}:61234/callback"), format!("http://{host}/callback")] {
            connects_at(&world, &client, &uri).await;
        }
        let other = if host == "localhost" { "127.0.0.1" } else { "localhost" };
        for uri in [
            format!("http://{host}:3118/other"),
            format!("http://{host}:3118/callback?x=1"),
            format!("https://{host}:3118/callback"),
            format!("http://{other}:3118/callback"),
            "http://evil.example:3118/callback".to_owned(),
        ] {
            let page =
                world.browser().open(&client.clone().redirected_to(&uri).authorize_url()).await.unwrap();
            assert_page(&page, 400);
        }
    }
    let (client, _) = registered(&world, json!({ "redirect_uris": ["https://app.example/cb"] })).await;
    let page = world
        .browser()
        .open(&client.redirected_to("https://app.example:444/cb").authorize_url())
        .await
        .unwrap();
    assert_page(&page, 400);
}

#[tokio::test]
async fn twenty_redirect_uris_are_all_kept() {
    let world = World::start().await;
    let uris: Vec<_> = (0..20).map(|index| format!("https://app-{index}.example/oauth/callback")).collect();
    let (client, answer) = registered(&world, json!({ "redirect_uris": uris })).await;
    assert_eq!(answer["redirect_uris"], json!(uris));
    connects_at(&world, &client, &uris[0]).await;
    connects_at(&world, &client, &uris[19]).await;
}

#[tokio::test]
async fn a_client_that_asks_for_a_secret_is_told_that_it_has_none() {
    let world = World::start().await;
    for method in ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"] {
        let metadata = json!({ "redirect_uris": [CALLBACK], "token_endpoint_auth_method": method });
        let (client, answer) = registered(&world, metadata).await;
        assert_eq!(answer["token_endpoint_auth_method"], "none");
        assert!(answer.get("client_secret").is_none() && answer.get("client_secret_expires_at").is_none());
        assert_eq!(answer["grant_types"], json!(["authorization_code", "refresh_token"]));
        connects_at(&world, &client, CALLBACK).await;
    }
    let (_, answer) = registered(&world, json!({ "redirect_uris": [CALLBACK] })).await;
    assert_eq!(answer["token_endpoint_auth_method"], "none", "an omitted method means basic in RFC 7591");
}

#[tokio::test]
async fn a_basic_header_names_the_client() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let basic = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    for secret in ["", "a-secret-that-nobody-gave-it"] {
        let code = client.code(&allow(&browser, &client.authorize_url()).await);
        let token = |fields: Vec<(&'static str, String)>, authorization: String| {
            let request =
                http().post(world.at("/token")).header("authorization", authorization).form(&fields);
            async move { answer(request.send().await.unwrap()).await }
        };
        let fields = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code),
            ("code_verifier", VERIFIER.to_owned()),
        ];
        let tokens = token(fields, basic(&client.id, secret)).await.tokens();
        works(&world, &tokens).await;
        let fields = vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", tokens.refresh)];
        let stranger = token(fields.clone(), basic("nobody", secret)).await;
        assert_error(&stranger, 401, "invalid_client");
        works(&world, &token(fields, basic(&client.id, secret)).await.tokens()).await;
    }
}

#[tokio::test]
async fn an_unknown_client_is_told_to_register_again() {
    let world = World::start().await;
    let client = world.client().await;
    let code = client.code(&allow(&world.browser(), &client.authorize_url()).await);
    let refresh = |token: &str| {
        vec![
            ("grant_type".to_owned(), "refresh_token".to_owned()),
            ("refresh_token".to_owned(), token.to_owned()),
        ]
    };
    let exchange = |code: &str| {
        let fields = [("grant_type", "authorization_code"), ("code", code), ("code_verifier", VERIFIER)];
        fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    };
    for fields in [refresh("nonsense"), exchange("nonsense"), exchange(&code)] {
        let mut fields = fields;
        fields.push(("client_id".to_owned(), "never-registered".to_owned()));
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_error(&client.token(&fields).await, 401, "invalid_client");
    }
    let tokens = client.exchange(&code).await.tokens();
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", "never-registered"),
        ("refresh_token", tokens.refresh.as_str()),
    ];
    assert_error(&client.token(&fields).await, 401, "invalid_client");
    // A known client with a dead token must not register again.
    assert_error(&client.refresh("nonsense").await, 400, "invalid_grant");
    assert_error(&client.exchange("nonsense").await, 400, "invalid_grant");
    works(&world, &client.refresh(&tokens.refresh).await.tokens()).await;
}

#[tokio::test]
async fn a_client_that_nobody_used_for_90_days_is_gone() {
    let world = World::start().await;
    let (idle, busy) = (world.client().await, world.client().await);
    busy.connect(&world.browser(), Login::Key(ADA_KEY)).await;
    world.pass(Duration::from_hours(90 * 24) - Duration::from_secs(1));
    assert_error(&idle.refresh("x").await, 400, "invalid_grant");
    world.pass(Duration::from_secs(1));
    assert_error(&idle.refresh("x").await, 401, "invalid_client");
    assert_error(&idle.exchange("x").await, 401, "invalid_client");
    assert_page(&world.browser().open(&idle.authorize_url()).await.unwrap(), 400);
    // A client with a consent lives as long as the consent may.
    assert_error(&busy.refresh("x").await, 400, "invalid_grant");
    busy.connect(&world.browser(), Login::Key(ADA_KEY)).await;
}

#[tokio::test]
async fn no_scope_an_empty_one_and_foreign_ones_mean_the_default() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let all =
        "langsmith:read langsmith:write langsmith:publish billing:read agents:run servers:use servers:manage";
    // Publishing and managing servers are offered, but not ticked, and there are no agents.
    let ticked = "langsmith:read langsmith:write billing:read servers:use";
    let ticked_offline = format!("{ticked} offline_access");
    for (asked, granted) in [
        (None, ticked),
        (Some(""), ticked),
        (Some(" "), ticked),
        (Some("openid profile"), ticked),
        (Some("openid profile offline_access"), &ticked_offline),
        (Some("offline_access langsmith:read nonsense"), "langsmith:read offline_access"),
        (Some(all), ticked),
        (Some("billing:read langsmith:read billing:read"), "langsmith:read billing:read"),
    ] {
        let mut parameters = client.parameters();
        if let Some(asked) = asked {
            parameters.insert("scope", asked.to_owned());
        }
        let redirect = allow(&browser, &client.authorize_url_with(&parameters)).await;
        let answer = client.exchange(&client.code(&redirect)).await;
        assert_eq!(answer.body["scope"], granted, "{asked:?}");
        works(&world, &answer.tokens()).await;
    }
}

#[tokio::test]
async fn registrations_with_odd_members_connect() {
    let world = World::start().await;
    for more in [
        json!({ "application_type": "web" }),
        json!({ "application_type": "native" }),
        json!({ "application_type": 7 }),
        json!({ "scope": "openid" }),
        json!({ "client_name": null, "client_uri": null, "scope": null }),
        json!({ "logo_uri": "https://app.example/logo.png", "contacts": ["a@b.example"], "jwks": { "keys": [] } }),
    ] {
        let mut metadata = json!({ "redirect_uris": [CALLBACK] });
        metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (client, _) = registered(&world, metadata).await;
        connects_at(&world, &client, CALLBACK).await;
    }
}

#[tokio::test]
async fn a_mixed_list_keeps_what_is_safe() {
    let world = World::start().await;
    let metadata = json!({ "redirect_uris": ["javascript:alert(1)", "http://app.example/cb", CALLBACK] });
    let (client, answer) = registered(&world, metadata).await;
    assert_eq!(answer["redirect_uris"], json!([CALLBACK]));
    connects_at(&world, &client, CALLBACK).await;
    for uri in [
        "javascript:alert(1)",
        "data:text/html,x",
        "http://app.example/cb",
        "https://a.example/cb#f",
        "https://u:p@a.example/",
        "x",
    ] {
        let body = json!({ "redirect_uris": [uri] });
        let refused = answer_to_registration(&world, &body).await;
        assert_error(&refused, 400, "invalid_redirect_uri");
    }
    assert_error(&answer_to_registration(&world, &json!({})).await, 400, "invalid_redirect_uri");
    let implicit = json!({ "redirect_uris": [CALLBACK], "grant_types": ["implicit"] });
    assert_error(&answer_to_registration(&world, &implicit).await, 400, "invalid_client_metadata");
}

async fn answer_to_registration(world: &World, body: &Value) -> Answer {
    answer(http().post(world.at("/register")).json(body).send().await.unwrap()).await
}

/// Link scanners and some clients fetch the URL before the browser does, or it is opened twice.
#[tokio::test]
async fn opening_the_address_twice_harms_neither_page() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let url = client.authorize_url();
    world.browser().open(&url).await.unwrap();
    let first = browser.open(&url).await.unwrap();
    let second = browser.open(&url).await.unwrap();
    let consent = browser.use_key(&first, ADA_KEY).await.unwrap();
    let again = browser.open(&url).await.unwrap();
    let code = client.code(&browser.consent(&consent, &Choice::default()).await.unwrap_err());
    let other = client.code(&browser.consent(&again, &Choice::default()).await.unwrap_err());
    assert_ne!(code, other);
    works(&world, &client.exchange(&code).await.tokens()).await;
    works(&world, &client.exchange(&other).await.tokens()).await;
    // The login page in the other tab belongs to the cookie before the login: it leads on, not to an error.
    let page = browser.use_key(&second, ADA_KEY).await.unwrap();
    assert!(page.status == 200 && page.has_form("/authorize/consent"), "{}", page.html);
}

/// Two tabs opened at once get a cookie each, and the browser keeps the later one.
#[tokio::test]
async fn two_first_visits_at_once_both_lead_on() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let lost = world.browser().open(&client.authorize_url()).await.unwrap();
    browser.open(&client.authorize_url()).await.unwrap();
    let page = browser.use_key(&lost, ADA_KEY).await.unwrap();
    assert!(page.status == 200 && page.has_form("/authorize/login/key"), "{}", page.html);
    let consent = browser.use_key(&page, ADA_KEY).await.unwrap();
    let redirect = browser.consent(&consent, &Choice::default()).await.unwrap_err();
    works(&world, &client.exchange(&client.code(&redirect)).await.tokens()).await;
}

#[tokio::test]
async fn an_unproven_redirect_uri_is_never_followed() {
    let world = World::start().await;
    let client = world.client().await;
    let cases: [&[(&str, Option<&str>)]; 6] = [
        &[("client_id", Some("never-registered"))],
        &[("client_id", None)],
        &[("redirect_uri", Some("https://evil.example/cb"))],
        &[("redirect_uri", Some("javascript:alert(1)"))],
        &[("redirect_uri", Some("http://127.0.0.1:7777/callback/../evil"))],
        &[("redirect_uri", Some("https://evil.example/cb")), ("response_type", Some("token"))],
    ];
    for changes in cases {
        let mut parameters = client.parameters();
        for (name, value) in changes {
            match value {
                Some(value) => drop(parameters.insert(name, (*value).to_owned())),
                None => drop(parameters.remove(name)),
            }
        }
        assert_page(&world.browser().open(&client.authorize_url_with(&parameters)).await.unwrap(), 400);
    }
    let twice = format!("{}&client_id=other&redirect_uri=https://evil.example", client.authorize_url());
    assert_told(&world, &world.browser().open(&twice).await.unwrap_err(), "invalid_request");
}

#[tokio::test]
async fn a_request_without_sound_pkce_is_told_so() {
    let world = World::start().await;
    let client = world.client().await;
    let plain = [("code_challenge_method", Some("plain")), ("code_challenge", Some(VERIFIER))];
    let cases: [&[(&str, Option<&str>)]; 6] = [
        &plain,
        &[("code_challenge_method", Some("plain"))],
        &[("code_challenge_method", None)],
        &[("code_challenge", None)],
        &[("code_challenge", None), ("code_challenge_method", None)],
        &[("code_challenge", Some("too-short"))],
    ];
    for changes in cases {
        let mut parameters = client.parameters();
        for (name, value) in changes {
            match value {
                Some(value) => drop(parameters.insert(name, (*value).to_owned())),
                None => drop(parameters.remove(name)),
            }
        }
        let redirect = world.browser().open(&client.authorize_url_with(&parameters)).await.unwrap_err();
        assert_told(&world, &redirect, "invalid_request");
    }
    let mut parameters = client.parameters();
    parameters.insert("response_type", "token".to_owned());
    let redirect = world.browser().open(&client.authorize_url_with(&parameters)).await.unwrap_err();
    assert_told(&world, &redirect, "unsupported_response_type");
}

/// The URL of a page's only link, as parsed by a browser.
fn link(page: &Page) -> Url {
    let (_, rest) = page.html.split_once("<a class=\"button\" href=\"").unwrap();
    let (href, _) = rest.split_once('"').unwrap();
    let href = href.replace("&#38;", "&").replace("&#34;", "\"").replace("&#60;", "<").replace("&#62;", ">");
    page.url.join(&href).unwrap()
}

/// Anybody may register: a link to us must not redirect to their site before a person has seen its destination (RFC
/// 9700 section 4.11.2).
#[tokio::test]
async fn a_fault_leads_to_another_machine_only_by_a_click_and_to_an_app_not_at_all() {
    let world = World::start().await;
    for (uri, shown) in [
        ("https://evil.example:8443/cb?x=1", "evil.example:8443"),
        ("evil.app://cb/\"><script>alert(1)</script>", "the app that opens evil.app: links"),
    ] {
        let (client, _) = registered(&world, json!({ "redirect_uris": [uri] })).await;
        let client = client.redirected_to(uri);
        for (name, value, error) in [
            ("response_type", "token", "unsupported_response_type"),
            ("code_challenge_method", "plain", "invalid_request"),
            ("resource", "https://evil.example/mcp", "invalid_target"),
        ] {
            let mut parameters = client.parameters();
            parameters.insert(name, value.to_owned());
            let page = world.browser().open(&client.authorize_url_with(&parameters)).await.unwrap();
            assert_page(&page, 400);
            assert!(page.html.contains(&format!("goes to {shown}.")) && !page.html.contains("<script"));
            let base = Url::parse(uri).unwrap();
            if base.scheme() != "https" {
                assert!(
                    !page.html.contains("Return to") && !page.html.contains("href=\"evil.app"),
                    "{}",
                    page.html
                );
                continue;
            }
            assert!(page.html.contains(&format!(">Return to {shown}</a>")), "{}", page.html);
            let link = link(&page);
            assert_eq!((link.scheme(), link.host_str()), (base.scheme(), base.host_str()));
            let query = query(&link);
            assert_eq!(query["error"], error);
            assert!(query.contains_key("error_description"));
            assert_eq!((query["state"].as_str(), query["iss"].as_str()), ("a state & more", world.url()));
            assert_eq!(query.get("x").map(String::as_str), base.query().map(|_| "1"));
        }
        // Deny is the person's own action, so the redirect is immediate.
        let choice = Choice { deny: true, ..Choice::default() };
        let redirect = client.authorize(&world.browser(), Login::Key(ADA_KEY), &choice).await;
        assert_eq!(redirect.scheme(), Url::parse(uri).unwrap().scheme());
        assert_eq!(query(&redirect)["error"], "access_denied");
    }
}

#[tokio::test]
async fn a_wrong_verifier_uri_or_client_burns_nothing() {
    let world = World::start().await;
    let (client, other) = (world.client().await, world.client().await);
    let code = client.code(&allow(&world.browser(), &client.authorize_url()).await);
    let id = ("client_id", client.id.as_str());
    let wrong = "another-verifier-that-has-at-least-forty-three-characters";
    let fields =
        [("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", wrong), id];
    assert_error(&client.token(&fields).await, 400, "invalid_grant");
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), id];
    assert_error(&client.token(&fields).await, 400, "invalid_request");
    let fields =
        [("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", "short"), id];
    assert_error(&client.token(&fields).await, 400, "invalid_request");
    let elsewhere = ("redirect_uri", "https://elsewhere.example/cb");
    assert_error(&exchange_with(&client, &code, &[id, elsewhere]).await, 400, "invalid_grant");
    assert_error(&other.exchange(&code).await, 400, "invalid_grant");
    assert_error(&client.token(&[("grant_type", "password"), id]).await, 400, "unsupported_grant_type");
    assert_error(&client.token(&[id]).await, 400, "invalid_request");
    assert_error(
        &client.token(&[("grant_type", "refresh_token"), ("refresh_token", "x")]).await,
        400,
        "invalid_request",
    );
    works(&world, &client.exchange(&code).await.tokens()).await;
}

#[tokio::test]
async fn a_code_is_good_for_a_minute() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let code = client.code(&allow(&browser, &client.authorize_url()).await);
    world.pass(Duration::from_mins(1));
    assert_error(&client.exchange(&code).await, 400, "invalid_grant");
    let code = client.code(&allow(&browser, &client.authorize_url()).await);
    world.pass(Duration::from_secs(59));
    works(&world, &client.exchange(&code).await.tokens()).await;
}

#[tokio::test]
async fn a_code_used_twice_ends_what_came_of_it() {
    let world = World::start().await;
    let client = world.client().await;
    let code = client.code(&allow(&world.browser(), &client.authorize_url()).await);
    let tokens = client.exchange(&code).await.tokens();
    works(&world, &tokens).await;
    assert_error(&client.exchange(&code).await, 400, "invalid_grant");
    assert_error(&client.refresh(&tokens.refresh).await, 400, "invalid_grant");
    world.pass(Duration::from_secs(5));
    assert_eq!(status_at_mcp(&world, &tokens).await, 401);
}

#[tokio::test]
async fn either_token_revokes_the_login_and_no_stranger_can() {
    let world = World::start().await;
    let (browser, client, stranger) = (world.browser(), world.client().await, world.client().await);
    for with_access in [false, true] {
        let tokens = client.connect(&browser, Login::Key(ADA_KEY)).await;
        let token = if with_access { &tokens.access } else { &tokens.refresh };
        assert_error(&stranger.revoke(token).await, 400, "invalid_grant");
        works(&world, &tokens).await;
        for _ in 0..2 {
            let answer = client.revoke(token).await;
            assert_eq!((answer.status.as_u16(), &answer.body), (200, &Value::Null));
        }
        assert_error(&client.refresh(&tokens.refresh).await, 400, "invalid_grant");
        world.pass(Duration::from_secs(5));
        assert_eq!(status_at_mcp(&world, &tokens).await, 401);
    }
    for unknown in ["nonsense", "lsmr_a.b.c.0.d.e", "a.b.c"] {
        assert_eq!(client.revoke(unknown).await.status, 200, "{unknown}");
    }
    let hinted =
        [("token", "nonsense"), ("token_type_hint", "refresh_token"), ("client_id", client.id.as_str())];
    assert_eq!(http().post(world.at("/revoke")).form(&hinted).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn token_answers_have_what_every_client_reads() {
    let world = World::start().await;
    let client = world.client().await;
    let redirect = client.authorize(&world.browser(), Login::Key(ADA_KEY), &Choice::default()).await;
    let issued = client.exchange(&client.code(&redirect)).await;
    let refreshed = client.refresh(&issued.tokens().refresh).await;
    for answer in [issued, refreshed] {
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(answer.body["token_type"], "Bearer");
        assert_eq!(answer.body["expires_in"], 3600);
        assert!(answer.body["refresh_token"].is_string() && answer.body["scope"].is_string());
    }
}
