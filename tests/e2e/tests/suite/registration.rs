//! Valid registrations: kinds of redirect URIs, and the URIs of a client's own pages.

use aws_sdk_dynamodb::types::AttributeValue;
use e2e::client::{answer, http};
use e2e::{Answer, OAuthClient, World};
use primitives::ids::ClientId;
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn register(world: &World, metadata: &Value) -> Answer {
    answer(http().post(world.at("/register")).json(metadata).send().await.unwrap()).await
}

#[tokio::test]
async fn schemes_that_are_no_apps_are_refused_as_kinds() {
    let world = World::start().await;
    let protocol = "belongs to a registered protocol";
    let system = "belongs to an operating system";
    let browser = "belongs to browsers";
    for (kind, schemes) in [
        (
            protocol,
            "xmpp git svn bitcoin ethereum otpauth openid skype spotify redis matrix rtmp coap+tcp iris.beep smtps",
        ),
        (
            system,
            "prefs app-prefs shortcuts workflow applescript calshow music telprompt facetime-audio com.apple.tv",
        ),
        (
            system,
            "bingmaps msnweather microsoft.windows.camera windows.gadget explorer.burnselection regfile wallet c",
        ),
        (
            system,
            "xbox-tcui ie.https com.microsoft.teams smb+mcp cmd ms-unheard-of android-app google.navigation apt snap trash admin",
        ),
        (
            browser,
            "com.google.chrome.mcp msedgehtm firefoxurl jscript livescript chrome-untrusted devtools edge firefox moz-icon resource web+mcp ext+mcp disk",
        ),
        (browser, "safari-web-extension isolated-app ttps"),
    ] {
        for scheme in schemes.split(' ') {
            let refused =
                register(&world, &json!({ "redirect_uris": [format!("{scheme}://host/callback")] })).await;
            assert_eq!(
                (refused.status, refused.error()),
                (StatusCode::BAD_REQUEST, "invalid_redirect_uri"),
                "{scheme}"
            );
            let description = refused.body["error_description"].as_str().unwrap();
            assert!(description.contains(kind), "{scheme}: {description}");
        }
    }
}

#[tokio::test]
async fn known_dotted_and_unknown_apps_can_register() {
    let world = World::start().await;
    let uris = [
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "vscode://vscode.github-authentication/did-authenticate",
        "vscode-insiders://x.y/cb",
        "windsurf://codeium.windsurf/cb",
        "zed://mcp/cb",
        "claude://oauth/callback",
        "jetbrains://gateway/cb",
        "warp://mcp/oauth2callback",
        "com.example.app:/oauth",
        "datadog://oauth/callback",
    ];
    let registered = register(&world, &json!({ "redirect_uris": uris })).await;
    assert_eq!(registered.status, StatusCode::CREATED, "{}", registered.body);
    assert_eq!(registered.body["redirect_uris"], json!(uris));
}

#[tokio::test]
async fn a_host_is_plain_and_spelled_as_it_is_meant() {
    let world = World::start().await;
    for uri in [
        "https://*.example.com/cb",
        "https://*/cb",
        "https:///example.com/cb",
        "https://example.com./cb",
        "https://a..example.com/cb",
        "https://-a.example.com/cb",
        "https://%65xample.com/cb",
        "https://0x7f.1/cb",
        "https://2130706433/cb",
        "http://127.1:7777/cb",
        "cursor://*/cb",
        "cursor:///cb",
        "com.example.app://%2a/cb",
    ] {
        let refused = register(&world, &json!({ "redirect_uris": [uri] })).await;
        assert_eq!(
            (refused.status, refused.error()),
            (StatusCode::BAD_REQUEST, "invalid_redirect_uri"),
            "{uri}"
        );
    }
}

#[tokio::test]
async fn the_pages_of_a_client_are_web_pages() {
    let world = World::start().await;
    for name in ["client_uri", "logo_uri", "tos_uri", "policy_uri"] {
        let with = |page: &str| json!({ "redirect_uris": ["http://127.0.0.1:7777/callback"], name: page });
        for page in [
            "javascript:alert(1)",
            "data:text/html,x",
            "cursor://x",
            "file:///etc/passwd",
            "https://*.x/",
            "x",
        ] {
            let refused = register(&world, &with(page)).await;
            let expected = (StatusCode::BAD_REQUEST, "invalid_client_metadata");
            assert_eq!((refused.status, refused.error()), expected, "{name}: {page}");
            assert!(refused.body["error_description"].as_str().unwrap().contains(name));
        }
        for page in ["", "https://example.com/about", "http://intranet/about"] {
            assert_eq!(register(&world, &with(page)).await.status, StatusCode::CREATED, "{name}: {page}");
        }
    }
}

#[tokio::test]
async fn the_page_of_a_fault_never_links_to_an_app() {
    let world = World::start().await;
    for uri in ["cursor://anysphere.cursor-mcp/cb", "com.example.app:/cb", "unheard-of://x/cb"] {
        let client = OAuthClient::register(world.url(), uri).await;
        let mut parameters = client.parameters();
        parameters.insert("response_type", "token".to_owned());
        let page = world.browser().open(&client.authorize_url_with(&parameters)).await.unwrap();
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{uri}");
        let scheme = uri.split(':').next().unwrap();
        assert!(!page.html.contains(&format!("href=\"{scheme}:")), "{uri}: {}", page.html);
        assert!(!page.html.contains("error=unsupported_response_type"), "{uri}: {}", page.html);
    }
    let client = OAuthClient::register(world.url(), "https://app.example.com/cb").await;
    let mut parameters = client.parameters();
    parameters.insert("response_type", "token".to_owned());
    let page = world.browser().open(&client.authorize_url_with(&parameters)).await.unwrap();
    assert!(
        page.html.contains("href=\"https://app.example.com/cb?error=unsupported_response_type"),
        "{}",
        page.html
    );
}

#[tokio::test]
async fn a_registration_never_replaces_another() {
    let world = World::start().await;
    let registered = world.client().await;
    let clients = world.way.store().clients;
    let known = clients.get(&ClientId::new(&registered.id)).await.unwrap().unwrap();
    let mut elsewhere = known.clone();
    elsewhere.redirect_uris = vec!["https://evil.example/cb".to_owned()];
    clients.register(&elsewhere).await.unwrap_err();
    let kept = clients.get(&known.client_id).await.unwrap().unwrap();
    assert_eq!(kept.redirect_uris, known.redirect_uris);
    // The same write again is a retry after a lost answer.
    clients.register(&known).await.unwrap();
}

/// An attacker with write access to the table, such as a compromised function, gets no codes of a known client.
#[tokio::test]
async fn an_entry_that_was_changed_counts_as_none() {
    let (world, evil) = (World::start().await, "https://evil.example/cb");
    let client = world.client().await;
    world
        .way
        .database()
        .update_item()
        .table_name(format!("{}-clients", local::database::PREFIX))
        .key("client_id", AttributeValue::S(client.id.clone()))
        .update_expression("SET redirect_uris = :evil")
        .expression_attribute_values(":evil", AttributeValue::L(vec![AttributeValue::S(evil.to_owned())]))
        .send()
        .await
        .unwrap();
    for client in [client.clone(), client.clone().redirected_to(evil)] {
        let page = world.browser().open(&client.authorize_url()).await.unwrap();
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(page.html.contains("This app is not registered here"), "{}", page.html);
    }
    let clients = world.way.store().clients;
    assert!(clients.get(&ClientId::new(&client.id)).await.unwrap().is_none());
}
