use std::collections::BTreeMap;

use oauth::access::LIFE;

use super::*;

const START: Timestamp = Timestamp::from_secs(1_900_000_000);
const HOUR: Duration = Duration::from_hours(1);
/// When the next key is created and published.
const ANNOUNCED: Duration = Duration::from_hours(28 * 24);

fn signer(ring: &Ring) -> String {
    ring.signing.key.public().unwrap().kid
}

#[test]
fn in_a_year_of_hours_every_token_finds_its_key() {
    let mut ring = Ring::first(START).unwrap();
    let mut published = ring.jwks().unwrap();
    let (mut seen, mut signed) = (BTreeMap::new(), BTreeMap::new());
    let mut now = START;
    for _ in 0..365 * 24 {
        ring.rotate(Some(&published), now).unwrap();
        published = ring.jwks().unwrap();
        for key in &published.keys {
            seen.entry(key.kid.clone()).or_insert(now);
        }
        let first = signed.is_empty();
        let began = *signed.entry(signer(&ring)).or_insert((now, now));
        signed.insert(signer(&ring), (began.0, now));
        if !first && began.0 > START {
            assert!(began.0.since(seen[&signer(&ring)]) >= AHEAD, "signs before it is known");
        }
        for (kid, (_, last)) in &signed {
            let must = now.since(*last) < LIFE + HOUR;
            let is = published.keys.iter().any(|key| key.kid == *kid);
            assert!(is || !must, "a token lost its key");
        }
        assert!(ring.age(now) <= SIGNS);
        assert!(published.keys.len() <= 3);
        now = now.plus(HOUR);
    }
    assert_eq!(signed.len(), 13);
}

#[test]
fn a_key_that_was_not_published_does_not_sign() {
    let mut ring = Ring::first(START).unwrap();
    let first = ring.jwks().unwrap();
    let mut now = START.plus(ANNOUNCED);
    assert!(ring.rotate(Some(&first), now).unwrap());
    let last_failure = START.plus(SIGNS * 2);
    while now < last_failure {
        now = now.plus(HOUR);
        assert!(ring.rotate(Some(&first), now).unwrap());
    }
    let told = ring.jwks().unwrap();
    now = now.plus(HOUR * 47);
    assert!(!ring.rotate(Some(&told), now).unwrap());
    assert_eq!(signer(&ring), first.keys[0].kid);
    assert!(ring.rotate(Some(&told), now.plus(HOUR)).unwrap());
    assert_eq!(signer(&ring), told.keys[1].kid);
}

#[test]
fn the_stored_form_is_one_that_the_token_endpoint_reads() {
    let mut ring = Ring::first(START).unwrap();
    let mut now = START;
    for step in [ANNOUNCED, AHEAD] {
        now = now.plus(step);
        let published = ring.jwks().unwrap();
        assert!(ring.rotate(Some(&published), now).unwrap());
        let text = ring.to_text();
        let keys = SigningKeys::from_text(&text).unwrap();
        assert_eq!(keys.current.public().unwrap().kid, signer(&ring));
        assert_eq!(keys.jwks().unwrap(), ring.jwks().unwrap());
        assert_eq!(Ring::from_text(&text).unwrap().to_text(), text);
    }
}

#[test]
fn what_is_no_ring_is_told() {
    let line = Ring::first(START).unwrap().to_text();
    let next = line.replace("signing", "next");
    for text in [
        String::new(),
        "\n \n".into(),
        next.clone(),
        format!("{line}{line}"),
        format!("{line}{next}{next}"),
        line.replace("signing", "spare"),
        line.replace("signing 19", "signing -19"),
        line.trim_end().replace("signing", "signing 1"),
        line.split(' ').next().unwrap().to_owned(),
        format!("AAAA signing 1\n{line}"),
    ] {
        assert!(Ring::from_text(&text).is_err(), "{text}");
    }
    assert!(Ring::from_text(&format!("\n{line}\n{next}")).is_ok());
}
