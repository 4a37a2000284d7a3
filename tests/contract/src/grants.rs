//! Exchanges and rotations: each is one conditional write, and what refuses it tells why.

use futures_util::future::join_all;
use shared::ids::{ClientId, GrantId};
use shared::oauth::code::{Exchange, ExchangeVerdict};
use shared::oauth::grant::{EndReason, Grant, GrantState};
use shared::oauth::refresh::{Rotation, RotationVerdict};
use shared::oauth::token::{ChainId, Token};
use shared::store::Write;

use crate::people::{Person, Tables};

/// How many come at once.
const CROWD: usize = 8;

pub(crate) fn applied(write: &Write) -> bool {
    matches!(write, Write::Applied(_))
}

/// An active grant with its first refresh token.
async fn active(tables: &Tables, person: &Person, id: &str) -> (Grant, Token) {
    let (grant, code) = tables.consent(person, id).await;
    let refresh = tables.refresh(&grant, 0);
    let exchange = Tables::exchange(person, &code);
    match tables.store.grants.exchange(&exchange, &refresh.hash(), tables.now).await.unwrap() {
        Write::Applied(grant) => (*grant, refresh),
        Write::Refused(found) => panic!("{found:?}"),
    }
}

fn rotation(person: &Person, presented: &Token) -> Rotation {
    Rotation { presented: presented.clone(), client: person.client.client_id.clone() }
}

/// RFC 6749 section 4.1.2: a code is used once.
pub async fn of_many_exchanges_one_is_carried_out(tables: &Tables) {
    let person = tables.person("exchanges").await;
    let (_, code) = tables.consent(&person, "exchanged").await;
    let exchange = Tables::exchange(&person, &code);
    for wrong in [
        Exchange { client: ClientId::new("other"), ..Tables::exchange(&person, &code) },
        Exchange { redirect_uri: Some("http://127.0.0.1/".to_owned()), ..Tables::exchange(&person, &code) },
    ] {
        let refused = tables.store.grants.exchange(&wrong, "minted", tables.now).await.unwrap();
        let Write::Refused(found) = refused else { panic!("{wrong:?}") };
        assert_eq!(wrong.judge(found.as_deref(), "minted", tables.now), ExchangeVerdict::Refused);
    }
    let minted: Vec<_> = (0..CROWD).map(|number| format!("minted-{number}")).collect();
    let all =
        join_all(minted.iter().map(|hash| tables.store.grants.exchange(&exchange, hash, tables.now))).await;
    let all: Vec<_> = all.into_iter().map(Result::unwrap).collect();
    assert_eq!(all.iter().filter(|write| applied(write)).count(), 1);
    for (hash, write) in minted.iter().zip(&all) {
        if let Write::Refused(found) = write {
            let found = found.as_deref();
            assert_eq!(exchange.judge(found, hash, tables.now), ExchangeVerdict::Replay, "{found:?}");
        }
    }
}

/// Racers never share a token.
pub async fn of_many_rotations_one_is_carried_out_and_the_others_see_it(tables: &Tables) {
    let person = tables.person("rotates").await;
    let (_, presented) = active(tables, &person, "rotated").await;
    let rotation = rotation(&person, &presented);
    let minted: Vec<_> = (0..CROWD).map(|number| format!("minted-{number}")).collect();
    let all =
        join_all(minted.iter().map(|hash| tables.store.grants.rotate(&rotation, hash, tables.now))).await;
    let mut winners = 0;
    for (hash, write) in minted.iter().zip(all) {
        let Write::Refused(found) = write.unwrap() else {
            winners += 1;
            continue;
        };
        let verdict = rotation.judge(found.as_deref(), hash, tables.now);
        assert_eq!(verdict, RotationVerdict::Fork { evict: None });
        let chain = ChainId::new(hash);
        let forked = tables.store.grants.fork(&rotation, (&chain, hash), None, tables.now).await.unwrap();
        assert!(applied(&forked), "{forked:?}");
    }
    assert_eq!(winners, 1);
    let target = &presented.target;
    let grant = tables.store.grants.get(&target.user, &target.grant).await.unwrap().unwrap();
    assert_eq!(grant.chains.len(), CROWD);
    // The lost answer's successor is replaced while nobody has used it, and only that one.
    let successor = grant.chains[&target.chain].hash.clone();
    let replace = |successor: &'static str, minted: &'static str| {
        tables.store.grants.replace(&rotation, successor, minted, tables.now)
    };
    assert!(!applied(&replace("another", "late").await.unwrap()));
    let replaced = tables.store.grants.replace(&rotation, &successor, "replacement", tables.now);
    assert!(applied(&replaced.await.unwrap()));
    let used = (&target.chain, 1);
    let used = tables.store.grants.mark_used(&target.user, &target.grant, used, tables.now).await.unwrap();
    assert!(applied(&used));
    assert!(!applied(&replace("replacement", "too late").await.unwrap()));
}

