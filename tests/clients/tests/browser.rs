//! A person in headless Chromium: every path through login and consent, on a screen, on a phone, in dark mode, without
//! scripts and without a mouse. Pictures are kept in `target/screenshots`.

use base64::Engine as _;
use clients::{Program, System, chromium, docs_pictures, screenshots};
use local::Environment;
use primitives::clock::{Clock, SteppedClock, SystemClock};
use std::sync::Arc;
use std::time::Duration;

/// One scenario of `node/browser.mjs`, which checks every page that it visits.
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

#[tokio::test(flavor = "multi_thread")]
async fn one_click_grants_nothing() {
    walk("one-click").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_shown_at_their_field() {
    walk("mistakes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_shown_without_script() {
    walk("mistakes-no-script").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_opened_from_a_page_that_says_that_it_is_done() {
    walk("app-pages").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_every_size_and_colour() {
    walk("sizes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_without_script() {
    walk("sizes-no-script").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_workspaces_fit() {
    let system = System::start().await;
    system.langsmith().list_more_workspaces(38);
    scenario(&system, "sizes-many").succeed().await;
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_connect_one_client_at_the_same_time() {
    walk("two-people").await;
}

/// The PEM form of a certificate or key (RFC 7468).
fn pem(label: &str, der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// Whatever redirects follow a client's callback, the browser arrives there, each time, after Allow and after Deny.
#[tokio::test(flavor = "multi_thread")]
async fn a_clients_own_redirects_arrive() {
    let folder = tempfile::tempdir().unwrap();
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&cert, pem("CERTIFICATE", issued.cert.der())).unwrap();
    std::fs::write(&key, pem("PRIVATE KEY", &issued.signing_key.serialize_der())).unwrap();
    let system = System::start().await;
    scenario(&system, "chains").args([cert, key]).succeed().await;
    system.stop().await;
}

/// Compares each picture in the docs with its page. `cargo xtask pictures` retakes them.
#[tokio::test(flavor = "multi_thread")]
async fn the_pictures_of_the_docs_show_the_pages_of_today() {
    let system = System::start().await;
    let today = scenario(&system, "pictures").report().await;
    system.stop().await;
    let (folder, today) = (docs_pictures(), today.as_object().unwrap());
    let taken_of = folder.join("pages.json");
    if std::env::var_os("TAKE_PICTURES").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        for name in today.keys() {
            let picture = screenshots().join(format!("docs-{name}.png"));
            std::fs::copy(picture, folder.join(format!("{name}.png"))).unwrap();
        }
        std::fs::write(&taken_of, format!("{:#}\n", serde_json::json!(today))).unwrap();
    }
    let taken: serde_json::Value = serde_json::from_slice(&std::fs::read(taken_of).unwrap()).unwrap();
    for (name, page) in today {
        assert_eq!(taken.get(name), Some(page), "docs/images/{name}.png is stale: run cargo xtask pictures");
        let picture = std::fs::metadata(folder.join(format!("{name}.png"))).unwrap();
        assert!((1..200_000).contains(&picture.len()), "{name}: {} bytes", picture.len());
    }
}
