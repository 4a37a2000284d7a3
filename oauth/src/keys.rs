//! Key material: the root key, from which every symmetric key is derived, and the ES256 signing keys of access tokens.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use aws_lc_rs::{digest, hkdf, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use primitives::random::{self, Random};
use primitives::secret::sha256;

/// The stack's root key: 32 bytes that never leave the process that needs them.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RootKey([u8; 32]);

/// 43 random letters and digits hold 256 bits.
const MIN_RANDOM_TEXT: usize = 43;

/// The purpose of a derived key. Two purposes never share a key, so a value made for one is invalid for the other.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// The authentication tag of codes and refresh tokens.
    TokenTag,
    /// Sealing the tickets of the login and consent forms.
    Ticket,
    /// Sealing the secrets of a pending login.
    Session,
    /// Sealing the documents of clients.
    ClientDocument,
    /// Sealing upstream credentials at rest.
    Vault,
    /// Sealing the handles of agents' runs.
    RunHandle,
    /// The tags by which equal calls of an agent are recognized.
    AgentCall,
}

/// A key derived for one purpose, with an id that identifies its root key.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DerivedKey {
    bytes: [u8; 32],
    #[zeroize(skip)]
    id: String,
}

/// Unusable key material.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A root key that is not 32 bytes of unpadded base64url, or random text that is too short.
    #[error("the root key is malformed")]
    MalformedRootKey,
    /// A signing key that is not a P-256 private key in PKCS#8.
    #[error("the signing key is malformed")]
    MalformedSigningKey,
    /// The cryptographic provider refused an operation.
    #[error("the cryptographic provider failed")]
    Provider,
}

impl RootKey {
    /// A fresh key.
    pub fn generate(random: &dyn Random) -> Self {
        Self(random::bytes(random))
    }

    /// Reads the stored form.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).map_err(|_| KeyError::MalformedRootKey)?;
        bytes.try_into().map(Self).map_err(|_| KeyError::MalformedRootKey)
    }

    /// The key that is derived from a long text of random letters and digits, for services that generate passwords but
    /// no keys.
    pub fn from_random_text(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.len() < MIN_RANDOM_TEXT || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(KeyError::MalformedRootKey);
        }
        let digest = digest::digest(&digest::SHA256, text.as_bytes());
        digest.as_ref().try_into().map(Self).map_err(|_| KeyError::Provider)
    }

    /// The stored form: unpadded base64url.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The key for one purpose (RFC 5869 HKDF-SHA256).
    pub fn derive(&self, purpose: Purpose) -> Result<DerivedKey, KeyError> {
        let id = sha256(&self.expand(b"langsmith-remote-mcp/1/key-id")?).chars().take(4).collect();
        Ok(DerivedKey { bytes: self.expand(purpose.label())?, id })
    }

    fn expand(&self, label: &[u8]) -> Result<[u8; 32], KeyError> {
        let mut bytes = [0; 32];
        hkdf::Salt::new(hkdf::HKDF_SHA256, &[])
            .extract(&self.0)
            .expand(&[label], hkdf::HKDF_SHA256)
            .and_then(|material| material.fill(&mut bytes))
            .map_err(|_| KeyError::Provider)?;
        Ok(bytes)
    }
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::TokenTag => b"langsmith-remote-mcp/1/token-tag",
            Self::Ticket => b"langsmith-remote-mcp/1/ticket",
            Self::Session => b"langsmith-remote-mcp/1/session",
            Self::ClientDocument => b"langsmith-remote-mcp/1/client-document",
            Self::Vault => b"langsmith-remote-mcp/1/vault",
            Self::RunHandle => b"langsmith-remote-mcp/1/run-handle",
            Self::AgentCall => b"langsmith-remote-mcp/1/agent-call",
        }
    }
}

impl DerivedKey {
    /// The key's bytes, for the cryptographic primitive.
    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// A tag of `parts` in their order (HMAC-SHA256): equal for equal parts, and without the key nobody can tell
    /// whether it is the tag of a text that they guess.
    pub fn tag(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.bytes));
        for part in parts {
            // With its length in front, no part can pass for two.
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut tag = [0; 32];
        tag.copy_from_slice(context.sign().as_ref());
        tag
    }

    /// Four characters that identify the root key without revealing anything about it.
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// The private half of an access-token signing key.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SigningKey {
    pkcs8: Vec<u8>,
}

/// The public half as a JSON Web Key (RFC 7517, RFC 7518 section 6.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicJwk {
    /// Key type, `EC`.
    pub kty: String,
    /// Curve, `P-256`.
    pub crv: String,
    /// X coordinate, unpadded base64url.
    pub x: String,
    /// Y coordinate, unpadded base64url.
    pub y: String,
    /// The RFC 7638 thumbprint.
    pub kid: String,
    /// `ES256`.
    pub alg: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: String,
}

/// A JSON Web Key Set (RFC 7517 section 5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwks {
    /// The verification keys.
    pub keys: Vec<PublicJwk>,
}

