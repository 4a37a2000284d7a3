//! What the two pages hold, read from their HTML.

use askama::Template;
use shared::store::{SignedInAs, SignedInWith};

use super::*;

const HOSTILE: &str = "\"><script>alert(1)</script>\u{202E}";

fn login() -> LoginPage<'static> {
    LoginPage {
        purpose: Purpose::Client("Cursor"),
        langsmith: true,
        ticket: "t-1",
        notice: None,
        request_id: "req-1",
        langsmith_host: "api.smith.example",
        form_targets: &[],
    }
}

const WORKSPACES: [WorkspaceOption<'_>; 2] = [
    WorkspaceOption { id: "w-1", name: "Research", handle: Some("lab"), selected: true },
    WorkspaceOption { id: "w-2", name: HOSTILE, handle: Some(HOSTILE), selected: false },
];

const SCOPES: [ScopeOption<'_>; 2] = [
    ScopeOption { id: "langsmith:read", title: "Read", text: "See traces.", checked: true },
    ScopeOption { id: "langsmith:write", title: "Write", text: "Change datasets.", checked: false },
];

static ACCOUNT: SignedInAs = SignedInAs::new(SignedInWith::Account);

fn consent() -> ConsentPage<'static> {
    ConsentPage {
        client_name: "Cursor",
        client_uri_host: None,
        redirect_host: "127.0.0.1:33418",
        loopback: true,
        signed_in: &ACCOUNT,
        workspaces: &WORKSPACES,
        unlisted: false,
        all_workspaces: true,
        scopes: &SCOPES,
        ticket: "t-1",
        request_id: "req-1",
        expires_minutes: 10,
        form_targets: &[],
    }
}

/// The tags of `name` in `page`, each from `<name` to its `>`.
fn tags<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let open = format!("<{name}");
    page.split(&open).skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag)).collect()
}

/// Every visible control stands in a label, none can be focused by a fragment, every form carries the ticket.
fn assert_well_made(page: &str) {
    assert!(!page.contains("<script"), "{page}");
    assert!(!page.contains("style=") && !page.contains("\u{202E}"), "{page}");
    for chunk in page.split("<input").skip(1) {
        assert!(!chunk.split('>').next().unwrap().contains(" id="), "{chunk}");
    }
    let visible = tags(page, "input").iter().filter(|tag| !tag.contains("type=\"hidden\"")).count();
    assert_eq!(visible, page.matches("<label").count(), "{page}");
    let forms: Vec<&str> = page.split("<form").skip(1).collect();
    for form in forms {
        let form = form.split("</form>").next().unwrap();
        assert!(form.contains("method=\"post\""), "{form}");
        assert!(form.contains("<input type=\"hidden\" name=\"ticket\" value=\"t-1\">"), "{form}");
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
    let page =
        LoginPage { notice: Some("LangSmith did not accept this key <."), ..login() }.render().unwrap();
    assert!(page.contains("role=\"alert\">LangSmith did not accept this key &#60;."));
    assert!(page.contains("<details class=\"or\" open>"));
}

#[test]
fn without_upstream_oauth_only_the_key_form_shows() {
    let page = LoginPage { langsmith: false, purpose: Purpose::Client(HOSTILE), ..login() }.render().unwrap();
    assert_well_made(&page);
    assert!(!page.contains("login/langsmith") && !page.contains("<details"), "{page}");
    assert!(page.contains("<button class=\"primary\">Sign in with this key"));
}

#[test]
fn the_login_says_what_it_is_for() {
    let page = login().render().unwrap();
    assert!(page.contains("<h1>Sign in to connect <bdi>Cursor</bdi></h1>"), "{page}");
    assert!(page.contains("Next, you choose what the app may do."), "{page}");
    for langsmith in [true, false] {
        let page = LoginPage { purpose: Purpose::Connections, langsmith, ..login() }.render().unwrap();
        assert_well_made(&page);
        assert!(page.contains("<h1>Sign in to see your connections</h1>"), "{page}");
        assert!(page.contains("Next, you see which apps"), "{page}");
        assert!(!page.contains("the app"), "no app is named, so none is spoken of: {page}");
    }
}

#[test]
fn consent_asks_for_one_decision() {
    let page = consent().render().unwrap();
    assert_well_made(&page);
    assert!(page.contains("<strong><bdi>127.0.0.1:33418</bdi></strong>"));
    assert!(page.contains("An app on this computer."));
    assert!(page.contains("Signed in with <strong><bdi>your LangSmith account</bdi></strong>"));
    let buttons = tags(&page, "button");
    assert!(buttons.iter().any(|tag| tag.contains("name=\"decision\" value=\"allow\"")));
    // Deny must work even while a required choice is still open.
    assert!(buttons.iter().any(|tag| tag.contains("value=\"deny\"") && tag.contains("formnovalidate")));
    let checked = |name: &str| {
        let inputs = tags(&page, "input");
        inputs.iter().filter(|tag| tag.contains(name)).map(|tag| tag.ends_with("checked")).collect::<Vec<_>>()
    };
    assert_eq!(checked("name=\"workspace\""), [true, false, false]);
    assert_eq!(checked("name=\"scope\""), [true, false]);
    assert_eq!(page.matches("<legend>").count(), 2);
}

#[test]
fn a_handle_shows_unless_it_repeats_the_name() {
    let page = consent().render().unwrap();
    assert!(page.contains("<small><bdi>lab</bdi></small>"), "{page}");
    assert_eq!(page.matches("<small><bdi>").count(), 1, "{page}");
}

#[test]
fn a_list_that_is_not_whole_says_so() {
    let words = "Only the first 2 are listed.";
    assert!(!consent().render().unwrap().contains(words));
    assert!(ConsentPage { unlisted: true, ..consent() }.render().unwrap().contains(words));
}

#[test]
fn all_workspaces_is_only_offered_when_there_is_a_choice() {
    let all = "name=\"workspace\" value=\"*\"";
    assert!(consent().render().unwrap().contains(all));
    assert!(!ConsentPage { all_workspaces: false, ..consent() }.render().unwrap().contains(all));
    assert!(!ConsentPage { workspaces: &WORKSPACES[..1], ..consent() }.render().unwrap().contains(all));
}

#[test]
fn hostile_names_are_shown_as_text() {
    let text = || Some(HOSTILE.to_owned());
    let hostile = ACCOUNT.clone().described(text(), text(), text());
    let page = ConsentPage {
        client_name: HOSTILE,
        client_uri_host: Some("a.example"),
        redirect_host: "the app that opens cursor: links",
        loopback: false,
        signed_in: &hostile,
        ..consent()
    };
    let page = page.render().unwrap();
    assert_well_made(&page);
    assert!(page.contains("&#60;script&#62;"));
    assert!(page.contains("says that it belongs to <bdi>a.example</bdi>"));
    assert!(page.contains("Allow only if you know this address"));
}

#[test]
fn the_expiry_reads_well() {
    let page = ConsentPage { expires_minutes: 1, ..consent() }.render().unwrap();
    assert!(page.contains("good for 1 minute."), "{page}");
    assert!(consent().render().unwrap().contains("good for 10 minutes."));
}
