//! Logins, up to the consent page, with either vault.

use std::time::Duration;

use e2e::Browser;
use e2e::browser::Page;
use front_door::aws::Secrets;
use langsmith_double::data;
use serde_json::json;
use url::Url;

use super::seen::{Seen, page};
use super::world::World;

const CONSENT: &str = "/authorize/consent";
/// Longer than the pause between two writes of a secret.
const LONG_AGO: Duration = Duration::from_hours(1);

/// A login with Grace's key, on a new instance that has no secret cached. Her secret is restored from a snapshot before
/// it.
async fn log_in_with_a_key(world: &World, name: &'static str, kept: &Secrets) {
    world
        .fail_every_call(
            name,
            async || {
                world.door.aws.put_back(kept);
                let opened = world.login_page().await;
                world.cool(&["authorize"]);
                opened
            },
            async |(browser, login)| page(browser.use_key(login, data::GRACE_KEY).await, CONSENT),
            async |(browser, login): (Browser, Page), done, _| {
                let consent = match done {
                    Some(consent) => consent,
                    None => browser.use_key(&login, data::GRACE_KEY).await.unwrap(),
                };
                let tokens = world.finish(&browser, &consent).await;
                // The earlier instance has not cached the restored secret.
                world.cool(&["mcp"]);
                world.works(&tokens).await;
                world.cool(&["authorize"]);
            },
        )
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_login_makes_a_secret() {
    let world = World::start("secrets-manager").await;
    log_in_with_a_key(&world, "a new secret", &world.door.aws.kept_secrets()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_further_key_is_written_into_the_secret() {
    let world = World::start("secrets-manager").await;
    let aws = &world.door.aws;
    aws.set_back_secrets_clock(LONG_AGO);
    world.login(e2e::Login::Key(data::LIMITED_KEY)).await;
    aws.set_back_secrets_clock(Duration::ZERO);
    log_in_with_a_key(&world, "a further key", &aws.kept_secrets()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_takes_the_deletion_of_a_secret_back() {
    let world = World::start("secrets-manager").await;
    let aws = &world.door.aws;
    let before: Vec<_> = aws.items("vault").await.iter().map(|item| item["user_ref"].clone()).collect();
    world.login(e2e::Login::Key(data::GRACE_KEY)).await;
    let vault = aws.items("vault").await;
    let user = vault.iter().map(|item| &item["user_ref"]).find(|user| !before.contains(user)).unwrap();
    let name = world.user_secret(user["S"].as_str().unwrap());
    aws.secrets_manager("DeleteSecret", &json!({ "SecretId": name, "RecoveryWindowInDays": 7 }));
    log_in_with_a_key(&world, "a secret that waits for its deletion", &aws.kept_secrets()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_under_a_key_of_kms() {
    let world = World::start("kms").await;
    log_in_with_a_key(&world, "a login under KMS", &world.door.aws.kept_secrets()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_at_langsmith() {
    for vault in super::world::VAULTS {
        let world = World::start(vault).await;
        world
            .fail_every_call(
                "a login at LangSmith",
                async || world.login_page().await,
                async |(browser, login)| sign_in(&world, browser, login).await,
                async |(browser, login): (Browser, Page), done, _| {
                    let consent = match done {
                        Some(consent) => consent,
                        None => sign_in(&world, &browser, &login).await.unwrap().done().unwrap(),
                    };
                    world.finish(&browser, &consent).await;
                },
            )
            .await;
    }
}

/// The action of the form that leads to LangSmith.
const BEGIN: &str = "/authorize/login/langsmith";

async fn begin(world: &World, browser: &Browser, login: &Page) -> Result<Page, Url> {
    browser.post(&world.door.at(BEGIN), &[("ticket", &login.field(BEGIN, "ticket"))]).await
}

/// Does the same as [`Browser::continue_with_langsmith`], but stops at a page that asks to wait.
async fn sign_in(world: &World, browser: &Browser, login: &Page) -> Result<Seen<Page>, String> {
    let mut begun = begin(world, browser, login).await;
    // A page starts one login: once that has come back, the page is answered with a new one.
    if let Some(again) = begun.as_ref().ok().filter(|page| page.has_form(BEGIN)).cloned() {
        begun = begin(world, browser, &again).await;
    }
    let Ok(theirs) = begun else { return page(begun, CONSENT) };
    if !theirs.html.contains("/oauth/authorize/approve") {
        return page(Ok(theirs), CONSENT);
    }
    let mut fields = theirs.fields("/oauth/authorize/approve");
    fields.insert("user".into(), data::ADA.to_string());
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let approve = theirs.url.join("/oauth/authorize/approve").unwrap();
    page(browser.post(approve.as_str(), &fields).await, CONSENT)
}
