//! Access tokens: JWTs of type `at+jwt` (RFC 9068) signed with ES256. They carry identity and scopes; whether the grant
//! still stands is checked in the store.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use primitives::clock::Timestamp;
use primitives::ids::{ClientId, CredentialId, GrantId, UserRef};
use serde::{Deserialize, Serialize};

use crate::keys::{Jwks, KeyError, SigningKey};
use crate::scope::ScopeSet;
use crate::token::ChainId;

/// The lifetime of an access token. A shorter one multiplies refresh races in real clients, and revocation takes effect
/// at once anyway.
pub const LIFE: Duration = Duration::from_hours(1);

/// The maximum length of a token that is parsed.
const MAX_LENGTH: usize = 4096;

/// The claims (RFC 9068 section 2.2, and ours).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessClaims {
    /// Issuer.
    pub iss: String,
    /// Audience: the resource (RFC 8707).
    pub aud: String,
    /// Subject: the user's reference.
    pub sub: UserRef,
    /// Client.
    pub client_id: ClientId,
    /// Space-separated scopes.
    pub scope: String,
    /// Issued at, seconds since the Unix epoch.
    pub iat: u64,
    /// Expires at, seconds since the Unix epoch.
    pub exp: u64,
    /// Token identifier.
    pub jti: String,
    /// The grant.
    pub grant: GrantId,
    /// The holder's chain.
    pub chain: ChainId,
    /// The generation that this token was issued with.
    #[serde(rename = "gen")]
    pub generation: u32,
    /// The upstream credential, so that it is read in the same round trip as the grant.
    pub cred: CredentialId,
    /// The workspace, or `*` for all of the user's.
    pub workspace: String,
}

impl AccessClaims {
    /// Whether the token is for this resource.
    pub fn is_for(&self, resource: &str) -> bool {
        self.aud == resource
    }

    /// The scopes as a set.
    pub fn scopes(&self) -> ScopeSet {
        ScopeSet::parse_known(&self.scope)
    }
}

/// Signs access tokens (RFC 7515 section 3.1). The key is parsed once: `jsonwebtoken` would parse it, and derive its
/// public half, for every signature.
#[derive(Clone)]
pub struct AccessSigner {
    key: Arc<EcdsaKeyPair>,
    /// The protected header, encoded.
    header: String,
}

impl AccessSigner {
    /// A signer with the key.
    pub fn new(key: &SigningKey) -> Result<Self, KeyError> {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("at+jwt".into());
        header.kid = Some(key.public()?.kid);
        let header = serde_json::to_vec(&header).map_err(|_| KeyError::Provider)?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.pkcs8())
            .map_err(|_| KeyError::MalformedSigningKey)?;
        Ok(Self { key: Arc::new(key), header: URL_SAFE_NO_PAD.encode(header) })
    }

    /// The signed token.
    pub fn sign(&self, claims: &AccessClaims) -> Result<String, KeyError> {
        let claims = serde_json::to_vec(claims).map_err(|_| KeyError::Provider)?;
        let mut text = self.header.clone();
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut text);
        let signature = self.key.sign(&nonces(), text.as_bytes()).map_err(|_| KeyError::Provider)?;
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut text);
        Ok(text)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the provider draws the nonce of a signature itself, whatever it is given"
)]
fn nonces() -> SystemRandom {
    SystemRandom::new()
}

/// Why an access token is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// Not an `at+jwt` from us, or expired.
    #[error("the access token is not valid here")]
    Invalid,
    /// Signed with a key that this instance has not read yet.
    #[error("the access token is signed under an unknown key")]
    UnknownKey,
}

/// Verifies access tokens with the public keys.
#[derive(Clone)]
pub struct AccessVerifier {
    keys: BTreeMap<String, DecodingKey>,
    validation: Validation,
}

impl AccessVerifier {
    /// A verifier for one issuer, whose tokens are for its own resources only.
    pub fn new(jwks: &Jwks, issuer: &str) -> Self {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[issuer]);
        // Each resource compares the audience with its own; see `AccessClaims::is_for`.
        validation.validate_aud = false;
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Expiry is checked against the injected clock below.
        validation.validate_exp = false;
        let keys = jwks
            .keys
            .iter()
            .filter_map(|jwk| Some((jwk.kid.clone(), DecodingKey::from_ec_components(&jwk.x, &jwk.y).ok()?)))
            .collect();
        Self { keys, validation }
    }

    /// The claims of a token that is from us and not expired, for whichever of our resources it is. No leeway: the
    /// issuer and the verifier share a clock source, and the client is told the lifetime in seconds.
    pub fn verify(&self, text: &str, now: Timestamp) -> Result<AccessClaims, AccessError> {
        let kid = key_id(text).ok_or(AccessError::Invalid)?;
        let key = self.keys.get(&kid).ok_or(AccessError::UnknownKey)?;
        let claims = jsonwebtoken::decode::<AccessClaims>(text, key, &self.validation)
            .map_err(|_| AccessError::Invalid)?
            .claims;
        if now.secs() < claims.exp { Ok(claims) } else { Err(AccessError::Invalid) }
    }
}

/// The key id of a text that looks like a token of ours. Anything else is refused before a key is looked up.
pub fn key_id(text: &str) -> Option<String> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let header = jsonwebtoken::decode_header(text).ok()?;
    let ours = header.typ.as_deref() == Some("at+jwt") && header.alg == Algorithm::ES256;
    header.kid.filter(|_| ours)
}

