//! A submitted form.

use axum::body::Body;
use http::HeaderMap;
use shared::web::body;

use super::error::Problem;

/// The maximum size of a form, in bytes.
const MAX: usize = 64 * 1024;

/// The maximum number of its fields.
const MAX_FIELDS: usize = 1_000;

/// The button that was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Answer,
    Decline,
}

/// The fields of a form.
#[derive(Default)]
pub(super) struct Submitted {
    pub(super) ticket: String,
    pub(super) decision: Option<Decision>,
    fields: Vec<(String, String)>,
}

impl Submitted {
    /// Reads the form of a request.
    pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Problem> {
        if !body::has_type(headers, "application/x-www-form-urlencoded") {
            return Err(Problem::WrongContentType);
        }
        Ok(Self::parse(&body::read(body, MAX).await?))
    }

    pub(super) fn parse(form: &[u8]) -> Self {
        let mut submitted = Self::default();
        for (name, value) in url::form_urlencoded::parse(form).take(MAX_FIELDS) {
            match (name.as_ref(), value.as_ref()) {
                ("ticket", value) => value.clone_into(&mut submitted.ticket),
                ("decision", "answer") => submitted.decision = Some(Decision::Answer),
                ("decision", "decline") => submitted.decision = Some(Decision::Decline),
                _ => submitted.fields.push((name.into_owned(), value.into_owned())),
            }
        }
        submitted
    }

    /// Whether the form has not been sent yet.
    pub(super) fn is_new(&self) -> bool {
        self.ticket.is_empty()
    }

    /// The values of a field.
    pub(super) fn values(&self, name: &str) -> Vec<&str> {
        self.fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_button_decides() {
        for (form, expected) in [
            ("decision=answer", Some(Decision::Answer)),
            ("decision=decline", Some(Decision::Decline)),
            ("decision=", None),
            ("", None),
        ] {
            assert_eq!(Submitted::parse(form.as_bytes()).decision, expected, "{form}");
        }
    }
}
