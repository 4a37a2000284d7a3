//! The pages of two stacks in one browser. Here both are on one host, so that the browser sends the cookies of one to
//! the other; with separate hosts it would not even do that.

use e2e::browser::Page;
use e2e::mcp::projects;
use e2e::{Browser, Choice};
use front_door::FrontDoor;
use langsmith_double::data;
use reqwest::StatusCode;
use url::Url;

use super::{client, pairs, present, regions};

/// A browser that stops at every redirect of ours.
fn halting() -> Browser {
    Browser::new("nowhere:")
}

/// Logs in at a stack's LangSmith, up to the redirect back.
async fn way_back(browser: &Browser, door: &FrontDoor, login: &Page) -> Url {
    let ticket = login.field("/authorize/login/langsmith", "ticket");
    let begin = door.at("/authorize/login/langsmith");
    let theirs = browser.post(&begin, &[("ticket", &ticket)]).await.unwrap();
    let mut fields = theirs.fields("/oauth/authorize/approve");
    fields.insert("user".to_owned(), data::ADA.to_string());
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let approve = theirs.url.join("/oauth/authorize/approve").unwrap();
    browser.post(approve.as_str(), &fields).await.unwrap_err()
}

/// Follows the redirect back to the consent page.
async fn arrive(browser: &Browser, back: &Url) {
    let request = browser.open(back.as_str()).await.unwrap_err();
    assert!(browser.open(request.as_str()).await.unwrap().has_form("/authorize/consent"));
}

fn is_refused(page: &Page) {
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "{}", page.html);
    assert!(!page.headers.contains_key("set-cookie"));
    assert!(!page.html.contains("<form"), "{}", page.html);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_and_its_consent_form_belong_to_one_stack() {
    let doors = regions().await;
    for (owner, other) in pairs(&doors) {
        let (client, foreign) = (client(owner).await, client(other).await);
        let browser = Browser::new(&owner.url);
        let login = browser.open(&client.authorize_url()).await.unwrap();
        let consent = browser.use_key(&login, data::ADA_KEY).await.unwrap();

        let page = present(owner, other, browser.open(&foreign.authorize_url())).await.unwrap();
        assert!(page.has_form("/authorize/login/key") && !page.has_form("/authorize/consent"));
        assert!(!page.headers.contains_key("set-cookie"), "the browser brought the owner's cookie");
        let ticket = consent.field("/authorize/consent", "ticket");
        let workspace = &consent.workspaces()[0];
        let fields = [
            ("ticket", ticket.as_str()),
            ("workspace", workspace),
            ("scope", "langsmith:read"),
            ("decision", "allow"),
        ];
        let there = other.at("/authorize/consent");
        is_refused(&present(owner, other, browser.post(&there, &fields)).await.unwrap());

        let redirect = browser.consent(&consent, &Choice::default()).await.unwrap_err();
        let tokens = client.exchange(&client.code(&redirect)).await.tokens();
        assert!(!projects(&owner.url, &tokens.access).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_that_waits_belongs_to_one_stack() {
    let doors = regions().await;
    for (owner, other) in pairs(&doors) {
        let client = client(owner).await;
        let browser = Browser::new(&owner.url);
        let login = browser.open(&client.authorize_url()).await.unwrap();
        for path in ["/authorize/login/key", "/authorize/login/langsmith"] {
            let ticket = login.field(path, "ticket");
            let fields = [("ticket", ticket.as_str()), ("api_key", data::ADA_KEY)];
            let there = other.at(path);
            is_refused(&present(owner, other, browser.post(&there, &fields)).await.unwrap());
        }
        let consent = browser.use_key(&login, data::ADA_KEY).await.unwrap();
        assert!(consent.has_form("/authorize/consent"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_way_back_from_langsmith_leads_to_one_stack() {
    let doors = regions().await;
    for (owner, other) in pairs(&doors) {
        let client = client(owner).await;
        let browser = halting();
        let login = browser.open(&client.authorize_url()).await.unwrap();
        let back = way_back(&browser, owner, &login).await;
        let elsewhere = format!("{}?{}", other.at("/authorize/callback"), back.query().unwrap());
        is_refused(&present(owner, other, browser.open(&elsewhere)).await.unwrap());
        arrive(&browser, &back).await;
    }
}

/// RFC 9207: the attacker makes the browser deliver one server's code to the other server's callback.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_of_one_langsmith_is_not_sent_to_the_other() {
    let doors = regions().await;
    for (owner, other) in pairs(&doors) {
        let browser = halting();
        let login = browser.open(&client(owner).await.authorize_url()).await.unwrap();
        let back = way_back(&browser, owner, &login).await;
        let login = browser.open(&client(other).await.authorize_url()).await.unwrap();
        let theirs = way_back(&browser, other, &login).await;
        let state = theirs.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let mixed: Vec<_> = back
            .query_pairs()
            .map(|(name, value)| if name == "state" { (name, state.clone().into()) } else { (name, value) })
            .collect();
        let mixed = Url::parse_with_params(&other.at("/authorize/callback"), &mixed).unwrap();
        let asked = other.langsmith.requests().len();
        let page = browser.open(mixed.as_str()).await.unwrap();
        assert!(!page.status.is_success() && !page.has_form("/authorize/consent"), "{}", page.html);
        let asked = other.langsmith.requests().split_off(asked);
        assert!(asked.iter().all(|request| request.method == "GET"), "{asked:?}");
        arrive(&browser, &back).await;
    }
}
