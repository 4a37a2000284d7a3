//! Exchanges and rotations: each is one conditional write, whose refusal states the reason.

use std::time::Duration;

use futures_util::future::join_all;
use oauth::code::{Exchange, ExchangeVerdict};
use oauth::grant::Eviction;
use oauth::grant::{EndReason, Grant, GrantState};
use oauth::refresh::{Fork, Minted, Refusal, Rotation, RotationVerdict};
use oauth::resource::Resource;
use oauth::scope::{Scope, ScopeSet};
use oauth::token::{ChainId, Token};
use primitives::ids::{ClientId, GrantId};
use shared::store::{ConsentOutcome, Write};

use crate::people::{Person, Tables};

/// The number of concurrent requests.
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
    Rotation {
        presented: presented.clone(),
        client: person.client.client_id.clone(),
        scope: None,
        resource: None,
    }
}

/// The verdict on a refused rotation.
fn judged(tables: &Tables, rotation: &Rotation, hash: &str, refused: Write) -> RotationVerdict {
    let Write::Refused(found) = refused else { panic!("{refused:?}") };
    let minted = Minted { chain: &rotation.presented.target.chain, hash };
    rotation.judge(found.as_deref(), minted, tables.now)
}

/// The grant of a token.
async fn found(tables: &Tables, token: &Token) -> Grant {
    tables.store.grants.get(&token.target.user, &token.target.grant).await.unwrap().unwrap()
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
        let write = write.unwrap();
        if applied(&write) {
            winners += 1;
            continue;
        }
        let verdict = judged(tables, &rotation, hash, write);
        let RotationVerdict::Fork(fork) = verdict else { panic!("{verdict:?}") };
        assert_eq!(fork.evict, None);
        let minted = Minted { chain: &ChainId::new(hash), hash };
        let forked = tables.store.grants.fork(&rotation, &fork, minted, tables.now).await.unwrap();
        assert!(applied(&forked), "{forked:?}");
        let again = tables.store.grants.fork(&rotation, &fork, minted, tables.now).await.unwrap();
        let Write::Refused(landed) = again else { panic!("a chain was begun twice") };
        assert_eq!(rotation.judge(landed.as_deref(), minted, tables.now), RotationVerdict::Landed);
    }
    assert_eq!(winners, 1);
    let grant = found(tables, &presented).await;
    assert_eq!((grant.chains.len(), grant.forks, grant.recent_forks()), (CROWD, CROWD as u64 - 1, 7));
    // The presented token was used more than once, and every other racer's chain records its origin.
    let first = &presented.target.chain;
    assert!(grant.chains[first].used);
    let begun = grant.chains.iter().filter(|(id, _)| *id != first);
    for (_, chain) in begun {
        assert_eq!((chain.used, chain.ancestors.as_deref()), (false, Some([first.clone()].as_slice())));
    }
}

/// A lost answer is replaced once, as long as nobody has used it.
pub async fn a_lost_answer_is_replaced_once(tables: &Tables) {
    let person = tables.person("loses").await;
    for used in [false, true] {
        let (_, presented) = active(tables, &person, if used { "lost and used" } else { "lost" }).await;
        let rotation = rotation(&person, &presented);
        assert!(applied(&tables.store.grants.rotate(&rotation, "successor", tables.now).await.unwrap()));
        let replace = |successor: &'static str, minted: &'static str| {
            tables.store.grants.replace(&rotation, successor, minted, tables.now)
        };
        let target = &presented.target;
        if used {
            let generation = (&target.chain, 1);
            let (user, grant) = (&target.user, &target.grant);
            let marked = tables.store.grants.mark_used(user, grant, generation, tables.now).await.unwrap();
            assert!(applied(&marked));
            assert!(!applied(&replace("successor", "too late").await.unwrap()));
            assert_eq!(found(tables, &presented).await.last_used_at, Some(tables.now.secs()));
            continue;
        }
        assert!(!applied(&replace("another", "late").await.unwrap()));
        assert!(applied(&replace("successor", "replacement").await.unwrap()));
        let grant = found(tables, &presented).await;
        let verdict = |presented: Token, seconds| {
            let now = tables.now.plus(Duration::from_secs(seconds));
            let minted = Minted { chain: &target.chain, hash: "minted" };
            Rotation { presented, ..rotation.clone() }.judge(Some(&grant), minted, now)
        };
        assert!(matches!(verdict(presented.clone(), 120), RotationVerdict::Fork(_)));
        assert_eq!(verdict(presented.clone(), 121), RotationVerdict::Replay);
        assert_eq!(verdict(tables.refresh(&grant, 1), 0), RotationVerdict::Replay, "the successor");
    }
}

