//! kill -9 while a person ends all of their connections: each is either unchanged or ended, and resubmitting the same
//! form after the restart completes the work.

use std::path::Path;

use e2e::browser::{Browser, Page};
use e2e::{Login, OAuthClient};
use langsmith_double::data::{ADA, ADA_KEY};
use local::database::{Database, client};
use oauth::grant::{EndReason, GrantState};
use primitives::clock::{Clock as _, SystemClock};
use primitives::ids::{UserId, UserRef};
use shared::store::Store;
use tempfile::TempDir;

use crate::process::{Process, command};

const COPIES: usize = 600;
const LIST: &str = "/connections";
const END_ALL: &str = "/connections/end-all";

fn ada() -> UserRef {
    UserId::new(ADA.to_string()).reference()
}

fn server(data: &Path, port: &str, langsmith: &str) -> tokio::process::Command {
    let data = data.to_str().unwrap();
    let arguments =
        ["--port", port, "--host", "127.0.0.1", "--data-dir", data, "--langsmith-endpoint", langsmith];
    command(arguments.into_iter().chain(["--log", "warn"]))
}

/// The database of a stopped process.
fn database(data: &Path) -> aws_sdk_dynamodb::Client {
    client(Database::open(&data.join("database.sqlite")).unwrap().http_client())
}

/// The numbers of Ada's active grants and of those that she ended. There are no others.
async fn counted(data: &Path) -> (usize, usize) {
    let grants = Store::new(&database(data), local::database::PREFIX).grants;
    let (mut living, mut ended, mut after) = (0, 0, None);
    loop {
        let part = grants.list(&ada(), after.as_ref(), 500).await.unwrap();
        for grant in part.found {
            match grant.state {
                GrantState::Active => {
                    assert!(grant.is_live(SystemClock.now()));
                    assert_eq!((grant.ended_for, grant.ended_at), (None, None), "half ended");
                    living += 1;
                }
                GrantState::Revoked => {
                    assert_eq!(grant.ended_for, Some(EndReason::PersonRevoked));
                    assert!(grant.ended_at.is_some(), "half ended");
                    ended += 1;
                }
                GrantState::CodeIssued => panic!("a grant went back to its code"),
            }
        }
        after = part.next;
        if after.is_none() {
            return (living, ended);
        }
    }
}

async fn list(origin: &str, browser: &Browser) -> Page {
    browser.open(&format!("{origin}{LIST}")).await.unwrap()
}

/// Ends all connections. Panics without an answer.
async fn end_all(origin: String, browser: Browser, ticket: String) -> Page {
    browser.post(&format!("{origin}{END_ALL}"), &[("ticket", &ticket)]).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killing_it_while_connections_end_leaves_each_living_or_ended() {
    let double = langsmith_double::start(langsmith_double::Options::default()).await.unwrap();
    let (data, langsmith) = (TempDir::new().unwrap(), double.url());
    let process = Process::start(server(data.path(), "0", &langsmith)).await;
    let origin = process.url().to_owned();
    let port = origin.rsplit(':').next().unwrap().to_owned();
    let browser = Browser::new(&origin);
    let app = OAuthClient::register(&origin, "http://127.0.0.1:7777/callback").await;
    let tokens = app.connect(&browser, Login::Key(ADA_KEY)).await;
    assert_eq!(process.end("TERM").await.status.code(), Some(0));
    e2e::grants::multiply(&database(data.path()), &ada(), COPIES).await;

    let process = Process::start(server(data.path(), &port, &langsmith)).await;
    let ticket = list(&origin, &browser).await.field(END_ALL, "ticket");
    let ending = tokio::spawn(end_all(origin.clone(), browser.clone(), ticket.clone()));
    while !list(&origin, &browser).await.html.contains("<h2>Ended</h2>") {}
    process.kill().await;
    assert!(ending.await.is_err(), "it was done before it was killed");
    let (living, ended) = counted(data.path()).await;
    assert!(living > 0 && ended > 0, "not in the middle: {living} living, {ended} ended");
    assert_eq!(living + ended, COPIES + 1);

    let process = Process::start(server(data.path(), &port, &langsmith)).await;
    let page = end_all(origin.clone(), browser, ticket).await;
    assert!(page.html.contains("All access has ended"), "{}", page.html);
    assert_eq!(app.refresh(&tokens.refresh).await.error(), "invalid_grant");
    assert_eq!(process.end("TERM").await.status.code(), Some(0));
    assert_eq!(counted(data.path()).await, (0, COPIES + 1));
}
