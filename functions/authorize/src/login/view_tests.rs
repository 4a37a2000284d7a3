//! The content of the login page, parsed from its HTML.

use askama::Template;
use shared::web::page::{Forms, Page as _};

use super::*;
use crate::well_made::{assert_well_made, tags};

const HOSTILE: &str = "\"><script>alert(1)</script>\u{202E}";

fn login() -> LoginPage<'static> {
    LoginPage {
        purpose: Purpose::Client { host: None, name: "Cursor" },
        langsmith: true,
        ticket: "t-1",
        notice: None,
        key_error: None,
        request_id: "req-1",
        langsmith_host: "api.smith.example",
        keys_url: Some("https://smith.example/settings"),
    }
}

#[test]
fn login_offers_both_ways() {
    let page = login().render().unwrap();
    assert_well_made(&page);
    assert!(page.contains("action=\"/authorize/login/langsmith\""));
    assert!(page.contains("action=\"/authorize/login/key\""));
    assert!(page.contains("<details class=\"or\">"), "the key form waits folded away");
    let key = tags(&page, "input").into_iter().find(|tag| tag.contains("api_key")).unwrap();
    for part in ["type=\"password\"", "autocomplete=\"off\"", "required", "maxlength=\"512\""] {
        assert!(key.contains(part), "{key}");
    }
}

#[test]
fn a_refused_key_is_announced_beside_the_open_form() {
    let refused = LoginPage { key_error: Some("LangSmith did not accept this key <."), ..login() };
    assert_eq!(refused.title(), "Error: Sign in");
    let page = refused.render().unwrap();
    assert!(page.contains("id=\"key-error\" role=\"alert\">LangSmith did not accept this key &#60;."));
    assert!(page.contains("<details class=\"or\" open>"));
    let key = tags(&page, "input").into_iter().find(|tag| tag.contains("api_key")).unwrap();
    for part in ["aria-invalid=\"true\"", "aria-describedby=\"key-error key-hint\"", "autofocus"] {
        assert!(key.contains(part), "{key}");
    }
    for page in [login(), LoginPage { notice: Some("LangSmith is silent."), ..login() }] {
        let page = page.render().unwrap();
        assert!(!page.contains("aria-invalid") && !page.contains("autofocus"), "{page}");
    }
}

#[test]
fn only_a_form_that_leads_away_does_without_form_action() {
    assert_eq!(login().forms(), Forms::Away);
    assert_eq!(LoginPage { langsmith: false, ..login() }.forms(), Forms::Here);
}

#[test]
fn langsmiths_page_of_keys_is_linked_where_it_is_known() {
    assert!(login().render().unwrap().contains("<a href=\"https://smith.example/settings\""));
    assert!(!LoginPage { keys_url: None, ..login() }.render().unwrap().contains("<a "));
}

#[test]
fn without_upstream_oauth_only_the_key_form_shows() {
    let page = LoginPage {
        langsmith: false,
        purpose: Purpose::Client { host: Some("app.example"), name: HOSTILE },
        ..login()
    }
    .render()
    .unwrap();
    assert_well_made(&page);
    assert!(!page.contains("login/langsmith") && !page.contains("<details"), "{page}");
    assert!(page.contains("<button class=\"primary\">Sign in with this key"));
}

#[test]
fn the_login_says_what_it_is_for() {
    let page = login().render().unwrap();
    assert!(page.contains("<h1>Sign in to connect “<bdi>Cursor</bdi>”</h1>"), "{page}");
    assert!(page.contains("Next, you choose what the app may do."), "{page}");
    for langsmith in [true, false] {
        let page = LoginPage { purpose: Purpose::Connections, langsmith, ..login() }.render().unwrap();
        assert_well_made(&page);
        assert!(page.contains("<h1>Sign in to see your connections</h1>"), "{page}");
        assert!(page.contains("Next, you see which apps"), "{page}");
        assert!(!page.contains("the app"), "no app is named, so none is spoken of: {page}");
    }
}
