//! The pages in a browser, up to the redirect with the code.

use e2e::browser::Page;
use e2e::{Browser, Choice, Tokens};
use url::Url;

use super::seen::{page, redirect};
use super::world::World;

pub(super) const LOGIN: &str = "/authorize/login/key";
const CONSENT: &str = "/authorize/consent";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn showing_the_first_page() {
    let world = World::start("secrets-manager").await;
    for cold in [&[][..], &["authorize"]] {
        world
            .fail_every_call(
                "the login page",
                async || world.cool(cold),
                async |()| {
                    page(Browser::new(&world.door.url).open(&world.client.authorize_url()).await, LOGIN)
                },
                async |(), _, _| (),
            )
            .await;
    }
    world
        .fail_every_call(
            "the consent page",
            async || (),
            async |()| page(world.browser.open(&world.client.authorize_url()).await, CONSENT),
            // It has logged nobody out.
            async |(), _, _| assert!(world.consent_page().await.has_form(CONSENT)),
        )
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn consenting() {
    let world = World::start("secrets-manager").await;
    for cold in [&[][..], &["authorize"]] {
        world
            .fail_every_call(
                "consent",
                async || {
                    let page = world.consent_page().await;
                    world.cool(cold);
                    page
                },
                async |page: &Page| redirect(world.browser.consent(page, &Choice::default()).await),
                async |page: Page, done: Option<Url>, _| {
                    let _works: Tokens = match done {
                        Some(url) => world.client.exchange(&world.client.code(&url)).await.tokens(),
                        None => world.finish(&world.browser, &page).await,
                    };
                },
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_in_the_browser() {
    let world = World::start("secrets-manager").await;
    world
        .fail_every_call(
            "logout",
            async || {
                let (browser, login) = world.login_page().await;
                let consent = browser.use_key(&login, langsmith_double::data::ADA_KEY).await.unwrap();
                (browser, consent)
            },
            async |(browser, consent): &(Browser, Page)| log_out(&world, browser, consent).await,
            async |(browser, _), done, _| {
                // A person who is asked to wait opens the page again, which shows whether they are still logged in.
                let shown = browser.open(&world.client.authorize_url()).await.unwrap();
                if shown.has_form(CONSENT) {
                    assert!(done.is_none());
                    log_out(&world, &browser, &shown).await.unwrap().done().unwrap();
                } else {
                    assert!(shown.has_form(LOGIN));
                }
            },
        )
        .await;
}

async fn log_out(
    world: &World,
    browser: &Browser,
    consent: &Page,
) -> Result<super::seen::Seen<Page>, String> {
    let ticket = consent.field("/authorize/consent", "ticket");
    page(browser.post(&world.door.at("/authorize/logout"), &[("ticket", &ticket)]).await, LOGIN)
}
