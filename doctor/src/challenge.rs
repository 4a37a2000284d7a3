//! `WWW-Authenticate`: the required contents on a 401 or 403 (RFC 9728 section 5.1), and API Gateway's changes to it.

use std::collections::BTreeMap;

use crate::mend;
use crate::sight::{Trouble, printable};
use crate::visitor::Answer;

/// API Gateway's name for the header of a function's answer.
pub(crate) const REMAPPED: &str = "x-amzn-remapped-www-authenticate";

/// A Bearer challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    /// The header's value.
    pub(crate) text: String,
    parameters: BTreeMap<String, String>,
}

impl Challenge {
    /// Reads `Bearer name="value", …` (RFC 9110 section 11.2).
    fn parse(text: &str) -> Option<Self> {
        let (scheme, mut rest) = text.trim().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let mut parameters = BTreeMap::new();
        while let Some((name, after)) = rest.split_once('=') {
            let name = name.trim_matches([',', ' ']).to_ascii_lowercase();
            let (value, after) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"')?,
                None => after.split_once(',').unwrap_or((after, "")),
            };
            parameters.insert(name, value.to_owned());
            rest = after;
        }
        Some(Self { text: text.to_owned(), parameters })
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }
}

/// The challenge of an answer that must have one. `response` is the gateway response that should have set it,
/// `metadata` the URL that it must contain.
pub(crate) fn challenge_of(answer: &Answer, response: &str, metadata: &str) -> Result<Challenge, Trouble> {
    let status = answer.status.as_u16();
    let mut values =
        answer.headers.get_all("www-authenticate").iter().filter_map(|value| value.to_str().ok());
    let Some(challenge) = values.find_map(Challenge::parse) else {
        return Err(missing(answer, status, response));
    };
    match challenge.get("resource_metadata") {
        Some(found) if found == metadata => Ok(challenge),
        None if response == mend::UNAUTHORIZED => Err(Trouble::warning(
            format!("{status} without resource_metadata: clients look for {metadata} by the path"),
            "right with MetadataInChallenge=off; otherwise deploy again".to_owned(),
        )),
        found => Err(Trouble::fault(
            format!(
                "{status}, but resource_metadata is {} and not {metadata}",
                found.map_or_else(|| "missing".to_owned(), printable)
            ),
            format!(
                "the gateway response {response} is built from DomainName and ResourcePath: correct the parameter and \
                 deploy again (a local server: --public-url)"
            ),
        )),
    }
}

fn missing(answer: &Answer, status: u16, response: &str) -> Trouble {
    if answer.headers.contains_key(REMAPPED) {
        return Trouble::fault(
            format!("{status} without WWW-Authenticate: it came as {REMAPPED}"),
            format!(
                "the function answered and API Gateway renamed its header: the endpoint needs its authorizer \
                 (infra/routes.yaml) and the gateway response {response} (infra/gateway-responses.yaml); deploy again"
            ),
        );
    }
    let seen = match answer.header("www-authenticate") {
        Some(other) => format!("{status}, but WWW-Authenticate is {}", printable(other)),
        None => format!("{status} without WWW-Authenticate"),
    };
    Trouble::fault(
        seen,
        format!(
            "no client can log in without it: the gateway response {response} (infra/gateway-responses.yaml) sets it; \
             deploy again, and see that no proxy in front removes it"
        ),
    )
}

/// Trouble, if the answer also has a challenge under API Gateway's name: in that case a function sent it.
pub(crate) fn renamed_beside(answer: &Answer, response: &str) -> Result<(), Trouble> {
    if !answer.headers.contains_key(REMAPPED) {
        return Ok(());
    }
    Err(Trouble::warning(
        format!("the challenge is there, and a second one as {REMAPPED}"),
        format!(
            "the function answered in place of the authorizer, and something else set the header: only the gateway \
             response {response} (infra/gateway-responses.yaml) should"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_quoted_or_not() {
        let text =
            "Bearer error=\"invalid_token\", error_description=\"a, b = c\", max_age=5,  Scope=\"a b\"";
        let challenge = Challenge::parse(text).unwrap();
        for (name, value) in [
            ("error", "invalid_token"),
            ("error_description", "a, b = c"),
            ("max_age", "5"),
            ("scope", "a b"),
        ] {
            assert_eq!(challenge.get(name), Some(value), "{name}");
        }
    }

    #[test]
    fn what_is_no_bearer_challenge_is_none() {
        for text in ["Basic realm=\"x\"", "Bearer", "", "Bearer a=\"unfinished"] {
            assert_eq!(Challenge::parse(text), None, "{text}");
        }
    }
}
