//! No secret in a log: the complete life of several logins at the most verbose level, then a search for every secret
//! that was used. Every answer's request id is in the log, for troubleshooting.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use e2e::browser::Page;
use e2e::client::VERIFIER;
use kit::tool_call;
use langsmith_double::data::{ADA, ADA_KEY, GRACE, SERVICE_KEY};
use langsmith_double::{Fault, FaultKind, Handle};
use primitives::secret::sha256;
use reqwest::header::{LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use crate::process::{Process, command};

const CALLBACK: &str = "http://127.0.0.1:7777/callback";
const STATE: &str = "state-that-only-the-client-may-know";
const WRONG_KEY: &str = "lsv2_pt_wrong_key_0123456789";
const WRONG_TOKEN: &str = "made-up-token-0123456789";

/// Drives the server and records every secret in transit.
struct Witness {
    origin: String,
    secrets: Mutex<BTreeSet<String>>,
    ids: Mutex<BTreeSet<String>>,
}

struct Login {
    client: String,
    browser: Client,
    tokens: Value,
}

impl Witness {
    fn new(origin: &str) -> Self {
        let known = [ADA_KEY, SERVICE_KEY, WRONG_KEY, WRONG_TOKEN, STATE, VERIFIER].map(str::to_owned);
        Self { origin: origin.to_owned(), secrets: Mutex::new(known.into()), ids: Mutex::default() }
    }

    fn note(&self, secret: &str) {
        // Shorter ones could be found in anything.
        assert!(secret.len() >= 12, "{secret}");
        self.secrets.lock().unwrap().insert(secret.to_owned());
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    async fn send(&self, request: RequestBuilder) -> Response {
        let response = request.send().await.unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (_, value) = pair.split_once('=').unwrap();
            if !value.is_empty() {
                self.note(value);
            }
        }
        if let Some(location) = response.headers().get(LOCATION) {
            let url = response.url().join(location.to_str().unwrap()).unwrap();
            for (name, value) in url.query_pairs() {
                if matches!(name.as_ref(), "code" | "state") {
                    self.note(&value);
                }
            }
        }
        if response.url().as_str().starts_with(&self.origin) {
            let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
            self.ids.lock().unwrap().insert(id);
        }
        response
    }

    async fn browse(&self, browser: &Client, request: RequestBuilder) -> Result<Page, Url> {
        let mut response = self.send(request).await;
        while let Some(location) = response.headers().get(LOCATION) {
            let next = response.url().join(location.to_str().unwrap()).unwrap();
            if next.as_str().starts_with(CALLBACK) {
                return Err(next);
            }
            response = self.send(browser.get(next)).await;
        }
        let (url, status, headers) = (response.url().clone(), response.status(), response.headers().clone());
        let page = Page { url, status, headers, html: response.text().await.unwrap() };
        for part in page.html.split("name=\"ticket\" value=\"").skip(1) {
            self.note(part.split('"').next().unwrap());
        }
        Ok(page)
    }

    async fn json(&self, request: RequestBuilder) -> Value {
        let text = self.send(request).await.text().await.unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap_or_default();
        for name in ["access_token", "refresh_token"] {
            if let Some(token) = answer[name].as_str() {
                self.note(token);
            }
        }
        answer
    }

    async fn register(&self) -> String {
        let metadata = json!({ "client_name": "Watched", "redirect_uris": [CALLBACK] });
        let answer = self.json(http().post(self.at("/register")).json(&metadata)).await;
        answer["client_id"].as_str().unwrap().to_owned()
    }

    fn address(&self, client: &str) -> Url {
        let challenge = sha256(VERIFIER.as_bytes());
        let parameters = [
            ("response_type", "code"),
            ("client_id", client),
            ("redirect_uri", CALLBACK),
            ("state", STATE),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        Url::parse_with_params(&self.at("/authorize"), parameters).unwrap()
    }

    async fn login_page(&self) -> (String, Client, Page) {
        let (client, browser) = (self.register().await, http());
        let page = self.browse(&browser, browser.get(self.address(&client))).await.unwrap();
        (client, browser, page)
    }

    async fn use_key(&self, browser: &Client, page: &Page, key: &str) -> Page {
        let ticket = page.field("/authorize/login/key", "ticket");
        let form = browser
            .post(self.at("/authorize/login/key"))
            .form(&[("ticket", ticket.as_str()), ("api_key", key)]);
        self.browse(browser, form).await.unwrap()
    }

    async fn continue_with_langsmith(&self, browser: &Client, page: &Page, user: &str) -> Page {
        let ticket = page.field("/authorize/login/langsmith", "ticket");
        let form = browser.post(self.at("/authorize/login/langsmith")).form(&[("ticket", ticket)]);
        let theirs = self.browse(browser, form).await.unwrap();
        let mut fields = theirs.fields("/oauth/authorize/approve");
        self.note(&fields["state"]);
        fields.insert("user".into(), user.to_owned());
        let approve = browser.post(theirs.url.join("/oauth/authorize/approve").unwrap()).form(&fields);
        self.browse(browser, approve).await.unwrap()
    }

    async fn consent(&self, browser: &Client, page: &Page, decision: &str) -> Url {
        let ticket = page.field("/authorize/consent", "ticket");
        let mut fields = vec![("ticket", ticket), ("decision", decision.into()), ("workspace", "*".into())];
        fields.extend(page.scopes().into_iter().map(|scope| ("scope", scope)));
        self.browse(browser, browser.post(self.at("/authorize/consent")).form(&fields)).await.unwrap_err()
    }

    async fn connect(&self, client: String, browser: Client, consent: &Page) -> Login {
        let redirect = self.consent(&browser, consent, "allow").await;
        let code = redirect.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("code_verifier", VERIFIER),
            ("client_id", &client),
        ];
        let tokens = self.json(http().post(self.at("/token")).form(&fields)).await;
        assert!(tokens["access_token"].is_string(), "{tokens}");
        Login { client, browser, tokens }
    }

    async fn token(&self, fields: &[(&str, &str)]) -> Value {
        self.json(http().post(self.at("/token")).form(fields)).await
    }

    async fn call(
        &self,
        tool: &str,
        arguments: &Value,
        credential: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Value {
        let message = tool_call(tool, arguments);
        self.json(credential(http().post(self.at("/mcp"))).json(&message)).await
    }
}

fn http() -> Client {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .cookie_store(true)
        .build()
        .unwrap()
}

async fn logins(witness: &Witness) -> [Login; 3] {
    let (client, browser, page) = witness.login_page().await;
    let page = witness.use_key(&browser, &page, WRONG_KEY).await;
    let consent = witness.use_key(&browser, &page, ADA_KEY).await;
    let key = witness.connect(client, browser, &consent).await;
    let (client, browser, page) = witness.login_page().await;
    let consent = witness.use_key(&browser, &page, SERVICE_KEY).await;
    let service = witness.connect(client, browser, &consent).await;
    let (client, browser, page) = witness.login_page().await;
    let consent = witness.continue_with_langsmith(&browser, &page, &GRACE.to_string()).await;
    [key, service, witness.connect(client, browser, &consent).await]
}

/// All failures on the way to a login.
async fn failed_logins(witness: &Witness, handle: &Handle) {
    let (_, browser, page) = witness.login_page().await;
    witness.continue_with_langsmith(&browser, &page, "deny").await;
    for (path, kind) in [
        ("/oauth/token", FaultKind::Status(500)),
        ("/oauth/token", FaultKind::Malformed),
        ("/oauth/token", FaultKind::Status(400)),
        ("/workspaces", FaultKind::Html),
        ("/ls_user_id", FaultKind::Drop),
    ] {
        handle.inject(Fault { method: None, path_contains: path.into(), kind, times: None });
        let (_, browser, page) = witness.login_page().await;
        witness.continue_with_langsmith(&browser, &page, &ADA.to_string()).await;
        let (_, browser, page) = witness.login_page().await;
        witness.use_key(&browser, &page, ADA_KEY).await;
        handle.clear_faults();
    }
    let callback =
        witness.at(&format!("/authorize/callback?code={WRONG_TOKEN}&state={STATE}&iss=https://evil.example"));
    witness.browse(&browser, browser.get(callback)).await.unwrap();
    let (client, browser, page) = witness.login_page().await;
    let form = [("ticket", WRONG_TOKEN), ("api_key", ADA_KEY)];
    witness.browse(&browser, browser.post(witness.at("/authorize/login/key")).form(&form)).await.unwrap();
    let consent = witness.use_key(&browser, &page, ADA_KEY).await;
    witness.consent(&browser, &consent, "deny").await;
    let elsewhere = format!("{}&redirect_uri=https://evil.example/{WRONG_TOKEN}", witness.address(&client));
    witness.browse(&browser, browser.get(elsewhere)).await.unwrap_err();
}

async fn calls(witness: &Witness, handle: &Handle, login: &Login) {
    let access = login.tokens["access_token"].as_str().unwrap();
    let bearer = |request: RequestBuilder| request.bearer_auth(access);
    let key = |request: RequestBuilder| request.header("x-api-key", ADA_KEY);
    let runs = json!({ "project_name": "support-bot", "limit": 1 });
    for tool in ["list_projects", "list_prompts", "no_such_tool"] {
        witness.call(tool, &json!({}), bearer).await;
        witness.call(tool, &json!({ "wrong": WRONG_TOKEN }), key).await;
    }
    for kind in [
        FaultKind::Status(401),
        FaultKind::Status(403),
        FaultKind::Status(500),
        FaultKind::RateLimited { retry_after_secs: Some(1) },
        FaultKind::Drop,
        FaultKind::Malformed,
        FaultKind::Html,
        FaultKind::Oversized(9_000_000),
        FaultKind::Slow(Duration::from_millis(1)),
    ] {
        handle.inject(Fault { method: None, path_contains: "/sessions".into(), kind, times: None });
        witness.call("fetch_runs", &runs, bearer).await;
        witness.call("fetch_runs", &runs, key).await;
        handle.clear_faults();
    }
    witness.call("list_projects", &json!({}), |request| request.header("x-api-key", WRONG_KEY)).await;
    witness.call("list_projects", &json!({}), |request| request.bearer_auth(WRONG_TOKEN)).await;
    witness.send(http().get(witness.at(&format!("/mcp?access_token={access}")))).await;
    witness.send(http().post(witness.at("/mcp")).header("x-api-key", ADA_KEY).body(access.to_owned())).await;
}

/// Refreshes, races, wrong tokens, revocation and a replay.
async fn endings(witness: &Witness, login: &Login) {
    let refresh = login.tokens["refresh_token"].as_str().unwrap();
    let fields = |token| {
        [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", login.client.as_str())]
    };
    let next = witness.token(&fields(refresh)).await;
    let racer = witness.token(&fields(refresh)).await;
    assert!(next["access_token"].is_string() && racer["access_token"].is_string(), "{racer}");
    witness.token(&fields(WRONG_TOKEN)).await;
    let stranger = [("grant_type", "refresh_token"), ("refresh_token", refresh), ("client_id", WRONG_TOKEN)];
    witness.token(&stranger).await;
    let code = [
        ("grant_type", "authorization_code"),
        ("code", WRONG_TOKEN),
        ("code_verifier", VERIFIER),
        ("client_id", &login.client),
    ];
    witness.token(&code).await;
    let access = next["access_token"].as_str().unwrap();
    for token in [access, refresh, WRONG_TOKEN] {
        let form = [("token", token), ("client_id", login.client.as_str())];
        witness.send(http().post(witness.at("/revoke")).form(&form)).await;
    }
    witness.token(&fields(refresh)).await;
    witness.call("list_projects", &json!({}), |request| request.bearer_auth(access)).await;
    let address = witness.address(&login.client);
    let consent = witness.browse(&login.browser, login.browser.get(address)).await.unwrap();
    let form = [("ticket", consent.field("/authorize/consent", "ticket"))];
    let out = login.browser.post(witness.at("/authorize/logout")).form(&form);
    witness.browse(&login.browser, out).await.unwrap();
}

/// The secrets that the double has seen and issued, and those in the key files.
fn other_secrets(witness: &Witness, handle: &Handle, data: &Path) {
    handle.secrets().iter().for_each(|secret| witness.note(secret));
    for request in handle.requests().iter().filter(|request| request.path == "/oauth/token") {
        for (name, value) in url::form_urlencoded::parse(request.body.as_bytes()) {
            if matches!(name.as_ref(), "code_verifier" | "code" | "refresh_token") {
                witness.note(&value);
            }
        }
    }
    for name in ["root-key", "signing-key"] {
        witness.note(std::fs::read_to_string(data.join(name)).unwrap().trim());
    }
}

/// Each of the two logins that [`endings`] ends was refreshed twice with one token: the second time its chain forks,
/// within the same grant.
fn assert_forks_are_audited(log: &str) {
    let grants = |event: &str| -> Vec<&str> {
        let lines = log.lines().filter(|line| line.contains(" audit: ") && line.contains(event));
        lines.map(|line| line.rsplit_once("grant=").unwrap().1.split(' ').next().unwrap()).collect()
    };
    let (rotated, forked) = (grants("event=\"refresh_rotated\""), grants("event=\"refresh_forked\""));
    assert_eq!(forked.len(), 2, "{forked:?}");
    assert!(
        forked[0] != forked[1] && forked.iter().all(|grant| rotated.contains(grant)),
        "{rotated:?} {forked:?}"
    );
}

/// Neither in the database nor in its write-ahead log.
fn assert_none_is_stored(secrets: &BTreeSet<String>, data: &Path) {
    let files = ["database.sqlite", "database.sqlite-wal"];
    let stored: Vec<u8> =
        files.iter().flat_map(|name| std::fs::read(data.join(name)).unwrap_or_default()).collect();
    assert!(stored.len() > 50_000, "{} bytes", stored.len());
    let stored = String::from_utf8_lossy(&stored);
    // A pending login holds the client's request as received.
    let found = secrets.iter().find(|secret| *secret != STATE && stored.contains(secret.as_str()));
    assert_eq!(found, None, "stands in the database");
}

#[tokio::test]
async fn no_secret_stands_in_the_log_or_the_database() {
    let double = langsmith_double::start(langsmith_double::Options::default()).await.unwrap();
    let (data, langsmith, handle) = (TempDir::new().unwrap(), double.url(), double.handle());
    let directory = data.path().to_str().unwrap();
    let mut command = command([
        "--port",
        "0",
        "--data-dir",
        directory,
        "--langsmith-endpoint",
        &langsmith,
        "--langsmith-client-id",
        langsmith_double::CLIENT_ID,
        "--log",
        "trace",
    ]);
    command.env("LANGSMITH_CLIENT_SECRET", langsmith_double::CLIENT_SECRET);
    let process = Process::start(command).await;
    let witness = Witness::new(process.url());
    // Upstream tokens that expire soon, so that the broker refreshes them, too.
    handle.set_access_ttl(1);
    let logins = logins(&witness).await;
    failed_logins(&witness, &handle).await;
    let [key, service, oauth] = &logins;
    calls(&witness, &handle, oauth).await;
    calls(&witness, &handle, key).await;
    for login in [oauth, key] {
        endings(&witness, login).await;
    }
    let (client, browser, page) = witness.login_page().await;
    let consent = witness.continue_with_langsmith(&browser, &page, &GRACE.to_string()).await;
    let ended_upstream = witness.connect(client, browser, &consent).await;
    handle.revoke_oauth_user("Grace");
    handle.revoke_key(SERVICE_KEY);
    for login in [&ended_upstream, service] {
        let access = login.tokens["access_token"].as_str().unwrap();
        witness.call("list_projects", &json!({}), |request| request.bearer_auth(access)).await;
    }
    other_secrets(&witness, &handle, data.path());
    let ended = process.end("TERM").await;
    let log = format!("{}{}", ended.stdout, ended.stderr);
    let (secrets, ids) = (witness.secrets.lock().unwrap(), witness.ids.lock().unwrap());
    assert!(secrets.len() > 50 && ids.len() > 100, "{} secrets, {} requests", secrets.len(), ids.len());
    for secret in secrets.iter() {
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        assert!(line.is_none(), "{secret} stands in {line:?}");
    }
    assert_none_is_stored(&secrets, data.path());
    for id in ids.iter() {
        assert!(log.contains(id.as_str()), "no line for request {id}");
    }
    assert_forks_are_audited(&log);
}
