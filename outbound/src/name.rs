//! Which host names are those of a local network. They are refused before they are resolved, because the resolver of
//! this machine may know them.

/// Top-level domains that do not exist in the public DNS: RFC 6761 section 6.3, RFC 6762 appendix G, RFC 8375, and
/// `internal`, which ICANN reserved in 2024. Clouds name their metadata servers there.
const LOCAL: [&str; 6] = ["localhost", "local", "internal", "localdomain", "lan", "home.arpa"];

/// The maximum length of a name (RFC 1035 section 2.3.4), without the trailing dot.
const MAX_NAME: usize = 253;
/// The maximum length of one label.
const MAX_LABEL: usize = 63;

/// Whether a lowercase name without trailing dot can exist in DNS.
pub(crate) fn is_valid(name: &str) -> bool {
    name.len() <= MAX_NAME && name.split('.').all(|label| (1..=MAX_LABEL).contains(&label.len()))
}

/// Whether a lowercase name without trailing dot is one of a local network. A name of one label is completed with the
/// search domains of the machine.
pub(crate) fn is_local(name: &str) -> bool {
    !name.contains('.')
        || LOCAL
            .iter()
            .any(|local| name.strip_suffix(local).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_names_are_told_from_names_that_only_contain_them() {
        for name in
            ["localhost", "a.localhost", "printer.local", "metadata.google.internal", "nas", "r.home.arpa"]
        {
            assert!(is_local(name), "{name}");
        }
        for name in ["example.com", "notlocal.com", "mylocal.dev", "internal.example.com", "xinternal.net"] {
            assert!(!is_local(name), "{name}");
        }
    }

    #[test]
    fn a_name_has_labels_of_at_most_63_bytes() {
        let label = "a".repeat(63);
        assert!(is_valid(&format!("{label}.example.com")) && is_valid("a_b.example.com"));
        for name in ["", ".", "a..b", ".a", &format!("{label}a.com"), &[label.as_str(); 4].join(".")] {
            assert!(!is_valid(name), "{name}");
        }
    }
}
