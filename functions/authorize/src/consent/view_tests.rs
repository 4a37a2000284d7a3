//! The content of the consent page, parsed from its HTML.

use askama::Template;
use shared::store::{SignedInAs, SignedInWith};
use shared::web::page::{Forms, Page as _};

use super::*;
use crate::destination::DisplayedDestination;
use crate::well_made::{assert_well_made, tags};

const HOSTILE: &str = "\"><script>alert(1)</script>\u{202E}";

const WORKSPACES: [WorkspaceOption<'_>; 2] = [
    WorkspaceOption { id: "w-1", name: "Research", handle: Some("lab"), chosen: false },
    WorkspaceOption { id: "w-2", name: HOSTILE, handle: Some(HOSTILE), chosen: false },
];

const SCOPES: [ScopeOption<'_>; 2] = [
    ScopeOption { id: "langsmith:read", title: "Read", text: "See traces.", checked: true },
    ScopeOption { id: "langsmith:write", title: "Write", text: "Change datasets.", checked: false },
];

static ACCOUNT: SignedInAs = SignedInAs::new(SignedInWith::Account);

static LOOPBACK: DisplayedDestination = DisplayedDestination {
    before: String::new(),
    domain: String::new(),
    after: String::new(),
    on_this_computer: true,
};

static REGISTERED: Origin = Origin::Registered { claimed_host: None };

fn shown(before: &str, domain: &str, on_this_computer: bool) -> DisplayedDestination {
    DisplayedDestination {
        before: before.to_owned(),
        domain: domain.to_owned(),
        after: String::new(),
        on_this_computer,
    }
}

fn consent() -> ConsentPage<'static> {
    ConsentPage {
        client_name: "Cursor",
        origin: &REGISTERED,
        destination: &LOOPBACK,
        signed_in: &ACCOUNT,
        langsmith_host: "api.smith.example",
        workspaces: &WORKSPACES,
        unlisted: false,
        all_chosen: false,
        scopes: &SCOPES,
        agent_server: None,
        missing: Missing::default(),
        ticket: "t-1",
        request_id: "req-1",
        expires_minutes: 10,
        idle_days: 30,
        most_days: 365,
    }
}

#[test]
fn its_form_leads_away() {
    assert_eq!(consent().forms(), Forms::Away);
}

