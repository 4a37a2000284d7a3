//! Authorization codes and refresh tokens. They are self-authenticating, so that garbage never causes a read of a
//! grant:
//!
//! ```text
//! lsmr_ N2Q4… . 8fKd… . c0Zp… . 7 . p4Xw… . Yk3aQz…
//! |     |       |       |       |   |       '-- key id (4), then HMAC-SHA256 of everything before it, cut to 128 bits
//! |     |       |       |       |   '---------- 192 random bits
//! |     |       |       |       '-------------- generation within the chain
//! |     |       |       '---------------------- chain: one holder of the grant's token
//! |     |       '------------------------------ grant
//! |     '-------------------------------------- user reference; with the grant, the primary key of the item
//! '-------------------------------------------- kind: never change these, secret scanners know them
//! ```

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use primitives::ids::{GrantId, UserRef};
use primitives::random::{self, Random};
use primitives::secret::Secret;
use subtle::ConstantTimeEq as _;

use crate::keys::{DerivedKey, KeyError, Purpose, RootKey};

/// The maximum length of a text that is parsed; a real token has about 140 characters.
const MAX_LENGTH: usize = 256;
const TAG_BYTES: usize = 16;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An authorization code (RFC 6749 section 4.1).
    Code,
    /// A refresh token (RFC 6749 section 6).
    Refresh,
}

impl Kind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Code => "lsmc",
            Self::Refresh => "lsmr",
        }
    }
}

/// A chain's id, which stands for one holder of a grant's refresh token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ChainId(String);

impl ChainId {
    /// A fresh id.
    pub fn generate(random: &dyn Random) -> Self {
        Self(random::token::<6>(random))
    }

    /// A known id.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The grant, chain and generation that a token belongs to, readable by its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRef {
    /// The owner of the grant.
    pub user: UserRef,
    /// The grant.
    pub grant: GrantId,
    /// The holder of the grant's token; codes carry the chain that their exchange starts.
    pub chain: ChainId,
    /// The number of rotations of the chain; zero for codes.
    pub generation: u32,
}

/// A token in the clear, whose tag we made or verified.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its grant, chain and generation.
    pub target: TokenRef,
    text: Secret,
}

impl Token {
    /// The text, for the response that issues it.
    pub fn expose(&self) -> &str {
        self.text.expose()
    }

    /// The hash by which the store knows the token.
    pub fn hash(&self) -> String {
        self.text.fingerprint()
    }
}

/// The text is not a token of this kind that we made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a token of ours")]
pub struct NotOurs;

/// Makes and checks tokens.
#[derive(Clone)]
pub struct Minter {
    key: hmac::Key,
    key_id: String,
}

impl RootKey {
    /// The minter of codes and refresh tokens.
    pub fn minter(&self) -> Result<Minter, KeyError> {
        Ok(Minter::new(&self.derive(Purpose::TokenTag)?))
    }
}

impl Minter {
    /// A minter under the key for [`Purpose::TokenTag`].
    pub fn new(key: &DerivedKey) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key.bytes()), key_id: key.id().to_owned() }
    }

    /// A fresh token.
    pub fn mint(&self, kind: Kind, target: TokenRef, random: &dyn Random) -> Token {
        self.with_random(kind, target, &random::token::<24>(random))
    }

    /// A token whose random part was drawn before: the consent form carries that of its code, sealed, so that a form
    /// submitted twice yields one code.
    pub fn with_random(&self, kind: Kind, target: TokenRef, random: &str) -> Token {
        let body = format!(
            "{}_{}.{}.{}.{}.{random}",
            kind.prefix(),
            target.user,
            target.grant,
            target.chain,
            target.generation
        );
        let tag = self.tag(&body);
        Token { target, text: Secret::new(format!("{body}.{}{tag}", self.key_id)) }
    }

    /// Parses a token and verifies its tag, without accessing a store.
    pub fn read(&self, kind: Kind, text: &str) -> Result<Token, NotOurs> {
        if text.len() > MAX_LENGTH {
            return Err(NotOurs);
        }
        let (body, signature) = text.rsplit_once('.').ok_or(NotOurs)?;
        let tag = signature.strip_prefix(self.key_id.as_str()).ok_or(NotOurs)?;
        if !bool::from(tag.as_bytes().ct_eq(self.tag(body).as_bytes())) {
            return Err(NotOurs);
        }
        let fields =
            body.strip_prefix(kind.prefix()).and_then(|rest| rest.strip_prefix('_')).ok_or(NotOurs)?;
        let mut fields = fields.split('.');
        let (Some(user), Some(grant), Some(chain), Some(generation), Some(_), None) =
            (fields.next(), fields.next(), fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err(NotOurs);
        };
        let target = TokenRef {
            user: UserRef::new(user),
            grant: GrantId::new(grant),
            chain: ChainId::new(chain),
            generation: generation.parse().map_err(|_| NotOurs)?,
        };
        Ok(Token { target, text: Secret::new(text) })
    }

    fn tag(&self, body: &str) -> String {
        let mac = hmac::sign(&self.key, body.as_bytes());
        URL_SAFE_NO_PAD.encode(mac.as_ref().get(..TAG_BYTES).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use primitives::random::SystemRandom;
    use proptest::prelude::*;

    use super::*;
    use crate::keys::{Purpose, RootKey};

    fn minter() -> Minter {
        Minter::new(&RootKey::generate(&SystemRandom).derive(Purpose::TokenTag).unwrap())
    }

    fn target(generation: u32) -> TokenRef {
        TokenRef { user: UserRef::new("u"), grant: GrantId::new("g-_"), chain: ChainId::new("c"), generation }
    }

    #[test]
    fn a_token_reads_back_as_what_it_was_minted_for() {
        let minter = minter();
        let token = minter.mint(Kind::Refresh, target(7), &SystemRandom);
        let read = minter.read(Kind::Refresh, token.expose()).unwrap();
        assert_eq!(read.target, target(7));
        assert_eq!(read.hash(), token.hash());
    }

    #[test]
    fn a_token_of_another_kind_or_key_is_not_ours() {
        let one = minter();
        let token = one.mint(Kind::Code, target(0), &SystemRandom);
        assert_eq!(one.read(Kind::Refresh, token.expose()).unwrap_err(), NotOurs);
        assert_eq!(minter().read(Kind::Code, token.expose()).unwrap_err(), NotOurs);
    }

    #[test]
    fn the_text_is_not_in_the_debug_form() {
        let token = minter().mint(Kind::Refresh, target(1), &SystemRandom);
        assert!(!format!("{token:?}").contains(token.expose()));
    }

    proptest! {
        #[test]
        fn no_text_is_taken_for_a_token(text in "\\PC{0,300}") {
            prop_assert!(minter().read(Kind::Refresh, &text).is_err());
        }

        #[test]
        fn no_changed_token_is_taken(at in 0_usize..60, with in "[A-Za-z0-9._-]") {
            let minter = minter();
            let token = minter.mint(Kind::Refresh, target(3), &SystemRandom);
            let mut text = token.expose().to_owned();
            let at = at % text.len();
            text.replace_range(at..=at, &with);
            prop_assert!(text == token.expose() || minter.read(Kind::Refresh, &text).is_err());
        }
    }
}
