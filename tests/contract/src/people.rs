//! The users of a store: a client, a browser session with its credential, and a consent.

use std::collections::BTreeMap;
use std::time::Duration;

use oauth::client::{Client, ClientMetadata};
use oauth::code::Exchange;
use oauth::grant::{CAP, CODE_LIFE, Grant, GrantState, ServerSnapshot, WorkspaceChoice};
use oauth::keys::RootKey;
use oauth::pkce::CodeChallenge;
use oauth::resource::Resource;
use oauth::token::{ChainId, Kind, Minter, Token, TokenRef};
use primitives::clock::Timestamp;
use primitives::ids::{CredentialId, GrantId, UserId};
use primitives::random::SystemRandom;
use shared::store::{BrowserSession, Consent, ConsentOutcome, SignedInAs, SignedInWith, Store, VaultItem};

/// A PKCE verifier (RFC 7636 section 4.1).
const VERIFIER: &str = "a-verifier-that-has-at-least-forty-three-characters";
const REDIRECT: &str = "http://127.0.0.1:7777/callback";

/// The tables of one stack, which may contain data of other promises.
pub struct Tables {
    /// The tables.
    pub store: Store,
    /// The current time.
    pub now: Timestamp,
    minter: Minter,
}

/// A person with their own client, session and credential.
pub(crate) struct Person {
    pub(crate) user: UserId,
    pub(crate) client: Client,
    pub(crate) session: BrowserSession,
    pub(crate) credential: VaultItem,
}

impl Tables {
    /// Tables at a given time.
    pub fn new(store: Store, now: Timestamp) -> Self {
        Self { store, now, minter: RootKey::generate(&SystemRandom).minter().unwrap() }
    }

    pub(crate) fn later(&self, seconds: u64) -> Timestamp {
        self.now.plus(Duration::from_secs(seconds))
    }

    /// A new person, logged in.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let user = UserId::new(name);
        let metadata = ClientMetadata { redirect_uris: vec![REDIRECT.to_owned()], ..Default::default() };
        let client = Client::register(metadata, &SystemRandom, self.now).unwrap();
        let session = BrowserSession {
            session_hash: format!("session-{name}"),
            user_id: user.clone(),
            credential_id: CredentialId::new(format!("credential-{name}")),
            signed_in: SignedInAs::new(SignedInWith::Account),
            workspaces: Vec::new(),
            preferred: None,
            expires_at: self.later(600).secs(),
            purge_at: self.later(6000).secs(),
        };
        let credential = VaultItem::of_login(&session, "sealed".to_owned());
        self.store.clients.register(&client).await.unwrap();
        self.store.sessions.open(&session, &self.store.vault, &credential).await.unwrap();
        Person { user, client, session, credential }
    }

    /// The person's consent: the grant and its code.
    pub(crate) async fn consent(&self, person: &Person, grant: &str) -> (Grant, Token) {
        let (grant, code) = self.grant(person, grant);
        assert_eq!(self.record(person, &grant).await, ConsentOutcome::Granted);
        (grant, code)
    }

    pub(crate) async fn record(&self, person: &Person, grant: &Grant) -> ConsentOutcome {
        let session_hash = &person.session.session_hash;
        let consent = Consent { grant, session_hash, session_expires_at: self.later(1200).secs() };
        self.store.consent(&consent, self.now).await.unwrap()
    }

    pub(crate) fn grant(&self, person: &Person, id: &str) -> (Grant, Token) {
        let target = TokenRef {
            user: person.user.reference(),
            grant: GrantId::new(id),
            chain: ChainId::new("first"),
            generation: 0,
        };
        let code = self.minter.mint(Kind::Code, target, &SystemRandom);
        let grant = Grant {
            user_ref: person.user.reference(),
            grant_id: GrantId::new(id),
            state: GrantState::CodeIssued,
            client_id: person.client.client_id.clone(),
            client_name: None,
            user_id: person.user.clone(),
            credential_id: person.credential.credential_id.clone(),
            workspace: WorkspaceChoice::All { default: None },
            scope: "langsmith:read".to_owned(),
            resource: Resource::MCP,
            servers: ServerSnapshot::default(),
            redirect_uri: REDIRECT.to_owned(),
            challenge: CodeChallenge::of(VERIFIER).unwrap().as_str().to_owned(),
            code_hash: code.hash(),
            code_expires_at: self.now.plus(CODE_LIFE).secs(),
            created_at: self.now.secs(),
            expires_at: self.now.plus(CAP).secs(),
            chains: BTreeMap::new(),
            forks: 0,
            forks_before: None,
            last_used_at: None,
            ended_for: None,
            ended_at: None,
            purge_at: self.now.plus(CAP).secs(),
        };
        (grant, code)
    }

    pub(crate) fn exchange(person: &Person, code: &Token) -> Exchange {
        Exchange {
            code: code.clone(),
            client: person.client.client_id.clone(),
            redirect_uri: Some(REDIRECT.to_owned()),
            challenge: CodeChallenge::of(VERIFIER).unwrap(),
            resource: None,
        }
    }

    /// A refresh token of the given generation.
    pub(crate) fn refresh(&self, grant: &Grant, generation: u32) -> Token {
        let target = TokenRef {
            user: grant.user_ref.clone(),
            grant: grant.grant_id.clone(),
            chain: ChainId::new("first"),
            generation,
        };
        self.minter.mint(Kind::Refresh, target, &SystemRandom)
    }
}
