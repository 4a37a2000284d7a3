//! Clients with documents behind the front door. Documents are fetched from public hosts only, and there is none here: a name
//! that cannot resolve shows that everything before the fetch works, and a document in the table that it works afterwards.

use std::sync::Arc;

use e2e::mcp::projects;
use e2e::{Browser, Login, OAuthClient};
use front_door::{FrontDoor, Options};
use langsmith_double::data;
use oauth::keys::{Purpose, RootKey};
use primitives::random::SystemRandom;
use serde_json::{Value, json};

const CALLBACK: &str = "http://127.0.0.1:7777/callback";
/// Long after any day on which this runs.
const FRESH_UNTIL: u64 = 9_000_000_000;

fn client(door: &FrontDoor, id: &str) -> OAuthClient {
    OAuthClient::known(&door.url, id, CALLBACK)
}

/// Writes the document as another instance of the function would have.
async fn keep(door: &FrontDoor, id: &str) {
    let root = door.aws.secret(&door.aws.secret_name("root-key")).unwrap();
    let root = RootKey::from_random_text(&root).unwrap();
    let sealer = root.sealer(Purpose::ClientDocument, Arc::new(SystemRandom)).unwrap();
    let document = json!({ "client_name": "Kept", "redirect_uris": ["http://127.0.0.1/callback"] });
    let content = json!({ "document": document, "fresh_until": FRESH_UNTIL });
    let text = sealer.seal(&format!("client-document/{id}"), &content).unwrap();
    let item = json!({ "client_id": { "S": id }, "document": { "S": text },
        "purge_at": { "N": FRESH_UNTIL.to_string() } });
    door.aws.dynamodb("PutItem", &json!({ "TableName": door.aws.table("clients"), "Item": item })).await;
}

async fn advertised(door: &FrontDoor) -> Value {
    let url = door.at("/.well-known/oauth-authorization-server");
    let metadata: Value = e2e::client::http().get(url).send().await.unwrap().json().await.unwrap();
    metadata["client_id_metadata_document_supported"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_leads_to_tools_with_the_rights_of_the_template() {
    let door = FrontDoor::start().await;
    assert_eq!(advertised(&door).await, true);
    let browser = Browser::new(&door.url);
    let unknown = client(&door, "https://nothing.invalid/client.json");
    let page = browser.open(&unknown.authorize_url()).await.unwrap();
    assert_eq!(page.status, 400);
    assert!(page.html.contains("the host&#39;s name does not resolve"), "{}", page.html);

    let id = "https://kept.example/client.json";
    keep(&door, id).await;
    let client = client(&door, id);
    let page = browser.open(&client.authorize_url()).await.unwrap();
    assert!(page.html.contains("<bdi>kept.example</bdi> “<bdi>Kept</bdi>”"), "{}", page.html);
    let tokens = client.connect(&browser, Login::Key(data::ADA_KEY)).await;
    assert!(!projects(&door.url, &tokens.access).await.is_empty());
    let tokens = client.refresh(&tokens.refresh).await.tokens();
    assert!(!projects(&door.url, &tokens.access).await.is_empty());
    let lines = door.log.all();
    assert!(!lines.iter().any(|line| line.contains("AccessDenied")), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stack_that_does_not_fetch_documents_says_so() {
    let parameters = vec![("ClientIdMetadata", "off")];
    let door = FrontDoor::with(Options { parameters, ..Options::default() }).await;
    assert_eq!(advertised(&door).await, Value::Null);
    keep(&door, "https://kept.example/client.json").await;
    let client = client(&door, "https://kept.example/client.json");
    let page = Browser::new(&door.url).open(&client.authorize_url()).await.unwrap();
    assert!(page.status == 400 && page.html.contains("This app is not registered here"), "{}", page.html);
}
