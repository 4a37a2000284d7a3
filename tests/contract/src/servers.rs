//! Registered MCP servers.

use futures_util::future::join_all;
use primitives::ids::WorkspaceId;
use primitives::random::{self, SystemRandom};
use shared::servers::{
    AuthProvider, OAuthMode, ProviderLocation, RegisteredServer, ServerAuth, ServerId, ServerName,
};
use shared::store::{Change, Registration, StoredToolList, ToolListKey};
use uuid::Uuid;

use crate::people::Tables;

/// A server of a workspace, not registered yet.
fn server(workspace: &str, name: &str, url: &str) -> RegisteredServer {
    RegisteredServer {
        workspace: WorkspaceId::new(workspace),
        id: ServerId::fresh(&SystemRandom),
        name: ServerName::parse(name).unwrap(),
        url: format!("{url}/"),
        canonical_url: url.to_owned(),
        auth: ServerAuth::OAuth(OAuthMode::PerUser),
        vendor_id: Some("vendor".to_owned()),
        external_system_id: None,
        sealed_headers: Some("sealed".to_owned()),
        created_at: 1,
        updated_at: 2,
        revision: random::token::<16>(&SystemRandom),
    }
}

fn changed(old: &RegisteredServer, url: &str) -> RegisteredServer {
    let revision = random::token::<16>(&SystemRandom);
    RegisteredServer { canonical_url: url.to_owned(), revision, ..old.clone() }
}

/// Two servers of a workspace share neither a name nor a URL; those of two workspaces may.
pub async fn a_server_is_registered_once_under_its_name_and_its_url(tables: &Tables) {
    let servers = &tables.store.mcp_servers;
    let one = server("register", "one", "https://one.example/mcp");
    assert_eq!(servers.register(&one).await.unwrap(), Registration::Registered);
    assert_eq!(servers.register(&one).await.unwrap(), Registration::Registered, "a lost answer");
    assert_eq!(servers.get(&one.workspace, one.id).await.unwrap().as_ref(), Some(&one));
    let name = server("register", "one", "https://two.example/mcp");
    assert_eq!(servers.register(&name).await.unwrap(), Registration::NameTaken);
    let url = server("register", "two", "https://one.example/mcp");
    assert_eq!(servers.register(&url).await.unwrap(), Registration::UrlTaken);
    let upper = server("register", "One", "https://one.example/MCP");
    assert_eq!(servers.register(&upper).await.unwrap(), Registration::Registered, "spellings differ");
    let elsewhere = server("another", "one", "https://one.example/mcp");
    assert_eq!(servers.register(&elsewhere).await.unwrap(), Registration::Registered);
    assert!(servers.get(&elsewhere.workspace, one.id).await.unwrap().is_none());
    let mut listed = servers.list(&one.workspace).await.unwrap();
    let mut expected = vec![one.clone(), upper];
    listed.sort_by_key(|server| server.id);
    expected.sort_by_key(|server| server.id);
    assert_eq!(listed, expected);
    assert_eq!(servers.list(&elsewhere.workspace).await.unwrap(), [elsewhere]);
    let found = servers.at_url(&one.workspace, "https://one.example/mcp").await.unwrap().unwrap();
    assert_eq!((found.owner, found.revision), (one.id.to_string(), one.revision));
    assert!(servers.at_url(&one.workspace, "https://two.example/mcp").await.unwrap().is_none());
}

/// Of many registrations under one name at once, one is carried out.
pub async fn of_many_registrations_one_is_carried_out(tables: &Tables) {
    let servers = &tables.store.mcp_servers;
    let all: Vec<_> =
        (0..4).map(|number| server("race", "name", &format!("https://{number}.example"))).collect();
    let outcomes = join_all(all.iter().map(|server| servers.register(server))).await;
    let outcomes: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Registration::Registered).count(), 1);
    assert_eq!(servers.list(&WorkspaceId::new("race")).await.unwrap().len(), 1);
}

