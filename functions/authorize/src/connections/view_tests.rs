//! The content of the connection pages, parsed from their HTML.

use askama::Template;
use shared::store::SignedInAs;

use super::*;

const HOSTILE: &str = "\"><script>alert(1)</script>\u{202E}";

fn row(name: &str) -> ConnectionRow {
    ConnectionRow {
        client_host: None,
        client_name: name.to_owned(),
        host: "127.0.0.1:33418".to_owned(),
        agent_server: None,
        workspace: name.to_owned(),
        scopes: vec!["Read", "Write"],
        since: Moment::new(1_900_000_000),
        last_used: None,
        places: 1,
        ticket: "t-row".to_owned(),
    }
}

fn ended(name: &str) -> EndedRow {
    EndedRow {
        client_host: None,
        client_name: name.to_owned(),
        host: "app.example".to_owned(),
        reason: "You ended it.",
        at: Some(Moment::new(1_900_000_000)),
    }
}

fn page(signed_in: &SignedInAs) -> ConnectionsPage<'_> {
    ConnectionsPage {
        signed_in,
        connections: vec![row("Cursor")],
        servers: vec![],
        ended: vec![],
        ticket: "t-all",
        is_first: true,
        next: None,
        request_id: "req-1",
    }
}

#[test]
fn each_form_carries_its_own_ticket() {
    let page = page(&SignedInAs::default()).render().unwrap();
    for (action, ticket) in
        [("/connections/end", "t-row"), ("/connections/end-all", "t-all"), ("/connections/logout", "t-all")]
    {
        let form = page.split(&format!("action=\"{action}\"")).nth(1).unwrap();
        let form = form.split("</form>").next().unwrap();
        assert!(form.contains(&format!("name=\"ticket\" value=\"{ticket}\"")), "{form}");
    }
    assert_eq!(page.matches("<form method=\"post\"").count(), 3, "{page}");
    assert!(!page.contains("places") && page.contains("not yet"), "{page}");
}

#[test]
fn a_second_place_is_told() {
    let signed_in = SignedInAs::default();
    let connections = vec![ConnectionRow { places: 2, last_used: Some(Moment::new(0)), ..row("Cursor") }];
    let page = ConnectionsPage { connections, ..page(&signed_in) }.render().unwrap();
    assert!(page.contains("2 places") && page.contains("1 January 1970, 00:00 UTC"), "{page}");
}

#[test]
fn the_host_of_a_document_stands_before_the_name() {
    let signed_in = SignedInAs::default();
    let client_host = Some("claude.example".to_owned());
    let over = EndedRow { client_host: client_host.clone(), ..ended("Claude") };
    let connections = vec![ConnectionRow { client_host, ..row("Claude") }];
    let list = ConnectionsPage { connections, ended: vec![over.clone()], ..page(&signed_in) };
    let list = list.render().unwrap();
    let named = "<bdi>claude.example</bdi> “<bdi>Claude</bdi>”";
    assert_eq!(list.matches(&format!("<h3>{named}</h3>")).count(), 2, "{list}");
    assert!(list.contains("aria-label=\"End access: claude.example Claude\""), "{list}");
    let one = EndedPage { connection: Some(&over), request_id: "req-1" }.render().unwrap();
    assert!(one.contains(&format!("Access of {named} has ended")), "{one}");
}

#[test]
fn hostile_names_are_shown_as_text() {
    let signed_in = SignedInAs::default();
    let (connections, over) = (vec![row(HOSTILE)], vec![ended(HOSTILE)]);
    let list = ConnectionsPage { connections, ended: over, ..page(&signed_in) }.render().unwrap();
    let over = ended(HOSTILE);
    let one = EndedPage { connection: Some(&over), request_id: "req-1" }.render().unwrap();
    for page in [list, one] {
        assert!(
            !page.contains("<script") && !page.contains('\u{202E}') && !page.contains("style="),
            "{page}"
        );
        assert!(page.contains("&#60;script&#62;"), "{page}");
    }
}

#[test]
fn a_server_is_connected_and_disconnected_by_its_own_forms() {
    let signed_in = SignedInAs::default();
    let server = ServerRow {
        name: "team".to_owned(),
        host: "agents.example.com".to_owned(),
        since: None,
        problem: None,
        ticket: "t-server".to_owned(),
    };
    let html =
        |server: ServerRow| ConnectionsPage { servers: vec![server], ..page(&signed_in) }.render().unwrap();
    let new = html(server.clone());
    let form = new.split("action=\"/connections/connect\"").nth(1).unwrap();
    assert!(form.split("</form>").next().unwrap().contains("value=\"t-server\""), "{new}");
    assert!(new.contains("agents.example.com") && new.contains("not yet"), "{new}");
    assert!(!new.contains("/connections/disconnect"), "{new}");
    let known = html(ServerRow { since: Some(Moment::new(0)), ..server.clone() });
    let form = known.split("action=\"/connections/disconnect\"").nth(1).unwrap();
    assert!(form.split("</form>").next().unwrap().contains("value=\"t-server\""), "{known}");
    assert!(known.contains("since <time") && known.contains("Use another key"), "{known}");
    let wrong = html(ServerRow { problem: Some("Copy the whole of it."), ..server });
    assert!(wrong.contains("<details open>") && wrong.contains("Copy the whole of it."), "{wrong}");
}

#[test]
fn an_empty_list_has_nothing_to_end() {
    let signed_in = SignedInAs::default();
    let empty = ConnectionsPage { connections: vec![], ..page(&signed_in) };
    let html = empty.render().unwrap();
    assert!(
        html.contains("No app uses LangSmith for you here.") && !html.contains("/connections/end"),
        "{html}"
    );
    let html = ConnectionsPage { is_first: false, ..empty }.render().unwrap();
    assert!(html.contains("on this part of the list") && html.contains("To the start of the list"), "{html}");
}

#[test]
fn a_long_list_goes_on() {
    let signed_in = SignedInAs::default();
    let next = Some("/connections?after=g".to_owned());
    let page = ConnectionsPage { next, ..page(&signed_in) }.render().unwrap();
    assert!(page.contains("<a href=\"/connections?after=g\">More connections</a>"), "{page}");
    assert!(page.contains("those on the other pages of this list included"), "{page}");
}

#[test]
fn what_was_ended_is_counted_and_the_rest_is_offered() {
    let page = |count, rest| EndedAllPage { count, rest, request_id: "req-1" }.render().unwrap();
    assert!(page(1, None).contains("1 connection was ended now."));
    assert!(page(2, None).contains("2 connections were ended now."));
    assert!(page(0, None).contains("There was nothing left to end."));
    let more = page(1000, Some("t-rest"));
    assert!(more.contains("Not all access has ended yet") && more.contains("value=\"t-rest\""), "{more}");
    let gone = EndedPage { connection: None, request_id: "req-1" }.render().unwrap();
    assert!(gone.contains("no longer on record"), "{gone}");
}