/// A fork based on an outdated state is refused, and nothing changes.
pub async fn a_fork_finds_what_it_was_judged_on_or_changes_nothing(tables: &Tables) {
    let person = tables.person("forks").await;
    let (_, presented) = active(tables, &person, "forked").await;
    let rotation = rotation(&person, &presented);
    assert!(applied(&tables.store.grants.rotate(&rotation, "winner", tables.now).await.unwrap()));
    let refused = tables.store.grants.rotate(&rotation, "loser", tables.now).await.unwrap();
    let verdict = judged(tables, &rotation, "loser", refused);
    let RotationVerdict::Fork(fork) = verdict else { panic!("{verdict:?}") };
    let (second, third) = (ChainId::new("second"), ChainId::new("third"));
    let begin = async |fork: &Fork, chain: &ChainId, hash: &str| {
        let minted = Minted { chain, hash };
        tables.store.grants.fork(&rotation, fork, minted, tables.now).await.unwrap()
    };
    let stale = Fork { current: "another".to_owned(), ..fork.clone() };
    assert!(!applied(&begin(&stale, &second, "second-0").await));
    assert_eq!(found(tables, &presented).await.chains.len(), 1);
    assert!(applied(&begin(&fork, &second, "second-0").await));
    let evicting = |hash: &str, forks| {
        let evict = Some(Eviction { chain: second.clone(), hash: hash.to_owned(), forks });
        Fork { evict, ..fork.clone() }
    };
    // Somebody has rotated the chain to be evicted, or somebody has begun another, perhaps in its place.
    for stale in [evicting("rotated since", 1), evicting("second-0", 0)] {
        assert!(!applied(&begin(&stale, &third, "third-0").await));
        assert!(found(tables, &presented).await.chains.contains_key(&second));
    }
    assert!(applied(&begin(&evicting("second-0", 1), &third, "third-0").await));
    let grant = found(tables, &presented).await;
    assert!(grant.chains.contains_key(&third) && !grant.chains.contains_key(&second));
    assert_eq!(grant.forks, 2);
}

/// RFC 6749 section 6. A refusal does not consume the token.
pub async fn a_rotation_gets_no_more_than_was_granted(tables: &Tables) {
    let person = tables.person("narrows").await;
    let (_, presented) = active(tables, &person, "narrowed").await;
    let asking = |scopes: &[Scope]| {
        let scope: ScopeSet = scopes.iter().copied().collect();
        Rotation { scope: Some(scope), ..rotation(&person, &presented) }
    };
    let more = asking(&[Scope::LangsmithRead, Scope::BillingRead]);
    let refused = tables.store.grants.rotate(&more, "minted", tables.now).await.unwrap();
    let verdict = judged(tables, &more, "minted", refused);
    assert_eq!(verdict, RotationVerdict::Refused(Refusal::Scope));
    let granted = asking(&[Scope::LangsmithRead]);
    assert!(applied(&tables.store.grants.rotate(&granted, "minted", tables.now).await.unwrap()));
}

/// RFC 8707 section 2.2. A refusal consumes neither the code nor the token, and an older grant has no attribute.
pub async fn an_exchange_and_a_rotation_are_for_the_resource_of_the_grant(tables: &Tables) {
    let of = |name: &str| Resource::of_server_path(&format!("/agents/{name}/mcp")).unwrap();
    for (resource, others) in [(Resource::MCP, [of("a"), of("b")]), (of("a"), [Resource::MCP, of("b")])] {
        let name = resource.server().map_or("none", |server| server.as_str());
        let person = tables.person(&format!("resource {name}")).await;
        let (grant, code) = tables.grant(&person, "for one");
        let grant = Grant { resource: resource.clone(), ..grant };
        assert_eq!(tables.record(&person, &grant).await, ConsentOutcome::Granted);
        let stored = tables.store.grants.get(&grant.user_ref, &grant.grant_id).await.unwrap().unwrap();
        assert_eq!(stored.resource, resource);
        for other in others.clone() {
            let wrong = Exchange { resource: Some(other), ..Tables::exchange(&person, &code) };
            let refused = tables.store.grants.exchange(&wrong, "minted", tables.now).await.unwrap();
            let Write::Refused(found) = refused else { panic!("{wrong:?}") };
            let verdict = wrong.judge(found.as_deref(), "minted", tables.now);
            assert_eq!(verdict, ExchangeVerdict::OtherResource);
        }
        let presented = tables.refresh(&grant, 0);
        let right = Exchange { resource: Some(resource.clone()), ..Tables::exchange(&person, &code) };
        assert!(applied(&tables.store.grants.exchange(&right, &presented.hash(), tables.now).await.unwrap()));
        for other in others {
            let wrong = Rotation { resource: Some(other), ..rotation(&person, &presented) };
            let refused = tables.store.grants.rotate(&wrong, "minted", tables.now).await.unwrap();
            let verdict = judged(tables, &wrong, "minted", refused);
            assert_eq!(verdict, RotationVerdict::Refused(Refusal::Resource));
        }
        let right = Rotation { resource: Some(resource), ..rotation(&person, &presented) };
        assert!(applied(&tables.store.grants.rotate(&right, "minted", tables.now).await.unwrap()));
    }
}

/// The final state is permanent.
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

/// A person's list is paged, and contains nothing of another person's.
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

/// The store deletes with a delay, so every condition checks expiry.
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
