//! The public keys, cached from the store, and recently verified access tokens.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use oauth::access::{AccessClaims, AccessError, AccessVerifier, key_id};
use oauth::keys::Jwks;
use oauth::public_url::PublicUrl;
use oauth::resource::Resource;
use primitives::clock::{SharedClock, Timestamp};
use primitives::secret::sha256;
use primitives::timed::TimedMap;

use crate::store::{Keys, StoreError};

/// The minimum time between two reads caused by unknown key ids, which an attacker could make up.
const REREAD_EVERY: Duration = Duration::from_secs(30);
/// How long the keys are cached: a withdrawn key must not verify for longer.
const BELIEVED: Duration = Duration::from_mins(10);
/// How long a verified signature is cached. Checking it costs more CPU time than the rest of a call, and clients send
/// the same token again and again.
const VERIFIED: Duration = Duration::from_mins(1);

/// Verifies access tokens.
pub struct PublicKeys {
    keys: Keys,
    public: PublicUrl,
    clock: SharedClock,
    known: Mutex<Option<(Timestamp, AccessVerifier)>>,
    /// Verified claims, by the SHA-256 of the token.
    verified: TimedMap<String, AccessClaims>,
}

/// Why a token was not verified.
#[derive(Debug, thiserror::Error)]
pub enum Unverified {
    /// The token is not valid here.
    #[error("the access token is not valid here")]
    Invalid,
    /// The keys cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PublicKeys {
    /// Keys that are read on first use.
    pub const fn new(keys: Keys, public: PublicUrl, clock: SharedClock) -> Self {
        Self { keys, public, clock, known: Mutex::new(None), verified: TimedMap::new(VERIFIED) }
    }

    /// The claims of a token for this resource. No round trip while the keys are cached.
    pub async fn verify(&self, token: &str, resource: &Resource) -> Result<AccessClaims, Unverified> {
        let claims = self.verify_for_any(token).await?;
        let resource = self.public.at(resource).resource();
        if claims.is_for(&resource) { Ok(claims) } else { Err(Unverified::Invalid) }
    }

    /// The claims of a token for whichever of our resources, which gives access to none of them.
    pub async fn verify_for_any(&self, token: &str) -> Result<AccessClaims, Unverified> {
        let (now, hash) = (self.clock.now(), sha256(token.as_bytes()));
        if let Some(claims) = self.verified.get(&hash, now) {
            return if now.secs() < claims.exp { Ok(claims) } else { Err(Unverified::Invalid) };
        }
        let claims = self.check(token, now).await?;
        self.verified.put(hash, claims.clone(), now);
        Ok(claims)
    }

    async fn check(&self, token: &str, now: Timestamp) -> Result<AccessClaims, Unverified> {
        if key_id(token).is_none() {
            return Err(Unverified::Invalid);
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((since, verifier)) = known.filter(|(since, _)| now.since(*since) < BELIEVED) {
            match verifier.verify(token, now) {
                Ok(claims) => return Ok(claims),
                Err(AccessError::Invalid) => return Err(Unverified::Invalid),
                Err(AccessError::UnknownKey) if now.since(since) < REREAD_EVERY => {
                    return Err(Unverified::Invalid);
                }
                Err(AccessError::UnknownKey) => {}
            }
        }
        self.read(now).await?.verify(token, now).map_err(|_| Unverified::Invalid)
    }

    /// Reads the keys before they are needed. One round trip.
    pub async fn warm(&self) -> Result<(), StoreError> {
        self.read(self.clock.now()).await.map(drop)
    }

    async fn read(&self, now: Timestamp) -> Result<AccessVerifier, StoreError> {
        let jwks = self.keys.jwks().await?.unwrap_or(Jwks { keys: Vec::new() });
        let verifier = AccessVerifier::new(&jwks, self.public.issuer());
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, verifier.clone()));
        Ok(verifier)
    }
}
