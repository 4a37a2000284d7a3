//! Ids that we choose. A write that brings its own id can be sent again when its answer was lost: LangSmith then knows
//! what it has already.

use aws_lc_rs::digest::{Context, SHA256};
use uuid::{Builder, Uuid, Variant, Version};

use super::Caller;
use crate::random;

impl Caller<'_> {
    /// An id that nothing has.
    pub(super) fn fresh_id(&self) -> Uuid {
        Builder::from_random_bytes(random::bytes(self.random())).into_uuid()
    }
}

/// The one id of what these parts describe. It is a name-based UUID (RFC 9562 §5.5) in the form of version 5, which every
/// reader knows, over SHA-256: ids of examples follow from their content, which a stranger may have chosen.
pub fn derived_id(parts: &[&str]) -> Uuid {
    let mut hash = Context::new(&SHA256);
    for part in parts {
        // With their lengths, so that no two lists of parts read the same.
        hash.update(&part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    for (byte, hashed) in bytes.iter_mut().zip(hash.finish().as_ref()) {
        *byte = *hashed;
    }
    Builder::from_bytes(bytes).with_variant(Variant::RFC4122).with_version(Version::Sha1).into_uuid()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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
}