/// Nothing leaves the last state.
pub async fn an_ended_grant_takes_nothing_more(tables: &Tables) {
    let person = tables.person("ends").await;
    let (grant, presented) = active(tables, &person, "ended").await;
    let (user, id) = (&grant.user_ref, &grant.grant_id);
    assert!(tables.store.grants.any_live(user, tables.now).await.unwrap());
    let end = |client, reason| tables.store.grants.end(user, id, client, reason, tables.now);
    let other = ClientId::new("other");
    assert!(!applied(&end(Some(&other), EndReason::ClientRevoked).await.unwrap()));
    for reason in [EndReason::RefreshReplayed, EndReason::ClientRevoked] {
        assert!(applied(&end(Some(&person.client.client_id), reason).await.unwrap()), "twice is a success");
    }
    let rotation = rotation(&person, &presented);
    let refused = tables.store.grants.rotate(&rotation, "minted", tables.now).await.unwrap();
    let Write::Refused(Some(found)) = refused else { panic!("{refused:?}") };
    assert_eq!(found.state, GrantState::Revoked);
    let first = (Some(EndReason::RefreshReplayed), Some(tables.now.secs()));
    assert_eq!((found.ended_for, found.ended_at), first, "the first reason stays");
    assert!(!tables.store.grants.any_live(user, tables.now).await.unwrap());
}

/// A person's list comes in parts and holds nothing of another person's.
pub async fn a_list_is_one_persons_and_comes_in_parts(tables: &Tables) {
    let (person, other) = (tables.person("lists").await, tables.person("lists not").await);
    let user = person.user.reference();
    let ids = ["list-a", "list-b", "list-c", "list-d", "list-e"];
    for id in ids {
        tables.consent(&person, id).await;
    }
    tables.consent(&other, "list-b-of-another").await;
    let grants = &tables.store.grants;
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let part = grants.list(&user, after.as_ref(), 2).await.unwrap();
        assert!(part.found.len() <= 2);
        seen.extend(part.found.into_iter().map(|grant| grant.grant_id.to_string()));
        after = part.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ids);
    let ended = GrantId::new("list-b");
    grants.end(&user, &ended, None, EndReason::PersonRevoked, tables.now).await.unwrap();
    let left = grants.not_ended(&user, Some(&GrantId::new("list-a")), 100).await.unwrap();
    let left: Vec<_> = left.found.iter().map(GrantId::as_str).collect();
    assert_eq!(left, ["list-c", "list-d", "list-e"]);
    assert!(!applied(
        &grants
            .end(&other.user.reference(), &ended, None, EndReason::PersonRevoked, tables.now)
            .await
            .unwrap()
    ));
}

/// The store deletes late, so expiry is compared in every condition.
pub async fn what_has_expired_is_refused_while_it_is_still_there(tables: &Tables) {
    let person = tables.person("is late").await;
    let (grant, code) = tables.consent(&person, "late").await;
    let exchange = Tables::exchange(&person, &code);
    let at = |seconds| tables.store.grants.exchange(&exchange, "minted", tables.later(seconds));
    assert!(!applied(&at(61).await.unwrap()));
    assert!(applied(&at(59).await.unwrap()));
    let (user, id) = (&grant.user_ref, &grant.grant_id);
    let capped = tables.later(366 * 86_400);
    let marked = tables.store.grants.mark_used(user, id, (&ChainId::new("first"), 0), capped).await.unwrap();
    assert!(!applied(&marked));
    assert!(!tables.store.grants.any_live(user, tables.later(31 * 86_400)).await.unwrap());
}