/// Whether a text claims to be a token of this issuer. Nothing is verified: it tells where a token belongs, not that it
/// is good.
pub fn claims_issuer(text: &str, issuer: &str) -> bool {
    #[derive(Deserialize)]
    struct Issuer {
        iss: String,
    }
    if key_id(text).is_none() {
        return false;
    }
    let payload = text.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims = payload.and_then(|payload| serde_json::from_slice::<Issuer>(&payload).ok());
    claims.is_some_and(|claims| claims.iss == issuer)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    fn claims() -> AccessClaims {
        AccessClaims {
            iss: "https://i".into(),
            aud: "https://i/mcp".into(),
            sub: UserRef::new("u"),
            client_id: ClientId::new("c"),
            scope: "langsmith:read".into(),
            iat: NOW.secs(),
            exp: NOW.plus(LIFE).secs(),
            jti: "j".into(),
            grant: GrantId::new("g"),
            chain: ChainId::new("ch"),
            generation: 1,
            cred: CredentialId::new("k"),
            workspace: "*".into(),
        }
    }

    fn pair() -> (AccessSigner, AccessVerifier) {
        let key = SigningKey::generate().unwrap();
        let jwks = Jwks { keys: vec![key.public().unwrap()] };
        (AccessSigner::new(&key).unwrap(), AccessVerifier::new(&jwks, "https://i"))
    }

    #[test]
    fn a_signed_token_verifies_until_it_expires() {
        let (signer, verifier) = pair();
        let text = signer.sign(&claims()).unwrap();
        assert_eq!(verifier.verify(&text, NOW).unwrap().grant, GrantId::new("g"));
        assert_eq!(verifier.verify(&text, NOW.plus(LIFE)).unwrap_err(), AccessError::Invalid);
    }

    #[test]
    fn another_issuer_or_key_is_refused() {
        let (signer, verifier) = pair();
        let changed = AccessClaims { iss: "https://other".into(), ..claims() };
        let text = signer.sign(&changed).unwrap();
        assert_eq!(verifier.verify(&text, NOW).unwrap_err(), AccessError::Invalid);
        let foreign = pair().0.sign(&claims()).unwrap();
        assert_eq!(verifier.verify(&foreign, NOW).unwrap_err(), AccessError::UnknownKey);
    }

    #[test]
    fn a_token_names_its_issuer_to_whoever_asks() {
        let text = pair().0.sign(&claims()).unwrap();
        assert!(claims_issuer(&text, "https://i") && !claims_issuer(&text, "https://other"));
        for other in ["", "lsv2_pt_key", "a.b.c", &text.replace('.', "")] {
            assert!(!claims_issuer(other, "https://i"), "{other}");
        }
    }

    #[test]
    fn a_token_is_for_one_resource() {
        let (signer, verifier) = pair();
        let found = verifier.verify(&signer.sign(&claims()).unwrap(), NOW).unwrap();
        assert!(found.is_for("https://i/mcp"));
        for other in ["https://i/agents/a/mcp", "https://i/mcp/", "https://other/mcp", "https://i", ""] {
            assert!(!found.is_for(other), "{other}");
        }
    }

    #[test]
    fn a_token_that_is_too_long_is_refused_unread() {
        let (signer, verifier) = pair();
        let long = AccessClaims { scope: "x".repeat(MAX_LENGTH), ..claims() };
        let text = signer.sign(&long).unwrap();
        assert_eq!(verifier.verify(&text, NOW).unwrap_err(), AccessError::Invalid);
    }

    #[test]
    fn the_scopes_are_those_that_it_names() {
        assert_eq!(claims().scopes(), ScopeSet::parse_known("langsmith:read"));
        assert_ne!(claims().scopes(), ScopeSet::default());
    }

    #[test]
    fn the_longest_token_is_read() {
        let header = r#"{"typ":"at+jwt","alg":"ES256","kid":"k"}"#;
        let token = |length| {
            let head = format!("{}.", URL_SAFE_NO_PAD.encode(header));
            format!("{head}{}.", "A".repeat(length - head.len() - 1))
        };
        assert_eq!(key_id(&token(MAX_LENGTH)).as_deref(), Some("k"));
        assert_eq!(key_id(&token(MAX_LENGTH + 1)), None);
    }

    #[test]
    fn a_header_needs_the_type_and_the_algorithm() {
        let id = |header: &str| key_id(&format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(header)));
        assert_eq!(id(r#"{"typ":"at+jwt","alg":"ES256","kid":"k"}"#).as_deref(), Some("k"));
        assert_eq!(id(r#"{"typ":"JWT","alg":"ES256","kid":"k"}"#), None);
        assert_eq!(id(r#"{"typ":"at+jwt","alg":"RS256","kid":"k"}"#), None);
        assert_eq!(id(r#"{"typ":"at+jwt","alg":"ES256"}"#), None);
    }

    #[test]
    fn a_jwt_of_another_type_or_algorithm_is_refused() {
        let (_, verifier) = pair();
        let unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30.";
        assert_eq!(verifier.verify(unsigned, NOW).unwrap_err(), AccessError::Invalid);
        assert_eq!(verifier.verify("", NOW).unwrap_err(), AccessError::Invalid);
    }
}
