//! Clients that have a document about themselves, with servers that fetch it and with servers that do not. The document is
//! served over TLS, which these clients insist on.

use clients::{Program, System};
use e2e::documents::{CALLBACK, DocumentHost};
use e2e::tls::{self, Tls};
use kit::MODERN;
use local::ClientIdMetadata;
use serde_json::{Value, json};

use crate::{LEGACY, story};

/// A client's document, and a server that may fetch it.
struct World {
    system: System,
    host: DocumentHost,
    tls: Tls,
}

impl World {
    async fn start(choice: ClientIdMetadata) -> Self {
        let host = DocumentHost::start().await;
        let tls = tls::in_front_of(&host.url()).await;
        let authority = tls.authority.path().to_owned();
        let system = System::start_changed(|settings| {
            settings.client_id_metadata = choice;
            settings.allow_private_servers = true;
            settings.ca_file = Some(authority);
        })
        .await;
        let world = Self { system, host, tls };
        let mut document = world.host.document();
        document["client_id"] = json!(world.document());
        document["redirect_uris"] = json!(["http://localhost:3030/callback", CALLBACK]);
        world.host.serve(&document);
        world
    }

    fn document(&self) -> String {
        format!("{}/client.json", self.tls.url)
    }

    async fn report(&self, program: impl Fn(&str) -> Program) -> Value {
        program(&self.system.mcp_url()).env("CLIENT_DOCUMENT", self.document()).report().await
    }
}

/// The client uses its document where the server offers to fetch it, and registers elsewhere.
async fn both_ways(protocol: &str, program: impl Fn(&str) -> Program) {
    let world = World::start(ClientIdMetadata::On).await;
    let report = world.report(&program).await;
    story::judge(&report, protocol, world.system.origin());
    assert_eq!(report["client_id"], world.document(), "{report}");
    assert_eq!(world.host.fetches(), 1);
    world.system.stop().await;

    let world = World::start(ClientIdMetadata::Off).await;
    let report = world.report(&program).await;
    story::judge(&report, protocol, world.system.origin());
    assert_ne!(report["client_id"], world.document(), "{report}");
    assert_eq!(world.host.fetches(), 0);
    world.system.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_2() {
    both_ways(MODERN, |url| Program::python("mcp2", "mcp2.py").args([url, "auto", "key"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_1() {
    both_ways(LEGACY, |url| Program::node("sdk1.mjs").args([url, "langsmith"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_2() {
    both_ways(MODERN, |url| Program::node("client2.mjs").args([url, "key", MODERN])).await;
}

/// It cannot register, so its document is its only way.
#[tokio::test(flavor = "multi_thread")]
async fn mastra_2() {
    let world = World::start(ClientIdMetadata::On).await;
    let report = world.report(|url| Program::node("mastra2.mjs").args([url, "key"])).await;
    assert_eq!(report["client_id"], world.document(), "{report}");
    assert_eq!((&report["logins"], &report["iss"]), (&json!(1), &json!(world.system.origin())), "{report}");
    let tools: Vec<&str> = report["tools"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(tools.contains(&"langsmith_fetch_runs"), "{report}");
    assert!(report["result"].to_string().contains("support-bot"), "{report}");
    assert_eq!(world.host.fetches(), 1);
    world.system.stop().await;
}
