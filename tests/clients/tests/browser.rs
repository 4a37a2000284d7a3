//! A person in headless Chromium: every way through login and consent, on a screen, a phone, in the dark, without
//! script and without a mouse. Pictures are kept in `target/screenshots`.

use clients::{Program, System, chromium, screenshots};

/// Walks one scenario of `node/browser.mjs`, which checks every page that it sees.
async fn walk(scenario: &str) {
    let system = System::start().await;
    Program::node("browser.mjs")
        .args([system.origin(), scenario])
        .args([screenshots(), chromium()])
        .succeed()
        .await;
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
async fn an_abandoned_login_is_explained() {
    walk("expired").await;
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
