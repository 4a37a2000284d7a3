//! Client identifiers that are bound to one registration: they contain a hash of the registered data.
//!
//! `/register` writes to a table, and IAM has no condition for "new items only". An attacker who takes over that
//! function could store another redirect URI under the identifier of a known client, and have codes sent there. Such an
//! entry does not match its identifier, and is ignored.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use primitives::ids::ClientId;
use primitives::random::{self, Random};

use crate::client::Client;

/// Random bytes, which distinguish registrations with the same content.
const RANDOM: usize = 12;
/// Their length in base64url.
const RANDOM_TEXT: usize = RANDOM / 3 * 4;
/// Bytes of the hash. Forging another entry for the same identifier takes 2^192 tries.
const HASH: usize = 24;

/// Whether a text has the form of our identifiers. Those from before the hash was added are shorter.
pub fn has_our_form(id: &ClientId) -> bool {
    id.as_str().len() == RANDOM_TEXT + HASH / 3 * 4
}

impl Client {
    /// Assigns the identifier of a new registration.
    pub(super) fn identified(self, random: &dyn Random) -> Self {
        let random = random::token::<RANDOM>(random);
        let client_id = ClientId::new(format!("{random}{}", self.hash(&random)));
        Self { client_id, ..self }
    }

    /// Whether an entry matches its identifier.
    pub fn fits_its_id(&self) -> bool {
        let id = self.client_id.as_str();
        id.split_at_checked(RANDOM_TEXT).is_some_and(|(random, hash)| hash == self.hash(random))
    }

    /// The hash of all immutable data.
    fn hash(&self, random: &str) -> String {
        // JSON keeps the members apart, and none of them can fail to serialize.
        let registered = serde_json::json!([
            random,
            self.client_name,
            self.client_uri,
            self.redirect_uris,
            self.created_at,
        ]);
        let hash = digest(&SHA256, registered.to_string().as_bytes());
        URL_SAFE_NO_PAD.encode(hash.as_ref().get(..HASH).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use primitives::clock::Timestamp;
    use primitives::random::SystemRandom;

    use super::*;
    use crate::client::ClientMetadata;

    fn registered() -> Client {
        let metadata = ClientMetadata {
            client_name: Some("An app".to_owned()),
            client_uri: Some("https://app.example.com/".to_owned()),
            redirect_uris: vec!["https://app.example.com/cb".to_owned(), "http://127.0.0.1/cb".to_owned()],
            ..ClientMetadata::default()
        };
        Client::register(metadata, &SystemRandom, Timestamp::from_secs(1_800_000_000)).unwrap()
    }

    #[test]
    fn two_registrations_of_the_same_are_two_clients() {
        let (one, other) = (registered(), registered());
        assert!(one.fits_its_id() && other.fits_its_id());
        assert_ne!(one.client_id, other.client_id);
    }

    #[test]
    fn identifiers_of_before_have_another_form() {
        assert!(has_our_form(&registered().client_id));
        assert!(!has_our_form(&ClientId::new(random::token::<18>(&SystemRandom))));
    }

    #[test]
    fn a_longer_life_changes_nothing() {
        let client = registered();
        assert!(Client { expires_at: client.expires_at + 1, ..client }.fits_its_id());
    }

    #[test]
    fn whatever_else_is_changed_does_not_fit() {
        let client = registered();
        let changed = [
            Client { client_name: None, ..client.clone() },
            Client { client_uri: Some("https://evil.example.com/".to_owned()), ..client.clone() },
            Client { redirect_uris: vec!["https://evil.example.com/cb".to_owned()], ..client.clone() },
            Client { redirect_uris: client.redirect_uris.iter().rev().cloned().collect(), ..client.clone() },
            Client { created_at: client.created_at + 1, ..client.clone() },
            Client { client_id: ClientId::new(""), ..client.clone() },
            Client { client_id: ClientId::new("é".repeat(9)), ..client },
        ];
        assert!(changed.iter().all(|client| !client.fits_its_id()));
    }
}
