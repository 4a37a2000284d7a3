//! A stack with a client and a logged-in person.

use e2e::browser::Page;
use e2e::mcp::{bearer, call};
use e2e::{Answer, Browser, Choice, Login, OAuthClient, Tokens};
use front_door::{FrontDoor, Options};
use langsmith_double::data;
use serde_json::json;
use url::Url;

pub(super) const REDIRECT: &str = "http://127.0.0.1:7777/callback";
/// The locations of a login's key.
pub(super) const VAULTS: [&str; 2] = ["secrets-manager", "kms"];

pub(super) struct World {
    pub(super) door: FrontDoor,
    pub(super) client: OAuthClient,
    /// Ada's browser, logged in with her key.
    pub(super) browser: Browser,
    pub(super) vault: &'static str,
}

impl World {
    pub(super) async fn start(vault: &'static str) -> Self {
        let parameters = vec![("VaultKind", vault)];
        let door = FrontDoor::with(Options { parameters, patient: false, ..Options::default() }).await;
        let client = OAuthClient::register(&door.url, REDIRECT).await;
        let browser = Browser::new(&door.url);
        client.connect(&browser, Login::Key(data::ADA_KEY)).await;
        Self { door, client, browser, vault }
    }

    /// The consent page in Ada's browser.
    pub(super) async fn consent_page(&self) -> Page {
        self.browser.open(&self.client.authorize_url()).await.unwrap()
    }

    /// A fresh code of Ada's.
    pub(super) async fn code(&self) -> String {
        let page = self.consent_page().await;
        let redirect = self.browser.consent(&page, &Choice::default()).await.unwrap_err();
        self.client.code(&redirect)
    }

    /// Fresh tokens of Ada's.
    pub(super) async fn tokens(&self) -> Tokens {
        self.client.exchange(&self.code().await).await.tokens()
    }

    /// Fresh tokens of a separate login.
    pub(super) async fn login(&self, login: Login) -> (Browser, Tokens) {
        let browser = Browser::new(&self.door.url);
        let tokens = self.client.connect(&browser, login).await;
        (browser, tokens)
    }

    /// A login page in a separate browser.
    pub(super) async fn login_page(&self) -> (Browser, Page) {
        let browser = Browser::new(&self.door.url);
        let page = browser.open(&self.client.authorize_url()).await.unwrap();
        (browser, page)
    }

    /// Submits the consent page and exchanges the code for tokens.
    pub(super) async fn finish(&self, browser: &Browser, consent: &Page) -> Tokens {
        let redirect: Url = browser.consent(consent, &Choice::default()).await.unwrap_err();
        self.client.exchange(&self.client.code(&redirect)).await.tokens()
    }

    pub(super) async fn call(&self, token: &str) -> Answer {
        call(&self.door.url, bearer(token), "list_projects", json!({ "limit": 1 })).await
    }

    /// Makes the next event to these functions start an instance.
    pub(super) fn cool(&self, functions: &[&str]) {
        for name in functions {
            self.door.function(name).retire();
        }
    }
}
