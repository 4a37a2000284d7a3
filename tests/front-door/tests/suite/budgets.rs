//! The AWS requests of each step, counted as HTTP requests of the real SDK on warm instances. Concurrent requests are
//! one round trip; where there are two, they are concurrent.

use e2e::mcp::projects;
use e2e::{Browser, Choice, Login, OAuthClient};
use front_door::{FrontDoor, Options};
use langsmith_double::data;
use reqwest::StatusCode;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_asks_no_more_than_it_must() {
    for vault in ["secrets-manager", "kms"] {
        let parameters = vec![("VaultKind", vault)];
        budgets(&FrontDoor::with(Options { parameters, ..Options::default() }).await).await;
    }
}

async fn budgets(door: &FrontDoor) {
    let redirect_uri = "http://127.0.0.1:7777/callback";
    let warm_up = OAuthClient::register(&door.url, redirect_uri).await;
    let tokens = warm_up.connect(&Browser::new(&door.url), Login::Key(data::GRACE_KEY)).await;
    projects(&door.url, &tokens.access).await;

    let (client, asked) = door.aws.count(OAuthClient::register(&door.url, redirect_uri)).await;
    assert_eq!(asked, 1, "/register");
    let browser = Browser::new(&door.url);
    let (page, asked) = door.aws.count(browser.open(&client.authorize_url())).await;
    assert_eq!(asked, 1, "the login page: the client");
    let consent = browser.use_key(&page.unwrap(), data::ADA_KEY).await.unwrap();
    let (page, asked) = door.aws.count(browser.open(&client.authorize_url())).await;
    assert!(page.unwrap().has_form("/authorize/consent"));
    assert_eq!(asked, 2, "the consent page: client and session, together");
    let (page, asked) = door.aws.count(browser.open(&door.at("/connections"))).await;
    assert!(page.unwrap().has_form("/connections/logout"));
    assert_eq!(asked, 2, "the list of connections: session and grants, together");
    let (redirect, asked) = door.aws.count(browser.consent(&consent, &Choice::default())).await;
    assert_eq!(asked, 1, "consent: one transaction");
    let (answer, asked) = door.aws.count(client.exchange(&client.code(&redirect.unwrap_err()))).await;
    assert_eq!(asked, 1, "/token, code");
    let (answer, asked) = door.aws.count(client.refresh(&answer.tokens().refresh)).await;
    assert_eq!(asked, 1, "/token, refresh");
    let tokens = answer.tokens();
    let (_, asked) = door.aws.count(projects(&door.url, &tokens.access)).await;
    assert_eq!(asked, 3, "the first call: grant, credential, and what it is sealed under");
    let (_, asked) = door.aws.count(projects(&door.url, &tokens.access)).await;
    assert_eq!(asked, 0, "a call within five seconds");
    let (answer, asked) = door.aws.count(client.revoke(&tokens.refresh)).await;
    assert_eq!((answer.status, asked), (StatusCode::OK, 1), "/revoke");
    let ((), asked) = door
        .aws
        .count(async {
            let http = e2e::client::http();
            for path in ["/.well-known/oauth-authorization-server", "/", "/health", "/nowhere"] {
                http.get(door.at(path)).send().await.unwrap();
            }
            http.post(door.at("/mcp")).bearer_auth("garbage").send().await.unwrap();
            http.post(door.at("/mcp")).send().await.unwrap();
        })
        .await;
    assert_eq!(asked, 0, "documents and garbage");
}