/// A change or a deletion that is based on an older state changes nothing.
pub async fn a_change_is_to_what_was_read(tables: &Tables) {
    let servers = &tables.store.mcp_servers;
    let old = server("change", "one", "https://old.example");
    let other = server("change", "other", "https://other.example");
    servers.register(&old).await.unwrap();
    servers.register(&other).await.unwrap();
    let new = changed(&old, "https://new.example");
    assert_eq!(servers.replace(&old, &new).await.unwrap(), Change::Applied);
    assert_eq!(servers.replace(&old, &new).await.unwrap(), Change::Applied, "a lost answer");
    assert_eq!(servers.get(&old.workspace, old.id).await.unwrap().as_ref(), Some(&new));
    let revision = servers.at_url(&old.workspace, "https://new.example").await.unwrap().unwrap().revision;
    assert_eq!(revision, new.revision);
    assert!(servers.at_url(&old.workspace, "https://old.example").await.unwrap().is_none());
    let late = changed(&old, "https://late.example");
    assert_eq!(servers.replace(&old, &late).await.unwrap(), Change::Outdated);
    assert!(servers.at_url(&old.workspace, "https://late.example").await.unwrap().is_none());
    assert!(!servers.delete(&old).await.unwrap());
    let clash = changed(&new, "https://other.example");
    assert_eq!(servers.replace(&new, &clash).await.unwrap(), Change::UrlTaken);
    let same = changed(&new, "https://new.example");
    assert_eq!(servers.replace(&new, &same).await.unwrap(), Change::Applied);
    let revision = servers.at_url(&old.workspace, "https://new.example").await.unwrap().unwrap().revision;
    assert_eq!(revision, same.revision, "who finds a server by its URL notices every change");
}

/// A deleted server leaves its name and its URL to others, and takes no change any more.
pub async fn a_deleted_server_leaves_nothing(tables: &Tables) {
    let servers = &tables.store.mcp_servers;
    let one = server("delete", "one", "https://one.example");
    servers.register(&one).await.unwrap();
    assert!(servers.delete(&one).await.unwrap());
    assert!(servers.get(&one.workspace, one.id).await.unwrap().is_none());
    assert!(!servers.delete(&one).await.unwrap());
    assert_eq!(servers.replace(&one, &changed(&one, "https://one.example")).await.unwrap(), Change::Outdated);
    let again = server("delete", "one", "https://one.example");
    assert_eq!(servers.register(&again).await.unwrap(), Registration::Registered);
}

fn list(revision: &str, fetched_at: u64) -> StoredToolList {
    let list = vec![0, 159, 146, 150];
    StoredToolList { revision: revision.to_owned(), list, fetched_at, fresh_until: fetched_at + 1000 }
}

/// A list and its server are found in one read; each key has a list of its own.
pub async fn a_list_is_found_with_its_server(tables: &Tables) {
    let (servers, lists) = (&tables.store.mcp_servers, &tables.store.tool_lists);
    let one = server("lists", "one", "https://one.example");
    let key = ToolListKey { workspace: "lists", url: "https://one.example", provider: None, person: None };
    let nothing = tables.store.tool_list(&key).await.unwrap();
    assert!(nothing.server.is_none() && nothing.stored.is_none());
    servers.register(&one).await.unwrap();
    let stored = list(&one.revision, tables.now.millis());
    lists.put(&key, &stored).await.unwrap();
    let found = tables.store.tool_list(&key).await.unwrap();
    assert_eq!(found.server.unwrap().owner, one.id.to_string());
    assert_eq!(found.stored.as_ref(), Some(&stored));
    assert_eq!(lists.state(&key).await.unwrap().stored, Some(stored));
    let other = ToolListKey { person: Some("somebody"), ..key };
    assert!(tables.store.tool_list(&other).await.unwrap().stored.is_none());
    lists.forget(&key).await.unwrap();
    lists.forget(&key).await.unwrap();
    assert!(lists.state(&key).await.unwrap().stored.is_none());
}

