//! The public keys, read from the store and remembered.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use shared::clock::{SharedClock, Timestamp};
use shared::oauth::access::{AccessClaims, AccessError, AccessVerifier};
use shared::oauth::keys::Jwks;
use shared::oauth::public_url::PublicUrl;
use shared::store::{Keys, StoreError};

/// How often an unknown key id may cause a read: an attacker's made-up key ids must not.
const REREAD_EVERY: Duration = Duration::from_secs(30);

/// Verifies access tokens.
pub(super) struct PublicKeys {
    keys: Keys,
    public: PublicUrl,
    clock: SharedClock,
    read: Mutex<Option<(Timestamp, AccessVerifier)>>,
}

/// Why a token has no claims.
pub(super) enum Unverified {
    /// It is not valid here.
    Invalid,
    /// The keys cannot be read.
    Store(StoreError),
}

impl PublicKeys {
    pub(super) const fn new(keys: Keys, public: PublicUrl, clock: SharedClock) -> Self {
        Self { keys, public, clock, read: Mutex::new(None) }
    }

    /// The claims of a token. No round trip once the keys are read.
    pub(super) async fn verify(&self, token: &str) -> Result<AccessClaims, Unverified> {
        let now = self.clock.now();
        let known = self.read.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((since, verifier)) = known {
            match verifier.verify(token, now) {
                Ok(claims) => return Ok(claims),
                Err(AccessError::Invalid) => return Err(Unverified::Invalid),
                Err(AccessError::UnknownKey) if now.since(since) < REREAD_EVERY => {
                    return Err(Unverified::Invalid);
                }
                Err(AccessError::UnknownKey) => {}
            }
        }
        let jwks = self.keys.jwks().await.map_err(Unverified::Store)?.unwrap_or(Jwks { keys: Vec::new() });
        let verifier = AccessVerifier::new(&jwks, self.public.issuer(), &self.public.resource());
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, verifier.clone()));
        verifier.verify(token, now).map_err(|_| Unverified::Invalid)
    }
}
