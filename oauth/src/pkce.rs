//! PKCE with S256 only (RFC 7636). `plain` is refused: it protects nobody.

use subtle::ConstantTimeEq as _;

use primitives::secret::sha256;

/// A code challenge: the unpadded base64url SHA-256 of the verifier, 43 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeChallenge(String);

/// Why a PKCE parameter is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PkceError {
    /// RFC 7636 section 4.3, and S256 is the only method that we advertise.
    #[error("code_challenge_method must be S256")]
    UnsupportedMethod,
    /// RFC 7636 section 4.2.
    #[error("code_challenge must be the base64url SHA-256 of the verifier, 43 characters")]
    MalformedChallenge,
    /// RFC 7636 section 4.1.
    #[error("code_verifier must have 43 to 128 unreserved characters")]
    MalformedVerifier,
}

impl CodeChallenge {
    /// Reads the parameters of an authorization request. An absent method is refused, since it means `plain` (RFC 7636
    /// section 4.3).
    pub fn parse(challenge: &str, method: Option<&str>) -> Result<Self, PkceError> {
        if method != Some("S256") {
            return Err(PkceError::UnsupportedMethod);
        }
        let shaped = challenge.len() == 43
            && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if shaped { Ok(Self(challenge.to_owned())) } else { Err(PkceError::MalformedChallenge) }
    }

    /// The challenge that matches a verifier.
    pub fn of(verifier: &str) -> Result<Self, PkceError> {
        let shaped = (43..=128).contains(&verifier.len())
            && verifier
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'));
        if shaped { Ok(Self(sha256(verifier.as_bytes()))) } else { Err(PkceError::MalformedVerifier) }
    }

    /// The challenge's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares in constant time.
    pub fn matches(&self, stored: &str) -> bool {
        self.0.as_bytes().ct_eq(stored.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_rfc_7636_appendix_b_holds() {
        let challenge = CodeChallenge::of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
        assert_eq!(challenge.as_str(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn plain_and_absent_methods_are_refused() {
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert_eq!(CodeChallenge::parse(challenge, Some("plain")), Err(PkceError::UnsupportedMethod));
        assert_eq!(CodeChallenge::parse(challenge, None), Err(PkceError::UnsupportedMethod));
        assert!(CodeChallenge::parse(challenge, Some("S256")).is_ok());
    }

    #[test]
    fn a_challenge_is_of_43_characters_of_base64url() {
        let refused = |challenge: &str| {
            CodeChallenge::parse(challenge, Some("S256")) == Err(PkceError::MalformedChallenge)
        };
        assert!(refused(&"a".repeat(42)) && refused(&"a".repeat(44)) && !refused(&"a".repeat(43)));
        assert!(refused(&format!("{}=", "a".repeat(42))) && refused(&format!("{}.", "a".repeat(42))));
    }

    proptest! {
        #[test]
        fn only_its_own_verifier_answers_a_challenge(
            verifier in "[A-Za-z0-9._~-]{43,128}",
            other in "[A-Za-z0-9._~-]{43,128}",
        ) {
            let challenge = CodeChallenge::of(&verifier).unwrap();
            prop_assert!(CodeChallenge::parse(challenge.as_str(), Some("S256")).is_ok());
            prop_assert_eq!(CodeChallenge::of(&other).unwrap().matches(challenge.as_str()), verifier == other);
        }

        #[test]
        fn a_verifier_of_another_shape_is_refused(verifier in "[A-Za-z0-9._~-]{0,42}|[A-Za-z0-9]{43,60}[ /+=é]") {
            prop_assert_eq!(CodeChallenge::of(&verifier), Err(PkceError::MalformedVerifier));
        }
    }
}
