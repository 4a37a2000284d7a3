//! The content security policy of our pages (W3C CSP level 3).

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::STYLE;

static STYLE_HASH: LazyLock<String> = LazyLock::new(|| STANDARD.encode(digest(&SHA256, STYLE.as_bytes())));

/// The targets of the responses to a page's forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forms {
    /// Pages of ours.
    Here,
    /// Other sites, and further redirects: Chromium applies `form-action` to every redirect that follows a POST, and
    /// only the client or the sign-in page knows where it redirects to. A source list would end some logins on a dead
    /// page, so there is none (docs/decisions/0011).
    Away,
}

/// The policy of a page with such forms.
pub fn csp(forms: Forms) -> String {
    let form_action = match forms {
        Forms::Here => "; form-action 'self'",
        Forms::Away => "",
    };
    format!(
        "default-src 'none'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; frame-ancestors 'none'{form_action}",
        *STYLE_HASH
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_whose_forms_lead_away_does_without_form_action() {
        assert!(csp(Forms::Here).ends_with("; form-action 'self'"));
        assert!(!csp(Forms::Away).contains("form-action"));
        for policy in [csp(Forms::Here), csp(Forms::Away)] {
            assert!(policy.starts_with("default-src 'none'; "), "{policy}");
            assert!(policy.contains("base-uri 'none'; frame-ancestors 'none'"), "{policy}");
        }
    }
}