#[test]
fn consent_asks_for_one_decision() {
    let page = consent().render().unwrap();
    assert_well_made(&page);
    assert!(page.contains("An app on this computer."));
    assert!(page.contains("Signed in with <strong><bdi>your LangSmith account</bdi></strong>"));
    assert!(page.contains("LangSmith at <bdi>api.smith.example</bdi>"));
    assert!(page.contains("not used it for 30 days, and after one year at the latest"));
    assert!(page.contains("href=\"/connections\""));
    let buttons = tags(&page, "button");
    assert!(buttons.iter().any(|tag| tag.contains("name=\"decision\" value=\"allow\"")));
    // Deny must work even while a required choice is missing.
    assert!(buttons.iter().any(|tag| tag.contains("value=\"deny\"") && tag.contains("formnovalidate")));
    let checked = |name: &str| {
        let inputs = tags(&page, "input");
        inputs.iter().filter(|tag| tag.contains(name)).map(|tag| tag.ends_with("checked")).collect::<Vec<_>>()
    };
    assert_eq!(checked("name=\"workspace\""), [false, false, false], "one click may not grant");
    let workspaces = tags(&page, "input").into_iter().filter(|tag| tag.contains("name=\"workspace\""));
    assert!(workspaces.into_iter().all(|tag| tag.contains(" required")), "{page}");
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
fn access_to_the_agents_of_one_server_says_so() {
    let words = "only for the agents of the Agent Server";
    assert!(!consent().render().unwrap().contains(words));
    let page = ConsentPage { agent_server: Some("research"), ..consent() }.render().unwrap();
    assert!(page.contains(words) && page.contains("<strong><bdi>research</bdi></strong>"), "{page}");
}

#[test]
fn a_list_that_is_not_whole_says_so() {
    let words = "Only the first 2 workspaces are listed.";
    assert!(!consent().render().unwrap().contains(words));
    assert!(ConsentPage { unlisted: true, ..consent() }.render().unwrap().contains(words));
}

#[test]
fn the_button_that_enter_presses_decides_nothing() {
    let page = consent().render().unwrap();
    let first = " name=\"decision\" value=\"\" formnovalidate hidden tabindex=\"-1\"";
    assert_eq!(tags(&page, "button").first(), Some(&first));
    // A browser may skip a disabled button and press the next one.
    assert!(!page.contains(" disabled"), "{page}");
    // No control before the first button can take the focus and submit the form.
    assert!(page.find("<button").unwrap() < page.find("<input").unwrap());
}

#[test]
fn a_sole_workspace_is_a_choice_to_make() {
    let page = ConsentPage { workspaces: &WORKSPACES[..1], ..consent() }.render().unwrap();
    assert!(!page.contains("value=\"*\""));
    assert!(page.contains("<input type=\"radio\" name=\"workspace\" value=\"w-1\" required>"), "{page}");
}

#[test]
fn all_workspaces_stand_before_each() {
    let page = consent().render().unwrap();
    assert!(page.find("value=\"*\"").unwrap() < page.find("value=\"w-1\"").unwrap());
}

#[test]
fn many_workspaces_unfold() {
    let workspace = |chosen| WorkspaceOption { id: "w", name: "Name", handle: None, chosen };
    let seven = vec![workspace(false); 7];
    assert!(!ConsentPage { workspaces: &seven, ..consent() }.render().unwrap().contains("<details"));
    let mut forty = vec![workspace(false); 40];
    forty[6].name = "Growth";
    forty[39].name = "Zeta <b>";
    let page = ConsentPage { workspaces: &forty, ..consent() }.render().unwrap();
    assert!(page.contains("<details>"));
    assert!(page.contains("34 more, from <bdi>Growth</bdi> to <bdi>Zeta &#60;b&#62;</bdi>"), "{page}");
    assert_eq!(page.matches("type=\"radio\"").count(), 41);
    forty[39] = workspace(true);
    assert!(ConsentPage { workspaces: &forty, ..consent() }.render().unwrap().contains("<details open>"));
}

#[test]
fn what_is_missing_is_said_at_its_field() {
    let focused = |page: &str| {
        let focused = tags(page, "input").into_iter().filter(|tag| tag.contains(" autofocus"));
        focused
            .map(|tag| tag.split("name=\"").nth(1).unwrap().split('"').next().unwrap().to_owned())
            .collect()
    };
    for (workspace, scope, focus) in [
        (false, false, &[][..]),
        (true, false, &["workspace"]),
        (false, true, &["scope"]),
        (true, true, &["scope"]),
    ] {
        for workspaces in [&WORKSPACES[..], &WORKSPACES[..1]] {
            let page = ConsentPage { missing: Missing { workspace, scope }, workspaces, ..consent() };
            assert_eq!(page.title().starts_with("Error: "), workspace || scope);
            let page = page.render().unwrap();
            assert_well_made(&page);
            let found: Vec<String> = focused(&page);
            assert_eq!(found, focus);
            for (missing, field) in [(workspace, "workspace"), (scope, "scope")] {
                let error = format!("<p class=\"error\" id=\"{field}-error\" role=\"alert\">");
                assert_eq!(page.contains(&error), missing, "{page}");
                assert_eq!(page.contains(&format!("aria-describedby=\"{field}-error\"")), missing);
            }
            assert_eq!(page.contains("aria-invalid=\"true\""), workspace || scope);
        }
    }
}

#[test]
fn the_registered_domain_stands_out() {
    let destination = shown("login.langsmith.com.", "attacker.example", false);
    let page = ConsentPage { destination: &destination, ..consent() }.render().unwrap();
    assert!(page.contains("<bdi>login.langsmith.com.<strong>attacker.example</strong></bdi>"), "{page}");
}

#[test]
fn hostile_names_are_shown_as_text() {
    let text = || Some(HOSTILE.to_owned());
    let hostile = ACCOUNT.clone().described(text(), text(), text());
    let page = ConsentPage {
        client_name: HOSTILE,
        origin: &Origin::Registered { claimed_host: Some("a.example".to_owned()) },
        destination: &shown("", "claude.example", false),
        signed_in: &hostile,
        ..consent()
    };
    let page = page.render().unwrap();
    assert_well_made(&page);
    assert!(page.contains("&#60;script&#62;"));
    assert!(page.contains("says that it belongs to <bdi>a.example</bdi>"));
    assert!(page.contains("<p class=\"notice\">Nobody has checked the app"));
    assert!(page.contains("and know this address"));
}

#[test]
fn the_expiry_reads_well() {
    let page = ConsentPage { expires_minutes: 1, ..consent() }.render().unwrap();
    assert!(page.contains("expires in 1 minute."), "{page}");
    assert!(consent().render().unwrap().contains("expires in 10 minutes."));
}

#[test]
fn the_host_of_a_document_stands_before_the_name_that_it_claims() {
    let origin = Origin::Document(shown("apps.", "claude.example", false));
    let hosted = ConsentPage { origin: &origin, client_name: HOSTILE, ..consent() };
    let page = hosted.render().unwrap();
    assert_well_made(&page);
    let heading = page.split("<h1>").nth(1).unwrap().split("</h1>").next().unwrap();
    let host = "Allow <bdi>apps.<strong>claude.example</strong></bdi> “<bdi>";
    assert!(heading.starts_with(host) && heading.contains("&#60;script&#62;"), "{heading}");
    assert!(page.contains("<bdi>apps.claude.example</bdi> chose its name"), "{page}");
    let impostors = "any program on this computer can say that it is this app";
    assert!(page.contains(impostors), "{page}");
    let website = shown("", "claude.example", false);
    let page = ConsentPage { destination: &website, ..hosted }.render().unwrap();
    assert!(!page.contains(impostors) && page.contains("and know this address"), "{page}");
    assert!(!consent().render().unwrap().contains("chose its name"));
}
