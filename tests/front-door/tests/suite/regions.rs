//! Two stacks side by side: credentials of one are worthless at the other, and stay valid at their own.

mod browser;
mod traffic;

use e2e::mcp::{bearer, call, projects};
use e2e::{Browser, Choice, Login, OAuthClient, Tokens};
use front_door::{FrontDoor, Options};
use langsmith_double::{AuthKind, data};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// The redirect URI of every client: a foreign client fails because of its credentials, not because of its address.
const CALLBACK: &str = "http://127.0.0.1:7777/callback";
const TABLES: [&str; 7] = ["clients", "grants", "keys", "mcp-servers", "sessions", "tool-cache", "vault"];

/// The stacks of two regions.
async fn regions() -> [FrontDoor; 2] {
    let start = |environment| FrontDoor::with(Options { environment, ..Options::default() });
    let (us, eu) = tokio::join!(start("us"), start("eu"));
    [us, eu]
}

/// Each stack as the owner, with the other one.
fn pairs([us, eu]: &[FrontDoor; 2]) -> [(&FrontDoor, &FrontDoor); 2] {
    [(us, eu), (eu, us)]
}

async fn client(door: &FrontDoor) -> OAuthClient {
    OAuthClient::register(&door.url, CALLBACK).await
}

/// A client with a login of Ada's.
async fn log_in(door: &FrontDoor) -> (OAuthClient, Tokens) {
    let client = client(door).await;
    let tokens = client.connect(&Browser::new(&door.url), Login::Key(data::ADA_KEY)).await;
    (client, tokens)
}

/// The numbers of requests to a stack, of its calls to AWS, and of its requests to LangSmith.
fn marks(door: &FrontDoor) -> [usize; 3] {
    [door.requests().len(), door.aws.calls().len(), door.langsmith.requests().len()]
}

/// All data that a stack has stored.
async fn kept(door: &FrontDoor) -> (Vec<Value>, Vec<String>) {
    let mut items = Vec::new();
    for table in TABLES {
        items.extend(door.aws.items(table).await);
    }
    (items, door.aws.secrets_that_start(""))
}

/// Presents something of the owner's to the other stack: the owner gets no requests, nothing changes at the other, and
/// no credential goes to its LangSmith.
async fn present<T>(owner: &FrontDoor, other: &FrontDoor, work: impl Future<Output = T>) -> T {
    let (before, heard) = (kept(other).await, marks(owner));
    let asked = other.langsmith.requests().len();
    let outcome = work.await;
    assert_eq!(marks(owner), heard);
    assert_eq!(kept(other).await, before);
    for request in other.langsmith.requests().split_off(asked) {
        let bare = request.authorization == AuthKind::None && !request.x_api_key && request.method == "GET";
        assert!(bare, "{request:?}");
    }
    outcome
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_access_token_opens_one_stack() {
    let doors = regions().await;
    for (owner, other) in pairs(&doors) {
        let (_, tokens) = log_in(owner).await;
        // The same user is known there.
        let (foreign, theirs) = log_in(other).await;
        projects(&other.url, &theirs.access).await;
        let listing = call(&other.url, bearer(&tokens.access), "list_projects", json!({}));
        let refused = present(owner, other, listing).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        let challenge = refused.headers["www-authenticate"].to_str().unwrap();
        let metadata = other.at("/.well-known/oauth-protected-resource/mcp");
        assert!(challenge.contains(&format!("resource_metadata=\"{metadata}\"")), "{challenge}");
        // RFC 7009 section 2.2: a token that is invalid here needs no revocation.
        let revoked = present(owner, other, foreign.revoke(&tokens.access)).await;
        assert_eq!(revoked.status, StatusCode::OK);
        assert!(!projects(&owner.url, &tokens.access).await.is_empty());
        assert!(!projects(&other.url, &theirs.access).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_token_is_garbage_at_the_other_stack() {
    let doors = regions().await;
    for (owner, other) in pairs(&doors) {
        let (client, tokens) = log_in(owner).await;
        let (foreign, theirs) = log_in(other).await;
        let mut namesake = foreign.clone();
        namesake.id.clone_from(&client.id);
        for (client, error) in [(&foreign, "invalid_grant"), (&namesake, "invalid_client")] {
            let refused = present(owner, other, client.refresh(&tokens.refresh)).await;
            assert_eq!(refused.error(), error);
            let revoked = present(owner, other, client.revoke(&tokens.refresh)).await;
            assert_eq!(revoked.status, StatusCode::OK);
        }
        let next = client.refresh(&tokens.refresh).await.tokens();
        assert!(!projects(&owner.url, &next.access).await.is_empty());
        // The end of a login in one region does not affect the other.
        assert_eq!(client.revoke(&next.refresh).await.status, StatusCode::OK);
        foreign.refresh(&theirs.refresh).await.tokens();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_exchanged_where_it_was_given() {
    let doors = regions().await;
    for (owner, other) in pairs(&doors) {
        let (client, foreign) = (client(owner).await, client(other).await);
        let login = Login::LangSmith(data::ADA);
        let redirect = client.authorize(&Browser::new(&owner.url), login, &Choice::default()).await;
        let code = client.code(&redirect);
        let mut namesake = foreign.clone();
        namesake.id.clone_from(&client.id);
        for (client, error) in [(&foreign, "invalid_grant"), (&namesake, "invalid_client")] {
            let refused = present(owner, other, client.exchange(&code)).await;
            assert_eq!(refused.error(), error);
        }
        let tokens = client.exchange(&code).await.tokens();
        assert!(!projects(&owner.url, &tokens.access).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_is_registered_in_one_stack() {
    let doors = regions().await;
    for (owner, other) in pairs(&doors) {
        let client = client(owner).await;
        let mut namesake = self::client(other).await;
        namesake.id.clone_from(&client.id);
        let browser = Browser::new(&other.url);
        // Shown on a page: nobody may be redirected to an unregistered URI.
        let page = present(owner, other, browser.open(&namesake.authorize_url())).await.unwrap();
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(!page.html.contains("<form"), "{}", page.html);
        let own = client.connect(&Browser::new(&owner.url), Login::Key(data::ADA_KEY)).await;
        assert!(!projects(&owner.url, &own.access).await.is_empty());
    }
}
