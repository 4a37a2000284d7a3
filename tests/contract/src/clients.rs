//! Registered clients.

use oauth::client::{Client, ClientMetadata};
use primitives::ids::ClientId;
use primitives::random::SystemRandom;

use crate::people::Tables;

/// A client's identifier has a hash of its registration: whoever can write the table cannot change where codes go.
pub async fn a_client_is_registered_once_and_returned_unaltered_or_not_at_all(tables: &Tables) {
    let clients = &tables.store.clients;
    clients.warm().await.unwrap();
    assert!(
        clients.get(&ClientId::new("-")).await.unwrap().is_none(),
        "opening the connection writes nothing"
    );
    let of = |uri: &str| {
        let metadata = ClientMetadata { redirect_uris: vec![uri.to_owned()], ..Default::default() };
        Client::register(metadata, &SystemRandom, tables.now).unwrap()
    };
    let client = of("https://app.example/callback");
    clients.register(&client).await.unwrap();
    clients.register(&client).await.unwrap();
    let usurper = Client { client_id: client.client_id.clone(), ..of("https://attacker.example/callback") };
    assert!(clients.register(&usurper).await.is_err(), "a registration is never replaced");
    let found = clients.get(&client.client_id).await.unwrap().unwrap();
    assert_eq!(found.redirect_uris, client.redirect_uris);

    let (altered, other) = (of("https://app.example/callback"), of("https://attacker.example/callback"));
    let altered = Client { client_id: altered.client_id, ..other };
    clients.register(&altered).await.unwrap();
    assert!(clients.get(&altered.client_id).await.unwrap().is_none());
}
