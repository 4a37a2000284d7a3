//! Describes who is signed in, with no more than LangSmith told.

use shared::store::{SignedInAs, SignedInWith};
use shared::web::page::display_name;

/// The text after "Signed in": "as" and a person's name and address, or "with" and the kind of credential.
pub(crate) fn who(signed_in: &SignedInAs) -> (&'static str, String) {
    let person = match (&signed_in.name, &signed_in.email) {
        (Some(name), Some(email)) => format!("{} ({})", display_name(name), display_name(email)),
        (Some(one), None) | (None, Some(one)) => display_name(one),
        (None, None) => return ("with", with(&signed_in.with)),
    };
    match &signed_in.with {
        SignedInWith::Account | SignedInWith::Unknown => ("as", person),
        key => ("as", format!("{person}, with {}", with(key))),
    }
}

fn with(with: &SignedInWith) -> String {
    let key = |kind: &str, ending: &str| format!("{kind} ending in {}", display_name(ending));
    match with {
        SignedInWith::Account => "your LangSmith account".to_owned(),
        SignedInWith::PersonalKey { ending } => key("the personal API key", ending),
        SignedInWith::ServiceKey { ending } => key("the service key", ending),
        SignedInWith::OtherKey { ending } => key("the API key", ending),
        SignedInWith::Unknown => "an account that this page does not know".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_say_what_is_known() {
        let text = |text: &str| Some(text.to_owned());
        let account = || SignedInAs::new(SignedInWith::Account);
        let key = || SignedInAs::new(SignedInWith::key("lsv2_pt_wxyz"));
        for (signed_in, words) in [
            (account(), "with your LangSmith account"),
            (account().described(text("Ada"), text("ada@example.com"), None), "as Ada (ada@example.com)"),
            (account().described(None, text("ada@example.com"), None), "as ada@example.com"),
            (account().described(text("A\u{202E}da"), None, None), "as Ada"),
            (key(), "with the personal API key ending in wxyz"),
            (key().described(text("Ada"), None, None), "as Ada, with the personal API key ending in wxyz"),
            (SignedInAs::new(SignedInWith::key("lsv2_sk_wxyz")), "with the service key ending in wxyz"),
            (SignedInAs::new(SignedInWith::key("ls__wxyz")), "with the API key ending in wxyz"),
            (SignedInAs::default(), "with an account that this page does not know"),
        ] {
            let (preposition, who) = who(&signed_in);
            assert_eq!(format!("{preposition} {who}"), words);
        }
    }
}