impl SigningKey {
    /// A fresh P-256 key. The provider generates its own randomness for it.
    pub fn generate() -> Result<Self, KeyError> {
        let pair =
            EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| KeyError::Provider)?;
        let document = pair.to_pkcs8v1().map_err(|_| KeyError::Provider)?;
        Ok(Self { pkcs8: document.as_ref().to_vec() })
    }

    /// Reads the stored form.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let pkcs8 = URL_SAFE_NO_PAD.decode(text.trim()).map_err(|_| KeyError::MalformedSigningKey)?;
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8)
            .map_err(|_| KeyError::MalformedSigningKey)?;
        Ok(Self { pkcs8 })
    }

    /// The stored form: PKCS#8 as unpadded base64url.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.pkcs8)
    }

    /// The PKCS#8 document.
    pub(crate) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The public half.
    pub fn public(&self) -> Result<PublicJwk, KeyError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &self.pkcs8)
            .map_err(|_| KeyError::MalformedSigningKey)?;
        // An uncompressed point: 0x04, then 32 bytes each of X and Y (SEC 1 section 2.3.3).
        let point = pair.public_key().as_ref();
        let (Some(x), Some(y)) = (point.get(1..33), point.get(33..65)) else {
            return Err(KeyError::MalformedSigningKey);
        };
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        // RFC 7638 section 3.2: the required members in lexicographic order, without white space.
        let kid = sha256(format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#).as_bytes());
        Ok(PublicJwk {
            kty: "EC".into(),
            crv: "P-256".into(),
            x,
            y,
            kid,
            alg: "ES256".into(),
            usage: "sig".into(),
        })
    }
}

/// The signing keys of a stack: the first one signs, and all of them verify. The stored form has one per line, so that
/// a next key can be published before it signs, and the previous one kept until its last token has expired. Anything
/// after a key on its line is for the rotation.
#[derive(Clone)]
pub struct SigningKeys {
    /// The signing key.
    pub current: SigningKey,
    /// Next and previous keys, which only verify.
    pub others: Vec<SigningKey>,
}

impl SigningKeys {
    /// Reads the stored form.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let keys = text.lines().filter_map(|line| line.split_whitespace().next());
        let mut lines = keys.map(SigningKey::from_text);
        let current = lines.next().ok_or(KeyError::MalformedSigningKey)??;
        Ok(Self { current, others: lines.collect::<Result<_, _>>()? })
    }

    /// The stored form.
    pub fn to_text(&self) -> String {
        let lines: Vec<_> = self.all().map(SigningKey::to_text).collect();
        lines.join("\n")
    }

    /// The public halves.
    pub fn jwks(&self) -> Result<Jwks, KeyError> {
        Ok(Jwks { keys: self.all().map(SigningKey::public).collect::<Result<_, _>>()? })
    }

    fn all(&self) -> impl Iterator<Item = &SigningKey> {
        std::iter::once(&self.current).chain(&self.others)
    }
}

#[cfg(test)]
mod tests {
    use primitives::random::SystemRandom;

    use super::*;

    #[test]
    fn purposes_do_not_share_a_key() {
        let root = RootKey::generate(&SystemRandom);
        let tag = root.derive(Purpose::TokenTag).unwrap();
        let vault = root.derive(Purpose::Vault).unwrap();
        assert_ne!(tag.bytes(), vault.bytes());
        assert_eq!(tag.id(), vault.id());
        let other = RootKey::from_random_text(&"a".repeat(MIN_RANDOM_TEXT)).unwrap();
        assert_eq!(tag.id().len(), 4);
        assert_ne!(tag.id(), other.derive(Purpose::TokenTag).unwrap().id());
    }

    #[test]
    fn keys_survive_their_stored_form() {
        let root = RootKey::generate(&SystemRandom);
        let again = RootKey::from_text(&root.to_text()).unwrap();
        assert_eq!(
            root.derive(Purpose::Ticket).unwrap().bytes(),
            again.derive(Purpose::Ticket).unwrap().bytes()
        );

        let signing = SigningKey::generate().unwrap();
        let again = SigningKey::from_text(&signing.to_text()).unwrap();
        assert_eq!(signing.public().unwrap(), again.public().unwrap());
    }

    #[test]
    fn the_first_of_several_signing_keys_signs_and_all_are_published() {
        let [one, two] = [SigningKey::generate().unwrap(), SigningKey::generate().unwrap()];
        let keys = SigningKeys { current: one.clone(), others: vec![two.clone()] };
        let again = SigningKeys::from_text(&format!("{}\n", keys.to_text())).unwrap();
        assert_eq!(again.current.public().unwrap(), one.public().unwrap());
        assert_eq!(again.jwks().unwrap().keys, [one.public().unwrap(), two.public().unwrap()]);
        assert!(SigningKeys::from_text(" \n").is_err());
        assert!(SigningKeys::from_text(&format!("{}\nAAAA", one.to_text())).is_err());
    }

    #[test]
    fn malformed_keys_are_refused() {
        assert!(RootKey::from_text("short").is_err());
        assert!(RootKey::from_random_text(&"a".repeat(MIN_RANDOM_TEXT - 1)).is_err());
        assert!(RootKey::from_random_text(&"a".repeat(MIN_RANDOM_TEXT)).is_ok());
        assert!(RootKey::from_random_text(&"a ".repeat(43)).is_err());
        assert!(RootKey::from_random_text(&"aB3".repeat(20)).is_ok());
        assert!(SigningKey::from_text("AAAA").is_err());
    }
}
