//! kill -9 at any moment, and a restart: nothing that was answered is lost. Every registered client is still known,
//! every grant still refreshes with the last token sent and reaches its tools, and every browser session still skips
//! the login.

use std::path::Path;
use std::sync::Arc;

use e2e::browser::Page;
use e2e::client::VERIFIER;
use futures_util::future::select_all;
use kit::tool_call;
use langsmith_double::data::{ADA, ADA_KEY, GRACE_KEY};
use primitives::secret::sha256;
use reqwest::header::LOCATION;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use url::Url;

use crate::process::{Process, command};

const ROUNDS: u64 = 10;
const VISITORS: u64 = 4;
const CALLBACK: &str = "http://127.0.0.1:7777/callback";

/// The server was killed during a request.
#[derive(Debug)]
struct Cut;

type Answered<T> = Result<T, Cut>;

/// A pseudo-random generator with a fixed seed.
struct Dice(u64);

impl Dice {
    /// A number below `limit` (Knuth's linear congruential generator; its low bits repeat early, so they are dropped).
    fn roll(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// A browser with a completed login.
struct Session(reqwest::Client);

/// A grant whose tokens were received.
struct Grant {
    client: String,
    access: String,
    refresh: String,
}

/// A person with several clients and browsers, who records all answers.
struct Visitor {
    origin: String,
    dice: Dice,
    begun: Arc<watch::Sender<u64>>,
    clients: Vec<String>,
    sessions: Vec<Session>,
    grants: Vec<Grant>,
}

fn http() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .cookie_store(true)
        .build()
        .unwrap()
}

impl Visitor {
    fn new(seed: u64, origin: &str, begun: &Arc<watch::Sender<u64>>) -> Self {
        let dice = Dice(seed);
        Self {
            origin: origin.to_owned(),
            dice,
            begun: begun.clone(),
            clients: vec![],
            sessions: vec![],
            grants: vec![],
        }
    }

    /// Sends a request, which counts as begun from here on. Any outcome but an answer is a cut.
    async fn send(&self, request: RequestBuilder) -> Answered<Response> {
        self.begun.send_modify(|begun| *begun += 1);
        request.send().await.map_err(|_| Cut)
    }

    async fn json(&self, request: RequestBuilder, expected: StatusCode) -> Answered<Value> {
        let response = self.send(request).await?;
        let status = response.status();
        let text = response.text().await.map_err(|_| Cut)?;
        assert_eq!(status, expected, "{text}");
        Ok(serde_json::from_str(&text).unwrap())
    }

    /// Follows redirects like a browser, to a page or to a client's URL.
    async fn browse(
        &self,
        browser: &reqwest::Client,
        request: RequestBuilder,
    ) -> Answered<Result<Page, Url>> {
        let mut response = self.send(request).await?;
        while let Some(location) = response.headers().get(LOCATION) {
            let next = response.url().join(location.to_str().unwrap()).unwrap();
            if next.as_str().starts_with(CALLBACK) {
                return Ok(Err(next));
            }
            response = self.send(browser.get(next)).await?;
        }
        let (url, status, headers) = (response.url().clone(), response.status(), response.headers().clone());
        let html = response.text().await.map_err(|_| Cut)?;
        assert_eq!(status, 200, "{url}: {html}");
        Ok(Ok(Page { url, status, headers, html }))
    }

    /// Works until the server is killed.
    async fn work(mut self) -> Self {
        while self.visit().await.is_ok() {}
        self
    }

    async fn visit(&mut self) -> Answered<()> {
        for index in 0..self.grants.len() {
            if self.dice.roll(3) == 0 {
                self.refresh(index).await?;
            }
            if self.dice.roll(4) == 0 {
                self.call(&self.grants[index]).await?;
            }
        }
        let client = self.register().await?;
        let session = self.log_in(&client).await?;
        self.connect(&client, session).await
    }

    async fn register(&mut self) -> Answered<String> {
        let metadata = json!({ "client_name": "Killed client", "redirect_uris": [CALLBACK] });
        let request = http().post(format!("{}/register", self.origin)).json(&metadata);
        let answer = self.json(request, StatusCode::CREATED).await?;
        let client = answer["client_id"].as_str().unwrap().to_owned();
        self.clients.push(client.clone());
        Ok(client)
    }

