//! Sealing: AES-256-GCM with a fresh nonce and a context as associated data, so that a sealed value that is moved to
//! another place does not open.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use primitives::random::{self, SharedRandom};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::keys::{DerivedKey, KeyError, Purpose, RootKey};

/// Seals and opens values under one derived key.
#[derive(Clone)]
pub struct Sealer {
    key: std::sync::Arc<LessSafeKey>,
    random: SharedRandom,
}

/// The value was not sealed by us for this context.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a value that was sealed for this context")]
pub struct Unsealable;

impl RootKey {
    /// The sealer under the key for one purpose.
    pub fn sealer(&self, purpose: Purpose, random: SharedRandom) -> Result<Sealer, KeyError> {
        Sealer::new(&self.derive(purpose)?, random)
    }
}

impl Sealer {
    /// A sealer under the key.
    pub fn new(key: &DerivedKey, random: SharedRandom) -> Result<Self, KeyError> {
        Self::under(key.bytes(), random)
    }

    /// A sealer under a key that is stored elsewhere.
    pub fn under(key: &[u8; 32], random: SharedRandom) -> Result<Self, KeyError> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| KeyError::Provider)?;
        Ok(Self { key: std::sync::Arc::new(LessSafeKey::new(key)), random })
    }

    /// The value's JSON, sealed: unpadded base64url of nonce, ciphertext and tag.
    pub fn seal(&self, context: &str, value: &impl Serialize) -> Result<String, KeyError> {
        let nonce: [u8; NONCE_LEN] = random::bytes(self.random.as_ref());
        let mut plain = Zeroizing::new(serde_json::to_vec(value).map_err(|_| KeyError::Provider)?);
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context.as_bytes()),
                &mut *plain,
            )
            .map_err(|_| KeyError::Provider)?;
        let mut sealed = nonce.to_vec();
        sealed.extend_from_slice(&plain);
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The value that was sealed under the same context.
    pub fn open<T: DeserializeOwned>(&self, context: &str, sealed: &str) -> Result<T, Unsealable> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Unsealable)?;
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(Unsealable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unsealable)?;
        let mut body = Zeroizing::new(body.to_vec());
        let plain = self
            .key
            .open_in_place(nonce, Aad::from(context.as_bytes()), &mut body)
            .map_err(|_| Unsealable)?;
        serde_json::from_slice(plain).map_err(|_| Unsealable)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use primitives::random::SystemRandom;

    use super::*;
    use crate::keys::{Purpose, RootKey};

    fn sealer(purpose: Purpose, root: &RootKey) -> Sealer {
        Sealer::new(&root.derive(purpose).unwrap(), Arc::new(SystemRandom)).unwrap()
    }

    #[test]
    fn only_the_same_key_and_context_open_a_value() {
        let root = RootKey::generate(&SystemRandom);
        let tickets = sealer(Purpose::Ticket, &root);
        let sealed = tickets.seal("a", &"secret").unwrap();
        assert_eq!(tickets.open::<String>("a", &sealed).unwrap(), "secret");
        assert_eq!(tickets.open::<String>("b", &sealed), Err(Unsealable));
        assert_eq!(sealer(Purpose::Vault, &root).open::<String>("a", &sealed), Err(Unsealable));
        assert!(!sealed.contains("secret"));
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let tickets = sealer(Purpose::Ticket, &RootKey::generate(&SystemRandom));
        let sealed = tickets.seal("a", &"x").unwrap();
        for at in 0..sealed.len() {
            let mut broken = sealed.clone().into_bytes();
            broken[at] = if broken[at] == b'A' { b'B' } else { b'A' };
            let broken = String::from_utf8(broken).unwrap();
            // The last character's unused bits may decode to the same bytes or to an encoding error; never to another
            // value.
            if broken != sealed {
                assert!(tickets.open::<String>("a", &broken).is_err() || at == sealed.len() - 1);
            }
        }
    }
}
