//! A person in headless Chromium: every way through login and consent, on a screen, a phone, in the dark, without
//! script and without a mouse. Pictures are kept in `target/screenshots`.

use clients::{Program, System, chromium, screenshots};
use local::Environment;
use shared::clock::{Clock, SteppedClock, SystemClock};
use std::sync::Arc;
use std::time::Duration;

/// One scenario of `node/browser.mjs`, which checks every page that it sees.
fn scenario(system: &System, name: &str) -> Program {
    Program::node("browser.mjs").args([system.origin(), name]).args([screenshots(), chromium()])
}

async fn walk(name: &str) {
    let system = System::start().await;
    scenario(&system, name).succeed().await;
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn login_with_a_key() {
    walk("key").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn login_with_langsmith() {
    walk("langsmith").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_consent_reaches_the_client() {
    walk("deny").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_explained_and_can_be_corrected() {
    walk("wrong-key").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_left_open_is_explained() {
    let clock = Arc::new(SteppedClock::new(SystemClock.now()));
    let system = System::start_in(Environment { clock: clock.clone(), ..Environment::default() }).await;
    let mut person = scenario(&system, "expired").start();
    person.wait_for(|line| (line == "the page is left open").then_some(())).await;
    clock.advance(Duration::from_secs(601));
    person.tell("ten minutes have passed").await;
    let (succeeded, said) = person.end().await;
    assert!(succeeded, "{said}");
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_login_starts_anew() {
    walk("forgotten").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_belongs_to_its_browser() {
    walk("other-browser").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_is_answered_once() {
    walk("answered-twice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_remembered() {
    walk("remembered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_is_enough() {
    walk("keyboard").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_wide_enough() {
    walk("phone").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_in_the_dark() {
    walk("phone-dark").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dark() {
    walk("dark").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn langsmith_works_without_script() {
    walk("no-script").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_work_without_script() {
    walk("no-script-key").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_seen_and_ended() {
    walk("connections").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_on_the_narrowest_phone() {
    walk("connections-phone").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_at_twice_the_size() {
    walk("connections-magnified").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_in_the_dark() {
    walk("connections-dark").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_without_script() {
    walk("connections-no-script").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_by_keyboard() {
    walk("connections-keyboard").await;
}