    fn address(&self, client: &str) -> Url {
        let challenge = sha256(VERIFIER.as_bytes());
        let parameters = [
            ("response_type", "code"),
            ("client_id", client),
            ("redirect_uri", CALLBACK),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        Url::parse_with_params(&format!("{}/authorize", self.origin), parameters).unwrap()
    }

    /// A browser with a session: one of the earlier ones, or a new one after a login of either kind.
    async fn log_in(&mut self, client: &str) -> Answered<usize> {
        if !self.sessions.is_empty() && self.dice.roll(2) == 0 {
            return Ok(usize::try_from(self.dice.roll(self.sessions.len() as u64)).unwrap());
        }
        let browser = http();
        let page = self.browse(&browser, browser.get(self.address(client))).await?.unwrap();
        let consent = match self.dice.roll(3) {
            0 => self.use_key(&browser, &page, ADA_KEY).await?,
            1 => self.use_key(&browser, &page, GRACE_KEY).await?,
            _ => self.continue_with_langsmith(&browser, &page).await?,
        };
        assert!(consent.has_form("/authorize/consent"), "{}", consent.html);
        self.sessions.push(Session(browser));
        Ok(self.sessions.len() - 1)
    }

    async fn use_key(&self, browser: &reqwest::Client, page: &Page, key: &str) -> Answered<Page> {
        let ticket = page.field("/authorize/login/key", "ticket");
        let form = browser.post(format!("{}/authorize/login/key", self.origin));
        Ok(self.browse(browser, form.form(&[("ticket", ticket.as_str()), ("api_key", key)])).await?.unwrap())
    }

    async fn continue_with_langsmith(&self, browser: &reqwest::Client, page: &Page) -> Answered<Page> {
        let ticket = page.field("/authorize/login/langsmith", "ticket");
        let form =
            browser.post(format!("{}/authorize/login/langsmith", self.origin)).form(&[("ticket", ticket)]);
        let theirs = self.browse(browser, form).await?.unwrap();
        let mut fields = theirs.fields("/oauth/authorize/approve");
        fields.insert("user".into(), ADA.to_string());
        let approve = browser.post(theirs.url.join("/oauth/authorize/approve").unwrap()).form(&fields);
        Ok(self.browse(browser, approve).await?.unwrap())
    }

    /// Consents in a session and exchanges the code.
    async fn connect(&mut self, client: &str, session: usize) -> Answered<()> {
        let browser = &self.sessions[session].0;
        let consent = self.browse(browser, browser.get(self.address(client))).await?.unwrap();
        let ticket = consent.field("/authorize/consent", "ticket");
        let mut fields = vec![("ticket", ticket), ("decision", "allow".into()), ("workspace", "*".into())];
        fields.extend(consent.scopes().into_iter().map(|scope| ("scope", scope)));
        let form = browser.post(format!("{}/authorize/consent", self.origin)).form(&fields);
        let redirect = self.browse(browser, form).await?.unwrap_err();
        let code = redirect.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        let tokens = self
            .token(
                client,
                &[("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER)],
            )
            .await?;
        self.grants.push(tokens);
        Ok(())
    }

    async fn refresh(&mut self, index: usize) -> Answered<()> {
        let Grant { client, refresh, .. } = &self.grants[index];
        self.grants[index] =
            self.token(client, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await?;
        Ok(())
    }

    async fn token(&self, client: &str, fields: &[(&str, &str)]) -> Answered<Grant> {
        let fields = [fields, &[("client_id", client)]].concat();
        let answer =
            self.json(http().post(format!("{}/token", self.origin)).form(&fields), StatusCode::OK).await?;
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        Ok(Grant { client: client.to_owned(), access: text("access_token"), refresh: text("refresh_token") })
    }

    async fn call(&self, grant: &Grant) -> Answered<()> {
        let call = tool_call("list_projects", &json!({}));
        let request = http().post(format!("{}/mcp", self.origin)).bearer_auth(&grant.access).json(&call);
        let answer = self.json(request, StatusCode::OK).await?;
        assert_eq!(answer["result"]["isError"], false, "{answer}");
        Ok(())
    }

    /// Checks that everything ever answered still holds.
    async fn check(&mut self) -> Answered<()> {
        for client in &self.clients {
            let browser = http();
            let page = self.browse(&browser, browser.get(self.address(client))).await?.unwrap();
            assert!(page.has_form("/authorize/login/key"), "{}", page.html);
        }
        for session in &self.sessions {
            let client = &self.clients[0];
            let page = self.browse(&session.0, session.0.get(self.address(client))).await?.unwrap();
            assert!(page.has_form("/authorize/consent"), "the session is gone: {}", page.html);
        }
        for index in 0..self.grants.len() {
            self.call(&self.grants[index]).await?;
            self.refresh(index).await?;
            self.call(&self.grants[index]).await?;
        }
        Ok(())
    }
}

fn server(data: &Path, port: &str, langsmith: &str) -> tokio::process::Command {
    let data = data.to_str().unwrap();
    let origin =
        ["--port", port, "--host", "127.0.0.1", "--data-dir", data, "--langsmith-endpoint", langsmith];
    command(origin.into_iter().chain(["--langsmith-self-registration", "--log", "warn"]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killing_it_at_any_moment_loses_nothing_that_was_answered() {
    let double = langsmith_double::start(langsmith_double::Options::default()).await.unwrap();
    let (data, langsmith) = (TempDir::new().unwrap(), double.url());
    let mut process = Process::start(server(data.path(), "0", &langsmith)).await;
    let origin = process.url().to_owned();
    let port = origin.rsplit(':').next().unwrap().to_owned();
    let begun = Arc::new(watch::Sender::new(0));
    let mut visitors: Vec<_> = (0..VISITORS).map(|seed| Visitor::new(seed, &origin, &begun)).collect();
    let mut dice = Dice(20_261_121);
    for _ in 0..ROUNDS {
        let mut working: Vec<_> = visitors.drain(..).map(|visitor| tokio::spawn(visitor.work())).collect();
        // During a request in flight, after a random number of scheduler turns.
        let moment = *begun.borrow() + 40 + dice.roll(120);
        let mut watched = begun.subscribe();
        tokio::select! {
            reached = watched.wait_for(|begun| *begun >= moment) => drop(reached.unwrap()),
            (ended, ..) = select_all(&mut working) => {
                ended.unwrap();
                panic!("a visitor was cut off before the server was killed");
            }
        }
        for _ in 0..dice.roll(200) {
            tokio::task::yield_now().await;
        }
        process.kill().await;
        for visitor in working {
            visitors.push(visitor.await.unwrap());
        }
        process = Process::start(server(data.path(), &port, &langsmith)).await;
        assert_eq!(process.url(), origin);
    }
    let count = |of: fn(&Visitor) -> usize| visitors.iter().map(of).sum::<usize>();
    let (clients, sessions) = (count(|v| v.clients.len()), count(|v| v.sessions.len()));
    assert!(
        clients > 20 && sessions > 10 && count(|v| v.grants.len()) > 20,
        "the rounds came to hardly anything"
    );
    for mut visitor in visitors {
        visitor.check().await.unwrap();
    }
    assert_eq!(process.end("TERM").await.status.code(), Some(0));
}
