//! Recognizes texts that cannot be a LangSmith key. Clients send the placeholder of an unfinished configuration, such
//! as `${LANGSMITH_API_KEY}`, with every request: they are refused at once, without a call to LangSmith.

/// The maximum length of a key.
const MAX_LENGTH: usize = 512;

/// The error text, in the characters that `error_description` of a challenge allows (RFC 6750 section 3).
pub const NOT_A_KEY: &str = "This cannot be a LangSmith API key: check that the client filled in its setting and that the key is complete";

/// Whether a text may be a key: visible ASCII without the quotes, braces and angle brackets of placeholders.
pub fn may_be_key(text: &str) -> bool {
    let possible = |byte: u8| byte.is_ascii_graphic() && !b"\"'`{}<>".contains(&byte);
    (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(possible)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_every_kind_may_be() {
        for key in [
            "lsv2_pt_0123456789abcdef0123456789abcdef_0123456789",
            "lsv2_sk_a_b",
            "ls__abc",
            "lsv2_pt_demo",
            "a+/=.~!$%&*()[]",
        ] {
            assert!(may_be_key(key), "{key}");
        }
        assert!(may_be_key(&"k".repeat(MAX_LENGTH)));
    }

    #[test]
    fn placeholders_and_scraps_may_not() {
        let long = "k".repeat(MAX_LENGTH + 1);
        for text in [
            "",
            " ",
            "not a key",
            "lsv2_pt_\u{e9}",
            "a\tb",
            "a\nb",
            "a\u{0}b",
            "a\u{7f}",
            "\"lsv2_pt_x\"",
            "'lsv2_pt_x'",
            "`x`",
            "${LANGSMITH_API_KEY}",
            "{{langsmith_api_key}}",
            "<your-api-key>",
            "${input:key}",
            "\u{202e}x",
            &long,
        ] {
            assert!(!may_be_key(text), "{text:?}");
        }
    }

    #[test]
    fn the_description_fits_a_challenge() {
        assert!(NOT_A_KEY.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\'));
    }
}