/// A lease has one holder until it is released, expires, or its list is stored.
pub async fn a_list_is_fetched_by_one_holder_of_a_lease(tables: &Tables) {
    let lists = &tables.store.tool_lists;
    let key = ToolListKey { workspace: "lease", url: "https://one.example", provider: None, person: None };
    let (now, until) = (tables.now, tables.later(10));
    let times = (now, now, until);
    assert!(lists.lease(&key, ("one", "r"), times).await.unwrap());
    assert!(lists.lease(&key, ("one", "r"), times).await.unwrap(), "a lost answer");
    assert!(!lists.lease(&key, ("two", "r"), times).await.unwrap());
    let state = lists.state(&key).await.unwrap();
    assert_eq!((state.stored, state.leased_until), (None, Some(until)), "a lease is no list");
    lists.release(&key, "two").await.unwrap();
    assert!(!lists.lease(&key, ("two", "r"), times).await.unwrap(), "only its holder ends a lease");
    lists.release(&key, "one").await.unwrap();
    assert!(lists.lease(&key, ("two", "r"), times).await.unwrap());
    assert!(
        lists.lease(&key, ("three", "r"), (until, until, tables.later(20))).await.unwrap(),
        "it has expired"
    );
    lists.put(&key, &list("r", now.millis())).await.unwrap();
    assert!(!lists.lease(&key, ("four", "r"), times).await.unwrap(), "the list is there");
    assert_eq!(lists.state(&key).await.unwrap().leased_until, None);
    let attempts: Vec<_> = (0..8).map(|number| format!("attempt-{number}")).collect();
    let taken = join_all(attempts.iter().map(|lease| lists.lease(&key, (lease, "another"), times))).await;
    assert_eq!(taken.into_iter().filter(|taken| *taken.as_ref().unwrap()).count(), 1);
    assert!(lists.state(&key).await.unwrap().stored.is_some(), "the last good list stays");
}

/// A provider is a workspace's own, and its name is taken until it is deleted.
pub async fn a_provider_has_its_name_until_it_is_deleted(tables: &Tables) {
    let providers = &tables.store.auth_providers;
    let provider = |id: u128, location: ProviderLocation| AuthProvider {
        workspace: WorkspaceId::new("providers"),
        id: Uuid::from_u128(id),
        name: ServerName::parse("github").unwrap(),
        client_id: "client".to_owned(),
        sealed_secret: (id == 1).then(|| "sealed".to_owned()),
        location,
        created_at: 1,
    };
    let one = provider(1, ProviderLocation::Issuer("https://as.example".to_owned()));
    let (authorization, token) = ("https://as.example/a".to_owned(), "https://as.example/t".to_owned());
    let two = provider(2, ProviderLocation::Endpoints { authorization, token });
    assert!(providers.configure(&one).await.unwrap());
    assert!(providers.configure(&one).await.unwrap(), "a lost answer");
    assert!(!providers.configure(&two).await.unwrap());
    assert!(providers.get(&one.workspace, two.id).await.unwrap().is_none());
    assert_eq!(providers.get(&one.workspace, one.id).await.unwrap().as_ref(), Some(&one));
    assert!(providers.get(&WorkspaceId::new("other"), one.id).await.unwrap().is_none());
    tables.store.mcp_servers.register(&server("providers", "s", "https://s.example")).await.unwrap();
    assert_eq!(providers.list(&one.workspace).await.unwrap(), std::slice::from_ref(&one));
    assert_eq!(tables.store.mcp_servers.list(&one.workspace).await.unwrap().len(), 1);
    providers.delete(&one).await.unwrap();
    providers.delete(&one).await.unwrap();
    assert!(providers.configure(&two).await.unwrap());
    assert_eq!(providers.list(&one.workspace).await.unwrap(), [two]);
}
