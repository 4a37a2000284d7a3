//! Judges a refused code exchange (RFC 6749 section 4.1.3). The store refuses in one conditional write and returns the
//! item; this module interprets it.

use primitives::clock::Timestamp;
use primitives::ids::ClientId;

use crate::grant::{Grant, GrantState};
use crate::pkce::CodeChallenge;
use crate::resource::Resource;
use crate::token::Token;

/// A code exchange as the client requested it.
#[derive(Debug)]
pub struct Exchange {
    /// The code.
    pub code: Token,
    /// The requesting client.
    pub client: ClientId,
    /// The redirect URI, if the client sent it (OAuth 2.1 dropped the parameter).
    pub redirect_uri: Option<String>,
    /// The challenge that matches the client's verifier.
    pub challenge: CodeChallenge,
    /// The resource that the access token is for, if the client named one.
    pub resource: Option<Resource>,
}

/// The action for a refused exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExchangeVerdict {
    /// Our own earlier attempt succeeded and only its response was lost: success.
    Landed,
    /// `invalid_grant`, and nothing changes: a wrong client, URI or verifier does not use up the code.
    Refused,
    /// `invalid_target`, and nothing changes: the grant is for another resource (RFC 8707 section 2.2).
    OtherResource,
    /// A second valid exchange: the code leaked, so the grant ends.
    Replay,
}

impl Exchange {
    /// Judges the item that failed the write's condition. `minted` is the hash of the refresh token that this attempt
    /// minted.
    pub fn judge(&self, grant: Option<&Grant>, minted: &str, now: Timestamp) -> ExchangeVerdict {
        let Some(grant) = grant else { return ExchangeVerdict::Refused };
        match grant.state {
            GrantState::Active => {
                let first = grant.chains.get(&self.code.target.chain);
                if first.is_some_and(|chain| chain.hash == minted) {
                    ExchangeVerdict::Landed
                } else if self.is_valid(grant) && now.secs() < grant.expires_at {
                    ExchangeVerdict::Replay
                } else {
                    ExchangeVerdict::Refused
                }
            }
            GrantState::CodeIssued
                if self.is_valid(grant)
                    && now.secs() < grant.code_expires_at
                    && self.resource.as_ref().is_some_and(|resource| *resource != grant.resource) =>
            {
                ExchangeVerdict::OtherResource
            }
            GrantState::CodeIssued | GrantState::Revoked => ExchangeVerdict::Refused,
        }
    }

    fn is_valid(&self, grant: &Grant) -> bool {
        grant.client_id == self.client
            && grant.code_hash == self.code.hash()
            && self.challenge.matches(&grant.challenge)
            && self.redirect_uri.as_ref().is_none_or(|uri| *uri == grant.redirect_uri)
    }
}

#[cfg(test)]
mod tests {
    use primitives::random::SystemRandom;

    use super::*;
    use crate::grant::Chain;
    use crate::refresh::tests::{NOW, grant, minter};
    use crate::token::{ChainId, Kind, TokenRef};

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn setup() -> (Grant, Exchange) {
        let mut grant = grant();
        let target = TokenRef {
            user: grant.user_ref.clone(),
            grant: grant.grant_id.clone(),
            chain: ChainId::new("first"),
            generation: 0,
        };
        let exchange = Exchange {
            code: minter().mint(Kind::Code, target, &SystemRandom),
            client: grant.client_id.clone(),
            redirect_uri: None,
            challenge: CodeChallenge::of(VERIFIER).unwrap(),
            resource: None,
        };
        grant.code_hash = exchange.code.hash();
        grant.challenge = exchange.challenge.as_str().to_owned();
        grant.chains.insert(ChainId::new("first"), Chain::start("minted".into(), NOW));
        (grant, exchange)
    }

    #[test]
    fn an_attempt_that_landed_is_a_success() {
        let (grant, exchange) = setup();
        assert_eq!(exchange.judge(Some(&grant), "minted", NOW), ExchangeVerdict::Landed);
    }

    #[test]
    fn a_second_valid_exchange_is_a_replay() {
        let (grant, exchange) = setup();
        assert_eq!(exchange.judge(Some(&grant), "other", NOW), ExchangeVerdict::Replay);
    }

    #[test]
    fn a_wrong_client_uri_or_verifier_burns_nothing() {
        for change in 0..3 {
            let (grant, mut exchange) = setup();
            match change {
                0 => exchange.client = ClientId::new("other"),
                1 => exchange.redirect_uri = Some("https://other/cb".into()),
                _ => exchange.challenge = CodeChallenge::of(&VERIFIER.replace('d', "e")).unwrap(),
            }
            assert_eq!(exchange.judge(Some(&grant), "other", NOW), ExchangeVerdict::Refused);
        }
    }

    #[test]
    fn another_resource_burns_nothing() {
        let (grant, exchange) = setup();
        let issued = Grant { state: GrantState::CodeIssued, code_expires_at: NOW.secs() + 1, ..grant };
        let other = Exchange { resource: Resource::of_server_path("/agents/a/mcp"), ..exchange };
        let judged = |exchange: &Exchange, grant: &Grant| exchange.judge(Some(grant), "other", NOW);
        assert_eq!(judged(&other, &issued), ExchangeVerdict::OtherResource);
        let expired = Grant { code_expires_at: NOW.secs(), ..issued.clone() };
        assert_eq!(judged(&other, &expired), ExchangeVerdict::Refused);
        let stranger = Exchange { client: ClientId::new("other"), ..other };
        assert_eq!(judged(&stranger, &issued), ExchangeVerdict::Refused);
    }

    #[test]
    fn a_dead_or_missing_grant_refuses() {
        let (mut grant, exchange) = setup();
        let expired = Grant { expires_at: NOW.secs(), ..grant.clone() };
        assert_eq!(exchange.judge(Some(&expired), "other", NOW), ExchangeVerdict::Refused);
        grant.state = GrantState::Revoked;
        assert_eq!(exchange.judge(Some(&grant), "minted", NOW), ExchangeVerdict::Refused);
        assert_eq!(exchange.judge(None, "minted", NOW), ExchangeVerdict::Refused);
    }
}
