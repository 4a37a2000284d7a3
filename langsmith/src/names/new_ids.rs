//! Ids of our choice. A write that carries its own id can be sent again when its answer was lost: LangSmith then
//! recognizes what it has already.

use aws_lc_rs::digest::{Context, SHA256};
use primitives::random;
use time::OffsetDateTime;
use uuid::{Builder, Uuid, Variant, Version};

use crate::WorkspaceClient;

impl WorkspaceClient<'_> {
    /// A new random id.
    pub(crate) fn fresh_id(&self) -> Uuid {
        Builder::from_random_bytes(random::bytes(self.random())).into_uuid()
    }
}

/// The deterministic id of these parts: a name-based UUID (RFC 9562 §5.5) in the form of version 5, which every reader
/// knows, but over SHA-256: example ids are derived from content that an attacker may have chosen.
pub fn derived_id(parts: &[&str]) -> Uuid {
    let bytes = hashed(parts);
    Builder::from_bytes(bytes).with_variant(Variant::RFC4122).with_version(Version::Sha1).into_uuid()
}

/// The deterministic id of these parts in the form of version 7 (RFC 9562 §5.7): the time `at`, and the hash in place
/// of the random bits. LangChain's SDK says that later versions require this form for runs and traces.
///
/// Only whole seconds of `at` count: LangSmith writes the fraction of the same time differently in different places.
pub fn derived_id_at(at: OffsetDateTime, parts: &[&str]) -> Uuid {
    let seconds = u64::try_from(at.unix_timestamp()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(seconds.saturating_mul(1000), &hashed(parts)).into_uuid()
}

fn hashed<const N: usize>(parts: &[&str]) -> [u8; N] {
    let mut hash = Context::new(&SHA256);
    for part in parts {
        // With lengths, so that no two lists of parts hash the same input.
        hash.update(&part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut bytes = [0; N];
    for (byte, hashed) in bytes.iter_mut().zip(hash.finish().as_ref()) {
        *byte = *hashed;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_same_parts_have_the_same_id_and_no_others() {
        let lists: [&[&str]; 6] = [&["a", "b"], &["ab"], &["a", "b", ""], &["", "a", "b"], &["b", "a"], &[]];
        let ids: BTreeSet<Uuid> = lists.iter().map(|parts| derived_id(parts)).collect();
        assert_eq!(ids.len(), lists.len());
        assert_eq!(derived_id(&["a", "b"]), derived_id(&["a", "b"]));
    }

    #[test]
    fn an_id_is_a_well_formed_uuid() {
        let id = derived_id(&["x"]);
        assert_eq!((id.get_version_num(), id.get_variant()), (5, Variant::RFC4122));
    }

    #[test]
    fn an_id_with_a_time_begins_with_it() {
        let at = datetime!(2026-11-21 10:00:00 UTC);
        let id = derived_id_at(at, &["run", "x"]);
        assert_eq!((id.get_version_num(), id.get_variant()), (7, Variant::RFC4122));
        assert_eq!(id.as_u128() >> 80, u128::from(at.unix_timestamp().unsigned_abs()) * 1000);
        let later = at + time::Duration::milliseconds(999);
        assert_eq!(derived_id_at(later, &["run", "x"]), id, "what follows the seconds does not count");
        let others =
            [derived_id_at(at + time::Duration::SECOND, &["run", "x"]), derived_id_at(at, &["runx"])];
        assert!(!others.contains(&id));
        let ancient = derived_id_at(datetime!(0001-01-01 0:00 UTC), &["run", "x"]);
        assert_eq!((ancient.get_version_num(), ancient.as_u128() >> 80), (7, 0));
    }
}
